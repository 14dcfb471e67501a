"""Files and folders take their names at once, and stay."""

import os
import time
from pathlib import Path

RENAME_SECONDS = 5.0
PAUSE_SECONDS = 0.05


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
