"""People are kept sealed, by a closed list of what forms print.

Nothing of belief, ethnicity or family is on it; whatever is not named there is never read in.
"""

from datetime import date
from typing import Any

import orjson

from states.vocabulary import Membership, Person
from workflow.core.crypto import SALT_BYTES, Vault, add_salt, canonical_json
from workflow.register.acts import PERSON_FIELDS

_NAMES = tuple(field.name for field in PERSON_FIELDS)
TOGETHER_BEFORE = "together_since"
"""What databases before the sixth version keep of a sponsor, whoever the candidate is: no day of a pair."""
_DAYS = tuple(field.name for field in PERSON_FIELDS if field.kind == "day")


def encrypt_person(vault: Vault, wrapped: bytes, person: Person) -> tuple[bytes, str]:
    """The person's encrypted row, and its salted hash for the history."""
    values = {name: getattr(person, name) for name in _NAMES}
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
    together, digest = add_salt(
        canonical_json({name: value for name, value in plain.items() if value is not None})
    )
    return vault.encrypt(wrapped, together, person.id), digest


def decrypt_person(
    vault: Vault, id_: str, wrapped: bytes | None, sealed: bytes | None, membership: Membership | None = None
) -> Person:
    """A person from an encrypted row; a forgotten person has no name."""
    if wrapped is None or sealed is None:
        return Person(id_, membership=membership)
    values: dict[str, Any] = orjson.loads(vault.decrypt(wrapped, sealed, id_)[SALT_BYTES:])
    for name in (*_DAYS, TOGETHER_BEFORE):
        if name in values:
            values[name] = date.fromisoformat(values[name])
    return Person(id_, membership=membership, **values)
