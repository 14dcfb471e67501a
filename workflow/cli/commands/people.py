"""People at the door: found, entered, said anew; users with their roles; plans for posts and extended meetings."""

from typing import TYPE_CHECKING, Any

from workflow.cli.commands.units import resolve_actor, show_outcome
from workflow.cli.context import CommandContext
from workflow.cli.output.tables import Cell, Heading, Page, StyledText, TextLine, TextTable, format_cell
from workflow.cli.parsing.arguments import (
    read_day,
    read_optional_day,
    read_yes_no,
    resolve_person,
    resolve_post,
    resolve_unit,
)
from workflow.cli.parsing.options import LAST_DAY, OPTIONAL_BY, OPTIONAL_ON, PERSON, SINCE, UNIT
from workflow.cli.parsing.parser import Command, Param, usage_error

if TYPE_CHECKING:
    from workflow.register.views.people import PersonListRow
    from workflow.register.views.places import TermView
    from workflow.register.views.posts import MeetingView, PlanView
    from workflow.register.views.users import UserView


def run_people(ctx: CommandContext, *, q: str | None, on: str | None) -> None:
    """Find people."""
    from workflow.register.views.people import find_people

    with ctx.open_office() as office:
        people = find_people(office, q or "", read_optional_day(on))
        ctx.show_view({"people": people}, lambda: _peoplepage(ctx, people))


def _peoplepage(ctx: CommandContext, people: "list[PersonListRow]") -> Page:
    say = ctx.say
    if not people:
        return [TextLine(say("people.none"))]
    heads = [say(f"people.head.{name}") for name in ("id", "name", "born", "membership", "place", "case")]
    return [
        Heading(say("people.title", count=len(people))),
        TextTable(heads, [_person_row(ctx, person) for person in people], spare=frozenset({2})),
    ]


def _person_row(ctx: CommandContext, person: "PersonListRow") -> list[Cell]:
    say = ctx.say
    place = ", ".join(part.name for part in (person.unit, person.commune) if part)
    if person.post:
        place = say("people.head_of", place=place)
    if person.user:
        place = say("people.user", place=place, user=person.user)
    status = person.membership
    membership = StyledText(say(f"party.{status}"), "warn" if person.post and status == "none" else "plain")
    return [person.id, person.name, format_cell(person.born), membership, place, person.case or ""]


def run_peopleadd(ctx: CommandContext, *, by: str | None, **typed: str | None) -> None:
    """Enter somebody."""
    from states.vocabulary import Person
    from workflow.register.commands.people import add_person

    with ctx.open_office() as office:
        values: dict[str, Any] = {name: value for name, value in typed.items() if value is not None}
        id_ = add_person(office, Person("", **values), resolve_actor(ctx, office, by))
        show_outcome(ctx, "people.added", {"id": id_, "name": typed["name"]})


def run_peopleset(ctx: CommandContext, *, person: str, by: str | None, **typed: str | None) -> None:
    """Say anew what is kept of somebody."""
    from workflow.register.commands.people import set_person

    values = {name: value for name, value in typed.items() if value is not None}
    if not values:
        raise usage_error("usage.nothing_said")
    with ctx.open_office() as office:
        whom = resolve_person(office, person)
        new = set_person(office, whom, values, resolve_actor(ctx, office, by))
        show_outcome(ctx, "people.changed" if new else "register.as_before", {"id": whom, "changed": new})


def run_peoplemembership(ctx: CommandContext, *, person: str, status: str, since: str, by: str | None) -> None:
    """Say what somebody is in the Party by a paper, not by a case."""
    from workflow.register.commands.people import set_membership

    with ctx.open_office() as office:
        whom, first = resolve_person(office, person), read_day(since, "since")
        known: Any = status
        set_membership(office, whom, known, first, resolve_actor(ctx, office, by))
        words = {"since": format_cell(first), "membership": ctx.say(f"membership.{status}")}
        show_outcome(ctx, "people.is", {"id": whom, "membership": status, "since": first}, **words)


# --- users -------------------------------------------------------------------------------------------------------


