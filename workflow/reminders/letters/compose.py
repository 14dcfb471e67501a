"""Notices into letters: one for each reader and morning, written and laid into the outbox in one transaction."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, partial
from itertools import groupby
from typing import Protocol

from notifications.letter import Entry, Item, Letter, Urgency, Weekly, Why
from notifications.policy import Policy, Reminder
from states.record.case_record import HOUSE
from states.rulebook.edition import ClockRule
from states.rulebook.loading import NoEdition
from states.vocabulary import Text
from workflow.core.clock import now
from workflow.office import Office
from workflow.register.person_record import opened_person
from workflow.reminders.letters import outbox_queries
from workflow.reminders.letters.weekly_summary import weekly_of
from workflow.reminders.notices import notice_queries
from workflow.reminders.notices.notice_queries import Found
from workflow.reminders.notices.recipients import Mailbox, Recipients
from workflow.reminders.notices.sweep import MOVED
from workflow.reminders.notices.watches import NOT_SAID
from workflow.storage import reads, writes
from workflow.storage.engine import Work

TOGETHER = 50
"""Letters that are written in one transaction: the office's acts go on between them."""
SOON = 7
Key = tuple[str, str, str]
"""A start of a clock: case (or post, or unit), clock, which start."""


class Writes(Protocol):
    """Whatever puts a letter into words."""

    def write(self, letter: Letter) -> bytes:
        """The letter as it goes out."""


@dataclass(frozen=True)
class Written:
    """A letter laid into the outbox: to whom, how many things it tells."""

    id: str
    user: str
    items: int


def write_letters(office: Office, policy: Policy, writer: Writes, morning: date) -> list[Written]:
    """Write the letter of everybody who has notices waiting; who has a letter of that morning waits for the next."""
    with office.database.transaction() as work:
        readers = sorted({row.via for row in notice_queries.waiting(work)})
        row = reads.office(work.connection)
    desk = Desk(office, policy, writer, morning, row.name, row.sample)
    return [one for at in range(0, len(readers), TOGETHER) for one in desk.write(readers[at : at + TOGETHER])]


@dataclass
class Desk:
    """Where the letters of one morning are written."""

    office: Office
    policy: Policy
    writer: Writes
    morning: date
    name: str
    sample: str | None

    def write(self, readers: Sequence[str]) -> list[Written]:
        """The letters of some readers, in one transaction."""
        with self.office.database.transaction() as work:
            notice_queries.take_turn(work, "letters", int(now().timestamp()))
            tree = self.office.tree_in(work.connection)
            recipients = Recipients(self.office, work, tree, self.morning)
            waiting_still = sorted(set(readers) - outbox_queries.readers_of(work, readers, self.morning))
            laid = Laid.out(work, waiting_still, self.morning)
            found = (self._letter(_Reader(self, work, recipients, laid, user)) for user in waiting_still)
            return [one for one in found if one]

    def _letter(self, reader: "_Reader") -> Written | None:
        box, work = reader.mailbox, reader.work
        if box.address is None or box.key is None:
            return None
        told, void = reader.sorted()
        notice_queries.settle(work, [row.id for row in void], "void")
        if not told:
            return None
        id_ = self.office.new_id("T")
        items = tuple(reader.items(told))
        news = {row.clock: row for row in told}
        at = now()
        letter = Letter(
            key=id_,
            to=box.address,
            day=self.morning,
            written_at=at,
            office=self.name,
            items=items,
            entries=tuple(reader.entries(told)),
            weekly=self._weekly if "monday" in news else None,
            worker_late=int(news["sweep_late"].instance) if "sweep_late" in news else 0,
            sample=self.sample,
        )
        sealed = self.office.vault.seal(box.key, packed(box.address, self.writer.write(letter)), id_)
        times = dict.fromkeys(("made_at", "next_at"), int(at.timestamp()))
        outbox_queries.add_letter(work, id=id_, user_id=reader.user, day=self.morning, sealed=sealed, **times)
        notice_queries.settle(work, [row.id for row in told], "told", id_)
        return Written(id_, reader.user, len(items))

    @cached_property
    def _weekly(self) -> Weekly:
        return weekly_of(self.office, self.morning)

    @cached_property
    def clock_rule(self) -> Callable[..., tuple[Text, str | None]]:
        """What a clock of a pipeline is called, and its article; asked of the editions once."""
        return cache(partial(clock_rule, self.office))

    def reminder(self, name: str) -> Reminder | None:
        """A reminder of the policy; None where the policy has it no more."""
        return self.policy.reminders.get(name)


