"""Accounts of those below are listed and looked after."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from workflow.accounts.api_tokens import list_tokens
from workflow.accounts.cleanup import Account, list_accounts
from workflow.accounts.one_time_links import LINK_HOURS, LINK_PATH, Purpose, create_link, draw_link_qr
from workflow.accounts.sessions import list_sessions
from workflow.core.text import matches_query, search_key
from workflow.web.context import Hidden, RequestContext, check_csrf, load_context
from workflow.web.form_data import FormBody, SentForm
from workflow.web.idempotency import submit_once
from workflow.web.pages.account.sessions import end_user_access
from workflow.web.pages.account.show_once import store_secret, take_secret
from workflow.web.pages.filters import (
    FARTHEST,
    QueryText,
    build_paging,
    build_url,
    list_unit_choices,
    require_above_branches,
)
from workflow.web.render import render_page
from workflow.web.visibility.subordinates import (
    UserInWords,
    describe_users,
    list_visible_users,
    may_manage_account,
    oversees_user,
)

PER_PAGE = 50

AccountState = Literal["", "none", "given", "own"]
ACCOUNT_STATES: tuple[AccountState, ...] = ("", "none", "given", "own")
OffsetParam = Annotated[int, Query(ge=0, le=FARTHEST)]

router = APIRouter(include_in_schema=False)


@router.get("/admin")
def admin_page(
    request: Request,
    q: QueryText = "",
    unit: QueryText = "",
    standing: AccountState = "",
    at: OffsetParam = 0,
) -> HTMLResponse:
    ctx = load_context(request)
    require_above_branches(ctx)
    if unit and not ctx.access.can_see(unit):
        raise Hidden
    ctx.log_access("accounts", unit)
    every = _list_accounts(ctx, unit)
    selection = _filter_accounts(ctx, every, q, standing)
    rows = selection[at:][:PER_PAGE]
    people = describe_users(ctx, [account.user for account in rows])
    query = {"q": q, "unit": unit, "standing": standing}
    counts = {name: sum(name in ("", account.password) for account in every) for name in ACCOUNT_STATES}
    return render_page(
        "admin.html",
        ctx,
        rows=[_build_account_row(ctx, account, people[account.user]) for account in rows],
        total=len(selection),
        asked={"q": q, "unit": unit, "standing": standing},
        tabs=[
            {
                "name": name or "all",
                "path": build_url("/admin", unit=unit, standing=name),
                "count": counts[name],
                "chosen": name == standing,
            }
            for name in ACCOUNT_STATES
        ],
        units=list_unit_choices(ctx, unit),
        zone=ctx.office.config.zone,
        paged=build_paging(
            lambda at: build_url("/admin", at=at, **query),
            at=at,
            shown=len(rows),
            total=len(selection),
            size=PER_PAGE,
        ),
    )


def _list_accounts(ctx: RequestContext, unit: str) -> list[Account]:
    """Those below who act, in the order of their places; of one unit and all below it."""
    below = frozenset(user for user in list_visible_users(ctx) if may_manage_account(ctx, user))
    if unit:
        units = ctx.register.units_below(unit, ctx.today)
        below &= {row.user_id for unit_id in units for row in ctx.register.grants_at(unit_id)}
    by_user = {account.user: account for account in list_accounts(ctx.office) if account.user in below}
    return [by_user[user] for user in describe_users(ctx, by_user)]


def _filter_accounts(
    ctx: RequestContext, every: Sequence[Account], q: str, account_state: AccountState
) -> list[Account]:
    rows = [account for account in every if not account_state or account.password == account_state]
    wanted = search_key(q)
    if not wanted:
        return rows
    people = describe_users(ctx, [account.user for account in rows])
    return [
        account for account in rows if matches_query(wanted, search_key(_search_text(people[account.user])))
    ]


def _search_text(person: UserInWords) -> str:
    role_text = " ".join(f"{role.label} {role.unit}" for role in person.roles)
    return f"{person.user.replace('.', ' ').replace('-', ' ')} {person.user} {person.name} {role_text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """An account in the list, with whose it is."""

    account: Account
    person: UserInWords
    standing: AccountState
    sessions: int
    tokens: int


def _build_account_row(ctx: RequestContext, account: Account, person: UserInWords) -> AccountRow:
    sessions, tokens = (len(of(ctx.office, account.user)) for of in (list_sessions, list_tokens))
    return AccountRow(
        account=account, person=person, standing=account.password, sessions=sessions, tokens=tokens
    )


# --- one of them ------------------------------------------------------------------------------------------


def _require_subordinate(ctx: RequestContext, user: str) -> None:
    """Raises `Hidden` for somebody who is not below."""
    require_above_branches(ctx)
    if not may_manage_account(ctx, user):
        raise Hidden


@router.get("/admin/user/{user}")
def user_page(request: Request, user: str) -> HTMLResponse:
    """One user: account, roles, sessions, tokens; a link that was just made, once."""
    ctx = load_context(request)
    _require_subordinate(ctx, user)
    ctx.log_access("account", user)
    account = next((row for row in list_accounts(ctx.office) if row.user == user), None)
    secret = take_secret(ctx, request.url.path)
    return render_page(
        "admin_user.html",
        ctx,
        user=user,
        person=describe_users(ctx, [user]).get(user),
        account=account,
        standing=account.password if account else "over",
        sessions=list_sessions(ctx.office, user),
        tokens=list_tokens(ctx.office, user),
        zone=ctx.office.config.zone,
        is_self=user == ctx.user,
        hours=LINK_HOURS,
        link=_link_url(ctx, secret) if secret else None,
        drawn=draw_link_qr,
        letters=build_url("/letters", show="sent", user=user),
        looks=build_url("/admin/looks", user=user),
    )


def _link_url(ctx: RequestContext, secret: str) -> str:
    """Where a one-time link leads.

    To the office's own address, else to the one under which it was asked for.
    """
    base = ctx.office.config.mail.link or str(ctx.request.base_url)
    return base.rstrip("/") + LINK_PATH.format(secret=secret)


@router.post("/admin/user/{user}")
def change_user_account(request: Request, user: str, form: FormBody) -> Response:
    """Make a one-time link for somebody, or end sessions and tokens of theirs."""
    ctx = load_context(request)
    _require_subordinate(ctx, user)
    check_csrf(ctx, form.values)
    path = f"/admin/user/{user}"
    with submit_once(ctx, form, path) as submission:
        if submission.earlier_location:
            return RedirectResponse(submission.earlier_location, 303)
        submission.location = f"{path}?{_apply_change(ctx, user, form, path)}"
    return RedirectResponse(submission.location, 303)


def _apply_change(ctx: RequestContext, user: str, form: SentForm, path: str) -> str:
    """Make the change; returns the message to show. Raises `Hidden` for a user that is not below."""
    do, of = form.get_text("do"), form.get_text("of")
    if do == "link" and user != ctx.user and oversees_user(ctx, user):
        account = next((row for row in list_accounts(ctx.office) if row.user == user), None)
        purpose: Purpose = "forgotten" if account and account.since else "first"
        store_secret(ctx, path, create_link(ctx.office, user, ctx.user, purpose))
        ctx.log_access("link", user)
        return "said=link_made"
    return end_user_access(ctx, user, do, of)
