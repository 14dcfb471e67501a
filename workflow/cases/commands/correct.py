"""A correction is appended; recorded events are never edited.

Every act of the case is judged anew after it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import orjson

from states.record.events import BookedNumber, CaseEvent, Flag
from states.record.replay import collect_corrections, corrected_event, fold_events
from states.rulebook.edition import ActRule, Edition, Move
from states.vocabulary import FieldValue
from workflow.cases import document_number_queries
from workflow.cases.case_events import event_body
from workflow.cases.commands.advance import CaseChanged, CaseWriter
from workflow.cases.commands.open import build_adoption_entry
from workflow.cases.derived_rows import build_clock_row, find_vote_row
from workflow.cases.document_numbers import build_number_rows
from workflow.cases.field_input import FieldContext, ParsedFields, parse_fields
from workflow.cases.judgement.facts import FactsBuilder, find_rule, name_editions
from workflow.cases.judgement.recorded_rules import RecordedRules
from workflow.cases.judgement.rejudge import NOT_ACTS, list_flags, list_reasons_against, walk_acts
from workflow.cases.membership import Span, list_membership_periods, list_membership_spans
from workflow.core.input import FieldFault, InvalidInput, parse_day, parse_text
from workflow.office import Office
from workflow.register.permissions import find_user_fault
from workflow.register.writer import RegisterWriter, Who
from workflow.storage import writes
from workflow.storage.ledger import load_case_events


def correct_event(
    office: Office,
    case: str,
    seq: int,
    who: Who,
    typed: Mapping[str, object],
    *,
    reason: str,
    allowed_by: str,
    seen: int | None = None,
) -> list[Flag]:
    """Correct the day (``on``) or values of event ``seq``; what no longer holds is returned and flagged.

    Raises `UnknownCase`, `InvalidInput`, `NoEdition`, `CaseChanged`.
    """
    with office.case_transaction(case) as (tx, ledger, locked_case):
        if seen is not None and locked_case.version != seen:
            raise CaseChanged(case, seen, locked_case.version)
        writer = CaseWriter(office, tx, ledger, locked_case)
        events: list[CaseEvent] = [orjson.loads(body) for body in load_case_events(tx, case)]
        event = _find_correctable(events, seq)
        why, faults = _read_reason(writer, who, event, allowed_by, reason)
        try:
            values = _read_values(writer, event, typed)
        except InvalidInput as error:
            raise InvalidInput(faults + error.faults) from None
        of_pairs = writer.record_pair_days(
            office.edition_of_event(event, writer.record.pipeline),
            values,
            who,
            corrected_event(event, collect_corrections(events))["fields"],
        )
        if not values and not of_pairs:
            faults.append(FieldFault("on", "nothing_to_correct", {}))
        if faults:
            raise InvalidInput(faults)
        edition = writer.builder.edition_on(writer.today)
        body = event_body("correct", writer.record, edition, writer.today, writer.today, who)
        body |= {"of": seq, "fields": values, "allowed_by": allowed_by, "flags": []}
        read = corrected_event(event, collect_corrections([*events, body]))
        rules = RecordedRules(office, tx.connection)
        body |= {"under": {}, **_name_days(writer.builder, read, rules)}
        before = list_membership_spans(edition, writer.record)
        if (taken := _list_numbers(writer, read)) != _list_numbers(writer, event):
            body["numbers"] = taken
        corrected = [*events, body | {"seq": writer.record.seq + 1}]
        body["flags"] = list_flags(writer.builder, corrected, rules, seq)
        if newer := _list_newer_reasons(writer.builder, corrected, read, rules):
            body["warnings"] = newer
        writer.append_event(body, ParsedFields(texts={"reason": why}))
        events.append(body)
        writer.record = writer.builder.record = fold_events(events, office.edition_of)
        writer.write_rows(clocks=False)
        clocks = office.list_clocks(writer.record, edition, writer.snapshot)
        rows = [build_clock_row(case, clock) for clock in clocks if clock.seq is not None]
        writes.replace_clocks(tx, case, rows, writer.today)
        if event["kind"] in ("open", "adopt"):
            writes.set_opening_day(tx, case, date.fromisoformat(read["on"]))
        _correct_vote(writer, read)
        if "numbers" in body:
            document_number_queries.delete_numbers(tx, case, event["seq"])
            writer.add_numbers(event["seq"], body["numbers"])
        _correct_memberships(writer, before, list_membership_spans(edition, writer.record), who)
        return list(body["flags"])


def _find_correctable(events: Sequence[CaseEvent], seq: int) -> CaseEvent:
    for event in events:
        if event["seq"] == seq and event["kind"] not in NOT_ACTS:
            return event
    acts = ", ".join(str(event["seq"]) for event in events if event["kind"] not in NOT_ACTS)
    raise InvalidInput([FieldFault("event", "not_an_option", {"value": seq, "options": acts})])


def _read_values(writer: CaseWriter, event: CaseEvent, typed: Mapping[str, object]) -> dict[str, FieldValue]:
    """What was typed of the correction, read as the act itself would have read it. Raises `InvalidInput`."""
    kind, edition = event["kind"], writer.office.edition_of_event(event, writer.record.pipeline)
    values = {name: value for name, value in typed.items() if name != "on"}
    on, faults = date.fromisoformat(event["on"]), list[FieldFault]()
    try:
        on = parse_day(str(typed["on"])) if "on" in typed else on
    except ValueError:
        faults.append(FieldFault("on", "not_a_day", {"value": typed["on"]}))
    if kind == "open":
        faults += [FieldFault(name, "unknown", {"known": "on"}) for name in values]
        values = {}
    known = FieldContext(
        writer.today,
        edition,
        writer.find_person,
        lambda unit: writer.snapshot.find_unit(unit, on) is not None,
    )
    read = ParsedFields()
    try:
        read = parse_fields(_rule_for(edition, kind), values, known, on=on, partial=True)
    except InvalidInput as error:
        faults += error.faults
    faults += [FieldFault(name, "words_stay", {}) for name in read.texts]
    if faults:
        raise InvalidInput(faults)
    return read.values | ({"on": on.isoformat()} if "on" in typed else {})


def _read_reason(
    writer: CaseWriter, who: Who, event: CaseEvent, allowed_by: str, reason: str
) -> tuple[str, list[FieldFault]]:
    """Why it is corrected, and what is amiss with that or with those who answer for it."""
    days = (date.fromisoformat(event["on"]), writer.today)
    wrong = find_user_fault(writer.snapshot, who.by, writer.record.unit, days)
    faults = [wrong] if wrong else []
    if allowed_by not in writer.snapshot.users:
        code = "unknown_user" if allowed_by else "not_named"
        faults.append(FieldFault("allowed_by", code, {"value": allowed_by}))
    elif not _acts_above_branch(writer, allowed_by, event):
        faults.append(FieldFault("allowed_by", "not_above_branch", {"value": allowed_by}))
    try:
        return parse_text("reason", reason), faults
    except InvalidInput as error:
        return "", faults + error.faults


def _acts_above_branch(writer: CaseWriter, user: str, event: CaseEvent) -> bool:
    """Whether a user holds a role above the branch, today or on the act's day.

    A branch does not approve its own corrections.
    """
    days = (writer.today, date.fromisoformat(event["on"]))
    over = ((day, writer.snapshot.units_above(writer.record.unit, day)[1:2]) for day in days)
    return any(writer.snapshot.list_roles(user, unit.id, day) for day, units in over for unit in units)


def _rule_for(edition: Edition, kind: str) -> ActRule:
    return build_adoption_entry(edition) if kind in ("open", "adopt") else find_rule(edition, kind)


def _name_days(builder: FactsBuilder, event: CaseEvent, rules: RecordedRules) -> CaseEvent:
    """The edition of each day of an act as it reads now, by the rules that it was judged by."""
    at = replace(builder, rules=rules.in_force_at(event["n"]))
    edition = builder.office.edition_of_event(event, builder.record.pipeline)
    editions = at.editions_of_days(edition, event["fields"])
    if event["kind"] not in ("open", "adopt"):
        rule = find_rule(edition, event["kind"])
        arrival = rule.to[event["arrival"]].dated if isinstance(rule, Move) else None
        own = at.edition_on(date.fromisoformat(event["on"]))
        editions |= {name: own for name in (rule.dated, arrival) if name}
    return name_editions(editions)


def _list_newer_reasons(
    builder: FactsBuilder, events: Sequence[CaseEvent], read: CaseEvent, rules: RecordedRules
) -> list[str]:
    """What today's rules alone find against a corrected act: codes, for a warning."""
    own, today = rules.in_force_at(read["n"]), builder.office.rulebook
    if own is today:
        return []
    codes: set[str] = set()
    for at, event in walk_acts(builder, events):
        if event["seq"] == read["seq"]:
            by_own, by_today = (
                {reason.code for reason in list_reasons_against(replace(at, rules=judging), event)}
                for judging in (own, today)
            )
            codes |= by_today - by_own
    return sorted(codes)


