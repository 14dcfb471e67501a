"""What was typed is read: days, fields, people, units and cases."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from states.errors import UserError
from workflow.cli.parsing.parser import usage_error

if TYPE_CHECKING:
    from workflow.office import Office

NamedIds = list[tuple[str, str]]
"""Ids with what they are called."""

MOST_NEAR = 8
BIGGEST_FACTS = 1_000_000
"""Bytes; a file of facts holds a page of fields, not a roster."""


class UnknownName(UserError, LookupError):
    """No ``kind`` (user, unit, person, case, post, state, letter) is called so; ``named_alike``: ids with
    names.
    """

    code = "unknown_name"

    def __init__(self, kind: str, typed: str, named_alike: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(f"{kind} {typed}")
        self.code, self.typed, self.named_alike = f"unknown_{kind}", typed, tuple(named_alike)


def read_day(text: str, field: str = "on") -> date:
    """A day typed as 09/08/2022 or 2022-08-09. Raises `InvalidInput`."""
    from workflow.core.input import FieldFault, InvalidInput, parse_day

    try:
        return parse_day(text)
    except ValueError:
        raise InvalidInput([FieldFault(field, "not_a_day", {"value": text})]) from None


def read_optional_day(text: str | None, field: str = "on") -> date | None:
    """A day, where one was typed at all. Raises `InvalidInput`."""
    return None if text is None else read_day(text, field)


def read_values(pairs: Iterable[str], file: Path | None = None) -> dict[str, Any]:
    """What ``--set field=value`` and ``--facts FILE.json`` say; a field set twice holds both.

    ``--set`` goes first.

    Raises `UsageError`, `InvalidInput`.
    """
    read: dict[str, Any] = _read_facts_file(file) if file else {}
    typed: dict[str, Any] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name.strip():
            raise usage_error("usage.set", typed=pair)
        name = name.strip()
        if name in typed:
            earlier = typed[name]
            typed[name] = [*(earlier if isinstance(earlier, list) else [earlier]), value]
        else:
            typed[name] = value
    return read | typed


def read_names(typed: str) -> list[str]:
    """Names with commas between; ``-`` for none."""
    return [] if typed.strip() == "-" else [name.strip() for name in typed.split(",") if name.strip()]


def read_yes_no(typed: str | None, field: str) -> bool | None:
    """An answer in words: có, không, yes, no. Raises `InvalidInput`."""
    from workflow.core.input import FieldFault, InvalidInput
    from workflow.core.text import search_key
    from workflow.register.accepted_words import load_accepted

    if typed is None:
        return None
    word = load_accepted().answers.get(search_key(typed))
    if word is None:
        raise InvalidInput([FieldFault(field, "not_an_option", {"value": typed, "options": "có, không"})])
    return word == "yes"


def _read_facts_file(file: Path) -> dict[str, Any]:
    from workflow.core.input import FieldFault, InvalidInput

    def wrong(code: str, name: str = "--facts", **values: object) -> InvalidInput:
        return InvalidInput([FieldFault(name, code, {"file": file.name, **values})])

    if file.stat().st_size > BIGGEST_FACTS:
        raise wrong("facts_too_big")
    try:
        read = json.loads(file.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise wrong("facts_not_utf8") from None
    except (ValueError, RecursionError) as error:
        raise wrong("facts_not_json", line=getattr(error, "lineno", 1)) from None
    if not isinstance(read, dict):
        raise wrong("facts_not_fields")
    odd = [name for name, value in read.items() if not _is_plain_value(value)]
    if odd:
        raise InvalidInput([FieldFault(name, "odd_value", {}) for name in odd])
    return read


def _is_plain_value(value: object) -> bool:
    """A value that a field can hold: words, a whole number, nothing, or a list of words."""
    if isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    return value is None or (isinstance(value, str | int) and not isinstance(value, bool))


# --- who and what is meant ----------------------------------------------------------------------------------


def resolve_user(office: "Office", typed: str) -> str:
    """A user by id. Raises `UnknownName` with similar ids."""
    users = office.read_snapshot().users
    if typed in users:
        return typed
    raise UnknownName("user", typed, [(user_id, "") for user_id in _nearest_matches(typed, users)])


def resolve_unit(office: "Office", typed: str) -> str:
    """A unit by its id, or by its name if only one is called so.

    Raises `UnknownName` with those called alike.
    """
    from workflow.core.text import matches_query, search_key

    tree, today = office.read_snapshot(), office.read_today()
    if typed in tree.units:
        return typed
    names = {id_: row.name for id_ in tree.units if (row := tree.find_unit(id_, today))}
    wanted = search_key(typed)
    exact = [id_ for id_, name in names.items() if search_key(name) == wanted]
    if len(exact) == 1:
        return str(exact[0])
    unit_ids = exact or [
        id_ for id_, name in names.items() if wanted and matches_query(wanted, search_key(name))
    ]
    if len(unit_ids) == 1:
        return str(unit_ids[0])
    if not unit_ids:
        keys = {search_key(name): id_ for id_, name in names.items()}
        unit_ids = [keys[key] for key in _nearest_matches(wanted, keys)] + _nearest_matches(typed, names)
    raise UnknownName("unit", typed, [(id_, names[id_]) for id_ in dict.fromkeys(unit_ids[:MOST_NEAR])])


def resolve_post(office: "Office", typed: str) -> str:
    """A post by its id, or by its village if only one is called so.

    Raises `UnknownName` with those called alike.
    """
    from workflow.storage import reads
    from workflow.storage.tables.register import PostRow

    tree, today = office.read_snapshot(), office.read_today()
    with office.database.read_transaction() as connection:
        units = {row.id: row.unit_id for row in reads.load_register_rows(connection, PostRow)}
    if typed in units:
        return typed
    names = {id_: row.name for id_, unit in units.items() if (row := tree.find_unit(unit, today))}
    post_names = match_names(typed, names)
    if len(post_names) == 1:
        return post_names[0][0]
    near = (
        post_names
        or match_spelling(typed, names)
        or [(id_, names.get(id_, "")) for id_ in _nearest_matches(typed, units)]
    )
    raise UnknownName("post", typed, near[:MOST_NEAR])


def _nearest_matches(typed: str, known: Iterable[str]) -> list[str]:
    return get_close_matches(typed, list(known), n=4, cutoff=0.6)


def resolve_person(office: "Office", typed: str) -> str:
    """A person by id, or by name if only one is called so. Raises `UnknownName` with those called alike."""
    named, alike = find_people_called(office, typed)
    if len(named) == 1:
        return named[0][0]
    raise UnknownName("person", typed, (named or alike)[:MOST_NEAR])


def find_people_called(office: "Office", typed: str) -> tuple[NamedIds, NamedIds]:
    """The person of that id alone, or all whose name has these words.

    Where nobody's has, those spelt nearly so.
    """
    from workflow.register.views.people import load_people

    with office.database.read_transaction() as connection:
        for person in load_people(office, connection, [typed.strip().upper()]).values():
            return [(person.id, person.name)], []
        names = {person.id: person.name for person in load_people(office, connection).values()}
    return match_names(typed, names), match_spelling(typed, names)


def match_names(typed: str, names: Mapping[str, str]) -> NamedIds:
    """Those of ``names`` (id -> name) that are called so, marks or not; else those that have these words."""
    from workflow.core.text import matches_query, search_key

    wanted = search_key(typed)
    keys = {id_: search_key(name) for id_, name in names.items() if name}
    matching_ids = [id_ for id_, key in keys.items() if wanted and key == wanted] or [
        id_ for id_, key in keys.items() if wanted and matches_query(wanted, key)
    ]
    return [(id_, names[id_]) for id_ in matching_ids]


def match_spelling(typed: str, names: Mapping[str, str]) -> NamedIds:
    """Those of ``names`` that are spelt nearly so, the nearest first.

    What somebody who slipped may have meant.
    """
    from workflow.core.text import search_key

    by_key: dict[str, list[str]] = {}
    for id_, name in names.items():
        by_key.setdefault(search_key(name), []).append(id_)
    return [(id_, names[id_]) for key in _nearest_matches(search_key(typed), by_key) for id_ in by_key[key]]


def resolve_case(office: "Office", typed: str) -> tuple[str, int]:
    """A case by its id, or by its candidate's name if only one is called so.

    With the version that it stands at.

    Raises `UnknownName`.
    """
    from workflow.storage import reads

    with office.database.read_transaction() as connection:
        row = reads.load_case(connection, typed.strip().upper())
        if row is not None:
            return row.id, row.version
        rows = reads.load_cases(connection)
    of = {row.person_id: row for row in rows}
    named, alike = find_people_called(office, typed)
    mine = [of[id_] for id_, _ in named if id_ in of]
    if len(mine) == 1:
        return mine[0].id, mine[0].version
    near = [(of[id_].id, name) for id_, name in (named if mine else alike) if id_ in of]
    near = near or [(id_, "") for id_ in _nearest_matches(typed.upper(), [row.id for row in rows])]
    raise UnknownName("case", typed, near[:MOST_NEAR])
