"""What is kept of a person, a closed list; and what a person is in the Party, where no case has said it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, get_args

from states.vocabulary import Membership, Person
from workflow.core.input import FieldFault, Mistyped, day_of
from workflow.core.text import search_key, tidy
from workflow.office import Office
from workflow.register.errors import ChangedLater
from workflow.register.person_record import KEPT, changed, opened_person
from workflow.register.roster.columns import accepted
from workflow.register.session import LONGEST_NAME, Register, day_fault, one_of, opened
from workflow.register.writer import Who
from workflow.storage import writes
from workflow.storage.writes import UnknownPerson

LONGEST_TEXT = 500


def add_person(office: Office, person: Person, who: Who) -> str:
    """Somebody new; the id comes back. One who is said to be an official member is one from that day on.

    ``person.id`` is given by the office and left empty, ``person.membership`` is not read. Raises `Mistyped`.
    """
    with opened(office, who) as register:
        values = _read({name: getattr(person, name) for name in KEPT}, register.today)
        id_ = register.pen.add_people([Person("", **values)])[0]
        if since := values["official_since"]:
            register.pen.add("memberships", since, person_id=id_, status="member")
        return id_


def set_person(office: Office, person: str, values: Mapping[str, object], who: Who) -> bool:
    """Say anew some of what is kept of a person; an empty value forgets it. False where nothing came out differently.

    Raises `UnknownPerson`, and `Mistyped` with every fault, also for whatever is never stored.
    """
    with opened(office, who) as register:
        return say_anew(register, person, values)


def say_anew(register: Register, person: str, values: Mapping[str, object]) -> bool:
    """`set_person` within a transaction of the caller's."""
    key, sealed = writes.person_row(register.work, person)
    if key is None:
        raise UnknownPerson(person)
    held = opened_person(register.office.vault, person, key, sealed)
    said = changed(held, _read(values, register.today))
    if said == held:
        return False
    if said.born and said.official_since and said.official_since < said.born:
        raise Mistyped([FieldFault("official_since", "before_start", _in_order(said.official_since, said.born))])
    register.pen.change_person(key, said)
    if said.official_since and not register.tree.memberships.get(person):
        register.pen.add("memberships", said.official_since, person_id=person, status="member")
    return True


def set_membership(office: Office, person: str, status: Membership, since: date, who: Who) -> None:
    """From ``since`` on a person is a probationary member, a member, or ``none`` of both: by a paper, not by a case.

    Not while a case of theirs is open. Raises `Mistyped`, `UnknownPerson`, `ChangedLater`.
    """
    with opened(office, who) as register:
        register.past(since=since)
        register.person(person)
        one_of(status, "membership", get_args(Membership))
        check_membership(register, person, since)
        _check_no_case(register, person, status)
        if register.tree.membership(person, since) != status:
            register.pen.enter_membership(register.tree, person, status, since)


def _check_no_case(register: Register, person: str, status: Membership) -> None:
    """Where a case is open, who becomes a member becomes one by its decision. Raises `Mistyped`."""
    for pipeline in register.office.rulebook.pipelines if status != "none" else ():
        case = writes.open_case_of(register.work, person, pipeline)
        if case is not None:
            raise Mistyped([FieldFault("membership", "case_open", {"case": case})])


def check_membership(register: Register, person: str, since: date) -> None:
    """Nothing that a person was later is written over. Raises `ChangedLater`."""
    late = [row.valid_from for row in register.tree.memberships.get(person, ()) if row.valid_from > since]
    if late:
        raise ChangedLater(id=person, since=min(late))


# --- what is typed -----------------------------------------------------------------------------------------------


def _read(typed: Mapping[str, object], today: date) -> dict[str, Any]:
    """The values as they are kept. Raises `Mistyped` with every fault."""
    values, faults = dict[str, Any](), list[FieldFault]()
    for name, value in typed.items():
        reader = _READERS.get(name)
        if reader is None:
            faults.append(FieldFault(name, "unknown", {"known": ", ".join(KEPT)}))
            continue
        empty = value is None or (isinstance(value, str) and not value.strip())
        values[name] = "" if empty and name == "name" else None if empty else reader(name, value, faults)
    if "name" in values and not search_key(values["name"] or "") and not any(one.field == "name" for one in faults):
        faults.append(FieldFault("name", "missing", {}))
    for name, value in values.items():
        if isinstance(value, date) and (fault := day_fault(name, value, today)):
            faults.append(fault)
    born, official = values.get("born"), values.get("official_since")
    if born and official and official < born:
        faults.append(FieldFault("official_since", "before_start", _in_order(official, born)))
    if faults:
        raise Mistyped(faults)
    return values


def _in_order(value: date, start: date) -> dict[str, object]:
    return {"value": value, "start": start}


def _text(name: str, value: object, faults: list[FieldFault]) -> str | None:
    if not isinstance(value, str):
        faults.append(FieldFault(name, "not_text", {}))
        return None
    text, longest = tidy(value), LONGEST_NAME if name == "name" else LONGEST_TEXT
    if len(text) > longest:
        faults.append(FieldFault(name, "too_long", {"maximum": longest}))
    return text


def _day(name: str, value: object, faults: list[FieldFault]) -> date | None:
    try:
        return value if isinstance(value, date) else day_of(str(value))
    except ValueError:
        faults.append(FieldFault(name, "not_a_day", {"value": value}))
        return None


def _sex(name: str, value: object, faults: list[FieldFault]) -> str | None:
    return _word(name, value, accepted().sexes, ("male", "female"), faults)


def _answer(name: str, value: object, faults: list[FieldFault]) -> bool | None:
    if isinstance(value, bool):
        return value
    word = _word(name, value, accepted().answers, ("yes", "no"), faults)
    return None if word is None else word == "yes"


def _word(
    name: str, value: object, words: Mapping[str, str], options: tuple[str, ...], faults: list[FieldFault]
) -> str | None:
    found = words.get(search_key(str(value)))
    if found is None:
        faults.append(FieldFault(name, "not_an_option", {"value": value, "options": ", ".join(options)}))
    return found


_READERS: dict[str, Callable[[str, object, list[FieldFault]], Any]] = {
    "name": _text, "born": _day, "sex": _sex, "occupation": _text, "home": _text, "education_met": _answer,
    "contact": _text, "official_since": _day, "together_since": _day, "posts": _text,
}  # fmt: skip
