"""Changes of a row are planned: tenure, membership, details.

Its post and its person are known by then.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from states.vocabulary import Membership
from workflow.core.text import sort_key
from workflow.register.membership_gate import find_obstacle
from workflow.register.roster.import_row import ImportEntry
from workflow.register.roster.match_people import PersonMatcher
from workflow.register.session import DAY
from workflow.register.writer import BOOKKEEPING_COLUMNS
from workflow.storage.register_snapshot import RegisterSnapshot, find_row_on, holds_on
from workflow.storage.tables.register import MembershipRow, RegisterRow, TenureRow

MEMBERSHIP_ORDER: tuple[Membership, ...] = ("none", "probationary", "member")
MEMBERSHIP_BY_WORD: dict[str, Membership] = {
    "none": "none",
    "probationary": "probationary",
    "official": "member",
}


class StatusSpan(NamedTuple):
    """What holds from a day to another: a membership, or whether a head is secretary."""

    status: str | bool
    valid_from: date
    valid_to: date | None


@dataclass
class ChangePlanner:
    """Works out what rows change. ``secretaries``: whether the file says at all who is branch secretary."""

    matcher: PersonMatcher
    tree: RegisterSnapshot
    day: date
    secretaries: bool

    def plan_row(self, entry: ImportEntry) -> None:
        """What one row changes; a fault where what it says does not fit what is known."""
        self._plan_post(entry)
        if entry.row.name is None:
            self._plan_vacancy(entry)
        elif entry.person is not None:
            self._plan_tenure(entry, entry.person)
            self._plan_membership(entry, entry.person)
            self._plan_details(entry, entry.person)

    def _plan_post(self, entry: ImportEntry) -> None:
        kind = entry.row.village_kind
        if entry.post is not None and kind is not None and kind != entry.post.kind:
            _supersede_row(entry, "posts", entry.post, self.day, kind=kind)
            entry.add_outcome("details_changed")

    # --- tenure ---------------------------------------------------------------------------------------------

    def _plan_vacancy(self, entry: ImportEntry) -> None:
        if entry.holder is not None:
            _end_row(entry, "tenures", entry.holder, self.day - DAY)
            entry.add_outcome("vacated")

    def _plan_tenure(self, entry: ImportEntry, person: str) -> None:
        if entry.holder is not None and entry.holder.person_id == person:
            self._plan_same_holder(entry, entry.holder)
            return
        rows = self.matcher.tenures.get(entry.post.id, ()) if entry.post else ()
        since = entry.row.held_since or self.day
        others = [row for row in rows if row is not entry.holder and _reaches_day(row, since)]
        if others or (entry.holder and entry.holder.valid_from > since):
            other = max(row.valid_from for row in (*others, *([entry.holder] if entry.holder else ())))
            entry.add_fault(
                "tenures_overlap", "held_since", since=_format_day(since), other=_format_day(other)
            )
            return
        if entry.holder is not None:
            _end_row(entry, "tenures", entry.holder, since - DAY)
        post = entry.post.id if entry.post else entry.new_post
        values = {"post_id": post, "person_id": person, "secretary": entry.row.branch_secretary}
        entry.adds.append(("tenures", {"valid_from": since, "valid_to": None, **values}))
        if entry.post is not None:
            entry.add_outcome("head_changed")

    def _plan_same_holder(self, entry: ImportEntry, holder: TenureRow) -> None:
        """The head is who it was; the day it began, or whether also secretary, may be said anew."""
        rows = self.matcher.tenures[holder.post_id]
        run = _tenure_run(rows, holder)
        since = entry.row.held_since or run[0].valid_from
        later_starts = [row.valid_from for row in rows if row not in run and _reaches_day(row, since)]
        if since != run[0].valid_from and (
            later_starts or not holds_on(run[0], max(since, run[0].valid_from))
        ):
            other = max(later_starts, default=run[0].valid_from)
            entry.add_fault(
                "tenures_overlap", "held_since", since=_format_day(since), other=_format_day(other)
            )
            return
        spans = [StatusSpan(row.secretary, row.valid_from, row.valid_to) for row in run]
        spans[0] = spans[0]._replace(valid_from=since)
        if self.secretaries and entry.row.branch_secretary != holder.secretary:
            last = spans.pop()
            if last.valid_from < self.day:
                spans.append(last._replace(valid_to=self.day - DAY))
            spans.append(StatusSpan(entry.row.branch_secretary, max(last.valid_from, self.day), None))
        known = {StatusSpan(row.secretary, row.valid_from, row.valid_to): row for row in run}
        fixed = {"post_id": holder.post_id, "person_id": holder.person_id}
        if _restate_rows(entry, "tenures", known, spans, "secretary", fixed):
            entry.add_outcome("details_changed")

    # --- membership -----------------------------------------------------------------------------------------

    def _plan_membership(self, entry: ImportEntry, person: str) -> None:
        rows = self.tree.memberships.get(person, ())
        membership = MEMBERSHIP_BY_WORD[entry.row.membership or "none"]
        current = self.tree.get_membership(person, self.day)
        if MEMBERSHIP_ORDER.index(membership) < MEMBERSHIP_ORDER.index(current):
            current_row = find_row_on(rows, self.day)
            since = _format_day(current_row.valid_from) if current_row else ""
            entry.add_fault(
                "member_already" if current == "member" else "probationary_already", "membership", since=since
            )
            return
        if membership == "none" or (membership == current and person in self.matcher.with_case):
            return
        spell = _current_spell(rows, self.day)
        wanted = _wanted_spans(entry, membership, spell, self.day)
        known = {
            StatusSpan(row.status, row.valid_from, row.valid_to): row
            for row in rows
            if row in spell or _reaches_day(row, wanted[0].valid_from)
        }
        if self._meets_obstacle(entry, person, rows, wanted[0]):
            return
        changes = _restate_rows(entry, "memberships", known, wanted, "status", {"person_id": person})
        if changes and entry.new_person is None:
            entry.add_outcome("membership_changed")

    def _meets_obstacle(
        self, entry: ImportEntry, person: str, rows: Sequence[MembershipRow], wanted: StatusSpan
    ) -> bool:
        """Whether something on record makes the membership impossible that a row states; a fault then."""
        membership = MEMBERSHIP_BY_WORD[entry.row.membership or "none"]
        changes = membership != self.tree.get_membership(person, self.day)
        known = self.matcher.known.get(person)
        obstacle = find_obstacle(
            rows,
            membership,
            wanted.valid_from,
            born=entry.row.birth or (known.born if known else None),
            open_case=self.matcher.open_cases.get(person) if changes else None,
            stated_on=self.day,
        )
        if obstacle is not None:
            values = {name: _to_text(value) for name, value in obstacle.values.items()}
            entry.add_fault(obstacle.code, "membership", **values)
        return obstacle is not None

    # --- details --------------------------------------------------------------------------------------------

    def _plan_details(self, entry: ImportEntry, person: str) -> None:
        """What the row says of somebody known; what it leaves empty stays as it is."""
        if entry.new_person is not None:
            return
        row, known = entry.row, self.matcher.known[person]
        values = row.details
        if sort_key(row.name or "") != sort_key(known.name):
            values["name"] = row.name
        new = {
            name: value
            for name, value in values.items()
            if value is not None and value != getattr(known, name)
        }
        if new:
            entry.changed_person = replace(known, **new)
            entry.add_outcome("details_changed")


def _wanted_spans(
    entry: ImportEntry, membership: Membership, spell: Sequence[MembershipRow], day: date
) -> list[StatusSpan]:
    """The memberships that the row states, with days; unknown days come from the register.

    If the day of an official member is unknown, membership counts from taking office, else from today.
    """
    row = entry.row
    if membership == "probationary":
        return [StatusSpan("probationary", row.joined or day, None)]
    member_row = next((row_in_spell for row_in_spell in spell if row_in_spell.status == "member"), None)
    joined = row.joined or next(
        (row_in_spell.valid_from for row_in_spell in spell if row_in_spell.status == "probationary"), None
    )
    official = row.official or (member_row.valid_from if member_row else None)
    if official is None or (row.official is None and joined is not None and joined > official):
        official = joined if row.joined else row.held_since or day
    official = official or day
    member = StatusSpan("member", official, None)
    return (
        [StatusSpan("probationary", joined, official - DAY), member]
        if joined and joined < official
        else [member]
    )


def _current_spell(rows: Iterable[MembershipRow], day: date) -> list[MembershipRow]:
    """The rows that lead without a gap to what holds on a day, oldest first."""
    current = find_row_on(rows, day)
    spell: list[MembershipRow] = []
    while current is not None:
        spell.insert(0, current)
        before = current.valid_from - DAY
        current = next((row for row in rows if row.valid_to == before), None)
    return spell


def _tenure_run(rows: Collection[TenureRow], holder: TenureRow) -> list[TenureRow]:
    """The rows of the holder's time, oldest first: one who became secretary on the way has several."""
    run = [holder]
    while before := next(
        (
            row
            for row in rows
            if row.person_id == holder.person_id and row.valid_to == run[0].valid_from - DAY
        ),
        None,
    ):
        run.insert(0, before)
    return run


