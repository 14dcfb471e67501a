"""Forms open a case, or take one over from paper."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet

from states.reasons import describe_fact
from states.rulebook.edition import Edition
from states.rulebook.requirements import Requirement
from states.rulebook.ways import needs_return, return_states
from states.vocabulary import UnitLine
from workflow.cases.commands.adoption import list_requirements_behind, list_ticks_behind
from workflow.cases.commands.open import adopt_case, open_case
from workflow.cases.judgement.facts import describe_unseen
from workflow.register.session import PIPELINE
from workflow.storage.register_snapshot import BRANCH_ORGAN
from workflow.web.context import Hidden, RequestContext
from workflow.web.form_data import SentForm
from workflow.web.pages.cases.case_page import CaseRef
from workflow.web.pages.cases.field_options import FieldOptions, resolve_field_people
from workflow.web.pages.form_field import FormField
from workflow.web.pages.register.form_fields import (
    choose_from,
    label_units,
    list_directed_units,
    make_field,
    read_together,
    require_choice,
    require_day,
)
from workflow.web.pages.register.form_types import FormSubject, FormValues, RegisterForm
from workflow.web.visibility.people import may_keep_person


def _may_keep(ctx: RequestContext, subject: FormSubject) -> bool:
    return may_keep_person(ctx, subject.subject_person.unit)


def _may_open_case(ctx: RequestContext, subject: FormSubject) -> bool:
    """Whoever keeps the register of somebody, or acts for their branch, opens their case."""
    unit = subject.subject_person.unit
    return _may_keep(ctx, subject) or (
        unit is not None and subject.subject_person.post is not None and bool(_head_actors(ctx, unit))
    )


def _head_actors(ctx: RequestContext, unit: str) -> list[str]:
    return ctx.access.list_actors(ctx.edition(), BRANCH_ORGAN, unit)


def _has_no_case(_ctx: RequestContext, subject: FormSubject) -> bool:
    """No case is open, and it is not a member."""
    return not subject.subject_person.open_cases and subject.subject_person.person.membership == "none"


def _start_fields(ctx: RequestContext, subject: FormSubject) -> list[FormField]:
    """What every beginning asks for: the day; and the village, of somebody who heads none."""
    fields = [make_field(ctx, "on", "date")]
    if subject.subject_person.post is None:
        branches = [row for row in list_directed_units(ctx) if row.level == ctx.access.branch_level]
        fields.append(make_field(ctx, "unit", "paper", label_units(ctx, branches)))
    return fields


def _pipeline_field(ctx: RequestContext) -> FormField:
    options = choose_from(ctx.office.rulebook.pipelines, "page.register.pipeline")
    return make_field(ctx, "pipeline", "choice", options(ctx, FormSubject()))


def _open_fields(ctx: RequestContext, subject: FormSubject, _form: SentForm) -> list[FormField]:
    return [*_start_fields(ctx, subject), _pipeline_field(ctx)]


def _read_unit(ctx: RequestContext, subject: FormSubject, form: SentForm) -> str | None:
    """The village of the case, where it has to be said. Raises `Hidden` for one that is not the reader's."""
    if subject.subject_person.post is not None:
        return None
    unit = require_choice(form, "unit")
    if not ctx.access.can_manage(unit):
        raise Hidden
    return unit


def _read_pipeline(ctx: RequestContext, form: SentForm) -> str:
    """Which kind of case. Raises `InvalidInput`, `Hidden`."""
    pipeline = require_choice(form, "pipeline")
    if pipeline not in ctx.office.rulebook.pipelines:
        raise Hidden
    return pipeline


def _default_pipeline(_ctx: RequestContext, _subject: FormSubject) -> FormValues:
    return {"pipeline": PIPELINE}


def _open_case(ctx: RequestContext, subject: FormSubject, form: SentForm) -> str:
    on, pipeline, unit = read_together(
        lambda: require_day(form, "on"),
        lambda: _read_pipeline(ctx, form),
        lambda: _read_unit(ctx, subject, form),
    )
    actors = _head_actors(ctx, unit or subject.subject_person.unit or "")
    by = ctx.acting_as(actors[0]) if actors else ctx.acting_as()
    case = open_case(ctx.office, subject.id, on, by, pipeline=pipeline, unit=unit)
    return f"/case/{case}?done=1"


# --- cases from paper ---------------------------------------------------------------------------------------


def _adopt_fields(ctx: RequestContext, subject: FormSubject, form: SentForm) -> list[FormField]:
    """First the kind of case and its step; then the day, and what is known of the steps before it."""
    state = form.get_text("state")
    edition = _chosen_edition(ctx, form)
    if state not in edition.states or edition.states[state].end:
        states = {
            name: rule.label.in_language(ctx.speaks) for name, rule in edition.states.items() if not rule.end
        }
        return [_pipeline_field(ctx), make_field(ctx, "state", "paper", states)]
    choices = field_options_for(ctx, subject, edition)
    back, line = _return_path(form), _unit_line(ctx, subject)
    behind = list_requirements_behind(edition, state, back, line)
    stated = {field for _, requirement in behind for field in requirement.stated}
    earlier = [
        choices.describe_field(name, edition.fields[name], needed=name in stated)
        for name in _earlier_field_names(edition, state, {*stated, *_shown_fields(behind)})
    ]
    ticks = {name: _label_tick(ctx, edition, name) for name in list_ticks_behind(edition, state, back, line)}
    unseen = [make_field(ctx, "unseen", "several", ticks, needed=False)] if ticks else []
    return [*_start_fields(ctx, subject), *_return_fields(ctx, edition, state), *earlier, *unseen]


