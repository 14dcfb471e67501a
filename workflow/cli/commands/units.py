"""Units and posts at the door: what there is of villages and communes, and who heads them."""

from itertools import groupby
from typing import TYPE_CHECKING, Any

from workflow.cli.context import Desk
from workflow.cli.output.tables import Block, Cell, Heading, Line, Page, Table, Words, printed
from workflow.cli.parsing.arguments import (
    day,
    organs,
    person_of,
    post_of,
    some_day,
    unit_of,
    user_of,
    yes_or_no,
)
from workflow.cli.parsing.options import ID, KIND, LAST, PERSON, SINCE, SOME_BY, SOME_DAY, UNIT
from workflow.cli.parsing.parser import Command, Param

if TYPE_CHECKING:
    from workflow.office import Office
    from workflow.register.writer import Who

View = dict[str, Any]


def who_of(desk: Desk, office: "Office", by: str | None) -> "Who":
    """Who enters it in the register: a user, where one is named. Raises `Unknown`."""
    return desk.who(user_of(office, by) if by else "")


def done(desk: Desk, key: str, view: View, **words: object) -> None:
    """Say in one sentence what was entered."""
    desk.show(view, lambda: [Line(desk.say(key, **{**view, **words}), "good")])


# --- units -------------------------------------------------------------------------------------------------------


def unit_add(
    desk: Desk, *, name: str, level: str, since: str, parent: str | None, id_: str | None, organs_: str | None,
    authorised: bool, by: str | None,
) -> None:  # fmt: skip
    """Add a unit."""
    from workflow.register import add_unit

    with desk.opened() as office:
        above = unit_of(office, parent) if parent else None
        made = add_unit(
            office, name, level, day(since, "since"), who_of(desk, office, by),
            unit=id_, parent=above, organs=organs(organs_), authorised=authorised,
        )  # fmt: skip
        done(desk, "unit.added", {"id": made, "name": name})


def unit_list(desk: Desk, *, unit: str | None, on: str | None) -> None:
    """List units."""
    from workflow import register

    with desk.opened() as office:
        at = unit_of(office, unit) if unit else None
        found = register.unit_list(office, some_day(on), unit=at)
        desk.show({"units": found}, lambda: _units_page(desk, found))


def _units_page(desk: Desk, units: list[View]) -> Page:
    edition = desk.edition()
    levels, names = edition.levels, edition.organs
    rows: list[list[Cell]] = [
        [
            "  " * one["depth"] + one["name"],
            one["id"],
            levels[one["level"]].in_language(desk.speaks) if one["level"] in levels else one["level"],
            ", ".join(names[key].label.in_language(desk.speaks) if key in names else key for key in one["organs"]),
            printed(one["valid_to"]),
        ]
        for one in units
    ]
    heads = [desk.say(f"unit.head.{name}") for name in ("name", "id", "level", "organs", "last")]
    return [Heading(desk.say("unit.title", count=len(units))), Table(heads, rows, spare=frozenset({2, 4}))]


def unit_change(
    desk: Desk, *, unit: str, since: str, name: str | None, level: str | None, parent: str | None,
    organs_: str | None, authorised: str | None, by: str | None,
) -> None:  # fmt: skip
    """Change a unit from a day on."""
    from workflow.register import change_unit

    with desk.opened() as office:
        at = unit_of(office, unit)
        above = unit_of(office, parent) if parent else None
        new = change_unit(
            office, at, day(since, "since"), who_of(desk, office, by), name=name, level=level, parent=above,
            organs=organs(organs_), authorised=yes_or_no(authorised, "authorised"),
        )  # fmt: skip
        done(desk, "unit.changed" if new else "register.as_before", {"id": at, "changed": new})


def unit_end(desk: Desk, *, unit: str, on: str, successor: str | None, by: str | None) -> None:
    """End a unit."""
    from workflow.register import end_unit

    with desk.opened() as office:
        at, last = unit_of(office, unit), day(on)
        after = unit_of(office, successor) if successor else None
        end_unit(office, at, last, who_of(desk, office, by), successor=after)
        done(desk, "register.ended_on", {"id": at, "last": last}, last=printed(last))


# --- posts -------------------------------------------------------------------------------------------------------


def post_add(desk: Desk, *, unit: str, since: str, kind: str | None, id_: str | None, by: str | None) -> None:
    """Add a village's post of head."""
    from workflow.register import add_post

    with desk.opened() as office:
        at = unit_of(office, unit)
        since_ = day(since, "since")
        made = add_post(office, at, since_, who_of(desk, office, by), kind=kind or "village", post=id_)
        done(desk, "post.added", {"id": made, "unit": at})


