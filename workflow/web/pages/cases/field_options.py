"""What a form offers for its fields: words for choices, papers by title, people by name instead of their ids."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from states.record.case_record import Record
from states.rulebook.edition import Edition, FieldRule
from workflow.core.input import FieldFault, Mistyped
from workflow.core.text import search_key, sort_key
from workflow.register.person_record import opened_person
from workflow.register.search import names_of
from workflow.storage import reads
from workflow.storage.register_snapshot import on
from workflow.web.context import Visit
from workflow.web.visibility.person_units import is_known_to

if TYPE_CHECKING:
    from workflow.web.pages.cases.case_page import Seen

View = dict[str, Any]

MOST_BOXES = 4
"""So many people are asked for in a box each."""


class Choices:
    """What the fields of one form of a case are chosen from."""

    def __init__(self, here: Visit, case: "Seen", edition: Edition) -> None:
        self.here, self.case, self.edition = here, case, edition

    def field(self, name: str, rule: FieldRule, *, needed: bool) -> View:
        """A field as a form shows it."""
        options = {key: words.in_language(self.here.speaks) for key, words in rule.options.items()}
        if rule.type == "paper":
            options = {code: f"{code} – {one.title.in_language(self.here.speaks)}" for code, one in self._papers()}
        boxes = min(rule.maximum, MOST_BOXES) if rule.type == "people" else 1
        return {
            "name": name,
            "label": rule.label.in_language(self.here.speaks),
            "type": rule.type,
            "needed": needed,
            "options": options,
            "people": rule.type in ("person", "people"),
            "boxes": max(boxes, 1),
            "minimum": rule.minimum,
            "maximum": rule.maximum,
        }

    def _papers(self) -> Iterable[tuple[str, Any]]:
        return sorted(self.edition.papers.items(), key=lambda one: one[1].order)

    def shown(self, recorded: Mapping[str, Any]) -> View:
        """Recorded values as a form holds them: people by name with their id behind it."""
        fields = self.edition.fields
        named = {name: _texts(value) for name, value in recorded.items() if fields[name].type in ("person", "people")}
        names = names_of(self.here.office, {id_ for ids in named.values() for id_ in ids})
        return {**recorded, **{name: [f"{names.get(id_, id_)} · {id_}" for id_ in ids] for name, ids in named.items()}}

    def actors(self, users: Iterable[str]) -> list[View]:
        """Users with their names, for whom an act may be typed."""
        tree, day = self.here.tree, self.here.today
        rows = {user: on(tree.users.get(user, ()), day) for user in users}
        names = names_of(self.here.office, [row.person_id for row in rows.values() if row])
        found = []
        for user, row in rows.items():
            if row is not None:
                found.append({"user": user, "name": names.get(row.person_id) or user, "self": user == self.here.user})
        return found

    def suggested(self) -> list[View]:
        """Members who may be meant: those whom earlier acts of the branch named, its users."""
        tree = self.here.tree
        users = {row.user_id for row in tree.grants_at(self.case.unit)}
        ids = {row.person_id for user in users for row in tree.users.get(user, ())}
        with self.here.office.database.reading() as connection:
            for row in reads.cases(connection, units=[self.case.unit]):
                ids |= set(self._named(Record.from_json(orjson.loads(row.record))))
            rows = list(reads.people(connection, ids))
        return _as_choices(self.here, rows)

    def _named(self, record: Record) -> Iterable[str]:
        """The people whom the acts of a case have named."""
        for name, value in record.fields.items():
            if name in self.edition.fields and self.edition.fields[name].type in ("person", "people"):
                yield from value if isinstance(value, list) else [str(value)]


def _as_choices(here: Visit, rows: Iterable[Any]) -> list[View]:
    people = [
        opened_person(here.office.vault, row.id, row.key, row.sealed, here.tree.membership(row.id, here.today))
        for row in rows
    ]
    views = [{"id": one.id, "name": one.name, "born": one.born} for one in people if one.name]
    return sorted(views, key=lambda one: sort_key(one["name"]))


def one_named(here: Visit, field: str, typed: str) -> str:
    """The id of whoever is called so. Raises `Mistyped`."""
    return str(_id_of(field, typed, _found(here, {typed})[typed]))


def _id_of(field: str, text: str, alike: Sequence[View]) -> str:
    if len(alike) == 1:
        return str(alike[0]["id"])
    code = "several_people" if alike else "nobody_called_so"
    shown = "; ".join(f"{one['name']} ({one['id']})" for one in alike[:5])
    raise Mistyped([FieldFault(field, code, {"value": text[:80], "known": shown})])


def named_people(here: Visit, edition: Edition, values: Mapping[str, Any]) -> dict[str, Any]:
    """Names typed for people, as their ids. Raises `Mistyped` where nobody is called so, or several are."""
    said = dict(values)
    fields = [name for name in values if name in edition.fields and edition.fields[name].type in ("person", "people")]
    typed = {name: _texts(values[name]) for name in fields}
    found = _found(here, {text for texts in typed.values() for text in texts})
    faults: list[FieldFault] = []
    for name in fields:
        ids = []
        for text in typed[name]:
            try:
                ids.append(_id_of(name, text, found[text]))
            except Mistyped as error:
                faults += error.faults
        said[name] = ids if edition.fields[name].type == "people" else (ids[0] if ids else "")
    if faults:
        raise Mistyped(faults)
    return said


def _texts(value: object) -> list[str]:
    texts = value if isinstance(value, list) else [value]
    return [str(text).strip() for text in texts if str(text).strip()]


def _found(here: Visit, typed: set[str]) -> dict[str, list[View]]:
    """Everybody who is meant by each text: of that id, or called so; a name may have its id behind it.

    Whoever is of units alone that the reader may not see is not meant, and not told apart from nobody.
    """
    if not typed:
        return {}
    with here.office.database.reading() as connection:
        by_id = {text: _id_in(text) for text in typed}
        rows = {row.id: row for row in reads.people(connection, {id_ for id_ in by_id.values() if id_})}
        left = [text for text in typed if by_id[text] not in rows]
        everybody = _as_choices(here, reads.people(connection)) if left else []
    found = {text: _as_choices(here, [rows[by_id[text]]]) for text in typed if by_id[text] in rows}
    keys = [(search_key(one["name"]), one) for one in everybody]
    found |= {text: [one for key, one in keys if key == search_key(text)] for text in left}
    return {text: [one for one in alike if is_known_to(here, one["id"])] for text, alike in found.items()}


def _id_in(text: str) -> str:
    """The id in what was chosen from a list: «Họ Và Tên · PABC1234», or the id alone."""
    return text.rsplit("·", 1)[-1].strip().upper()
