"""Pages list the register: places, people, meetings, users."""

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from workflow.board.case_list import PAGE_SIZE
from workflow.board.coverage import count_coverage
from workflow.board.snapshot.snapshot import open_snapshot
from workflow.core.text import matches_query, search_key
from workflow.register.acts import PERSON_FIELDS
from workflow.register.views.places import UnitView, list_units
from workflow.register.views.posts import MeetingView, PostWithPlanView, list_meetings, list_posts
from workflow.register.views.users import UserView, list_users
from workflow.storage import reads
from workflow.storage.register_snapshot import holds_on
from workflow.storage.tables.register import UnitRow
from workflow.web.context import Hidden, RequestContext, load_context
from workflow.web.pages.filters import FiltersParam, ListFilters, build_paging
from workflow.web.pages.register.form_page import OfferedForm, list_offered_forms
from workflow.web.pages.register.form_types import FormSubject, load_subject
from workflow.web.render import render_page
from workflow.web.visibility.cases import CaseInWords, describe_cases
from workflow.web.visibility.people import search_visible_people
from workflow.web.visibility.units import list_parent_units, require_unit
from workflow.web.visibility.users import HeldRoleView, describe_grants, list_grants, role_label

R = TypeVar("R")

LAST_MEETINGS = 12
CASE_ID = re.compile(r"K[0-9A-Z]{7}")

router = APIRouter(include_in_schema=False)


def _render_list(
    name: str,
    ctx: RequestContext,
    filters: ListFilters,
    path: str,
    rows: Sequence[R],
    complete: Callable[[Sequence[R]], Sequence[object]] = lambda rows: rows,
    **values: Any,
) -> HTMLResponse:
    """One part of a list; only its rows are made ``complete`` with what else is told of them."""
    shown = rows[filters.at :][:PAGE_SIZE]
    return render_page(
        name,
        ctx,
        asked=filters,
        rows=complete(shown),
        total=len(rows),
        path=path,
        sections=_list_sections(ctx),
        paged=build_paging(
            lambda at: filters.link_to(path, at=at),
            at=filters.at,
            shown=len(shown),
            total=len(rows),
            size=PAGE_SIZE,
        ),
        **values,
    )


def _list_sections(ctx: RequestContext) -> list[tuple[str, str]]:
    """The pages of the register that are for this reader."""
    sections = [("/register", "places"), ("/register/meetings", "meetings"), ("/register/people", "people")]
    if ctx.access.is_above_branches:
        sections.append(("/register/users", "users"))
    if ctx.access.is_everywhere:
        sections.append(("/register/import", "import"))
    return sections


# --- places -------------------------------------------------------------------------------------------------


@router.get("/register")
def register_page(request: Request, filters: FiltersParam) -> Response:
    """Communes with how many of their heads are members; or villages with their heads."""
    ctx = load_context(request)
    unit = require_unit(ctx, filters.unit) if filters.unit else None
    if unit is not None and unit.level == ctx.access.branch_level:
        return RedirectResponse(f"/register/unit/{unit.id}", 303)
    ctx.log_access("register", unit.id if unit else "")
    if not filters.q.strip():
        with open_snapshot(ctx.office, scope=ctx.access.scope) as snapshot:
            counts = count_coverage(snapshot, unit.id if unit else None)
        if len(counts.communes) > 1:
            return render_page(
                "register_communes.html",
                ctx,
                communes=counts.communes,
                total=counts.total.posts,
                tops=[] if unit else _own_units(ctx),
                unit=unit,
                flagged=_list_flagged(ctx),
                asked=filters,
                sections=_list_sections(ctx),
                path="/register",
            )
    key, posts = search_key(filters.q), _visible_posts(ctx, unit)
    rows = [post for post in posts if matches_query(key, _post_search_key(post))]
    communes = {post.commune.id for post in rows[filters.at :][:PAGE_SIZE] if post.commune}
    tops = [] if unit or ctx.access.is_everywhere else _own_units(ctx)
    return _render_list(
        "register.html",
        ctx,
        filters,
        "/register",
        rows,
        lambda shown: _add_open_cases(ctx, shown),
        unit=unit,
        flagged=_list_flagged(ctx),
        tops=tops,
        placed=len(communes) > 1,
    )


def _list_flagged(ctx: RequestContext) -> list[str]:
    """The cases that got flags by what was just set right, as the way here names them."""
    return [case for case in ctx.request.query_params.getlist("flagged") if CASE_ID.fullmatch(case)]


