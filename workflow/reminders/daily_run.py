"""A round of reminding: sweep, write the letters, send them. Whoever starts it, however often, it comes to the same."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from notifications.letter_days import last_morning
from notifications.policy import Policy
from notifications.transport import Post, PostAway
from workflow.cases.commands.carry_over_all import carry_all
from workflow.office import Office
from workflow.reminders.letters.bounces import Bounced, take_in_mailbox
from workflow.reminders.letters.compose import Writes, Written, write_letters
from workflow.reminders.letters.deliver import Delivered, deliver
from workflow.reminders.notices import notice_queries
from workflow.reminders.notices.sweep import Swept, sweep
from workflow.reminders.settings import policy_of, post_of, writer_of
from workflow.storage import reads


@dataclass(frozen=True)
class Morning:
    """What a round made: the sweep, and the letters written after it."""

    swept: Swept
    written: list[Written] = field(default_factory=list)


@dataclass
class Rounds:
    """Policy, words and the way out of one office, read once: bad ones stop whoever wants to begin."""

    office: Office

    @cached_property
    def policy(self) -> Policy:
        """Who is told what. Raises `BadPolicy`."""
        return policy_of(self.office)

    @cached_property
    def writer(self) -> Writes:
        """Whatever puts letters into words. Raises `BadTemplates`."""
        return writer_of(self.office)

    def check(self) -> None:
        """Raises `BadPolicy`, `BadTemplates`."""
        _ = self.policy, self.writer

    def is_behind(self) -> bool:
        """Whether a morning has come that is not swept, or notices wait to be written."""
        with self.office.database.reading() as connection:
            beat, today = notice_queries.beat(connection, "sweep"), self.office.day(reads.today(connection))
        due = last_morning(self.office.tree_read().calendar, today)
        return beat is None or beat.day is None or beat.day < due

    def morning(self, today: date | None = None) -> Morning:
        """Carry over the cases whose step is gone, make the notices that are due, and write their letters."""
        carry_all(self.office, today or self.office.today())
        swept = sweep(self.office, self.policy, today=today)
        return Morning(swept, write_letters(self.office, self.policy, self.writer, swept.morning))

    def returned(self) -> list[Bounced]:
        """Take in the letters that have come back into the office's mailbox for them, if it has one."""
        box = self.office.config.mail.bounces
        return list(take_in_mailbox(self.office, self.office.config.folder / box)) if box else []

    def send(self) -> Delivered:
        """Send what is waiting in the outbox."""
        try:
            post: Post = post_of(self.office)
        except PostAway as away:
            return Delivered(away=away)
        with post:
            return deliver(self.office, post)
