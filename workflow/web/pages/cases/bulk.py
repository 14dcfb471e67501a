"""One act for many cases of the same step: each is judged by itself, and what came of it is told case by case."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from states.calendar.working_days import CalendarMissing
from states.machine import NotOpen, UnknownAct
from states.rulebook.loading import NoEdition
from workflow import accounts
from workflow.cases.commands.advance import CaseChanged, Refused
from workflow.cases.views.case_view import case_view, changes_since, reason_view
from workflow.core.input import FieldFault, Mistyped
from workflow.storage.writes import Overtaken
from workflow.web.context import Hidden, Visit, own_form, visit
from workflow.web.error_pages import problem_of
from workflow.web.field_errors import field_faults
from workflow.web.form_data import Form, Sent
from workflow.web.idempotency import sent_once
from workflow.web.pages.cases.action import Asked, asked_for, version_typed
from workflow.web.pages.cases.case_page import PAPER_ENTRIES, Seen, seen_case
from workflow.web.pages.cases.field_options import Choices
from workflow.web.render import page

View = dict[str, Any]

MOST = 50
"""Cases at once: as many as a page of the list holds."""
MOST_BRANCHES = 12
"""Branches whose members are offered in a form."""

router = APIRouter(include_in_schema=False)


@router.get("/bulk")
def choose_page(request: Request) -> HTMLResponse:
    """Which act, for the cases that were chosen: by step, for an act is of one step."""
    here = visit(request)
    chosen = _chosen(here, request.query_params.getlist("case"))
    steps: dict[tuple[str, str], list[tuple[Seen, View]]] = {}
    for held in chosen:
        view = case_view(here.office, held.id, here.speaks)
        steps.setdefault((held.pipeline, view["state"]["id"]), []).append((held, view))
    groups = [
        {"state": held[0][1]["state"], "cases": [view for _, view in held], "acts": _acts(here, state, held)}
        for (_, state), held in steps.items()
    ]
    return page("bulk.html", here, groups=groups, most=MOST)


def _chosen(here: Visit, ids: Iterable[str]) -> list[Seen]:
    """The cases that are meant, each once. Raises `Hidden` for one that is not this reader's, or too many."""
    wanted = list(dict.fromkeys(id_.upper() for id_ in ids))
    if len(wanted) > MOST:
        raise Hidden
    return [seen_case(here, id_) for id_ in wanted]


def _acts(here: Visit, state: str, held: Sequence[tuple[Seen, View]]) -> list[View]:
    """The acts of a step, each with those of the cases for which the reader may make or type it."""
    edition = here.edition(held[0][0].pipeline)
    acts = (*held[0][1]["moves"], *held[0][1]["entries"])
    found = []
    for act in acts:
        name = act.get("move") or act["entry"]
        if name in PAPER_ENTRIES or name not in edition.made_from or state not in edition.made_from[name]:
            continue
        cases = [one.id for one, _ in held if here.access.actors(edition, act["organ"], one.unit)]
        if cases:
            found.append({"label": act["label"], "count": len(cases), "to": _address(name, cases)})
    return found


def _address(kind: str, cases: Sequence[str], done: Sequence[str] = ()) -> str:
    return f"/bulk/{kind}?{urlencode([*(('case', one) for one in cases), *(('done', one) for one in done)])}"


# --- the form ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CameOf:
    """What came of one case: it was done, or why not. ``gone``: the act is not one of its step any more."""

    view: View
    done: bool = False
    gone: bool = False
    reasons: Sequence[View] = ()
    changes: Sequence[View] | None = None
    faults: Sequence[str] = ()


@router.get("/bulk/{kind}")
def form_page(request: Request, kind: str) -> Response:
    """The form of an act for many cases; what was done so far, once it was sent."""
    here = visit(request)
    ids, done = request.query_params.getlist("case"), request.query_params.getlist("done")
    typed: Mapping[str, Any] = {}
    if not ids and not done:
        typed = accounts.take_draft(here.office, here.user, request.url.path) or {}
        ids = _texts(typed.get("shown", []))
        if not ids:
            return RedirectResponse("/cases", 303)
    came_of = [CameOf(_view(here, held), done=True) for held in _chosen(here, done)]
    asked, gone = _asked(here, _chosen(here, ids), kind)
    return _form(here, kind, asked, typed, [*came_of, *gone], kept=bool(typed))


