"""The register on pages: villages and their heads, and what may be entered about them; each entry is one small form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from states.vocabulary import Person
from workflow import register
from workflow.fields import FieldFault, Mistyped, day_of
from workflow.names import matches, search_key
from workflow.opening import AlreadyOpen, NoPost, open_case
from workflow.register.opened import PIPELINE
from workflow.register.unregistered import Unregistered
from workflow.web.choices import one_named
from workflow.web.faults import field_faults
from workflow.web.forms import Form, Sent
from workflow.web.once import sent_once
from workflow.web.pages import page
from workflow.web.problems import problem_of
from workflow.web.visit import Hidden, Visit, own_form, visit

View = dict[str, Any]
Read = Mapping[str, Any]

router = APIRouter(include_in_schema=False)


@router.get("/register")
def villages(request: Request, q: str = "") -> HTMLResponse:
    """The villages of the reader's units with their heads; found by name, with marks or without."""
    here = visit(request)
    rows = [one for one in register.post_list(here.office) if here.access.sees(one["unit"]["id"])]
    cases = {one["id"]: one["case"] for one in register.people_found(here.office, "") if one["case"]}
    wanted = search_key(q)
    rows = [one for one in rows if matches(wanted, search_key(_said(one)))]
    for one in rows:
        one["case"] = cases.get(one["holder"]["id"]) if one["holder"] else None
        one["directed"] = here.access.directs(one["unit"]["id"])
        one["plan"] = one["plan"] if here.access.is_above_branches else None
    here.looked("register", q)
    communes = [
        (name, list(posts))
        for name, posts in groupby(rows, lambda one: one["commune"]["name"] if one["commune"] else "")
    ]
    meetings = [one for one in register.meeting_list(here.office) if here.access.sees(one["unit"]["id"])]
    return page(
        "register.html", here, communes=communes, q=q, count=len(rows), meetings=meetings,
        folded=len(rows) > FOLDED and not q,
    )  # fmt: skip


FOLDED = 30
"""More villages than these stand folded by commune."""


def _commune(one: View) -> str:
    return str(one["commune"]["name"]) if one["commune"] else ""


def _said(one: View) -> str:
    names = (one["unit"]["name"], one["commune"]["name"] if one["commune"] else "", (one["holder"] or {}).get("name"))
    return " ".join(filter(None, names))


# --- entries -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """What may be entered: its fields with their kinds, about what it is, who may, and the verb."""

    fields: tuple[tuple[str, str, bool], ...]
    may: Callable[[Visit, str], bool]
    enter: Callable[[Visit, str, Read], object]
    of_unit: bool = True


def _directs(here: Visit, unit: str) -> bool:
    return here.access.directs(unit)


def _acts_for_branch(here: Visit, unit: str) -> bool:
    return bool(here.access.actors(here.edition(PIPELINE), "branch", unit))


def _anybody(here: Visit, _unit: str) -> bool:
    return bool(here.access.places)


def _post(here: Visit, unit: str) -> View:
    found = next((one for one in register.post_list(here.office) if one["unit"]["id"] == unit), None)
    if found is None:
        raise Hidden
    return found


def _open(here: Visit, unit: str, said: Read) -> object:
    holder = _post(here, unit)["holder"]
    if holder is None:
        raise Hidden
    actors = here.access.actors(here.edition(PIPELINE), "branch", unit)
    return open_case(here.office, holder["id"], said["on"], here.who(actors[0]), unit=unit)


def _hold(here: Visit, unit: str, said: Read) -> object:
    secretary = said.get("secretary") == "yes"
    post = _post(here, unit)["id"]
    register.hold_post(here.office, post, said["person"], said["on"], here.who(), secretary=secretary)
    return post


def _leave(here: Visit, unit: str, said: Read) -> object:
    return register.leave_post(here.office, _post(here, unit)["id"], said["on"], here.who())


def _plan(here: Visit, unit: str, said: Read) -> object:
    return register.plan_for(here.office, _post(here, unit)["id"], said["plan"], said["on"], here.who())


def _meeting(here: Visit, unit: str, said: Read) -> object:
    return register.log_meeting(here.office, unit, said["on"], here.who(), came=said["came"] == "yes")


def _person(here: Visit, _unit: str, said: Read) -> object:
    values = {name: value for name, value in said.items() if name in ("name", "born", "official_since", "contact")}
    return register.add_person(here.office, Person("", **values), here.who())