def clock_rule(office: Office, pipeline: str, name: str, started: date | None = None) -> tuple[Text, str | None]:
    """What a clock is called, and its article: by the edition of the day it started, else the newest that knows it."""
    book = office.rulebook
    editions = [book.edition(pipeline, one) for one in reversed(list(book.editions(pipeline)))]
    with suppress(NoEdition):
        editions.insert(0, book.edition_on(pipeline, started or date.max))
    for edition in editions:
        if name.startswith(HOUSE) and (state := edition.states.get(name.removeprefix(HOUSE))):
            return state.label, None
        rule: ClockRule | None = edition.clocks.get(name)
        if rule is not None:
            return rule.label, rule.citation
    return Text(name, name), None


def packed(address: str, message: bytes) -> bytes:
    """An address and a message, to be sealed together."""
    return f"{address}\n".encode() + message


def unpacked(plain: bytes) -> tuple[str, bytes]:
    """What `packed` packed."""
    address, _, message = plain.partition(b"\n")
    return address.decode(), message


@dataclass(frozen=True)
class Laid:
    """What some letters are written from: notices and calendar entries by reader, clocks, what is snoozed."""

    waiting: Mapping[str, Sequence[Found]]
    entered: Mapping[str, Mapping[Key, Found]]
    running: Mapping[Key, Found]
    snoozed: set[tuple[str, str, str, str]]

    @staticmethod
    def out(work: Work, readers: Sequence[str], morning: date) -> "Laid":
        """Read all of it, in one go for all readers."""
        waiting, entered = notice_queries.waiting_for(work, readers), notice_queries.entries(work, readers)
        told = {row.subject for rows in waiting.values() for row in rows}
        cases = told | {key[0] for mine in entered.values() for key in mine}
        snoozed = {(row.subject, row.clock, row.instance, row.user_id) for row in notice_queries.snoozes(work, morning)}
        return Laid(waiting, entered, notice_queries.running(work, sorted(cases)), snoozed)


