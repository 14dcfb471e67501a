"""One case on a page: where it stands, what is next and what that needs, its papers, its history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from states.rulebook.edition import Edition
from states.rulebook.forward import forward
from workflow.cases.views.case_view import as_it_reads, corrections_in, history_of, view_of
from workflow.cases.views.timeline import way_of
from workflow.dossier.bind import missing_of
from workflow.dossier.papers import Dossier
from workflow.reminders.history import snoozed_of, told_of
from workflow.storage import reads
from workflow.storage.engine import Work
from workflow.web.context import Hidden, Visit, visit
from workflow.web.render import Keepable, kept_page
from workflow.web.visibility.subordinates import is_theirs

View = dict[str, Any]

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Seen:
    """A case that the reader may see."""

    id: str
    version: int
    pipeline: str
    unit: str
    print: tuple[Any, ...]


def seen_case(visit: Visit, case: str, *, noted: bool = True) -> Seen:
    """A case that may be looked at, and is noted as such (``noted`` False: by a page that has a word of its own).

    Raises `Hidden` for one that is not there, and for another unit's alike.
    """
    with visit.office.database.reading() as connection:
        row = reads.touched(Work(connection), case.upper()) if case.isalnum() and case.isascii() else None
    if row is None or not visit.access.sees(row[3]):
        raise Hidden
    if noted:
        visit.looked("case", row[0])
    return Seen(row[0], row[1], row[2], row[3], tuple(row))


@router.get("/case/{case}")
async def case_page(request: Request, case: str, done: int = 0) -> HTMLResponse:
    """Everything of a case that somebody needs before doing something."""
    return await kept_page(_case, request, case, done)


def _case(request: Request, case: str, done: int) -> Keepable:
    here = visit(request)
    held = seen_case(here, case)
    with here.office.database.reading() as connection:
        told = reads.told(Work(connection), held.id)
    return Keepable("case.html", here, (held.print, told), lambda: _everything(here, held, done))


def _everything(here: Visit, held: Seen, done: int) -> View:
    with here.office.database.reading() as connection:
        dossier = Dossier(here.office, connection, held.id)
        view, events = view_of(dossier.file, here.speaks), history_of(dossier.file, here.speaks)
        view |= {"told": told_of(here.office, held.id, here.speaks)}
        papers = _papers(dossier)
    corrected = corrections_in(events)
    dated = [one | {"on": _day_now(one, corrected.get(one["seq"], ()))} for one in events]
    edition = here.edition(held.pipeline)
    line = here.tree.line(held.unit, here.today)
    following = forward(edition, view["state"]["id"], line) if view["state"]["id"] in edition.states else None
    acts = [_act(here, held, edition, one) for one in view["moves"]]
    entries = [_act(here, held, edition, one) for one in view["entries"]]
    return {
        "case": view,
        "events": events,
        "corrected": {seq: [one["seq"] for one in later] for seq, later in corrected.items()},
        "way": way_of(view, dated, edition, line, here.speaks),
        "next": next((one for one in acts if following and one["name"] == following[0]), None),
        "other": [one for one in acts if one["mine"] and not (following and one["name"] == following[0])],
        "entries": [one for one in entries if one["mine"] and one["name"] not in PAPER_ENTRIES],
        "organs": {name: organ.label.in_language(here.speaks) for name, organ in edition.organs.items()}
        | {"candidate": here.say("dossier.candidate")},
        "papers": papers,
        "done": next((one for one in events if one["seq"] == done), None),
        "above": here.tree.above(held.unit, here.today)[1:2],
        "edition": edition,
        "turned": _turned(edition, view, entries),
        "paused": _paused(edition, view, events),
        "snoozed": snoozed_of(here.office, held.id, here.speaks),
        "may_snooze": _may_snooze(here, view),
    }


def _turned(edition: Edition, view: View, entries: list[View]) -> dict[str, View]:
    """For each deadline, what this reader may record that starts it, or that stops it once it runs."""
    dated = {edition.entries[one["name"]].dated: one for one in entries if one["mine"]}
    found: dict[str, View] = {}
    for one in view["clocks"]:
        rule = edition.clocks.get(one["name"])
        if rule is None or one["state"] not in ("not_started", "running"):
            continue
        days = rule.until if one["state"] == "running" else (rule.from_,)
        act = next((dated[day] for day in days if day in dated), None)
        if act is not None:
            found[one["name"]] = act
    return found


def _paused(edition: Edition, view: View, events: Sequence[View]) -> View | None:
    """The act that has paused a case, with why and until when."""
    state = edition.states.get(view["state"]["id"])
    if state is None or not state.pauses:
        return None
    return next((one for one in reversed(events) if one.get("to") == view["state"]["id"]), None)


def _day_now(event: View, corrections: Sequence[View]) -> date:
    """The day of an event as it reads after its corrections."""
    return date.fromisoformat(as_it_reads(event, corrections)["on"])


def _may_snooze(here: Visit, view: View) -> frozenset[int]:
    """Of what was told of deadlines that still run, the newest of each that this reader may put off."""
    running = {one["name"] for one in view["clocks"] if one["state"] == "running"}
    newest = {(one["clock"], one["user"]): one for one in view["told"] if one["clock"] in running}
    return frozenset(one["id"] for one in newest.values() if one["via"] == here.user or is_theirs(here, one["user"]))


PAPER_ENTRIES = frozenset({"receive_paper"})
"""Entries that are made from beside the paper they are about."""


def _act(here: Visit, held: Seen, edition: Edition, one: View) -> View:
    """An act with whether this reader may make or type it."""
    actors = here.access.actors(edition, one["organ"], held.unit)
    return {**one, "name": one.get("move") or one["entry"], "mine": bool(actors)}


def _papers(dossier: Dossier) -> list[View]:
    """The papers of the dossier with how they stand, what is amiss, and who supplies them."""
    amiss = {(one.code, one.part): why for one, why in missing_of(dossier)}
    return [
        {
            "code": one.code,
            "part": one.part,
            "title": one.title,
            "by": one.by,
            "standing": one.standing,
            "amiss": amiss.get((one.code, one.part)),
            "on": one.on,
            "number": one.number,
            "prints": one.form is not None,
            "kept": one.kept,
            "scanned": one.scan is not None,
        }
        for one in dossier.entries()
    ]
