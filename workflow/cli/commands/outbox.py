"""`ketnap outbox` lists letters; others send again, cancel, take in returned mail."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from states.errors import EXIT_BAD_INPUT, EXIT_DONE
from workflow.cli.context import CommandContext
from workflow.cli.errors import report_problem
from workflow.cli.output import Block, Cell, FactList, Heading, TextLine, TextTable
from workflow.cli.parsing.arguments import UnknownName
from workflow.cli.parsing.options import FILE
from workflow.cli.parsing.parser import Command, Param
from workflow.presentation.problem import Problem, format_value

if TYPE_CHECKING:
    from workflow.office import Office
    from workflow.reminders.letters.outbox import LetterListRow, LetterStateView, LetterView


def run_outbox(ctx: CommandContext, *, letter: str | None, stuck: bool) -> None:
    """Tell which letters wait, went out, or are stuck; or show one."""
    from workflow.reminders.letters.outbox import find_letter, list_letters

    with ctx.open_office() as office:
        if letter is not None:
            shown = find_letter(office, letter.upper())
            content = shown.content if shown else None
            if content is None:
                raise UnknownName("letter", letter)
            ctx.show_view(content, lambda: _letter_page(ctx, content))
            return
        rows = [shown.row for shown in list_letters(office, states=("stuck",) if stuck else ())]
        ctx.show_view({"letters": rows}, lambda: list(_outbox_page(ctx, rows)))


def _letter_page(ctx: CommandContext, shown: "LetterView") -> list[Block]:
    heads = [(ctx.say("outbox.user"), shown.to), (ctx.say("outbox.subject"), shown.subject)]
    return [FactList(heads), TextLine(""), *(TextLine(text) for text in shown.text.splitlines())]


def _outbox_page(ctx: CommandContext, rows: "Sequence[LetterListRow]") -> Iterator[Block]:
    say = ctx.say
    yield Heading(say("outbox.title", count=len(rows)))
    if not rows:
        yield TextLine(say("outbox.none"), depth=1)
        return
    heads = [say(f"outbox.{name}") for name in ("letter", "day", "user", "subject", "state")]
    yield TextTable(heads, [_letter_row(ctx, row) for row in rows[:MOST_SHOWN]])
    if len(rows) > MOST_SHOWN:
        yield TextLine(say("outbox.more", count=len(rows) - MOST_SHOWN), "dim")
    yield TextLine(say("outbox.how"), "dim")


MOST_SHOWN = 50


def _letter_row(ctx: CommandContext, letter: "LetterListRow") -> list[Cell]:
    state = ctx.say(f"outbox.state.{letter.state}")
    state_words = f"{state} – {letter.said}" if letter.said else state
    return [letter.letter, format_value(letter.day), letter.user, letter.subject or "", state_words]


def run_retry(ctx: CommandContext, *, letter: str) -> None:
    from workflow.reminders.letters.outbox import retry_letter

    _settle_letter(ctx, letter, "retry", retry_letter)


def run_cancel(ctx: CommandContext, *, letter: str) -> None:
    from workflow.reminders.letters.outbox import cancel_letter

    _settle_letter(ctx, letter, "cancel", cancel_letter)


def _settle_letter(
    ctx: CommandContext, letter: str, verb: str, settle: "Callable[[Office, str], LetterStateView]"
) -> None:
    with ctx.open_office() as office:
        settled = settle(office, letter.upper())
        line = TextLine(ctx.say(f"{verb}.done", letter=settled.letter), "good")
        ctx.show_view(settled, lambda: [line])


def run_bounce(ctx: CommandContext, *, file: Path) -> int:
    """Take in a returned letter, or a whole Maildir, which may hold other mail too."""
    from workflow.reminders.letters.bounces import process_bounce, process_mailbox
    from workflow.reminders.status import build_bounce_view

    with ctx.open_office() as office:
        results = (
            list(process_mailbox(office, file))
            if file.is_dir()
            else [process_bounce(office, file.read_bytes())]
        )
        view = {"letters": [build_bounce_view(result) for result in results]}
        sentences = [
            ctx.say(f"bounce.{result.outcome}", user=result.user or "", count=result.handed_on)
            for result in results
        ]
        if file.is_file() and results[0].outcome not in ("off", "only_duty"):
            return report_problem(
                ctx, Problem(f"bounce_{results[0].outcome}", EXIT_BAD_INPUT, sentences[0], more=view)
            )
        ctx.show_view(view, lambda: [TextLine(text) for text in sentences or [ctx.say("bounce.nothing")]])
        return EXIT_DONE


LETTER = Param("letter", required=True)
COMMANDS = (
    Command("outbox", run_outbox, (Param("letter"), Param("--stuck", kind="flag")), "office"),
    Command("retry", run_retry, (LETTER,), "office"),
    Command("cancel", run_cancel, (LETTER,), "office"),
    Command("bounce", run_bounce, (FILE,), "office"),
)
