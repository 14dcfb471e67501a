"""How often signing in may fail, and how long whoever fails then waits.

A machine at which somebody once signed in is known again by a device cookie, as OWASP describes it
(https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies): its tries are its own. All
other machines share what is left for the user, and for their address. So nobody can lock somebody else out by typing
wrong passwords: they only keep strangers waiting. Waits grow, and end by themselves; a one-time link passes them by.
"""

import base64
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address

from workflow.accounts import account_queries as store
from workflow.accounts.secret_tokens import instant, said
from workflow.core.crypto import Vault
from workflow.office import Office
from workflow.storage.engine import Work


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many tries are free; the next one waits ``first`` seconds, each after it twice as long, up to ``longest``."""

    free: int
    first: int
    longest: int

    def wait(self, tried: int) -> int:
        """Seconds to wait after so many tries."""
        over = tried - self.free
        return 0 if over < 0 else min(self.first << min(over, 20), self.longest)


OWN_DEVICE = Allowance(free=10, first=30, longest=15 * 60)
"""Somebody who mistypes on a small keyboard; half a minute is shorter than looking the password up."""
STRANGERS = Allowance(free=10, first=60, longest=60 * 60)
"""All unknown machines together at one user's name: some thirty guesses a day once it has begun."""
ONE_ADDRESS = Allowance(free=50, first=60, longest=15 * 60)
"""A telephone company lets many customers share one address; one who tries many names goes slowly."""
FORGOTTEN = 24 * 60 * 60
"""Seconds without a try after which nothing is held against anybody."""

MOST_USERS = 8
"""People who share one machine and are known at it; the one who came longest ago is forgotten first."""
DEVICE = re.compile(r"[A-Za-z0-9_-]{22}(~[A-Za-z0-9_-]{24})*")


@dataclass(frozen=True, slots=True)
class Machine:
    """Where somebody sits: the device cookie it was given, its address, how its browser calls itself."""

    device: str | None = None
    address: str = ""
    agent: str = ""


class TooManyTries(Exception):
    """It was tried too often: nobody is let try before ``until``."""

    def __init__(self, until: datetime, seconds: int) -> None:
        super().__init__(until)
        self.until, self.minutes = until, -(-seconds // 60)


def trusted(vault: Vault, device: str | None, user: str) -> str | None:
    """The number of a machine at which the user has signed in before; None for any other."""
    number, *known = _parts(device)
    return number if number and _mark(vault, number, user) in known else None


def trust(vault: Vault, device: str | None, user: str) -> str:
    """The device cookie of a machine at which a user has signed in, beside those who did before."""
    number, *known = _parts(device)
    number = number or secrets.token_urlsafe(16)
    mark = _mark(vault, number, user)
    return "~".join((number, mark, *[one for one in known if one != mark][: MOST_USERS - 1]))


def _parts(device: str | None) -> list[str]:
    return device.split("~") if device and DEVICE.fullmatch(device) else [""]


def _mark(vault: Vault, number: str, user: str) -> str:
    return base64.urlsafe_b64encode(vault.mac(b"ketnap device " + said(number, user))[:18]).decode("ascii")


Allowed = Mapping[bytes, Allowance]


def at_the_door(vault: Vault, user: str, machine: Machine) -> Allowed:
    """Under which keys a try to sign in counts: that of a known machine alone, else the user's and the address's."""
    if number := trusted(vault, machine.device, user):
        return {_key(vault, "device", user, number): OWN_DEVICE}
    return {_key(vault, "user", user): STRANGERS, _key(vault, "address", network(machine.address)): ONE_ADDRESS}


def of_old_password(vault: Vault, user: str) -> Allowed:
    """Under which key a try to change a password counts: whoever has the session may not guess either."""
    return {_key(vault, "change", user): OWN_DEVICE}


def _key(vault: Vault, *parts: str) -> bytes:
    """What stands in the table: people type passwords where names belong, and an address is somebody's."""
    return vault.mac(b"ketnap try " + said(*parts))


def network(address: str) -> str:
    """Whose an address is: with IPv6, a customer has all of a /64."""
    try:
        read = ip_address(address)
    except ValueError:
        return address
    if isinstance(read, IPv6Address):
        return str(read.ipv4_mapped or IPv6Address(int(read) >> 64 << 64))
    return str(read)


def note(office: Office, allowed: Allowed, at: int) -> None:
    """Count one try before it is judged, so that a thousand at once come no further than one after another.

    Raises `TooManyTries`; that one is not counted, nor does it hold up anybody who writes.
    """
    with office.database.reading() as connection:
        _check(store.barred_until(connection, allowed), at)
    with office.database.transaction() as work:
        held = store.hold_tries(work, allowed)
        _check(max(row.until for row in held.values()), at)
        for key, allowance in allowed.items():
            tried = 1 + (held[key].tried if at - held[key].at < FORGOTTEN else 0)
            wait = allowance.wait(tried)
            store.set_try(work, key, tried=tried, at=at, until=at + wait if wait else 0)


def _check(until: int, at: int) -> None:
    if until > at:
        raise TooManyTries(instant(until), until - at)


def forgive(work: Work, allowed: Allowed) -> None:
    """The try was right: a machine's own tries are forgotten; of what strangers share, only this one."""
    for key, allowance in allowed.items():
        if allowance is OWN_DEVICE:
            store.take(work, store.TRIES, key=key)
        else:
            store.forgive(work, key)