def run_user_add(
    ctx: CommandContext,
    *,
    user: str,
    name: str | None,
    person: str | None,
    role: str,
    unit: str,
    since: str,
    by: str | None,
) -> None:
    """Add a user with a role."""
    from states.vocabulary import Person
    from workflow.register.commands.users import add_user

    if (name is None) == (person is None):
        raise usage_error("usage.user")
    with ctx.open_office() as office:
        whom = Person(resolve_person(office, person) if person else "", name or "")
        at, first = resolve_unit(office, unit), read_day(since, "since")
        id_ = add_user(office, user, whom, role, at, first, resolve_actor(ctx, office, by))
        show_outcome(ctx, "user.added", {"id": user, "person": id_, "role": role, "unit": at})


def run_user_list(ctx: CommandContext, *, on: str | None) -> None:
    """List users and their roles."""
    from workflow.register.views.users import list_users

    with ctx.open_office() as office:
        users = list_users(office, read_optional_day(on))
        ctx.show_view({"users": users}, lambda: _users_page(ctx, users))


def _users_page(ctx: CommandContext, users: "list[UserView]") -> Page:
    roles = ctx.edition().roles
    rows: list[list[Cell]] = []
    for user in users:
        grants = [
            f"{roles[grant.role].label.in_language(ctx.speaks) if grant.role in roles else grant.role}"
            f" – {grant.unit.name}"
            for grant in user.grants
        ]
        rows.append([user.id, user.name, "; ".join(grants), format_cell(user.valid_from)])
    heads = [ctx.say(f"user.head.{name}") for name in ("id", "name", "roles", "since")]
    return [Heading(ctx.say("user.title", count=len(users))), TextTable(heads, rows)]


def run_user_grant(ctx: CommandContext, *, user: str, role: str, unit: str, since: str, by: str | None) -> None:
    """Give a user another role."""
    from workflow.register.commands.users import add_grant

    with ctx.open_office() as office:
        at = resolve_unit(office, unit)
        add_grant(office, user, role, at, read_day(since, "since"), resolve_actor(ctx, office, by))
        show_outcome(ctx, "user.granted", {"id": user, "role": role, "unit": at})


def run_user_end(
    ctx: CommandContext, *, user: str, on: str, role: str | None, unit: str | None, by: str | None
) -> None:
    """End a user, or one of the roles."""
    from workflow.register.commands.users import end_grant, end_user

    if (role is None) != (unit is None):
        raise usage_error("usage.user_end")
    with ctx.open_office() as office:
        last, who = read_day(on), resolve_actor(ctx, office, by)
        if role is not None and unit is not None:
            end_grant(office, user, role, resolve_unit(office, unit), last, who)
        else:
            end_user(office, user, last, who)
        show_outcome(ctx, "register.ended_on", {"id": user, "last": last}, last=format_cell(last))


# --- plans and meetings ------------------------------------------------------------------------------------------


def run_plan(
    ctx: CommandContext, *, post: str | None, kind: str | None, on: str | None, unit: str | None, by: str | None
) -> None:
    """Say what is planned for a post; without one, list the plans."""
    from workflow.register.commands.posts import set_plan
    from workflow.register.views.posts import list_plans

    with ctx.open_office() as office:
        if post is None:
            plans = list_plans(office, read_optional_day(on), unit=resolve_unit(office, unit) if unit else None)
            ctx.show_view({"plans": plans}, lambda: _plans_page(ctx, plans))
            return
        if kind is None or on is None:
            raise usage_error("usage.plan")
        at = resolve_post(office, post)
        new = set_plan(office, at, kind, read_day(on), resolve_actor(ctx, office, by))
        words = {"planned": ctx.say(f"plan.kind.{kind}")}
        show_outcome(
            ctx, "plan.made" if new else "register.as_before", {"id": at, "kind": kind, "changed": new}, **words
        )


def _plans_page(ctx: CommandContext, plans: "list[PlanView]") -> Page:
    say = ctx.say
    rows: list[list[Cell]] = [
        [
            row.commune.name if row.commune else "",
            row.unit.name,
            row.holder.name if row.holder else say("post.vacant"),
            say(f"plan.kind.{row.kind}"),
            format_cell(row.since),
        ]
        for row in plans
    ]
    heads = [say(f"plan.head.{name}") for name in ("commune", "unit", "holder", "plan", "since")]
    return [Heading(say("plan.title", count=len(plans))), TextTable(heads, rows)]


