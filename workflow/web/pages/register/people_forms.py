"""Forms about people: entered, said anew, a membership by paper; a case opened for a head, or taken over from paper."""

from collections.abc import Sequence
from datetime import date

from states.machine import needs_return, returns_to
from states.rulebook.edition import Edition
from states.vocabulary import Person
from workflow.cases.commands.open import adopt, open_case
from workflow.register import add_person, set_membership, set_person
from workflow.register.person_record import KEPT
from workflow.register.session import PIPELINE
from workflow.storage.register_snapshot import HEADED
from workflow.web.context import Hidden, Visit
from workflow.web.form_data import Form
from workflow.web.pages.cases.case_page import Seen
from workflow.web.pages.cases.field_options import Choices, named_people
from workflow.web.pages.register.form_fields import (
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
from workflow.web.visibility.register import is_seen, keeps_person

MEMBERSHIPS = ("none", "probationary", "member")
SEXES = ("male", "female")
DAYS = frozenset({"born", "official_since", "together_since"})
WORDS = frozenset({"text", "lines"})


def _enters(here: Visit, _subject: Subject) -> bool:
    """Whoever acts for anything: a branch enters the sponsors that it names."""
    return bool(here.access.places)


def _keeps(here: Visit, subject: Subject) -> bool:
    return keeps_person(here, subject.who.unit)


def _begins(here: Visit, subject: Subject) -> bool:
    """Whoever keeps the register of somebody, or acts for their branch, opens their case."""
    unit = subject.who.unit
    return _keeps(here, subject) or (unit is not None and subject.who.post is not None and bool(_actors(here, unit)))


def _actors(here: Visit, unit: str) -> list[str]:
    return here.access.actors(here.edition(), HEADED, unit)


def _may_begin(_here: Visit, subject: Subject) -> bool:
    """No case is open, and it is not a member."""
    return not subject.who.open_cases and subject.who.person.membership == "none"


# --- what is kept of somebody ------------------------------------------------------------------------------------


def _person_fields(here: Visit, _subject: Subject, _form: Form) -> list[View]:
    found = []
    for name in KEPT:
        if name == "sex":
            found.append(field(here, name, "choice", worded(here, SEXES, "page.register.sex"), needed=False))
        elif name == "education_met":
            found.append(yes_no(here, name))
        else:
            found.append(field(here, name, "date" if name in DAYS else "code", needed=name == "name"))
    return found


def _add_person(here: Visit, _subject: Subject, form: Form) -> str:
    typed = {name: form.text(name) for name in KEPT if form.text(name).strip()}
    id_ = add_person(here.office, Person("", **{"name": "", **typed}), here.who())  # type: ignore[arg-type] # read within
    then = form.text("then")
    if then and here.access.sees(then):
        return f"/register/enter/hold/{then}?person={id_}"
    return f"/register/person/{id_}" if is_seen(here, None) else "/register/people"


def kept_of(person: Person) -> View:
    """What is kept of somebody, as a form holds it."""
    found: View = {}
    for name in KEPT:
        value = getattr(person, name)
        words = {True: "yes", False: "no", None: ""}
        found[name] = f"{value:%d/%m/%Y}" if isinstance(value, date) else words.get(value, value)
    return found


def _as_kept(_here: Visit, subject: Subject) -> View:
    return kept_of(subject.who.person)


def _set_person(here: Visit, subject: Subject, form: Form) -> None:
    held = kept_of(subject.who.person)
    said = {name: form.text(name) for name in KEPT if name in form.values and form.text(name).strip() != held[name]}
    if not said or not set_person(here.office, subject.id, said, here.who()):
        raise AsBefore


def _membership_fields(here: Visit, _subject: Subject, _form: Form) -> list[View]:
    return [field(here, "membership", "choice", worded(here, MEMBERSHIPS, "membership")), field(here, "since", "date")]


def _set_membership(here: Visit, subject: Subject, form: Form) -> None:
    status, since = together(lambda: chosen_in(form, "membership"), lambda: day_in(form, "since"))
    set_membership(here.office, subject.id, status, since, here.who())


# --- cases -------------------------------------------------------------------------------------------------------


def _begun_fields(here: Visit, subject: Subject) -> list[View]:
    """What every beginning asks for: the day; and the village, of somebody who heads none."""
    fields = [field(here, "on", "date")]
    if subject.who.post is None:
        branches = [row for row in directed(here) if row.level == here.access.bottom]
        fields.append(field(here, "unit", "paper", units_offered(here, branches)))
    return fields


def _pipelines(here: Visit) -> View:
    return field(here, "pipeline", "choice", worded(here, here.office.rulebook.pipelines, "page.register.pipeline"))


def _open_fields(here: Visit, subject: Subject, _form: Form) -> list[View]:
    return [*_begun_fields(here, subject), _pipelines(here)]


def _unit_in(here: Visit, subject: Subject, form: Form) -> str | None:
    """The village of the case, where it has to be said. Raises `Hidden` for one that is not the reader's."""
    if subject.who.post is not None:
        return None
    unit = chosen_in(form, "unit")
    if not here.access.directs(unit):
        raise Hidden
    return unit


def _pipeline_in(here: Visit, form: Form) -> str:
    """Which kind of case. Raises `Mistyped`, `Hidden`."""
    pipeline = chosen_in(form, "pipeline")
    if pipeline not in here.office.rulebook.pipelines:
        raise Hidden
    return pipeline


def _first_open(_here: Visit, _subject: Subject) -> View:
    return {"pipeline": PIPELINE}


def _open_case(here: Visit, subject: Subject, form: Form) -> str:
    on, pipeline, unit = together(
        lambda: day_in(form, "on"), lambda: _pipeline_in(here, form), lambda: _unit_in(here, subject, form)
    )
    actors = _actors(here, unit or subject.who.unit or "")
    by = here.who(actors[0]) if actors else here.who()
    case = open_case(here.office, subject.id, on, by, pipeline=pipeline, unit=unit)
    return f"/case/{case}?done=1"


# --- cases from paper --------------------------------------------------------------------------------------------


def _adopt_fields(here: Visit, subject: Subject, form: Form) -> list[View]:
    """First the kind of case and its step; then the day, and what is known of the steps before it."""
    state = form.text("state")
    pipeline = form.text("pipeline") or PIPELINE
    edition = here.edition(pipeline) if pipeline in here.office.rulebook.pipelines else here.edition()
    if state not in edition.states or edition.states[state].end:
        states = {name: one.label.in_language(here.speaks) for name, one in edition.states.items() if not one.end}
        return [_pipelines(here), field(here, "state", "paper", states)]
    choices = choices_for(here, subject, edition)
    earlier = [choices.field(name, edition.fields[name], needed=False) for name in _said_before(edition, state)]
    return [*_begun_fields(here, subject), *_returns(here, edition, state), *earlier]


def choices_for(here: Visit, subject: Subject, edition: Edition) -> Choices:
    """What the fields of a case that is not there yet are chosen from."""
    unit = subject.unit.id if subject.unit else (subject.placed.unit if subject.placed else None) or ""
    return Choices(here, Seen("", 0, edition.pipeline, unit, ()), edition)


def _returns(here: Visit, edition: Edition, state: str) -> list[View]:
    """The step that a paused case goes back to, and where from it had come to that one."""
    known = returns_to(edition, state)
    if not known:
        return []
    inner = {name: edition.states[name].label.in_language(here.speaks) for name in known}
    outer = {name for one in known if needs_return(edition, one) for name in returns_to(edition, one)}
    fields = [field(here, "came_from", "paper", inner, needed=needs_return(edition, state))]
    if outer:
        labels = {name: edition.states[name].label.in_language(here.speaks) for name in edition.states if name in outer}
        fields.append(field(here, "before_that", "paper", labels, needed=False))
    return fields


def _said_before(edition: Edition, state: str) -> list[str]:
    """The fields of the steps before a step on which something later rests: a clock, a condition, a paper, people."""
    names = list(edition.states)
    earlier = set(names[: names.index(state)])
    asked = {
        name
        for move in edition.moves.values()
        if not isinstance(move.from_, str) and earlier & set(edition.sources(move))
        for name in (move.dated, *move.fields, *(one.dated for one in move.to if one.dated))
    }
    later = edition.days_of_moves | {one.dated for one in edition.papers.values() if one.dated}
    for clock in edition.clocks.values():
        later |= {clock.from_, *clock.or_from, *clock.until}
    for condition in edition.conditions.values():
        for value in condition.with_.values():
            later |= set(value) if isinstance(value, list) else {str(value)}
    kinds = {"date", "choice", "person", "people", "code"}
    return [name for name, rule in edition.fields.items() if name in asked & later and rule.type in kinds]


def _adopt(here: Visit, subject: Subject, form: Form) -> str:
    pipeline = form.text("pipeline")
    edition = here.edition(pipeline) if pipeline in here.office.rulebook.pipelines else None
    if edition is None or form.text("state") not in edition.states:
        raise Hidden
    typed = {name: value for name, value in form.typed.items() if name in edition.fields and _is_said(value)}

    def named() -> View:
        return named_people(here, edition, typed)

    on, unit, values = together(lambda: day_in(form, "on"), lambda: _unit_in(here, subject, form), named)
    back = [one for one in (form.text("before_that"), form.text("came_from")) if one.strip()]
    if back:
        values["came_from"] = back
    state = form.text("state")
    case = adopt(here.office, subject.id, state, on, here.who(), values, pipeline=pipeline, unit=unit)
    return f"/case/{case}?done=1"


def _is_said(value: str | Sequence[str]) -> bool:
    return bool(value.strip()) if isinstance(value, str) else any(one.strip() for one in value)


VERBS = {
    "open": Verb("person", _begins, _open_fields, _open_case, _may_begin, begins=_first_open),
    "adopt": Verb("person", _keeps, _adopt_fields, _adopt, _may_begin, asks=("pipeline", "state")),
    "set_person": Verb("person", _keeps, _person_fields, _set_person, begins=_as_kept),
    "membership": Verb("person", _keeps, _membership_fields, _set_membership),
    "add_person": Verb("", _enters, _person_fields, _add_person),
}
