"""A roster at the door: brought in whole or not at all, with a result for every row."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow.cli.commands.units import who_of
from workflow.cli.context import Desk
from workflow.cli.output.tables import Block, Cell, Heading, Line, Table, printed
from workflow.cli.parsing.options import FILE, SOME_BY
from workflow.cli.parsing.parser import Command, Param, misused
from workflow.core.styled_text import Tone
from workflow.presentation.problem import DONE, SENSELESS

if TYPE_CHECKING:
    from workflow.register.roster.import_result import ImportResult, RowResult
    from workflow.register.roster.rows import Fault

MOST_SHOWN = 40
"""Rows of one kind that a screen names one by one; JSON has them all."""

CHANGES = ("added", "head_changed", "vacated", "membership_changed", "details_changed")
TONES: dict[str, Tone] = {"bad": "late", "duplicate": "warn"}


def import_(
    desk: Desk, *, file: Path, dry_run: bool, skip_bad: bool, decide: list[str], create_units: bool, by: str | None
) -> int:
    """Bring a roster into the register."""
    from workflow.register.roster.import_roster import import_roster

    decisions = _decisions(decide)
    with desk.opened() as office:
        who = who_of(desk, office, by)
        with desk.progress("progress.import") as told:
            found = import_roster(
                office, file, who, dry_run=dry_run, skip_bad=skip_bad, create_units=create_units,
                decisions=decisions, on_progress=told,
            )  # fmt: skip
        names = _names(desk, found)
        stopped = not found.written and (found.in_the_way > 0 or bool(found.faults))
        desk.show(_view(desk, found, stopped=stopped), lambda: list(_page(desk, found, names, stopped=stopped)))
        return SENSELESS if stopped else DONE


def _decisions(typed: Sequence[str]) -> dict[str, str]:
    """``ROW=same|new``, or a person's id in place of the row. Raises `Misused`."""
    decisions: dict[str, str] = {}
    for pair in typed:
        what, sign, said = pair.partition("=")
        if not sign or not what.strip():
            raise misused("usage.decide", typed=pair)
        decisions[what.strip()] = said.strip()
    return decisions


def _names(desk: Desk, found: "ImportResult") -> dict[str, str]:
    """What those are called who may be meant by a row, or who held a post before."""
    from workflow.register.search import names_of

    ids = {id_ for row in found.rows for id_ in (row.other, row.before) if id_}
    return names_of(desk.office, ids) if desk.office and ids else {}


# --- as JSON -----------------------------------------------------------------------------------------------------


def _view(desk: Desk, found: "ImportResult", *, stopped: bool) -> dict[str, Any]:
    view: dict[str, Any] = {
        "file_day": found.day,
        "dry_run": found.dry_run,
        "written": found.written,
        "events": found.events,
        "counts": dict(sorted(found.counts.items())),
        "rows": [_row(desk, one) for one in found.rows],
        "faults": [_fault(desk, one) for one in found.faults],
        "notices": [_fault(desk, one) for one in found.notices],
    }
    if stopped:
        details = view["faults"] or [fault for row in view["rows"] for fault in row["faults"]]
        message = desk.say("import.stopped", count=found.in_the_way)
        view["error"] = {"code": "roster_not_written", "message": message, "details": details}
    return view


def _row(desk: Desk, one: "RowResult") -> dict[str, Any]:
    view = {name: getattr(one, name) for name in type(one).__slots__ if name != "faults"}
    return view | {"faults": [_fault(desk, fault) for fault in one.faults]}


def _fault(desk: Desk, fault: "Fault") -> dict[str, Any]:
    text = desk.say(fault.code, **fault.values)
    return {"code": fault.code, "row": fault.row, "column": fault.column, "text": text}


def _placed(desk: Desk, fault: "Fault") -> str:
    """A fault with its row and column before it."""
    text = desk.say(fault.code, **fault.values)
    at = "_and_".join(name for name, value in (("row", fault.row), ("column", fault.column)) if value is not None)
    return desk.say(f"roster.at_{at}", row=fault.row, column=fault.column, text=text) if at else text


# --- on a screen -------------------------------------------------------------------------------------------------


def _page(desk: Desk, found: "ImportResult", names: dict[str, str], *, stopped: bool) -> Iterator[Block]:
    say = desk.say
    yield from (Line(_placed(desk, one), "late", 1, "-") for one in found.faults)
    for what in ("bad", "duplicate", *CHANGES):
        rows = [row for row in found.rows if row.what == what]
        if not rows:
            continue
        yield Heading(say(f"import.title.{what}", count=len(rows)))
        lines = [line for row in rows[:MOST_SHOWN] for line in _row_lines(desk, row, names)]
        yield from (Line(line, TONES.get(what, "plain"), 1, "-") for line in lines)
        if len(rows) > MOST_SHOWN:
            yield Line(say("import.more", count=len(rows) - MOST_SHOWN), "dim", 1)
    if found.notices:
        yield Heading(say("import.notices", count=len(found.notices)))
        yield from (Line(_placed(desk, one), "dim", 1, "-") for one in found.notices[:MOST_SHOWN])
    yield Heading(say("import.summary"))
    counts: list[list[Cell]] = [[say(f"import.what.{what}"), number] for what, number in sorted(found.counts.items())]
    yield Table(("", ""), counts, frozenset({1}))
    yield _outcome(desk, found, stopped=stopped)
    if found.counts["duplicate"] and not found.written:
        yield Line(say("import.how_to_decide"), "plain")


def _row_lines(desk: Desk, row: "RowResult", names: dict[str, str]) -> Iterator[str]:
    if row.faults:
        yield from (_placed(desk, fault) for fault in row.faults)
        return
    place = ", ".join(filter(None, (row.village, row.commune)))
    values = {"row": row.row, "name": row.name or "", "place": place, "before": names.get(row.before or "", "")}
    if row.what == "duplicate":
        other = f"{names.get(row.other, '')} ({row.other})" if row.other else desk.say("import.row", row=row.other_row)
        yield desk.say("import.duplicate", **values, other=other, reason=desk.say(f"import.reason.{row.reason}"))
    else:
        yield desk.say(f"import.told.{row.what}", **values)


def _outcome(desk: Desk, found: "ImportResult", *, stopped: bool) -> Line:
    say = desk.say
    if found.written:
        return Line(say("import.written" if found.events else "import.nothing_new", day=printed(found.day)), "good")
    if stopped:
        return Line(say("import.stopped", count=found.in_the_way), "late")
    return Line(say("import.dry_run"), "warn")


COMMANDS = (
    Command(
        "import",
        import_,
        (
            FILE,
            Param("--dry-run", kind="flag"),
            Param("--skip-bad", kind="flag"),
            Param("--create-units", kind="flag"),
            Param("--decide", "decision", "list"),
            SOME_BY,
        ),
        "register",
    ),
)
