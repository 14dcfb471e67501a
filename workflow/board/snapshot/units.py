"""The register of one day names units and the commune over each."""

from collections.abc import Iterable, Sequence
from datetime import date

from states.errors import UnknownId
from states.rulebook.edition import Edition
from states.rulebook.loading import NoEdition
from workflow.core.views import NamedRef
from workflow.office import Office
from workflow.register.place_names import place_order
from workflow.storage.register_snapshot import RegisterSnapshot
from workflow.storage.tables.register import UnitRow

UnitOrder = tuple[tuple[str, ...], tuple[str, ...], str]


class NoSuchUnit(UnknownId):
    """No unit has this id on that day."""

    code = "unknown_unit"
    advice = "advice.unknown_unit"

    def __init__(self, unit: str, known: Iterable[str]) -> None:
        super().__init__(unit)
        self.unit, self.known = unit, tuple(known)


def edition_on(office: Office, pipeline: str, day: date) -> Edition:
    """The edition in force on a day; before the first edition, the first."""
    try:
        return office.rulebook.edition_on(pipeline, day)
    except NoEdition:
        return office.rulebook.load_edition(pipeline, office.rulebook.list_editions(pipeline)[0])


class UnitIndex:
    """The units of one day; each is looked up once."""

    def __init__(self, office: Office, register: RegisterSnapshot, day: date) -> None:
        self.register, self.day = register, day
        self.level = edition_on(office, office.rulebook.pipelines[0], day).coverage_level
        self._lines: dict[str, tuple[UnitRow, ...]] = {}
        self._orders: dict[str, UnitOrder] = {}

    def line_of(self, unit: str) -> tuple[UnitRow, ...]:
        """The unit and all above it, nearest first."""
        line = self._lines.get(unit)
        if line is None:
            line = self._lines[unit] = self.register.units_above(unit, self.day)
        return line

    def commune_of(self, unit: str) -> UnitRow | None:
        """The unit of the coverage's level over a unit; where the edition names no level, the next one
        above.
        """
        return self.pick_level(self.line_of(unit))

    def pick_level(self, line: Sequence[UnitRow]) -> UnitRow | None:
        """The one of the coverage's level in a line of units."""
        return next(
            (unit for unit in (line if self.level else line[1:]) if self.level in (unit.level, None)), None
        )

    def commune_id(self, unit: str) -> str:
        """The id of the unit of that level; where there is none, the unit's own."""
        commune, line = self.commune_of(unit), self.line_of(unit)
        return commune.id if commune else line[0].id if line else unit

    def name_of(self, unit: str) -> str:
        """What a unit is called; its id, where nothing is known of it on that day."""
        line = self.line_of(unit)
        return line[0].name if line else unit

    def ids_below(self, unit: str) -> frozenset[str]:
        """A unit with all below it. Raises `NoSuchUnit`."""
        if self.register.find_unit(unit, self.day) is None:
            raise NoSuchUnit(unit, self.register.units)
        return frozenset(self.register.units_below(unit, self.day))

    def unit_order(self, unit: str) -> UnitOrder:
        """What units are sorted by: their commune, then their own name."""
        order = self._orders.get(unit)
        if order is None:
            order = place_order(self.name_of(self.commune_id(unit))), place_order(self.name_of(unit)), unit
            self._orders[unit] = order
        return order

    def sort_units(self, units: Iterable[str]) -> list[str]:
        """Units as people look for them: those of one commune together."""
        return sorted(units, key=self.unit_order)

    def unit_ref(self, unit: str) -> NamedRef:
        """A unit by its name."""
        return NamedRef(id=unit, name=self.name_of(unit))

    def commune_ref(self, unit: str) -> NamedRef:
        """The commune over a unit by its name."""
        return self.unit_ref(self.commune_id(unit))

    def refs_above(self, unit: str) -> list[NamedRef]:
        """All units above one, nearest first."""
        return [NamedRef(id=row.id, name=row.name) for row in self.line_of(unit)[1:]]


def load_unit_index(office: Office, register: RegisterSnapshot, day: date) -> UnitIndex:
    """The units of a day; those of the day that was looked at last stay with the register as it was read."""
    index = register.cache.get(UnitIndex)
    if not isinstance(index, UnitIndex) or index.day != day:
        index = register.cache[UnitIndex] = UnitIndex(office, register, day)
    return index
