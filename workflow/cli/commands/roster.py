"""A roster is brought in whole or not at all.

Every row gets a result of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from states.errors import EXIT_BAD_INPUT, EXIT_DONE
from workflow.cli.commands.units import list_flagged_cases, resolve_actor
from workflow.cli.context import CommandContext
from workflow.cli.output import Block, Cell, Heading, TextLine, TextTable, format_cell
from workflow.cli.parsing.options import FILE, OPTIONAL_BY
from workflow.cli.parsing.parser import Command, Param, usage_error
from workflow.core.tone import Tone
from workflow.core.views import fields_of

if TYPE_CHECKING:
    from workflow.register.roster.import_result import FaultView, ImportResult, RowResult
    from workflow.register.roster.rows import RosterFault

MOST_SHOWN = 40
"""Rows of one kind that a screen names one by one; JSON has them all."""

CHANGES = ("added", "head_changed", "vacated", "membership_changed", "details_changed")
TONES: dict[str, Tone] = {"bad": "late", "duplicate": "warn"}


def run_import(
    ctx: CommandContext,
    *,
    file: Path,
    dry_run: bool,
    skip_bad: bool,
    decide: list[str],
    create_units: bool,
    by: str | None,
) -> int:
    from workflow.cases.commands.people_facts import bring_in_roster

    decisions = _parse_decisions(decide)
    with ctx.open_office() as office:
        who = resolve_actor(ctx, office, by)
        with ctx.show_progress("progress.import") as on_progress:
            result = bring_in_roster(
                office,
                file,
                who,
                dry_run=dry_run,
                skip_bad=skip_bad,
                create_units=create_units,
                decisions=decisions,
                on_progress=on_progress,
            )
        names = _person_names(ctx, result)
        stopped = not result.written and (result.in_the_way > 0 or bool(result.faults))
        ctx.show_view(
            _build_view(ctx, result, stopped=stopped),
            lambda: list(_result_page(ctx, result, names, stopped=stopped)),
        )
        return EXIT_BAD_INPUT if stopped else EXIT_DONE


def _parse_decisions(typed: Sequence[str]) -> dict[str, str]:
    """``ROW=same|new``, or a person's id in place of the row. Raises `UsageError`."""
    decisions: dict[str, str] = {}
    for pair in typed:
        what, sign, decision = pair.partition("=")
        if not sign or not what.strip():
            raise usage_error("usage.decide", typed=pair)
        decisions[what.strip()] = decision.strip()
    return decisions


def _person_names(ctx: CommandContext, result: "ImportResult") -> dict[str, str]:
    """What those are called who may be meant by a row, or who held a post before."""
    from workflow.register.views.people import load_names

    ids = {id_ for row in result.rows for id_ in (row.other, row.before) if id_}
    return load_names(ctx.office, ids) if ctx.office and ids else {}


# --- as JSON ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterProblem:
    """Why a roster was not written, as any other problem."""

    code: str
    message: str
    details: "list[FaultView]"


def _build_view(ctx: CommandContext, result: "ImportResult", *, stopped: bool) -> dict[str, object]:
    """The import in words; one that was stopped says why as any other problem does."""
    from workflow.register.roster.import_result import describe_import

    view = describe_import(result, lambda fault: ctx.say(fault.code, **fault.values))
    if not stopped:
        return fields_of(view)
    message = ctx.say("import.stopped", count=result.in_the_way)
    return {
        **fields_of(view),
        "error": RosterProblem(code="roster_not_written", message=message, details=view.causes),
    }


def _fault_words(ctx: CommandContext, fault: "RosterFault") -> str:
    """A fault with its row and column before it."""
    text = ctx.say(fault.code, **fault.values)
    at = "_and_".join(
        name for name, value in (("row", fault.row), ("column", fault.column)) if value is not None
    )
    return ctx.say(f"roster.at_{at}", row=fault.row, column=fault.column, text=text) if at else text


# --- on a screen --------------------------------------------------------------------------------------------


def _result_page(
    ctx: CommandContext, result: "ImportResult", names: dict[str, str], *, stopped: bool
) -> Iterator[Block]:
    say = ctx.say
    yield from (TextLine(_fault_words(ctx, fault), "late", 1, "-") for fault in result.faults)
    for what in ("bad", "duplicate", *CHANGES):
        rows = [row for row in result.rows if row.what == what]
        if not rows:
            continue
        yield Heading(say(f"import.title.{what}", count=len(rows)))
        lines = [line for row in rows[:MOST_SHOWN] for line in _row_lines(ctx, row, names)]
        yield from (TextLine(line, TONES.get(what, "plain"), 1, "-") for line in lines)
        if len(rows) > MOST_SHOWN:
            yield TextLine(say("import.more", count=len(rows) - MOST_SHOWN), "dim", 1)
    if result.notices:
        yield Heading(say("import.notices", count=len(result.notices)))
        yield from (
            TextLine(_fault_words(ctx, fault), "dim", 1, "-") for fault in result.notices[:MOST_SHOWN]
        )
    yield Heading(say("import.summary"))
    counts: list[list[Cell]] = [
        [say(f"import.what.{what}"), number] for what, number in sorted(result.counts.items())
    ]
    yield TextTable(("", ""), counts, frozenset({1}))
    yield _outcome_line(ctx, result, stopped=stopped)
    yield from list_flagged_cases(ctx, result.flagged)
    if result.counts["duplicate"] and not result.written:
        yield TextLine(say("import.how_to_decide"), "plain")


def _row_lines(ctx: CommandContext, row: "RowResult[RosterFault]", names: dict[str, str]) -> Iterator[str]:
    if row.faults:
        yield from (_fault_words(ctx, fault) for fault in row.faults)
        return
    place = ", ".join(filter(None, (row.village, row.commune)))
    values = {
        "row": row.row,
        "name": row.name or "",
        "place": place,
        "before": names.get(row.before or "", ""),
    }
    if row.what == "duplicate":
        other = (
            f"{names.get(row.other, '')} ({row.other})"
            if row.other
            else ctx.say("import.row", row=row.other_row)
        )
        yield ctx.say(
            "import.duplicate", **values, other=other, reason=ctx.say(f"import.reason.{row.reason}")
        )
    else:
        yield ctx.say(f"import.told.{row.what}", **values)


def _outcome_line(ctx: CommandContext, result: "ImportResult", *, stopped: bool) -> TextLine:
    say = ctx.say
    if result.written:
        return TextLine(
            say("import.written" if result.events else "import.nothing_new", day=format_cell(result.day)),
            "good",
        )
    if stopped:
        return TextLine(say("import.stopped", count=result.in_the_way), "late")
    return TextLine(say("import.dry_run"), "warn")


COMMANDS = (
    Command(
        "import",
        run_import,
        (
            FILE,
            Param("--dry-run", kind="flag"),
            Param("--skip-bad", kind="flag"),
            Param("--create-units", kind="flag"),
            Param("--decide", "decision", "list"),
            OPTIONAL_BY,
        ),
        "register",
    ),
)
