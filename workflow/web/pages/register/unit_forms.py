"""Forms about places: units, posts with their heads, plans, terms, extended meetings."""

from collections.abc import Iterable, Sequence

from states.rulebook.edition import Edition
from workflow.register import (
    PLAN_KINDS,
    POST_KINDS,
    add_post,
    add_unit,
    begin_term,
    change_unit,
    end_post,
    end_unit,
    hold_post,
    leave_post,
    log_meeting,
    plan_for,
)
from workflow.register.units import default_organs
from workflow.storage.tables import UnitRow
from workflow.web.context import Hidden, Visit
from workflow.web.form_data import Form
from workflow.web.pages.register.form_fields import (
    answer_in,
    chosen_in,
    day_in,
    directed,
    field,
    together,
    units_offered,
    worded,
    yes_no,
)
from workflow.web.pages.register.form_types import AsBefore, Subject, Verb, View
from workflow.web.visibility.register import keeps_unit, person_meant

# --- whose they are ----------------------------------------------------------------------------------------------


def _directs(here: Visit, subject: Subject) -> bool:
    return here.access.directs(subject.at.id)


def _keeps(here: Visit, subject: Subject) -> bool:
    return keeps_unit(here, subject.at)


def _meets(here: Visit, subject: Subject) -> bool:
    """Whoever acts for a branch, or for one above it, logs its meetings."""
    return subject.at.level == here.access.bottom and here.access.sees(subject.at.id)


# --- what fits ---------------------------------------------------------------------------------------------------


def _is_above_branches(here: Visit, subject: Subject) -> bool:
    return subject.at.level != here.access.bottom


def _has_no_post(here: Visit, subject: Subject) -> bool:
    return subject.at.level == here.access.bottom and subject.post is None


def _has_post(_here: Visit, subject: Subject) -> bool:
    return subject.post is not None


def _is_vacant(_here: Visit, subject: Subject) -> bool:
    return subject.post is not None and subject.post["holder"] is None


def _is_held(_here: Visit, subject: Subject) -> bool:
    return subject.post is not None and subject.post["holder"] is not None


def _is_held_by_no_member(_here: Visit, subject: Subject) -> bool:
    holder = subject.post["holder"] if subject.post else None
    return holder is not None and holder["membership"] == "none"


# --- units -------------------------------------------------------------------------------------------------------


def _levels(here: Visit, edition: Edition, above: UnitRow) -> dict[str, str]:
    """The levels that a unit below another may be of: those before its own, from the branches up."""
    names = list(edition.levels)
    below = names[: names.index(above.level)] if above.level in names else names
    return {name: edition.levels[name].in_language(here.speaks) for name in below}


def _organs(here: Visit, edition: Edition, levels: Iterable[str], own: Sequence[str] = ()) -> dict[str, str]:
    wanted = set(levels)
    return {
        name: organ.label.in_language(here.speaks)
        for name, organ in edition.organs.items()
        if organ.level in wanted and (organ.optional or own)
    }


def _unit_fields(here: Visit, subject: Subject, _form: Form) -> list[View]:
    edition = here.edition()
    levels = _levels(here, edition, subject.at)
    fields = [
        field(here, "name", "code"),
        field(here, "level", "choice", levels),
        field(here, "since", "date"),
    ]
    organs = _organs(here, edition, levels)
    return fields + ([field(here, "organs", "several", organs, needed=False)] if organs else [])


def _add_unit(here: Visit, subject: Subject, form: Form) -> str:
    level, since = together(lambda: chosen_in(form, "level"), lambda: day_in(form, "since"))
    more, edition = form.texts("organs"), here.edition()
    organs = [*default_organs(edition, level), *more] if more and level in edition.levels else None
    made = add_unit(here.office, form.text("name"), level, since, here.who(), parent=subject.at.id, organs=organs)
    return f"/register/unit/{made}"


def _changed_fields(here: Visit, subject: Subject, _form: Form) -> list[View]:
    edition, unit = here.edition(), subject.at
    levels = list(edition.levels)
    over = [row for row in directed(here) if row.level in levels and levels.index(row.level) > levels.index(unit.level)]
    offered = units_offered(here, over)
    if unit.parent and (above := here.tree.unit(unit.parent, here.today)):
        offered.setdefault(above.id, above.name)
    fields = [field(here, "since", "date"), field(here, "name", "code")]
    if offered:
        fields.append(field(here, "parent", "paper", offered, needed=False))
    organs = _organs(here, edition, [unit.level], list(edition.organs))
    fields.append(field(here, "organs", "several", organs, needed=False))
    if "committee" in organs:
        fields.append(yes_no(here, "authorised"))
    return fields


def _as_it_is(_here: Visit, subject: Subject) -> View:
    unit = subject.at
    held = {"name": unit.name, "parent": unit.parent or "", "organs": [one for one in unit.organs.split(",") if one]}
    return held | {"authorised": "yes" if unit.authorised else "no"}