@dataclass
class _Reader:
    """One reader with the notices that wait for them."""

    desk: Desk
    work: Work
    recipients: Recipients
    laid: Laid
    user: str

    @property
    def mailbox(self) -> Mailbox:
        return self.recipients.mailbox(self.user)

    def sorted(self) -> tuple[list[Found], list[Found]]:
        """What is to be told, and what has nothing to say any more; what is snoozed stays as it is."""
        told: list[Found] = []
        void: list[Found] = []
        for row in self.laid.waiting.get(self.user, ()):
            if (row.subject, row.clock, row.instance, row.user_id) in self.laid.snoozed:
                continue
            (told if self._stands(row) else void).append(row)
        return told, void

    def _stands(self, row: Found) -> bool:
        """Whether a notice is still true: the clock runs, to the same day, and the reader wants to hear of it."""
        reminder = self.desk.reminder(row.reminder)
        if reminder is None or (reminder.optional and self.mailbox.only_duty):
            return False
        if reminder.watch:
            return True
        clock = self.laid.running.get(_key(row))
        return clock is not None and clock.due == row.due

    def items(self, told: Iterable[Found]) -> Iterator[Item]:
        """One item for each deadline, whatever number of its steps is told."""
        order = sorted(told, key=lambda row: (*_key(row), row.user_id))
        for _, same in groupby(order, key=lambda row: (*_key(row), row.user_id)):
            rows = sorted(same, key=lambda row: row.id)
            if rows[-1].clock not in ("monday", "sweep_late"):
                yield self._item(rows)

    def _item(self, rows: Sequence[Found]) -> Item:
        row = rows[-1]
        reminder = self.desk.reminder(row.reminder)
        if reminder is None:
            raise LookupError(row.reminder)
        clock = self.laid.running.get(_key(row))
        about, citation = reminder.about, None
        if clock is not None and reminder.clocks:
            about, citation = self.desk.clock_rule(clock.pipeline, row.clock, clock.start)
        due = None if row.due == NOT_SAID else row.due
        days = (due - self.desk.morning).days if due else None
        why: Why = row.why
        return Item(
            urgency=_urgency(days),
            about=about or Text(row.clock, row.clock),
            todo=reminder.todo,
            why=why,
            case=row.subject if clock is not None or reminder.watch in ("age_limit", "papers_twelve_months") else None,
            due=due,
            days=days,
            moved_from=self._moved_from(rows),
            duty=not reminder.optional,
            citation=citation,
            **self._who(row),
        )

    def _moved_from(self, rows: Sequence[Found]) -> date | None:
        row = next((row for row in rows if row.step == MOVED), None)
        if row is None:
            return None
        before = notice_queries.told_before(self.work, *_key(row))
        days = [one.due for one in before if one.user_id == row.user_id and one.state == "told" and one.due != row.due]
        return days[-1] if days else None

    def _who(self, row: Found) -> dict[str, str | None]:
        """Village and name, where the office lets its letters say them."""
        if not self.desk.office.config.mail.names or row.person_id is None:
            return {}
        key, sealed = writes.person_row(self.work, row.person_id)
        unit = self._unit(row)
        place = self.recipients.tree.unit(unit, self.desk.morning) if unit else None
        name = opened_person(self.desk.office.vault, row.person_id, key, sealed).name
        return {"name": name or None, "place": place.name if place else None}

    def _unit(self, row: Found) -> str | None:
        clock = self.laid.running.get(_key(row))
        if clock is not None:
            return str(clock.unit_id)
        held = reads.case(self.work.connection, row.subject)
        return held.unit_id if held else None

    def entries(self, told: Iterable[Found]) -> Iterator[Entry]:
        """What changes in the reader's calendar: deadlines new or moved, and those that are over."""
        mine = {_key(row) for row in told if row.via == row.user_id}
        entered = self.laid.entered.get(self.user, {})
        for key in sorted(mine & set(self.laid.running)):
            clock, held = self.laid.running[key], entered.get(key)
            lies_ahead = clock.due >= self.desk.morning
            if held.due != clock.due or held.cancelled if held else lies_ahead:
                yield self._enter(key, clock, held)
        for key, held in entered.items():
            if key not in self.laid.running and not held.cancelled:
                notice_queries.put_entry(self.work, held.uid, cancelled=True, sequence=held.sequence + 1)
                about = self.desk.clock_rule("admission", held.clock)[0]
                yield Entry(held.uid, held.sequence + 1, held.due, about, held.subject, cancelled=True)

    def _enter(self, key: Key, clock: Found, held: Found | None) -> Entry:
        uid = held.uid if held else self.desk.office.new_id("L")
        sequence = held.sequence + 1 if held else 0
        subject, name, instance = key
        notice_queries.put_entry(
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
        return Entry(uid, sequence, clock.due, self.desk.clock_rule(clock.pipeline, name)[0], subject)


def _key(row: Found) -> Key:
    return row.subject, row.clock, row.instance


def _urgency(days: int | None) -> Urgency:
    if days is None:
        return "news"
    if days < 0:
        return "late"
    return "soon" if days <= SOON else "later"
