"""Units and posts at the door: what there is of villages and communes, and who heads them."""

from collections.abc import Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from workflow.cli.context import CommandContext
from workflow.cli.output.tables import Block, Cell, Heading, Page, StyledText, TextLine, TextTable, format_cell
from workflow.cli.parsing.arguments import (
    read_day,
    read_optional_day,
    read_organs,
    read_yes_no,
    resolve_person,
    resolve_post,
    resolve_unit,
    resolve_user,
)
from workflow.cli.parsing.options import ID, KIND, LAST_DAY, OPTIONAL_BY, OPTIONAL_ON, PERSON, SINCE, UNIT
from workflow.cli.parsing.parser import Command, Param

if TYPE_CHECKING:
    from workflow.office import Office
    from workflow.register.views.places import UnitView
    from workflow.register.views.posts import PostWithPlanView
    from workflow.register.writer import Who


def resolve_actor(ctx: CommandContext, office: "Office", by: str | None) -> "Who":
    """Who enters it in the register: a user, where one is named. Raises `UnknownName`."""
    return ctx.acting_as(resolve_user(office, by) if by else "")


def show_outcome(ctx: CommandContext, key: str, view: Mapping[str, object], **words: object) -> None:
    """Say in one sentence what was entered."""
    ctx.show_view(view, lambda: [TextLine(ctx.say(key, **{**view, **words}), "good")])


# --- units -------------------------------------------------------------------------------------------------------


def run_unit_add(
    ctx: CommandContext, *, name: str, level: str, since: str, parent: str | None, id_: str | None, organs_: str | None,
    authorised: bool, by: str | None,
) -> None:  # fmt: skip
    """Add a unit."""
    from workflow.register.commands.units import add_unit

    with ctx.open_office() as office:
        above = resolve_unit(office, parent) if parent else None
        made = add_unit(
            office, name, level, read_day(since, "since"), resolve_actor(ctx, office, by),
            unit=id_, parent=above, organs=read_organs(organs_), authorised=authorised,
        )  # fmt: skip
        show_outcome(ctx, "unit.added", {"id": made, "name": name})


def run_unit_list(ctx: CommandContext, *, unit: str | None, on: str | None) -> None:
    """List units."""
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
            ", ".join(names[key].label.in_language(ctx.speaks) if key in names else key for key in unit.organs),
            format_cell(unit.valid_to),
        ]
        for unit in units
    ]
    heads = [ctx.say(f"unit.head.{name}") for name in ("name", "id", "level", "organs", "last")]
    return [Heading(ctx.say("unit.title", count=len(units))), TextTable(heads, rows, spare=frozenset({2, 4}))]


def run_unit_change(
    ctx: CommandContext, *, unit: str, since: str, name: str | None, level: str | None, parent: str | None,
    organs_: str | None, authorised: str | None, by: str | None,
) -> None:  # fmt: skip
    """Change a unit from a day on."""
    from workflow.register.commands.units import change_unit

    with ctx.open_office() as office:
        at = resolve_unit(office, unit)
        above = resolve_unit(office, parent) if parent else None
        new = change_unit(
            office, at, read_day(since, "since"), resolve_actor(ctx, office, by), name=name, level=level, parent=above,
            organs=read_organs(organs_), authorised=read_yes_no(authorised, "authorised"),
        )  # fmt: skip
        show_outcome(ctx, "unit.changed" if new else "register.as_before", {"id": at, "changed": new})


def run_unit_end(ctx: CommandContext, *, unit: str, on: str, successor: str | None, by: str | None) -> None:
    """End a unit."""
    from workflow.register.commands.units import end_unit

    with ctx.open_office() as office:
        at, last = resolve_unit(office, unit), read_day(on)
        after = resolve_unit(office, successor) if successor else None
        end_unit(office, at, last, resolve_actor(ctx, office, by), successor=after)
        show_outcome(ctx, "register.ended_on", {"id": at, "last": last}, last=format_cell(last))


# --- posts -------------------------------------------------------------------------------------------------------


def run_post_add(
    ctx: CommandContext, *, unit: str, since: str, kind: str | None, id_: str | None, by: str | None
) -> None:
    """Add a village's post of head."""
    from workflow.register.commands.posts import add_post

    with ctx.open_office() as office:
        at = resolve_unit(office, unit)
        since_ = read_day(since, "since")
        made = add_post(office, at, since_, resolve_actor(ctx, office, by), kind=kind or "village", post=id_)
        show_outcome(ctx, "post.added", {"id": made, "unit": at})


