"""Forms about places: units, posts with their heads, plans, terms, extended meetings."""

from collections.abc import Iterable, Sequence

from states.rulebook.edition import Edition
from workflow.register.posts import (
    PLAN_KINDS,
    POST_KINDS,
    add_post,
    end_post,
    hold_post,
    leave_post,
    log_meeting,
    set_plan,
)
from workflow.register.units import add_unit, begin_term, change_unit, default_organs, end_unit
from workflow.storage.tables.register import UnitRow
from workflow.web.context import Hidden, RequestContext
from workflow.web.form_data import SentForm
from workflow.web.pages.register.form_fields import (
    label_options,
    label_units,
    list_directed_units,
    make_field,
    make_yes_no_field,
    read_together,
    read_yes_no,
    require_choice,
    require_day,
)
from workflow.web.pages.register.form_types import FormSubject, NothingChanged, RegisterForm, View
from workflow.web.visibility.register import may_keep_unit, resolve_register_person

# --- whose they are ----------------------------------------------------------------------------------------------


def _may_direct(ctx: RequestContext, subject: FormSubject) -> bool:
    return ctx.access.can_manage(subject.subject_unit.id)


def _may_keep(ctx: RequestContext, subject: FormSubject) -> bool:
    return may_keep_unit(ctx, subject.subject_unit)


def _may_log_meeting(ctx: RequestContext, subject: FormSubject) -> bool:
    """Whoever acts for a branch, or for one above it, logs its meetings."""
    return subject.subject_unit.level == ctx.access.branch_level and ctx.access.can_see(subject.subject_unit.id)


# --- what fits ---------------------------------------------------------------------------------------------------


def _is_above_branches(ctx: RequestContext, subject: FormSubject) -> bool:
    return subject.subject_unit.level != ctx.access.branch_level


def _has_no_post(ctx: RequestContext, subject: FormSubject) -> bool:
    return subject.subject_unit.level == ctx.access.branch_level and subject.post is None


def _has_post(_ctx: RequestContext, subject: FormSubject) -> bool:
    return subject.post is not None


def _is_vacant(_ctx: RequestContext, subject: FormSubject) -> bool:
    return subject.post is not None and subject.post["holder"] is None


def _is_held(_ctx: RequestContext, subject: FormSubject) -> bool:
    return subject.post is not None and subject.post["holder"] is not None


def _is_held_by_no_member(_ctx: RequestContext, subject: FormSubject) -> bool:
    holder = subject.post["holder"] if subject.post else None
    return holder is not None and holder["membership"] == "none"


# --- units -------------------------------------------------------------------------------------------------------


def _level_options(ctx: RequestContext, edition: Edition, above: UnitRow) -> dict[str, str]:
    """The levels that a unit below another may be of: those before its own, from the branches up."""
    names = list(edition.levels)
    below = names[: names.index(above.level)] if above.level in names else names
    return {name: edition.levels[name].in_language(ctx.speaks) for name in below}


def _organ_options(
    ctx: RequestContext, edition: Edition, levels: Iterable[str], own: Sequence[str] = ()
) -> dict[str, str]:
    wanted = set(levels)
    return {
        name: organ.label.in_language(ctx.speaks)
        for name, organ in edition.organs.items()
        if organ.level in wanted and (organ.optional or own)
    }


def _add_unit_fields(ctx: RequestContext, subject: FormSubject, _form: SentForm) -> list[View]:
    edition = ctx.edition()
    levels = _level_options(ctx, edition, subject.subject_unit)
    fields = [
        make_field(ctx, "name", "code"),
        make_field(ctx, "level", "choice", levels),
        make_field(ctx, "since", "date"),
    ]
    organs = _organ_options(ctx, edition, levels)
    return fields + ([make_field(ctx, "organs", "several", organs, needed=False)] if organs else [])


