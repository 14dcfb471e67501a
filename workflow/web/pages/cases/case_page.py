"""One case on a page: where it stands, what is next and what that needs, its papers, its history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from states.rulebook.edition import Edition
from states.rulebook.forward import find_next_move
from workflow.cases.views.case_view import build_case_view, build_history, group_corrections, read_corrected_values
from workflow.cases.views.timeline import build_timeline
from workflow.dossier.bind import list_missing
from workflow.dossier.papers import Dossier
from workflow.reminders.history import list_notice_history, list_snoozes
from workflow.storage import reads
from workflow.storage.engine import Transaction
from workflow.web.context import Hidden, RequestContext, load_context
from workflow.web.render import render_page
from workflow.web.visibility.subordinates import may_see_letters

View = dict[str, Any]

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class CaseRef:
    """A case that the reader may see."""

    id: str
    version: int
    pipeline: str
    unit: str


def require_case(ctx: RequestContext, case: str, *, log_access: bool = True) -> CaseRef:
    """A case that may be looked at, and is noted as such (``noted`` False: by a page that has a word of its own).

    Raises `Hidden` for one that is not there, and for another unit's alike.
    """
    with ctx.office.database.read_transaction() as connection:
        row = (
            reads.load_case_version(Transaction(connection), case.upper())
            if case.isalnum() and case.isascii()
            else None
        )
    if row is None or not ctx.access.can_see(row[3]):
        raise Hidden
    if log_access:
        ctx.log_access("case", row[0])
    return CaseRef(row[0], row[1], row[2], row[3])


@router.get("/case/{case}")
def case_page(request: Request, case: str, done: int = 0) -> HTMLResponse:
    """Everything of a case that somebody needs before doing something."""
    ctx = load_context(request)
    return render_page("case.html", ctx, **_case_values(ctx, require_case(ctx, case), done))


def _case_values(ctx: RequestContext, case_ref: CaseRef, done_seq: int) -> View:
    with ctx.office.database.read_transaction() as connection:
        dossier = Dossier(ctx.office, connection, case_ref.id)
        view, events = build_case_view(dossier.file, ctx.speaks), build_history(dossier.file, ctx.speaks)
        view |= {"told": list_notice_history(ctx.office, case_ref.id, ctx.speaks)}
        papers = _paper_views(dossier)
    corrected = group_corrections(events)
    dated = [event | {"on": _corrected_day(event, corrected.get(event["seq"], ()))} for event in events]
    edition = ctx.edition(case_ref.pipeline)
    line = ctx.register.find_line(case_ref.unit, ctx.today)
    following = find_next_move(edition, view["state"]["id"], line) if view["state"]["id"] in edition.states else None
    acts = [_act_view(ctx, case_ref, edition, move) for move in view["moves"]]
    entries = [_act_view(ctx, case_ref, edition, entry) for entry in view["entries"]]
    return {
        "case": view,
        "events": events,
        "corrected": {seq: [event["seq"] for event in later] for seq, later in corrected.items()},
        "way": build_timeline(view, dated, edition, line, ctx.speaks),
        "next": next((act for act in acts if following and act["name"] == following[0]), None),
        "other": [act for act in acts if act["mine"] and not (following and act["name"] == following[0])],
        "entries": [entry for entry in entries if entry["mine"] and entry["name"] not in PAPER_ENTRIES],
        "organs": {name: organ.label.in_language(ctx.speaks) for name, organ in edition.organs.items()}
        | {"candidate": ctx.say("dossier.candidate")},
        "papers": papers,
        "done": next((event for event in events if event["seq"] == done_seq), None),
        "above": ctx.register.units_above(case_ref.unit, ctx.today)[1:2],
        "edition": edition,
        "turned": _acts_by_clock(edition, view, entries),
        "paused": _find_pausing_event(edition, view, events),
        "snoozed": list_snoozes(ctx.office, case_ref.id, ctx.speaks),
        "may_snooze": _snoozable_notices(ctx, view),
    }


def _acts_by_clock(edition: Edition, view: View, entries: list[View]) -> dict[str, View]:
    """For each deadline, what this reader may record that starts it, or that stops it once it runs."""
    dated = {edition.entries[entry["name"]].dated: entry for entry in entries if entry["mine"]}
    by_clock: dict[str, View] = {}
    for clock in view["clocks"]:
        rule = edition.clocks.get(clock["name"])
        if rule is None or clock["state"] not in ("not_started", "running"):
            continue
        days = rule.until if clock["state"] == "running" else (rule.from_,)
        act = next((dated[day] for day in days if day in dated), None)
        if act is not None:
            by_clock[clock["name"]] = act
    return by_clock


def _find_pausing_event(edition: Edition, view: View, events: Sequence[View]) -> View | None:
    """The act that has paused a case, with why and until when."""
    state = edition.states.get(view["state"]["id"])
    if state is None or not state.pauses:
        return None
    return next((event for event in reversed(events) if event.get("to") == view["state"]["id"]), None)


def _corrected_day(event: View, corrections: Sequence[View]) -> date:
    """The day of an event as it reads after its corrections."""
    return date.fromisoformat(read_corrected_values(event, corrections)["on"])


def _snoozable_notices(ctx: RequestContext, view: View) -> frozenset[int]:
    """Of what was told of deadlines that still run, the newest of each that this reader may put off."""
    running = {clock["name"] for clock in view["clocks"] if clock["state"] == "running"}
    newest = {(notice["clock"], notice["user"]): notice for notice in view["told"] if notice["clock"] in running}
    return frozenset(
        notice["id"] for notice in newest.values() if notice["via"] == ctx.user or may_see_letters(ctx, notice["user"])
    )


PAPER_ENTRIES = frozenset({"receive_paper"})
"""Entries that are made from beside the paper they are about."""


def _act_view(ctx: RequestContext, case_ref: CaseRef, edition: Edition, view: View) -> View:
    """An act with whether this reader may make or type it."""
    actors = ctx.access.list_actors(edition, view["organ"], case_ref.unit)
    return {**view, "name": view.get("move") or view["entry"], "mine": bool(actors)}


def _paper_views(dossier: Dossier) -> list[View]:
    """The papers of the dossier with how they stand, what is amiss, and who supplies them."""
    amiss = {(paper.code, paper.part): why for paper, why in list_missing(dossier)}
    return [
        {
            "code": paper.code,
            "part": paper.part,
            "title": paper.title,
            "by": paper.by,
            "standing": paper.standing,
            "amiss": amiss.get((paper.code, paper.part)),
            "on": paper.on,
            "number": paper.number,
            "prints": paper.form is not None,
            "kept": paper.kept,
            "scanned": paper.scan is not None,
        }
        for paper in dossier.list_papers()
    ]
