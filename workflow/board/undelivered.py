"""Who has not been told of something: notices that wait, letters that are stuck or came back, users without address."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from states.vocabulary import Person
from workflow.board.cache import BoardCache
from workflow.board.case_list import PAGE_SIZE, load_people
from workflow.board.funnel import describe_query
from workflow.board.queries import undelivered_queries
from workflow.board.queries.undelivered_queries import UNDELIVERED_STATES, UndeliveredFilter, UndeliveredNotice
from workflow.board.snapshot.snapshot import BoardSnapshot, Scope, open_snapshot
from workflow.board.snapshot.units import edition_on
from workflow.office import Office
from workflow.reminders.letters.compose import describe_clock
from workflow.reminders.notices.recipients import ADDRESS, hash_address
from workflow.reminders.notices.watches import HIDDEN_DAY
from workflow.reminders.settings import load_policy_unchecked
from workflow.storage.register_snapshot import find_row_on, holds_on

View = dict[str, Any]

NOT_ARRIVED = ("waiting", "stuck", "returned", "cancelled")
"""What has not arrived. What lies in the outbox is on its way, and what is void need not be told any more."""

_NO_ADDRESS_CACHE = BoardCache(8)


def summarize_undelivered(
    office: Office,
    language: str,
    *,
    scope: Scope,
    unit: str | None = None,
    limit: int | None = PAGE_SIZE,
    offset: int = 0,
) -> View:
    """Notices that have not arrived, by what became of them and by reader; users without an address that works.

    ``people``: a page of those whom something has not reached, whoever waits longest first, with their counts; each
    number is the total of `untold_list`. ``no_address``: users with a role at these units. Raises `UnknownUnit`.
    """
    with open_snapshot(office, scope=scope) as snapshot:
        units = snapshot.select_units(unit)
        counts = undelivered_queries.count_undelivered(snapshot.connection, UndeliveredFilter(units))
        waiting_since: dict[str, date] = {}
        for (user, state), (_, oldest) in counts.items():
            if state in NOT_ARRIVED:
                waiting_since[user] = min(oldest, waiting_since.get(user, oldest))
        order = sorted(waiting_since, key=lambda user: (waiting_since[user], user))
        shown_users = order[offset:][:limit]
        no_address = sorted(_list_without_address(snapshot, units))
        views = {
            user_view["user"]: user_view
            for user_view in _user_views(snapshot, [*shown_users, *no_address[:limit]], language)
        }
        return describe_query(snapshot, unit) | {
            "total": {state: _count_state(counts, state) for state in UNDELIVERED_STATES},
            "people": [
                views[user] | {state: counts.get((user, state), (0,))[0] for state in UNDELIVERED_STATES}
                | {"since": waiting_since[user]}
                for user in shown_users
            ],
            "people_total": len(order),
            "no_address": [views[user] for user in no_address[:limit]],
            "no_address_total": len(no_address),
        }  # fmt: skip


def _count_state(counts: dict[tuple[str, str], tuple[int, date]], state: str) -> int:
    return sum(number for (_, of), (number, _) in counts.items() if of == state)


def list_undelivered(
    office: Office,
    language: str,
    *,
    scope: Scope,
    unit: str | None = None,
    state: str | None = None,
    user: str | None = None,
    limit: int | None = PAGE_SIZE,
    offset: int = 0,
) -> View:  # fmt: skip
    """The notices behind the numbers of `untold`, oldest first. Raises `UnknownUnit`."""
    with open_snapshot(office, scope=scope) as snapshot:
        wish = UndeliveredFilter(snapshot.select_units(unit), state, user)
        counts = undelivered_queries.count_undelivered(snapshot.connection, wish)
        rows = undelivered_queries.list_undelivered(snapshot.connection, wish, limit=limit, offset=offset)
        total = sum(number for number, _ in counts.values())
        views = list(_notice_views(snapshot, rows, language))
        return describe_query(snapshot, unit) | {"rows": views, "total": total, "limit": limit, "offset": offset}


def _notice_views(snapshot: BoardSnapshot, rows: Collection[UndeliveredNotice], language: str) -> Iterator[View]:
    users = {
        user_view["user"]: user_view
        for user_view in _user_views(snapshot, {row.user for row in rows} | {row.via for row in rows}, language)
    }
    policy = load_policy_unchecked(snapshot.office)
    for row in rows:
        rule = policy.reminders.get(row.reminder)
        about = rule.about if rule else None
        yield {
            "id": row.id,
            "subject": row.subject,
            "about": (about or describe_clock(snapshot.office, "admission", row.clock)[0]).in_language(language),
            "step": row.step,
            "due": None if row.due == HIDDEN_DAY else row.due,
            "user": users[row.user],
            "via": users[row.via],
            "why": row.why,
            "swept_on": row.swept_on,
            "standing": row.standing,
            "letter": row.letter,
            "code": row.code,
            "said": row.said,
        }


def _user_views(snapshot: BoardSnapshot, users: Collection[str], language: str) -> Iterator[View]:
    """Users by name, with the roles that they hold today."""
    rows = {user: find_row_on(snapshot.tree.users.get(user, ()), snapshot.today) for user in users}
    people = load_people(snapshot, [row.person_id for row in rows.values() if row])
    roles = edition_on(snapshot.office, snapshot.office.rulebook.pipelines[0], snapshot.today).roles
    for user, row in rows.items():
        grants = [grant for grant in snapshot.tree.grants.get(user, ()) if holds_on(grant, snapshot.today)]
        yield {
            "user": user,
            "name": people[row.person_id].name if row else "",
            "roles": [
                {
                    "role": grant.role,
                    "label": roles[grant.role].label.in_language(language) if grant.role in roles else grant.role,
                    "unit": snapshot.unit_index.unit_view(grant.unit_id),
                }
                for grant in grants
            ],
        }


def _list_without_address(snapshot: BoardSnapshot, units: frozenset[str] | None) -> set[str]:
    """Users with a role at some units whose contact holds no address, or one from which letters came back."""
    users = {
        user: row.person_id
        for user, grants in snapshot.tree.grants.items()
        if any(holds_on(grant, snapshot.today) and (units is None or grant.unit_id in units) for grant in grants)
        and (row := find_row_on(snapshot.tree.users.get(user, ()), snapshot.today))
    }
    key = (snapshot.tree.n, snapshot.today, units)
    nowhere = _NO_ADDRESS_CACHE.get_or_build(
        snapshot.office.database, key, lambda: _find_without_address(snapshot, users)
    )
    switched_off = {
        user: mark
        for user, mark in undelivered_queries.list_failed_addresses(snapshot.connection).items()
        if user in users
    }
    people = load_people(snapshot, [users[user] for user in switched_off])
    failed_users = {
        user for user, mark in switched_off.items() if _is_failed_address(snapshot, people[users[user]], mark)
    }
    return set(nowhere) | failed_users


def _find_without_address(snapshot: BoardSnapshot, users: dict[str, str]) -> frozenset[str]:
    """Those of some users whose contact holds no address. Addresses themselves are not kept."""
    people = load_people(snapshot, users.values())
    return frozenset(user for user, person in users.items() if _find_address(people[person]) is None)


def _is_failed_address(snapshot: BoardSnapshot, person: Person, mark: bytes) -> bool:
    """Whether the address that failed is still the one that is known."""
    address = _find_address(person)
    return address is not None and hash_address(snapshot.office, address) == mark


def _find_address(person: Person) -> str | None:
    match = ADDRESS.search(person.contact or "")
    return match[0] if match else None
