"""What a form offers for its fields: words for choices, papers by title, people by name instead of their ids."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from states.record.case_record import Record
from states.rulebook.edition import Edition, FieldRule
from workflow.core.input import FieldFault, InvalidInput
from workflow.core.text import search_key, sort_key
from workflow.register.person_record import decrypt_person
from workflow.register.search import load_names
from workflow.storage import reads
from workflow.storage.register_snapshot import find_row_on
from workflow.web.context import RequestContext
from workflow.web.visibility.person_units import may_name_person

if TYPE_CHECKING:
    from workflow.web.pages.cases.case_page import CaseRef

View = dict[str, Any]

MOST_BOXES = 4
"""So many people are asked for in a box each."""


class FieldOptions:
    """What the fields of one form of a case are chosen from."""

    def __init__(self, ctx: RequestContext, case: "CaseRef", edition: Edition) -> None:
        self.ctx, self.case, self.edition = ctx, case, edition

    def describe_field(self, name: str, rule: FieldRule, *, needed: bool) -> View:
        """A field as a form shows it."""
        options = {key: words.in_language(self.ctx.speaks) for key, words in rule.options.items()}
        if rule.type == "paper":
            options = {
                code: f"{code} – {paper.title.in_language(self.ctx.speaks)}" for code, paper in self._sorted_papers()
            }
        boxes = min(rule.maximum, MOST_BOXES) if rule.type == "people" else 1
        return {
            "name": name,
            "label": rule.label.in_language(self.ctx.speaks),
            "type": rule.type,
            "needed": needed,
            "options": options,
            "people": rule.type in ("person", "people"),
            "boxes": max(boxes, 1),
            "minimum": rule.minimum,
            "maximum": rule.maximum,
        }

    def _sorted_papers(self) -> Iterable[tuple[str, Any]]:
        return sorted(self.edition.papers.items(), key=lambda item: item[1].order)

    def display_values(self, recorded: Mapping[str, Any]) -> View:
        """Recorded values as a form holds them: people by name with their id behind it."""
        fields = self.edition.fields
        named = {
            name: _non_empty_texts(value)
            for name, value in recorded.items()
            if fields[name].type in ("person", "people")
        }
        names = load_names(self.ctx.office, {id_ for ids in named.values() for id_ in ids})
        return {**recorded, **{name: [f"{names.get(id_, id_)} · {id_}" for id_ in ids] for name, ids in named.items()}}

    def list_actors(self, users: Iterable[str]) -> list[View]:
        """Users with their names, for whom an act may be typed."""
        tree, day = self.ctx.register, self.ctx.today
        rows = {user: find_row_on(tree.users.get(user, ()), day) for user in users}
        names = load_names(self.ctx.office, [row.person_id for row in rows.values() if row])
        views = []
        for user, row in rows.items():
            if row is not None:
                views.append({"user": user, "name": names.get(row.person_id) or user, "self": user == self.ctx.user})
        return views

    def suggest_people(self) -> list[View]:
        """Members who may be meant: those whom earlier acts of the branch named, its users."""
        tree = self.ctx.register
        users = {row.user_id for row in tree.grants_at(self.case.unit)}
        ids = {row.person_id for user in users for row in tree.users.get(user, ())}
        with self.ctx.office.database.read_transaction() as connection:
            for row in reads.load_cases(connection, units=[self.case.unit]):
                ids |= set(self._people_in_record(Record.from_json(orjson.loads(row.record))))
            rows = list(reads.load_people(connection, ids))
        return _person_options(self.ctx, rows)

    def _people_in_record(self, record: Record) -> Iterable[str]:
        """The people whom the acts of a case have named."""
        for name, value in record.fields.items():
            if name in self.edition.fields and self.edition.fields[name].type in ("person", "people"):
                yield from value if isinstance(value, list) else [str(value)]


def _person_options(ctx: RequestContext, rows: Iterable[Any]) -> list[View]:
    people = [
        decrypt_person(ctx.office.vault, row.id, row.key, row.sealed, ctx.register.get_membership(row.id, ctx.today))
        for row in rows
    ]
    views = [{"id": person.id, "name": person.name, "born": person.born} for person in people if person.name]
    return sorted(views, key=lambda view: sort_key(view["name"]))


def resolve_person(ctx: RequestContext, field: str, typed: str) -> str:
    """The id of whoever is called so. Raises `InvalidInput`."""
    return str(_require_single_match(field, typed, _find_people_by_text(ctx, {typed})[typed]))


def _require_single_match(field: str, text: str, alike: Sequence[View]) -> str:
    if len(alike) == 1:
        return str(alike[0]["id"])
    code = "several_people" if alike else "nobody_called_so"
    shown = "; ".join(f"{person['name']} ({person['id']})" for person in alike[:5])
    raise InvalidInput([FieldFault(field, code, {"value": text[:80], "known": shown})])


def resolve_people(ctx: RequestContext, edition: Edition, values: Mapping[str, Any]) -> dict[str, Any]:
    """Names typed for people, as their ids. Raises `InvalidInput` where nobody is called so, or several are."""
    result = dict(values)
    fields = [name for name in values if name in edition.fields and edition.fields[name].type in ("person", "people")]
    typed = {name: _non_empty_texts(values[name]) for name in fields}
    people_by_text = _find_people_by_text(ctx, {text for texts in typed.values() for text in texts})
    faults: list[FieldFault] = []
    for name in fields:
        ids = []
        for text in typed[name]:
            try:
                ids.append(_require_single_match(name, text, people_by_text[text]))
            except InvalidInput as error:
                faults += error.faults
        result[name] = ids if edition.fields[name].type == "people" else (ids[0] if ids else "")
    if faults:
        raise InvalidInput(faults)
    return result


def _non_empty_texts(value: object) -> list[str]:
    texts = value if isinstance(value, list) else [value]
    return [str(text).strip() for text in texts if str(text).strip()]


def _find_people_by_text(ctx: RequestContext, typed: set[str]) -> dict[str, list[View]]:
    """Everybody who is meant by each text: of that id, or called so; a name may have its id behind it.

    Whoever is of units alone that the reader may not see is not meant, and not told apart from nobody.
    """
    if not typed:
        return {}
    with ctx.office.database.read_transaction() as connection:
        by_id = {text: _parse_person_id(text) for text in typed}
        rows = {row.id: row for row in reads.load_people(connection, {id_ for id_ in by_id.values() if id_})}
        other_texts = [text for text in typed if by_id[text] not in rows]
        everybody = _person_options(ctx, reads.load_people(connection)) if other_texts else []
    people_by_text = {text: _person_options(ctx, [rows[by_id[text]]]) for text in typed if by_id[text] in rows}
    keys = [(search_key(person["name"]), person) for person in everybody]
    people_by_text |= {text: [person for key, person in keys if key == search_key(text)] for text in other_texts}
    return {
        text: [person for person in alike if may_name_person(ctx, person["id"])]
        for text, alike in people_by_text.items()
    }


def _parse_person_id(text: str) -> str:
    """The id in what was chosen from a list: «Họ Và Tên · PABC1234», or the id alone."""
    return text.rsplit("·", 1)[-1].strip().upper()
