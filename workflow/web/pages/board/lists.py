"""The lists behind the board's numbers: cases, posts, what falls due, who was not told; narrowed by their address."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from workflow import board
from workflow.board.case_list import PAGE
from workflow.board.due_soon import KINDS
from workflow.board.snapshot.steps import Steps, pipeline_label
from workflow.board.undelivered import AMISS
from workflow.core.input import FieldFault, Mistyped, day_of
from workflow.core.text import matches, search_key
from workflow.register.queries import post_list
from workflow.storage import reads
from workflow.web.context import Visit, visit
from workflow.web.field_errors import field_faults
from workflow.web.filters import Asked, AskedFor, Narrowed, Word, above_branches, narrowed, unit_choices
from workflow.web.render import page

View = dict[str, Any]

SORTS = ("late", "age", "opened", "step", "place")
AHEAD = timedelta(days=30)
LONGEST_SPAN = timedelta(days=366 * 5)

router = APIRouter(include_in_schema=False)


def paged(asked: Asked, path: str, total: int, shown: int, **said: object) -> View:
    """Which part of a list is shown, and the addresses of the parts before and after it."""
    before, after = max(asked.at - PAGE, 0), asked.at + PAGE
    return {
        "first": asked.at + 1,
        "last": asked.at + shown,
        "total": total,
        "earlier": asked.to(path, at=before, **said) if asked.at else None,
        "more": asked.to(path, at=after, **said) if after < total else None,
    }


# --- cases -------------------------------------------------------------------------------------------------------


@router.get("/cases")
def cases_page(request: Request, asked: AskedFor, mark: Literal["", "all"] = "") -> HTMLResponse:
    """Open cases, a page of them, to look at or to choose from for an act on many."""
    here = visit(request)
    look = narrowed(here, asked)
    found = standing(here, look, limit=PAGE, offset=asked.at)
    here.looked("cases", asked.unit)
    return page(
        "cases.html", here, status=look.status, asked=look.links, look=look, faults=look.faults, marked=mark == "all",
        rows=found["rows"], total=found["total"], units=unit_choices(here, asked.unit), sorts=SORTS,
        sort=sort_of(asked), chosen=said_of(here, look), **_choices(here, look),
        paged=paged(look.links, "/cases", found["total"], len(found["rows"])),
    )  # fmt: skip


def standing(here: Visit, look: Narrowed, *, limit: int | None, offset: int = 0) -> View:
    """The cases that are meant. By name they are looked for among all of them, for names are kept sealed."""
    office, scope, wanted = here.office, here.access.scope, search_key(look.asked.q)
    sort: Any = sort_of(look.asked)
    if not wanted:
        return board.standing(office, here.speaks, scope=scope, sort=sort, limit=limit, offset=offset, **look.filters)
    every = board.standing(office, here.speaks, scope=scope, sort=sort, limit=None, **look.filters)
    rows = [row for row in every["rows"] if _is_meant(row, wanted, look.asked.q.strip().upper())]
    return every | {"rows": rows[offset:][:limit], "total": len(rows)}


def _is_meant(row: View, wanted: str, typed: str) -> bool:
    """Whether a search finds a case: by its own id, by the name of its person, its village or commune."""
    places = f"{row['unit']['name']} {row['commune']['name']}"
    return typed == row["case"] or matches(wanted, search_key(f"{row['person']['name']} {places}"))


def sort_of(asked: Asked) -> str:
    """What cases are sorted by: those longest late first, unless another way is asked for."""
    return asked.sort if asked.sort in SORTS else SORTS[0]


def _choices(here: Visit, look: Narrowed) -> View:
    """What the filters offer, as the editions of the day have it."""
    steps = Steps(here.office, look.day or here.today)
    pipelines = here.office.rulebook.pipelines
    shown = [look.asked.pipeline] if look.asked.pipeline in pipelines else pipelines
    rules = [one for name in shown for one in steps.of(name) if one.in_force or one.state == look.asked.state]
    states: dict[str, str] = {}
    for one in rules:
        states.setdefault(one.state, one.label.in_language(here.speaks))
    return {
        "pipelines": {name: pipeline_label(name, here.speaks) for name in pipelines},
        "states": states,
        "turns": {organ: steps.organ(organ, here.speaks) for organ in steps.organs()},
    }


def said_of(here: Visit, look: Narrowed) -> list[View]:
    """What a list is narrowed to, in words, each with the address of the same list without it."""
    asked, offered = look.asked, _choices(here, look)
    unit = here.tree.unit(asked.unit, here.today) if asked.unit else None
    words = {
        "unit": unit.name if unit else asked.unit,
        "pipeline": offered["pipelines"].get(asked.pipeline, asked.pipeline),
        "state": offered["states"].get(asked.state, asked.state),
        "turn": offered["turns"].get(asked.turn, asked.turn),
        "late": here.say(f"page.cases.late.{asked.late}") if asked.late else "",
        "overdue": here.say(f"page.cases.overdue.{asked.overdue}") if asked.overdue else "",
        "q": asked.q,
    }
    return [
        {
            "name": name,
            "label": here.say(f"page.cases.{name}"),
            "text": text,
            "without": asked.to("/cases", **{name: ""}),
        }
        for name, text in words.items()
        if text
    ]


# --- posts -------------------------------------------------------------------------------------------------------

Of = Literal["posts", "members", "probationary", "combined", "remaining", "vacant"]


@router.get("/heads")
def heads_page(request: Request, asked: AskedFor, of: Of = "posts") -> HTMLResponse:
    """The posts behind a number of the coverage, with who holds them."""
    here = visit(request)
    above_branches(here)
    look = narrowed(here, replace(asked, known="now"))
    posts = [one for one in post_list(here.office, look.day, unit=look.unit) if _is_seen(here, one)]
    rows = [one for one in posts if _counts(one, of)]
    here.looked("heads", asked.unit)
    shown = rows[asked.at :][:PAGE]
    return page(
        "heads.html", here, status=look.status, asked=look.links, look=look, faults=look.faults, of=of, rows=shown,
        total=len(rows), units=unit_choices(here, asked.unit),
        paged=paged(look.links, "/heads", len(rows), len(shown), of=of),
    )  # fmt: skip


def _is_seen(here: Visit, post: View) -> bool:
    scope = here.access.scope
    return scope is None or post["unit"]["id"] in scope


def _counts(post: View, of: Of) -> bool:
    """Whether a post is among those that a number of the coverage counts."""
    holder = post["holder"]
    membership = holder["membership"] if holder else None
    return {
        "posts": True,
        "members": membership in ("probationary", "member"),
        "probationary": membership == "probationary",
        "combined": bool(holder) and post["secretary"],
        "remaining": membership == "none",
        "vacant": holder is None,
    }[of]


# --- what falls due ----------------------------------------------------------------------------------------------


@router.get("/due")
def due_page(
    request: Request,
    asked: AskedFor,
    first: Word = "",
    last: Word = "",
    kind: Annotated[str, Query(max_length=20)] = "",
) -> HTMLResponse:
    """Everything that falls due from a day to another."""
    here = visit(request)
    above_branches(here)
    look = narrowed(here, asked)
    span, faults = _span(here, first, last)
    wanted = kind if kind in KINDS else None
    found = board.due_on(
        here.office, here.speaks, scope=here.access.scope, span=span, unit=look.unit, kind=wanted, limit=PAGE,
        offset=asked.at,
    )  # fmt: skip
    here.looked("due", asked.unit)
    said = {"first": f"{span[0]:%d/%m/%Y}", "last": f"{span[1]:%d/%m/%Y}", "kind": wanted or ""}
    return page(
        "due.html", here, status=422 if faults else 200, asked=asked, faults=faults, kind=wanted, kinds=KINDS,
        rows=found["rows"], total=found["total"], units=unit_choices(here, asked.unit),
        typed={"first": first or said["first"], "last": last or said["last"]},
        paged=paged(asked, "/due", found["total"], len(found["rows"]), **said),
    )  # fmt: skip


def _span(here: Visit, first: str, last: str) -> tuple[tuple[date, date], dict[str, list[str]]]:
    """From which day to which; what makes no sense is said, and the next days are shown."""
    days, faults = {"first": here.today, "last": here.today + AHEAD}, list[FieldFault]()
    for name, text in (("first", first), ("last", last)):
        try:
            days[name] = day_of(text) if text.strip() else days[name]
        except ValueError:
            faults.append(FieldFault(name, "not_a_day", {"value": text}))
    if not faults and not timedelta(0) <= days["last"] - days["first"] <= LONGEST_SPAN:
        faults.append(FieldFault("last", "no_span", {"first": days["first"]}))
    if faults:
        return (here.today, here.today + AHEAD), field_faults(here, Mistyped(faults))
    return (days["first"], days["last"]), {}


# --- who was not told --------------------------------------------------------------------------------------------


@router.get("/untold")
def untold_page(request: Request, asked: AskedFor, standing: Word = "", user: Word = "", of: Word = "") -> HTMLResponse:
    """Notices that did not arrive; or (``of=no_address``) users whom none can reach."""
    here = visit(request)
    above_branches(here)
    look = narrowed(here, asked)
    place: Any = {"scope": here.access.scope, "unit": look.unit, "limit": PAGE, "offset": asked.at}
    here.looked("untold", asked.unit)
    if of == "no_address":
        found = board.untold(here.office, here.speaks, **place | {"limit": None, "offset": 0})
        rows, total = found["no_address"][asked.at :][:PAGE], found["no_address_total"]
        said = {"of": of}
    else:
        standing = standing if standing in AMISS else ""
        found = board.untold_list(here.office, here.speaks, **place, standing=standing or None, user=user or None)
        rows, total = _arrived_not(here, found["rows"]), found["total"]
        said = {"standing": standing, "user": user}
    return page(
        "untold.html", here, asked=asked, rows=rows, total=total, nowhere=of == "no_address", standing=standing,
        user=user, paged=paged(asked, "/untold", total, len(rows), **said),
    )  # fmt: skip


def _arrived_not(here: Visit, rows: Sequence[View]) -> list[View]:
    """Each notice with the case that it is about, if it is about one."""
    with here.office.database.reading() as connection:
        return [{**row, "of_case": reads.case(connection, row["subject"]) is not None} for row in rows]