def _chosen_edition(ctx: RequestContext, form: SentForm) -> Edition:
    pipeline = form.get_text("pipeline") or PIPELINE
    return ctx.edition(pipeline) if pipeline in ctx.office.rulebook.pipelines else ctx.edition()


def _shown_fields(behind: Sequence[tuple[str, Requirement]]) -> Iterator[str]:
    return (field for _, requirement in behind for field in requirement.shown)


def _label_tick(ctx: RequestContext, edition: Edition, name: str) -> str:
    words = _sentence(describe_unseen(edition, name).in_language(ctx.speaks))
    is_fact = name in edition.fields or name in edition.person_facts
    return words if is_fact else ctx.say("page.register.unseen_step", step=words)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _return_path(form: SentForm) -> list[str]:
    """The steps to go back to, outermost first, as far as they are chosen."""
    steps = (form.get_text("before_that"), form.get_text("came_from"))
    return [step for step in steps if step.strip()]


def _unit_line(ctx: RequestContext, subject: FormSubject) -> UnitLine | None:
    """The organs over the village of whoever heads one; of others the village is yet to be chosen."""
    unit = subject.subject_person.unit
    return ctx.register.find_line(unit, ctx.today) if unit else None


def _label_facts(ctx: RequestContext, form: SentForm, names: Iterable[str]) -> dict[str, str]:
    """What faults call the facts of an edition for which the form has no box."""
    edition = _chosen_edition(ctx, form)
    known = (name for name in names if name in edition.fields or name in edition.person_facts)
    return {name: _sentence(describe_fact(edition, name)[0].in_language(ctx.speaks)) for name in known}


def field_options_for(ctx: RequestContext, subject: FormSubject, edition: Edition) -> FieldOptions:
    """What the fields of a case that is not there yet are chosen from."""
    unit = (
        subject.unit.id
        if subject.unit
        else (subject.placed_person.unit if subject.placed_person else None) or ""
    )
    return FieldOptions(ctx, CaseRef("", 0, edition.pipeline, unit), edition)


def _return_fields(ctx: RequestContext, edition: Edition, state: str) -> list[FormField]:
    """The step that a paused case goes back to, and where from it had come to that one."""
    known = return_states(edition, state)
    if not known:
        return []
    inner = {name: edition.states[name].label.in_language(ctx.speaks) for name in known}
    outer = {
        name
        for inner_state in known
        if needs_return(edition, inner_state)
        for name in return_states(edition, inner_state)
    }
    fields = [make_field(ctx, "came_from", "paper", inner, needed=needs_return(edition, state))]
    if outer:
        labels = {
            name: edition.states[name].label.in_language(ctx.speaks)
            for name in edition.states
            if name in outer
        }
        fields.append(make_field(ctx, "before_that", "paper", labels, needed=False))
    return fields


def _earlier_field_names(edition: Edition, state: str, needed: AbstractSet[str]) -> list[str]:
    """The fields of the steps before a step on which something later rests, and those that are ``needed``.

    A clock, a condition, a paper, people.
    """
    names = list(edition.states)
    earlier = set(names[: names.index(state)])
    earlier_fields = {
        name
        for move in edition.moves.values()
        if not isinstance(move.from_, str) and earlier & set(edition.source_states(move))
        for name in (move.dated, *move.fields, *(arrival.dated for arrival in move.to if arrival.dated))
    }
    later = edition.move_day_fields | {paper.dated for paper in edition.papers.values() if paper.dated}
    for clock in edition.clocks.values():
        later |= {clock.from_, *clock.or_from, *clock.until}
    for condition in edition.conditions.values():
        for value in condition.with_.values():
            later |= set(value) if isinstance(value, list) else {str(value)}
    kinds = {"date", "choice", "person", "people", "code"}
    return [
        name
        for name, rule in edition.fields.items()
        if name in needed or (name in earlier_fields & later and rule.type in kinds)
    ]


def _adopt_case(ctx: RequestContext, subject: FormSubject, form: SentForm) -> str:
    pipeline = form.get_text("pipeline")
    edition = ctx.edition(pipeline) if pipeline in ctx.office.rulebook.pipelines else None
    if edition is None or form.get_text("state") not in edition.states:
        raise Hidden
    typed = {
        name: value
        for name, value in form.user_values.items()
        if name in edition.fields and _is_filled(value)
    }

    def resolve_typed_people() -> FormValues:
        return resolve_field_people(ctx, edition, typed)

    on, unit, values = read_together(
        lambda: require_day(form, "on"), lambda: _read_unit(ctx, subject, form), resolve_typed_people
    )
    if back := _return_path(form):
        values["came_from"] = back
    if unseen := [name for name in form.get_list("unseen") if name.strip()]:
        values["unseen"] = unseen
    state = form.get_text("state")
    case = adopt_case(
        ctx.office, subject.id, state, on, ctx.acting_as(), values, pipeline=pipeline, unit=unit
    )
    return f"/case/{case}?done=1"


def _is_filled(value: str | Sequence[str]) -> bool:
    return bool(value.strip()) if isinstance(value, str) else any(text.strip() for text in value)


FORMS: dict[str, RegisterForm] = {
    "open": RegisterForm(
        "person", _may_open_case, _open_fields, _open_case, _has_no_case, initial_values=_default_pipeline
    ),
    "adopt": RegisterForm(
        "person",
        _may_keep,
        _adopt_fields,
        _adopt_case,
        _has_no_case,
        first_fields=("pipeline", "state"),
        label_facts=_label_facts,
    ),
}
