"""People are entered and said anew; memberships are set by a paper."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from states.vocabulary import Person
from workflow.core.input import FieldFault, InvalidInput, parse_day
from workflow.core.text import search_key, tidy_name
from workflow.core.views import NamedRef
from workflow.office import Office
from workflow.register.accepted_words import load_accepted
from workflow.register.acts import (
    MEMBERSHIPS,
    PERSON_FIELDS,
    ActField,
    AddPerson,
    FieldKind,
    SetMembership,
    SetTogether,
)
from workflow.register.errors import ChangedLater
from workflow.register.membership_gate import find_obstacle
from workflow.register.person_record import decrypt_person
from workflow.register.session import (
    LONGEST_NAME,
    RegisterSession,
    check_option,
    find_day_fault,
    open_register,
)
from workflow.register.writer import Who
from workflow.storage import writes
from workflow.storage.writes import UnknownPerson

LONGEST_TEXT = 500


def add_person(office: Office, act: AddPerson, who: Who) -> NamedRef:
    """Somebody new.

    One who is said to be an official member is one from that day on. Raises `InvalidInput`.
    """
    with open_register(office, who) as register:
        values = _parse_details({"name": "", **act.details}, register.today)
        id_ = register.writer.add_people([Person("", **values)])[0]
        if since := values.get("official_since"):
            register.writer.add_row("memberships", since, person_id=id_, status="member")
        return NamedRef(id=id_, name=str(act.details["name"]))


def update_person(register: RegisterSession, person: str, details: Mapping[str, object]) -> bool:
    """Say anew some of what is kept of a person; False where nothing came out differently.

    An empty value forgets it. Raises `UnknownPerson`, and `InvalidInput` with every fault, also for whatever
    is never stored.
    """
    key, sealed = writes.load_person_row(register.tx, person)
    if key is None:
        raise UnknownPerson(person)
    current = decrypt_person(register.office.vault, person, key, sealed)
    person_now = replace(current, **_parse_details(details, register.today))
    if person_now == current:
        return False
    if fault := _find_order_fault(person_now.born, person_now.official_since):
        raise InvalidInput([fault])
    register.writer.change_person(key, person_now)
    if person_now.official_since != current.official_since:
        _move_official_start(register, person, current.official_since, person_now.official_since)
    return True


def _move_official_start(
    register: RegisterSession, person: str, before: date | None, stated: date | None
) -> None:
    """The membership that was made of the stated day goes with it; what else the register says stays."""
    rows = register.snapshot.memberships.get(person, ())
    if stated is not None and not rows:
        register.writer.add_row("memberships", stated, person_id=person, status="member")
        return
    row = next((row for row in rows if row.status == "member" and row.valid_from == before), None)
    if row is None and before is None and [row.status for row in rows] == ["member"]:
        row = rows[0]  # a roster said that it is so, and not since when
    if row is None or (stated is not None and row.valid_to is not None and stated > row.valid_to):
        return
    register.writer.retire_row("memberships", row)
    if stated is not None:
        register.writer.add_row("memberships", stated, row.valid_to, person_id=person, status="member")


def put_membership(register: RegisterSession, act: SetMembership) -> bool:
    """From a day on a person is a probationary member, a member, or ``none`` of both; False: known so.

    By a paper, not by a case; not while a case of theirs is open. Raises `InvalidInput`, `UnknownPerson`,
    `ChangedLater`.
    """
    register.check_days(since=act.since)
    register.get_person_key(act.person)
    check_option(act.status, "membership", MEMBERSHIPS)
    check_membership(register, act.person, act.since)
    _check_possible(register, act)
    if register.snapshot.get_membership(act.person, act.since) == act.status:
        return False
    register.writer.set_membership(register.snapshot, act.person, act.status, act.since)
    return True


def put_together(register: RegisterSession, act: SetTogether) -> bool:
    """Since when a sponsor or helper has been together with a candidate; False where it was known so.

    Raises `InvalidInput`, `UnknownPerson`.
    """
    register.check_days(since=act.since)
    for person in (act.person, act.candidate):
        register.get_person_key(person)
    if act.person == act.candidate:
        raise InvalidInput([FieldFault("candidate", "same_person", {})])
    return register.writer.set_together(register.snapshot, act.person, act.candidate, act.since)


def _check_possible(register: RegisterSession, act: SetMembership) -> None:
    """Raises `InvalidInput` for what something on record makes impossible (`find_obstacle`)."""
    key, sealed = writes.load_person_row(register.tx, act.person)
    born = decrypt_person(register.office.vault, act.person, key, sealed).born if key else None
    known = register.snapshot.memberships.get(act.person, ())
    cases = (
        writes.find_open_case(register.tx, act.person, name) for name in register.office.rulebook.pipelines
    )
    open_case = next((case for case in cases if case is not None), None)
    if obstacle := find_obstacle(known, act.status, act.since, born=born, open_case=open_case):
        raise InvalidInput([FieldFault("membership", obstacle.code, dict(obstacle.values))])


def check_membership(register: RegisterSession, person: str, since: date) -> None:
    """Nothing that a person was later is written over. Raises `ChangedLater`."""
    late = [row.valid_from for row in register.snapshot.memberships.get(person, ()) if row.valid_from > since]
    if late:
        raise ChangedLater(id=person, since=min(late))


# --- what is typed ------------------------------------------------------------------------------------------


def _parse_details(typed: Mapping[str, object], today: date) -> dict[str, Any]:
    """The values as they are kept. Raises `InvalidInput` with every fault."""
    values, faults = dict[str, Any](), list[FieldFault]()
    for name, value in typed.items():
        field = _FIELDS.get(name)
        if field is None:
            faults.append(FieldFault(name, "unknown", {"known": ", ".join(_FIELDS)}))
            continue
        empty = value is None or (isinstance(value, str) and not value.strip())
        values[name] = (
            "" if empty and name == "name" else None if empty else _PARSERS[field.kind](field, value, faults)
        )
    if (
        "name" in values
        and not search_key(values["name"] or "")
        and all(fault.field != "name" for fault in faults)
    ):
        faults.append(FieldFault("name", "missing", {}))
    for name, value in values.items():
        if isinstance(value, date) and (fault := find_day_fault(name, value, today)):
            faults.append(fault)
    if fault := _find_order_fault(values.get("born"), values.get("official_since")):
        faults.append(fault)
    if faults:
        raise InvalidInput(faults)
    return values


def _find_order_fault(born: date | None, official: date | None) -> FieldFault | None:
    """Nobody is a member before they are born, nor before they are old enough."""
    if born is None or official is None:
        return None
    if official < born:
        return FieldFault("official_since", "before_start", {"value": official, "start": born})
    obstacle = find_obstacle((), "member", official, born=born)
    return FieldFault("official_since", obstacle.code, dict(obstacle.values)) if obstacle else None


def _parse_text(field: ActField, value: object, faults: list[FieldFault]) -> str | None:
    if not isinstance(value, str):
        faults.append(FieldFault(field.name, "not_text", {}))
        return None
    text, longest = tidy_name(value), LONGEST_NAME if field.kind == "name" else LONGEST_TEXT
    if len(text) > longest:
        faults.append(FieldFault(field.name, "too_long", {"maximum": longest}))
    return text


def _parse_day(field: ActField, value: object, faults: list[FieldFault]) -> date | None:
    try:
        return value if isinstance(value, date) else parse_day(str(value))
    except ValueError:
        faults.append(FieldFault(field.name, "not_a_day", {"value": value}))
        return None


def _parse_choice(field: ActField, value: object, faults: list[FieldFault]) -> str | None:
    words = (
        load_accepted().sexes
        if field.name == "sex"
        else {search_key(option): option for option in field.options}
    )
    return _parse_word(field, value, words, field.options, faults)


def _parse_answer(field: ActField, value: object, faults: list[FieldFault]) -> bool | None:
    if isinstance(value, bool):
        return value
    word = _parse_word(field, value, load_accepted().answers, ("yes", "no"), faults)
    return None if word is None else word == "yes"


def _parse_word(
    field: ActField,
    value: object,
    words: Mapping[str, str],
    options: tuple[str, ...],
    faults: list[FieldFault],
) -> str | None:
    option = words.get(search_key(str(value)))
    if option is None:
        faults.append(
            FieldFault(field.name, "not_an_option", {"value": value, "options": ", ".join(options)})
        )
    return option


_FIELDS = {field.name: field for field in PERSON_FIELDS}
_PARSERS: dict[FieldKind, Callable[[ActField, object, list[FieldFault]], Any]] = {
    "name": _parse_text,
    "line": _parse_text,
    "day": _parse_day,
    "choice": _parse_choice,
    "yes_no": _parse_answer,
}
