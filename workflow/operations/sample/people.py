"""A sample's people are invented, and always the same ones."""

from collections.abc import Sequence
from datetime import date
from random import Random
from typing import Any, TypeVar

from states.vocabulary import Person
from workflow.office import ALPHABET
from workflow.operations.sample.scenario import Values

T = TypeVar("T")

SEED = "song-lo-2022"
WOMEN = 0.28
OLDEST, YOUNGEST = 1953, 1989
JOINED_BEFORE = 2018


class PeopleMaker:
    """Invents people and ids. It uses only `Random.random`, which is the same in every Python."""

    def __init__(self, names: Values, taken: Sequence[str]) -> None:
        self._names, self._taken = names, set(taken)
        self._random = Random(SEED)  # noqa: S311 - the same people every time is what is wanted
        self._next_ids: dict[str, str] = {}

    def set_next_id(self, prefix: str, id_: str | None) -> None:
        """The next id with this prefix is to be this one."""
        if id_:
            self._next_ids[prefix] = id_

    def new_id(self, prefix: str) -> str:
        """An id, in place of the office's own random ones."""
        return self._next_ids.pop(prefix, None) or prefix + "".join(self._pick(ALPHABET) for _ in range(7))

    def make_member(self, home: str, **values: Any) -> Person:
        """An official member who has lived there for long."""
        sex = "female" if self._random.random() < WOMEN else "male"
        born = date(self._between(OLDEST, YOUNGEST), self._between(1, 12), self._between(1, 28))
        joined = date(
            self._between(born.year + 22, JOINED_BEFORE), self._between(1, 12), self._between(1, 28)
        )
        usual: dict[str, Any] = {
            "name": self._pick_name(sex),
            "born": born,
            "sex": sex,
            "occupation": self._pick(self._names["occupations"]),
            "home": home,
            "education_met": True,
            "official_since": joined,
            "together_since": joined,
        }
        return Person(self.new_id("P"), **usual | values)

    def make_candidate(self, home: str, values: Values) -> Person:
        """Somebody whose name and birth are written down."""
        return Person(self.new_id("P"), **{"home": home, "education_met": True, **values})

    def _pick_name(self, sex: str) -> str:
        """A name that nobody else in the sample bears."""
        parts = self._names[sex]
        while True:
            name = " ".join(map(self._pick, (self._names["surnames"], parts["middle"], parts["given"])))
            if name not in self._taken:
                self._taken.add(name)
                return name

    def _pick(self, among: Sequence[T]) -> T:
        return among[int(self._random.random() * len(among))]

    def _between(self, first: int, last: int) -> int:
        return first + int(self._random.random() * (last - first + 1))
