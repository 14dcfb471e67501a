"""People whom rows name are found, never merged on a guess.

The holder of the post, somebody known elsewhere, or somebody new.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from states.vocabulary import Person
from workflow.core.text import Identity, SameReason, find_same_reason, search_key, sort_key
from workflow.office import Office
from workflow.register.roster.import_row import ImportEntry
from workflow.register.views.people import load_people
from workflow.storage import reads
from workflow.storage.engine import Connection
from workflow.storage.register_snapshot import RegisterSnapshot, find_row_on, group_by
from workflow.storage.tables.register import TenureRow

Decision = Literal["same", "new"]
DECISIONS: tuple[str, ...] = get_args(Decision)
REASONS: tuple[str, ...] = get_args(SameReason)
"""From the likeliest to the least likely."""


@dataclass
class NameIndex:
    """Finds people who may be the same, so that few have to be compared."""

    _named: dict[str, list[str]] = field(default_factory=dict)
    _unknown: dict[str, list[str]] = field(default_factory=dict)
    _year: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    _day: dict[tuple[str, int, int], list[str]] = field(default_factory=dict)
    _born: dict[date, list[str]] = field(default_factory=dict)

    def add_person(self, person: Person) -> None:
        key, born = search_key(person.name), person.born
        self._named.setdefault(key, []).append(person.id)
        if born is None:
            self._unknown.setdefault(key, []).append(person.id)
            return
        self._year.setdefault((key, born.year), []).append(person.id)
        self._day.setdefault((key, born.day, born.month), []).append(person.id)
        self._born.setdefault(born, []).append(person.id)

    def find_alike(self, name: str, born: date | None) -> Iterable[str]:
        """Everybody who may be the one of that name and birth date, each once."""
        key = search_key(name)
        if born is None:
            return self._named.get(key, [])
        places = (
            self._year.get((key, born.year), []),
            self._day.get((key, born.day, born.month), []),
            self._unknown.get(key, []),
            self._born.get(born, []),
        )
        return dict.fromkeys(id_ for place in places for id_ in place)


class PersonMatcher:
    """Everybody the office knows on a day, and who holds which post."""

    def __init__(self, office: Office, connection: Connection, tree: RegisterSnapshot, day: date) -> None:
        self.office, self.day = office, day
        self.known = load_people(office, connection, snapshot=tree, day=day)
        self.tenures: dict[str, tuple[TenureRow, ...]] = group_by(
            reads.load_register_rows(connection, TenureRow), "post_id"
        )
        cases = [(row.person_id, row.id, row.closed_on is None) for row in reads.load_cases(connection)]
        self.with_case = {person for person, _, _ in cases}
        self.open_cases = {person: case for person, case, is_open in cases if is_open}
        self._exact: dict[tuple[str, date], list[str]] = {}
        for person in self.known.values():
            if person.name and person.born:
                self._exact.setdefault((sort_key(person.name), person.born), []).append(person.id)
        self._alike = NameIndex()
        self._free: set[str] = set()
        self._taken: set[str] = set()
        self._fresh: dict[tuple[str, date], ImportEntry] = {}

    def match_people(self, entries: Iterable[ImportEntry], decisions: Mapping[str, str]) -> None:
        """Find the person of every row without a fault; a doubtful one becomes a question."""
        good_entries = [entry for entry in entries if not entry.faults]
        for entry in good_entries:
            if entry.post is not None:
                entry.holder = find_row_on(self.tenures.get(entry.post.id, ()), self.day)
            if entry.holder is not None and self._is_holder(entry, self.known[entry.holder.person_id]):
                entry.stays, entry.person = True, entry.holder.person_id
        self._free = self._without_post(good_entries)
        for id_ in self._free:
            self._alike.add_person(self.known[id_])
        for entry in good_entries:
            if entry.row.name and not entry.stays:
                self._match_entry(entry, decisions)

    def _is_holder(self, entry: ImportEntry, holder: Person) -> bool:
        """The same name at the same post is the same person, unless the birth dates say otherwise."""
        row = entry.row
        return (
            row.name is not None
            and sort_key(row.name) == sort_key(holder.name)
            and (row.birth is None or holder.born is None or row.birth == holder.born)
        )

    def _without_post(self, entries: Iterable[ImportEntry]) -> set[str]:
        """Everybody with a name who is head of nothing once the rows are in."""
        filled_posts = {entry.post.id for entry in entries if entry.post and not entry.stays}
        heads = {
            row.person_id
            for post, rows in self.tenures.items()
            if post not in filled_posts and (row := find_row_on(rows, self.day)) is not None
        }
        return {id_ for id_, person in self.known.items() if person.name and id_ not in heads}

    def _match_entry(self, entry: ImportEntry, decisions: Mapping[str, str]) -> None:
        name, born = entry.row.name or "", entry.row.birth
        key = (sort_key(name), born) if born else None
        exact = self._exact.get(key, []) if key else []
        sure = exact[0] if len(exact) == 1 and exact[0] in self._free - self._taken else None
        decided = decisions.get(str(entry.row.row))
        if sure and decided != "new" and decisions.get(sure) != "new":
            self._assign_person(entry, sure)
            return
        candidates = (
            []
            if decided == "new"
            else [
                candidate
                for candidate in self._find_candidates(entry, exact)
                if decisions.get(candidate[1]) != "new"
            ]
        )
        chosen = next(
            (id_ for _, id_ in candidates if decided == "same" or decisions.get(id_) == "same"), None
        )
        twin = self._fresh.get(key) if key and decided != "new" else None
        if chosen:
            self._assign_person(entry, chosen)
        elif candidates:
            entry.reason, entry.other = candidates[0]
            entry.add_outcome("duplicate")
        elif twin and decided == "same":
            entry.person = twin.person
            entry.other_row = twin.row.row
        elif twin:
            entry.reason, entry.other_row = "same_name_and_birth_date", twin.row.row
            entry.add_outcome("duplicate")
        else:
            self._create_person(entry, key)

    def _find_candidates(self, entry: ImportEntry, exact: Iterable[str]) -> list[tuple[SameReason, str]]:
        """Who may be meant, the likeliest first."""
        row = entry.row
        named = Identity(row.name or "", row.birth)
        reasons: dict[str, SameReason] = dict.fromkeys(exact, "same_name_and_birth_date")
        for id_ in self._alike.find_alike(named.name, row.birth):
            person = self.known[id_]
            reason = find_same_reason(named, Identity(person.name, person.born))
            if reason:
                reasons.setdefault(id_, reason)
        return sorted(
            ((reason, id_) for id_, reason in reasons.items()),
            key=lambda candidate: (REASONS.index(candidate[0]), candidate[1]),
        )

    def _assign_person(self, entry: ImportEntry, id_: str) -> None:
        entry.person = id_
        self._taken.add(id_)

    def _create_person(self, entry: ImportEntry, key: tuple[str, date] | None) -> None:
        row = entry.row
        id_ = self.office.new_id("P")
        while id_ in self.known:
            id_ = self.office.new_id("P")
        entry.person = id_
        entry.new_person = Person(id_, row.name or "", **row.details)
        self.known[id_] = entry.new_person
        if key:
            self._fresh[key] = entry
