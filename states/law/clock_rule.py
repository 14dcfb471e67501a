"""A clock has a start, a length and an end."""

from typing import Literal

from pydantic import Field

from states.law.sourced_rule import SourcedRule
from states.law.texts import EditionText, StrictModel


class ClockLength(StrictModel):
    """How long a clock runs: working days of offices, months of people, or days of the calendar."""

    days: int | None = Field(default=None, ge=1, le=3650)
    working_days: int | None = Field(default=None, ge=1, le=3650)
    months: int | None = Field(default=None, ge=1, le=1200)

    @property
    def unit(self) -> Literal["working_days", "months", "days"]:
        """What it is counted in."""
        return "months" if self.months else "days" if self.days else "working_days"

    @property
    def amount(self) -> int:
        """How many of its unit."""
        return self.months or self.days or self.working_days or 0


class ClockLengthBy(StrictModel):
    """Another number of the same units where a field recorded with the start has a certain value."""

    field: str
    values: dict[str, int]


class ClockExtension(StrictModel):
    """The entry that makes a clock longer, and by how much."""

    entry: str
    working_days: int = Field(ge=1, le=365)


class ClockRule(SourcedRule):
    """A clock: the recorded day it starts on, how long it runs, the recorded day that stops it.

    ``or_from``: days that start it where it never has, as when an edition before left it to them.
    ``broken_off_by``: days that stop it for good though what it waits for has not come.
    ``anew_from``: the day from which it is really counted; until that is recorded, it runs from its start.
    ``legal`` clocks make a case stalled when they pass, as do those of the ``house``, which pause with it;
    ``validity`` and ``period`` are only shown.
    """

    label: EditionText
    kind: Literal["legal", "house", "validity", "period"]
    organ: str
    from_: str = Field(alias="from")
    or_from: tuple[str, ...] = ()
    anew_from: str | None = None
    after: ClockLength | None = None
    length: ClockLength
    length_by: ClockLengthBy | None = None
    extended_by: ClockExtension | None = None
    until: tuple[str, ...]
    also_until: tuple[str, ...] = ()
    broken_off_by: tuple[str, ...] = ()
    per: str | None = None
