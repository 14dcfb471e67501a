"""A user's work list orders the cases by what is due first.

Việc của tôi: the cases whose turn is one's own, each with its next act and its day; and those that wait
for others.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby

from states.rulebook.edition import Edition
from states.rulebook.loading import NoEdition
from states.rulebook.ways import find_next_move
from states.vocabulary import UnitLine
from workflow.cases.views import my_work_queries
from workflow.cases.views.my_work_queries import RunningClock, WaitingCase, WaitingSteps
from workflow.office import Office
from workflow.register.acting_organs import group_units_fallen, list_organs_acting_as
from workflow.register.permissions import Access
from workflow.register.person_record import decrypt_person
from workflow.storage import reads
from workflow.storage.reads import Connection

PERIOD = "period"
"""The kind of clock that has to run out before the next act, where the others are deadlines."""

MOST_UNITS = 2_000
"""So many units are asked for by name; over more, cases are found along the deadlines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItemView:
    """A case that waits, its next act, and the deadline that ends first; ``next_by``: where another organ
    makes it.
    """

    case: str
    name: str
    unit: str
    above: str
    state: str
    turn: str
    next: str
    not_before: date | None
    next_by: str
    due: date | None
    kind: str | None
    days: int | None


class MyWork:
    """The open cases of a user's units by whose turn it is, by one picture of the database.

    ``limit``, ``offset``: a page of those whose turn is the user's.
    """

    def __init__(
        self, office: Office, access: Access, connection: Connection, *, limit: int = 50, offset: int = 0
    ) -> None:
        self.office, self.access, self.connection = office, access, connection
        self.limit, self.offset = limit, offset

    def load_version(self) -> int:
        """A number that changes with every act on a case that the lists may show."""
        return my_work_queries.count_acts(self.connection, None if self._is_wide else self.access.scope)

    def list_own(self, language: str) -> list[WorkItemView]:
        """Cases at a step where an organ of the user's own unit acts."""
        return self._build_views([row for row in self._rows if self._is_own(row)], language)[self._page]

    def list_own_and_others(self, language: str) -> tuple[list[WorkItemView], list[WorkItemView]]:
        """Beside one's own, the cases of one's units that wait for somebody else; of few units only."""
        if self._is_wide:
            return self.list_own(language), []
        own = {row.id for row in self._rows if self._is_own(row)}
        views = self._build_views(self._rows, language)
        others = [view for view in views if view.case not in own]
        return [view for view in views if view.case in own][self._page], others[: self.limit]

    @property
    def _page(self) -> slice:
        return slice(0, self.limit) if self._is_wide else slice(self.offset, self.offset + self.limit)

    @property
    def _is_wide(self) -> bool:
        return self.access.scope is None or len(self.access.scope) > MOST_UNITS

    @cached_property
    def _rows(self) -> Sequence[WaitingCase]:
        if self.access.scope is not None and not self._is_wide:
            return my_work_queries.list_cases_in_units(self.connection, self.access.scope)
        wanted = [self._find_wide_steps(name, edition) for name, edition in self._editions.items()]
        first_rows = my_work_queries.list_first_due(self.connection, wanted, self.limit, self.offset)
        return [row for row in first_rows if self._is_own(row)]

    def _find_wide_steps(self, pipeline: str, edition: Edition) -> WaitingSteps:
        """The steps of one's own organs, and those of others that fall to them at some units."""
        organs, access, fallen = list_own_organs(edition, self.access), self.access, set[str]()
        turns = {state: edition.states[state].turn or "" for state in self._states[pipeline]}
        for turn in set(turns.values()) - organs:
            groups = group_units_fallen(access.snapshot, edition, turn, access.day)
            fallen.update(*(units for acting, units in groups.items() if acting in organs))
        own = frozenset(state for state, turn in turns.items() if turn in organs)
        return WaitingSteps(pipeline, own, frozenset(turns) - own, frozenset(fallen))

    def _is_own(self, row: WaitingCase) -> bool:
        """Whether the organ whose turn it is belongs to a unit where the user holds one of its roles."""
        if row.state not in self._states.get(row.pipeline, ()):
            return False
        edition, access = self._editions[row.pipeline], self.access
        line = access.snapshot.find_line(row.unit, access.day)
        organ = edition.turn_in_line(row.state, line) or ""
        unit = line.organs.get(organ, "")
        return bool(access.roles_by_unit.get(unit, frozenset()) & frozenset(edition.organs[organ].roles))

    @cached_property
    def _editions(self) -> dict[str, Edition]:
        editions = {}
        for pipeline in self.office.rulebook.pipelines:
            with suppress(NoEdition):
                editions[pipeline] = self.office.rulebook.edition_on(pipeline, self.access.day)
        return editions

    @cached_property
    def _states(self) -> dict[str, frozenset[str]]:
        return {name: list_own_states(edition, self.access) for name, edition in self._editions.items()}

    def _build_views(self, rows: Sequence[WaitingCase], language: str) -> list[WorkItemView]:
        known = [row for row in rows if row.pipeline in self._editions]
        if not known:
            return []
        clocks, names = self._load_clocks(known), self._load_names(known)
        known.sort(key=lambda row: (_first_deadline(clocks.get(row.id, ())), row.id))
        return [self._build_view(row, clocks.get(row.id, ()), names[row.person], language) for row in known]

    def _load_clocks(self, rows: Iterable[WaitingCase]) -> dict[str, list[RunningClock]]:
        """The running clocks of each case, the next to end first."""
        clocks = my_work_queries.list_running_clocks(self.connection, [row.id for row in rows])
        return {case: list(own) for case, own in groupby(sorted(clocks, key=_case_of), key=_case_of)}

    def _load_names(self, rows: Iterable[WaitingCase]) -> dict[str, str]:
        people = reads.load_people(self.connection, {row.person for row in rows})
        return {row.id: decrypt_person(self.office.vault, row.id, row.key, row.sealed).name for row in people}

    def _build_view(
        self, row: WaitingCase, clocks: Sequence[RunningClock], name: str, language: str
    ) -> WorkItemView:
        access, edition = self.access, self._editions[row.pipeline]
        state = edition.states.get(row.state)
        above = access.snapshot.units_above(row.unit, access.day)
        line = access.snapshot.find_line(row.unit, access.day)
        following = find_next_move(edition, row.state, line) if state else None
        turn = edition.turn_in_line(row.state, line)
        first = next((clock for clock in clocks if clock.kind != PERIOD), None)
        periods = [clock.due for clock in clocks if clock.kind == PERIOD and clock.due > access.day]
        return WorkItemView(
            case=row.id,
            name=name,
            unit=above[0].name if above else row.unit,
            above=above[1].name if len(above) > 1 else "",
            state=state.label.in_language(language) if state else row.state,
            turn=edition.organs[turn].label.in_language(language) if turn else "",
            next=edition.moves[following[0]].label.in_language(language) if following else "",
            not_before=max(periods, default=None),
            next_by=_other_organ_label(edition, row.state, following[0], line, language) if following else "",
            due=first.due if first else None,
            kind=first.kind if first else None,
            days=(first.due - access.day).days if first else None,
        )


