"""Debian's Chromium: found where it usually is, installed where that may be done; else it is said how."""

import os
import shutil
import subprocess
from contextlib import closing
from pathlib import Path

from workflow.storage.write_lock import WriteLock

DEBIAN = Path(__file__).parents[2] / ".ci" / "debian"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


class NoBrowser(Exception):
    """There is no Chromium, and it may not be installed here."""


def chromium(lock: Path) -> str:
    """The path of a Chromium. Raises `NoBrowser` with the one command to run."""
    turns = WriteLock(lock)
    with closing(turns), turns:  # tests run side by side; the first of them installs
        found = _found()
        if found is None and shutil.which("apt-get") and (os.geteuid() == 0 or shutil.which("sudo")):
            subprocess.run([DEBIAN, "chromium"], check=False, capture_output=True)
            found = _found()
    if found is None:
        raise NoBrowser(
            "these tests drive a real browser: run `sudo apt-get install chromium`, or install Chrome"
        )
    return found


def _found() -> str | None:
    names = (shutil.which(name) for name in NAMES)
    return next((name for name in names if name), None) or next(
        (one for one in PLACES if Path(one).exists()), None
    )