def _own_units(ctx: RequestContext) -> list[UnitRow]:
    return [
        row
        for unit_id in sorted(ctx.access.roles_by_unit)
        if (row := ctx.register.find_unit(unit_id, ctx.today))
    ]


def _visible_posts(ctx: RequestContext, unit: UnitRow | None) -> list[PostWithPlanView]:
    roots = [unit.id] if unit else [None] if ctx.access.is_everywhere else sorted(ctx.access.roles_by_unit)
    by_id = {post.id: post for root in roots for post in list_posts(ctx.office, ctx.today, unit=root)}
    return list(by_id.values())


def _post_search_key(post: PostWithPlanView) -> str:
    return search_key(" ".join(part.name if part else "" for part in (post.unit, post.commune, post.holder)))


class PostListRow(NamedTuple):
    """A post in the list, with the open case of who holds it."""

    post: PostWithPlanView
    case: CaseInWords | None


def _add_open_cases(ctx: RequestContext, posts: Sequence[PostWithPlanView]) -> list[PostListRow]:
    with ctx.office.database.read_transaction() as connection:
        rows = reads.load_cases(connection, units=[post.unit.id for post in posts])
    open_ = {
        case.person: case for case in describe_cases(ctx, [row for row in rows if row.closed_on is None])
    }
    return [PostListRow(post, open_.get(post.holder.id) if post.holder else None) for post in posts]


@router.get("/register/unit/{unit:path}")
def unit_page(request: Request, unit: str) -> HTMLResponse:
    """One unit: its head or what is below it, who acts here, its meetings."""
    ctx = load_context(request)
    subject = load_subject(ctx, "unit", unit)
    row = subject.subject_unit
    ctx.log_access("register", row.id)
    edition = ctx.edition()
    with ctx.office.database.read_transaction() as connection:
        cases = [case for case in reads.load_cases(connection, units=[row.id]) if case.closed_on is None]
    return render_page(
        "register_unit.html",
        ctx,
        subject=subject,
        unit=row,
        post=subject.post,
        cases=describe_cases(ctx, cases),
        line=list_parent_units(ctx, row.id),
        below=_units_right_below(ctx, row.id),
        offered=[*_holder_case_forms(ctx, subject), *list_offered_forms(ctx, "unit", subject)],
        level=edition.levels[row.level].in_language(ctx.speaks) if row.level in edition.levels else row.level,
        organs=_organ_labels(ctx, row),
        users=_acting_users(ctx, row.id),
        meetings=_visible_meetings(ctx, row.id)[:LAST_MEETINGS] if subject.post else [],
        terms=sorted((term.valid_from for term in ctx.register.terms.get(row.id, ())), reverse=True),
        sections=_list_sections(ctx),
        path="/register",
    )


def _holder_case_forms(ctx: RequestContext, subject: FormSubject) -> list[OfferedForm]:
    """The ways in which a case of a village's head may begin."""
    holder = subject.post.holder if subject.post else None
    forms = list_offered_forms(ctx, "person", load_subject(ctx, "person", holder.id)) if holder else []
    return [form for form in forms if form.name in ("open", "adopt")]


def _organ_labels(ctx: RequestContext, unit: UnitRow) -> list[str]:
    organs, own = ctx.edition().organs, unit.organs.split(",")
    return [rule.label.in_language(ctx.speaks) for name, rule in organs.items() if name in own]


def _units_right_below(ctx: RequestContext, unit: str) -> list[UnitView]:
    rows = list_units(ctx.office, ctx.today, unit=unit)
    return [row for row in rows if row.depth == 1]


def _acting_users(ctx: RequestContext, unit: str) -> list[HeldRoleView]:
    """Who acts for a unit: told from the commune upward."""
    if not ctx.access.is_above_branches:
        return []
    return describe_grants(ctx, [row for row in ctx.register.grants_at(unit) if holds_on(row, ctx.today)])


# --- meetings -----------------------------------------------------------------------------------------------


@router.get("/register/meetings")
def meetings_page(request: Request, filters: FiltersParam) -> HTMLResponse:
    """Extended meetings, the newest first, and who came."""
    ctx = load_context(request)
    unit = require_unit(ctx, filters.unit) if filters.unit else None
    rows = _visible_meetings(ctx, unit.id if unit else None)
    if key := search_key(filters.q):
        rows = [
            meeting
            for meeting in rows
            if matches_query(key, search_key(f"{meeting.person.name} {meeting.unit.name}"))
        ]
    ctx.log_access("meetings", filters.unit)
    own = [row for row in _own_units(ctx) if row.level == ctx.access.branch_level]
    return _render_list(
        "register_meetings.html", ctx, filters, "/register/meetings", rows, own=own, unit=unit
    )


