"""Somebody at work who is killed on the way: `python -m tests.faults.victim [WORK WHERE LINE ARGUMENT ...]`.

Without words it reads them from its input, a JSON list a line, and brings a victim into the world for each.
WORK: what is done (`WORKS`). WHERE: in which files lines are counted (`FILE_ERRORS`). LINE: the one at
which the process is killed; 0: none. It says when it is at work, and each act that was done.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Any, Self

import sqlalchemy.engine

from tests.faults.scene import live
from tests.offices import TODAY, make_small_office
from tests.reminders.outbox_scene import by_smtp
from workflow.core.backup_keys import read_identity
from workflow.operations.backup import make_backup
from workflow.operations.open_office import open_office
from workflow.operations.relocate import relocate_office
from workflow.operations.restore.restore import restore_office
from workflow.operations.upgrade.upgrade import upgrade_office
from workflow.register.writer import Who
from workflow.reminders.daily_run import DailyRun
from workflow.storage import schema
from workflow.storage.engine import Database

ROOT = Path(__file__).parents[2]
TOOLKIT = Path(sqlalchemy.engine.__file__).parent
FILES = {
    "rules and verbs": (ROOT / "states", ROOT / "workflow"),
    "reminders": (ROOT / "workflow", ROOT / "notifications"),
    "transactions": (ROOT / "workflow" / "storage", ROOT / "workflow" / "office.py", TOOLKIT),
}


def die() -> None:
    """Be killed: no exit handler runs, nothing is flushed."""
    os.kill(
        os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM)
    )  # on Windows any signal is TerminateProcess


class Counting:
    """Counts the lines that are run in some files, and kills the process at one of them."""

    def __init__(self, where: str, fatal: int) -> None:
        self.places, self.fatal, self.lines = tuple(map(str, FILES[where])), fatal, 0
        self._known: dict[str, bool] = {}

    def __enter__(self) -> Self:
        say(f"at work {os.getpid()}")
        if self.fatal:
            sys.settrace(self._call)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)

    def _call(self, frame: FrameType, _event: str, _arg: Any) -> Any:
        name = frame.f_code.co_filename
        counts = self._known.get(name)
        if counts is None:
            counts = self._known[name] = name.startswith(self.places)
        return self._line if counts else None

    def _line(self, _frame: FrameType, event: str, _arg: Any) -> Any:
        if event == "line":
            self.lines += 1
            if self.lines == self.fatal:
                die()
        return self._line


def say(word: str) -> None:
    """Tell the test at once; what is said survives the one who said it."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def life(counting: Counting, config: str, since: str) -> None:
    """The year of the office, from the act with that number on; opened, and with its rules read, to begin
    with.
    """
    with closing(open_office(Path(config))) as office:
        office.rulebook.edition_on("admission", TODAY)
        with counting:
            live(office, lambda: say("done"), since=int(since))


def init(counting: Counting, folder: str, url: str) -> None:
    """Make the small office."""
    with counting:
        make_small_office(Path(folder), url).close()


def upgrade(counting: Counting, url: str, beside: str) -> None:
    """Bring an empty database to this version."""
    with counting, closing(Database(url, Path(beside))) as database, database.transaction() as work:
        schema.upgrade_schema(work.connection)


def remind(counting: Counting, config: str, port: str, day: str) -> None:
    """Make a morning's notices, write their letters, and send them to a server on this machine."""
    with closing(open_office(Path(config))) as office:
        by_smtp(office, int(port))
        rounds = DailyRun(office)
        rounds.check_settings()
        with counting:
            rounds.run_morning(date.fromisoformat(day))
            rounds.send_letters()


def backup(counting: Counting, config: str) -> None:
    """Back up the office."""
    with closing(open_office(Path(config))) as office, counting:
        make_backup(office)


def restore(counting: Counting, file: str, key: str, folder: str) -> None:
    """Restore an office over the one that stands there."""
    with counting:
        restore_office(Path(file), read_identity(key), Path(folder))


def relocate(counting: Counting, config: str, to: str) -> None:
    """Move the office into another database."""
    with counting:
        relocate_office(Path(config), to)


def upgrade_whole(counting: Counting, config: str) -> None:
    """Bring an office of an earlier version to this one."""
    with counting:
        upgrade_office(Path(config), Who("", "nan-nhan"))


WORKS: dict[str, Callable[..., None]] = {
    "life": life,
    "init": init,
    "upgrade": upgrade,
    "remind": remind,
    "backup": backup,
    "restore": restore,
    "relocate": relocate,
    "upgrade_whole": upgrade_whole,
}


def work(name: str, where: str, line: str, *arguments: str) -> None:
    """Do the work, as far as one gets."""
    WORKS[name](Counting(where, int(line)), *arguments)


def deliver() -> None:
    """Bring a victim into the world for each line that is asked for, and say how it ended.

    Where processes can be forked, each is a copy of this one, which has read the program already.
    """
    for asked in sys.stdin:
        words: list[str] = json.loads(asked)
        if hasattr(os, "fork"):
            child = os.fork()
            if child == 0:
                work(*words)
                os._exit(0)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        else:
            code = subprocess.call(
                [sys.executable, "-m", "tests.faults.victim", *words], stdin=subprocess.DEVNULL
            )
        say(f"ended {code}")


if __name__ == "__main__":
    work(*sys.argv[1:]) if sys.argv[1:] else deliver()
