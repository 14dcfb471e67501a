"""Forms enter units, posts, plans, terms and meetings."""

from collections.abc import Mapping

from workflow.register.acts import (
    PLAN_KINDS,
    POST_KINDS,
    AddPost,
    AddUnit,
    BeginTerm,
    ChangeUnit,
    EndPost,
    EndUnit,
    HoldPost,
    LeavePost,
    LogMeeting,
    SetPlan,
)
from workflow.register.commands.posts import add_post, end_post, hold_post, leave_post, log_meeting, set_plan
from workflow.register.commands.units import add_unit, begin_term, change_unit, default_organs, end_unit
from workflow.register.writer import Who
from workflow.web.context import Hidden, RequestContext
from workflow.web.pages.register.act_form import ActForm, Ask
from workflow.web.pages.register.form_fields import (
    choose_from,
    label_units,
    list_directed_units,
    yes_no_options,
)
from workflow.web.pages.register.form_types import FormSubject, FormValues
from workflow.web.visibility.units import may_keep_unit

# --- whose they are -----------------------------------------------------------------------------------------


def _may_direct(ctx: RequestContext, subject: FormSubject) -> bool:
    return ctx.access.can_manage(subject.subject_unit.id)


def _may_keep(ctx: RequestContext, subject: FormSubject) -> bool:
    return may_keep_unit(ctx, subject.subject_unit)


def _may_log_meeting(ctx: RequestContext, subject: FormSubject) -> bool:
    """Whoever acts for a branch, or for one above it, logs its meetings."""
    return subject.subject_unit.level == ctx.access.branch_level and ctx.access.can_see(
        subject.subject_unit.id
    )


# --- what fits ----------------------------------------------------------------------------------------------


def _is_above_branches(ctx: RequestContext, subject: FormSubject) -> bool:
    return subject.subject_unit.level != ctx.access.branch_level


def _has_no_post(ctx: RequestContext, subject: FormSubject) -> bool:
    return subject.subject_unit.level == ctx.access.branch_level and subject.post is None


def _has_post(_ctx: RequestContext, subject: FormSubject) -> bool:
    return subject.post is not None


def _is_vacant(_ctx: RequestContext, subject: FormSubject) -> bool:
    return subject.post is not None and subject.post.holder is None


def _is_held(_ctx: RequestContext, subject: FormSubject) -> bool:
    return subject.post is not None and subject.post.holder is not None


def _is_held_by_no_member(_ctx: RequestContext, subject: FormSubject) -> bool:
    holder = subject.post.holder if subject.post else None
    return holder is not None and holder.membership == "none"


# --- what is chosen from ------------------------------------------------------------------------------------


def _level_options(ctx: RequestContext, subject: FormSubject) -> dict[str, str]:
    """The levels that a unit below another may be of: those before its own, from the branches up."""
    edition, above = ctx.edition(), subject.subject_unit
    names = list(edition.levels)
    below = names[: names.index(above.level)] if above.level in names else names
    return {name: edition.levels[name].in_language(ctx.speaks) for name in below}


def _extra_organs(ctx: RequestContext, subject: FormSubject) -> dict[str, str]:
    """The organs that a unit of such a level may have beside those that all have."""
    levels = _level_options(ctx, subject)
    return {
        name: organ.label.in_language(ctx.speaks)
        for name, organ in ctx.edition().organs.items()
        if organ.level in levels and organ.optional
    }


def _own_organs(ctx: RequestContext, subject: FormSubject) -> dict[str, str]:
    """All organs that a unit of this level may have."""
    return {
        name: organ.label.in_language(ctx.speaks)
        for name, organ in ctx.edition().organs.items()
        if organ.level == subject.subject_unit.level
    }


def _parent_options(ctx: RequestContext, subject: FormSubject) -> dict[str, str]:
    """The units of higher levels that the reader directs, and the one above it."""
    levels, unit = list(ctx.edition().levels), subject.subject_unit
    over = [
        row
        for row in list_directed_units(ctx)
        if row.level in levels and levels.index(row.level) > levels.index(unit.level)
    ]
    offered = label_units(ctx, over)
    if unit.parent and (above := ctx.register.find_unit(unit.parent, ctx.today)):
        offered.setdefault(above.id, above.name)
    return offered


def _authorised_options(ctx: RequestContext, subject: FormSubject) -> dict[str, str]:
    """Only a committee may be authorised."""
    return yes_no_options(ctx) if "committee" in _own_organs(ctx, subject) else {}


def _successor_options(ctx: RequestContext, subject: FormSubject) -> dict[str, str]:
    unit = subject.subject_unit
    return label_units(
        ctx, [row for row in list_directed_units(ctx) if row.level == unit.level and row.id != unit.id]
    )


