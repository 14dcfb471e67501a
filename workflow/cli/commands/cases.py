"""Cases at the door: who is where, what may be done next, and doing it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow.cli.context import Desk
from workflow.cli.parsing.arguments import case_of, day, person_of, some_day, unit_of, user_of, values
from workflow.cli.parsing.options import BY, CASE, FACTS, ON, PERSON, PIPELINE, SEEN, SET, SOME_DAY, UNIT
from workflow.cli.parsing.parser import Command, Param

if TYPE_CHECKING:
    from workflow.cases.commands.advance import Acted
    from workflow.office import Office

ADMISSION = "admission"


def cases(desk: Desk, *, unit: str | None, state: str | None, stalled: bool) -> None:
    """List cases."""
    from workflow.cases.views.case_list import case_list
    from workflow.cli.output.case_tables import list_page

    with desk.opened() as office:
        at = unit_of(office, unit) if unit else None
        named = state_of(office, state) if state else None
        found = case_list(office, desk.speaks, unit=at, state=named, stalled=stalled)
        desk.show({"cases": found}, lambda: list_page(desk, found, stalled=stalled))


def state_of(office: "Office", typed: str) -> str:
    """A state of any edition, by its id or its label. Raises `Unknown`."""
    from difflib import get_close_matches

    from workflow.cli.parsing.arguments import named_like
    from workflow.cli.problems import Unknown

    names: dict[str, str] = {}
    for pipeline in office.rulebook.pipelines:
        for edition in office.rulebook.editions(pipeline):
            states = office.rulebook.edition(pipeline, edition).states
            names |= {name: state.label.in_language(office.config.language) for name, state in states.items()}
    if typed in names:
        return typed
    found = named_like(typed, names)
    if len(found) == 1:
        return found[0][0]
    near = found or [(name, names[name]) for name in get_close_matches(typed, names, n=4)]
    raise Unknown("state", typed, near or list(names.items()))


def open_(desk: Desk, *, person: str, on: str, by: str, pipeline: str | None, unit: str | None) -> None:
    """Open a case."""
    from workflow.cases.commands.open import open_case

    with desk.opened() as office:
        whom, happened, who = person_of(office, person), day(on), desk.who(user_of(office, by))
        at = unit_of(office, unit) if unit else None
        case = open_case(office, whom, happened, who, pipeline=pipeline or ADMISSION, unit=at)
        _opened(desk, office, case, "cli.opened")


def adopt(
    desk: Desk,
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
    """Take over a case from paper."""
    from workflow.cases.commands.open import adopt as take_over

    with desk.opened() as office:
        typed, happened = values(pairs, facts), day(on)
        whom, who = person_of(office, person), desk.who(user_of(office, by))
        at = unit_of(office, unit) if unit else None
        case = take_over(office, whom, state, happened, who, typed, pipeline=pipeline or ADMISSION, unit=at)
        _opened(desk, office, case, "cli.adopted")


def _opened(desk: Desk, office: "Office", case: str, key: str) -> None:
    from workflow.cli.output.case_tables import opened_page
    from workflow.reminders.history import case_report

    view = case_report(office, case, desk.speaks)
    desk.show(view, lambda: opened_page(desk, view, key))


def case(desk: Desk, *, case: str, history: bool) -> None:
    """Show one case, or its history."""
    from workflow.cases.views.case_view import history as events_of
    from workflow.cli.output.case_tables import case_page, history_page
    from workflow.reminders.history import case_report, snoozed_of

    with desk.opened() as office:
        id_, _ = case_of(office, case)
        view = case_report(office, id_, desk.speaks)
        if desk.as_json or history:
            view["history"] = events_of(office, id_, desk.speaks)
            view["snoozed"] = snoozed_of(office, id_, desk.speaks)
        desk.show(view, lambda: history_page(desk, view) if history else case_page(desk, view))


def advance(desk: Desk, *, case: str, move: str, **typed: Any) -> None:
    """Take a case to its next state."""
    _act(desk, "advance", case, move, **typed)


def record(desk: Desk, *, case: str, entry: str, **typed: Any) -> None:
    """Record an act that leaves the state where it is."""
    _act(desk, "record", case, entry, **typed)


def _act(
    desk: Desk,
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
    """Both verbs alike: the case's version is read before anything else, so that a race is heard as one."""
    from workflow.cases.commands import advance as verbs
    from workflow.cli.output.case_tables import acted_page

    with desk.opened() as office:
        id_, version = case_of(office, case)
        typed, happened, who = values(pairs, facts), day(on), desk.who(user_of(office, by))
        do = verbs.advance if verb == "advance" else verbs.record
        done = do(office, id_, kind, happened, who, typed, seen=version if seen is None else seen)
        view = acted(desk, office, done)
        desk.show(view, lambda: acted_page(desk, view))


