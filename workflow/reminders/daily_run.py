"""A round of reminding: sweep, write the letters, send them. Whoever starts it, however often, it comes to the same."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from notifications.letter_days import last_morning
from notifications.policy import Policy
from notifications.transport import MailTransport, TransportUnavailable
from workflow.cases.commands.carry_over_all import carry_over_all
from workflow.office import Office
from workflow.reminders.letters.bounces import BounceResult, process_mailbox
from workflow.reminders.letters.compose import LetterWriter, WrittenLetter, write_letters
from workflow.reminders.letters.deliver import DeliveryResult, deliver_letters
from workflow.reminders.notices import notice_queries
from workflow.reminders.notices.sweep import SweepResult, run_sweep
from workflow.reminders.settings import load_policy, load_transport, load_writer
from workflow.storage import reads


@dataclass(frozen=True)
class MorningResult:
    """What a round made: the sweep, and the letters written after it."""

    sweep: SweepResult
    letters: list[WrittenLetter] = field(default_factory=list)


@dataclass
class DailyRun:
    """Policy, words and the way out of one office, read once: bad ones stop whoever wants to begin."""

    office: Office

    @cached_property
    def policy(self) -> Policy:
        """Who is told what. Raises `BadPolicy`."""
        return load_policy(self.office)

    @cached_property
    def writer(self) -> LetterWriter:
        """Whatever puts letters into words. Raises `BadTemplates`."""
        return load_writer(self.office)

    def check_settings(self) -> None:
        """Raises `BadPolicy`, `BadTemplates`."""
        _ = self.policy, self.writer

    def is_behind(self) -> bool:
        """Whether a morning has come that is not swept, or notices wait to be written."""
        with self.office.database.read_transaction() as connection:
            beat, today = (
                notice_queries.find_beat(connection, "sweep"),
                self.office.resolve_day(reads.load_today(connection)),
            )
        due = last_morning(self.office.read_snapshot().calendar, today)
        return beat is None or beat.day is None or beat.day < due

    def run_morning(self, today: date | None = None) -> MorningResult:
        """Carry over the cases whose step is gone, make the notices that are due, and write their letters."""
        carry_over_all(self.office, today or self.office.read_today())
        sweep_result = run_sweep(self.office, self.policy, today=today)
        return MorningResult(sweep_result, write_letters(self.office, self.policy, self.writer, sweep_result.morning))

    def process_returned(self) -> list[BounceResult]:
        """Take in the letters that have come back into the office's mailbox for them, if it has one."""
        box = self.office.config.mail.bounces
        return list(process_mailbox(self.office, self.office.config.folder / box)) if box else []

    def send_letters(self) -> DeliveryResult:
        """Send what is waiting in the outbox."""
        try:
            transport: MailTransport = load_transport(self.office)
        except TransportUnavailable as error:
            return DeliveryResult(away=error)
        with transport:
            return deliver_letters(self.office, transport)
