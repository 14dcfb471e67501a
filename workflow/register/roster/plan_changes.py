"""What a row changes once its post and its person are known: tenure, membership, details."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from states.vocabulary import Membership
from workflow.core.text import sort_key
from workflow.register.person_record import changed
from workflow.register.roster.import_row import Entry
from workflow.register.roster.match_people import People
from workflow.register.session import DAY
from workflow.register.writer import COMMON
from workflow.storage.register_snapshot import Tree, holds, on
from workflow.storage.tables import MembershipRow, Registered, TenureRow

STANDING: tuple[Membership, ...] = ("none", "probationary", "member")
SAID: dict[str, Membership] = {"none": "none", "probationary": "probationary", "official": "member"}


class Span(NamedTuple):
    """What holds from a day to another: a membership, or whether a head is secretary."""

    status: str | bool
    valid_from: date
    valid_to: date | None


@dataclass
class Changes:
    """Works out what rows change. ``secretaries``: whether the file says at all who is branch secretary."""

    people: People
    tree: Tree
    day: date
    secretaries: bool

    def settle(self, entry: Entry) -> None:
        """What one row changes; a fault where what it says does not fit what is known."""
        self._post(entry)
        if entry.row.name is None:
            self._vacate(entry)
        elif entry.person is not None:
            self._tenure(entry, entry.person)
            self._membership(entry, entry.person)
            self._details(entry, entry.person)

    def _post(self, entry: Entry) -> None:
        kind = entry.row.village_kind
        if entry.post is not None and kind is not None and kind != entry.post.kind:
            _supersede(entry, "posts", entry.post, self.day, kind=kind)
            entry.becomes("details_changed")

    # --- tenure --------------------------------------------------------------------------------------------------

    def _vacate(self, entry: Entry) -> None:
        if entry.holder is not None:
            _end(entry, "tenures", entry.holder, self.day - DAY)
            entry.becomes("vacated")

    def _tenure(self, entry: Entry, person: str) -> None:
        if entry.holder is not None and entry.holder.person_id == person:
            self._same_holder(entry, entry.holder)
            return
        rows = self.people.tenures.get(entry.post.id, ()) if entry.post else ()
        since = entry.row.held_since or self.day
        others = [row for row in rows if row is not entry.holder and _reaches(row, since)]
        if others or (entry.holder and entry.holder.valid_from > since):
            other = max(row.valid_from for row in (*others, *([entry.holder] if entry.holder else ())))
            entry.fault("tenures_overlap", "held_since", since=_printed(since), other=_printed(other))
            return
        if entry.holder is not None:
            _end(entry, "tenures", entry.holder, since - DAY)
        post = entry.post.id if entry.post else entry.new_post
        values = {"post_id": post, "person_id": person, "secretary": entry.row.branch_secretary}
        entry.adds.append(("tenures", {"valid_from": since, "valid_to": None, **values}))
        if entry.post is not None:
            entry.becomes("head_changed")

    def _same_holder(self, entry: Entry, holder: TenureRow) -> None:
        """The head is who it was; the day it began, or whether also secretary, may be said anew."""
        rows = self.people.tenures[holder.post_id]
        run = _run(rows, holder)
        since = entry.row.held_since or run[0].valid_from
        late = [row.valid_from for row in rows if row not in run and _reaches(row, since)]
        if since != run[0].valid_from and (late or not holds(run[0], max(since, run[0].valid_from))):
            other = max(late, default=run[0].valid_from)
            entry.fault("tenures_overlap", "held_since", since=_printed(since), other=_printed(other))
            return
        spans = [Span(row.secretary, row.valid_from, row.valid_to) for row in run]
        spans[0] = spans[0]._replace(valid_from=since)
        if self.secretaries and entry.row.branch_secretary != holder.secretary:
            last = spans.pop()
            if last.valid_from < self.day:
                spans.append(last._replace(valid_to=self.day - DAY))
            spans.append(Span(entry.row.branch_secretary, max(last.valid_from, self.day), None))
        known = {Span(row.secretary, row.valid_from, row.valid_to): row for row in run}
        fixed = {"post_id": holder.post_id, "person_id": holder.person_id}
        if _restate(entry, "tenures", known, spans, "secretary", fixed):
            entry.becomes("details_changed")

    # --- membership ----------------------------------------------------------------------------------------------

    def _membership(self, entry: Entry, person: str) -> None:
        rows = self.tree.memberships.get(person, ())
        said = SAID[entry.row.membership or "none"]
        now = self.tree.membership(person, self.day)
        if STANDING.index(said) < STANDING.index(now):
            held = on(rows, self.day)
            since = _printed(held.valid_from) if held else ""
            entry.fault("member_already" if now == "member" else "probationary_already", "membership", since=since)
            return
        if said == "none" or (said == now and person in self.people.cased):
            return
        spell = _spell(rows, self.day)
        wanted = _wanted(entry, said, spell, self.day)
        known = {
            Span(row.status, row.valid_from, row.valid_to): row
            for row in rows
            if row in spell or _reaches(row, wanted[0].valid_from)
        }
        changes = _restate(entry, "memberships", known, wanted, "status", {"person_id": person})
        if changes and entry.new_person is None:
            entry.becomes("membership_changed")

    # --- details -------------------------------------------------------------------------------------------------

    def _details(self, entry: Entry, person: str) -> None:
        """What the row says of somebody known; what it leaves empty stays as it is."""
        if entry.new_person is not None:
            return
        row, known = entry.row, self.people.known[person]
        said: dict[str, Any] = {
            "born": row.birth,
            "sex": row.sex,
            "occupation": row.occupation,
            "home": row.native_place,
            "education_met": row.education_met,
            "contact": row.contact,
            "official_since": row.official,
        }
        if sort_key(row.name or "") != sort_key(known.name):
            said["name"] = row.name
        new = {name: value for name, value in said.items() if value is not None and value != getattr(known, name)}
        if new:
            entry.changed_person = changed(known, new)
            entry.becomes("details_changed")


def _wanted(entry: Entry, said: Membership, spell: Sequence[MembershipRow], day: date) -> list[Span]:
    """What somebody is in the Party by the row, with the days that it leaves to what is known.

    Of an official member whose days are not known, membership counts from taking office, else from today.
    """
    row = entry.row
    if said == "probationary":
        return [Span("probationary", row.joined or day, None)]
    held = next((one for one in spell if one.status == "member"), None)
    joined = row.joined or next((one.valid_from for one in spell if one.status == "probationary"), None)
    official = row.official or (held.valid_from if held else None)
    if official is None or (row.official is None and joined is not None and joined > official):
        official = joined if row.joined else row.held_since or day
    official = official or day
    member = Span("member", official, None)
    return [Span("probationary", joined, official - DAY), member] if joined and joined < official else [member]


def _spell(rows: Iterable[MembershipRow], day: date) -> list[MembershipRow]:
    """The rows that lead without a gap to what holds on a day, oldest first."""
    held = on(rows, day)
    found: list[MembershipRow] = []
    while held is not None:
        found.insert(0, held)
        before = held.valid_from - DAY
        held = next((row for row in rows if row.valid_to == before), None)
    return found


def _run(rows: Collection[TenureRow], holder: TenureRow) -> list[TenureRow]:
    """The rows of the holder's time, oldest first: one who became secretary on the way has several."""
    run = [holder]
    while before := next(
        (row for row in rows if row.person_id == holder.person_id and row.valid_to == run[0].valid_from - DAY), None
    ):
        run.insert(0, before)
    return run