def _visible_meetings(ctx: RequestContext, unit: str | None) -> list[MeetingView]:
    meetings = list_meetings(ctx.office, ctx.today, unit=unit)
    return [meeting for meeting in meetings if ctx.access.can_see(meeting.unit.id)]


# --- people -------------------------------------------------------------------------------------------------


@router.get("/register/people")
def people_page(request: Request, filters: FiltersParam) -> HTMLResponse:
    """Find people; nobody is listed before something is looked for."""
    ctx = load_context(request)
    people = search_visible_people(ctx, filters.q) if search_key(filters.q) else []
    if people:
        ctx.log_access("people")
    new = list_offered_forms(ctx, "", load_subject(ctx, "", ""))
    return _render_list("register_people.html", ctx, filters, "/register/people", people, offered=new)


@router.get("/register/person/{person}")
def person_page(request: Request, person: str) -> HTMLResponse:
    """What is kept of somebody, and what can be done about it."""
    ctx = load_context(request)
    subject = load_subject(ctx, "person", person)
    placed_person = subject.subject_person
    ctx.log_access("person", subject.id)
    spells = sorted(ctx.register.memberships.get(subject.id, ()), key=lambda row: row.valid_from)
    return render_page(
        "register_person.html",
        ctx,
        subject=subject,
        person=placed_person.person,
        placed=placed_person,
        spells=spells,
        fields=[field for field in PERSON_FIELDS if field.name != "name"],
        unit=ctx.register.find_unit(placed_person.unit, ctx.today) if placed_person.unit else None,
        roles=describe_grants(ctx, list_grants(ctx, placed_person.user)) if placed_person.user else [],
        cases=describe_cases(ctx, placed_person.cases),
        flagged=_list_flagged(ctx),
        offered=list_offered_forms(ctx, "person", subject),
        sections=_list_sections(ctx),
        path="/register/people",
    )


# --- users --------------------------------------------------------------------------------------------------


@router.get("/register/users")
def users_page(request: Request, filters: FiltersParam) -> HTMLResponse:
    """Users who act for units that the reader may see, with their roles."""
    ctx = load_context(request)
    if not ctx.access.is_above_branches:
        raise Hidden
    unit = require_unit(ctx, filters.unit) if filters.unit else None
    within = ctx.register.units_below(unit.id, ctx.today) if unit else None
    rows = [
        user
        for user in list_users(ctx.office, ctx.today)
        if _matches_user(user, _visible_places(ctx, user, within), filters.q)
    ]
    ctx.log_access("users", filters.unit)
    return _render_list(
        "register_users.html",
        ctx,
        filters,
        "/register/users",
        rows,
        lambda shown: [_build_user_row(ctx, user) for user in shown],
        unit=unit,
    )


class UserListRow(NamedTuple):
    """A user in the list, with the roles in words, and the forms that are for this reader."""

    user: UserView
    roles: list[str]
    offered: list[OfferedForm]


def _build_user_row(ctx: RequestContext, user: UserView) -> UserListRow:
    return UserListRow(
        user,
        roles=[f"{role_label(ctx, grant.role)} – {grant.unit.name}" for grant in user.grants],
        offered=list_offered_forms(ctx, "user", load_subject(ctx, "user", user.id)),
    )


def _matches_user(user: UserView, places: Sequence[str], query: str) -> bool:
    """Whether a search finds a user who acts for some places that the reader may see."""
    key = search_key(query)
    user_key = search_key(" ".join([user.name, user.id, *places]))
    return bool(places) and (query.strip().lower() == user.id or matches_query(key, user_key))


def _visible_places(ctx: RequestContext, user: UserView, within: set[str] | None) -> list[str]:
    """The names of the units for which a user acts, as far as the reader may see them."""
    units = [grant.unit for grant in user.grants]
    seen = [unit for unit in units if ctx.access.can_see(unit.id) and (within is None or unit.id in within)]
    nowhere = not units and ctx.access.is_everywhere and within is None
    return [unit.name for unit in seen] or ([user.id] if nowhere else [])
