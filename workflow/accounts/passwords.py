"""This module checks, hashes and verifies passwords.

Rules: NIST SP 800-63B, section 5.1.1.2 – long rather than complex, no common passwords. Stored: Argon2id (RFC
9106, at least the parameters of OWASP's Password Storage Cheat Sheet) of the office key's MAC over password
and user. So without office.key nobody can guess passwords from a copy of the database, forge a row, or move
it to another user.
"""

import secrets
import unicodedata
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from workflow.accounts.secret_tokens import encode_parts
from workflow.core.crypto import Vault
from workflow.core.input import FieldFault, InvalidInput
from workflow.core.text import search_key
from workflow.office import ALPHABET

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MIN_LENGTH, MAX_LENGTH = 10, 200
MIN_DIFFERENT_CHARS = 4
"""Different letters or digits; "aaaaaaaaaa" and "1212121212" have fewer."""
MIN_ID_LENGTH = 4
"""An id of two letters stands in many a good password by chance."""
COMMON_FILE = Path(__file__).with_name("common.txt")
PASSWORD_GROUPS = 3

DUMMY_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$ZPozog2CN7IhNBrWy/eRzw$QskMF/cBnqeSpXu8AtsL9KNWhz+C93vpkDaJ4fgmbwc"
)
"""What is tried against where there is no password, so that the answer takes as long."""

_HASHING_SLOTS = BoundedSemaphore(4)
"""Each takes 19 MiB; a crowd of strangers at the door shall not take the machine."""


def normalize_password(password: str) -> str:
    """The password in Unicode form NFKC, however a keyboard composes its letters."""
    return unicodedata.normalize("NFKC", password)


def check_password(user: str, password: str, field: str = "password") -> None:
    """Raises `InvalidInput` with every fault of a new password."""
    if faults := find_faults(user, password, field):
        raise InvalidInput(faults)


def find_faults(user: str, password: str, field: str) -> list[FieldFault]:
    """Every fault of a user's new password."""
    if len(password) > MAX_LENGTH:
        return [FieldFault(field, "too_long", {"maximum": MAX_LENGTH})]
    text = normalize_password(password)
    faults = list[FieldFault]()
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text):
        faults.append(FieldFault(field, "control_characters", {}))
    if len(text) < MIN_LENGTH:
        faults.append(FieldFault(field, "too_short", {"minimum": MIN_LENGTH}))
    elif _is_common(text):
        faults.append(FieldFault(field, "too_common", {}))
    name = _strip_marks(user)
    if len(name) >= MIN_ID_LENGTH and name in _strip_marks(text):
        faults.append(FieldFault(field, "holds_user", {}))
    return faults


def _strip_marks(text: str) -> str:
    """Lower-case letters and digits only: "Mật khẩu!" is no better than "matkhau"."""
    return "".join(letter for letter in search_key(text) if letter.isalnum())


def _is_common(text: str) -> bool:
    """One that everybody thinks of, with or without a number before or behind it.

    Or hardly any different signs.
    """
    plain = _strip_marks(text)
    return (
        len(set(text)) < MIN_DIFFERENT_CHARS
        or plain in _common_words()
        or plain.strip("0123456789") in _common_words()
    )


@cache
def _common_words() -> frozenset[str]:
    lines = COMMON_FILE.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def generate_password() -> str:
    """A temporary password to be told to somebody, without characters that look alike."""
    return "-".join(
        "".join(secrets.choice(ALPHABET.lower()) for _ in range(4)) for _ in range(PASSWORD_GROUPS)
    )


@cache
def get_hasher() -> "PasswordHasher":
    """The Argon2id hasher with the parameters set here."""
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


def hash_password(vault: Vault, user: str, password: str) -> str:
    with _HASHING_SLOTS:
        return get_hasher().hash(_seal_password(vault, user, password))


def verify_password(vault: Vault, user: str, encoded: str | None, password: str) -> bool:
    """Whether it is the password; takes the same time where no password is stored."""
    from argon2.exceptions import Argon2Error, InvalidHashError

    with _HASHING_SLOTS:
        try:
            get_hasher().verify(
                encoded or DUMMY_HASH, _seal_password(vault, user, password[: MAX_LENGTH + 1])
            )
        except (Argon2Error, InvalidHashError):
            return False
    return encoded is not None


def is_outdated(encoded: str) -> bool:
    """Whether a hash was made with less memory or fewer passes than required now."""
    return get_hasher().check_needs_rehash(encoded)


def _seal_password(vault: Vault, user: str, password: str) -> bytes:
    return vault.compute_mac(b"ketnap password " + encode_parts(user, normalize_password(password)))
