"""`ketnap account` makes links and tokens, lists accounts and looks."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from workflow.cli.commands.units import show_outcome
from workflow.cli.context import CommandContext
from workflow.cli.output import Block, Cell, FactList, Heading, Page, TextLine, TextTable
from workflow.cli.parsing.arguments import UnknownName, resolve_case, resolve_user
from workflow.cli.parsing.parser import Command, Param

if TYPE_CHECKING:
    from workflow.accounts.access_log import AccessPage
    from workflow.accounts.api_tokens import ApiToken
    from workflow.accounts.cleanup import Account
    from workflow.office import Office

MOST_SHOWN = 50
TimeFormatter = Callable[[datetime | None], str]


def run_account_link(ctx: CommandContext, *, user: str) -> None:
    from workflow.accounts.cleanup import list_accounts
    from workflow.accounts.one_time_links import LINK_HOURS, LINK_PATH, create_link
    from workflow.cli.context import system_account

    with ctx.open_office() as office:
        name = resolve_user(office, user)
        had = any(row.user == name and row.since for row in list_accounts(office))
        secret = create_link(office, name, system_account(), "forgotten" if had else "first")
        path = LINK_PATH.format(secret=secret)
        view = {"user": name, "path": path, "secret": secret, "hours": LINK_HOURS}
        page = [
            TextLine(ctx.say("account.link_made", user=name), "good"),
            TextLine(path, "strong", 1),
            TextLine(ctx.say("account.link_how", hours=LINK_HOURS), "dim"),
        ]
        ctx.show_view(view, lambda: page)


def run_account_list(ctx: CommandContext) -> None:
    from workflow.accounts.api_tokens import list_tokens
    from workflow.accounts.cleanup import list_accounts

    with ctx.open_office() as office:
        accounts, api_tokens = list_accounts(office), list_tokens(office)
        ctx.show_view(
            {"accounts": accounts, "tokens": api_tokens},
            lambda: _accounts_page(ctx, _time_formatter(office), accounts, api_tokens),
        )


def _accounts_page(
    ctx: CommandContext,
    format_time: TimeFormatter,
    accounts: "Sequence[Account]",
    api_tokens: "Sequence[ApiToken]",
) -> Page:
    def heads(*names: str) -> list[str]:
        return [ctx.say(f"account.head.{name}") for name in names]

    people: list[list[Cell]] = [
        [
            row.user,
            ctx.say(f"account.password.{row.password}"),
            format_time(row.since),
            format_time(row.seen),
        ]
        for row in accounts
    ]
    machines: list[list[Cell]] = [
        [row.token, row.user, row.name, format_time(row.since), format_time(row.seen)] for row in api_tokens
    ]
    page: list[Block] = [Heading(ctx.say("account.title", count=len(people)))]
    page.append(TextTable(heads("user", "password", "since", "seen"), people))
    if machines:
        page.append(Heading(ctx.say("account.tokens", count=len(machines))))
        page.append(TextTable(heads("token", "user", "name", "since", "seen"), machines))
    return page


def _time_formatter(office: "Office") -> TimeFormatter:
    """What says an instant as the office's clocks show it."""
    zone = ZoneInfo(office.config.zone)
    return lambda at: f"{at.astimezone(zone):%d/%m/%Y %H:%M}" if at else ""


def run_account_end_sessions(ctx: CommandContext, *, user: str) -> None:
    """End all sessions of a user, even one who has ended in the register."""
    from workflow.accounts.sessions import end_sessions

    with ctx.open_office() as office:
        name = resolve_user(office, user)
        ended = end_sessions(office, name)
        show_outcome(ctx, "account.ended", {"user": name, "sessions": ended})


def run_account_looks(ctx: CommandContext, *, case: str | None, user: str | None) -> None:
    """Tell who looked at what: at one case and its candidate, or one user's looks."""
    from workflow.accounts.access_log import list_accesses

    with ctx.open_office() as office:
        subjects = _case_subjects(office, case) if case else None
        name = resolve_user(office, user) if user else None
        look_page = list_accesses(office, subject=subjects, user=name, limit=MOST_SHOWN)
        ctx.show_view(look_page, lambda: _looks_page(ctx, office, look_page))


def _case_subjects(office: "Office", typed: str) -> list[str]:
    """A case and its candidate. Raises `UnknownName`."""
    from workflow.storage import reads

    id_, _ = resolve_case(office, typed)
    with office.database.read_transaction() as connection:
        row = reads.load_case(connection, id_)
    return [id_, row.person_id] if row else [id_]


def _looks_page(ctx: CommandContext, office: "Office", look_page: "AccessPage") -> Page:
    from workflow.presentation.office_text import describe_access

    say, format_time = ctx.say, _time_formatter(office)
    heads = [say(f"account.head.{name}") for name in ("at", "user", "what", "subject")]
    rows: list[list[Cell]] = [
        [format_time(look.at), look.user, describe_access(ctx, look.what), look.subject]
        for look in look_page.looks
    ]
    if not rows:
        return [TextLine(say("account.no_looks"))]
    page: list[Block] = [Heading(say("account.looks", count=look_page.total)), TextTable(heads, rows)]
    if look_page.total > len(rows):
        page.append(TextLine(say("account.more_looks", count=look_page.total - len(rows)), "dim"))
    return page


def run_account_token(ctx: CommandContext, *, user: str, name: str) -> None:
    from workflow.accounts.api_tokens import create_token

    with ctx.open_office() as office:
        id_ = resolve_user(office, user)
        made = create_token(office, id_, name)
        view = {"user": id_, "name": name, "token": made}
        page: Page = [
            TextLine(ctx.say("account.token_made", user=id_), "good"),
            FactList([(ctx.say("account.head.token"), made)]),
            TextLine(ctx.say("account.token_how"), "dim"),
        ]
        ctx.show_view(view, lambda: page)


def run_account_token_end(ctx: CommandContext, *, token: str) -> None:
    from workflow.accounts.api_tokens import end_token

    with ctx.open_office() as office:
        id_ = token.strip().upper()
        if not end_token(office, id_):
            raise UnknownName("token", token)
        show_outcome(ctx, "account.token_ended", {"token": id_})


USER = Param("user", required=True)
COMMANDS = (
    Command("account list", run_account_list, (), "office"),
    Command("account link", run_account_link, (USER,), "office"),
    Command("account end-sessions", run_account_end_sessions, (USER,), "office"),
    Command("account looks", run_account_looks, (Param("--case"), Param("--user")), "office"),
    Command("account token", run_account_token, (USER, Param("--name", required=True)), "office"),
    Command("account token-end", run_account_token_end, (Param("token", required=True),), "office"),
)