def _case_of(clock: RunningClock) -> str:
    return clock.case


def _first_deadline(clocks: Iterable[RunningClock]) -> date:
    return min((clock.due for clock in clocks if clock.kind != PERIOD), default=date.max)


def _other_organ_label(edition: Edition, state: str, move: str, line: UnitLine, language: str) -> str:
    """The organ that makes the next act, where it is not the one whose turn it is."""
    organ = edition.acting_organ(edition.moves[move], state, line)
    if organ == edition.turn_in_line(state, line):
        return ""
    return edition.organs[organ].label.in_language(language)


def list_own_states(edition: Edition, access: Access) -> frozenset[str]:
    """The steps of an edition at which it may be the turn of an organ of the user's own units."""
    acting = list_own_organs(edition, access)
    organs = set[str]().union(*(list_organs_acting_as(edition, organ) for organ in acting))
    return frozenset(name for name, state in edition.states.items() if state.turn in organs and not state.end)


def list_own_organs(edition: Edition, access: Access) -> frozenset[str]:
    """The organs as the user's own units have them, for which the user may act."""
    organs: set[str] = set()
    for place, roles in access.roles_by_unit.items():
        unit = access.snapshot.find_unit(place, access.day)
        for name, organ in edition.organs.items():
            if unit is not None and organ.level == unit.level and roles & frozenset(organ.roles):
                organs.add(name)
    return frozenset(organs)