def _texts(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


def _view(here: Visit, held: Seen) -> View:
    return case_view(here.office, held.id, here.speaks)


def _asked(here: Visit, chosen: Sequence[Seen], kind: str) -> tuple[list[Asked], list[CameOf]]:
    """The act for each case, and those that have left its step meanwhile. Raises `Hidden`; also for two pipelines."""
    asked, gone = list[Asked](), list[CameOf]()
    for held in chosen:
        try:
            asked.append(asked_for(here, held, kind))
        except NotOpen:
            gone.append(CameOf(_view(here, held), gone=True))
    if len({one.case.pipeline for one in asked}) > 1:
        raise Hidden
    return asked, gone


def _form(
    here: Visit,
    kind: str,
    asked: Sequence[Asked],
    typed: Mapping[str, Any],
    came_of: Sequence[CameOf],
    *,
    status: int = 200,
    faults: Mapping[str, Sequence[str]] | None = None,
    kept: bool = False,
) -> HTMLResponse:
    done, left = [one for one in came_of if one.done], [one for one in came_of if not one.done]
    first = asked[0] if asked else None
    return page(
        "bulk_act.html", here, status=status, kind=kind, label=_label(here, kind, came_of, first), done=done, left=left,
        came_of={one.view["case"]: one for one in left}, asked=asked, typed=typed, faults=faults or {}, kept=kept,
        chosen=_texts(typed.get("case", [])) if typed else [one.case.id for one in asked],
        **_fields(asked, first),
    )  # fmt: skip


def _label(here: Visit, kind: str, came_of: Sequence[CameOf], first: Asked | None) -> str:
    """What the act is called. Raises `Hidden` for one that is not there."""
    for pipeline in [first.case.pipeline] if first else [one.view["pipeline"] for one in came_of]:
        edition = here.edition(pipeline)
        rule = edition.moves.get(kind) or edition.entries.get(kind)
        if rule is not None:
            return rule.label.in_language(here.speaks)
    raise Hidden


def _fields(asked: Sequence[Asked], first: Asked | None) -> View:
    """What the form asks for, once for all cases; for whom each act is typed."""
    if first is None:
        return {"fields": [], "dated": "", "common": [], "actors": {}, "suggested": []}
    rule, edition = first.rule, first.edition
    choices = Choices(first.here, first.case, edition)
    fields = [choices.field(name, edition.fields[name], needed=name in rule.needs) for name in rule.fields]
    common = [user for user in first.actors if all(user in one.actors for one in asked)]
    return {
        "fields": fields,
        "dated": edition.fields[rule.dated].label.in_language(first.here.speaks),
        "common": choices.actors(common),
        "actors": {} if common else {one.case.id: choices.actors(one.actors) for one in asked},
        "suggested": _suggested(asked) if any(one["people"] for one in fields) else [],
    }


def _suggested(asked: Sequence[Asked]) -> list[View]:
    """Members who may be meant, of the branches that the cases are of."""
    of_branch = {one.case.unit: one for one in asked}
    found: dict[str, View] = {}
    for one in list(of_branch.values())[:MOST_BRANCHES]:
        found |= {view["id"]: view for view in Choices(one.here, one.case, one.edition).suggested()}
    return list(found.values())


# --- doing it ----------------------------------------------------------------------------------------------------


@router.post("/bulk/{kind}")
def act_on_many(request: Request, kind: str, form: Sent) -> Response:
    """Make the act on each case: what is refused is not written, and undoes nothing of the others."""
    here = visit(request)
    own_form(here, form.values)
    shown = _chosen(here, [*form.texts("shown"), *form.texts("case")])
    with sent_once(here, form, "/cases") as first:
        if first.answer:
            return RedirectResponse(first.answer, 303)
        asked, came_of = _asked(here, shown, kind)
        meant = form.texts("case")
        try:
            came_of += _made([one for one in asked if one.case.id in meant], form)
        except Mistyped as error:
            return _form(here, kind, asked, form.typed, came_of, status=422, faults=field_faults(here, error))
        done = [one.view["case"] for one in came_of if one.done]
        left = [one.case for one in asked if one.case.id not in done]
        if done:
            first.done = _address(kind, [one.id for one in left], done)
            if all(one.done for one in came_of):
                return RedirectResponse(first.done, 303)
        still, gone = _asked(here, [seen_case(here, one.id) for one in left], kind)
        told = {one.view["case"]: one for one in (*gone, *came_of)}
        return _form(here, kind, still, form.typed, list(told.values()), status=_status(came_of))


def _status(came_of: Sequence[CameOf]) -> int:
    """Some were refused; or all that stands in the way is that others were quicker."""
    return 422 if any(one.reasons or one.faults for one in came_of) else 409


def _made(asked: Sequence[Asked], form: Form) -> list[CameOf]:
    """What came of every case. Raises `Mistyped` where the form itself makes no sense; nothing was written then.

    Raises `Hidden` before anything is written, where an act would be somebody's for whom it may not be typed.
    """
    if not form.texts("case"):
        raise Mistyped([FieldFault("case", "missing", {})])
    if any(_by(one, form) not in one.actors for one in asked):
        raise Hidden
    if not asked:
        return []
    asks = {"on", *asked[0].rule.fields}
    on, values = asked[0].read({name: value for name, value in form.typed.items() if name in asks})
    found, mistyped = list[CameOf](), list[Mistyped]()
    for one in asked:
        try:
            found.append(_one(one, form, on, values))
        except Mistyped as error:
            mistyped.append(error)
            faults = field_faults(one.here, error)
            found.append(CameOf(one.view, faults=[text for texts in faults.values() for text in texts]))
    if len(mistyped) == len(asked):
        raise mistyped[0]
    return found


def _by(one: Asked, form: Form) -> str:
    """Whose act it is: one for all cases, or each case's own."""
    return form.text("by") or form.text(f"by-{one.case.id}") or one.actors[0]


def _one(one: Asked, form: Form, on: Any, values: Mapping[str, Any]) -> CameOf:
    """What came of one case. Raises `Mistyped`."""
    here, seen = one.here, version_typed(form.text(f"seen-{one.case.id}"))
    try:
        one.make(_by(one, form), on, values, seen)
    except Refused as error:
        return CameOf(one.view, reasons=[reason_view(reason, here.speaks) for reason in error.reasons])
    except (CaseChanged, Overtaken, NotOpen):
        changes = changes_since(here.office, one.case.id, seen or one.case.version, here.speaks)
        return CameOf(one.view, changes=changes)
    except (NoEdition, UnknownAct, CalendarMissing) as error:
        problem, _ = problem_of(here.request, error)
        return CameOf(one.view, faults=[problem.message])
    return CameOf(_view(here, one.case), done=True)
