"""A start without a console writes its log to a file.

Under ``pythonw``, as a service or from a hidden start Python has no standard streams, and the first flush
would end the program.
"""

import io
import logging
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO, cast

from workflow.cli.context import CommandContext

LOG = "ketnap.log"
LARGEST = 1_000_000
"""Bytes, after which a log is put aside and a new one begins."""
OLDER_LOGS = 5


class Log:
    """The log of one run. It is opened with the first entry, when the office is known."""

    def __init__(self, desk: CommandContext) -> None:
        self._desk = desk

    @cached_property
    def _handler(self) -> logging.Handler:
        return _open_handler(_folders(self._desk))

    def add(self, entry: str) -> None:
        """Write an entry with its time."""
        self._handler.handle(logging.makeLogRecord({"msg": entry}))


class LogStream(io.TextIOBase):
    """A stream that logs what a console would show."""

    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log
        self._begun = ""

    def write(self, text: str) -> int:
        """Log what is whole; a line half written waits for its end."""
        self._begun += text
        if self._begun.endswith("\n"):
            entry, self._begun = self._begun.strip(), ""
            if entry:
                self._log.add(entry)
        return len(text)


class OutputStream(LogStream):
    """A stream that logs the output of ``serve`` and ``worker``.

    The output of any other command is dropped: nobody reads it, and it may hold names or a one-time link.
    """

    def __init__(self, log: Log, desk: CommandContext) -> None:
        super().__init__(log)
        self._desk = desk

    def write(self, text: str) -> int:
        """Log it, or let it go."""
        return super().write(text) if self._desk.keeps_running else len(text)


def replace_streams(desk: CommandContext) -> None:
    """Replace each standard stream that is missing."""
    _occupy_descriptors()
    logging.raiseExceptions = False  # a full disk under the log stops no work, and there is nobody to tell
    log = Log(desk)
    sys.stderr = desk.err = sys.stderr or cast("TextIO", LogStream(log))
    sys.stdout = desk.out = sys.stdout or cast("TextIO", OutputStream(log, desk))


def _occupy_descriptors() -> None:
    """Open descriptors 1 and 2, else the next file would become one and receive output of C libraries."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:  # noqa: PLR2004 - standard error
        pass
    os.close(descriptor)


def _open_handler(folders: Iterable[Path]) -> logging.Handler:
    for folder in folders:
        try:
            handler = RotatingFileHandler(
                folder / LOG, maxBytes=LARGEST, backupCount=OLDER_LOGS, encoding="utf-8"
            )
        except OSError:
            continue
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        return handler
    return logging.NullHandler()


def _folders(desk: CommandContext) -> Iterator[Path]:
    """Where the log may lie: beside config.yaml, else in the working folder, else at the user's home."""
    yield from (desk.config_path.parent, Path())
    with suppress(RuntimeError):  # a service's account may have no home
        yield Path.home()
