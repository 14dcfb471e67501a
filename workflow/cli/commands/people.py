"""People at the door: found, entered, said anew; users with their roles; plans for posts and extended meetings."""

from typing import Any

from workflow.cli.commands.units import done, who_of
from workflow.cli.context import Desk
from workflow.cli.output.tables import Cell, Heading, Line, Page, Table, Words, printed
from workflow.cli.parsing.arguments import day, person_of, post_of, some_day, unit_of, yes_or_no
from workflow.cli.parsing.options import LAST, PERSON, SINCE, SOME_BY, SOME_DAY, UNIT
from workflow.cli.parsing.parser import Command, Param, misused

View = dict[str, Any]


def people(desk: Desk, *, q: str | None, on: str | None) -> None:
    """Find people."""
    from workflow.register import people_found

    with desk.opened() as office:
        found = people_found(office, q or "", some_day(on))
        desk.show({"people": found}, lambda: _people_page(desk, found))


def _people_page(desk: Desk, people_: list[View]) -> Page:
    say = desk.say
    if not people_:
        return [Line(say("people.none"))]
    heads = [say(f"people.head.{name}") for name in ("id", "name", "born", "membership", "place", "case")]
    return [
        Heading(say("people.title", count=len(people_))),
        Table(heads, [_row(desk, one) for one in people_], spare=frozenset({2})),
    ]


def _row(desk: Desk, one: View) -> list[Cell]:
    say = desk.say
    place = ", ".join(part["name"] for part in (one["unit"], one["commune"]) if part)
    if one["post"]:
        place = say("people.head_of", place=place)
    if one["user"]:
        place = say("people.user", place=place, user=one["user"])
    status = one["membership"]
    membership = Words(say(f"party.{status}"), "warn" if one["post"] and status == "none" else "plain")
    return [one["id"], one["name"], printed(one["born"]), membership, place, one["case"] or ""]


def add(desk: Desk, *, by: str | None, **said: str | None) -> None:
    """Enter somebody."""
    from states.vocabulary import Person
    from workflow.register import add_person

    with desk.opened() as office:
        values: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
        id_ = add_person(office, Person("", **values), who_of(desk, office, by))
        done(desk, "people.added", {"id": id_, "name": said["name"]})


def set_(desk: Desk, *, person: str, by: str | None, **said: str | None) -> None:
    """Say anew what is kept of somebody."""
    from workflow.register import set_person

    values = {name: value for name, value in said.items() if value is not None}
    if not values:
        raise misused("usage.nothing_said")
    with desk.opened() as office:
        whom = person_of(office, person)
        new = set_person(office, whom, values, who_of(desk, office, by))
        done(desk, "people.changed" if new else "register.as_before", {"id": whom, "changed": new})


def membership(desk: Desk, *, person: str, status: str, since: str, by: str | None) -> None:
    """Say what somebody is in the Party by a paper, not by a case."""
    from workflow.register import set_membership

    with desk.opened() as office:
        whom, first = person_of(office, person), day(since, "since")
        known: Any = status
        set_membership(office, whom, known, first, who_of(desk, office, by))
        words = {"since": printed(first), "membership": desk.say(f"membership.{status}")}
        done(desk, "people.is", {"id": whom, "membership": status, "since": first}, **words)


# --- users -------------------------------------------------------------------------------------------------------


def user_add(
    desk: Desk, *, user: str, name: str | None, person: str | None, role: str, unit: str, since: str, by: str | None
) -> None:
    """Add a user with a role."""
    from states.vocabulary import Person
    from workflow.register import add_user

    if (name is None) == (person is None):
        raise misused("usage.user")
    with desk.opened() as office:
        whom = Person(person_of(office, person) if person else "", name or "")
        at, first = unit_of(office, unit), day(since, "since")
        id_ = add_user(office, user, whom, role, at, first, who_of(desk, office, by))
        done(desk, "user.added", {"id": user, "person": id_, "role": role, "unit": at})


def user_list(desk: Desk, *, on: str | None) -> None:
    """List users and their roles."""
    from workflow import register

    with desk.opened() as office:
        found = register.user_list(office, some_day(on))
        desk.show({"users": found}, lambda: _users_page(desk, found))


def _users_page(desk: Desk, users: list[View]) -> Page:
    roles = desk.edition().roles
    rows: list[list[Cell]] = []
    for one in users:
        grants = [
            f"{roles[held['role']].label.in_language(desk.speaks) if held['role'] in roles else held['role']}"
            f" – {held['unit']['name']}"
            for held in one["grants"]
        ]
        rows.append([one["id"], one["name"], "; ".join(grants), printed(one["valid_from"])])
    heads = [desk.say(f"user.head.{name}") for name in ("id", "name", "roles", "since")]
    return [Heading(desk.say("user.title", count=len(users))), Table(heads, rows)]


def user_grant(desk: Desk, *, user: str, role: str, unit: str, since: str, by: str | None) -> None:
    """Give a user another role."""
    from workflow.register import add_grant

    with desk.opened() as office:
        at = unit_of(office, unit)
        add_grant(office, user, role, at, day(since, "since"), who_of(desk, office, by))
        done(desk, "user.granted", {"id": user, "role": role, "unit": at})


def user_end(desk: Desk, *, user: str, on: str, role: str | None, unit: str | None, by: str | None) -> None:
    """End a user, or one of the roles."""
    from workflow.register import end_grant, end_user

    if (role is None) != (unit is None):
        raise misused("usage.user_end")
    with desk.opened() as office:
        last, who = day(on), who_of(desk, office, by)
        if role is not None and unit is not None:
            end_grant(office, user, role, unit_of(office, unit), last, who)
        else:
            end_user(office, user, last, who)
        done(desk, "register.ended_on", {"id": user, "last": last}, last=printed(last))


