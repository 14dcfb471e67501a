"""Case lists, act results and coverage are laid out on a screen.

One case in full stands in ``case_detail``.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workflow.board.case_list import CaseSummary
from workflow.board.coverage import CoverageCountsView, CoverageView
from workflow.cases.views.act_result import ActResultView, CorrectionResultView
from workflow.cases.views.case_view import CaseView
from workflow.cli.case_output.case_detail import reason_blocks
from workflow.cli.context import CommandContext
from workflow.cli.output import (
    Block,
    Cell,
    FactList,
    Heading,
    Page,
    StyledText,
    TextLine,
    TextTable,
    format_cell,
)
from workflow.presentation.deadline_text import describe_until

View = Mapping[str, Any]


def build_list_page(ctx: CommandContext, cases: Sequence[CaseSummary], *, stalled: bool) -> Page:
    """Cases in a table, the longest late first."""
    say = ctx.say
    if not cases:
        return [
            TextLine(say("cases.none_stalled" if stalled else "cases.none"), "good" if stalled else "plain")
        ]
    heads = [say(f"cases.head.{name}") for name in ("case", "name", "place", "state", "turn", "late")]
    late = sum(case.stalled for case in cases)
    title = say("cases.title_stalled" if stalled else "cases.title", count=len(cases), late=late)
    return [
        Heading(title),
        TextTable(heads, [_case_row(ctx, case) for case in cases], frozenset({5}), frozenset({4})),
        TextLine(say("cases.how_to_see"), "dim"),
    ]


def _case_row(ctx: CommandContext, case: CaseSummary) -> list[Cell]:
    place = ", ".join([case.unit.name, *(unit.name for unit in case.above[:1])])
    days = StyledText(ctx.say("cases.days", days=case.days_late), "late") if case.stalled else ""
    return [case.case, case.person.name, place, case.state.label, case.turn_label or "", days]


def build_opened_page(ctx: CommandContext, view: CaseView, key: str) -> Page:
    """A case that has just begun, and what comes first."""
    name, label = view.person.name, view.state.label
    return [
        TextLine(ctx.say(key, case=view.case, name=name, unit=view.unit.name, state=label), "good"),
        TextLine(ctx.say("cli.see_case", case=view.case), "dim"),
    ]


def build_acted_page(ctx: CommandContext, view: ActResultView) -> Page:
    """What came of an act: where the case stands now, what runs, what was warned of."""
    return list(_acted_blocks(ctx, view))


def _acted_blocks(ctx: CommandContext, view: ActResultView) -> Iterator[Block]:
    say = ctx.say
    name = view.person.name
    yield TextLine(say("cli.recorded", label=view.label, name=name, case=view.case), "good")
    if view.before.id != view.after.id:
        yield TextLine(say("cli.moved", before=view.before.label, after=view.after.label))
    else:
        yield TextLine(say("cli.stays", state=view.after.label))
    if view.carried:
        yield TextLine(say("cli.carried"), "warn")
    yield from (
        TextLine(f"{item.label}: {describe_until(ctx, item)}", "plain", 1, "-") for item in view.clocks
    )
    if view.warnings:
        yield TextLine(say("cli.warnings"), "warn")
        for item in view.warnings:
            yield from reason_blocks(ctx, item)
    yield TextLine(say("cli.see_case", case=view.case), "dim")


def build_corrected_page(ctx: CommandContext, view: CorrectionResultView) -> Page:
    """What a correction has left hanging."""
    say, flags = ctx.say, view.flags
    lines: list[Block] = [TextLine(say("cli.corrected", case=view.case, event=view.event), "good")]
    if not flags:
        return [*lines, TextLine(say("cli.all_holds"))]
    lines.append(TextLine(say("cli.no_longer_holds"), "warn"))
    lines += [
        TextLine(say("cli.flag", seq=flag.seq, text=flag.text or flag.code), "warn", 1, "-") for flag in flags
    ]
    return lines


COUNTS = ("posts", "members", "probationary", "combined", "vacant", "remaining")


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
