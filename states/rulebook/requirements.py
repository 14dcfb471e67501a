"""What a membership requires, and what rules ask about people."""

from states.law.texts import EditionText, StrictModel
from states.vocabulary import Membership, UnitLine


class PersonFact(StrictModel):
    """Something that rules ask about a person: what it is called, and the organ that can supply it."""

    label: EditionText
    organ: str


class Requirement(StrictModel):
    """One thing that a membership rests on: the acts that meet it, and what is asked of them.

    ``conditions`` are asked by the acts themselves and again, as of the day of the last of them, by every
    act that makes somebody ``becomes``. ``or_acts`` may stand in for them on that later day: a short vote of
    which a ruling let the case go on, a committee that decides itself. ``ruled_from``: a ruling on a case
    that came from that state replaces it. ``has``, ``authorised``: only for units that are so.

    ``stated``: the fields that an adoption of a later step must say; ``shown``: those that it must say or
    tick as not in the paper file.
    """

    label: EditionText
    becomes: Membership
    acts: tuple[str, ...]
    or_acts: tuple[str, ...] = ()
    ruled_from: str | None = None
    has: str | None = None
    authorised: bool | None = None
    conditions: tuple[str, ...] = ()
    stated: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()

    def is_asked_of(self, line: UnitLine) -> bool:
        """Whether it is asked of units with such a line of organs above them."""
        if self.has is not None and self.has not in line.organs:
            return False
        return self.authorised is None or self.authorised == line.authorised

    @property
    def dates(self) -> tuple[str, ...]:
        """The days that an adoption has to say of it."""
        return tuple(name for name in (*self.stated, *self.shown) if name.endswith(("_on", "_dated")))
