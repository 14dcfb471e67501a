"""Passwords: which are taken, and how they are kept.

Rules: NIST SP 800-63B, section 5.1.1.2 – long rather than odd, no letters prescribed, nothing everybody thinks of.
Kept: the office's seal of the password and whose it is, and of that Argon2id (RFC 9106) with the memory and passes that
OWASP's Password Storage Cheat Sheet asks for at least. Without office.key no copy of the database can be tried against
words, and no row can be made to let somebody in, or one user's be put in another's place.
"""

import secrets
import unicodedata
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from workflow.accounts.secret_tokens import said
from workflow.core.crypto import Vault
from workflow.core.input import FieldFault, Mistyped
from workflow.core.text import search_key
from workflow.office import ALPHABET

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 10, 200
FEWEST_SIGNS = 4
"""Different letters or digits; "aaaaaaaaaa" and "1212121212" have fewer."""
SHORTEST_ID = 4
"""An id of two letters stands in many a good password by chance."""
COMMON = Path(__file__).with_name("common.txt")
GROUPS = 3

NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$ZPozog2CN7IhNBrWy/eRzw$QskMF/cBnqeSpXu8AtsL9KNWhz+C93vpkDaJ4fgmbwc"
"""What is tried against where there is no password, so that the answer takes as long."""

_AT_ONCE = BoundedSemaphore(4)
"""Each takes 19 MiB; a crowd of strangers at the door shall not take the machine."""


def normal(password: str) -> str:
    """The password however a keyboard composes its letters (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def check(user: str, password: str, field: str = "password") -> None:
    """Raises `Mistyped` with all that is amiss with a new password."""
    if faults := faults_of(user, password, field):
        raise Mistyped(faults)


def faults_of(user: str, password: str, field: str) -> list[FieldFault]:
    """All that is amiss with a new password of a user."""
    if len(password) > LONGEST:
        return [FieldFault(field, "too_long", {"maximum": LONGEST})]
    text = normal(password)
    faults = list[FieldFault]()
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text):
        faults.append(FieldFault(field, "control_characters", {}))
    if len(text) < SHORTEST:
        faults.append(FieldFault(field, "too_short", {"minimum": SHORTEST}))
    elif _is_common(text):
        faults.append(FieldFault(field, "too_common", {}))
    name = _plain(user)
    if len(name) >= SHORTEST_ID and name in _plain(text):
        faults.append(FieldFault(field, "holds_user", {}))
    return faults


def _plain(text: str) -> str:
    """Letters and digits alone, small and without marks: "Mật khẩu!" is no better than "matkhau"."""
    return "".join(letter for letter in search_key(text) if letter.isalnum())


def _is_common(text: str) -> bool:
    """One that everybody thinks of, with or without a number before or behind it; or hardly any different signs."""
    plain = _plain(text)
    return len(set(text)) < FEWEST_SIGNS or plain in _common() or plain.strip("0123456789") in _common()


@cache
def _common() -> frozenset[str]:
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def given() -> str:
    """A password to be told to somebody and changed at once: signs that nobody mistakes for others."""
    return "-".join("".join(secrets.choice(ALPHABET.lower()) for _ in range(4)) for _ in range(GROUPS))


@cache
def hasher() -> "PasswordHasher":
    """Argon2id as it is set here."""
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


def hashed(vault: Vault, user: str, password: str) -> str:
    """What is kept of a password."""
    with _AT_ONCE:
        return hasher().hash(_sealed(vault, user, password))


def fits(vault: Vault, user: str, encoded: str | None, password: str) -> bool:
    """Whether it is the password; it takes the same time where there is none."""
    from argon2.exceptions import Argon2Error, InvalidHashError

    with _AT_ONCE:
        try:
            hasher().verify(encoded or NOBODYS, _sealed(vault, user, password[: LONGEST + 1]))
        except (Argon2Error, InvalidHashError):
            return False
    return encoded is not None


def is_outdated(encoded: str) -> bool:
    """Whether it was kept with less memory or fewer passes than are asked for now."""
    return hasher().check_needs_rehash(encoded)


def _sealed(vault: Vault, user: str, password: str) -> bytes:
    return vault.mac(b"ketnap password " + said(user, normal(password)))
