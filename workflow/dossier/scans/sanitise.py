"""This module redraws a received file in a process of its own.

What a picture of a page cannot hold is gone: scripts, forms, links, files, camera metadata. The libraries
that read the file may fail, crash or hang on a hostile one; all of that ends with the process.
"""

import json
import logging
import subprocess
import sys
from pathlib import Path
from threading import Lock

from workflow.dossier.scans.limits import DEADLINE, LARGEST, MEGABYTES, BadScan, Scan

_ROOT = Path(__file__).parents[3]
"""Where that process finds this package."""
_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)
_one_at_a_time = Lock()

logger = logging.getLogger(__name__)


def sanitise_scan(content: bytes) -> Scan:
    """Redraw a PDF or picture; the same file gives the same bytes. Raises `BadScan`.

    Files are processed one at a time, which bounds the memory of all of them to that of one.
    """
    if not content:
        raise BadScan("empty")
    if len(content) > LARGEST:
        raise BadScan("too_big", {"limit": MEGABYTES})
    with _one_at_a_time:
        head, _, pdf = _rasterise(content).partition(b"\n")
    answer = json.loads(head)
    if "why" in answer:
        raise BadScan(answer["why"], answer["values"])
    return Scan(pdf, answer["pages"])


def _rasterise(content: bytes) -> bytes:
    """The answer of the other process for a file. Raises `BadScan` if it does not end in time."""
    try:
        return subprocess.check_output(
            [sys.executable, "-m", "workflow.dossier.scans.rasterise"],
            input=content,
            stderr=subprocess.DEVNULL,
            timeout=DEADLINE,
            cwd=_ROOT,
            creationflags=_NO_WINDOW,
        )
    except subprocess.SubprocessError as error:
        logger.warning("A received file could not be read: %s", error)
        raise BadScan("broken") from error
