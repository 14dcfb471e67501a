"""Start-up: the CPU seconds, user and system, that whole commands cost from the shell and back."""

import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROUNDS = 5
COMMANDS = (
    ("--help",),
    ("advance", "--help"),
    ("when", "2022-08-25", "--working-days", "30"),
    ("rulebook", "show", "2025-07"),
    ("coverage",),
    ("cases",),
    ("people", "--q", "dong thinh"),
)


def start_up(folder: Path) -> Iterator[tuple[str, float]]:
    """Each command with the least CPU time of some runs, in an office's folder."""
    ketnap = Path(sys.executable).with_name("ketnap")
    config = ("--config", str(folder / "config.yaml"))
    for words in COMMANDS:
        yield " ".join(words), min(_cpu([str(ketnap), *words, *config]) for _ in range(ROUNDS))


def _cpu(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode() + done.stdout.decode())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def imports() -> float:
    """What importing the table library alone costs, which no command that opens the database can do
    without.
    """
    return min(
        _cpu([sys.executable, "-c", "import gc; gc.disable(); import sqlmodel"]) for _ in range(ROUNDS)
    )
