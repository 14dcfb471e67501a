"""Cases are judged again when facts about their people are set right.

Who is candidate, sponsor, helper or verifier of an open case may be known otherwise than when its acts were
judged: the acts are judged anew, as after a correction, in the transaction that sets the fact right.
"""

from collections.abc import Collection
from typing import Any

import orjson

from states.record.events import CaseEvent, Flag
from states.record.journey import REJUDGE
from workflow.cases.case_events import event_body
from workflow.cases.commands.advance import CaseWriter
from workflow.cases.field_input import ParsedFields
from workflow.cases.judgement.recorded_rules import RecordedRules
from workflow.cases.judgement.rejudge import list_flags
from workflow.register.session import RegisterSession
from workflow.register.views.outcomes import CaseFlagView, FlaggedCaseView
from workflow.storage import reads
from workflow.storage.ledger import load_case_events, lock_case


def rejudge_people(register: RegisterSession, people: Collection[str]) -> tuple[FlaggedCaseView, ...]:
    """Judge the open cases again that name one of these people; those that got flags come back."""
    wanted = set(people)
    if not wanted:
        return ()
    cases = _find_cases(register, wanted)
    return tuple(result for case in cases if (result := _rejudge_case(register, case, wanted)))


def _find_cases(register: RegisterSession, people: Collection[str]) -> list[str]:
    """The open cases with an act that names one of the people, by whatever field."""
    cases: dict[str, None] = {}
    for case, body in reads.list_open_case_bodies(register.tx.connection):
        if case not in cases and not _list_ids(orjson.loads(body)).isdisjoint(people):
            cases[case] = None
    return list(cases)


def _list_ids(event: dict[str, Any]) -> set[str]:
    ids = {str(event["person"])} if "person" in event else set()
    for value in event.get("fields", {}).values():
        ids.update(map(str, value) if isinstance(value, list) else (str(value),))
    return ids


def _rejudge_case(register: RegisterSession, case: str, people: set[str]) -> FlaggedCaseView | None:
    """Record what no longer holds of a case, or holds again; None where nothing was added."""
    office, tx, ledger = register.office, register.tx, register.writer.ledger
    writer = CaseWriter(office, tx, ledger, lock_case(tx, office.vault, case)[1])
    events: list[CaseEvent] = [orjson.loads(body) for body in load_case_events(tx, case)]
    flags = list_flags(writer.builder, events, RecordedRules(office, tx.connection))
    before = writer.record.flags
    if flags == before:
        return None
    edition = writer.builder.edition_on(writer.today)
    body = event_body(REJUDGE, writer.record, edition, writer.today, writer.today, register.writer.who)
    body |= {"fields": {}, "flags": flags, "about": sorted(people & _list_case_people(writer, events))}
    writer.append_event(body, ParsedFields())
    writer.write_rows()
    fresh = [flag for flag in flags if flag not in before]
    return FlaggedCaseView(case=case, flags=tuple(map(_build_flag_view, fresh))) if fresh else None


def _list_case_people(writer: CaseWriter, events: list[CaseEvent]) -> set[str]:
    return {writer.case.person}.union(*(_list_ids(dict(event)) for event in events))


def _build_flag_view(flag: Flag) -> CaseFlagView:
    return CaseFlagView(seq=flag["seq"], kind=flag["kind"], code=flag["code"])
