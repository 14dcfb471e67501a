"""A round sweeps, writes letters and sends them.

Running it again, or late, gives the same result.
"""

import time
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from notifications.policy import Policy
from notifications.transport import MailTransport, TransportUnavailable
from workflow.cases.commands.carry_over_all import CarriedCase, carry_over_all
from workflow.office import Office
from workflow.reminders.letters.bounces import BounceResult, process_mailbox
from workflow.reminders.letters.compose import LetterWriter, WrittenLetter, write_letters
from workflow.reminders.letters.deliver import DeliveryResult, deliver_letters
from workflow.reminders.notices.sweep import SweepResult, run_sweep
from workflow.reminders.settings import load_policy, load_transport, load_writer
from workflow.reminders.stop import GoesOn, always


@dataclass(frozen=True)
class MorningResult:
    """The result of a morning: the sweep, and the letters written after it."""

    sweep: SweepResult
    letters: list[WrittenLetter] = field(default_factory=list)


@dataclass
class DailyRun:
    """Policy, letter writer and transport of one office, read once.

    Bad settings raise before anything starts. ``goes_on`` is asked between two letters; the next round does
    the rest.
    """

    office: Office
    goes_on: GoesOn = always
    _post: MailTransport | None = None

    @cached_property
    def policy(self) -> Policy:
        """Who is told what. Raises `BadPolicy`."""
        return load_policy(self.office)

    @cached_property
    def writer(self) -> LetterWriter:
        """The letter writer. Raises `BadTemplates`."""
        return load_writer(self.office)

    def check_settings(self) -> None:
        """Raises `BadPolicy`, `BadTemplates`."""
        _ = self.policy, self.writer

    def carry_over(self, today: date | None = None) -> tuple[CarriedCase, ...]:
        """Carry over the cases whose step is gone with a new edition or a change of units."""
        return carry_over_all(self.office, today or self.office.read_today())

    def run_morning(self, today: date | None = None) -> MorningResult:
        """Carry over cases, make the notices that are due, and write their letters."""
        self.carry_over(today)
        sweep_result = run_sweep(self.office, self.policy, today=today)
        written = write_letters(self.office, self.policy, self.writer, sweep_result.morning, self.goes_on)
        return MorningResult(sweep_result, written)

    def process_returned(self) -> list[BounceResult]:
        """Process the returned letters in the office's mailbox, if it has one."""
        box = self.office.config.mail.bounces
        letters = process_mailbox(self.office, self.office.config.folder / box) if box else iter(())
        bounces: list[BounceResult] = []
        while self.goes_on() and (bounce := next(letters, None)):
            bounces.append(bounce)
        return bounces

    def send_letters(self, seconds: float = float("inf")) -> DeliveryResult:
        """Send what waits in the outbox; begin no letter after ``seconds``."""
        until = time.monotonic() + seconds
        try:
            transport: MailTransport = load_transport(self.office)
        except TransportUnavailable as error:
            return DeliveryResult(away=error)
        with transport:
            self._post = transport
            return deliver_letters(
                self.office, transport, goes_on=lambda: self.goes_on() and time.monotonic() < until
            )

    def interrupt(self) -> None:
        """Hang up on a mail server that lets us wait, from another thread.

        The letter under way is put off.
        """
        if self._post is not None:
            self._post.interrupt()
