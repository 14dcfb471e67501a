"""Views list who has not been told.

Notices that wait, letters that failed, users without an address.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from notifications.policy import Reminder
from states.vocabulary import Person, Text
from workflow.board.case_list import PAGE_SIZE, load_people
from workflow.board.snapshot.snapshot import BoardScopeView, BoardSnapshot
from workflow.board.snapshot.units import edition_on
from workflow.cases.views.clock_label import describe_clock
from workflow.core.views import NamedRef
from workflow.reminders.notices import undelivered_queries
from workflow.reminders.notices.recipients import ADDRESS, hash_address
from workflow.reminders.notices.undelivered_queries import UndeliveredFilter, UndeliveredNotice
from workflow.reminders.notices.watches import HIDDEN_DAY
from workflow.reminders.settings import load_policy_unchecked
from workflow.storage.register_snapshot import find_row_on, holds_on

UndeliveredState = Literal["waiting", "in_outbox", "stuck", "returned", "cancelled", "void"]
NOT_ARRIVED = ("waiting", "stuck", "returned", "cancelled")
"""What has not arrived. What lies in the outbox is on its way, and what is void need not be told any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientRoleView:
    """A role held at a unit."""

    role: str
    label: str
    unit: NamedRef


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientView:
    """A user by name, with the roles held today."""

    user: str
    name: str
    roles: list[RecipientRoleView]


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeliveredCountsView:
    """Notices by what became of them."""

    waiting: int
    in_outbox: int
    stuck: int
    returned: int
    cancelled: int
    void: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeliveredRecipientView(UndeliveredCountsView):
    """Somebody whom something has not reached, how often, and since when."""

    user: str
    name: str
    roles: list[RecipientRoleView]
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeliveredView(BoardScopeView):
    """Who has not been told of something."""

    total: UndeliveredCountsView
    people: list[UndeliveredRecipientView]
    people_total: int
    no_address: list[RecipientView]
    no_address_total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeliveredNoticeView:
    """A notice that has not arrived, and the server's last word."""

    id: int
    subject: str
    about: str
    step: str
    due: date | None
    user: RecipientView
    via: RecipientView
    why: str
    swept_on: date
    standing: str
    letter: str | None
    code: int | None
    said: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeliveredListPage(BoardScopeView):
    """A page of notices that have not arrived."""

    rows: list[UndeliveredNoticeView]
    total: int
    limit: int | None
    offset: int


Counts = Mapping[tuple[str, str], tuple[int, date]]
"""How many notices there are, and the oldest morning that made one, by user and what became of them."""


def summarize_undelivered(
    snapshot: BoardSnapshot,
    language: str,
    *,
    unit: str | None = None,
    limit: int | None = PAGE_SIZE,
    offset: int = 0,
) -> UndeliveredView:
    """Notices that have not arrived, by what became of them and by reader.

    Users without an address that works.

    ``people``: a page of those whom something has not reached, whoever waits longest first, with their
    counts; each number is the total of `list_undelivered`. ``no_address``: users with a role at these units.
    Raises `NoSuchUnit`.
    """
    units = snapshot.select_units(unit)
    counts = undelivered_queries.count_undelivered(snapshot.connection, UndeliveredFilter(units))
    waiting_since: dict[str, date] = {}
    for (user, state), (_, oldest) in counts.items():
        if state in NOT_ARRIVED:
            waiting_since[user] = min(oldest, waiting_since.get(user, oldest))
    order = sorted(waiting_since, key=lambda user: (waiting_since[user], user))
    shown_users, no_address = order[offset:][:limit], sorted(_list_without_address(snapshot, units))
    views = _recipient_views(snapshot, [*shown_users, *no_address[:limit]], language)
    return UndeliveredView(
        **snapshot.describe(unit),
        total=_count_states(counts),
        people=[_late_recipient(views[user], counts, waiting_since[user]) for user in shown_users],
        people_total=len(order),
        no_address=[views[user] for user in no_address[:limit]],
        no_address_total=len(no_address),
    )


def _count_states(counts: Counts, user: str | None = None) -> UndeliveredCountsView:
    """How many notices there are by what became of them, to one user or to all."""
    numbers = dict.fromkeys(get_args(UndeliveredState), 0)
    for (of, state), (number, _) in counts.items():
        if user in (None, of):
            numbers[state] += number
    return UndeliveredCountsView(**numbers)