def _list_numbers(writer: CaseWriter, event: CaseEvent) -> list[BookedNumber]:
    """What an act takes out of its organ's book, as it reads."""
    if event["kind"] in ("open", "adopt"):
        return []
    day = date.fromisoformat(event["on"])
    edition = writer.office.edition_of_event(event, writer.record.pipeline)
    organ = writer.builder.acting_organ_on(edition, event["kind"], day)
    return list(
        build_number_rows(edition, event["fields"], writer.builder.line_on(day).organs.get(organ), day)
    )


def _correct_vote(writer: CaseWriter, event: CaseEvent) -> None:
    """Rewrite the vote's row from its corrected act; the history keeps the first count."""
    edition = writer.office.edition_of_event(event, writer.record.pipeline)
    writes.delete_vote(writer.tx, writer.case.id, event["seq"])
    if row := find_vote_row(edition, event):
        writes.add_vote(writer.tx, **row)


def _correct_memberships(writer: CaseWriter, before: list[Span], after: list[Span], who: Who) -> None:
    """A membership that began on a corrected day begins on the right one; what others recorded stays."""
    if before == after:
        return
    register_writer = RegisterWriter(writer.office, writer.tx, writer.ledger, who)
    memberships = writer.snapshot.memberships.get(writer.case.person, ())
    mine = [row for row in memberships if (row.status, row.valid_from) in before]
    if before and not mine:
        return
    for row in mine:
        register_writer.retire_row("memberships", row)
    for period in list_membership_periods(after):
        register_writer.add_row(
            "memberships", period.since, period.until, person_id=writer.case.person, status=period.status
        )
