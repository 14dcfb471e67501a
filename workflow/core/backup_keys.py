"""Backups open with a printed recovery key, or on this machine.

Of the recovery key only the public half is stored, in a file beside config.yaml. The machine's key only
serves the try of every night; it is in no backup, for who holds a backup must not hold what opens it.
"""

import hashlib
import os
import secrets
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from states.errors import UserError
from workflow.core.files import write_private_file
from workflow.core.key_text import PREFIX, BadKeyText, clean_letters, read_key_text, split_groups

if TYPE_CHECKING:
    from pyrage.x25519 import Identity, Recipient

MACHINE_KEY, RECOVERY_FILE = "may-nay.key", "khoa-khoi-phuc.json"
RecoveryStanding = Literal["none", "unconfirmed", "confirmed"]


class RecoveryKeyExists(UserError):
    """There is a recovery key that was printed and confirmed; another one is made only when that is said."""

    code = "recovery_key_exists"
    advice = "advice.recovery_key_exists"
    message_values = ("day",)

    def __init__(self, day: str) -> None:
        super().__init__(day)
        self.day = day


class WrongLetters(UserError):
    """The four letters are not those that were asked for; ``group``: the group they stand in."""

    code = "wrong_letters"
    advice = "advice.wrong_letters"
    message_values = ("group",)

    def __init__(self, group: int) -> None:
        super().__init__(str(group))
        self.group = group


class NoRecoveryKey(UserError):
    """No recovery key was made yet."""

    code = "no_recovery_key"
    advice = "advice.no_recovery_key"


class RecoveryKey(BaseModel):
    """What is kept of the recovery key: its public half, and a salted hash of the four letters asked back.

    ``group``: which group of four letters is asked for, from 1.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    recipient: str
    made_at: datetime
    group: int
    salt: str
    letters: str
    confirmed_at: datetime | None = None

    def is_group(self, typed: str) -> bool:
        """Whether these are the letters of the group."""
        return secrets.compare_digest(_hash_letters(self.salt, clean_letters(typed)), self.letters)


def find_recovery_key(folder: Path) -> RecoveryKey | None:
    """What is kept of the office's recovery key; None where there is none, or none that can be read."""
    try:
        return RecoveryKey.model_validate_json((folder / RECOVERY_FILE).read_bytes())
    except (OSError, ValidationError):
        return None


def read_recovery_standing(folder: Path) -> RecoveryStanding:
    """Whether there is a recovery key, and whether it was seen on paper."""
    key = find_recovery_key(folder)
    return "none" if key is None else "confirmed" if key.confirmed_at else "unconfirmed"


def make_recovery_key(folder: Path, at: datetime, *, anew: bool = False) -> str:
    """Make a recovery key; its secret half comes back and is stored nowhere. Raises `RecoveryKeyExists`."""
    from pyrage.x25519 import Identity

    before = find_recovery_key(folder)
    if before and before.confirmed_at and not anew:
        raise RecoveryKeyExists(f"{before.confirmed_at:%d/%m/%Y}")
    identity = Identity.generate()
    groups = split_groups(str(identity).removeprefix(PREFIX))
    group = secrets.randbelow(len(groups) - 1) + 1  # the last group is a short one
    salt = secrets.token_hex(16)
    hashed = _hash_letters(salt, groups[group - 1])
    key = RecoveryKey(recipient=str(identity.to_public()), made_at=at, group=group, salt=salt, letters=hashed)
    _write_recovery_key(folder, key)
    return str(identity)


def confirm_recovery_key(folder: Path, typed: str, at: datetime) -> None:
    """Take the four letters that show that somebody has the paper. Raises `NoRecoveryKey`, `WrongLetters`."""
    key = find_recovery_key(folder)
    if key is None:
        raise NoRecoveryKey
    if not key.is_group(typed):
        raise WrongLetters(key.group)
    _write_recovery_key(folder, key.model_copy(update={"confirmed_at": at}))


def _hash_letters(salt: str, letters: str) -> str:
    """Four of 58 letters: who guesses them has gained nothing on the other 54."""
    return hashlib.sha256(f"{salt}{letters}".encode()).hexdigest()


def _write_recovery_key(folder: Path, key: RecoveryKey) -> None:
    write_private_file(folder / RECOVERY_FILE, key.model_dump_json(indent=1).encode() + b"\n")


def load_machine_key(folder: Path) -> "Identity":
    """This machine's own key; made where there is none, or none that can be read."""
    from pyrage.x25519 import Identity

    path = folder / MACHINE_KEY
    missing = not path.exists()
    with suppress(OSError, UnicodeDecodeError, BadKeyText):
        return read_identity(path.read_text(encoding="ascii"))
    identity = Identity.generate()
    own = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    write_private_file(own, f"{identity}\n".encode())
    try:
        if missing:
            os.link(own, path)
        else:
            own.replace(path)
    except FileExistsError:  # another backup made one at the same time: there is one key
        return load_machine_key(folder)
    except OSError:  # a disk without hard links (a stick, some shares)
        own.replace(path)
    finally:
        own.unlink(missing_ok=True)
    return identity


def read_identity(text: str) -> "Identity":
    """A key out of its text, age's own or as it stands on paper. Raises `BadKeyText`."""
    import pyrage

    try:
        return pyrage.x25519.Identity.from_str(read_key_text(text))
    except pyrage.IdentityError as error:
        raise BadKeyText(0) from error


def list_recipients(folder: Path) -> "list[Recipient]":
    """To whom a backup is encrypted: the recovery key, where there is one, and this machine."""
    from pyrage.x25519 import Recipient

    key: Any = find_recovery_key(folder)
    printed = [Recipient.from_str(key.recipient)] if key else []
    return [*printed, load_machine_key(folder).to_public()]
