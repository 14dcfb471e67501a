"""The rulebook's commands check, print, compare, draw and try editions."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from states.errors import EXIT_BAD_INPUT, EXIT_DONE
from workflow.cli.commands.calendars import open_calendar
from workflow.cli.context import CommandContext
from workflow.cli.output import Block, Cell, FactList, Heading, TextLine, TextTable
from workflow.cli.parsing.options import PIPELINE
from workflow.cli.parsing.parser import Command, Param

if TYPE_CHECKING:
    from states.rulebook.edition import Edition
    from workflow.presentation.rulebook.difference_text import ChangedSectionView
    from workflow.presentation.rulebook.tables import RulebookTable
    from workflow.presentation.rulebook.trial_text import TrialTableView, TrialView

WIDEST = 4
"""Columns of a table that still fits on a screen; a wider one is told row by row."""


def run_rulebook_check(ctx: CommandContext) -> None:
    from states.rulebook.loading import Rulebook
    from workflow.presentation.rulebook.edition_list import list_editions

    rulebook = Rulebook()
    rulebook.check_editions()
    view = list_editions(rulebook, ctx.speaks)
    heads = [ctx.say(f"rules.{name}") for name in ("pipeline", "edition", "in_force", "label")]
    rows: list[list[Cell]] = [
        [row.pipeline, row.edition, f"{row.in_force:%d/%m/%Y}", row.label] for row in view.editions
    ]
    ctx.show_view(view, lambda: [TextLine(ctx.say("rules.all_well"), "good"), TextTable(heads, rows)])


def run_rulebook_show(ctx: CommandContext, *, edition: str | None, pipeline: str | None) -> None:
    from states.rulebook.plain import edition_to_plain
    from workflow.presentation.rulebook.tables import build_tables

    made = _load_edition(pipeline, edition)
    ctx.show_view(edition_to_plain(made), lambda: list(_section_blocks(build_tables(made, ctx.speaks))))


def run_rulebook_diff(ctx: CommandContext, *, old: str, new: str, pipeline: str | None) -> None:
    from workflow.presentation.rulebook.difference_text import build_difference_view

    before, after = _load_edition(pipeline, old), _load_edition(pipeline, new)
    view = build_difference_view(before, after, ctx.speaks)
    words = {"old": before.label.in_language(ctx.speaks), "new": after.label.in_language(ctx.speaks)}
    title = Heading(ctx.say("rules.diff", **words))
    revisions = TextLine(ctx.say("rules.revisions", old=view.old_revision, new=view.new_revision), "dim")
    nothing: list[Block] = [] if view.told else [TextLine(ctx.say("rules.no_difference"))]
    ctx.show_view(view, lambda: [title, revisions, *nothing, *_sentence_blocks(ctx, view.told)])


def run_rulebook_diagram(ctx: CommandContext, *, edition: str | None, pipeline: str | None) -> None:
    from workflow.presentation.rulebook.diagram import draw_edition

    made = _load_edition(pipeline, edition)
    view = draw_edition(made, ctx.speaks)
    ctx.show_view(view, lambda: [TextLine(view.mermaid)])


def run_rulebook_try(ctx: CommandContext, *, file: Path | None) -> int:
    """Judge a table of trials; without a file, the one that comes with the program."""
    from states.rulebook.loading import load_own_rulebook
    from states.trials.judging import judge_trials
    from states.trials.table import read_own_table, read_trials
    from workflow.presentation.rulebook.trial_text import build_trial_table

    rulebook = load_own_rulebook()
    trials = read_trials([file], rulebook) if file else read_own_table(rulebook)
    with open_calendar(ctx) as (calendar, _):
        view = build_trial_table(judge_trials(trials, rulebook, calendar), ctx.speaks)
        ctx.show_view(view, lambda: list(_trial_blocks(ctx, view)))
    return EXIT_BAD_INPUT if view.failing else EXIT_DONE


def _trial_blocks(ctx: CommandContext, view: "TrialTableView") -> Iterator[Block]:
    for trial in view.trials:
        if not trial.holds:
            yield Heading(f"{trial.file}:{trial.line}  {trial.id}")
            yield TextLine(trial.situation, "strong", 1)
            yield FactList([(ctx.say(f"trial.{name}"), value) for name, value in _trial_facts(trial)], 1)
            yield from (TextLine(words, "warn", 2, "-") for words in trial.reasons)
    key = "trial.some_fail" if view.failing else "trial.all_hold"
    words = {"rows": len(view.trials), "failing": view.failing}
    yield TextLine(ctx.say(key, **words), "late" if view.failing else "good")


def _trial_facts(trial: "TrialView") -> Iterator[tuple[str, str]]:
    yield "act", f"{trial.act}, {trial.day:%d/%m/%Y} ({trial.pipeline} {trial.edition})"
    yield "expected", trial.expected
    yield "got", trial.got
    yield "faults", "; ".join(trial.faults)
    yield "article", f"{trial.article} [{trial.source}]"


def _load_edition(pipeline: str | None, name: str | None) -> "Edition":
    """The edition that is meant; without a name, the newest. Raises `UnknownEdition`."""
    from states.rulebook.loading import Rulebook

    rulebook, kind = Rulebook(), pipeline or "admission"
    return rulebook.load_edition(kind, name or rulebook.list_editions(kind)[-1])


def _sentence_blocks(ctx: CommandContext, sections: "Iterable[ChangedSectionView]") -> Iterator[Block]:
    for section in sections:
        yield Heading(ctx.say(f"rulebook.section.{section.section}"))
        yield from (TextLine(sentence, "plain", 1, "-") for sentence in section.sentences)


def _section_blocks(sections: "Iterable[RulebookTable]") -> Iterator[Block]:
    for section in sections:
        if not section.rows:
            continue
        yield Heading(section.title)
        if len(section.heads) <= WIDEST:
            yield TextTable(section.heads, [_one_line_cells(row) for row in section.rows])
            continue
        for key, *values in section.rows:
            yield TextLine(f"[{key}] {values[0]}", "strong", 1)
            yield FactList(list(zip(section.heads[2:], _one_line_cells(values[1:]), strict=True)), depth=2)


def _one_line_cells(row: Iterable[str]) -> list[Cell]:
    return [cell.replace("\n", " / ") for cell in row]


EDITION, TABLE = Param("edition"), Param("file", kind="file")
OLD, NEW = Param("old", "edition", required=True), Param("new", "edition", required=True)
COMMANDS = (
    Command("rulebook check", run_rulebook_check, (), "rules"),
    Command("rulebook show", run_rulebook_show, (EDITION, PIPELINE), "rules"),
    Command("rulebook diff", run_rulebook_diff, (OLD, NEW, PIPELINE), "rules"),
    Command("rulebook diagram", run_rulebook_diagram, (EDITION, PIPELINE), "rules"),
    Command("rulebook try", run_rulebook_try, (TABLE,), "rules"),
)
