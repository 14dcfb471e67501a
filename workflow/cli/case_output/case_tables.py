"""Lists of cases and coverage are laid out on a screen.

One case in full stands in ``case_detail``, what an act has done in ``act_pages``.
"""

from collections.abc import Sequence

from workflow.board.case_list import CaseSummary
from workflow.board.coverage import CoverageCountsView, CoverageView
from workflow.cli.context import CommandContext
from workflow.cli.output import (
    Cell,
    FactList,
    Heading,
    Page,
    StyledText,
    TextLine,
    TextTable,
    format_cell,
)

COUNTS = ("posts", "members", "probationary", "combined", "vacant", "remaining")


FILTER_WORDS = {
    "all": ("cases.none", "cases.title"),
    "stalled": ("cases.none_stalled", "cases.title_stalled"),
    "flagged": ("cases.none_flagged", "cases.title_flagged"),
}
"""What a list is called when nothing is in it, and its heading, by what was asked for."""


def build_list_page(
    ctx: CommandContext, cases: Sequence[CaseSummary], *, stalled: bool, flagged: bool
) -> Page:
    """Cases in a table, the longest late first."""
    say = ctx.say
    none, title = FILTER_WORDS["flagged" if flagged else "stalled" if stalled else "all"]
    if not cases:
        return [TextLine(say(none), "good" if flagged or stalled else "plain")]
    heads = [say(f"cases.head.{name}") for name in ("case", "name", "place", "state", "turn", "late")]
    late = sum(case.stalled for case in cases)
    return [
        Heading(say(title, count=len(cases), late=late)),
        TextTable(heads, [_case_row(ctx, case) for case in cases], frozenset({5}), frozenset({4})),
        TextLine(say("cases.how_to_see"), "dim"),
    ]


def _case_row(ctx: CommandContext, case: CaseSummary) -> list[Cell]:
    place = ", ".join([case.unit.name, *(unit.name for unit in case.above[:1])])
    days = StyledText(ctx.say("cases.days", days=case.days_late), "late") if case.stalled else ""
    return [case.case, case.person.name, place, case.state.label, case.turn_label or "", days]


def build_coverage_page(ctx: CommandContext, view: CoverageView) -> Page:
    """How many heads are members: in all, and per commune."""
    say, total = ctx.say, view.total
    heads = [say("coverage.commune"), *(say(f"coverage.{name}") for name in COUNTS), say("coverage.share")]
    rows: list[list[Cell]] = [[commune.name, *_count_cells(commune)] for commune in view.communes]
    whole: list[Cell] = [
        StyledText(format_cell(cell), "strong") for cell in [say("coverage.total"), *_count_cells(total)]
    ]
    known = StyledText(f"{view.as_known_on:%d/%m/%Y}") if view.as_known_on else None
    counts = {name: getattr(total, name) for name in COUNTS}
    return [
        Heading(say("coverage.title")),
        FactList(
            [(say("coverage.on"), StyledText(f"{view.on:%d/%m/%Y}")), (say("coverage.as_known_on"), known)]
        ),
        TextLine(say("coverage.sentence", **counts, share=_share_words(total)), "strong"),
        TextTable(heads, [*rows, whole], frozenset(range(1, len(heads)))),
        TextLine(say("coverage.note"), "dim"),
    ]


def _count_cells(counts: CoverageCountsView) -> list[Cell]:
    numbers: list[Cell] = [getattr(counts, name) for name in COUNTS]
    if counts.remaining:
        numbers[-1] = StyledText(str(counts.remaining), "warn")
    return [*numbers, _share_words(counts)]


def _share_words(counts: CoverageCountsView) -> str:
    share = counts.share_of_members
    return "–" if share is None else f"{share:.1f}".replace(".", ",") + "%"
