"""The outbox at the door: which letters wait, went out or are stuck; sending again, cancelling, what came back."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow.cli.context import CommandContext
from workflow.cli.output.tables import Block, FactList, Heading, TextLine, TextTable
from workflow.cli.parsing.arguments import UnknownName
from workflow.cli.parsing.options import FILE
from workflow.cli.parsing.parser import Command, Param
from workflow.cli.problems import report_problem
from workflow.presentation.problem import EXIT_BAD_INPUT, EXIT_DONE, Problem

if TYPE_CHECKING:
    from workflow.office import Office


def run_outbox(ctx: CommandContext, *, letter: str | None, stuck: bool) -> None:
    """Tell which letters wait, went out, or are stuck; or show one."""
    from workflow.reminders.history import letter_list_view, letter_text_view

    with ctx.open_office() as office:
        if letter is not None:
            shown = letter_text_view(office, letter.upper())
            if shown is None:
                raise UnknownName("letter", letter)
            ctx.show_view(shown, lambda: _letter_page(ctx, shown))
            return
        rows = letter_list_view(office, ("stuck",) if stuck else ())
        ctx.show_view({"letters": rows}, lambda: list(_outbox_page(ctx, rows)))


def _letter_page(ctx: CommandContext, shown: dict[str, Any]) -> list[Block]:
    heads = [(ctx.say("outbox.user"), shown["to"]), (ctx.say("outbox.subject"), shown["subject"])]
    return [FactList(heads), TextLine(""), *(TextLine(text) for text in str(shown["text"]).splitlines())]


def _outbox_page(ctx: CommandContext, rows: Sequence[dict[str, Any]]) -> Iterator[Block]:
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


def _letter_row(ctx: CommandContext, letter: dict[str, Any]) -> list[Any]:
    state = ctx.say(f"outbox.state.{letter['state']}")
    state_words = f"{state} – {letter['said']}" if letter["said"] else state
    return [letter["letter"], letter["day"], letter["user"], letter["subject"] or "", state_words]


def run_retry(ctx: CommandContext, *, letter: str) -> None:
    """Send a stuck letter again."""
    from workflow.reminders.letters.resend import retry_letter as send_again

    _settle_letter(ctx, letter, "retry", send_again, "waiting")


def run_cancel(ctx: CommandContext, *, letter: str) -> None:
    """Send a letter no more."""
    from workflow.reminders.letters.resend import cancel_letter as send_no_more

    _settle_letter(ctx, letter, "cancel", send_no_more, "cancelled")


def _settle_letter(
    ctx: CommandContext, letter: str, verb: str, settle: "Callable[[Office, str], None]", state: str
) -> None:
    letter = letter.upper()
    with ctx.open_office() as office:
        settle(office, letter)
        line = TextLine(ctx.say(f"{verb}.done", letter=letter), "good")
        ctx.show_view({"letter": letter, "state": state}, lambda: [line])


def run_bounce(ctx: CommandContext, *, file: Path) -> int:
    """Take in a letter that came back; or a whole Maildir, in which other letters may lie as well."""
    from workflow.reminders.letters.bounces import process_bounce, process_mailbox

    with ctx.open_office() as office:
        results = list(process_mailbox(office, file)) if file.is_dir() else [process_bounce(office, file.read_bytes())]
        view = {
            "letters": [
                {"outcome": result.outcome, "user": result.user, "handed_on": result.handed_on} for result in results
            ]
        }
        sentences = [
            ctx.say(f"bounce.{result.outcome}", user=result.user or "", count=result.handed_on) for result in results
        ]
        if file.is_file() and results[0].outcome not in ("off", "only_duty"):
            return report_problem(ctx, Problem(f"bounce_{results[0].outcome}", EXIT_BAD_INPUT, sentences[0], more=view))
        ctx.show_view(view, lambda: [TextLine(text) for text in sentences or [ctx.say("bounce.nothing")]])
        return EXIT_DONE


LETTER = Param("letter", required=True)
COMMANDS = (
    Command("outbox", run_outbox, (Param("letter"), Param("--stuck", kind="flag")), "office"),
    Command("retry", run_retry, (LETTER,), "office"),
    Command("cancel", run_cancel, (LETTER,), "office"),
    Command("bounce", run_bounce, (FILE,), "office"),
)
