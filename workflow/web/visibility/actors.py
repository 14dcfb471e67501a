"""Acts are entered for oneself, or typed for somebody below."""

from collections.abc import Sequence

from workflow.core.input import FieldFault, InvalidInput
from workflow.register.writer import Who
from workflow.web.context import Hidden, RequestContext

MOST_SHOWN = 12


def choose_actor(ctx: RequestContext, actors: Sequence[str], by: str | None) -> Who:
    """Whose act it is, of those who may make it; and that the reader types it.

    Raises `Hidden`, `InvalidInput`.

    Who may type for nobody at all has nothing to look for there.
    """
    if not actors:
        raise Hidden
    wanted = by or ctx.user
    if wanted not in actors:
        options = ", ".join(actors[:MOST_SHOWN])
        raise InvalidInput([FieldFault("by", "not_an_option", {"value": wanted, "options": options})])
    return ctx.acting_as(wanted)


def authorize_register_entry(ctx: RequestContext, unit: str | None, by: str | None = None) -> Who:
    """Whose entry in the register it is, where that is the reader's to keep. Raises `Hidden`, `InvalidInput`.

    ``unit``: which part of the register; None: what stands over everything. ``by``: somebody below who acts
    there.
    """
    require_directed(ctx, unit)
    if by in (None, ctx.user):
        return ctx.acting_as()
    acts = by and unit and ctx.register.list_roles(by, unit, ctx.today) and ctx.access.outranks_user(by)
    if not acts:
        raise InvalidInput([FieldFault("by", "not_an_option", {"value": by, "options": ctx.user})])
    return ctx.acting_as(by or "")


def require_directed(ctx: RequestContext, unit: str | None) -> None:
    """Raises `Hidden` for a unit (None: all there is) whose register is not the reader's to keep."""
    if not (ctx.access.is_everywhere or (unit is not None and ctx.access.can_manage(unit))):
        raise Hidden