def _change_unit(here: Visit, subject: Subject, form: Form) -> None:
    since, name = together(lambda: day_in(form, "since"), lambda: chosen_in(form, "name"))
    parent = form.text("parent").strip() or None
    if parent and parent != subject.at.parent and not here.access.directs(parent):
        raise Hidden
    new = change_unit(
        here.office, subject.at.id, since, here.who(), name=name, parent=parent,
        organs=[one for one in form.texts("organs") if one], authorised=answer_in(form, "authorised"),
    )  # fmt: skip
    if not new:
        raise AsBefore


def _end_fields(here: Visit, subject: Subject, _form: Form) -> list[View]:
    alike = [row for row in directed(here) if row.level == subject.at.level and row.id != subject.at.id]
    fields = [field(here, "on", "date")]
    return fields + ([field(here, "successor", "paper", units_offered(here, alike), needed=False)] if alike else [])


def _end_unit(here: Visit, subject: Subject, form: Form) -> str:
    last, successor = day_in(form, "on"), form.text("successor").strip() or None
    if successor and not here.access.directs(successor):
        raise Hidden
    end_unit(here.office, subject.at.id, last, here.who(), successor=successor)
    return f"/register/unit/{subject.at.parent}" if subject.at.parent else "/register"


def _since_alone(here: Visit, _subject: Subject, _form: Form) -> list[View]:
    return [field(here, "since", "date")]


def _begin_term(here: Visit, subject: Subject, form: Form) -> None:
    begin_term(here.office, subject.at.id, day_in(form, "since"), here.who())


# --- posts -------------------------------------------------------------------------------------------------------


def _last_day_alone(here: Visit, _subject: Subject, _form: Form) -> list[View]:
    return [field(here, "on", "date")]


def _post_fields(here: Visit, _subject: Subject, _form: Form) -> list[View]:
    return [field(here, "kind", "choice", worded(here, POST_KINDS, "post.kind")), field(here, "since", "date")]


def _add_post(here: Visit, subject: Subject, form: Form) -> None:
    kind, since = together(lambda: chosen_in(form, "kind"), lambda: day_in(form, "since"))
    add_post(here.office, subject.at.id, since, here.who(), kind=kind)


def _its_post(subject: Subject) -> str:
    """The post of a village. Raises `Hidden` where there is none."""
    if subject.post is None:
        raise Hidden
    return str(subject.post["id"])


def _end_post(here: Visit, subject: Subject, form: Form) -> None:
    end_post(here.office, _its_post(subject), day_in(form, "on"), here.who())


def _holder_fields(here: Visit, _subject: Subject, _form: Form) -> list[View]:
    return [field(here, "person", "person"), field(here, "since", "date"), yes_no(here, "secretary")]


def _hold_post(here: Visit, subject: Subject, form: Form) -> None:
    person, since = together(lambda: person_meant(here, "person", form.text("person")), lambda: day_in(form, "since"))
    secretary = answer_in(form, "secretary") or False
    hold_post(here.office, _its_post(subject), person, since, here.who(), secretary=secretary)


def _leave_post(here: Visit, subject: Subject, form: Form) -> None:
    leave_post(here.office, _its_post(subject), day_in(form, "on"), here.who())


def _plan_fields(here: Visit, _subject: Subject, _form: Form) -> list[View]:
    return [field(here, "plan", "choice", worded(here, PLAN_KINDS, "plan.kind")), field(here, "since", "date")]


def _plan_for(here: Visit, subject: Subject, form: Form) -> None:
    kind, since = together(lambda: chosen_in(form, "plan"), lambda: day_in(form, "since"))
    if not plan_for(here.office, _its_post(subject), kind, since, here.who()):
        raise AsBefore


def _meeting_fields(here: Visit, _subject: Subject, _form: Form) -> list[View]:
    return [field(here, "on", "date"), yes_no(here, "came", needed=True)]


def _log_meeting(here: Visit, subject: Subject, form: Form) -> None:
    day, _ = together(lambda: day_in(form, "on"), lambda: chosen_in(form, "came"))
    log_meeting(here.office, subject.at.id, day, here.who(), came=answer_in(form, "came") or False)


VERBS = {
    "meeting": Verb("unit", _meets, _meeting_fields, _log_meeting, _is_held_by_no_member),
    "hold": Verb("unit", _directs, _holder_fields, _hold_post, _is_vacant),
    "leave": Verb("unit", _directs, _last_day_alone, _leave_post, _is_held),
    "plan": Verb("unit", _directs, _plan_fields, _plan_for, _is_held_by_no_member),
    "add_unit": Verb("unit", _directs, _unit_fields, _add_unit, _is_above_branches),
    "change_unit": Verb("unit", _keeps, _changed_fields, _change_unit, begins=_as_it_is),
    "add_post": Verb("unit", _directs, _post_fields, _add_post, _has_no_post),
    "end_post": Verb("unit", _directs, _last_day_alone, _end_post, _has_post),
    "term": Verb("unit", _directs, _since_alone, _begin_term, _is_above_branches),
    "end_unit": Verb("unit", _keeps, _end_fields, _end_unit),
}
