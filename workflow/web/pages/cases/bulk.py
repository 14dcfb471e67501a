"""One act is made for many cases of the same step.

Each is judged by itself, and what came of it is told case by case.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from states.calendar.working_days import CalendarMissing
from states.machine import NotOpen, UnknownAct
from states.rulebook.loading import NoEdition
from workflow.accounts.form_submissions import take_draft
from workflow.cases.commands.advance import ActRefused, CaseChanged
from workflow.cases.views.case_view import CaseStateView, CaseView, load_case_view
from workflow.cases.views.history import EventView, list_changes_since
from workflow.cases.views.open_acts import ReasonView, build_reason_view
from workflow.core.input import FieldFault, InvalidInput
from workflow.core.views import fields_of
from workflow.storage.writes import CaseOvertaken
from workflow.web.context import Hidden, RequestContext, check_csrf, load_context
from workflow.web.error_pages import describe_problem
from workflow.web.form_data import FormBody, SentForm, describe_faults
from workflow.web.idempotency import submit_once
from workflow.web.pages.cases.action import ActionRequest, load_action, parse_version
from workflow.web.pages.cases.case_page import PAPER_ENTRIES, CaseRef, require_case
from workflow.web.pages.cases.field_options import ActorOption, FieldOptions, PersonOption
from workflow.web.pages.form_field import FormField
from workflow.web.render import render_page

MOST = 50
"""Cases at once: as many as a page of the list holds."""
MOST_BRANCHES = 12
"""Branches whose members are offered in a form."""

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkAct:
    """An act that may be made for so many of the cases of a step, and where its form is."""

    label: str
    count: int
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkGroup:
    """The chosen cases of one step, with the acts that may be made for them."""

    state: CaseStateView
    cases: list[CaseView]
    acts: list[BulkAct]


@router.get("/bulk")
def bulk_choice_page(request: Request) -> HTMLResponse:
    """Which act, for the cases that were chosen: by step, for an act is of one step."""
    ctx = load_context(request)
    chosen = _load_chosen_cases(ctx, request.query_params.getlist("case"))
    steps: dict[tuple[str, str], list[tuple[CaseRef, CaseView]]] = {}
    for case_ref in chosen:
        view = _load_view(ctx, case_ref)
        steps.setdefault((case_ref.pipeline, view.state.id), []).append((case_ref, view))
    groups = [
        BulkGroup(
            state=pairs[0][1].state, cases=[view for _, view in pairs], acts=list(_list_acts(ctx, pairs))
        )
        for pairs in steps.values()
    ]
    return render_page("bulk.html", ctx, groups=groups, most=MOST)


def _load_chosen_cases(ctx: RequestContext, ids: Iterable[str]) -> list[CaseRef]:
    """The cases that are meant, each once. Raises `Hidden` for one that is not this reader's, or too many."""
    wanted = list(dict.fromkeys(id_.upper() for id_ in ids))
    if len(wanted) > MOST:
        raise Hidden
    return [require_case(ctx, id_) for id_ in wanted]


def _list_acts(ctx: RequestContext, pairs: Sequence[tuple[CaseRef, CaseView]]) -> Iterator[BulkAct]:
    """The acts of a step, each with those of the cases for which the reader may make or type it."""
    first, view = pairs[0]
    edition = ctx.edition(first.pipeline)
    for act in view.acts:
        if act.name in PAPER_ENTRIES or view.state.id not in edition.sources_by_act.get(act.name, ()):
            continue
        cases = [
            case_ref.id for case_ref, _ in pairs if ctx.access.list_actors(edition, act.organ, case_ref.unit)
        ]
        if cases:
            yield BulkAct(label=act.label, count=len(cases), to=_bulk_url(act.name, cases))


def _bulk_url(kind: str, cases: Sequence[str], done_ids: Sequence[str] = ()) -> str:
    return (
        f"/bulk/{kind}?{urlencode([*(('case', id_) for id_ in cases), *(('done', id_) for id_ in done_ids)])}"
    )


# --- the form -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BulkResult:
    """The result for one case: done, or why not. ``gone``: the act is no longer open at its step."""

    view: CaseView
    is_done: bool = False
    gone: bool = False
    reasons: Sequence[ReasonView] = ()
    changes: Sequence[EventView] | None = None
    faults: Sequence[str] = ()


