"""Notices become letters, one for each reader and morning.

They are written and laid into the outbox in one transaction.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, partial
from itertools import groupby
from typing import Protocol

from notifications.letter import CalendarEntry, Letter, LetterItem, Urgency, WeeklySummary
from notifications.policy import Policy, Reminder
from states.vocabulary import Text
from workflow.cases.views.clock_label import describe_clock
from workflow.core.clock import now
from workflow.office import Office
from workflow.register.person_record import decrypt_person
from workflow.reminders.letters import outbox_queries
from workflow.reminders.letters.weekly_summary import build_weekly_summary
from workflow.reminders.notices import notice_queries
from workflow.reminders.notices.notice_queries import Notice, RunningClock, SentEntry
from workflow.reminders.notices.recipients import Mailbox, RecipientFinder
from workflow.reminders.notices.sweep import MOVED_STEP
from workflow.reminders.notices.watches import HIDDEN_DAY
from workflow.reminders.stop import GoesOn, always
from workflow.reminders.told_before import read_told_before, sign_notice
from workflow.storage import reads, writes
from workflow.storage.engine import Transaction

LETTERS_PER_TRANSACTION = 50
"""Letters that are written in one transaction: the office's acts go on between them."""
SOON_DAYS = 7
ClockKey = tuple[str, str, str]
"""A start of a clock: case (or post, or unit), clock, which start."""


class LetterWriter(Protocol):
    def write(self, letter: Letter) -> bytes:
        """The letter as it goes out."""


@dataclass(frozen=True)
class WrittenLetter:
    """A letter in the outbox: its reader and the number of its items."""

    letter: str
    user: str
    items: int


def write_letters(
    office: Office, policy: Policy, writer: LetterWriter, morning: date, goes_on: GoesOn = always
) -> list[WrittenLetter]:
    """Write the letter of everybody who has notices waiting.

    Who has a letter of that morning waits for the next.

    As long as ``goes_on``; the rest wait.
    """
    with office.database.transaction() as work:
        readers = sorted({row.via for row in notice_queries.list_waiting(work)})
        row = reads.load_office(work.connection)
    batch = LetterBatch(office, policy, writer, morning, row.name, row.sample)
    batches = (
        readers[at : at + LETTERS_PER_TRANSACTION] for at in range(0, len(readers), LETTERS_PER_TRANSACTION)
    )
    return [letter for part in batches if goes_on() for letter in batch.write_for(part)]


@dataclass
class LetterBatch:
    """Writes the letters of one morning."""

    office: Office
    policy: Policy
    writer: LetterWriter
    morning: date
    name: str
    sample: str | None

    def write_for(self, readers: Sequence[str]) -> list[WrittenLetter]:
        """Write the letters of some readers in one transaction."""
        with self.office.database.transaction() as work:
            notice_queries.lock_beat(work, "letters", int(now().timestamp()))
            tree = self.office.snapshot_for_reading(work.connection)
            recipients = RecipientFinder(self.office, work, tree, self.morning)
            waiting_still = sorted(
                set(readers) - outbox_queries.find_readers_with_letter(work, readers, self.morning)
            )
            data = BatchData.load_for(work, waiting_still, self.morning)
            letters = (
                self._write_letter(_ReaderLetter(self, work, recipients, data, user))
                for user in waiting_still
            )
            return [letter for letter in letters if letter]

    def _write_letter(self, reader: "_ReaderLetter") -> WrittenLetter | None:
        box, work = reader.mailbox, reader.work
        if box.address is None or box.key is None:
            return None
        current, void = reader.split_notices()
        notice_queries.settle_notices(work, [row.id for row in void], "void")
        already_told = [row for row in current if self._was_told(row)]
        notice_queries.settle_notices(work, [row.id for row in already_told], "told")
        current = [row for row in current if row not in already_told]
        if not current:
            return None
        id_ = self.office.new_id("T")
        items = tuple(reader.build_items(current))
        news = {row.clock: row for row in current}
        at = now()
        letter = Letter(
            key=id_,
            to=box.address,
            day=self.morning,
            written_at=at,
            office=self.name,
            items=items,
            entries=tuple(reader.build_entries(current)),
            weekly=self._weekly if "monday" in news else None,
            worker_late=int(news["sweep_late"].instance) if "sweep_late" in news else 0,
            sample=self.sample,
        )
        sealed = self.office.vault.encrypt(box.key, pack_message(box.address, self.writer.write(letter)), id_)
        times = dict.fromkeys(("made_at", "next_at"), int(at.timestamp()))
        outbox_queries.add_letter(work, id=id_, user_id=reader.user, day=self.morning, sealed=sealed, **times)
        notice_queries.settle_notices(work, [row.id for row in current], "told", id_)
        return WrittenLetter(id_, reader.user, len(items))

    def _was_told(self, row: Notice) -> bool:
        """Whether a letter told it before the office was restored."""
        signs = self._told_before
        return bool(signs) and sign_notice(self.office.vault, row.get_key()) in signs

    @cached_property
    def _told_before(self) -> frozenset[str]:
        return read_told_before(self.office.config.folder)

    @cached_property
    def _weekly(self) -> WeeklySummary:
        return build_weekly_summary(self.office, self.morning)

    @cached_property
    def describe_clock(self) -> Callable[..., tuple[Text, Text | None]]:
        """The label and article of a clock, cached per pipeline and clock."""
        return cache(partial(describe_clock, self.office))

    def find_reminder(self, name: str) -> Reminder | None:
        """A reminder of the policy; None where the policy has it no more."""
        return self.policy.reminders.get(name)