def run_post_list(ctx: CommandContext, *, unit: str | None, on: str | None) -> None:
    """List posts and who holds them."""
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
        blocks += [Heading(name), TextTable(heads, [_post_row(ctx, post) for post in mine], spare=frozenset({3}))]
    return blocks


def _post_row(ctx: CommandContext, post: "PostWithPlanView") -> list[Cell]:
    say, holder = ctx.say, post.holder
    planned = say(f"plan.kind.{post.plan}") if post.plan else ""
    if holder is None:
        return [post.unit.name, StyledText(say("post.vacant"), "warn"), "", "", planned, post.id]
    name = say("post.secretary_too", name=holder.name) if post.secretary else holder.name
    membership = StyledText(say(f"party.{holder.membership}"), "warn" if holder.membership == "none" else "plain")
    return [post.unit.name, name, membership, format_cell(post.since), planned, post.id]


def run_post_end(ctx: CommandContext, *, post: str, on: str, by: str | None) -> None:
    """End a post."""
    from workflow.register.commands.posts import end_post

    with ctx.open_office() as office:
        at, last = resolve_post(office, post), read_day(on)
        end_post(office, at, last, resolve_actor(ctx, office, by))
        show_outcome(ctx, "register.ended_on", {"id": at, "last": last}, last=format_cell(last))


def run_post_hold(ctx: CommandContext, *, post: str, person: str, since: str, secretary: bool, by: str | None) -> None:
    """Say who holds a post from a day on."""
    from workflow.register.commands.posts import hold_post
    from workflow.register.views.people import load_names

    with ctx.open_office() as office:
        at, whom, first = resolve_post(office, post), resolve_person(office, person), read_day(since, "since")
        hold_post(office, at, whom, first, resolve_actor(ctx, office, by), secretary=secretary)
        words = {"since": format_cell(first), "person": load_names(office, [whom])[whom]}
        show_outcome(ctx, "post.held", {"id": at, "person": whom, "since": first}, **words)


def run_post_leave(ctx: CommandContext, *, post: str, on: str, by: str | None) -> None:
    """Say that whoever holds a post leaves it."""
    from workflow.register.commands.posts import leave_post
    from workflow.register.views.people import load_names

    with ctx.open_office() as office:
        at, last = resolve_post(office, post), read_day(on)
        whom = leave_post(office, at, last, resolve_actor(ctx, office, by))
        words = {"last": format_cell(last), "person": load_names(office, [whom])[whom]}
        show_outcome(ctx, "post.left", {"id": at, "person": whom, "last": last}, **words)


NAME, LEVEL = Param("name", required=True), Param("--level", required=True)
PARENT, ORGANS = Param("--parent", "unit"), Param("--organs", into="organs_")
UNIT_ARG, POST = Param("unit", required=True), Param("post", required=True)
CHANGE_OPTIONS = (Param("--name"), Param("--level"), PARENT, ORGANS, Param("--authorised", "answer"))
COMMANDS = (
    Command(
        "unit add", run_unit_add, (NAME, LEVEL, SINCE, PARENT, ID, ORGANS, Param("--authorised", kind="flag"), OPTIONAL_BY),
        "register",
    ),
    Command("unit list", run_unit_list, (UNIT, OPTIONAL_ON), "register"),
    Command("unit change", run_unit_change, (UNIT_ARG, SINCE, *CHANGE_OPTIONS, OPTIONAL_BY), "register"),
    Command("unit end", run_unit_end, (UNIT_ARG, LAST_DAY, Param("--successor", "unit"), OPTIONAL_BY), "register"),
    Command("post add", run_post_add, (UNIT_ARG, SINCE, KIND, ID, OPTIONAL_BY), "register"),
    Command("post list", run_post_list, (UNIT, OPTIONAL_ON), "register"),
    Command("post hold", run_post_hold, (POST, PERSON, SINCE, Param("--secretary", kind="flag"), OPTIONAL_BY), "register"),
    Command("post leave", run_post_leave, (POST, LAST_DAY, OPTIONAL_BY), "register"),
    Command("post end", run_post_end, (POST, LAST_DAY, OPTIONAL_BY), "register"),
)  # fmt: skip
