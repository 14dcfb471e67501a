"""Nobody becomes a member against what is on record.

Registers and rosters state memberships that were decided elsewhere, on paper. They are not judged by the
conditions of a case, but what makes them impossible keeps them out: an open case (its own acts make the
member), a membership that ended (a former member is admitted anew by a case), an age under eighteen on the
day (Charter of the Party, article 1).
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from states.calendar.months import add_months
from states.vocabulary import Membership
from workflow.storage.tables.register import MembershipRow

LEAST_AGE_MONTHS = 18 * 12
DAY = timedelta(days=1)


class Obstacle(NamedTuple):
    """Why a membership cannot be: a code that the catalogue words, and its values."""

    code: str
    values: Mapping[str, date | str]


def find_obstacle(
    known: Sequence[MembershipRow],
    status: Membership,
    since: date,
    *,
    born: date | None = None,
    open_case: str | None = None,
    stated_on: date | None = None,
) -> Obstacle | None:
    """What makes it impossible that somebody is ``status`` from a day on; None: nothing on record.

    ``known``: what the register says of the person's memberships. ``stated_on``: the day of the list that
    states it, where that is later than ``since``.
    """
    if status == "none":
        return None
    if open_case is not None:
        return Obstacle("case_open", {"case": open_case})
    last = max((row.valid_to or date.max for row in known), default=date.max)
    if last < (stated_on or since) - DAY:
        return Obstacle("membership_ended", {"last": last})
    if born is not None and since < add_months(born, LEAST_AGE_MONTHS):
        return Obstacle("too_young", {"born": born, "since": since})
    return None