def post_list(desk: Desk, *, unit: str | None, on: str | None) -> None:
    """List posts and who holds them."""
    from workflow import register

    with desk.opened() as office:
        at = unit_of(office, unit) if unit else None
        found = register.post_list(office, some_day(on), unit=at)
        desk.show({"posts": found}, lambda: _posts_page(desk, found))


def _posts_page(desk: Desk, posts: list[View]) -> Page:
    """Posts by commune, each commune under its own heading."""
    say = desk.say
    heads = [say(f"post.head.{name}") for name in ("unit", "holder", "membership", "since", "plan", "id")]
    blocks: list[Block] = [Line(say("post.title", count=len(posts)), "strong")]
    for name, mine in groupby(posts, key=lambda one: one["commune"]["name"] if one["commune"] else ""):
        blocks += [Heading(name), Table(heads, [_post_row(desk, one) for one in mine], spare=frozenset({3}))]
    return blocks


def _post_row(desk: Desk, one: View) -> list[Cell]:
    say, holder = desk.say, one["holder"]
    planned = say(f"plan.kind.{one['plan']}") if one["plan"] else ""
    if holder is None:
        return [one["unit"]["name"], Words(say("post.vacant"), "warn"), "", "", planned, one["id"]]
    name = say("post.secretary_too", name=holder["name"]) if one["secretary"] else holder["name"]
    membership = Words(say(f"party.{holder['membership']}"), "warn" if holder["membership"] == "none" else "plain")
    return [one["unit"]["name"], name, membership, printed(one["since"]), planned, one["id"]]


def post_end(desk: Desk, *, post: str, on: str, by: str | None) -> None:
    """End a post."""
    from workflow.register import end_post

    with desk.opened() as office:
        at, last = post_of(office, post), day(on)
        end_post(office, at, last, who_of(desk, office, by))
        done(desk, "register.ended_on", {"id": at, "last": last}, last=printed(last))


def post_hold(desk: Desk, *, post: str, person: str, since: str, secretary: bool, by: str | None) -> None:
    """Say who holds a post from a day on."""
    from workflow.register import hold_post
    from workflow.register.search import names_of

    with desk.opened() as office:
        at, whom, first = post_of(office, post), person_of(office, person), day(since, "since")
        hold_post(office, at, whom, first, who_of(desk, office, by), secretary=secretary)
        words = {"since": printed(first), "person": names_of(office, [whom])[whom]}
        done(desk, "post.held", {"id": at, "person": whom, "since": first}, **words)


def post_leave(desk: Desk, *, post: str, on: str, by: str | None) -> None:
    """Say that whoever holds a post leaves it."""
    from workflow.register import leave_post
    from workflow.register.search import names_of

    with desk.opened() as office:
        at, last = post_of(office, post), day(on)
        whom = leave_post(office, at, last, who_of(desk, office, by))
        words = {"last": printed(last), "person": names_of(office, [whom])[whom]}
        done(desk, "post.left", {"id": at, "person": whom, "last": last}, **words)


NAME, LEVEL = Param("name", required=True), Param("--level", required=True)
PARENT, ORGANS = Param("--parent", "unit"), Param("--organs", into="organs_")
UNIT_ARG, POST = Param("unit", required=True), Param("post", required=True)
CHANGED = (Param("--name"), Param("--level"), PARENT, ORGANS, Param("--authorised", "answer"))
COMMANDS = (
    Command(
        "unit add", unit_add, (NAME, LEVEL, SINCE, PARENT, ID, ORGANS, Param("--authorised", kind="flag"), SOME_BY),
        "register",
    ),
    Command("unit list", unit_list, (UNIT, SOME_DAY), "register"),
    Command("unit change", unit_change, (UNIT_ARG, SINCE, *CHANGED, SOME_BY), "register"),
    Command("unit end", unit_end, (UNIT_ARG, LAST, Param("--successor", "unit"), SOME_BY), "register"),
    Command("post add", post_add, (UNIT_ARG, SINCE, KIND, ID, SOME_BY), "register"),
    Command("post list", post_list, (UNIT, SOME_DAY), "register"),
    Command("post hold", post_hold, (POST, PERSON, SINCE, Param("--secretary", kind="flag"), SOME_BY), "register"),
    Command("post leave", post_leave, (POST, LAST, SOME_BY), "register"),
    Command("post end", post_end, (POST, LAST, SOME_BY), "register"),
)  # fmt: skip
