"""Commands on cases: list, show, open, advance, record, correct."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow.cli.context import CommandContext
from workflow.cli.parsing.arguments import (
    read_day,
    read_optional_day,
    read_values,
    resolve_case,
    resolve_person,
    resolve_unit,
    resolve_user,
)
from workflow.cli.parsing.options import (
    BY,
    CASE,
    FACTS,
    ON,
    OPTIONAL_ON,
    PERSON,
    PIPELINE,
    SEEN_VERSION,
    SET,
    UNIT,
)
from workflow.cli.parsing.parser import Command, Param

if TYPE_CHECKING:
    from workflow.office import Office

ADMISSION = "admission"


def run_cases(
    ctx: CommandContext, *, unit: str | None, state: str | None, stalled: bool, flagged: bool
) -> None:
    from workflow.board.case_list import list_cases_by_urgency, summarize_case
    from workflow.board.snapshot.snapshot import open_snapshot
    from workflow.cli.case_output.case_tables import build_list_page

    with ctx.open_office() as office:
        at = resolve_unit(office, unit) if unit else None
        named = resolve_state(office, state) if state else None
        with open_snapshot(office, scope=None) as snapshot:
            rows = list_cases_by_urgency(
                snapshot, ctx.speaks, unit=at, state=named, stalled=stalled, flagged=flagged
            )
        cases = [summarize_case(row) for row in rows]
        ctx.show_view({"cases": cases}, lambda: build_list_page(ctx, cases, stalled=stalled, flagged=flagged))


def resolve_state(office: "Office", typed: str) -> str:
    """A state of any edition, by its id or its label. Raises `UnknownName`."""
    from difflib import get_close_matches

    from workflow.cli.parsing.arguments import UnknownName, match_names

    names: dict[str, str] = {}
    for pipeline in office.rulebook.pipelines:
        for edition in office.rulebook.list_editions(pipeline):
            states = office.rulebook.load_edition(pipeline, edition).states
            names |= {name: state.label.in_language(office.config.language) for name, state in states.items()}
    if typed in names:
        return typed
    matching_states = match_names(typed, names)
    if len(matching_states) == 1:
        return matching_states[0][0]
    near = matching_states or [(name, names[name]) for name in get_close_matches(typed, names, n=4)]
    raise UnknownName("state", typed, near or list(names.items()))


def run_open(
    ctx: CommandContext, *, person: str, on: str, by: str, pipeline: str | None, unit: str | None
) -> None:
    from workflow.cases.commands.open import open_case

    with ctx.open_office() as office:
        whom, happened, who = (
            resolve_person(office, person),
            read_day(on),
            ctx.acting_as(resolve_user(office, by)),
        )
        at = resolve_unit(office, unit) if unit else None
        case = open_case(office, whom, happened, who, pipeline=pipeline or ADMISSION, unit=at)
        _show_opened_case(ctx, office, case, "cli.opened")


def run_adopt(
    ctx: CommandContext,
    *,
    person: str,
    state: str,
    on: str,
    by: str,
    pairs: list[str],
    facts: Path | None,
    pipeline: str | None,
    unit: str | None,
) -> None:
    from workflow.cases.commands.open import adopt_case

    with ctx.open_office() as office:
        typed, happened = read_values(pairs, facts), read_day(on)
        whom, who = resolve_person(office, person), ctx.acting_as(resolve_user(office, by))
        at = resolve_unit(office, unit) if unit else None
        case = adopt_case(office, whom, state, happened, who, typed, pipeline=pipeline or ADMISSION, unit=at)
        _show_opened_case(ctx, office, case, "cli.adopted")


def _show_opened_case(ctx: CommandContext, office: "Office", case: str, key: str) -> None:
    from workflow.cli.case_output.act_pages import build_opened_page
    from workflow.reminders.history import load_case_report

    view = load_case_report(office, case, ctx.speaks)
    ctx.show_view(view, lambda: build_opened_page(ctx, view, key))


def run_case(ctx: CommandContext, *, case: str, history: bool) -> None:
    from workflow.cli.case_output.case_detail import build_case_page, build_history_page
    from workflow.reminders.history import load_case_report, load_full_case

    with ctx.open_office() as office:
        id_, _ = resolve_case(office, case)
        if ctx.as_json or history:
            full = load_full_case(office, id_, ctx.speaks)
            ctx.show_view(full, lambda: build_history_page(ctx, full))
            return
        report = load_case_report(office, id_, ctx.speaks)
        ctx.show_view(report, lambda: build_case_page(ctx, report))


def run_advance(ctx: CommandContext, *, case: str, move: str, **typed: Any) -> None:
    _run_act(ctx, "advance", case, move, **typed)


def run_record(ctx: CommandContext, *, case: str, entry: str, **typed: Any) -> None:
    _run_act(ctx, "record", case, entry, **typed)


def _run_act(
    ctx: CommandContext,
    verb: str,
    case: str,
    kind: str,
    *,
    on: str,
    by: str,
    pairs: list[str],
    facts: Path | None,
    seen: int | None,
) -> None:
    """Run a move or an entry. It reads the case's version first, so that a concurrent change is noticed."""
    from workflow.cases.commands import advance as verbs
    from workflow.cases.views.act_result import load_act_result
    from workflow.cli.case_output.act_pages import build_acted_page

    with ctx.open_office() as office:
        id_, version = resolve_case(office, case)
        typed, happened, who = (
            read_values(pairs, facts),
            read_day(on),
            ctx.acting_as(resolve_user(office, by)),
        )
        do = verbs.advance_case if verb == "advance" else verbs.record_entry
        result = do(office, id_, kind, happened, who, typed, seen=version if seen is None else seen)
        view = load_act_result(office, result, ctx.speaks)
        ctx.show_view(view, lambda: build_acted_page(ctx, view))


