"""A form offers words, titles and names instead of ids."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import orjson

from states.record.case_record import Record
from states.rulebook.edition import Edition, FieldRule, PaperRule
from workflow.core.text import sort_key
from workflow.register.views.people import load_names, load_people
from workflow.storage import reads
from workflow.storage.register_snapshot import find_row_on
from workflow.web.context import RequestContext
from workflow.web.pages.form_field import FormField
from workflow.web.visibility.people import resolve_people

if TYPE_CHECKING:
    from workflow.web.pages.cases.case_page import CaseRef

MOST_BOXES = 4
"""So many people are asked for in a box each."""


class PersonOption(NamedTuple):
    """Somebody who may be meant in a form."""

    id: str
    name: str
    born: date | None


class ActorOption(NamedTuple):
    """A user for whom an act may be typed."""

    user: str
    name: str
    is_self: bool


class FieldOptions:
    """The choices of the fields in one form of a case."""

    def __init__(
        self, ctx: RequestContext, case: "CaseRef", edition: Edition, flags: Mapping[str, str] | None = None
    ) -> None:
        self.ctx, self.case, self.edition, self.flags = ctx, case, edition, flags or {}

    def describe_field(self, name: str, rule: FieldRule, *, needed: bool) -> FormField:
        """A field as a form shows it."""
        options = {key: words.in_language(self.ctx.speaks) for key, words in rule.options.items()}
        if rule.type == "paper":
            options = {
                code: f"{code} – {paper.title.in_language(self.ctx.speaks)}"
                for code, paper in self._sorted_papers()
            }
        if rule.type == "flag":
            options = dict(self.flags)
        boxes = min(rule.maximum, MOST_BOXES) if rule.type == "people" else 1
        return FormField(
            name=name,
            label=rule.label.in_language(self.ctx.speaks),
            type=rule.type,
            needed=needed,
            options=options,
            boxes=max(boxes, 1),
            minimum=rule.minimum,
            maximum=rule.maximum,
        )

    def _sorted_papers(self) -> Iterable[tuple[str, PaperRule]]:
        return sorted(self.edition.papers.items(), key=lambda item: item[1].order)

    def display_values(self, recorded: Mapping[str, object]) -> dict[str, object]:
        """Recorded values as a form holds them: people by name with their id behind it."""
        fields = self.edition.fields
        named = {
            name: _non_empty_texts(value)
            for name, value in recorded.items()
            if fields[name].type in ("person", "people")
        }
        names = load_names(self.ctx.office, {id_ for ids in named.values() for id_ in ids})
        return {
            **recorded,
            **{name: [f"{names.get(id_, id_)} · {id_}" for id_ in ids] for name, ids in named.items()},
        }

    def list_actors(self, users: Iterable[str]) -> list[ActorOption]:
        """Users with their names, for whom an act may be typed."""
        tree, day = self.ctx.register, self.ctx.today
        rows = {user: find_row_on(tree.users.get(user, ()), day) for user in users}
        names = load_names(self.ctx.office, [row.person_id for row in rows.values() if row])
        return [
            ActorOption(user, names.get(row.person_id) or user, user == self.ctx.user)
            for user, row in rows.items()
            if row is not None
        ]

    def suggest_people_for(self, fields: Iterable[FormField]) -> list[PersonOption]:
        """Members who may be meant in a form; nobody where it asks for no person."""
        return self.suggest_people() if any(each.people for each in fields) else []

    def suggest_people(self) -> list[PersonOption]:
        """Members who may be meant: those whom earlier acts of the branch named, its users."""
        tree = self.ctx.register
        users = {row.user_id for row in tree.grants_at(self.case.unit)}
        ids = {row.person_id for user in users for row in tree.users.get(user, ())}
        with self.ctx.office.database.read_transaction() as connection:
            for row in reads.load_cases(connection, units=[self.case.unit]):
                ids |= set(self._people_in_record(Record.from_json(orjson.loads(row.record))))
            people = load_people(self.ctx.office, connection, ids)
        options = [
            PersonOption(person.id, person.name, person.born) for person in people.values() if person.name
        ]
        return sorted(options, key=lambda option: sort_key(option.name))

    def _people_in_record(self, record: Record) -> Iterable[str]:
        """The people whom the acts of a case have named."""
        for name, value in record.fields.items():
            if name in self.edition.fields and self.edition.fields[name].type in ("person", "people"):
                yield from value if isinstance(value, list) else [str(value)]


def resolve_field_people(
    ctx: RequestContext, edition: Edition, values: Mapping[str, object]
) -> dict[str, object]:
    """Names typed for people, as their ids. Raises `InvalidInput` where nobody is called so, or several
    are.
    """
    fields = {name: edition.fields[name].type for name in values if name in edition.fields}
    typed = {
        name: _non_empty_texts(values[name]) for name, kind in fields.items() if kind in ("person", "people")
    }
    meant = {
        name: ids if fields[name] == "people" else (ids[0] if ids else "")
        for name, ids in resolve_people(ctx, typed).items()
    }
    return {**values, **meant}


def _non_empty_texts(value: object) -> list[str]:
    texts = value if isinstance(value, list) else [value]
    return [str(text).strip() for text in texts if str(text).strip()]
