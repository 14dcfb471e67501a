"""Somebody who may not write: `python -m tests.faults.stranger CONFIG ...`, answers in JSON. Root steps
down first.
"""

import json
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.faults.scene import JOURNEY, begin, case_of, make, step
from tests.offices import HEAD
from workflow.core.crypto import KeyLost
from workflow.operations.open_office import open_office
from workflow.operations.verify.verify import verify_office
from workflow.storage.engine import DatabaseUnavailable


def outcome(act: Callable[[], object]) -> str:
    """What came of it, in a word."""
    try:
        act()
    except DatabaseUnavailable as away:
        return away.kind
    except KeyLost:
        return "KeyLost"
    return "done"


def attempts(config: Path) -> dict[str, str]:
    """Open the office; read; write."""
    found = {"open": outcome(lambda: open_office(config).close())}
    if found["open"] == "done":
        with closing(open_office(config)) as office:
            found["read"] = outcome(lambda: verify_office(office))
            found["write"] = outcome(lambda: step(office, case_of(office, HEAD), JOURNEY[0]))
    return found


def main(*configs: str) -> None:
    """Read the program first, as long as everything may be read."""
    with tempfile.TemporaryDirectory() as warm, closing(make(Path(warm), "sqlite:///warm.db")) as office:
        begin(office, HEAD)
        step(office, case_of(office, HEAD), JOURNEY[0])
        verify_office(office)
    if os.geteuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    sys.stdout.write(json.dumps([attempts(Path(config)) for config in configs]))


if __name__ == "__main__":
    main(*sys.argv[1:])
