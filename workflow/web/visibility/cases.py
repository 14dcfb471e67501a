"""Cases are told in one line each, to those who see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from states.rulebook.loading import NoEdition
from workflow.register.views.people import load_names
from workflow.storage.tables.cases import CaseRow
from workflow.web.context import RequestContext


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseInWords:
    """A case: whose it is, and at which step it stands."""

    case: str
    person: str
    name: str
    state: str
    opened: date
    closed: date | None


def describe_cases(ctx: RequestContext, rows: Iterable[CaseRow]) -> list[CaseInWords]:
    """Cases that the reader may see: where each stands, in words."""
    seen = [row for row in rows if ctx.access.can_see(row.unit_id)]
    names = load_names(ctx.office, [row.person_id for row in seen])
    return [
        CaseInWords(
            case=row.id,
            person=row.person_id,
            name=names.get(row.person_id, ""),
            state=_state_label(ctx, row),
            opened=row.opened_on,
            closed=row.closed_on,
        )
        for row in seen
    ]


def _state_label(ctx: RequestContext, row: CaseRow) -> str:
    """The step as today's rules call it, or those of the day on which the case was closed."""
    days: tuple[date | None, ...] = (ctx.today, row.closed_on)
    for day in filter(None, days):
        try:
            state = ctx.office.rulebook.edition_on(row.pipeline, day).states.get(row.state)
        except NoEdition:
            continue
        if state is not None:
            return state.label.in_language(ctx.speaks)
    return row.state
