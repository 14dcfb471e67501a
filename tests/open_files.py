"""Which files this process has open: whoever is told that a file is refused wants to mend or replace it."""

from pathlib import Path

import psutil


def is_open(file: Path) -> bool:
    """Whether this process has a file open."""
    return str(file.resolve()) in {one.path for one in psutil.Process().open_files()}