def _restate(
    entry: Entry,
    table: str,
    known: Mapping[Span, Registered],
    wanted: Sequence[Span],
    column: str,
    fixed: dict[str, str],
) -> bool:
    """Rows that are no longer wanted never were so, wanted ones that are not there come in; whether any did."""
    stale = [row for span, row in known.items() if span not in wanted]
    fresh = [span for span in wanted if span not in known]
    entry.ends += [(table, row, None) for row in stale]
    for span in fresh:
        days = {"valid_from": span.valid_from, "valid_to": span.valid_to}
        entry.adds.append((table, {**days, **fixed, column: span.status}))
    return bool(stale or fresh)


def _reaches(row: Registered, since: date) -> bool:
    return row.valid_to is None or row.valid_to >= since


def _end(entry: Entry, table: str, row: Registered, last: date) -> None:
    """A row ends; one that would end before it began never was so."""
    entry.ends.append((table, row, last if last >= row.valid_from else None))


def _supersede(entry: Entry, table: str, row: Registered, since: date, **changes: object) -> None:
    """From ``since`` on a row says something else."""
    _end(entry, table, row, since - DAY)
    entry.adds.append((table, _values(row) | {"valid_from": max(since, row.valid_from)} | changes))


def _values(row: Registered) -> dict[str, Any]:
    return {name: value for name, value in row.model_dump().items() if name not in COMMON}


def _printed(day: date) -> str:
    return f"{day:%d/%m/%Y}"