def pack_message(address: str, message: bytes) -> bytes:
    """An address and a message as bytes, to be encrypted together."""
    return f"{address}\n".encode() + message


def unpack_message(plain: bytes) -> tuple[str, bytes]:
    """The address and message that `pack_message` packed."""
    address, _, message = plain.partition(b"\n")
    return address.decode(), message


@dataclass(frozen=True)
class BatchData:
    """What some letters are written from: notices and calendar entries by reader, clocks, snoozes."""

    waiting: Mapping[str, Sequence[Notice]]
    calendar_entries: Mapping[str, Mapping[ClockKey, SentEntry]]
    running_clocks: Mapping[ClockKey, RunningClock]
    snoozed: set[tuple[str, str, str, str]]

    @staticmethod
    def load_for(work: Transaction, readers: Sequence[str], morning: date) -> "BatchData":
        """Read the data of all readers at once."""
        waiting, entered = (
            notice_queries.list_waiting_by_reader(work, readers),
            notice_queries.load_calendar_entries(work, readers),
        )
        subjects = {row.subject for rows in waiting.values() for row in rows}
        cases = subjects | {key[0] for mine in entered.values() for key in mine}
        snoozed = {
            (row.subject, row.clock, row.instance, row.user_id)
            for row in notice_queries.list_snoozes(work, morning)
        }
        return BatchData(waiting, entered, notice_queries.load_running_clocks(work, sorted(cases)), snoozed)