@router.get("/bulk/{kind}")
def bulk_form_page(request: Request, kind: str) -> Response:
    """The form of an act for many cases; what was done so far, once it was sent."""
    ctx = load_context(request)
    ids, done_ids = request.query_params.getlist("case"), request.query_params.getlist("done")
    typed: Mapping[str, object] = {}
    if not ids and not done_ids:
        typed = take_draft(ctx.office, ctx.user, request.url.path) or {}
        ids = _as_list(typed.get("shown", []))
        if not ids:
            return RedirectResponse("/cases", 303)
    results = [
        BulkResult(_load_view(ctx, case_ref), is_done=True) for case_ref in _load_chosen_cases(ctx, done_ids)
    ]
    actions, gone = _load_actions(ctx, _load_chosen_cases(ctx, ids), kind)
    return _render_form(ctx, kind, actions, typed, [*results, *gone], draft_restored=bool(typed))


def _as_list(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _load_view(ctx: RequestContext, case_ref: CaseRef) -> CaseView:
    return load_case_view(ctx.office, case_ref.id, ctx.speaks)


def _load_actions(
    ctx: RequestContext, chosen: Sequence[CaseRef], kind: str
) -> tuple[list[ActionRequest], list[BulkResult]]:
    """The act for each case, and those that have left its step meanwhile. Raises `Hidden`; also for two
    pipelines.
    """
    actions, gone = list[ActionRequest](), list[BulkResult]()
    for case_ref in chosen:
        try:
            actions.append(load_action(ctx, case_ref, kind))
        except NotOpen:
            gone.append(BulkResult(_load_view(ctx, case_ref), gone=True))
    if len({action.case.pipeline for action in actions}) > 1:
        raise Hidden
    return actions, gone


def _render_form(
    ctx: RequestContext,
    kind: str,
    actions: Sequence[ActionRequest],
    typed: Mapping[str, object],
    results: Sequence[BulkResult],
    *,
    status: int = 200,
    faults: Mapping[str, Sequence[str]] | None = None,
    draft_restored: bool = False,
) -> HTMLResponse:
    failures = [result for result in results if not result.is_done]
    return render_page(
        "bulk_act.html",
        ctx,
        status=status,
        kind=kind,
        label=_act_label(ctx, kind, results, actions[0] if actions else None),
        done=[result for result in results if result.is_done],
        left=failures,
        came_of={result.view.case: result for result in failures},
        asked=actions,
        typed=typed,
        faults=faults or {},
        kept=draft_restored,
        chosen=_as_list(typed.get("case", [])) if typed else [action.case.id for action in actions],
        **fields_of(_build_form(actions)),
    )


def _act_label(
    ctx: RequestContext, kind: str, results: Sequence[BulkResult], first: ActionRequest | None
) -> str:
    """What the act is called. Raises `Hidden` for one that is not there."""
    for pipeline in [first.case.pipeline] if first else [result.view.pipeline for result in results]:
        edition = ctx.edition(pipeline)
        rule = edition.moves.get(kind) or edition.entries.get(kind)
        if rule is not None:
            return rule.label.in_language(ctx.speaks)
    raise Hidden


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkForm:
    """What the form asks for, once for all cases; ``common``: for whom it may be typed, else per case
    ``actors``.
    """

    fields: Sequence[FormField] = ()
    dated: str = ""
    common: Sequence[ActorOption] = ()
    actors: Mapping[str, Sequence[ActorOption]] = field(default_factory=dict)
    suggested: Sequence[PersonOption] = ()


def _build_form(actions: Sequence[ActionRequest]) -> BulkForm:
    if not actions:
        return BulkForm()
    first = actions[0]
    rule, edition = first.rule, first.edition
    choices = FieldOptions(first.ctx, first.case, edition)
    fields = [
        choices.describe_field(name, edition.fields[name], needed=name in rule.needs) for name in rule.fields
    ]
    common = [user for user in first.actors if all(user in action.actors for action in actions)]
    return BulkForm(
        fields=fields,
        dated=edition.fields[rule.dated].label.in_language(first.ctx.speaks),
        common=choices.list_actors(common),
        actors={} if common else {action.case.id: choices.list_actors(action.actors) for action in actions},
        suggested=_suggest_people(actions) if any(each.people for each in fields) else [],
    )


def _suggest_people(actions: Sequence[ActionRequest]) -> list[PersonOption]:
    """Members who may be meant, of the branches that the cases are of."""
    of_branch = {action.case.unit: action for action in actions}
    people: dict[str, PersonOption] = {}
    for action in list(of_branch.values())[:MOST_BRANCHES]:
        options = FieldOptions(action.ctx, action.case, action.edition).suggest_people()
        people |= {person.id: person for person in options}
    return list(people.values())


# --- doing it -----------------------------------------------------------------------------------------------


@router.post("/bulk/{kind}")
def submit_bulk_act(request: Request, kind: str, form: FormBody) -> Response:
    """Make the act on each case; a refused case does not undo the others."""
    ctx = load_context(request)
    check_csrf(ctx, form.values)
    shown = _load_chosen_cases(ctx, [*form.get_list("shown"), *form.get_list("case")])
    with submit_once(ctx, form, "/cases") as submission:
        if submission.earlier_location:
            return RedirectResponse(submission.earlier_location, 303)
        actions, results = _load_actions(ctx, shown, kind)
        chosen_ids = form.get_list("case")
        try:
            results += _make_acts([action for action in actions if action.case.id in chosen_ids], form)
        except InvalidInput as error:
            return _render_form(
                ctx, kind, actions, form.user_values, results, status=422, faults=describe_faults(ctx, error)
            )
        done_ids = [result.view.case for result in results if result.is_done]
        remaining = [action.case for action in actions if action.case.id not in done_ids]
        if done_ids:
            submission.location = _bulk_url(kind, [case_ref.id for case_ref in remaining], done_ids)
            if all(result.is_done for result in results):
                return RedirectResponse(submission.location, 303)
        open_actions, gone = _load_actions(
            ctx, [require_case(ctx, case_ref.id) for case_ref in remaining], kind
        )
        latest = {result.view.case: result for result in (*gone, *results)}
        return _render_form(
            ctx, kind, open_actions, form.user_values, list(latest.values()), status=_result_status(results)
        )


def _result_status(results: Sequence[BulkResult]) -> int:
    """The HTTP status: some cases were refused, or others were only quicker."""
    return 422 if any(result.reasons or result.faults for result in results) else 409


def _make_acts(actions: Sequence[ActionRequest], form: SentForm) -> list[BulkResult]:
    """The result of every case. Raises `InvalidInput` for an invalid form; nothing was written then.

    Raises `Hidden` before anything is written if an act may not be typed for its actor.
    """
    if not form.get_list("case"):
        raise InvalidInput([FieldFault("case", "missing", {})])
    if any(_actor_of(action, form) not in action.actors for action in actions):
        raise Hidden
    if not actions:
        return []
    asks = {"on", *actions[0].rule.fields}
    on, values = actions[0].read_values(
        {name: value for name, value in form.user_values.items() if name in asks}
    )
    results, mistyped = list[BulkResult](), list[InvalidInput]()
    for action in actions:
        try:
            results.append(_make_act(action, form, on, values))
        except InvalidInput as error:
            mistyped.append(error)
            faults = describe_faults(action.ctx, error)
            results.append(
                BulkResult(action.view, faults=[text for texts in faults.values() for text in texts])
            )
    if len(mistyped) == len(actions):
        raise mistyped[0]
    return results


def _actor_of(action: ActionRequest, form: SentForm) -> str:
    """Whose act it is: one for all cases, or each case's own."""
    return form.get_text("by") or form.get_text(f"by-{action.case.id}") or action.actors[0]


def _make_act(action: ActionRequest, form: SentForm, on: date, values: Mapping[str, object]) -> BulkResult:
    """What came of one case. Raises `InvalidInput`."""
    ctx, seen = action.ctx, parse_version(form.get_text(f"seen-{action.case.id}"))
    try:
        action.make_act(_actor_of(action, form), on, values, seen)
    except ActRefused as error:
        return BulkResult(
            action.view, reasons=[build_reason_view(reason, ctx.speaks) for reason in error.reasons]
        )
    except (CaseChanged, CaseOvertaken, NotOpen):
        changes = list_changes_since(ctx.office, action.case.id, seen or action.case.version, ctx.speaks)
        return BulkResult(action.view, changes=changes)
    except (NoEdition, UnknownAct, CalendarMissing) as error:
        problem, _ = describe_problem(ctx.request, error)
        return BulkResult(action.view, faults=[problem.message])
    return BulkResult(_load_view(ctx, action.case), is_done=True)
