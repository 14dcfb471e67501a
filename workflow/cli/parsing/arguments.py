"""Reading what was typed: days, field=value, files of facts, and the people, units and cases that are meant."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow.cli.parsing.parser import misused
from workflow.cli.problems import Unknown

if TYPE_CHECKING:
    from workflow.office import Office

Named = list[tuple[str, str]]
"""Ids with what they are called."""

MOST_NEAR = 8
BIGGEST_FACTS = 1_000_000
"""Bytes; a file of facts holds a page of fields, not a roster."""


def day(text: str, field: str = "on") -> date:
    """A day typed as 09/08/2022 or 2022-08-09. Raises `Mistyped`."""
    from workflow.core.input import FieldFault, Mistyped, day_of

    try:
        return day_of(text)
    except ValueError:
        raise Mistyped([FieldFault(field, "not_a_day", {"value": text})]) from None


def some_day(text: str | None, field: str = "on") -> date | None:
    """A day, where one was typed at all. Raises `Mistyped`."""
    return None if text is None else day(text, field)


def values(pairs: Iterable[str], file: Path | None = None) -> dict[str, Any]:
    """What ``--set field=value`` and ``--facts FILE.json`` say; a field set twice holds both. ``--set`` goes first.

    Raises `Misused`, `Mistyped`.
    """
    read: dict[str, Any] = _facts(file) if file else {}
    typed: dict[str, Any] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name.strip():
            raise misused("usage.set", typed=pair)
        name = name.strip()
        if name in typed:
            held = typed[name]
            typed[name] = [*(held if isinstance(held, list) else [held]), value]
        else:
            typed[name] = value
    return read | typed


def organs(typed: str | None) -> list[str] | None:
    """Organs named with commas between; None where none were said, an empty list for ``-``."""
    if typed is None:
        return None
    return [] if typed.strip() == "-" else [one.strip() for one in typed.split(",") if one.strip()]


def yes_or_no(typed: str | None, field: str) -> bool | None:
    """An answer in words: có, không, yes, no. Raises `Mistyped`."""
    from workflow.core.input import FieldFault, Mistyped
    from workflow.core.text import search_key
    from workflow.register.roster.columns import accepted

    if typed is None:
        return None
    word = accepted().answers.get(search_key(typed))
    if word is None:
        raise Mistyped([FieldFault(field, "not_an_option", {"value": typed, "options": "có, không"})])
    return word == "yes"


def _facts(file: Path) -> dict[str, Any]:
    from workflow.core.input import FieldFault, Mistyped

    def wrong(code: str, name: str = "--facts", **said: object) -> Mistyped:
        return Mistyped([FieldFault(name, code, {"file": file.name, **said})])

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
    odd = [name for name, value in read.items() if not _plain(value)]
    if odd:
        raise Mistyped([FieldFault(name, "odd_value", {}) for name in odd])
    return read


def _plain(value: object) -> bool:
    """A value that a field can hold: words, a whole number, nothing, or a list of words."""
    if isinstance(value, list):
        return all(isinstance(one, str) for one in value)
    return value is None or (isinstance(value, str | int) and not isinstance(value, bool))


# --- who and what is meant ---------------------------------------------------------------------------------------


def user_of(office: "Office", typed: str) -> str:
    """The user who did it. Raises `Unknown` with those called alike."""
    users = office.tree_read().users
    if typed in users:
        return typed
    raise Unknown("user", typed, [(one, "") for one in _near(typed, users)])


def unit_of(office: "Office", typed: str) -> str:
    """A unit by its id, or by its name if only one is called so. Raises `Unknown` with those called alike."""
    from workflow.core.text import matches, search_key

    tree, today = office.tree_read(), office.today()
    if typed in tree.units:
        return typed
    names = {id_: row.name for id_ in tree.units if (row := tree.unit(id_, today))}
    wanted = search_key(typed)
    exact = [id_ for id_, name in names.items() if search_key(name) == wanted]
    if len(exact) == 1:
        return str(exact[0])
    found = exact or [id_ for id_, name in names.items() if wanted and matches(wanted, search_key(name))]
    if len(found) == 1:
        return str(found[0])
    if not found:
        keys = {search_key(name): id_ for id_, name in names.items()}
        found = [keys[key] for key in _near(wanted, keys)] + _near(typed, names)
    raise Unknown("unit", typed, [(id_, names[id_]) for id_ in dict.fromkeys(found[:MOST_NEAR])])


def post_of(office: "Office", typed: str) -> str:
    """A post by its id, or by its village if only one is called so. Raises `Unknown` with those called alike."""
    from workflow.storage import reads
    from workflow.storage.tables import PostRow

    tree, today = office.tree_read(), office.today()
    with office.database.reading() as connection:
        units = {row.id: row.unit_id for row in reads.register(connection, PostRow)}
    if typed in units:
        return typed
    names = {id_: row.name for id_, unit in units.items() if (row := tree.unit(unit, today))}
    found = named_like(typed, names)
    if len(found) == 1:
        return found[0][0]
    near = found or spelt_like(typed, names) or [(id_, names.get(id_, "")) for id_ in _near(typed, units)]
    raise Unknown("post", typed, near[:MOST_NEAR])


def _near(typed: str, known: Iterable[str]) -> list[str]:
    return get_close_matches(typed, list(known), n=4, cutoff=0.6)


def person_of(office: "Office", typed: str) -> str:
    """A person by id, or by name if only one is called so. Raises `Unknown` with those called alike."""
    named, alike = people_called(office, typed)
    if len(named) == 1:
        return named[0][0]
    raise Unknown("person", typed, (named or alike)[:MOST_NEAR])


def people_called(office: "Office", typed: str) -> tuple[Named, Named]:
    """The person of that id alone, or all whose name has these words; where nobody's has, those spelt nearly so."""
    from workflow.register.person_record import opened_person
    from workflow.storage import reads

    with office.database.reading() as connection:
        for row in reads.people(connection, [typed.strip().upper()]):
            return [(row.id, opened_person(office.vault, row.id, row.key, row.sealed).name)], []
        names = {
            row.id: opened_person(office.vault, row.id, row.key, row.sealed).name for row in reads.people(connection)
        }
    return named_like(typed, names), spelt_like(typed, names)


