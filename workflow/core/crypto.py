"""Personal data is encrypted, under one key per person.

Each key is wrapped by the office's key, which stands in a file of its own.

Throwing a person's key away forgets the person for good; what the history holds are salted hashes, which then
lead nowhere. AES-256-GCM (NIST SP 800-38D); what is sealed for one person or field cannot be passed off as
another's.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from states.errors import EXIT_BROKEN, UserError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
SALT_BYTES = 16


class KeyLost(UserError):
    """The office's key file is not there, cannot be read, or is not a key."""

    code = "key_lost"
    advice = "advice.key_lost"
    message_values = ("path",)

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


class WrongKey(UserError):
    """The key file is a key, but not the one this database was made with."""

    code = "key_foreign"
    advice = "advice.key_foreign"
    message_values = ("path",)

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


class DecryptionFailed(UserError):
    """Encrypted data does not decrypt: it was changed, or belongs to somebody else."""

    code = "sealed_unreadable"
    exit_code = EXIT_BROKEN
    advice = "advice.sealed_unreadable"


def make_key_file(path: Path) -> None:
    """Write a new office key; never over an existing one (`FileExistsError`)."""
    with path.open("x", encoding="ascii") as file:
        file.write(base64.b64encode(os.urandom(32)).decode("ascii") + "\n")
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o600)


class Vault:
    """Encrypts and decrypts with the office key."""

    def __init__(self, path: Path) -> None:
        try:
            self._key = base64.b64decode(path.read_text(encoding="ascii"), validate=False)
        except (OSError, ValueError) as error:
            raise KeyLost(path) from error
        if len(self._key) != 32:  # noqa: PLR2004 - AES-256
            raise KeyLost(path)
        self.path = path
        self._person_ciphers: dict[bytes, AESGCM] = {}

    @cached_property
    def _wrapping_cipher(self) -> "AESGCM":
        return _build_cipher(hashlib.sha256(b"ketnap wrap" + self._key).digest())

    @cached_property
    def _seal_mac(self) -> "hmac.HMAC":
        return hmac.new(hashlib.sha256(b"ketnap seal" + self._key).digest(), digestmod=hashlib.sha256)

    def compute_mac(self, message: bytes) -> bytes:
        """The office key's MAC over a message."""
        seal = self._seal_mac.copy()
        seal.update(message)
        return seal.digest()

    def compute_key_check(self) -> bytes:
        """A value that the database stores to recognise its key."""
        return self.compute_mac(b"ketnap office key")

    def new_person_key(self) -> bytes:
        """A new key for a person, wrapped."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._wrapping_cipher.encrypt(nonce, os.urandom(32), b"person")

    def _person_cipher(self, wrapped: bytes) -> "AESGCM":
        cipher = self._person_ciphers.get(wrapped)
        if cipher is None:
            if len(self._person_ciphers) > 10_000:  # noqa: PLR2004 - a bound on memory, far above any office
                self._person_ciphers.clear()
            key = _decrypt(self._wrapping_cipher, wrapped, b"person")
            cipher = self._person_ciphers[wrapped] = _build_cipher(key)
        return cipher

    def encrypt(self, wrapped: bytes, plain: bytes, about: str) -> bytes:
        """Encrypt bytes under a person's wrapped key; ``about`` binds them to one place."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._person_cipher(wrapped).encrypt(nonce, plain, about.encode())

    def decrypt(self, wrapped: bytes, sealed: bytes, about: str) -> bytes:
        """Decrypt what `encrypt` made. Raises `DecryptionFailed`."""
        return _decrypt(self._person_cipher(wrapped), sealed, about.encode())


def _build_cipher(key: bytes) -> "AESGCM":
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)


def _decrypt(cipher: "AESGCM", sealed: bytes, about: bytes) -> bytes:
    from cryptography.exceptions import InvalidTag

    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about)
    except (InvalidTag, ValueError) as error:
        raise DecryptionFailed from error


def canonical_json(value: Mapping[str, object]) -> bytes:
    """The one way to write a value as bytes.

    JSON, keys sorted, no spaces, UTF-8 (RFC 8785; whole numbers only).
    """
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def add_salt(plain: bytes) -> tuple[bytes, str]:
    """Salt in front of the plain bytes, to be sealed together; and the hash that the history may hold."""
    together = os.urandom(SALT_BYTES) + plain
    return together, hashlib.sha256(together).hexdigest()
