"""Invented people and places of a sample, the same at every building."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from states.vocabulary import Person
from workflow.office import ALPHABET
from workflow.register.opened import slug

SEED = 20220809


def seeded_ids(random: Random) -> Callable[[str], str]:
    """Ids that look like any other, but come out the same every time."""
    return lambda prefix: prefix + "".join(random.choice(ALPHABET) for _ in range(7))


@dataclass
class Village:
    """A village of the sample and its people: its head, and the members who help and sponsor."""

    id: str
    commune: str
    name: str
    head: Person
    combined: bool
    members: list[Person] = field(default_factory=list)


@dataclass
class Commune:
    """A commune of the sample."""

    id: str
    name: str
    organs: str
    authorised: bool
    villages: list[Village] = field(default_factory=list)


class Land:
    """The sample's communes, villages and people, invented from a seed."""

    def __init__(self, data: dict[str, Any], new_id: Callable[[str], str]) -> None:
        self._data, self._new_id = data, new_id
        self._random = Random(SEED)
        self._used: set[str] = set()
        self.communes = [self._commune(one) for one in data["communes"]]

    def villages(self) -> dict[str, Village]:
        """Every village by its id."""
        return {village.id: village for commune in self.communes for village in commune.villages}

    def person(self, *, born: tuple[int, int], **known: Any) -> Person:
        """Somebody nobody is: a name not used before, a birth date between two years."""
        sex = self._random.choice(["male", "male", "female"])
        day = date(self._random.randint(*born), 1, 1) + timedelta(days=self._random.randrange(365))
        return Person(self._new_id("P"), self._name(sex), born=day, sex=sex, home="Sông Lô, Vĩnh Phúc", **known)

    def _name(self, sex: str) -> str:
        while True:
            parts = (self._data["surnames"], self._data["middles"][sex], self._data["given"][sex])
            name = " ".join(self._random.choice(part) for part in parts)
            if name not in self._used:
                self._used.add(name)
                return name

    def _commune(self, one: dict[str, Any]) -> Commune:
        id_ = slug(one["name"].split(" ", 2 if one["name"].startswith("Thị trấn") else 1)[-1])
        commune = Commune(id_, one["name"], one.get("organs", "committee"), one.get("authorised", False))
        for number in range(1, one["posts"] + 1):
            head = self.person(
                born=(1964, 1988), occupation=self._random.choice(self._data["occupations"]), education_met=True
            )
            name = f"Thôn {self._data['villages'][number - 1]}"
            village = Village(f"{id_}/{number}", id_, name, head, number <= one.get("combined", 0))
            commune.villages.append(village)
        return commune

    def member(self) -> Person:
        """An official member of a branch, long known to the village."""
        since = date(self._random.randint(1995, 2014), self._random.randint(1, 12), self._random.randint(1, 28))
        return self.person(born=(1955, 1980), official_since=since, together_since=date(2012, 1, 1))

    def official_since(self) -> date:
        """The day on which a head became an official member."""
        return date(self._random.randint(1998, 2018), self._random.randint(1, 12), self._random.randint(1, 28))
