"""People as they are kept: a closed list of what a form prints, sealed; nothing of belief, ethnicity or family."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson

from states.vocabulary import Membership, Person
from workflow.core.crypto import SALT, Vault, canonical, salted

DAYS = ("born", "official_since", "together_since")
KEPT = (
    "name",
    "born",
    "sex",
    "occupation",
    "home",
    "education_met",
    "contact",
    "official_since",
    "together_since",
    "posts",
)
"""All that is stored of a person. A column or field that is not named here is never read in."""


def sealed_person(vault: Vault, wrapped: bytes, person: Person) -> tuple[bytes, str]:
    """The person's sealed row, and the salted hash of it that the history holds."""
    values = {name: getattr(person, name) for name in KEPT}
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
    together, digest = salted(canonical({name: value for name, value in plain.items() if value is not None}))
    return vault.seal(wrapped, together, person.id), digest


def opened_person(
    vault: Vault, id_: str, wrapped: bytes | None, sealed: bytes | None, membership: Membership = "none"
) -> Person:
    """A person out of a sealed row; one who was forgotten has no name left."""
    if wrapped is None or sealed is None:
        return Person(id_, membership=membership)
    values: dict[str, Any] = orjson.loads(vault.open(wrapped, sealed, id_)[SALT:])
    for name in DAYS:
        if name in values:
            values[name] = date.fromisoformat(values[name])
    return Person(id_, membership=membership, **values)


def changed(person: Person, values: Mapping[str, Any]) -> Person:
    """The person with some values said anew."""
    held = {name: getattr(person, name) for name in KEPT}
    return Person(person.id, membership=person.membership, **{**held, **values})
