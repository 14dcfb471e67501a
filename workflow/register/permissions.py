"""Who may see and do what: the roles a user holds, and the units under them. Pages, API and downloads all ask here.

A user sees the cases, papers and people of the units at and under those where a role is held. Whoever acts above a
branch may type for those below: ``by`` is then whose act it is, and the user who types it. Accounts and roles are kept
from above as well: nobody keeps those of an equal.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from states.rulebook.edition import Edition
from workflow.storage.register_snapshot import HEADED, Tree, holds
from workflow.storage.tables import UnitRow

MOST_HELD = 500
"""Readers of one register and day whose places are kept; a country's are looked for in every unit there is."""


def access_of(tree: Tree, user: str, day: date, edition: Edition) -> "Access":
    """What a user may, worked out once for as long as the register and the day are the same."""
    held: dict[tuple[str, date, str], Access] = tree.worked_out.setdefault(Access, {})
    key = (user, day, f"{edition.pipeline}/{edition.edition}")
    found = held.get(key)
    if found is None:
        if len(held) >= MOST_HELD:
            held.clear()
        found = held[key] = Access(tree, user, day, edition)
    return found


@dataclass(frozen=True)
class Access:
    """What one user may, by the register as it stands on a day and the edition in force."""

    tree: Tree
    user: str
    day: date
    edition: Edition

    @property
    def bottom(self) -> str:
        """The level of branches."""
        return self.edition.organs[HEADED].level

    @cached_property
    def places(self) -> dict[str, frozenset[str]]:
        """The units where the user holds roles on the day (each as it is by then), with those roles."""
        found: dict[str, set[str]] = {}
        for grant in self.tree.grants.get(self.user, ()):
            unit = self.tree.unit(grant.unit_id, self.day) if holds(grant, self.day) else None
            if unit is not None:
                found.setdefault(unit.id, set()).add(grant.role)
        return {unit: frozenset(roles) for unit, roles in found.items()}

    @cached_property
    def is_everywhere(self) -> bool:
        """Whether a role is held over everything there is, and nobody stands over it: what is the office's is theirs.

        Units over the place at which nobody acts (a province, say) are no one's to ask.
        """
        return any(self._covers(place) for place in self.places)

    def _covers(self, place: str) -> bool:
        line = self._line(place)
        if line[0].level == self.bottom or any(self._acts_at(one.id) for one in line[1:]):
            return False
        over, below = {one.id for one in line}, self.tree.below(place, self.day)
        return all(one in below or one in over for one in self.tree.units if self.tree.unit(one, self.day))

    def _acts_at(self, unit: str) -> bool:
        return any(holds(row, self.day) for row in self.tree.grants_at(unit))

    @cached_property
    def scope(self) -> frozenset[str] | None:
        """The units whose cases may be seen; None for all there are."""
        if self.is_everywhere:
            return None
        return frozenset().union(*(self.tree.below(place, self.day) for place in self.places))

    @cached_property
    def is_above_branches(self) -> bool:
        """Whether a role is held above the branches: plans for posts, the board and letters are seen from there up."""
        units = (self.tree.unit(place, self.day) for place in self.places)
        return any(unit is not None and unit.level != self.bottom for unit in units)

    def sees(self, unit: str | None) -> bool:
        """Whether what belongs to a unit may be seen."""
        return self.is_everywhere or (unit is not None and any(one.id in self.places for one in self._line(unit)))

    def directs(self, unit: str) -> bool:
        """Whether a role above the branches is held at the unit or over it: the register below is theirs to keep."""
        return any(one.id in self.places and one.level != self.bottom for one in self._line(unit))

    def is_over(self, user: str) -> bool:
        """Whether all that another user acts for lies under this one: accounts, letters and typing for them."""
        theirs = [row for row in self.tree.grants.get(user, ()) if holds(row, self.day)]
        return bool(theirs) and all(self.gives(row.role, row.unit_id) for row in theirs)

    def gives(self, role: str, unit: str) -> bool:
        """Whether a role at a unit is this user's to give and to end: it lies under one that they hold.

        That is one above the branches at a unit over it; at the same unit, one that may act for all the organs for
        which that role may, and for more. Nobody gives what they hold themselves, or what stands over it.
        """
        same, *over = self._line(unit) or (None,)
        if any(one.id in self.places and one.level != self.bottom for one in over):
            return True
        mine = self.places.get(same.id, frozenset()) if same and same.level != self.bottom else frozenset()
        return any(self._organs(role) < self._organs(one) for one in mine)

    def _organs(self, role: str) -> frozenset[str]:
        """The organs for which a role may act."""
        return frozenset(name for name, organ in self.edition.organs.items() if role in organ.roles)

    def actors(self, edition: Edition, organ: str, unit: str) -> list[str]:
        """The users for whom an act of an organ may be typed: oneself, and those at or under one's places.

        They come as the edition orders an organ's roles – for a branch its secretary, then whoever types above – and
        oneself before one's equals.
        """
        roles = list(edition.organs[organ].roles) if organ in edition.organs else []
        grants = [row for one in self._line(unit) for row in self.tree.grants_at(one.id)]
        held = [row for row in grants if row.role in roles and holds(row, self.day)]
        held.sort(key=lambda row: (roles.index(row.role), row.user_id != self.user, row.user_id))
        return [user for user in dict.fromkeys(row.user_id for row in held) if user == self.user or self.is_over(user)]

    def _line(self, unit: str) -> tuple[UnitRow, ...]:
        return self.tree.above(unit, self.day)
