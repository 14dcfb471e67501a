"""What a board or list is asked for in its address: read once, checked, and put back together for the links on it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import Depends, Query

from workflow.board.snapshot.snapshot import Filters
from workflow.core.input import FIRST_YEAR, FieldFault, Mistyped, day_of
from workflow.register.place_names import place_order
from workflow.web.context import Hidden, Visit
from workflow.web.field_errors import field_faults

View = dict[str, Any]

FARTHEST = 10_000_000
MOST_CHOICES = 400
"""Units that a list to choose from holds: more would be no list that anybody reads."""

Word = Annotated[str, Query(max_length=100)]


@dataclass(frozen=True)
class Asked:
    """What the address says; ``on`` as it was typed, ``known``: by what is known now, or by what was known then."""

    unit: Word = ""
    pipeline: Word = ""
    state: Word = ""
    turn: Word = ""
    late: Literal["", "legal", "house", "any"] = ""
    overdue: Literal["", "week", "month", "quarter", "older"] = ""
    on: Word = ""
    known: Literal["now", "then"] = "now"
    q: Word = ""
    sort: Word = ""
    at: Annotated[int, Query(ge=0, le=FARTHEST)] = 0

    def to(self, path: str, **instead: object) -> str:
        """The address of a page that is asked for the same, but for what is said instead; from its first row on."""
        said = asdict(self) | {"at": 0} | instead
        query = {name: value for name, value in said.items() if value not in ("", None, DEFAULTS.get(name))}
        return f"{path}?{urlencode(query)}" if query else path

    @property
    def place(self) -> "Asked":
        """The same place and day, and nothing else."""
        return Asked(unit=self.unit, on=self.on, known=self.known)

    def day(self, today: date) -> date | None:
        """The day to look at; None: today, or none was said. Raises `Mistyped`."""
        if not self.on.strip():
            return None
        try:
            day = day_of(self.on)
        except ValueError:
            raise Mistyped([FieldFault("on", "not_a_day", {"value": self.on})]) from None
        if day.year <= FIRST_YEAR:
            raise Mistyped([FieldFault("on", "too_early", {"value": day})])
        if day > today:
            raise Mistyped([FieldFault("on", "in_the_future", {"value": day, "today": today})])
        return day if day < today else None


DEFAULTS = {one.name: one.default for one in fields(Asked)}

AskedFor = Annotated[Asked, Depends(Asked)]
"""What the address of a request asks for."""


@dataclass(frozen=True)
class Narrowed:
    """What is looked at, after all checks. ``day``: None for today; ``faults``: what of the address makes no sense."""

    asked: Asked
    day: date | None
    faults: dict[str, list[str]]

    @property
    def known(self) -> date | None:
        """By what was recorded until then; None: by all that is known."""
        return self.day if self.asked.known == "then" else None

    @property
    def links(self) -> Asked:
        """What the links on the page are asked for: nothing that makes no sense."""
        return replace(self.asked, on="") if self.faults else self.asked

    @property
    def unit(self) -> str | None:
        """The unit with all below it."""
        return self.asked.unit or None

    @property
    def status(self) -> int:
        """The page's HTTP status."""
        return 422 if self.faults else 200

    @property
    def place(self) -> View:
        """Where and when, as the counts of the board are asked."""
        return {"unit": self.unit, "on": self.day, "as_known_on": self.known}

    @property
    def filters(self) -> Filters:
        """All filters of a list."""
        asked = self.asked
        return {
            "unit": self.unit,
            "pipeline": asked.pipeline or None,
            "state": asked.state or None,
            "turn": asked.turn or None,
            "late": asked.late or None,
            "overdue": asked.overdue or None,
            "on": self.day,
            "as_known_on": self.known,
        }


def narrowed(here: Visit, asked: Asked) -> Narrowed:
    """What somebody may look at of what they ask for. Raises `Hidden` for a unit that is not theirs."""
    if asked.unit and not here.access.sees(asked.unit):
        raise Hidden
    try:
        return Narrowed(asked, asked.day(here.today), {})
    except Mistyped as error:
        return Narrowed(asked, None, field_faults(here, error))


def above_branches(here: Visit) -> None:
    """Raises `Hidden` for whoever holds no role above the branches."""
    if not here.access.is_above_branches:
        raise Hidden


def unit_choices(here: Visit, chosen: str = "") -> list[View]:
    """Units to choose from: where the reader holds a role, and right below; and the one that is chosen."""
    tree, day, places = here.tree, here.today, here.access.places
    rows = [row for id_ in _ids(here) if (row := tree.unit(id_, day)) and row.id == id_]
    found = {row.id: row for row in rows if row.id in places or row.parent in places}
    if chosen and (row := tree.unit(chosen, day)):
        found = {chosen: row, **found}
    order = sorted(found.values(), key=lambda row: (row.id not in places, place_order(row.name)))
    return [{"id": row.id, "name": row.name} for row in order[:MOST_CHOICES]]


def _ids(here: Visit) -> Iterable[str]:
    return here.tree.units if here.access.scope is None else here.access.scope
