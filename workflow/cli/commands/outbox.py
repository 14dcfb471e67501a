"""The outbox at the door: which letters wait, went out or are stuck; sending again, cancelling, what came back."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow.cli.context import Desk
from workflow.cli.output.tables import Block, Facts, Heading, Line, Table
from workflow.cli.parsing.options import FILE
from workflow.cli.parsing.parser import Command, Param
from workflow.cli.problems import Unknown, tell
from workflow.presentation.problem import DONE, SENSELESS, Problem

if TYPE_CHECKING:
    from workflow.office import Office


def outbox(desk: Desk, *, letter: str | None, stuck: bool) -> None:
    """Tell which letters wait, went out, or are stuck; or show one."""
    from workflow.reminders.history import letter_text, letters_view

    with desk.opened() as office:
        if letter is not None:
            shown = letter_text(office, letter.upper())
            if shown is None:
                raise Unknown("letter", letter)
            desk.show(shown, lambda: _letter_page(desk, shown))
            return
        rows = letters_view(office, ("stuck",) if stuck else ())
        desk.show({"letters": rows}, lambda: list(_outbox_page(desk, rows)))


def _letter_page(desk: Desk, shown: dict[str, Any]) -> list[Block]:
    heads = [(desk.say("outbox.user"), shown["to"]), (desk.say("outbox.subject"), shown["subject"])]
    return [Facts(heads), Line(""), *(Line(text) for text in str(shown["text"]).splitlines())]


def _outbox_page(desk: Desk, rows: Sequence[dict[str, Any]]) -> Iterator[Block]:
    say = desk.say
    yield Heading(say("outbox.title", count=len(rows)))
    if not rows:
        yield Line(say("outbox.none"), depth=1)
        return
    heads = [say(f"outbox.{name}") for name in ("letter", "day", "user", "subject", "state")]
    yield Table(heads, [_letter_row(desk, one) for one in rows[:MOST_SHOWN]])
    if len(rows) > MOST_SHOWN:
        yield Line(say("outbox.more", count=len(rows) - MOST_SHOWN), "dim")
    yield Line(say("outbox.how"), "dim")


MOST_SHOWN = 50


def _letter_row(desk: Desk, one: dict[str, Any]) -> list[Any]:
    state = desk.say(f"outbox.state.{one['state']}")
    said = f"{state} – {one['said']}" if one["said"] else state
    return [one["letter"], one["day"], one["user"], one["subject"] or "", said]


def retry(desk: Desk, *, letter: str) -> None:
    """Send a stuck letter again."""
    from workflow.reminders.letters.resend import retry as send_again

    _settled(desk, letter, "retry", send_again, "waiting")


def cancel(desk: Desk, *, letter: str) -> None:
    """Send a letter no more."""
    from workflow.reminders.letters.resend import cancel as send_no_more

    _settled(desk, letter, "cancel", send_no_more, "cancelled")


def _settled(desk: Desk, letter: str, verb: str, settle: "Callable[[Office, str], None]", state: str) -> None:
    letter = letter.upper()
    with desk.opened() as office:
        settle(office, letter)
        said = Line(desk.say(f"{verb}.done", letter=letter), "good")
        desk.show({"letter": letter, "state": state}, lambda: [said])


def bounce(desk: Desk, *, file: Path) -> int:
    """Take in a letter that came back; or a whole Maildir, in which other letters may lie as well."""
    from workflow.reminders.letters.bounces import take_in, take_in_mailbox

    with desk.opened() as office:
        found = list(take_in_mailbox(office, file)) if file.is_dir() else [take_in(office, file.read_bytes())]
        view = {"letters": [{"outcome": one.outcome, "user": one.user, "handed_on": one.handed_on} for one in found]}
        said = [desk.say(f"bounce.{one.outcome}", user=one.user or "", count=one.handed_on) for one in found]
        if file.is_file() and found[0].outcome not in ("off", "only_duty"):
            return tell(desk, Problem(f"bounce_{found[0].outcome}", SENSELESS, said[0], more=view))
        desk.show(view, lambda: [Line(text) for text in said or [desk.say("bounce.nothing")]])
        return DONE


LETTER = Param("letter", required=True)
COMMANDS = (
    Command("outbox", outbox, (Param("letter"), Param("--stuck", kind="flag")), "office"),
    Command("retry", retry, (LETTER,), "office"),
    Command("cancel", cancel, (LETTER,), "office"),
    Command("bounce", bounce, (FILE,), "office"),
)
