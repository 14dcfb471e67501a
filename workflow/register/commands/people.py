"""What is kept of a person, a closed list; and what a person is in the Party, where no case has said it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, get_args

from states.vocabulary import Membership, Person
from workflow.core.input import FieldFault, InvalidInput, parse_day
from workflow.core.text import search_key, tidy_name
from workflow.office import Office
from workflow.register.errors import ChangedLater
from workflow.register.person_record import PERSON_FIELDS, apply_changes, decrypt_person
from workflow.register.roster.columns import load_accepted
from workflow.register.session import LONGEST_NAME, RegisterSession, check_option, find_day_fault, open_register
from workflow.register.writer import Who
from workflow.storage import writes
from workflow.storage.writes import UnknownPerson

LONGEST_TEXT = 500


def add_person(office: Office, person: Person, who: Who) -> str:
    """Somebody new; the id comes back. One who is said to be an official member is one from that day on.

    ``person.id`` is given by the office and left empty, ``person.membership`` is not read. Raises `InvalidInput`.
    """
    with open_register(office, who) as register:
        values = _parse_values({name: getattr(person, name) for name in PERSON_FIELDS}, register.today)
        id_ = register.writer.add_people([Person("", **values)])[0]
        if since := values["official_since"]:
            register.writer.add_row("memberships", since, person_id=id_, status="member")
        return id_


def set_person(office: Office, person: str, values: Mapping[str, object], who: Who) -> bool:
    """Say anew some of what is kept of a person; an empty value forgets it. False where nothing came out differently.

    Raises `UnknownPerson`, and `InvalidInput` with every fault, also for whatever is never stored.
    """
    with open_register(office, who) as register:
        return update_person(register, person, values)


def update_person(register: RegisterSession, person: str, values: Mapping[str, object]) -> bool:
    """`set_person` within a transaction of the caller's."""
    key, sealed = writes.load_person_row(register.tx, person)
    if key is None:
        raise UnknownPerson(person)
    current = decrypt_person(register.office.vault, person, key, sealed)
    person_now = apply_changes(current, _parse_values(values, register.today))
    if person_now == current:
        return False
    if person_now.born and person_now.official_since and person_now.official_since < person_now.born:
        raise InvalidInput(
            [FieldFault("official_since", "before_start", _order_values(person_now.official_since, person_now.born))]
        )
    register.writer.change_person(key, person_now)
    if person_now.official_since and not register.snapshot.memberships.get(person):
        register.writer.add_row("memberships", person_now.official_since, person_id=person, status="member")
    return True


def set_membership(office: Office, person: str, status: Membership, since: date, who: Who) -> None:
    """From ``since`` on a person is a probationary member, a member, or ``none`` of both: by a paper, not by a case.

    Not while a case of theirs is open. Raises `InvalidInput`, `UnknownPerson`, `ChangedLater`.
    """
    with open_register(office, who) as register:
        register.check_days(since=since)
        register.get_person_key(person)
        check_option(status, "membership", get_args(Membership))
        check_membership(register, person, since)
        _check_no_case(register, person, status)
        if register.snapshot.get_membership(person, since) != status:
            register.writer.set_membership(register.snapshot, person, status, since)


def _check_no_case(register: RegisterSession, person: str, status: Membership) -> None:
    """Where a case is open, who becomes a member becomes one by its decision. Raises `InvalidInput`."""
    for pipeline in register.office.rulebook.pipelines if status != "none" else ():
        case = writes.find_open_case(register.tx, person, pipeline)
        if case is not None:
            raise InvalidInput([FieldFault("membership", "case_open", {"case": case})])


def check_membership(register: RegisterSession, person: str, since: date) -> None:
    """Nothing that a person was later is written over. Raises `ChangedLater`."""
    late = [row.valid_from for row in register.snapshot.memberships.get(person, ()) if row.valid_from > since]
    if late:
        raise ChangedLater(id=person, since=min(late))


# --- what is typed -----------------------------------------------------------------------------------------------


def _parse_values(typed: Mapping[str, object], today: date) -> dict[str, Any]:
    """The values as they are kept. Raises `InvalidInput` with every fault."""
    values, faults = dict[str, Any](), list[FieldFault]()
    for name, value in typed.items():
        reader = _PARSERS.get(name)
        if reader is None:
            faults.append(FieldFault(name, "unknown", {"known": ", ".join(PERSON_FIELDS)}))
            continue
        empty = value is None or (isinstance(value, str) and not value.strip())
        values[name] = "" if empty and name == "name" else None if empty else reader(name, value, faults)
    if (
        "name" in values
        and not search_key(values["name"] or "")
        and not any(fault_found.field == "name" for fault_found in faults)
    ):
        faults.append(FieldFault("name", "missing", {}))
    for name, value in values.items():
        if isinstance(value, date) and (fault := find_day_fault(name, value, today)):
            faults.append(fault)
    born, official = values.get("born"), values.get("official_since")
    if born and official and official < born:
        faults.append(FieldFault("official_since", "before_start", _order_values(official, born)))
    if faults:
        raise InvalidInput(faults)
    return values


def _order_values(value: date, start: date) -> dict[str, object]:
    return {"value": value, "start": start}


def _parse_text(name: str, value: object, faults: list[FieldFault]) -> str | None:
    if not isinstance(value, str):
        faults.append(FieldFault(name, "not_text", {}))
        return None
    text, longest = tidy_name(value), LONGEST_NAME if name == "name" else LONGEST_TEXT
    if len(text) > longest:
        faults.append(FieldFault(name, "too_long", {"maximum": longest}))
    return text


def _parse_day(name: str, value: object, faults: list[FieldFault]) -> date | None:
    try:
        return value if isinstance(value, date) else parse_day(str(value))
    except ValueError:
        faults.append(FieldFault(name, "not_a_day", {"value": value}))
        return None


def _parse_sex(name: str, value: object, faults: list[FieldFault]) -> str | None:
    return _parse_word(name, value, load_accepted().sexes, ("male", "female"), faults)


def _parse_answer(name: str, value: object, faults: list[FieldFault]) -> bool | None:
    if isinstance(value, bool):
        return value
    word = _parse_word(name, value, load_accepted().answers, ("yes", "no"), faults)
    return None if word is None else word == "yes"


def _parse_word(
    name: str, value: object, words: Mapping[str, str], options: tuple[str, ...], faults: list[FieldFault]
) -> str | None:
    option = words.get(search_key(str(value)))
    if option is None:
        faults.append(FieldFault(name, "not_an_option", {"value": value, "options": ", ".join(options)}))
    return option


_PARSERS: dict[str, Callable[[str, object, list[FieldFault]], Any]] = {
    "name": _parse_text, "born": _parse_day, "sex": _parse_sex, "occupation": _parse_text, "home": _parse_text, "education_met": _parse_answer,
    "contact": _parse_text, "official_since": _parse_day, "together_since": _parse_day, "posts": _parse_text,
}  # fmt: skip
