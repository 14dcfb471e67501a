"""What an act has done is laid out on a screen."""

from collections.abc import Iterator

from workflow.cases.views.act_result import ActResultView, CorrectionResultView
from workflow.cases.views.case_view import CaseView
from workflow.cli.case_output.case_detail import reason_blocks
from workflow.cli.context import CommandContext
from workflow.cli.output import (
    Block,
    Page,
    TextLine,
)
from workflow.presentation.deadline_text import describe_until


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
