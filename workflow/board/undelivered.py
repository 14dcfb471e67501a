"""Who has not been told of something: notices that wait, letters that are stuck or came back, users without address."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from states.vocabulary import Person
from workflow.board.cache import Kept
from workflow.board.case_list import PAGE, opened_people
from workflow.board.funnel import said
from workflow.board.queries import undelivered_queries
from workflow.board.queries.undelivered_queries import UNTOLD, Untold, Wish
from workflow.board.snapshot.snapshot import Look, Scope, looking
from workflow.board.snapshot.units import edition_on
from workflow.office import Office
from workflow.reminders.letters.compose import clock_rule
from workflow.reminders.notices.recipients import ADDRESS, mark_of
from workflow.reminders.notices.watches import NOT_SAID
from workflow.reminders.settings import policy_as_read
from workflow.storage.register_snapshot import holds, on

View = dict[str, Any]

AMISS = ("waiting", "stuck", "returned", "cancelled")
"""What has not arrived. What lies in the outbox is on its way, and what is void need not be told any more."""

_NOWHERE = Kept(8)


def untold(
    office: Office, language: str, *, scope: Scope, unit: str | None = None, limit: int | None = PAGE, offset: int = 0
) -> View:
    """Notices that have not arrived, by what became of them and by reader; users without an address that works.

    ``people``: a page of those whom something has not reached, whoever waits longest first, with their counts; each
    number is the total of `untold_list`. ``no_address``: users with a role at these units. Raises `UnknownUnit`.
    """
    with looking(office, scope=scope) as look:
        units = look.units(unit)
        counts = undelivered_queries.untold_counts(look.connection, Wish(units))
        missed: dict[str, date] = {}
        for (user, standing), (_, oldest) in counts.items():
            if standing in AMISS:
                missed[user] = min(oldest, missed.get(user, oldest))
        order = sorted(missed, key=lambda user: (missed[user], user))
        shown = order[offset:][:limit]
        no_address = sorted(_without_address(look, units))
        views = {one["user"]: one for one in _users(look, [*shown, *no_address[:limit]], language)}
        return said(look, unit) | {
            "total": {standing: _count(counts, standing) for standing in UNTOLD},
            "people": [
                views[user] | {standing: counts.get((user, standing), (0,))[0] for standing in UNTOLD}
                | {"since": missed[user]}
                for user in shown
            ],
            "people_total": len(order),
            "no_address": [views[user] for user in no_address[:limit]],
            "no_address_total": len(no_address),
        }  # fmt: skip


def _count(counts: dict[tuple[str, str], tuple[int, date]], standing: str) -> int:
    return sum(number for (_, of), (number, _) in counts.items() if of == standing)


def untold_list(
    office: Office,
    language: str,
    *,
    scope: Scope,
    unit: str | None = None,
    standing: str | None = None,
    user: str | None = None,
    limit: int | None = PAGE,
    offset: int = 0,
) -> View:  # fmt: skip
    """The notices behind the numbers of `untold`, oldest first. Raises `UnknownUnit`."""
    with looking(office, scope=scope) as look:
        wish = Wish(look.units(unit), standing, user)
        counts = undelivered_queries.untold_counts(look.connection, wish)
        rows = undelivered_queries.untold_page(look.connection, wish, limit=limit, offset=offset)
        total = sum(number for number, _ in counts.values())
        views = list(_notices(look, rows, language))
        return said(look, unit) | {"rows": views, "total": total, "limit": limit, "offset": offset}


def _notices(look: Look, rows: Collection[Untold], language: str) -> Iterator[View]:
    users = {one["user"]: one for one in _users(look, {row.user for row in rows} | {row.via for row in rows}, language)}
    policy = policy_as_read(look.office)
    for row in rows:
        rule = policy.reminders.get(row.reminder)
        about = rule.about if rule else None
        yield {
            "id": row.id,
            "subject": row.subject,
            "about": (about or clock_rule(look.office, "admission", row.clock)[0]).in_language(language),
            "step": row.step,
            "due": None if row.due == NOT_SAID else row.due,
            "user": users[row.user],
            "via": users[row.via],
            "why": row.why,
            "swept_on": row.swept_on,
            "standing": row.standing,
            "letter": row.letter,
            "code": row.code,
            "said": row.said,
        }


def _users(look: Look, users: Collection[str], language: str) -> Iterator[View]:
    """Users by name, with the roles that they hold today."""
    rows = {user: on(look.tree.users.get(user, ()), look.today) for user in users}
    people = opened_people(look, [row.person_id for row in rows.values() if row])
    roles = edition_on(look.office, look.office.rulebook.pipelines[0], look.today).roles
    for user, row in rows.items():
        grants = [one for one in look.tree.grants.get(user, ()) if holds(one, look.today)]
        yield {
            "user": user,
            "name": people[row.person_id].name if row else "",
            "roles": [
                {
                    "role": one.role,
                    "label": roles[one.role].label.in_language(language) if one.role in roles else one.role,
                    "unit": look.places.view(one.unit_id),
                }
                for one in grants
            ],
        }


def _without_address(look: Look, units: frozenset[str] | None) -> set[str]:
    """Users with a role at some units whose contact holds no address, or one from which letters came back."""
    users = {
        user: row.person_id
        for user, grants in look.tree.grants.items()
        if any(holds(one, look.today) and (units is None or one.unit_id in units) for one in grants)
        and (row := on(look.tree.users.get(user, ()), look.today))
    }
    key = (look.tree.n, look.today, units)
    nowhere = _NOWHERE.get(look.office.database, key, lambda: _nowhere(look, users))
    off = {user: mark for user, mark in undelivered_queries.switched_off(look.connection).items() if user in users}
    people = opened_people(look, [users[user] for user in off])
    failed = {user for user, mark in off.items() if _fails(look, people[users[user]], mark)}
    return set(nowhere) | failed


def _nowhere(look: Look, users: dict[str, str]) -> frozenset[str]:
    """Those of some users whose contact holds no address. Addresses themselves are not kept."""
    people = opened_people(look, users.values())
    return frozenset(user for user, person in users.items() if _address(people[person]) is None)


def _fails(look: Look, person: Person, mark: bytes) -> bool:
    """Whether the address that failed is still the one that is known."""
    address = _address(person)
    return address is not None and mark_of(look.office, address) == mark


def _address(person: Person) -> str | None:
    found = ADDRESS.search(person.contact or "")
    return found[0] if found else None