def _restate_rows(
    entry: ImportEntry,
    table: str,
    known: Mapping[StatusSpan, RegisterRow],
    wanted: Sequence[StatusSpan],
    column: str,
    fixed: dict[str, str],
) -> bool:
    """Whether any row changes: those no longer wanted never were so, wanted ones come in."""
    stale = [row for span, row in known.items() if span not in wanted]
    fresh = [span for span in wanted if span not in known]
    entry.ends += [(table, row, None) for row in stale]
    for span in fresh:
        days = {"valid_from": span.valid_from, "valid_to": span.valid_to}
        entry.adds.append((table, {**days, **fixed, column: span.status}))
    return bool(stale or fresh)


def _reaches_day(row: RegisterRow, since: date) -> bool:
    return row.valid_to is None or row.valid_to >= since


def _end_row(entry: ImportEntry, table: str, row: RegisterRow, last: date) -> None:
    """End a row; a row that would end before it began is retired."""
    entry.ends.append((table, row, last if last >= row.valid_from else None))


def _supersede_row(entry: ImportEntry, table: str, row: RegisterRow, since: date, **changes: object) -> None:
    """From ``since`` the row has other values."""
    _end_row(entry, table, row, since - DAY)
    entry.adds.append((table, _row_values(row) | {"valid_from": max(since, row.valid_from)} | changes))


def _row_values(row: RegisterRow) -> dict[str, Any]:
    return {name: value for name, value in row.model_dump().items() if name not in BOOKKEEPING_COLUMNS}


def _to_text(value: date | str) -> str:
    return _format_day(value) if isinstance(value, date) else value


def _format_day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