def run_correct(
    ctx: CommandContext,
    *,
    case: str,
    event: int,
    pairs: list[str],
    reason: str,
    allowed_by: str,
    by: str,
    seen: int | None,
) -> None:
    from workflow.cases.commands.correct import correct_event
    from workflow.cases.views.act_result import load_correction_result
    from workflow.cli.case_output.act_pages import build_corrected_page

    with ctx.open_office() as office:
        id_, version = resolve_case(office, case)
        allowed, who = resolve_user(office, allowed_by), ctx.acting_as(resolve_user(office, by))
        typed = read_values(pairs)
        at = version if seen is None else seen
        correct_event(office, id_, event, who, typed, reason=reason, allowed_by=allowed, seen=at)
        view = load_correction_result(office, id_, event, ctx.speaks)
        ctx.show_view(view, lambda: build_corrected_page(ctx, view))


def run_coverage(ctx: CommandContext, *, on: str | None, as_known_on: str | None) -> None:
    from workflow.board.coverage import count_coverage
    from workflow.board.snapshot.snapshot import open_snapshot
    from workflow.cli.case_output.case_tables import build_coverage_page

    with ctx.open_office() as office:
        day, known = read_optional_day(on), read_optional_day(as_known_on, "as_known_on")
        with open_snapshot(office, scope=None, on=day, as_known_on=known) as snapshot:
            view = count_coverage(snapshot)
        ctx.show_view(view, lambda: build_coverage_page(ctx, view))


ACT = (ON, BY, SET, FACTS, SEEN_VERSION)
EVENT = Param("event", kind="number", required=True)
REASON = Param("--reason", "words", required=True)
ALLOWED_BY = Param("--allowed-by", "user", required=True)
STATE = Param("state", required=True)
COMMANDS = (
    Command(
        "cases",
        run_cases,
        (
            UNIT,
            Param("--state", "state"),
            Param("--stalled", kind="flag"),
            Param("--flagged", kind="flag"),
        ),
        "daily",
    ),
    Command("case", run_case, (CASE, Param("--history", kind="flag")), "daily"),
    Command("open", run_open, (PERSON, ON, BY, UNIT, PIPELINE), "daily"),
    Command("advance", run_advance, (CASE, Param("move", required=True), *ACT), "daily"),
    Command("record", run_record, (CASE, Param("entry", required=True), *ACT), "daily"),
    Command("correct", run_correct, (CASE, EVENT, SET, REASON, ALLOWED_BY, BY, SEEN_VERSION), "daily"),
    Command("adopt", run_adopt, (PERSON, STATE, ON, BY, SET, FACTS, UNIT, PIPELINE), "daily"),
    Command("coverage", run_coverage, (OPTIONAL_ON, Param("--as-known-on", "date")), "daily"),
)
