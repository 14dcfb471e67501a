"""Filters hold what an address asks of a board or list.

They are read once, checked, and written back into the links of the page.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import Depends, Query

from workflow.board.case_list import PAGE_SIZE
from workflow.board.snapshot.snapshot import BoardFilter, BoardSnapshot, open_snapshot
from workflow.core.input import FIRST_YEAR, FieldFault, InvalidInput, parse_day
from workflow.core.views import NamedRef
from workflow.register.place_names import place_order
from workflow.web.context import Hidden, RequestContext
from workflow.web.form_data import describe_faults

FARTHEST = 10_000_000
MOST_CHOICES = 400
"""Units that a list to choose from holds: more would be no list that anybody reads."""

QueryText = Annotated[str, Query(max_length=100)]


@dataclass(frozen=True)
class ListFilters:
    """The filters of an address.

    ``on``: the day as typed; ``known``: as known now, or as known on that day.
    """

    unit: QueryText = ""
    pipeline: QueryText = ""
    state: QueryText = ""
    turn: QueryText = ""
    late: Literal["", "legal", "house", "any"] = ""
    overdue: Literal["", "week", "month", "quarter", "older"] = ""
    flagged: Literal["", "1"] = ""
    on: QueryText = ""
    known: Literal["now", "then"] = "now"
    q: QueryText = ""
    sort: QueryText = ""
    at: Annotated[int, Query(ge=0, le=FARTHEST)] = 0

    def link_to(self, path: str, **changes: object) -> str:
        """The address of a page with the same filters, some of them changed; it starts at the first row."""
        values = asdict(self) | {"at": 0} | changes
        return build_url(
            path, **{name: value for name, value in values.items() if value != DEFAULTS.get(name)}
        )

    @property
    def place(self) -> "ListFilters":
        """The same place and day, and nothing else."""
        return ListFilters(unit=self.unit, on=self.on, known=self.known)

    def read_day(self, today: date) -> date | None:
        """The day to look at; None: today, or none was said. Raises `InvalidInput`."""
        if not self.on.strip():
            return None
        try:
            day = parse_day(self.on)
        except ValueError:
            raise InvalidInput([FieldFault("on", "not_a_day", {"value": self.on})]) from None
        if day.year <= FIRST_YEAR:
            raise InvalidInput([FieldFault("on", "too_early", {"value": day})])
        if day > today:
            raise InvalidInput([FieldFault("on", "in_the_future", {"value": day, "today": today})])
        return day if day < today else None


DEFAULTS = {each.name: each.default for each in fields(ListFilters)}

FiltersParam = Annotated[ListFilters, Depends(ListFilters)]
"""What the address of a request asks for."""


@dataclass(frozen=True)
class BoardQuery:
    """Checked filters. ``day``: None for today; ``faults``: what in the address is not valid."""

    raw: ListFilters
    day: date | None
    faults: dict[str, list[str]]

    @property
    def as_known_on(self) -> date | None:
        """By what was recorded until then; None: by all that is known."""
        return self.day if self.raw.known == "then" else None

    @property
    def links(self) -> ListFilters:
        """The valid filters, for links on the page."""
        return replace(self.raw, on="") if self.faults else self.raw

    @property
    def unit(self) -> str | None:
        """The unit with all below it."""
        return self.raw.unit or None

    @property
    def status(self) -> int:
        return 422 if self.faults else 200

    @property
    def board_filter(self) -> BoardFilter:
        """What a list is narrowed to."""
        raw = self.raw
        return BoardFilter(
            unit=self.unit,
            pipeline=raw.pipeline or None,
            state=raw.state or None,
            turn=raw.turn or None,
            late=raw.late or None,
            overdue=raw.overdue or None,
            flagged=bool(raw.flagged),
        )

    def open_snapshot(self, ctx: RequestContext) -> AbstractContextManager[BoardSnapshot]:
        """The picture of the database that all parts of one page read."""
        return open_snapshot(ctx.office, scope=ctx.access.scope, on=self.day, as_known_on=self.as_known_on)


def build_query(ctx: RequestContext, filters: ListFilters) -> BoardQuery:
    """Check filters for a reader. Raises `Hidden` for a unit that the reader may not see."""
    if filters.unit and not ctx.access.can_see(filters.unit):
        raise Hidden
    try:
        return BoardQuery(filters, filters.read_day(ctx.today), {})
    except InvalidInput as error:
        return BoardQuery(filters, None, describe_faults(ctx, error))


def require_above_branches(ctx: RequestContext) -> None:
    """Raises `Hidden` for whoever holds no role above the branches."""
    if not ctx.access.is_above_branches:
        raise Hidden


def list_unit_choices(ctx: RequestContext, chosen: str = "") -> list[NamedRef]:
    """Units to choose from: where the reader holds a role, and right below; and the one that is chosen."""
    tree, day, places = ctx.register, ctx.today, ctx.access.roles_by_unit
    rows = [row for id_ in _visible_unit_ids(ctx) if (row := tree.find_unit(id_, day)) and row.id == id_]
    by_id = {row.id: row for row in rows if row.id in places or row.parent in places}
    if chosen and (row := tree.find_unit(chosen, day)):
        by_id = {chosen: row, **by_id}
    order = sorted(by_id.values(), key=lambda row: (row.id not in places, place_order(row.name)))
    return [NamedRef(id=row.id, name=row.name) for row in order[:MOST_CHOICES]]


def _visible_unit_ids(ctx: RequestContext) -> Iterable[str]:
    return ctx.register.units if ctx.access.scope is None else ctx.access.scope


# --- parts of a list ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLinks:
    """Which part of a list is shown, and the addresses of the parts before and after it."""

    first: int
    last: int
    total: int
    earlier: str | None
    more: str | None


def build_paging(link_at: Callable[[int], str], *, at: int, shown: int, total: int, size: int) -> PageLinks:
    """The part of a list from a row on. ``link_at``: the address of the part that begins at another row."""
    return PageLinks(
        first=at + 1,
        last=at + shown,
        total=total,
        earlier=link_at(max(at - size, 0)) if at else None,
        more=link_at(at + size) if at + size < total else None,
    )


def build_list_paging(filters: ListFilters, path: str, total: int, shown: int, **params: object) -> PageLinks:
    """The part of a list that filters ask for. ``params``: what the address says beside them."""
    return build_paging(
        lambda at: filters.link_to(path, at=at, **params),
        at=filters.at,
        shown=shown,
        total=total,
        size=PAGE_SIZE,
    )


def build_url(path: str, **params: object) -> str:
    """A page's address with what is asked of it; what is not said stays out."""
    query = {name: value for name, value in params.items() if value not in ("", None, 0)}
    return f"{path}?{urlencode(query)}" if query else path
