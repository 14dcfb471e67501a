"""The rate limit slows down whoever guesses passwords.

A machine at which somebody once signed in is known again by a device cookie, as OWASP describes it
(https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies): its tries are its
own. All other machines share what is left for the user, and for their address. So nobody can lock somebody
else out by typing wrong passwords: they only keep strangers waiting. Waits grow, and end by themselves; a
one-time link passes them by.
"""

import base64
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address

from states.errors import EXIT_REFUSED, UserError
from workflow.accounts import account_queries as store
from workflow.accounts.secret_tokens import encode_parts, to_instant
from workflow.core.crypto import Vault
from workflow.office import Office
from workflow.storage.engine import Transaction
from workflow.storage.tables.accounts import TRIES


@dataclass(frozen=True, slots=True)
class RateLimit:
    """So many tries are free.

    The next one waits ``first`` seconds, each after it twice as long, up to ``longest``.
    """

    free: int
    first: int
    longest: int

    def compute_wait(self, tried: int) -> int:
        """Seconds to wait after so many tries."""
        excess = tried - self.free
        return 0 if excess < 0 else min(self.first << min(excess, 20), self.longest)


DEVICE_LIMIT = RateLimit(free=10, first=30, longest=15 * 60)
"""Somebody who mistypes on a small keyboard; half a minute is shorter than looking the password up."""
STRANGER_LIMIT = RateLimit(free=10, first=60, longest=60 * 60)
"""All unknown machines together at one user's name: some thirty guesses a day once it has begun."""
ADDRESS_LIMIT = RateLimit(free=50, first=60, longest=15 * 60)
"""A telephone company lets many customers share one address; one who tries many names goes slowly."""
FORGET_AFTER = 24 * 60 * 60
"""Seconds without a try after which nothing is held against anybody."""

MAX_DEVICE_USERS = 8
"""People who share one machine and are known at it; the one who came longest ago is forgotten first."""
DEVICE_COOKIE = re.compile(r"[A-Za-z0-9_-]{22}(~[A-Za-z0-9_-]{24})*")


@dataclass(frozen=True, slots=True)
class Machine:
    """The reader's machine: its device cookie, its address and its browser's name."""

    device: str | None = None
    address: str = ""
    agent: str = ""


class TooManyTries(UserError):
    """Too many tries: no further try is allowed before ``until``."""

    code = "too_many_tries"
    exit_code = EXIT_REFUSED
    advice = "advice.too_many_tries"
    message_values = ("minutes",)
    writes = False

    def __init__(self, until: datetime, seconds: int) -> None:
        super().__init__(until)
        self.until, self.minutes = until, -(-seconds // 60)


def find_trusted_device(vault: Vault, device: str | None, user: str) -> str | None:
    """The number of a machine at which the user has signed in before; None for any other."""
    number, *known = _split_cookie(device)
    return number if number and _device_mark(vault, number, user) in known else None


def trust_device(vault: Vault, device: str | None, user: str) -> str:
    """The device cookie of a machine with this user added to those who signed in there."""
    number, *known = _split_cookie(device)
    number = number or secrets.token_urlsafe(16)
    mark = _device_mark(vault, number, user)
    return "~".join(
        (number, mark, *[device_mark for device_mark in known if device_mark != mark][: MAX_DEVICE_USERS - 1])
    )


def _split_cookie(device: str | None) -> list[str]:
    return device.split("~") if device and DEVICE_COOKIE.fullmatch(device) else [""]


def _device_mark(vault: Vault, number: str, user: str) -> str:
    return base64.urlsafe_b64encode(
        vault.compute_mac(b"ketnap device " + encode_parts(number, user))[:18]
    ).decode("ascii")


RateLimits = Mapping[bytes, RateLimit]


def sign_in_limits(vault: Vault, user: str, machine: Machine) -> RateLimits:
    """Under which keys a try to sign in counts.

    That of a known machine alone, else the user's and the address's.
    """
    if number := find_trusted_device(vault, machine.device, user):
        return {_limit_key(vault, "device", user, number): DEVICE_LIMIT}
    return {
        _limit_key(vault, "user", user): STRANGER_LIMIT,
        _limit_key(vault, "address", network_of(machine.address)): ADDRESS_LIMIT,
    }


def old_password_limits(vault: Vault, user: str) -> RateLimits:
    """The limit of tries to change a password: whoever holds the session must not guess either."""
    return {_limit_key(vault, "change", user): DEVICE_LIMIT}


def _limit_key(vault: Vault, *parts: str) -> bytes:
    """A keyed hash for the table: users type passwords into name fields, and an address is personal."""
    return vault.compute_mac(b"ketnap try " + encode_parts(*parts))


def network_of(address: str) -> str:
    """The network of an address: with IPv6 a customer has a whole /64."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or IPv6Address(int(parsed) >> 64 << 64))
    return str(parsed)


def count_try(office: Office, limits: RateLimits, at: int) -> None:
    """Count one try before it is judged, so that parallel tries gain nothing.

    Raises `TooManyTries`; such a try is not counted and takes no lock.
    """
    with office.database.read_transaction() as connection:
        _check_wait(store.find_barred_until(connection, limits), at)
    with office.database.transaction() as work:
        tries = store.lock_tries(work, limits)
        _check_wait(max(row.until for row in tries.values()), at)
        for key, limit in limits.items():
            tried = 1 + (tries[key].tried if at - tries[key].at < FORGET_AFTER else 0)
            wait = limit.compute_wait(tried)
            store.update_try(work, key, tried=tried, at=at, until=at + wait if wait else 0)


def _check_wait(until: int, at: int) -> None:
    if until > at:
        raise TooManyTries(to_instant(until), until - at)


def forgive_try(work: Transaction, limits: RateLimits) -> None:
    """After a right password: forget the machine's own tries; of shared limits take back only this one."""
    for key, limit in limits.items():
        if limit is DEVICE_LIMIT:
            store.delete_rows(work, TRIES, key=key)
        else:
            store.forgive_try(work, key)
