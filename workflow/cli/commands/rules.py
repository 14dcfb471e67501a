"""The rules at the door: checked, printed whole, compared, drawn."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from workflow.cli.context import Desk
from workflow.cli.output.tables import Block, Cell, Facts, Heading, Line, Table
from workflow.cli.parsing.options import PIPELINE
from workflow.cli.parsing.parser import Command, Param

if TYPE_CHECKING:
    from states.rulebook.edition import Edition
    from workflow.presentation.rulebook_tables import Section

WIDEST = 4
"""Columns of a table that still fits on a screen; a wider one is told row by row."""


def check(desk: Desk) -> None:
    """Check all editions."""
    from states.rulebook.loading import Rulebook

    rulebook = Rulebook()
    rulebook.check()
    found: list[dict[str, Any]] = [
        {
            "pipeline": pipeline,
            "edition": name,
            "in_force": rulebook.edition(pipeline, name).in_force,
            "label": rulebook.edition(pipeline, name).label.in_language(desk.speaks),
        }
        for pipeline in rulebook.pipelines
        for name in rulebook.editions(pipeline)
    ]
    heads = [desk.say(f"rules.{name}") for name in ("pipeline", "edition", "in_force", "label")]
    rows: list[list[Cell]] = [
        [one["pipeline"], one["edition"], f"{one['in_force']:%d/%m/%Y}", one["label"]] for one in found
    ]
    desk.show({"editions": found}, lambda: [Line(desk.say("rules.all_well"), "good"), Table(heads, rows)])


def show(desk: Desk, *, edition: str | None, pipeline: str | None) -> None:
    """Print an edition whole."""
    from states.rulebook.plain import plain
    from workflow.presentation.rulebook_tables import shown

    made = _edition(pipeline, edition)
    desk.show(plain(made), lambda: list(_sections(shown(made, desk.speaks))))


def diff(desk: Desk, *, old: str, new: str, pipeline: str | None) -> None:
    """Tell in what two editions differ."""
    from states.rulebook.difference import difference
    from workflow.presentation.rulebook_diff import changes_told

    before, after = _edition(pipeline, old), _edition(pipeline, new)
    told = changes_told(before, after, desk.speaks)
    view = {
        "old": before.name,
        "new": after.name,
        "changes": [asdict(one) for one in difference(before, after)],
        "told": [{"section": one.key, "sentences": [row[0] for row in one.rows]} for one in told],
    }
    words = {"old": before.label.in_language(desk.speaks), "new": after.label.in_language(desk.speaks)}
    title = Heading(desk.say("rules.diff", **words))
    nothing: list[Block] = [] if told else [Line(desk.say("rules.no_difference"))]
    desk.show(view, lambda: [title, *nothing, *_sentences(told)])


def diagram(desk: Desk, *, edition: str | None, pipeline: str | None) -> None:
    """Draw an edition."""
    from workflow.presentation.rulebook_diagram import drawn

    made = _edition(pipeline, edition)
    text = drawn(made, desk.speaks)
    desk.show({"edition": made.name, "mermaid": text}, lambda: [Line(text)])


def _edition(pipeline: str | None, name: str | None) -> "Edition":
    """The edition that is meant; without a name, the newest. Raises `UnknownEdition`."""
    from states.rulebook.loading import Rulebook

    rulebook, kind = Rulebook(), pipeline or "admission"
    return rulebook.edition(kind, name or rulebook.editions(kind)[-1])


def _sentences(sections: "Iterable[Section]") -> Iterator[Block]:
    for section in sections:
        yield Heading(section.title)
        yield from (Line(row[0], "plain", 1, "-") for row in section.rows)


def _sections(sections: "Iterable[Section]") -> Iterator[Block]:
    for section in sections:
        if not section.rows:
            continue
        yield Heading(section.title)
        if len(section.heads) <= WIDEST:
            yield Table(section.heads, [_one_line(row) for row in section.rows])
            continue
        for key, *values in section.rows:
            yield Line(f"[{key}] {values[0]}", "strong", 1)
            yield Facts(list(zip(section.heads[2:], _one_line(values[1:]), strict=True)), depth=2)


def _one_line(row: Iterable[str]) -> list[Cell]:
    return [cell.replace("\n", " / ") for cell in row]


EDITION = Param("edition")
OLD, NEW = Param("old", "edition", required=True), Param("new", "edition", required=True)
COMMANDS = (
    Command("rulebook check", check, (), "rules"),
    Command("rulebook show", show, (EDITION, PIPELINE), "rules"),
    Command("rulebook diff", diff, (OLD, NEW, PIPELINE), "rules"),
    Command("rulebook diagram", diagram, (EDITION, PIPELINE), "rules"),
)
