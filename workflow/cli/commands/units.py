"""Units and posts are entered and listed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeVar

from workflow.cli.context import CommandContext
from workflow.cli.output import Block, Cell, Heading, Page, StyledText, TextLine, TextTable, format_cell
from workflow.cli.parsing.act_options import act_params, read_act
from workflow.cli.parsing.arguments import read_optional_day, resolve_unit, resolve_user
from workflow.cli.parsing.options import OPTIONAL_BY, OPTIONAL_ON, UNIT
from workflow.cli.parsing.parser import Command
from workflow.core.views import fields_of
from workflow.register.acts import AddPost, AddUnit, ChangeUnit, EndPost, EndUnit, HoldPost, LeavePost

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from workflow.office import Office
    from workflow.register.views.outcomes import EndedTenureView, EndResultView, FlaggedCaseView, TenureView
    from workflow.register.views.places import UnitView
    from workflow.register.views.posts import PostWithPlanView
    from workflow.register.writer import Who


A = TypeVar("A")


def resolve_actor(ctx: CommandContext, office: "Office", by: str | None) -> "Who":
    """Who enters it in the register: a user, where one is named. Raises `UnknownName`."""
    return ctx.acting_as(resolve_user(office, by) if by else "")


def perform_act(
    ctx: CommandContext,
    act: type[A],
    command: "Callable[[Office, A, Who], DataclassInstance]",
    typed: Mapping[str, Any],
    word: "Callable[[Office, Any], tuple[str, dict[str, object]]]",
) -> None:
    """Enter what was typed, and say in one sentence what was entered.

    ``word`` gives its key and its own words.
    """
    with ctx.open_office() as office:
        entry = read_act(office, act, typed)
        outcome = command(office, entry, resolve_actor(ctx, office, typed["by"]))
        key, words = word(office, outcome)
        show_outcome(ctx, key, outcome, **words)


def show_outcome(
    ctx: CommandContext, key: str, view: "Mapping[str, object] | DataclassInstance", **words: object
) -> None:
    values = dict(view) if isinstance(view, Mapping) else fields_of(view)
    done = TextLine(ctx.say(key, **{**values, **words}), "good")
    flagged: Sequence[FlaggedCaseView] = values.get("flagged", ())  # type: ignore[assignment] # of the views
    ctx.show_view(view, lambda: [done, *list_flagged_cases(ctx, flagged)])


def list_flagged_cases(ctx: CommandContext, flagged: "Sequence[FlaggedCaseView]") -> "Iterator[Block]":
    """The open cases that got flags because a fact about one of their people was set right."""
    if flagged:
        yield TextLine(ctx.say("rejudge.flagged", count=len(flagged)), "warn")
    for case in flagged:
        codes = ", ".join(sorted({flag.code for flag in case.flags}))
        yield TextLine(ctx.say("rejudge.case", case=case.case, codes=codes), "warn", 1, "-")


def word_change(key: str) -> "Callable[[Office, Any], tuple[str, dict[str, object]]]":
    """The words for what may have been so already."""
    return lambda _office, outcome: (key if outcome.changed else "register.as_before", {})


def word_end(_office: "Office", outcome: "EndResultView") -> tuple[str, dict[str, object]]:
    """The words for what ends."""
    return "register.ended_on", {"last": format_cell(outcome.last)}


# --- units --------------------------------------------------------------------------------------------------


def run_unit_add(ctx: CommandContext, **typed: Any) -> None:
    from workflow.register.commands.units import add_unit

    perform_act(ctx, AddUnit, add_unit, typed, lambda _office, _outcome: ("unit.added", {}))


def run_unit_list(ctx: CommandContext, *, unit: str | None, on: str | None) -> None:
    from workflow.register.views.places import list_units

    with ctx.open_office() as office:
        at = resolve_unit(office, unit) if unit else None
        units = list_units(office, read_optional_day(on), unit=at)
        ctx.show_view({"units": units}, lambda: _units_page(ctx, units))


def _units_page(ctx: CommandContext, units: "list[UnitView]") -> Page:
    edition = ctx.edition()
    levels, names = edition.levels, edition.organs
    rows: list[list[Cell]] = [
        [
            "  " * unit.depth + unit.name,
            unit.id,
            levels[unit.level].in_language(ctx.speaks) if unit.level in levels else unit.level,
            ", ".join(
                names[key].label.in_language(ctx.speaks) if key in names else key for key in unit.organs
            ),
            format_cell(unit.valid_to),
        ]
        for unit in units
    ]
    heads = [ctx.say(f"unit.head.{name}") for name in ("name", "id", "level", "organs", "last")]
    return [Heading(ctx.say("unit.title", count=len(units))), TextTable(heads, rows, spare=frozenset({2, 4}))]


def run_unit_change(ctx: CommandContext, **typed: Any) -> None:
    from workflow.register.commands.units import change_unit

    perform_act(ctx, ChangeUnit, change_unit, typed, word_change("unit.changed"))


def run_unit_end(ctx: CommandContext, **typed: Any) -> None:
    from workflow.register.commands.units import end_unit

    perform_act(ctx, EndUnit, end_unit, typed, word_end)


# --- posts --------------------------------------------------------------------------------------------------


def run_post_add(ctx: CommandContext, **typed: Any) -> None:
    from workflow.register.commands.posts import add_post

    perform_act(ctx, AddPost, add_post, typed, lambda _office, _outcome: ("post.added", {}))


def run_post_list(ctx: CommandContext, *, unit: str | None, on: str | None) -> None:
    from workflow.register.views.posts import list_posts

    with ctx.open_office() as office:
        at = resolve_unit(office, unit) if unit else None
        posts = list_posts(office, read_optional_day(on), unit=at)
        ctx.show_view({"posts": posts}, lambda: _posts_page(ctx, posts))


def _posts_page(ctx: CommandContext, posts: "list[PostWithPlanView]") -> Page:
    """Posts by commune, each commune under its own heading."""
    say = ctx.say
    heads = [say(f"post.head.{name}") for name in ("unit", "holder", "membership", "since", "plan", "id")]
    blocks: list[Block] = [TextLine(say("post.title", count=len(posts)), "strong")]
    for name, mine in groupby(posts, key=lambda post: post.commune.name if post.commune else ""):
        blocks += [
            Heading(name),
            TextTable(heads, [_post_row(ctx, post) for post in mine], spare=frozenset({3})),
        ]
    return blocks


def _post_row(ctx: CommandContext, post: "PostWithPlanView") -> list[Cell]:
    say, holder = ctx.say, post.holder
    planned = say(f"plan.kind.{post.plan}") if post.plan else ""
    if holder is None:
        return [post.unit.name, StyledText(say("post.vacant"), "warn"), "", "", planned, post.id]
    name = say("post.secretary_too", name=holder.name) if post.secretary else holder.name
    membership = StyledText(
        say(f"party.{holder.membership}"), "warn" if holder.membership == "none" else "plain"
    )
    return [post.unit.name, name, membership, format_cell(post.since), planned, post.id]


def run_post_end(ctx: CommandContext, **typed: Any) -> None:
    from workflow.register.commands.posts import end_post

    perform_act(ctx, EndPost, end_post, typed, word_end)


def run_post_hold(ctx: CommandContext, **typed: Any) -> None:
    from workflow.register.commands.posts import hold_post

    def word(office: "Office", outcome: "TenureView") -> tuple[str, dict[str, object]]:
        return "post.held", {
            "since": format_cell(outcome.since),
            "person": name_person(office, outcome.person),
        }

    perform_act(ctx, HoldPost, hold_post, typed, word)


def run_post_leave(ctx: CommandContext, **typed: Any) -> None:
    from workflow.register.commands.posts import leave_post

    def word(office: "Office", outcome: "EndedTenureView") -> tuple[str, dict[str, object]]:
        return "post.left", {"last": format_cell(outcome.last), "person": name_person(office, outcome.person)}

    perform_act(ctx, LeavePost, leave_post, typed, word)


def name_person(office: "Office", person: str) -> str:
    """What somebody is called."""
    from workflow.register.views.people import load_names

    return load_names(office, [person])[person]


COMMANDS = (
    Command("unit add", run_unit_add, (*act_params(AddUnit, "name"), OPTIONAL_BY), "register"),
    Command("unit list", run_unit_list, (UNIT, OPTIONAL_ON), "register"),
    Command("unit change", run_unit_change, (*act_params(ChangeUnit, "unit"), OPTIONAL_BY), "register"),
    Command("unit end", run_unit_end, (*act_params(EndUnit, "unit"), OPTIONAL_BY), "register"),
    Command("post add", run_post_add, (*act_params(AddPost, "unit"), OPTIONAL_BY), "register"),
    Command("post list", run_post_list, (UNIT, OPTIONAL_ON), "register"),
    Command("post hold", run_post_hold, (*act_params(HoldPost, "post", "person"), OPTIONAL_BY), "register"),
    Command("post leave", run_post_leave, (*act_params(LeavePost, "post"), OPTIONAL_BY), "register"),
    Command("post end", run_post_end, (*act_params(EndPost, "post"), OPTIONAL_BY), "register"),
)
