"""An act's result tells where the case stands now."""

from dataclasses import dataclass

from workflow.cases.commands.advance import ActResult
from workflow.cases.views.case_parts import FlagView
from workflow.cases.views.case_view import CaseStateView, load_case_view
from workflow.cases.views.clock_view import ClockView
from workflow.cases.views.history import find_recorded_rule
from workflow.cases.views.open_acts import ReasonView, build_reason_view
from workflow.core.views import NamedRef
from workflow.office import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRef:
    """A step and what it is called."""

    id: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActResultView:
    """What came of an act: the steps before and after, the warnings that stay on the record, what runs
    now.
    """

    case: str
    kind: str
    label: str
    person: NamedRef
    before: StateRef
    after: CaseStateView
    carried: str | None
    version: int
    warnings: list[ReasonView]
    clocks: list[ClockView]


def load_act_result(office: Office, result: ActResult, language: str) -> ActResultView:
    """What came of an act, in words."""
    view = load_case_view(office, result.case, language)
    edition = office.rulebook.edition_on(view.pipeline, view.today)
    # Today's edition may know neither the act nor the step: it may be of a day before it came into force.
    rule, before = find_recorded_rule(edition, result.kind), edition.states.get(result.before)
    return ActResultView(
        case=result.case,
        kind=result.kind,
        label=rule.label.in_language(language) if rule else result.kind,
        person=NamedRef(id=view.person.id, name=view.person.name),
        before=StateRef(
            id=result.before, label=before.label.in_language(language) if before else result.before
        ),
        after=view.state,
        carried=result.carried,
        version=result.version,
        warnings=[build_reason_view(reason, language) for reason in result.warnings],
        clocks=[clock for clock in view.clocks if clock.state == "running"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionResultView:
    """What came of a correction: what no longer holds by it stays flagged."""

    case: str
    event: int
    version: int
    flags: list[FlagView]
    state: CaseStateView


def load_correction_result(office: Office, case: str, event: int, language: str) -> CorrectionResultView:
    """What came of the correction of an event, in words."""
    view = load_case_view(office, case, language)
    return CorrectionResultView(
        case=case, event=event, version=view.version, flags=view.flags, state=view.state
    )
