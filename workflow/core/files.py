"""Files and folders take their names at once, and stay.

What is personal or opens something is written for its owner alone.
"""

import os
import secrets
import time
from pathlib import Path

RENAME_SECONDS = 5.0
PAUSE_SECONDS = 0.05


def write_private_file(path: Path, content: bytes) -> None:
    """Write a file for its owner alone: the whole of it, or nothing."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def replace_file(source: Path, target: Path) -> None:
    """Rename, over what stands there; on Windows tried again while another program holds a file open."""
    until = time.monotonic() + RENAME_SECONDS
    while True:
        try:
            source.replace(target)
        except PermissionError:
            if os.name != "nt" or time.monotonic() > until:
                raise
            time.sleep(PAUSE_SECONDS)
        else:
            return


def sync_folder(folder: Path) -> None:
    """See to it that names in a folder survive a power cut; Windows does so by itself."""
    if os.name != "nt":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