def _current_values(_ctx: RequestContext, subject: FormSubject) -> FormValues:
    unit = subject.subject_unit
    values = {
        "name": unit.name,
        "parent": unit.parent or "",
        "organs": [organ for organ in unit.organs.split(",") if organ],
    }
    return values | {"authorised": "yes" if unit.authorised else "no"}


# --- what they enter ----------------------------------------------------------------------------------------


def _of_unit(subject: FormSubject) -> dict[str, object]:
    return {"unit": subject.subject_unit.id}


def _of_post(subject: FormSubject) -> dict[str, object]:
    """The post of a village. Raises `Hidden` where there is none."""
    if subject.post is None:
        raise Hidden
    return {"post": subject.post.id}


def _with_level_organs(
    ctx: RequestContext, _subject: FormSubject, values: dict[str, object]
) -> Mapping[str, object]:
    """What was ticked comes beside the organs that every unit of the level has."""
    more, level = values.pop("organs", None), str(values["level"])
    if isinstance(more, list) and more and level in ctx.edition().levels:
        return values | {"organs": [*default_organs(ctx.edition(), level), *more]}
    return values


def _as_oneself(ctx: RequestContext, _act: object) -> Who:
    """`_may_log_meeting` has decided."""
    return ctx.acting_as()


def _path_above(_ctx: RequestContext, subject: FormSubject, _outcome: object) -> str:
    return f"/register/unit/{subject.subject_unit.parent}" if subject.subject_unit.parent else "/register"


FORMS = {
    "meeting": ActForm(
        subject_kind="unit",
        is_allowed=_may_log_meeting,
        act=LogMeeting,
        command=log_meeting,
        asks=[Ask(field="on"), Ask(field="came")],
        subject_values=_of_unit,
        authorize=_as_oneself,
        is_offered=_is_held_by_no_member,
    ),
    "hold": ActForm(
        subject_kind="unit",
        is_allowed=_may_direct,
        act=HoldPost,
        command=hold_post,
        asks=[Ask(field="person"), Ask(field="since"), Ask(field="secretary")],
        subject_values=_of_post,
        is_offered=_is_vacant,
    ),
    "leave": ActForm(
        subject_kind="unit",
        is_allowed=_may_direct,
        act=LeavePost,
        command=leave_post,
        asks=[Ask(field="on")],
        subject_values=_of_post,
        is_offered=_is_held,
    ),
    "plan": ActForm(
        subject_kind="unit",
        is_allowed=_may_direct,
        act=SetPlan,
        command=set_plan,
        asks=[
            Ask(field="kind", page_name="plan", options=choose_from(PLAN_KINDS, "plan.kind")),
            Ask(field="on", page_name="since"),
        ],
        subject_values=_of_post,
        is_offered=_is_held_by_no_member,
    ),
    "add_unit": ActForm(
        subject_kind="unit",
        is_allowed=_may_direct,
        act=AddUnit,
        command=add_unit,
        asks=[
            Ask(field="name"),
            Ask(field="level", options=_level_options),
            Ask(field="since"),
            Ask(field="organs", options=_extra_organs),
        ],
        subject_values=lambda subject: {"parent": subject.subject_unit.id},
        complete=_with_level_organs,
        path=lambda _ctx, _subject, unit: f"/register/unit/{unit.id}",
        is_offered=_is_above_branches,
    ),
    "change_unit": ActForm(
        subject_kind="unit",
        is_allowed=_may_keep,
        act=ChangeUnit,
        command=change_unit,
        asks=[
            Ask(field="since"),
            Ask(field="name", needed=True),
            Ask(field="parent", options=_parent_options),
            Ask(field="organs", options=_own_organs),
            Ask(field="authorised", options=_authorised_options),
        ],
        subject_values=_of_unit,
        initial_values=_current_values,
    ),
    "add_post": ActForm(
        subject_kind="unit",
        is_allowed=_may_direct,
        act=AddPost,
        command=add_post,
        asks=[
            Ask(field="kind", options=choose_from(POST_KINDS, "post.kind"), needed=True),
            Ask(field="since"),
        ],
        subject_values=_of_unit,
        is_offered=_has_no_post,
    ),
    "end_post": ActForm(
        subject_kind="unit",
        is_allowed=_may_direct,
        act=EndPost,
        command=end_post,
        asks=[Ask(field="on")],
        subject_values=_of_post,
        is_offered=_has_post,
    ),
    "term": ActForm(
        subject_kind="unit",
        is_allowed=_may_direct,
        act=BeginTerm,
        command=begin_term,
        asks=[Ask(field="on", page_name="since")],
        subject_values=_of_unit,
        is_offered=_is_above_branches,
    ),
    "end_unit": ActForm(
        subject_kind="unit",
        is_allowed=_may_keep,
        act=EndUnit,
        command=end_unit,
        asks=[Ask(field="on"), Ask(field="successor", options=_successor_options)],
        subject_values=_of_unit,
        path=_path_above,
    ),
}