@dataclass
class _ReaderLetter:
    """One reader with the notices that wait for them."""

    batch: LetterBatch
    work: Transaction
    recipients: RecipientFinder
    data: BatchData
    user: str

    @property
    def mailbox(self) -> Mailbox:
        return self.recipients.find_mailbox(self.user)

    def split_notices(self) -> tuple[list[Notice], list[Notice]]:
        """The notices to tell, and those that are no longer true; snoozed ones are in neither."""
        current: list[Notice] = []
        void: list[Notice] = []
        for row in self.data.waiting.get(self.user, ()):
            if (row.subject, row.clock, row.instance, row.user_id) in self.data.snoozed:
                continue
            (current if self._is_still_true(row) else void).append(row)
        return current, void

    def _is_still_true(self, row: Notice) -> bool:
        """Whether a notice is still true.

        The clock runs, to the same day, and the reader wants to hear of it.
        """
        reminder = self.batch.find_reminder(row.reminder)
        if reminder is None or (reminder.optional and self.mailbox.only_duty):
            return False
        if reminder.watch:
            return True
        clock = self.data.running_clocks.get(_clock_key(row))
        return clock is not None and clock.due == row.due

    def build_items(self, current: Iterable[Notice]) -> Iterator[LetterItem]:
        """One item for each deadline, however many of its steps are told."""
        order = sorted(current, key=lambda row: (*_clock_key(row), row.user_id))
        for _, same in groupby(order, key=lambda row: (*_clock_key(row), row.user_id)):
            rows = sorted(same, key=lambda row: row.id)
            if rows[-1].clock not in ("monday", "sweep_late"):
                yield self._build_item(rows)

    def _build_item(self, rows: Sequence[Notice]) -> LetterItem:
        row = rows[-1]
        reminder = self.batch.find_reminder(row.reminder)
        if reminder is None:
            raise LookupError(row.reminder)
        clock = self.data.running_clocks.get(_clock_key(row))
        about, citation = reminder.about, None
        if clock is not None and reminder.clocks:
            about, citation = self.batch.describe_clock(clock.pipeline, row.clock, clock.start)
        due = None if row.due == HIDDEN_DAY else row.due
        days = (due - self.batch.morning).days if due else None
        return LetterItem(
            urgency=_find_urgency(days),
            about=about or Text(row.clock, row.clock),
            todo=reminder.todo,
            why=row.why,
            case=row.subject
            if clock is not None or reminder.watch in ("age_limit", "papers_twelve_months")
            else None,
            due=due,
            days=days,
            moved_from=self._moved_from(rows),
            duty=not reminder.optional,
            citation=citation,
            **self._person_and_place(row),
        )

    def _moved_from(self, rows: Sequence[Notice]) -> date | None:
        row = next((row for row in rows if row.step == MOVED_STEP), None)
        if row is None:
            return None
        before = notice_queries.list_earlier_notices(self.work, *_clock_key(row))
        days = [
            notice.due
            for notice in before
            if notice.user_id == row.user_id and notice.state == "told" and notice.due != row.due
        ]
        return days[-1] if days else None

    def _person_and_place(self, row: Notice) -> dict[str, str | None]:
        """Village and name, where the office lets its letters say them."""
        if not self.batch.office.config.mail.names or row.person_id is None:
            return {}
        key, sealed = writes.load_person_row(self.work, row.person_id)
        unit = self._find_unit(row)
        place = self.recipients.tree.find_unit(unit, self.batch.morning) if unit else None
        name = decrypt_person(self.batch.office.vault, row.person_id, key, sealed).name
        return {"name": name or None, "place": place.name if place else None}

    def _find_unit(self, row: Notice) -> str | None:
        clock = self.data.running_clocks.get(_clock_key(row))
        if clock is not None:
            return clock.unit_id
        case = reads.load_case(self.work.connection, row.subject)
        return case.unit_id if case else None

    def build_entries(self, current: Iterable[Notice]) -> Iterator[CalendarEntry]:
        """What changes in the reader's calendar: deadlines new or moved, and those that are over."""
        own_keys = {_clock_key(row) for row in current if row.via == row.user_id}
        known_entries = self.data.calendar_entries.get(self.user, {})
        for key in sorted(own_keys & set(self.data.running_clocks)):
            clock, known_entry = self.data.running_clocks[key], known_entries.get(key)
            lies_ahead = clock.due >= self.batch.morning
            if known_entry.due != clock.due or known_entry.cancelled if known_entry else lies_ahead:
                yield self._put_entry(key, clock, known_entry)
        for key, known_entry in known_entries.items():
            if key not in self.data.running_clocks and not known_entry.cancelled:
                notice_queries.save_calendar_entry(
                    self.work, known_entry.uid, cancelled=True, sequence=known_entry.sequence + 1
                )
                about = self.batch.describe_clock("admission", known_entry.clock)[0]
                yield CalendarEntry(
                    known_entry.uid,
                    known_entry.sequence + 1,
                    known_entry.due,
                    about,
                    known_entry.subject,
                    cancelled=True,
                )

    def _put_entry(self, key: ClockKey, clock: RunningClock, known_entry: SentEntry | None) -> CalendarEntry:
        uid = known_entry.uid if known_entry else self.batch.office.new_id("L")
        sequence = known_entry.sequence + 1 if known_entry else 0
        subject, name, instance = key
        notice_queries.save_calendar_entry(
            self.work,
            uid,
            user_id=self.user,
            subject=subject,
            clock=name,
            instance=instance,
            due=clock.due,
            sequence=sequence,
            cancelled=False,
        )
        return CalendarEntry(
            uid, sequence, clock.due, self.batch.describe_clock(clock.pipeline, name)[0], subject
        )


def _clock_key(row: Notice) -> ClockKey:
    return row.subject, row.clock, row.instance


def _find_urgency(days: int | None) -> Urgency:
    if days is None:
        return "news"
    if days < 0:
        return "late"
    return "soon" if days <= SOON_DAYS else "later"