def _late_recipient(view: RecipientView, counts: Counts, since: date) -> UndeliveredRecipientView:
    numbers = {state: counts.get((view.user, state), (0,))[0] for state in get_args(UndeliveredState)}
    return UndeliveredRecipientView(user=view.user, name=view.name, roles=view.roles, since=since, **numbers)


def list_undelivered(
    snapshot: BoardSnapshot,
    language: str,
    *,
    unit: str | None = None,
    state: str | None = None,
    user: str | None = None,
    limit: int | None = PAGE_SIZE,
    offset: int = 0,
) -> UndeliveredListPage:
    """The notices behind the numbers of `summarize_undelivered`, oldest first. Raises `NoSuchUnit`."""
    wish = UndeliveredFilter(snapshot.select_units(unit), state, user)
    counts = undelivered_queries.count_undelivered(snapshot.connection, wish)
    rows = undelivered_queries.list_undelivered(snapshot.connection, wish, limit=limit, offset=offset)
    return UndeliveredListPage(
        **snapshot.describe(unit),
        rows=_notice_views(snapshot, rows, language),
        total=sum(number for number, _ in counts.values()),
        limit=limit,
        offset=offset,
    )


def _notice_views(
    snapshot: BoardSnapshot, rows: Collection[UndeliveredNotice], language: str
) -> list[UndeliveredNoticeView]:
    users = _recipient_views(snapshot, {row.user for row in rows} | {row.via for row in rows}, language)
    reminders = load_policy_unchecked(snapshot.office).reminders
    return [
        UndeliveredNoticeView(
            id=row.id,
            subject=row.subject,
            about=_describe_subject(snapshot, row, reminders.get(row.reminder)).in_language(language),
            step=row.step,
            due=None if row.due == HIDDEN_DAY else row.due,
            user=users[row.user],
            via=users[row.via],
            why=row.why,
            swept_on=row.swept_on,
            standing=row.standing,
            letter=row.letter,
            code=row.code,
            said=row.said,
        )
        for row in rows
    ]


def _describe_subject(snapshot: BoardSnapshot, row: UndeliveredNotice, reminder: Reminder | None) -> Text:
    about = reminder.about if reminder else None
    return about or describe_clock(snapshot.office, "admission", row.clock)[0]


def _recipient_views(
    snapshot: BoardSnapshot, users: Collection[str], language: str
) -> dict[str, RecipientView]:
    """Users by name, with the roles that they hold today."""
    rows = {user: find_row_on(snapshot.register.users.get(user, ()), snapshot.today) for user in users}
    people = load_people(snapshot, [row.person_id for row in rows.values() if row])
    return {
        user: RecipientView(
            user=user,
            name=people[row.person_id].name if row else "",
            roles=_role_views(snapshot, user, language),
        )
        for user, row in rows.items()
    }


def _role_views(snapshot: BoardSnapshot, user: str, language: str) -> list[RecipientRoleView]:
    roles = edition_on(snapshot.office, snapshot.office.rulebook.pipelines[0], snapshot.today).roles
    return [
        RecipientRoleView(
            role=grant.role,
            label=roles[grant.role].label.in_language(language) if grant.role in roles else grant.role,
            unit=snapshot.unit_index.unit_ref(grant.unit_id),
        )
        for grant in snapshot.register.grants.get(user, ())
        if holds_on(grant, snapshot.today)
    ]


def _list_without_address(snapshot: BoardSnapshot, units: frozenset[str] | None) -> set[str]:
    """Users with a role at some units whose contact holds no address, or one from which letters came back."""
    register, today = snapshot.register, snapshot.today
    places = register.units if units is None else units
    named = {grant.user_id for unit in places for grant in register.grants_at(unit) if holds_on(grant, today)}
    users = {
        user: row.person_id for user in named if (row := find_row_on(register.users.get(user, ()), today))
    }
    people = load_people(snapshot, users.values())
    failed = undelivered_queries.list_failed_addresses(snapshot.connection)
    return {
        user for user, person in users.items() if _is_unreachable(snapshot, people[person], failed.get(user))
    }


def _is_unreachable(snapshot: BoardSnapshot, person: Person, failed: bytes | None) -> bool:
    """Whether no address is known, or the one that failed is still the one that is known."""
    address = _find_address(person)
    return address is None or (failed is not None and hash_address(snapshot.office, address) == failed)


def _find_address(person: Person) -> str | None:
    match = ADDRESS.search(person.contact or "")
    return match[0] if match else None
