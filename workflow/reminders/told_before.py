"""What was told before a restore is not told again.

Beside the backups stands which letters went out, and which notices stood in them: nothing that says anything
to somebody without the office's key. A restore takes from it what the backup does not know yet.
"""

import contextlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from workflow.core.crypto import Vault

SENT_LEDGER, TOLD_BEFORE = "thu-da-gui.txt", "da-bao-truoc.txt"
BACKUP_FOLDER = "sao-luu"
SIGN_BYTES = 12
"""Of a notice's sign: two notices of an office never have the same."""


logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SentLetter:
    """A letter that went out: its id, of which its Message-ID is made, and the signs of its notices."""

    at: datetime
    letter: str
    signs: tuple[str, ...]


def sign_notice(vault: Vault, key: Sequence[str]) -> str:
    """What stands for a notice where anybody may read it.

    ``key``: subject, clock, instance, step, deadline (ISO), user.
    """
    return vault.compute_mac("\n".join(("told", *key)).encode())[:SIGN_BYTES].hex()


def add_sent_letters(folder: Path, letters: Iterable[SentLetter]) -> None:
    """Note letters beside the backups; a disk that takes nothing holds up no letter."""
    lines = [" ".join((sent.at.isoformat(timespec="seconds"), sent.letter, *sent.signs)) for sent in letters]
    try:
        (folder / BACKUP_FOLDER).mkdir(exist_ok=True)
        with (folder / BACKUP_FOLDER / SENT_LEDGER).open("a", encoding="ascii") as file:
            file.writelines(f"{line}\n" for line in lines)
    except OSError:
        logger.warning("letters that went out could not be noted beside the backups", exc_info=True)


def read_sent_letters(folder: Path, since: datetime) -> list[SentLetter]:
    """The letters that were noted in a folder of backups since an instant; a line cut off is read over."""
    letters, since = [], since.replace(microsecond=0)
    with contextlib.suppress(OSError, UnicodeDecodeError):
        for line in (folder / SENT_LEDGER).read_text(encoding="ascii").splitlines():
            at, *rest = line.split()
            with contextlib.suppress(ValueError):
                if rest and datetime.fromisoformat(at) >= since:
                    letters.append(SentLetter(datetime.fromisoformat(at), rest[0], tuple(rest[1:])))
    return letters


def add_told_before(folder: Path, words: Iterable[str]) -> None:
    """Note letters and signs of notices as told. Raises `OSError`."""
    together = sorted(read_told_before(folder) | set(words))
    if together:
        (folder / TOLD_BEFORE).write_text("".join(f"{word}\n" for word in together), encoding="ascii")


def read_told_before(folder: Path) -> frozenset[str]:
    """Letters and signs of notices that went out before the office was restored."""
    try:
        return frozenset((folder / TOLD_BEFORE).read_text(encoding="ascii").split())
    except (OSError, UnicodeDecodeError):
        return frozenset()
