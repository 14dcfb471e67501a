"""Letters go into a folder as .eml files."""

import os
import re
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Self
from uuid import uuid4

from notifications.transport.message import Envelope, TransportUnavailable, check_envelope, clean_line

SAFE_NAME = re.compile(r"[a-z0-9_-]{1,60}@[a-z0-9._-]{0,60}[a-z0-9]")
"""Ids that are file names on every system as they are: one case, no final dot, and by the @ no device like
CON."""
UNSAFE_CHARS = re.compile(r"[^a-z0-9@_-]+")


class FolderTransport:
    """Saves letters into a folder. A letter that is sent twice is there once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to end."""

    def send(self, envelope: Envelope) -> None:
        """Save one letter whole or not at all. Raises `LetterRefused`, `TransportUnavailable`."""
        check_envelope(envelope)
        file = self._folder / file_name(envelope.message_id)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if not file.is_file():
                _write_atomically(file, envelope.message)
            _sync_folder(self._folder)
        except (OSError, ValueError) as error:
            raise TransportUnavailable(
                "folder", clean_line(f"{self._folder}: {getattr(error, 'strerror', None) or error}")
            ) from error

    def interrupt(self) -> None:
        """Nobody is waited for."""


def file_name(message_id: str) -> str:
    """The file name of a letter: its Message-ID, or its readable part and a hash of the whole."""
    own = message_id.strip("<> ")
    if SAFE_NAME.fullmatch(own):
        return f"{own}.eml"
    digest = sha256(own.encode(errors="replace")).hexdigest()[:16]
    return f"{UNSAFE_CHARS.sub('-', own.lower())[:60]}-{digest}.eml"


def _write_atomically(file: Path, message: bytes) -> None:
    part = file.with_name(f".{uuid4().hex}.part")
    try:
        with part.open("xb") as out:
            out.write(message)
            out.flush()
            os.fsync(out.fileno())
        part.replace(file)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise


def _sync_folder(folder: Path) -> None:
    """Bring the folder's list of names to the disk as well.

    Windows does that by itself, and has no call for it.
    """
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
