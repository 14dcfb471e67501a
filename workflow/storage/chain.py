"""The chain of events: canonical bytes, each hashed onto the one before, the newest sealed with the office's key.

One chain for the whole office: a lost tail, a lost case and an edited event all break it, and a seal once printed
proves everything up to its number. sha256 as in FIPS 180-4; the seal is an HMAC (RFC 2104).
"""

import hashlib
from typing import NamedTuple

from workflow.core.crypto import Vault

GENESIS = bytes(32)


class ChainHead(NamedTuple):
    """The newest event's number and hash, and the newest event of the register."""

    n: int
    hash: bytes
    register_n: int


def hash_event(before: bytes, body: bytes) -> bytes:
    """The hash of an event whose canonical bytes are ``body``, chained to the hash before it."""
    return hashlib.sha256(before + body).digest()


def compute_seal(vault: Vault, head: ChainHead) -> bytes:
    """The office's seal over the head of the history."""
    return vault.compute_mac(b"%d %d " % (head.n, head.register_n) + head.hash)