def acted(desk: Desk, office: "Office", done: "Acted") -> dict[str, Any]:
    """What came of an act: the states before and after in words, the warnings that stay on the record."""
    from workflow.cases.views.case_view import reason_view
    from workflow.reminders.history import case_report

    view = case_report(office, done.case, desk.speaks)
    edition = office.rulebook.edition_on(view["pipeline"], view["today"])
    act = edition.moves.get(done.kind) or edition.entries.get(done.kind)
    before = edition.states.get(done.before)
    return {
        "case": done.case,
        "kind": done.kind,
        "label": act.label.in_language(desk.speaks) if act else done.kind,
        "person": {"id": view["person"]["id"], "name": view["person"]["name"]},
        "before": {"id": done.before, "label": before.label.in_language(desk.speaks) if before else done.before},
        "after": view["state"],
        "carried": done.carried,
        "version": done.version,
        "warnings": [reason_view(one, desk.speaks) for one in done.warnings],
        "clocks": [one for one in view["clocks"] if one["state"] == "running"],
    }


def correct(
    desk: Desk,
    *,
    case: str,
    event: int,
    pairs: list[str],
    reason: str,
    allowed_by: str,
    by: str,
    seen: int | None,
) -> None:
    """Correct what was recorded."""
    from workflow.cases.commands.correct import correct as mend
    from workflow.cli.output.case_tables import corrected_page
    from workflow.reminders.history import case_report

    with desk.opened() as office:
        id_, version = case_of(office, case)
        allowed, who = user_of(office, allowed_by), desk.who(user_of(office, by))
        typed = values(pairs)
        at = version if seen is None else seen
        mend(office, id_, event, who, typed, reason=reason, allowed_by=allowed, seen=at)
        view = case_report(office, id_, desk.speaks)
        said = {"case": id_, "event": event, "version": view["version"], "flags": view["flags"], "state": view["state"]}
        desk.show(said, lambda: corrected_page(desk, said))


def coverage(desk: Desk, *, on: str | None, as_known_on: str | None) -> None:
    """Count how many heads are members."""
    from workflow.cases.views.case_list import coverage as count
    from workflow.cli.output.case_tables import coverage_page

    with desk.opened() as office:
        known = some_day(as_known_on, "as_known_on")
        view = count(office, on=some_day(on), as_known_on=known)
        desk.show(view, lambda: coverage_page(desk, view))


ACT = (ON, BY, SET, FACTS, SEEN)
EVENT = Param("event", kind="number", required=True)
REASON = Param("--reason", "words", required=True)
ALLOWED_BY = Param("--allowed-by", "user", required=True)
STATE = Param("state", required=True)
COMMANDS = (
    Command("cases", cases, (UNIT, Param("--state", "state"), Param("--stalled", kind="flag")), "daily"),
    Command("case", case, (CASE, Param("--history", kind="flag")), "daily"),
    Command("open", open_, (PERSON, ON, BY, UNIT, PIPELINE), "daily"),
    Command("advance", advance, (CASE, Param("move", required=True), *ACT), "daily"),
    Command("record", record, (CASE, Param("entry", required=True), *ACT), "daily"),
    Command("correct", correct, (CASE, EVENT, SET, REASON, ALLOWED_BY, BY, SEEN), "daily"),
    Command("adopt", adopt, (PERSON, STATE, ON, BY, SET, FACTS, UNIT, PIPELINE), "daily"),
    Command("coverage", coverage, (SOME_DAY, Param("--as-known-on", "date")), "daily"),
)
