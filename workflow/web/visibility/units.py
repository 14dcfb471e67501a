"""Readers see the units at and under theirs, and keep some."""

from workflow.register.views.posts import PostWithPlanView, list_posts
from workflow.storage.tables.register import UnitRow
from workflow.web.context import Hidden, RequestContext


def require_unit(ctx: RequestContext, id_: str) -> UnitRow:
    """A unit, or the one that took its place. Raises `Hidden`."""
    row = ctx.register.find_unit(id_, ctx.today)
    if row is None or not ctx.access.can_see(row.id):
        raise Hidden
    return row


def may_keep_unit(ctx: RequestContext, unit: UnitRow) -> bool:
    """Whether somebody may change a unit itself: who directs the one above it, or all there is."""
    return ctx.access.is_everywhere or (unit.parent is not None and ctx.access.can_manage(unit.parent))


def list_parent_units(ctx: RequestContext, unit: str) -> list[UnitRow]:
    """The units over a unit that the reader may see, from the top down."""
    return [
        row for row in reversed(ctx.register.units_above(unit, ctx.today)[1:]) if ctx.access.can_see(row.id)
    ]


def find_post(ctx: RequestContext, unit: str) -> PostWithPlanView | None:
    """The post of a village's head, with who holds it and what is planned."""
    return next((post for post in list_posts(ctx.office, ctx.today, unit=unit) if post.unit.id == unit), None)
