"""Accounts at the door of whoever sets the program up: first links, who is signed in, tokens, who looked at what."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from workflow.cli.commands.units import done
from workflow.cli.context import Desk
from workflow.cli.output.tables import Block, Cell, Facts, Heading, Line, Page, Table
from workflow.cli.parsing.arguments import case_of, user_of
from workflow.cli.parsing.parser import Command, Param
from workflow.cli.problems import Unknown
from workflow.core.messages import knows

if TYPE_CHECKING:
    from workflow.accounts import Account, Look, LookPage, Token
    from workflow.office import Office

MOST_SHOWN = 50
Here = Callable[[datetime | None], str]


def link(desk: Desk, *, user: str) -> None:
    """Make a one-time link for a user."""
    from workflow.accounts import LINK_HOURS, LINK_PATH, account_list, make_link
    from workflow.cli.context import account

    with desk.opened() as office:
        name = user_of(office, user)
        had = any(one.user == name and one.changed_at for one in account_list(office))
        secret = make_link(office, name, account(), "forgotten" if had else "first")
        path = LINK_PATH.format(secret=secret)
        view = {"user": name, "path": path, "secret": secret, "hours": LINK_HOURS}
        page = [
            Line(desk.say("account.link_made", user=name), "good"),
            Line(path, "strong", 1),
            Line(desk.say("account.link_how", hours=LINK_HOURS), "dim"),
        ]
        desk.show(view, lambda: page)


def list_(desk: Desk) -> None:
    """List who has an account, and the tokens."""
    from workflow.accounts import account_list, tokens

    with desk.opened() as office:
        found, held = account_list(office), tokens(office)
        people = [
            {"user": one.user, "password": _state(one), "since": _iso(one.changed_at), "seen": _iso(one.seen_at)}
            for one in found
        ]
        machines = [
            {"token": one.id, "user": one.user, "name": one.name, "since": _iso(one.made_at), "seen": _iso(one.seen_at)}
            for one in held
        ]
        desk.show({"accounts": people, "tokens": machines}, lambda: _accounts_page(desk, _here(office), found, held))


def _accounts_page(desk: Desk, here: Here, found: "Sequence[Account]", held: "Sequence[Token]") -> Page:
    def heads(*names: str) -> list[str]:
        return [desk.say(f"account.head.{name}") for name in names]

    people: list[list[Cell]] = [
        [one.user, desk.say(f"account.password.{_state(one)}"), here(one.changed_at), here(one.seen_at)]
        for one in found
    ]
    machines: list[list[Cell]] = [[one.id, one.user, one.name, here(one.made_at), here(one.seen_at)] for one in held]
    page: list[Block] = [Heading(desk.say("account.title", count=len(people)))]
    page.append(Table(heads("user", "password", "since", "seen"), people))
    if machines:
        page.append(Heading(desk.say("account.tokens", count=len(machines))))
        page.append(Table(heads("token", "user", "name", "since", "seen"), machines))
    return page


def _state(one: "Account") -> str:
    return "none" if one.changed_at is None else "given" if one.must_change else "own"


def _here(office: "Office") -> Here:
    """What says an instant as the office's clocks show it."""
    zone = ZoneInfo(office.config.zone)
    return lambda at: f"{at.astimezone(zone):%d/%m/%Y %H:%M}" if at else ""


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def end(desk: Desk, *, user: str) -> None:
    """End all sessions of a user, who may have been ended in the register."""
    from workflow.accounts import end_sessions

    with desk.opened() as office:
        name = user_of(office, user)
        ended = end_sessions(office, name)
        done(desk, "account.ended", {"user": name, "sessions": ended})


def looks(desk: Desk, *, case: str | None, user: str | None) -> None:
    """Tell who looked at what: at one case and its candidate, or one user's looks."""
    from workflow.accounts import look_list

    with desk.opened() as office:
        subjects = _subjects(office, case) if case else None
        name = user_of(office, user) if user else None
        found = look_list(office, subject=subjects, user=name, limit=MOST_SHOWN)
        rows = [{"at": _iso(one.at), "user": one.user, "what": one.what, "subject": one.subject} for one in found.rows]
        desk.show({"looks": rows, "total": found.total}, lambda: _looks_page(desk, office, found))


def _subjects(office: "Office", typed: str) -> list[str]:
    """A case and its candidate. Raises `Unknown`."""
    from workflow.storage import reads

    id_, _ = case_of(office, typed)
    with office.database.reading() as connection:
        row = reads.case(connection, id_)
    return [id_, row.person_id] if row else [id_]


def _looks_page(desk: Desk, office: "Office", found: "LookPage") -> Page:
    say, here = desk.say, _here(office)
    heads = [say(f"account.head.{name}") for name in ("at", "user", "what", "subject")]
    rows: list[list[Cell]] = [[here(one.at), one.user, _what(desk, one), one.subject] for one in found.rows]
    if not rows:
        return [Line(say("account.no_looks"))]
    page: list[Block] = [Heading(say("account.looks", count=found.total)), Table(heads, rows)]
    if found.total > len(rows):
        page.append(Line(say("account.more_looks", count=found.total - len(rows)), "dim"))
    return page


def _what(desk: Desk, one: "Look") -> str:
    """The kind of page in words, with what it was of: ``paper:6-KNĐ``."""
    kind, _, of = one.what.partition(":")
    key = f"look.{kind}"
    return f"{desk.say(key) if knows(key) else kind} {of}".strip()


def token(desk: Desk, *, user: str, name: str) -> None:
    """Make a token for a program of a user's."""
    from workflow.accounts import make_token

    with desk.opened() as office:
        id_ = user_of(office, user)
        made = make_token(office, id_, name)
        view = {"user": id_, "name": name, "token": made}
        page: Page = [
            Line(desk.say("account.token_made", user=id_), "good"),
            Facts([(desk.say("account.head.token"), made)]),
            Line(desk.say("account.token_how"), "dim"),
        ]
        desk.show(view, lambda: page)


def token_end(desk: Desk, *, token: str) -> None:
    """End a token."""
    from workflow.accounts import end_token

    with desk.opened() as office:
        id_ = token.strip().upper()
        if not end_token(office, id_):
            raise Unknown("token", token)
        done(desk, "account.token_ended", {"token": id_})


USER = Param("user", required=True)
COMMANDS = (
    Command("account list", list_, (), "office"),
    Command("account link", link, (USER,), "office"),
    Command("account end-sessions", end, (USER,), "office"),
    Command("account looks", looks, (Param("--case"), Param("--user")), "office"),
    Command("account token", token, (USER, Param("--name", required=True)), "office"),
    Command("account token-end", token_end, (Param("token", required=True),), "office"),
)
