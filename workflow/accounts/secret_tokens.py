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
    """An instant in UTC seconds; now, if none is said."""
    return at if at is not None else int(now().timestamp())


def to_instant(at: int) -> datetime:
    """UTC seconds as an aware instant."""
    return datetime.fromtimestamp(at, UTC)


def new_secret() -> str:
    """256 random bits, as they may stand in an address."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> bytes:
    """What a secret is found by.

    It is random, so that a plain sha256 gives nothing away and costs nothing.
    """
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()


def encode_parts(*parts: object) -> bytes:
    """Parts as one message, in which none can pass for a piece of another."""
    return "\0".join(f"{len(text)}:{text}" for text in map(str, parts)).encode(errors="surrogatepass")


def compute_mac(vault: Vault, kind: str, hash_: bytes, user: str, made_at: int) -> bytes:
    """The office's seal on whose a secret is, and since when."""
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
    """A value that was closed; None where somebody spoilt it."""
    try:
        value: dict[str, Any] = orjson.loads(vault.decrypt(data[:WRAPPED_KEY_BYTES], data[WRAPPED_KEY_BYTES:], about))
    except DecryptionFailed:
        return None
    return value
