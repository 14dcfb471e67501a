"""The register as pages: communes, villages and their heads, people, extended meetings, users."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from workflow import board
from workflow.board.case_list import PAGE
from workflow.core.text import matches, search_key
from workflow.register import meeting_list, post_list, unit_list, user_list
from workflow.storage import reads
from workflow.storage.register_snapshot import holds
from workflow.storage.tables import UnitRow
from workflow.web.context import Hidden, Visit, visit
from workflow.web.filters import Asked, AskedFor
from workflow.web.pages.board.lists import paged
from workflow.web.pages.register.form_page import offered
from workflow.web.pages.register.form_types import Subject, subject_of
from workflow.web.render import page
from workflow.web.visibility.register import (
    case_views,
    grant_views,
    grants_of,
    line_of,
    people_seen,
    role_label,
    seen_unit,
)

View = dict[str, Any]

LAST_MEETINGS = 12

router = APIRouter(include_in_schema=False)


def _part(here: Visit, asked: Asked, path: str, rows: Sequence[View]) -> View:
    """A page of a list, with what stands before and after it."""
    shown = rows[asked.at :][:PAGE]
    return {
        "asked": asked,
        "rows": shown,
        "total": len(rows),
        "paged": paged(asked, path, len(rows), len(shown)),
        "path": path,
        "sections": _sections(here),
    }


def _sections(here: Visit) -> list[tuple[str, str]]:
    """The pages of the register that are for this reader."""
    found = [("/register", "places"), ("/register/meetings", "meetings"), ("/register/people", "people")]
    if here.access.is_above_branches:
        found.append(("/register/users", "users"))
    if here.access.is_everywhere:
        found.append(("/register/import", "import"))
    return found


# --- places ------------------------------------------------------------------------------------------------------


@router.get("/register")
def register(request: Request, asked: AskedFor) -> Response:
    """Communes with how many of their heads are members; or villages with their heads."""
    here = visit(request)
    unit = seen_unit(here, asked.unit) if asked.unit else None
    if unit is not None and unit.level == here.access.bottom:
        return RedirectResponse(f"/register/unit/{unit.id}", 303)
    here.looked("register", unit.id if unit else "")
    if not asked.q.strip():
        counts = board.coverage_table(here.office, scope=here.access.scope, unit=unit.id if unit else None)
        if len(counts["communes"]) > 1:
            return page(
                "register_communes.html", here, communes=counts["communes"], total=counts["total"]["posts"],
                tops=[] if unit else _tops(here), unit=unit, asked=asked, sections=_sections(here), path="/register",
            )  # fmt: skip
    key, posts = search_key(asked.q), _posts(here, unit)
    part = _part(here, asked, "/register", [one for one in posts if matches(key, _key(one))])
    part["rows"] = _with_cases(here, part["rows"])
    communes = {one["commune"]["id"] for one in part["rows"] if one["commune"]}
    tops = [] if unit or here.access.is_everywhere else _tops(here)
    return page("register.html", here, unit=unit, tops=tops, placed=len(communes) > 1, **part)


def _tops(here: Visit) -> list[UnitRow]:
    """The units where the reader holds a role."""
    return [row for one in sorted(here.access.places) if (row := here.tree.unit(one, here.today))]


def _posts(here: Visit, unit: UnitRow | None) -> list[View]:
    """The posts that the reader may see, by place."""
    roots = [unit.id] if unit else [None] if here.access.is_everywhere else sorted(here.access.places)
    found = {one["id"]: one for root in roots for one in post_list(here.office, here.today, unit=root)}
    return list(found.values())


def _key(post: View) -> str:
    holder, commune = post["holder"], post["commune"]
    return search_key(f"{post['unit']['name']} {commune['name'] if commune else ''} {holder['name'] if holder else ''}")


def _with_cases(here: Visit, posts: Sequence[View]) -> list[View]:
    """Posts, each with the open case of who holds it."""
    with here.office.database.reading() as connection:
        rows = reads.cases(connection, units=[one["unit"]["id"] for one in posts])
        open_ = {one["person"]: one for one in case_views(here, [row for row in rows if row.closed_on is None])}
    return [{**one, "case": open_.get(one["holder"]["id"]) if one["holder"] else None} for one in posts]


@router.get("/register/unit/{unit:path}")
def unit_page(request: Request, unit: str) -> HTMLResponse:
    """One unit: its head or what is below it, who acts here, its meetings."""
    here = visit(request)
    subject = subject_of(here, "unit", unit)
    row = subject.at
    here.looked("register", row.id)
    edition = here.edition()
    with here.office.database.reading() as connection:
        cases = [one for one in reads.cases(connection, units=[row.id]) if one.closed_on is None]
    return page(
        "register_unit.html", here, subject=subject, unit=row, post=subject.post, cases=case_views(here, cases),
        line=line_of(here, row.id), below=_right_below(here, row.id),
        offered=[*_of_holder(here, subject), *offered(here, "unit", subject)],
        level=edition.levels[row.level].in_language(here.speaks) if row.level in edition.levels else row.level,
        organs=_organs(here, row),
        users=_acting(here, row.id), meetings=_meetings(here, row.id)[:LAST_MEETINGS] if subject.post else [],
        terms=sorted((one.valid_from for one in here.tree.terms.get(row.id, ())), reverse=True),
        sections=_sections(here), path="/register",
    )  # fmt: skip


def _of_holder(here: Visit, subject: Subject) -> list[View]:
    """The ways in which a case of a village's head may begin."""
    holder = subject.post["holder"] if subject.post else None
    forms = offered(here, "person", subject_of(here, "person", holder["id"])) if holder else []
    return [one for one in forms if one["name"] in ("open", "adopt")]