def named_like(typed: str, names: Mapping[str, str]) -> Named:
    """Those of ``names`` (id -> name) that are called so, marks or not; else those that have these words."""
    from workflow.core.text import matches, search_key

    wanted = search_key(typed)
    keys = {id_: search_key(name) for id_, name in names.items() if name}
    found = [id_ for id_, key in keys.items() if wanted and key == wanted] or [
        id_ for id_, key in keys.items() if wanted and matches(wanted, key)
    ]
    return [(id_, names[id_]) for id_ in found]


def spelt_like(typed: str, names: Mapping[str, str]) -> Named:
    """Those of ``names`` that are spelt nearly so, the nearest first: what somebody who slipped may have meant."""
    from workflow.core.text import search_key

    by_key: dict[str, list[str]] = {}
    for id_, name in names.items():
        by_key.setdefault(search_key(name), []).append(id_)
    return [(id_, names[id_]) for key in _near(search_key(typed), by_key) for id_ in by_key[key]]


def case_of(office: "Office", typed: str) -> tuple[str, int]:
    """A case by its id, or by its candidate's name if only one is called so; with the version that it stands at.

    Raises `Unknown`.
    """
    from workflow.storage import reads

    with office.database.reading() as connection:
        row = reads.case(connection, typed.strip().upper())
        if row is not None:
            return row.id, row.version
        rows = reads.cases(connection)
    of = {row.person_id: row for row in rows}
    named, alike = people_called(office, typed)
    mine = [of[id_] for id_, _ in named if id_ in of]
    if len(mine) == 1:
        return mine[0].id, mine[0].version
    near = [(of[id_].id, name) for id_, name in (named if mine else alike) if id_ in of]
    near = near or [(id_, "") for id_ in _near(typed.upper(), [row.id for row in rows])]
    raise Unknown("case", typed, near[:MOST_NEAR])
