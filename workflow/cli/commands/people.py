"""People, users, plans and meetings are entered and listed."""

from typing import TYPE_CHECKING, Any

from workflow.cli.commands.units import name_person, perform_act, word_change, word_end
from workflow.cli.context import CommandContext
from workflow.cli.output import Cell, Heading, Page, StyledText, TextLine, TextTable, format_cell
from workflow.cli.parsing.act_options import act_params
from workflow.cli.parsing.arguments import read_optional_day, resolve_unit
from workflow.cli.parsing.options import OPTIONAL_BY, OPTIONAL_ON, UNIT
from workflow.cli.parsing.parser import Command, Param, usage_error
from workflow.register.acts import (
    AddGrant,
    AddPerson,
    AddUser,
    BeginTerm,
    ChangePerson,
    EndUser,
    LogMeeting,
    SetMembership,
    SetPlan,
    SetTogether,
)

if TYPE_CHECKING:
    from workflow.office import Office
    from workflow.register.views.outcomes import (
        LoggedMeetingView,
        MembershipView,
        NewTermView,
        SetPlanResultView,
        TogetherView,
    )
    from workflow.register.views.people import PersonListRow
    from workflow.register.views.places import TermView
    from workflow.register.views.posts import MeetingView, PlanView
    from workflow.register.views.users import UserView


def run_people(ctx: CommandContext, *, q: str | None, on: str | None) -> None:
    from workflow.register.views.people import find_people

    with ctx.open_office() as office:
        people = find_people(office, q or "", read_optional_day(on))
        ctx.show_view({"people": people}, lambda: _people_page(ctx, people))


def _people_page(ctx: CommandContext, people: "list[PersonListRow]") -> Page:
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


def run_people_add(ctx: CommandContext, **typed: Any) -> None:
    from workflow.register.commands.people import add_person

    perform_act(ctx, AddPerson, add_person, typed, lambda _office, _outcome: ("people.added", {}))


def run_people_set(ctx: CommandContext, **typed: Any) -> None:
    from workflow.cases.commands.people_facts import change_person

    if all(value is None for name, value in typed.items() if name not in ("person", "by")):
        raise usage_error("usage.nothing_said")
    perform_act(ctx, ChangePerson, change_person, typed, word_change("people.changed"))


def run_people_membership(ctx: CommandContext, **typed: Any) -> None:
    """Say what somebody is in the Party by a paper, not by a case."""
    from workflow.cases.commands.people_facts import set_membership

    def word(_office: "Office", outcome: "MembershipView") -> tuple[str, dict[str, object]]:
        membership = ctx.say(f"membership.{outcome.membership}")
        return "people.is", {"since": format_cell(outcome.since), "membership": membership}

    perform_act(ctx, SetMembership, set_membership, typed, word)


def run_people_together(ctx: CommandContext, **typed: Any) -> None:
    """Say since when a sponsor or helper has been together with a candidate."""
    from workflow.cases.commands.people_facts import set_together

    def word(office: "Office", outcome: "TogetherView") -> tuple[str, dict[str, object]]:
        if not outcome.changed:
            return "register.as_before", {}
        return "people.together", {
            "person": name_person(office, outcome.id),
            "candidate": name_person(office, outcome.candidate),
            "since": format_cell(outcome.since),
        }

    perform_act(ctx, SetTogether, set_together, typed, word)


# --- users --------------------------------------------------------------------------------------------------


def run_user_add(ctx: CommandContext, **typed: Any) -> None:
    from workflow.register.commands.users import add_user

    if (typed["name"] is None) == (typed["person"] is None):
        raise usage_error("usage.user")
    perform_act(ctx, AddUser, add_user, typed, lambda _office, _outcome: ("user.added", {}))


def run_user_list(ctx: CommandContext, *, on: str | None) -> None:
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


def run_user_grant(ctx: CommandContext, **typed: Any) -> None:
    from workflow.register.commands.users import add_grant

    perform_act(ctx, AddGrant, add_grant, typed, lambda _office, _outcome: ("user.granted", {}))


def run_user_end(ctx: CommandContext, **typed: Any) -> None:
    """End a user, or one of the roles."""
    from workflow.register.commands.users import end_user

    if (typed["role"] is None) != (typed["unit"] is None):
        raise usage_error("usage.user_end")
    perform_act(ctx, EndUser, end_user, typed, word_end)


# --- plans and meetings -------------------------------------------------------------------------------------


