"""Roles at units decide who may see and do what.

Pages, API and downloads all ask here. A user sees the cases, papers and people of the units at and under
those where a role is held. Whoever acts above a branch may type for those below: ``by`` is then whose act it
is, and the user who types it. Accounts and roles are kept from above as well: nobody keeps those of an equal.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from states.rulebook.edition import Edition
from workflow.core.input import FieldFault
from workflow.storage.register_snapshot import BRANCH_ORGAN, RegisterSnapshot, holds_on
from workflow.storage.tables.register import UnitRow

MOST_CACHED = 500
"""Readers of one register and day whose places are kept.

A country's are looked for in every unit there is.
"""


def get_access(snapshot: RegisterSnapshot, user: str, day: date, edition: Edition) -> "Access":
    """A user's access; cached as long as register and day are the same."""
    cache: dict[tuple[str, date, str], Access] = snapshot.cache.setdefault(Access, {})
    key = (user, day, f"{edition.pipeline}/{edition.edition}")
    access = cache.get(key)
    if access is None:
        if len(cache) >= MOST_CACHED:
            cache.clear()
        access = cache[key] = Access(snapshot, user, day, edition)
    return access


def find_user_fault(
    snapshot: RegisterSnapshot, user: str, unit: str, days: tuple[date, date]
) -> FieldFault | None:
    """What keeps an act from being a user's: a name that nobody has, or no role at a unit or over it.

    ``days``: one of them is enough, for acts are also typed later.
    """
    if user not in snapshot.users:
        return FieldFault("by", "unknown_user" if user else "not_named", {"value": user})
    if any(snapshot.list_roles(user, unit, day) for day in days):
        return None
    row = snapshot.find_unit(unit, days[-1])
    return FieldFault("by", "no_role_here", {"value": user, "unit": row.name if row else unit})


@dataclass(frozen=True)
class Access:
    """What one user may do, by the register of a day and the edition in force."""

    snapshot: RegisterSnapshot
    user: str
    day: date
    edition: Edition

    @property
    def branch_level(self) -> str:
        return self.edition.organs[BRANCH_ORGAN].level

    @cached_property
    def roles_by_unit(self) -> dict[str, frozenset[str]]:
        """The units where the user holds roles on the day (each as it is by then), with those roles."""
        roles_at: dict[str, set[str]] = {}
        for grant in self.snapshot.grants.get(self.user, ()):
            unit = self.snapshot.find_unit(grant.unit_id, self.day) if holds_on(grant, self.day) else None
            if unit is not None:
                roles_at.setdefault(unit.id, set()).add(grant.role)
        return {unit: frozenset(roles) for unit, roles in roles_at.items()}

    @cached_property
    def is_everywhere(self) -> bool:
        """Whether a role is held over everything there is, and nobody stands over it.

        What is the office's is theirs.

        Units over the place at which nobody acts (a province, say) are no one's to ask.
        """
        return any(self._covers_office(place) for place in self.roles_by_unit)

    def _covers_office(self, place: str) -> bool:
        line = self._units_above(place)
        if line[0].level == self.branch_level or any(self._has_actor_at(unit.id) for unit in line[1:]):
            return False
        over, below = {unit.id for unit in line}, self.snapshot.units_below(place, self.day)
        return all(
            unit in below or unit in over
            for unit in self.snapshot.units
            if self.snapshot.find_unit(unit, self.day)
        )

    def _has_actor_at(self, unit: str) -> bool:
        return any(holds_on(row, self.day) for row in self.snapshot.grants_at(unit))

    @cached_property
    def scope(self) -> frozenset[str] | None:
        """The units whose cases may be seen; None for all there are."""
        if self.is_everywhere:
            return None
        return frozenset().union(
            *(self.snapshot.units_below(place, self.day) for place in self.roles_by_unit)
        )

    @cached_property
    def is_above_branches(self) -> bool:
        """Whether a role is held above the branches.

        Plans for posts, the board and letters are seen from there up.
        """
        units = (self.snapshot.find_unit(place, self.day) for place in self.roles_by_unit)
        return any(unit is not None and unit.level != self.branch_level for unit in units)

    def can_see(self, unit: str | None) -> bool:
        return self.is_everywhere or (
            unit is not None and any(row.id in self.roles_by_unit for row in self._units_above(unit))
        )

    def can_manage(self, unit: str) -> bool:
        """Whether a role above the branches is held at the unit or over it.

        The register below is theirs to keep.
        """
        return any(
            row.id in self.roles_by_unit and row.level != self.branch_level for row in self._units_above(unit)
        )

    def outranks_user(self, user: str) -> bool:
        """Whether all that another user acts for lies under this one.

        Accounts, letters and typing for them.
        """
        theirs = [row for row in self.snapshot.grants.get(user, ()) if holds_on(row, self.day)]
        return bool(theirs) and all(self.can_grant(row.role, row.unit_id) for row in theirs)

    def can_grant(self, role: str, unit: str) -> bool:
        """Whether this user may give and end a role at a unit.

        That needs a role above the branches at a unit over it. At the same unit it needs a role that may act
        for all the organs of the given role, and for more. Nobody gives a role that they hold themselves, or
        a higher one.
        """
        same, *over = self._units_above(unit) or (None,)
        if any(other.id in self.roles_by_unit and other.level != self.branch_level for other in over):
            return True
        mine = (
            self.roles_by_unit.get(same.id, frozenset())
            if same and same.level != self.branch_level
            else frozenset()
        )
        return any(self._organs_of_role(role) < self._organs_of_role(other) for other in mine)

    def _organs_of_role(self, role: str) -> frozenset[str]:
        """The organs for which a role may act."""
        return frozenset(name for name, organ in self.edition.organs.items() if role in organ.roles)

    def list_actors(self, edition: Edition, organ: str, unit: str) -> list[str]:
        """The users for whom an act of an organ may be typed: oneself, and those at or below one's units.

        They come in the edition's order of the organ's roles (a branch: the secretary first), oneself before
        equals.
        """
        roles = list(edition.organs[organ].roles) if organ in edition.organs else []
        grants = [row for above in self._units_above(unit) for row in self.snapshot.grants_at(above.id)]
        holding = [row for row in grants if row.role in roles and holds_on(row, self.day)]
        holding.sort(key=lambda row: (roles.index(row.role), row.user_id != self.user, row.user_id))
        return [
            user
            for user in dict.fromkeys(row.user_id for row in holding)
            if user == self.user or self.outranks_user(user)
        ]

    def _units_above(self, unit: str) -> tuple[UnitRow, ...]:
        return self.snapshot.units_above(unit, self.day)