def _organs(here: Visit, unit: UnitRow) -> list[str]:
    organs, own = here.edition().organs, unit.organs.split(",")
    return [rule.label.in_language(here.speaks) for name, rule in organs.items() if name in own]


def _right_below(here: Visit, unit: str) -> list[View]:
    rows = unit_list(here.office, here.today, unit=unit)
    return [one for one in rows if one["depth"] == 1]


def _acting(here: Visit, unit: str) -> list[View]:
    """Who acts for a unit: told from the commune upward."""
    if not here.access.is_above_branches:
        return []
    return grant_views(here, [row for row in here.tree.grants_at(unit) if holds(row, here.today)])


# --- meetings ----------------------------------------------------------------------------------------------------


@router.get("/register/meetings")
def meetings_page(request: Request, asked: AskedFor) -> HTMLResponse:
    """Extended meetings, the newest first, and who came."""
    here = visit(request)
    unit = seen_unit(here, asked.unit) if asked.unit else None
    rows = _meetings(here, unit.id if unit else None)
    if key := search_key(asked.q):
        rows = [one for one in rows if matches(key, search_key(f"{one['person']['name']} {one['unit']['name']}"))]
    here.looked("meetings", asked.unit)
    own = [row for row in _tops(here) if row.level == here.access.bottom]
    return page("register_meetings.html", here, own=own, unit=unit, **_part(here, asked, "/register/meetings", rows))


def _meetings(here: Visit, unit: str | None) -> list[View]:
    found = meeting_list(here.office, here.today, unit=unit)
    return [one for one in found if here.access.sees(one["unit"]["id"])]


# --- people ------------------------------------------------------------------------------------------------------


@router.get("/register/people")
def people_page(request: Request, asked: AskedFor) -> HTMLResponse:
    """Find people; nobody is listed before something is looked for."""
    here = visit(request)
    found = people_seen(here, asked.q)
    if found:
        here.looked("people")
    new = offered(here, "", subject_of(here, "", ""))
    return page("register_people.html", here, offered=new, **_part(here, asked, "/register/people", found))


@router.get("/register/person/{person}")
def person_page(request: Request, person: str) -> HTMLResponse:
    """What is kept of somebody, and what can be done about it."""
    here = visit(request)
    subject = subject_of(here, "person", person)
    placed = subject.who
    here.looked("person", subject.id)
    spells = sorted(here.tree.memberships.get(subject.id, ()), key=lambda row: row.valid_from)
    return page(
        "register_person.html", here, subject=subject, person=placed.person, placed=placed, spells=spells,
        unit=here.tree.unit(placed.unit, here.today) if placed.unit else None,
        roles=grant_views(here, grants_of(here, placed.user)) if placed.user else [],
        cases=case_views(here, placed.cases), offered=offered(here, "person", subject),
        sections=_sections(here), path="/register/people",
    )  # fmt: skip


# --- users -------------------------------------------------------------------------------------------------------


@router.get("/register/users")
def users_page(request: Request, asked: AskedFor) -> HTMLResponse:
    """Users who act for units that the reader may see, with their roles."""
    here = visit(request)
    if not here.access.is_above_branches:
        raise Hidden
    unit = seen_unit(here, asked.unit) if asked.unit else None
    within = here.tree.below(unit.id, here.today) if unit else None
    rows = [one for one in user_list(here.office, here.today) if _is_meant(one, _places(here, one, within), asked.q)]
    here.looked("users", asked.unit)
    part = _part(here, asked, "/register/users", rows)
    part["rows"] = [
        {
            **one,
            "offered": offered(here, "user", subject_of(here, "user", one["id"])),
            "roles": [f"{role_label(here, held['role'])} – {held['unit']['name']}" for held in one["grants"]],
        }
        for one in part["rows"]
    ]
    return page("register_users.html", here, unit=unit, **part)


def _is_meant(user: View, places: Sequence[str], query: str) -> bool:
    """Whether a search finds a user who acts for some places that the reader may see."""
    key = search_key(query)
    said = search_key(" ".join([user["name"], user["id"], *places]))
    return bool(places) and (query.strip().lower() == user["id"] or matches(key, said))


def _places(here: Visit, user: View, within: set[str] | None) -> list[str]:
    """The names of the units for which a user acts, as far as the reader may see them."""
    units = [held["unit"] for held in user["grants"]]
    seen = [one for one in units if here.access.sees(one["id"]) and (within is None or one["id"] in within)]
    nowhere = not units and here.access.is_everywhere and within is None
    return [one["name"] for one in seen] or ([user["id"]] if nowhere else [])
