"""Where cases are: units by name, the commune over each, as the tree stands on one day."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from states.rulebook.edition import Edition
from states.rulebook.loading import NoEdition
from workflow.cases.views.case_list import UnknownUnit
from workflow.office import Office
from workflow.register.place_names import place_order
from workflow.storage.register_snapshot import Tree
from workflow.storage.tables import UnitRow

Order = tuple[tuple[str, ...], tuple[str, ...], str]


def edition_on(office: Office, pipeline: str, day: date) -> Edition:
    """The edition in force on a day; before all editions the first, which names the steps no worse than none."""
    try:
        return office.rulebook.edition_on(pipeline, day)
    except NoEdition:
        return office.rulebook.edition(pipeline, office.rulebook.editions(pipeline)[0])


class Places:
    """The units of one day, each looked up once."""

    def __init__(self, office: Office, tree: Tree, day: date) -> None:
        self.tree, self.day = tree, day
        self.level = edition_on(office, office.rulebook.pipelines[0], day).coverage_level
        self._lines: dict[str, tuple[UnitRow, ...]] = {}
        self._orders: dict[str, Order] = {}

    def line(self, unit: str) -> tuple[UnitRow, ...]:
        """The unit and all above it, nearest first."""
        held = self._lines.get(unit)
        if held is None:
            held = self._lines[unit] = self.tree.above(unit, self.day)
        return held

    def over(self, unit: str) -> UnitRow | None:
        """The unit of the coverage's level over a unit; where the edition names no level, the next one above."""
        return self.of_level(self.line(unit))

    def of_level(self, line: Sequence[UnitRow]) -> UnitRow | None:
        """The one of the coverage's level in a line of units."""
        return next((one for one in (line if self.level else line[1:]) if self.level in (one.level, None)), None)

    def commune(self, unit: str) -> str:
        """The id of the unit of that level; where there is none, the unit's own."""
        over, line = self.over(unit), self.line(unit)
        return over.id if over else line[0].id if line else unit

    def name(self, unit: str) -> str:
        """What a unit is called; its id, where nothing is known of it on that day."""
        line = self.line(unit)
        return line[0].name if line else unit

    def below(self, unit: str) -> frozenset[str]:
        """A unit with all below it. Raises `UnknownUnit`."""
        if self.tree.unit(unit, self.day) is None:
            raise UnknownUnit(unit, self.tree.units)
        return frozenset(self.tree.below(unit, self.day))

    def order(self, unit: str) -> Order:
        """What units are sorted by: their commune, then their own name."""
        held = self._orders.get(unit)
        if held is None:
            held = place_order(self.name(self.commune(unit))), place_order(self.name(unit)), unit
            self._orders[unit] = held
        return held

    def sorted(self, units: Iterable[str]) -> list[str]:
        """Units as people look for them: those of one commune together."""
        return sorted(units, key=self.order)

    def view(self, unit: str) -> dict[str, Any]:
        """A unit for a door."""
        return {"id": unit, "name": self.name(unit)}
