"""The page of a case shows all that one needs before acting."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from states.rulebook.edition import Edition
from states.rulebook.ways import find_next_move
from workflow.cases.views.case_view import build_case_view
from workflow.cases.views.history import EventView, build_history, group_corrections, read_corrected_values
from workflow.cases.views.open_acts import OpenEntryView, OpenMoveView
from workflow.cases.views.timeline import TimelineStep, build_timeline
from workflow.core.views import fields_of
from workflow.dossier.dossier_paper import DossierPaper
from workflow.dossier.papers import Dossier
from workflow.presentation.condition_text import describe_warnings
from workflow.reminders.history import CaseReport, SnoozeView, list_notice_history, list_snoozes
from workflow.storage import reads
from workflow.storage.engine import Transaction
from workflow.storage.tables.register import UnitRow
from workflow.web.context import Hidden, RequestContext, load_context
from workflow.web.render import render_cached_page
from workflow.web.visibility.subordinates import may_see_letters

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class CaseRef:
    """A case that the reader may see."""

    id: str
    version: int
    pipeline: str
    unit: str
    cache_key: Hashable = None


def require_case(ctx: RequestContext, case: str, *, log_access: bool = True) -> CaseRef:
    """A case that may be looked at, and is noted as such (``log_access`` False: by a page that logs its
    own word).

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
    return CaseRef(row[0], row[1], row[2], row[3], tuple(row))


@router.get("/case/{case}")
def case_page(request: Request, case: str, done: int = 0) -> HTMLResponse:
    ctx = load_context(request)
    case_ref = require_case(ctx, case)
    with ctx.office.database.read_transaction() as connection:
        notices = reads.load_notice_states(Transaction(connection), case_ref.id)
    return render_cached_page(
        "case.html", ctx, (case_ref.cache_key, notices), lambda: fields_of(_load_page(ctx, case_ref, done))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """What the page of a case shows.

    ``corrected``: by which later events an event was corrected. ``warned``: of what an event was warned, in
    words. ``next``: the act that usually follows;
    ``other`` and ``entries`` are this reader's. ``done``: the event that was just made. ``turned``: what
    the reader may record that starts or stops a clock. ``paused``: the event that paused the case.
    ``may_snooze``: the notices that the reader may put off.
    ``settle``: the reader's act by which a flag is settled.
    """

    case: CaseReport
    events: list[EventView]
    corrected: dict[int, list[int]]
    warned: dict[int, list[str]]
    way: list[TimelineStep]
    next: OpenMoveView | None
    next_is_mine: bool
    other: list[OpenMoveView]
    entries: list[OpenEntryView]
    organs: Mapping[str, str]
    papers: list[DossierPaper]
    done: EventView | None
    above: Sequence[UnitRow]
    turned: Mapping[str, OpenEntryView]
    paused: EventView | None
    snoozed: list[SnoozeView]
    may_snooze: frozenset[int]
    settle: str | None


def _load_page(ctx: RequestContext, case_ref: CaseRef, done_seq: int) -> CasePage:
    with ctx.office.database.read_transaction() as connection:
        dossier = Dossier(ctx.office, connection, case_ref.id)
        view, events = build_case_view(dossier.file, ctx.speaks), build_history(dossier.file, ctx.speaks)
        notices = list_notice_history(ctx.office, case_ref.id, ctx.speaks)
        papers = dossier.papers
    report = CaseReport(**fields_of(view), told=notices)
    corrections = group_corrections(events)
    edition = ctx.edition(case_ref.pipeline)
    line = ctx.register.find_line(case_ref.unit, ctx.today)
    following = find_next_move(edition, view.state.id, line) if view.state.id in edition.states else None
    next_move = next((move for move in view.moves if following and move.name == following[0]), None)
    moves = [move for move in view.moves if _may_act(ctx, case_ref, edition, move)]
    entries = [entry for entry in view.entries if _may_act(ctx, case_ref, edition, entry)]
    organs = {name: organ.label.in_language(ctx.speaks) for name, organ in edition.organs.items()}
    return CasePage(
        case=report,
        events=events,
        corrected={seq: [event.seq for event in later] for seq, later in corrections.items()},
        warned={
            event.seq: describe_warnings(ctx, case_ref.pipeline, event) for event in events if event.warnings
        },
        way=build_timeline(view.state, _read_corrected_days(events), edition, line, ctx.speaks),
        next=next_move,
        next_is_mine=next_move in moves,
        other=[move for move in moves if move is not next_move],
        entries=[entry for entry in entries if entry.name not in PAPER_ENTRIES],
        organs=organs | {"candidate": ctx.say("dossier.candidate")},
        papers=papers,
        done=next((event for event in events if event.seq == done_seq), None),
        above=ctx.register.units_above(case_ref.unit, ctx.today)[1:2],
        turned=_entries_by_clock(edition, report, entries),
        paused=_find_pausing_event(edition, report, events),
        snoozed=list_snoozes(ctx.office, case_ref.id, ctx.speaks),
        may_snooze=_snoozable_notices(ctx, report),
        settle=next(
            (entry.name for entry in entries if edition.entries[entry.name].effect == "settle"), None
        ),
    )


PAPER_ENTRIES = frozenset({"receive_paper"})
"""Entries that are made from beside the paper they are about."""


def _may_act(
    ctx: RequestContext, case_ref: CaseRef, edition: Edition, act: OpenMoveView | OpenEntryView
) -> bool:
    """Whether this reader may make or type an act."""
    return bool(ctx.access.list_actors(edition, act.organ, case_ref.unit))


def _read_corrected_days(events: Sequence[EventView]) -> list[EventView]:
    """Events with their days as they read after their corrections."""
    corrections = group_corrections(events)
    days = {event.seq: read_corrected_values(event, corrections.get(event.seq, ()))["on"] for event in events}
    return [replace(event, on=date.fromisoformat(str(days[event.seq]))) for event in events]


def _entries_by_clock(
    edition: Edition, report: CaseReport, entries: Sequence[OpenEntryView]
) -> dict[str, OpenEntryView]:
    """For each deadline, what this reader may record that starts it, or that stops it once it runs."""
    by_day = {edition.entries[entry.name].dated: entry for entry in entries}
    by_clock: dict[str, OpenEntryView] = {}
    for clock in report.clocks:
        rule = edition.clocks.get(clock.name)
        if rule is None or clock.state not in ("not_started", "running"):
            continue
        days = rule.until if clock.state == "running" else (rule.from_,)
        entry = next((by_day[day] for day in days if day in by_day), None)
        if entry is not None:
            by_clock[clock.name] = entry
    return by_clock


def _find_pausing_event(
    edition: Edition, report: CaseReport, events: Sequence[EventView]
) -> EventView | None:
    """The act that has paused a case, with why and until when."""
    state = edition.states.get(report.state.id)
    if state is None or not state.pauses:
        return None
    return next((event for event in reversed(events) if event.to == report.state.id), None)


def _snoozable_notices(ctx: RequestContext, report: CaseReport) -> frozenset[int]:
    """Of what was told of deadlines that still run, the newest of each that this reader may put off."""
    running = {clock.name for clock in report.clocks if clock.state == "running"}
    newest = {(notice.clock, notice.user): notice for notice in report.told if notice.clock in running}
    return frozenset(
        notice.id for notice in newest.values() if notice.via == ctx.user or may_see_letters(ctx, notice.user)
    )