def _add_unit(ctx: RequestContext, subject: FormSubject, form: SentForm) -> str:
    level, since = read_together(lambda: require_choice(form, "level"), lambda: require_day(form, "since"))
    more, edition = form.get_list("organs"), ctx.edition()
    organs = [*default_organs(edition, level), *more] if more and level in edition.levels else None
    unit_id = add_unit(
        ctx.office, form.get_text("name"), level, since, ctx.acting_as(), parent=subject.subject_unit.id, organs=organs
    )
    return f"/register/unit/{unit_id}"


def _change_unit_fields(ctx: RequestContext, subject: FormSubject, _form: SentForm) -> list[View]:
    edition, unit = ctx.edition(), subject.subject_unit
    levels = list(edition.levels)
    over = [
        row
        for row in list_directed_units(ctx)
        if row.level in levels and levels.index(row.level) > levels.index(unit.level)
    ]
    offered = label_units(ctx, over)
    if unit.parent and (above := ctx.register.find_unit(unit.parent, ctx.today)):
        offered.setdefault(above.id, above.name)
    fields = [make_field(ctx, "since", "date"), make_field(ctx, "name", "code")]
    if offered:
        fields.append(make_field(ctx, "parent", "paper", offered, needed=False))
    organs = _organ_options(ctx, edition, [unit.level], list(edition.organs))
    fields.append(make_field(ctx, "organs", "several", organs, needed=False))
    if "committee" in organs:
        fields.append(make_yes_no_field(ctx, "authorised"))
    return fields


def _current_values(_ctx: RequestContext, subject: FormSubject) -> View:
    unit = subject.subject_unit
    values = {
        "name": unit.name,
        "parent": unit.parent or "",
        "organs": [organ for organ in unit.organs.split(",") if organ],
    }
    return values | {"authorised": "yes" if unit.authorised else "no"}


def _change_unit(ctx: RequestContext, subject: FormSubject, form: SentForm) -> None:
    since, name = read_together(lambda: require_day(form, "since"), lambda: require_choice(form, "name"))
    parent = form.get_text("parent").strip() or None
    if parent and parent != subject.subject_unit.parent and not ctx.access.can_manage(parent):
        raise Hidden
    new = change_unit(
        ctx.office, subject.subject_unit.id, since, ctx.acting_as(), name=name, parent=parent,
        organs=[organ for organ in form.get_list("organs") if organ], authorised=read_yes_no(form, "authorised"),
    )  # fmt: skip
    if not new:
        raise NothingChanged


def _end_unit_fields(ctx: RequestContext, subject: FormSubject, _form: SentForm) -> list[View]:
    alike = [
        row
        for row in list_directed_units(ctx)
        if row.level == subject.subject_unit.level and row.id != subject.subject_unit.id
    ]
    fields = [make_field(ctx, "on", "date")]
    return fields + ([make_field(ctx, "successor", "paper", label_units(ctx, alike), needed=False)] if alike else [])


def _end_unit(ctx: RequestContext, subject: FormSubject, form: SentForm) -> str:
    last, successor = require_day(form, "on"), form.get_text("successor").strip() or None
    if successor and not ctx.access.can_manage(successor):
        raise Hidden
    end_unit(ctx.office, subject.subject_unit.id, last, ctx.acting_as(), successor=successor)
    return f"/register/unit/{subject.subject_unit.parent}" if subject.subject_unit.parent else "/register"


def _since_field(ctx: RequestContext, _subject: FormSubject, _form: SentForm) -> list[View]:
    return [make_field(ctx, "since", "date")]


def _begin_term(ctx: RequestContext, subject: FormSubject, form: SentForm) -> None:
    begin_term(ctx.office, subject.subject_unit.id, require_day(form, "since"), ctx.acting_as())


# --- posts -------------------------------------------------------------------------------------------------------


def _last_day_field(ctx: RequestContext, _subject: FormSubject, _form: SentForm) -> list[View]:
    return [make_field(ctx, "on", "date")]


