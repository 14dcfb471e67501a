"""People as they are kept: a closed list of what a form prints, sealed; nothing of belief, ethnicity or family."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson

from states.vocabulary import Membership, Person
from workflow.core.crypto import SALT_BYTES, Vault, add_salt, canonical_json

DAY_FIELDS = ("born", "official_since", "together_since")
PERSON_FIELDS = (
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


def encrypt_person(vault: Vault, wrapped: bytes, person: Person) -> tuple[bytes, str]:
    """The person's sealed row, and the salted hash of it that the history holds."""
    values = {name: getattr(person, name) for name in PERSON_FIELDS}
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
    together, digest = add_salt(canonical_json({name: value for name, value in plain.items() if value is not None}))
    return vault.encrypt(wrapped, together, person.id), digest


def decrypt_person(
    vault: Vault, id_: str, wrapped: bytes | None, sealed: bytes | None, membership: Membership = "none"
) -> Person:
    """A person out of a sealed row; one who was forgotten has no name left."""
    if wrapped is None or sealed is None:
        return Person(id_, membership=membership)
    values: dict[str, Any] = orjson.loads(vault.decrypt(wrapped, sealed, id_)[SALT_BYTES:])
    for name in DAY_FIELDS:
        if name in values:
            values[name] = date.fromisoformat(values[name])
    return Person(id_, membership=membership, **values)


def apply_changes(person: Person, values: Mapping[str, Any]) -> Person:
    """The person with some values said anew."""
    current = {name: getattr(person, name) for name in PERSON_FIELDS}
    return Person(person.id, membership=person.membership, **{**current, **values})
