"""Secrets that machines hold are stored as hashes, with the office's MAC.

Whoever reads the database can use none of them; whoever writes into it beside the program can make none.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from workflow.core.clock import now
from workflow.core.crypto import DecryptionFailed, Vault, canonical_json

WRAPPED_KEY_BYTES = 60
"""Bytes of a wrapped key: nonce, key, tag."""


def to_seconds(at: int | None) -> int:
    """An instant as UTC seconds; without one, now."""
    return at if at is not None else int(now().timestamp())


def to_instant(at: int) -> datetime:
    """UTC seconds as an aware instant."""
    return datetime.fromtimestamp(at, UTC)


def new_secret() -> str:
    """256 random bits, safe in a URL."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> bytes:
    """The sha256 by which a secret is found; a random secret needs no slow hash."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()


def encode_parts(*parts: object) -> bytes:
    """Join parts into one message so that no part can pass for a piece of another."""
    return "\0".join(f"{len(text)}:{text}" for text in map(str, parts)).encode(errors="surrogatepass")


def compute_mac(vault: Vault, kind: str, hash_: bytes, user: str, made_at: int) -> bytes:
    """The office key's MAC over a secret's kind, hash, user and time."""
    return vault.compute_mac(b"ketnap secret " + encode_parts(kind, hash_.hex(), user, made_at))


def verify_mac(vault: Vault, kind: str, hash_: bytes, user: str, made_at: int, mac: bytes) -> bool:
    """Whether the program itself wrote a row."""
    return hmac.compare_digest(compute_mac(vault, kind, hash_, user, made_at), bytes(mac))


def encrypt_value(vault: Vault, value: Mapping[str, object], about: str) -> bytes:
    """A value sealed under a key of its own, which goes with it, wrapped by the office's.

    Gone with its row.
    """
    key = vault.new_person_key()
    return key + vault.encrypt(key, canonical_json(value), about)


def decrypt_value(vault: Vault, data: bytes, about: str) -> dict[str, Any] | None:
    """Decrypt a value; None if it was changed."""
    try:
        value: dict[str, Any] = orjson.loads(
            vault.decrypt(data[:WRAPPED_KEY_BYTES], data[WRAPPED_KEY_BYTES:], about)
        )
    except DecryptionFailed:
        return None
    return value