def _post_fields(ctx: RequestContext, _subject: FormSubject, _form: SentForm) -> list[View]:
    return [
        make_field(ctx, "kind", "choice", label_options(ctx, POST_KINDS, "post.kind")),
        make_field(ctx, "since", "date"),
    ]


def _add_post(ctx: RequestContext, subject: FormSubject, form: SentForm) -> None:
    kind, since = read_together(lambda: require_choice(form, "kind"), lambda: require_day(form, "since"))
    add_post(ctx.office, subject.subject_unit.id, since, ctx.acting_as(), kind=kind)


def _require_post(subject: FormSubject) -> str:
    """The post of a village. Raises `Hidden` where there is none."""
    if subject.post is None:
        raise Hidden
    return str(subject.post["id"])


def _end_post(ctx: RequestContext, subject: FormSubject, form: SentForm) -> None:
    end_post(ctx.office, _require_post(subject), require_day(form, "on"), ctx.acting_as())


def _holder_fields(ctx: RequestContext, _subject: FormSubject, _form: SentForm) -> list[View]:
    return [make_field(ctx, "person", "person"), make_field(ctx, "since", "date"), make_yes_no_field(ctx, "secretary")]


def _hold_post(ctx: RequestContext, subject: FormSubject, form: SentForm) -> None:
    person, since = read_together(
        lambda: resolve_register_person(ctx, "person", form.get_text("person")), lambda: require_day(form, "since")
    )
    secretary = read_yes_no(form, "secretary") or False
    hold_post(ctx.office, _require_post(subject), person, since, ctx.acting_as(), secretary=secretary)


def _leave_post(ctx: RequestContext, subject: FormSubject, form: SentForm) -> None:
    leave_post(ctx.office, _require_post(subject), require_day(form, "on"), ctx.acting_as())


def _plan_fields(ctx: RequestContext, _subject: FormSubject, _form: SentForm) -> list[View]:
    return [
        make_field(ctx, "plan", "choice", label_options(ctx, PLAN_KINDS, "plan.kind")),
        make_field(ctx, "since", "date"),
    ]


def _set_plan(ctx: RequestContext, subject: FormSubject, form: SentForm) -> None:
    kind, since = read_together(lambda: require_choice(form, "plan"), lambda: require_day(form, "since"))
    if not set_plan(ctx.office, _require_post(subject), kind, since, ctx.acting_as()):
        raise NothingChanged


def _meeting_fields(ctx: RequestContext, _subject: FormSubject, _form: SentForm) -> list[View]:
    return [make_field(ctx, "on", "date"), make_yes_no_field(ctx, "came", needed=True)]


def _log_meeting(ctx: RequestContext, subject: FormSubject, form: SentForm) -> None:
    day, _ = read_together(lambda: require_day(form, "on"), lambda: require_choice(form, "came"))
    log_meeting(ctx.office, subject.subject_unit.id, day, ctx.acting_as(), came=read_yes_no(form, "came") or False)


FORMS = {
    "meeting": RegisterForm("unit", _may_log_meeting, _meeting_fields, _log_meeting, _is_held_by_no_member),
    "hold": RegisterForm("unit", _may_direct, _holder_fields, _hold_post, _is_vacant),
    "leave": RegisterForm("unit", _may_direct, _last_day_field, _leave_post, _is_held),
    "plan": RegisterForm("unit", _may_direct, _plan_fields, _set_plan, _is_held_by_no_member),
    "add_unit": RegisterForm("unit", _may_direct, _add_unit_fields, _add_unit, _is_above_branches),
    "change_unit": RegisterForm("unit", _may_keep, _change_unit_fields, _change_unit, initial_values=_current_values),
    "add_post": RegisterForm("unit", _may_direct, _post_fields, _add_post, _has_no_post),
    "end_post": RegisterForm("unit", _may_direct, _last_day_field, _end_post, _has_post),
    "term": RegisterForm("unit", _may_direct, _since_field, _begin_term, _is_above_branches),
    "end_unit": RegisterForm("unit", _may_keep, _end_unit_fields, _end_unit),
}