def run_term(ctx: CommandContext, *, unit: str | None, on: str | None, by: str | None) -> None:
    """Say that a new term of a unit's committee began; without a unit, list them."""
    from workflow.register.commands.units import begin_term
    from workflow.register.views.places import list_terms

    with ctx.open_office() as office:
        at = resolve_unit(office, unit) if unit else None
        if at is None:
            terms = list_terms(office)
            ctx.show_view({"terms": terms}, lambda: _terms_page(ctx, terms))
            return
        if on is None:
            raise usage_error("usage.term")
        begin_term(office, at, read_day(on), resolve_actor(ctx, office, by))
        show_outcome(ctx, "term.began", {"unit": at, "from": read_day(on)}, on=format_cell(read_day(on)))


def _terms_page(ctx: CommandContext, terms: "list[TermView]") -> Page:
    heads = [ctx.say(f"term.head.{name}") for name in ("unit", "from", "to")]
    rows: list[list[Cell]] = [[row.unit.name, format_cell(row.from_), format_cell(row.to)] for row in terms]
    return [Heading(ctx.say("term.title", count=len(terms))), TextTable(heads, rows)]


def run_meeting(ctx: CommandContext, *, unit: str | None, on: str | None, came: str | None, by: str | None) -> None:
    """Log an extended meeting; without a unit, list them."""
    from workflow.register.commands.posts import log_meeting
    from workflow.register.views.people import load_names
    from workflow.register.views.posts import list_meetings

    with ctx.open_office() as office:
        at = resolve_unit(office, unit) if unit else None
        answer = read_yes_no(came, "came")
        if at is None or answer is None:
            if came is not None:
                raise usage_error("usage.meeting")
            meetings = list_meetings(office, read_optional_day(on), unit=at)
            ctx.show_view({"meetings": meetings}, lambda: _meetings_page(ctx, meetings))
            return
        if on is None:
            raise usage_error("usage.meeting")
        head, happened = (
            log_meeting(office, at, read_day(on), resolve_actor(ctx, office, by), came=answer),
            read_day(on),
        )
        key = "meeting.came" if answer else "meeting.stayed_away"
        words = {"on": format_cell(happened), "person": load_names(office, [head])[head]}
        show_outcome(ctx, key, {"unit": at, "on": happened, "person": head, "came": answer}, **words)


def _meetings_page(ctx: CommandContext, meetings: "list[MeetingView]") -> Page:
    say = ctx.say
    rows: list[list[Cell]] = [
        [
            format_cell(row.on),
            row.unit.name,
            row.person.name,
            say("cli.yes" if row.came else "cli.no"),
        ]
        for row in meetings
    ]
    heads = [say(f"meeting.head.{name}") for name in ("on", "unit", "person", "came")]
    return [Heading(say("meeting.title", count=len(meetings))), TextTable(heads, rows)]


PERSON_OPTIONS = (
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
    Command("people", run_people, (Param("--q", "words"), OPTIONAL_ON), "register"),
    Command("people add", run_peopleadd, (Param("--name", required=True), *PERSON_OPTIONS, OPTIONAL_BY), "register"),
    Command("people set", run_peopleset, (PERSON, Param("--name"), *PERSON_OPTIONS, OPTIONAL_BY), "register"),
    Command(
        "people membership",
        run_peoplemembership,
        (PERSON, Param("status", required=True), SINCE, OPTIONAL_BY),
        "register",
    ),
    Command(
        "user add",
        run_user_add,
        (USER, Param("--name"), Param("--person", "person"), ROLE, IN_UNIT, SINCE, OPTIONAL_BY),
        "register",
    ),
    Command("user list", run_user_list, (OPTIONAL_ON,), "register"),
    Command("user grant", run_user_grant, (USER, ROLE, IN_UNIT, SINCE, OPTIONAL_BY), "register"),
    Command("user end", run_user_end, (USER, LAST_DAY, Param("--role"), UNIT, OPTIONAL_BY), "register"),
    Command("plan", run_plan, (Param("post"), Param("kind", "plan"), OPTIONAL_ON, UNIT, OPTIONAL_BY), "register"),
    Command("term", run_term, (Param("unit"), OPTIONAL_ON, OPTIONAL_BY), "register"),
    Command("meeting", run_meeting, (Param("unit"), OPTIONAL_ON, Param("--came", "answer"), OPTIONAL_BY), "register"),
)
