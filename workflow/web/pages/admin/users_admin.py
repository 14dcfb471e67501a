"""Administration: who of those below has an account, one-time links, sessions, tokens, who looked at what."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from workflow import accounts
from workflow.accounts import Account
from workflow.core.text import matches, search_key
from workflow.web.context import Hidden, Visit, own_form, visit
from workflow.web.filters import FARTHEST, Word, above_branches, unit_choices
from workflow.web.form_data import Form, Sent
from workflow.web.idempotency import sent_once
from workflow.web.pages.account.sessions import end_of
from workflow.web.pages.account.show_once import keep_secret, take_secret
from workflow.web.render import page
from workflow.web.visibility.subordinates import address, is_kept, oversees, parted, theirs, who_are

View = dict[str, Any]

PER_PAGE = 50

Standing = Literal["", "none", "given", "own"]
STANDINGS: tuple[Standing, ...] = ("", "none", "given", "own")
At = Annotated[int, Query(ge=0, le=FARTHEST)]

router = APIRouter(include_in_schema=False)


@router.get("/admin")
def admin_page(request: Request, q: Word = "", unit: Word = "", standing: Standing = "", at: At = 0) -> HTMLResponse:
    """The accounts of those below."""
    here = visit(request)
    above_branches(here)
    if unit and not here.access.sees(unit):
        raise Hidden
    here.looked("accounts", unit)
    every = _accounts(here, unit)
    found = _found(here, every, q, standing)
    rows = found[at:][:PER_PAGE]
    people = who_are(here, [one.user for one in rows])
    asked = {"q": q, "unit": unit, "standing": standing}
    counts = {name: sum(name in ("", _standing(one)) for one in every) for name in STANDINGS}
    return page(
        "admin.html", here, rows=[_row(here, one, people[one.user]) for one in rows], total=len(found), asked=asked,
        tabs=[{"name": name or "all", "path": address("/admin", unit=unit, standing=name), "count": counts[name],
               "chosen": name == standing} for name in STANDINGS],
        units=unit_choices(here, unit), zone=here.office.config.zone,
        paged=parted("/admin", at, len(rows), len(found), PER_PAGE, **asked),
    )  # fmt: skip


def _accounts(here: Visit, unit: str) -> list[Account]:
    """Those below who act, in the order of their places; of one unit and all below it."""
    below = frozenset(user for user in theirs(here) if is_kept(here, user))
    if unit:
        units = here.tree.below(unit, here.today)
        below &= {row.user_id for one in units for row in here.tree.grants_at(one)}
    held = {one.user: one for one in accounts.account_list(here.office) if one.user in below}
    return [held[user] for user in who_are(here, held)]


def _standing(account: Account) -> Standing:
    return "none" if account.changed_at is None else "given" if account.must_change else "own"


def _found(here: Visit, every: Sequence[Account], q: str, standing: Standing) -> list[Account]:
    rows = [one for one in every if not standing or _standing(one) == standing]
    wanted = search_key(q)
    if not wanted:
        return rows
    people = who_are(here, [one.user for one in rows])
    return [one for one in rows if matches(wanted, search_key(_words(people[one.user])))]


def _words(person: View) -> str:
    """By what somebody is found: user, name, role, place."""
    held = " ".join(f"{one['label']} {one['unit']}" for one in person["roles"])
    return f"{person['user'].replace('.', ' ').replace('-', ' ')} {person['user']} {person['name']} {held}"


def _row(here: Visit, one: Account, person: View) -> View:
    sessions, tokens = (len(of(here.office, one.user)) for of in (accounts.sessions, accounts.tokens))
    return {"account": one, "standing": _standing(one), "sessions": sessions, "tokens": tokens} | person


# --- one of them -------------------------------------------------------------------------------------------------


def _below(here: Visit, user: str) -> None:
    """Raises `Hidden` for somebody who is not below."""
    above_branches(here)
    if not is_kept(here, user):
        raise Hidden


@router.get("/admin/user/{user}")
def user_page(request: Request, user: str) -> HTMLResponse:
    """One user: account, roles, sessions, tokens; a link that was just made, once."""
    here = visit(request)
    _below(here, user)
    here.looked("account", user)
    held = next((one for one in accounts.account_list(here.office) if one.user == user), None)
    secret = take_secret(here, request.url.path)
    return page(
        "admin_user.html", here, user=user, person=who_are(here, [user]).get(user), account=held,
        standing=_standing(held) if held else "over", sessions=accounts.sessions(here.office, user),
        tokens=accounts.tokens(here.office, user), zone=here.office.config.zone, is_self=user == here.user,
        hours=accounts.LINK_HOURS, link=_address(here, secret) if secret else None, drawn=accounts.link_qr,
        letters=address("/letters", show="sent", user=user), looks=address("/admin/looks", user=user),
    )  # fmt: skip


def _address(here: Visit, secret: str) -> str:
    """Where a one-time link leads: to the office's own address, else to the one under which it was asked for."""
    base = here.office.config.mail.link or str(here.request.base_url)
    return base.rstrip("/") + accounts.LINK_PATH.format(secret=secret)


@router.post("/admin/user/{user}")
def mend(request: Request, user: str, form: Sent) -> Response:
    """Make a one-time link for somebody, or end sessions and tokens of theirs."""
    here = visit(request)
    _below(here, user)
    own_form(here, form.values)
    path = f"/admin/user/{user}"
    with sent_once(here, form, path) as first:
        if first.answer:
            return RedirectResponse(first.answer, 303)
        first.done = f"{path}?{_mended(here, user, form, path)}"
    return RedirectResponse(first.done, 303)


def _mended(here: Visit, user: str, form: Form, path: str) -> str:
    """What is said of it then. Raises `Hidden` for what is none of this user's."""
    do, of = form.text("do"), form.text("of")
    if do == "link" and user != here.user and oversees(here, user):
        held = next((one for one in accounts.account_list(here.office) if one.user == user), None)
        purpose: accounts.Purpose = "forgotten" if held and held.changed_at else "first"
        keep_secret(here, path, accounts.make_link(here.office, user, here.user, purpose))
        here.looked("link", user)
        return "said=link_made"
    return end_of(here, user, do, of)