def _user(here: Visit, unit: str, said: Read) -> object:
    who = here.who()
    return register.add_user(here.office, said["user"], said["name"], said["role"], unit, said["on"], who)


ENTRIES = {
    "open": Entry((("on", "day", True),), _acts_for_branch, _open),
    "plan": Entry((("plan", "choice", True), ("on", "day", True)), _directs, _plan),
    "meeting": Entry((("on", "day", True), ("came", "choice", True)), _acts_for_branch, _meeting),
    "leave": Entry((("on", "day", True),), _directs, _leave),
    "hold": Entry((("person", "person", True), ("on", "day", True), ("secretary", "choice", False)), _directs, _hold),
    "person": Entry(
        (("name", "text", True), ("born", "day", False), ("official_since", "day", False), ("contact", "text", False)),
        _anybody, _person, of_unit=False,
    ),
    "user": Entry(
        (("user", "text", True), ("name", "text", True), ("role", "choice", True), ("on", "day", True)), _directs, _user
    ),
}  # fmt: skip


def _asked(request: Request, kind: str, unit: str) -> tuple[Visit, Entry]:
    here = visit(request)
    entry = ENTRIES.get(kind)
    if entry is None or not entry.may(here, unit):
        raise Hidden
    return here, entry


@router.get("/register/enter/{entry}")
def entry_page(request: Request, entry: str, unit: str = "") -> HTMLResponse:
    """The form of one entry."""
    here, _ = _asked(request, entry, unit)
    return _form(here, entry, unit, {})


def _form(
    here: Visit, kind: str, unit: str, typed: Mapping[str, Any], *, status: int = 200,
    faults: Mapping[str, list[str]] | None = None, problem: object = None,
) -> HTMLResponse:  # fmt: skip
    row = here.tree.unit(unit, here.today) if unit else None
    return page(
        "register_entry.html", here, status=status, kind=kind, unit=unit, place=row.name if row else "",
        fields=ENTRIES[kind].fields, options=_options(here, unit), typed=typed, faults=faults or {}, problem=problem,
    )  # fmt: skip


def _options(here: Visit, unit: str) -> dict[str, dict[str, str]]:
    row = here.tree.unit(unit, here.today) if unit else None
    roles = here.edition(PIPELINE).roles.items()
    yes_no = {"yes": here.say("cli.yes"), "no": here.say("cli.no")}
    return {
        "plan": {kind: here.say(f"plan.kind.{kind}") for kind in register.PLAN_KINDS},
        "came": yes_no,
        "secretary": yes_no,
        "role": {name: one.label.in_language(here.speaks) for name, one in roles if row and one.level == row.level},
    }


@router.post("/register/enter/{entry}")
def enter(request: Request, entry: str, form: Sent, unit: str = "") -> Response:
    """Enter it; what does not go through comes back with everything that was typed."""
    unit = unit or form.text("unit")
    here, wanted = _asked(request, entry, unit)
    own_form(here, form.values)
    with sent_once(here, form, "/register") as first:
        if first.answer is not None:
            return RedirectResponse(first.answer, 303)
        try:
            wanted.enter(here, unit, _read(here, wanted, form))
        except Mistyped as error:
            return _form(here, entry, unit, form.typed, status=422, faults=field_faults(here, error))
        except (Unregistered, AlreadyOpen, NoPost) as error:
            problem, _ = problem_of(request, error)
            return _form(here, entry, unit, form.typed, status=422, problem=problem)
        first.done = f"/register?said=entered_{entry}"
    return RedirectResponse(first.done or "/register", 303)


def _read(here: Visit, entry: Entry, form: Form) -> Read:
    """What was typed, by the kinds of the fields. Raises `Mistyped` with every fault."""
    said: dict[str, Any] = {}
    faults: list[FieldFault] = []
    for name, kind, needed in entry.fields:
        text = form.text(name).strip()
        if not text:
            faults += [FieldFault(name, "missing", {})] if needed else []
        elif kind == "day":
            try:
                said[name] = day_of(text)
            except ValueError:
                faults.append(FieldFault(name, "not_a_day", {"value": text[:80]}))
        elif kind == "person":
            try:
                said[name] = one_named(here, name, text)
            except Mistyped as error:
                faults += error.faults
        else:
            said[name] = text
    if faults:
        raise Mistyped(faults)
    return said