def run_plan(ctx: CommandContext, *, unit: str | None, **typed: Any) -> None:
    """Say what is planned for a post; without one, list the plans."""
    from workflow.register.commands.posts import set_plan
    from workflow.register.views.posts import list_plans

    if typed["post"] is None:
        with ctx.open_office() as office:
            at = resolve_unit(office, unit) if unit else None
            plans = list_plans(office, read_optional_day(typed["on"]), unit=at)
            ctx.show_view({"plans": plans}, lambda: _plans_page(ctx, plans))
        return
    if typed["kind"] is None or typed["on"] is None:
        raise usage_error("usage.plan")

    def word(_office: "Office", outcome: "SetPlanResultView") -> tuple[str, dict[str, object]]:
        planned = ctx.say(f"plan.kind.{outcome.kind}")
        return "plan.made" if outcome.changed else "register.as_before", {"planned": planned}

    perform_act(ctx, SetPlan, set_plan, typed, word)


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


def run_term(ctx: CommandContext, **typed: Any) -> None:
    """Say that a new term of a unit's committee began; without a unit, list them."""
    from workflow.register.commands.units import begin_term
    from workflow.register.views.places import list_terms

    if typed["unit"] is None:
        with ctx.open_office() as office:
            terms = list_terms(office)
            ctx.show_view({"terms": terms}, lambda: _terms_page(ctx, terms))
        return
    if typed["on"] is None:
        raise usage_error("usage.term")

    def word(_office: "Office", outcome: "NewTermView") -> tuple[str, dict[str, object]]:
        return "term.began", {"on": format_cell(outcome.from_)}

    perform_act(ctx, BeginTerm, begin_term, typed, word)


def _terms_page(ctx: CommandContext, terms: "list[TermView]") -> Page:
    heads = [ctx.say(f"term.head.{name}") for name in ("unit", "from", "to")]
    rows: list[list[Cell]] = [[row.unit.name, format_cell(row.from_), format_cell(row.to)] for row in terms]
    return [Heading(ctx.say("term.title", count=len(terms))), TextTable(heads, rows)]


def run_meeting(ctx: CommandContext, **typed: Any) -> None:
    """Log an extended meeting; without a unit, list them."""
    from workflow.register.commands.posts import log_meeting
    from workflow.register.views.posts import list_meetings

    if typed["came"] is None:
        with ctx.open_office() as office:
            at = resolve_unit(office, typed["unit"]) if typed["unit"] else None
            meetings = list_meetings(office, read_optional_day(typed["on"]), unit=at)
            ctx.show_view({"meetings": meetings}, lambda: _meetings_page(ctx, meetings))
        return
    if typed["unit"] is None or typed["on"] is None:
        raise usage_error("usage.meeting")

    def word(office: "Office", outcome: "LoggedMeetingView") -> tuple[str, dict[str, object]]:
        words: dict[str, object] = {
            "on": format_cell(outcome.on),
            "person": name_person(office, outcome.person),
        }
        return "meeting.came" if outcome.came else "meeting.stayed_away", words

    perform_act(ctx, LogMeeting, log_meeting, typed, word)


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


COMMANDS = (
    Command("people", run_people, (Param("--q", "words"), OPTIONAL_ON), "register"),
    Command("people add", run_people_add, (*act_params(AddPerson), OPTIONAL_BY), "register"),
    Command("people set", run_people_set, (*act_params(ChangePerson, "person"), OPTIONAL_BY), "register"),
    Command(
        "people membership",
        run_people_membership,
        (*act_params(SetMembership, "person", "status"), OPTIONAL_BY),
        "register",
    ),
    Command(
        "people together",
        run_people_together,
        (*act_params(SetTogether, "person", "candidate"), OPTIONAL_BY),
        "register",
    ),
    Command(
        "user add",
        run_user_add,
        (*act_params(AddUser, "user", leave_out=("contact",)), OPTIONAL_BY),
        "register",
    ),
    Command("user list", run_user_list, (OPTIONAL_ON,), "register"),
    Command("user grant", run_user_grant, (*act_params(AddGrant, "user"), OPTIONAL_BY), "register"),
    Command("user end", run_user_end, (*act_params(EndUser, "user"), OPTIONAL_BY), "register"),
    Command(
        "plan",
        run_plan,
        (*act_params(SetPlan, "post", "kind", required=False, kind="plan"), UNIT, OPTIONAL_BY),
        "register",
    ),
    Command("term", run_term, (*act_params(BeginTerm, "unit", required=False), OPTIONAL_BY), "register"),
    Command(
        "meeting", run_meeting, (*act_params(LogMeeting, "unit", required=False), OPTIONAL_BY), "register"
    ),
)