# --- plans and meetings ------------------------------------------------------------------------------------------


def plan(desk: Desk, *, post: str | None, kind: str | None, on: str | None, unit: str | None, by: str | None) -> None:
    """Say what is planned for a post; without one, list the plans."""
    from workflow.register import plan_for, plan_list

    with desk.opened() as office:
        if post is None:
            found = plan_list(office, some_day(on), unit=unit_of(office, unit) if unit else None)
            desk.show({"plans": found}, lambda: _plans_page(desk, found))
            return
        if kind is None or on is None:
            raise misused("usage.plan")
        at = post_of(office, post)
        new = plan_for(office, at, kind, day(on), who_of(desk, office, by))
        words = {"planned": desk.say(f"plan.kind.{kind}")}
        done(desk, "plan.made" if new else "register.as_before", {"id": at, "kind": kind, "changed": new}, **words)


def _plans_page(desk: Desk, plans: list[View]) -> Page:
    say = desk.say
    rows: list[list[Cell]] = [
        [
            one["commune"]["name"] if one["commune"] else "",
            one["unit"]["name"],
            one["holder"]["name"] if one["holder"] else say("post.vacant"),
            say(f"plan.kind.{one['kind']}"),
            printed(one["since"]),
        ]
        for one in plans
    ]
    heads = [say(f"plan.head.{name}") for name in ("commune", "unit", "holder", "plan", "since")]
    return [Heading(say("plan.title", count=len(plans))), Table(heads, rows)]


def term(desk: Desk, *, unit: str | None, on: str | None, by: str | None) -> None:
    """Say that a new term of a unit's committee began; without a unit, list them."""
    from workflow.register import begin_term, term_list

    with desk.opened() as office:
        at = unit_of(office, unit) if unit else None
        if at is None:
            found = term_list(office)
            desk.show({"terms": found}, lambda: _terms_page(desk, found))
            return
        if on is None:
            raise misused("usage.term")
        begin_term(office, at, day(on), who_of(desk, office, by))
        done(desk, "term.began", {"unit": at, "from": day(on)}, on=printed(day(on)))


def _terms_page(desk: Desk, terms: list[View]) -> Page:
    heads = [desk.say(f"term.head.{name}") for name in ("unit", "from", "to")]
    rows: list[list[Cell]] = [[one["unit"]["name"], printed(one["from"]), printed(one["to"])] for one in terms]
    return [Heading(desk.say("term.title", count=len(terms))), Table(heads, rows)]


def meeting(desk: Desk, *, unit: str | None, on: str | None, came: str | None, by: str | None) -> None:
    """Log an extended meeting; without a unit, list them."""
    from workflow.register import log_meeting, meeting_list
    from workflow.register.search import names_of

    with desk.opened() as office:
        at = unit_of(office, unit) if unit else None
        answer = yes_or_no(came, "came")
        if at is None or answer is None:
            if came is not None:
                raise misused("usage.meeting")
            found = meeting_list(office, some_day(on), unit=at)
            desk.show({"meetings": found}, lambda: _meetings_page(desk, found))
            return
        if on is None:
            raise misused("usage.meeting")
        head, happened = log_meeting(office, at, day(on), who_of(desk, office, by), came=answer), day(on)
        key = "meeting.came" if answer else "meeting.stayed_away"
        words = {"on": printed(happened), "person": names_of(office, [head])[head]}
        done(desk, key, {"unit": at, "on": happened, "person": head, "came": answer}, **words)


def _meetings_page(desk: Desk, meetings: list[View]) -> Page:
    say = desk.say
    rows: list[list[Cell]] = [
        [printed(one["on"]), one["unit"]["name"], one["person"]["name"], say("cli.yes" if one["came"] else "cli.no")]
        for one in meetings
    ]
    heads = [say(f"meeting.head.{name}") for name in ("on", "unit", "person", "came")]
    return [Heading(say("meeting.title", count=len(meetings))), Table(heads, rows)]


KEPT = (
    Param("--born", "date"),
    Param("--sex"),
    Param("--occupation", "words"),
    Param("--home", "words"),
    Param("--education-met", "answer"),
    Param("--contact", "words"),
    Param("--official-since", "date"),
    Param("--together-since", "date"),
    Param("--posts", "words"),
)
USER, ROLE = Param("user", required=True), Param("--role", required=True)
IN_UNIT = Param("--unit", "unit", required=True)
COMMANDS = (
    Command("people", people, (Param("--q", "words"), SOME_DAY), "register"),
    Command("people add", add, (Param("--name", required=True), *KEPT, SOME_BY), "register"),
    Command("people set", set_, (PERSON, Param("--name"), *KEPT, SOME_BY), "register"),
    Command("people membership", membership, (PERSON, Param("status", required=True), SINCE, SOME_BY), "register"),
    Command(
        "user add",
        user_add,
        (USER, Param("--name"), Param("--person", "person"), ROLE, IN_UNIT, SINCE, SOME_BY),
        "register",
    ),
    Command("user list", user_list, (SOME_DAY,), "register"),
    Command("user grant", user_grant, (USER, ROLE, IN_UNIT, SINCE, SOME_BY), "register"),
    Command("user end", user_end, (USER, LAST, Param("--role"), UNIT, SOME_BY), "register"),
    Command("plan", plan, (Param("post"), Param("kind", "plan"), SOME_DAY, UNIT, SOME_BY), "register"),
    Command("term", term, (Param("unit"), SOME_DAY, SOME_BY), "register"),
    Command("meeting", meeting, (Param("unit"), SOME_DAY, Param("--came", "answer"), SOME_BY), "register"),
)
