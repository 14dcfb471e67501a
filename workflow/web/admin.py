"""Administration: who has an account and who is signed in, one-time links, who looked at what, tokens, health."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from workflow import accounts
from workflow.register import user_list
from workflow.register.opened import PIPELINE
from workflow.store.backup import back_up
from workflow.store.schema import VERSION
from workflow.verifying import verify
from workflow.web.forms import Sent
from workflow.web.pages import page
from workflow.web.visit import Hidden, Visit, own_form, visit

View = dict[str, Any]

LOOKS = 100

router = APIRouter(include_in_schema=False)


def _visit(request: Request) -> Visit:
    here = visit(request)
    if not here.access.is_above_branches:
        raise Hidden
    return here


def _is_below(here: Visit, user: str) -> bool:
    return here.access.is_everywhere or here.access.is_over(user)


@router.get("/admin")
def admin(request: Request) -> HTMLResponse:
    """Users below with their accounts, sessions, and what there is to look after."""
    here = _visit(request)
    roles = here.edition(PIPELINE).roles
    held = {one.user: one for one in accounts.account_list(here.office)}
    users = [
        {**one, "account": held.get(one["id"]), "roles": [_role(here, roles, grant) for grant in one["grants"]]}
        for one in user_list(here.office)
        if _is_below(here, one["id"])
    ]
    sessions = [one for one in accounts.sessions(here.office) if _is_below(here, one.user)]
    return page(
        "admin.html", here, users=users, sessions=sessions, zone=here.office.config.zone, version=VERSION,
        tokens=[one for one in accounts.tokens(here.office) if _is_below(here, one.user)], proof=None, backup=None,
    )  # fmt: skip


def _role(here: Visit, roles: Any, grant: View) -> str:
    role = roles.get(grant["role"])
    return f"{role.label.in_language(here.speaks) if role else grant['role']} – {grant['unit']['name']}"


@router.post("/admin/link/{user}")
def link(request: Request, user: str, form: Sent) -> HTMLResponse:
    """A one-time link for somebody below; it is shown once."""
    here = _visit(request)
    own_form(here, form.values)
    if not _is_below(here, user) or user not in here.tree.users:
        raise Hidden
    known = {one.user: one for one in accounts.account_list(here.office)}
    first = user not in known or known[user].changed_at is None
    secret = accounts.make_link(here.office, user, here.user, "first" if first else "forgotten")
    base = (here.office.config.mail.link or str(request.base_url)).rstrip("/")
    address = base + accounts.LINK_PATH.format(secret=secret)
    here.looked("link", user)
    return page("admin_link.html", here, user=user, address=address, drawing=accounts.link_qr(address))


@router.post("/admin/sessions/{session}/end")
def end_session(request: Request, session: str, form: Sent) -> Response:
    """End somebody's session at once, as when a phone is lost."""
    here = visit(request)
    own_form(here, form.values)
    found = next((one for one in accounts.sessions(here.office) if one.id == session), None)
    if found is None or not (found.user == here.user or _may_end(here, found.user)):
        raise Hidden
    accounts.end_session(here.office, session)
    return RedirectResponse(f"{_back(form.text('back'))}?said=session_ended", 303)


def _may_end(here: Visit, user: str) -> bool:
    return here.access.is_above_branches and _is_below(here, user)


def _back(page_: str) -> str:
    return page_ if page_ in ("/me", "/admin") else "/admin"


@router.get("/admin/looks")
def looks(request: Request, user: str = "", case: str = "", at: int = 0) -> HTMLResponse:
    """Who looked at what, the newest first."""
    here = _visit(request)
    scope = None if here.access.is_everywhere else here.access.scope
    at = max(0, min(at, 10_000_000))
    found = accounts.look_list(
        here.office,
        subject=case.strip().upper() or None,
        user=user.strip() or None,
        units=scope,
        limit=LOOKS,
        offset=at,
    )
    return page(
        "admin_looks.html", here, looks=found.rows, total=found.total, user=user, case=case, at=at, per_page=LOOKS,
        zone=here.office.config.zone,
    )  # fmt: skip


@router.post("/admin/verify")
def verified(request: Request, form: Sent) -> HTMLResponse:
    """Prove the history: chain, seal, and that the events alone give what is stored."""
    here = _everywhere(request, form)
    return page("admin_done.html", here, proof=verify(here.office), backup=None)


@router.post("/admin/backup")
def backup(request: Request, form: Sent) -> HTMLResponse:
    """Back up now, beside the config; the key is kept apart by hand."""
    here = _everywhere(request, form)
    now = datetime.now(ZoneInfo(here.office.config.zone))
    return page(
        "admin_done.html", here, proof=None, backup=back_up(here.office.database, here.office.config.folder, now)
    )


def _everywhere(request: Request, form: Sent) -> Visit:
    here = visit(request)
    own_form(here, form.values)
    if not here.access.is_everywhere:
        raise Hidden
    return here
