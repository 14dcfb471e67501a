"""A command's context: language, config, text or JSON, the open office."""

import gc
import getpass
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, is_dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from workflow.cli.output import Page, TextLine, print_page
from workflow.core.messages import say
from workflow.core.views import fields_of

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from states.rulebook.edition import Edition
    from workflow.office import Office
    from workflow.register.writer import Who

Progress = Callable[..., None]
CONFIG = "config.yaml"


@dataclass
class CommandContext:
    """One run of the program. ``language`` is None until it was asked for or read from the config."""

    language: str | None = None
    config: Path | None = None
    as_json: bool = False
    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)
    sample: str | None = None
    writes: bool = False
    keeps_running: bool = False
    office: "Office | None" = None

    @property
    def speaks(self) -> str:
        """The language to answer in."""
        return self.language or "vi"

    def say(self, key: str, **values: object) -> str:
        return say(self.speaks, key, **values)

    @property
    def config_path(self) -> Path:
        """The config that was asked for, else this folder's, else the one that $KETNAP_CONFIG names."""
        if self.config is not None:
            return self.config
        named = os.environ.get("KETNAP_CONFIG")
        local_config = Path(CONFIG)
        return Path(named) if named and not local_config.exists() else local_config

    @contextmanager
    def open_office(self) -> "Iterator[Office]":
        """The office, open. Raises as `open_office` does."""
        from workflow.operations.open_office import open_office
        from workflow.storage import reads

        office = open_office(self.config_path)
        gc.freeze()  # what was imported stays; only what the work itself leaves behind is worth collecting
        gc.enable()
        try:
            with office.database.read_transaction() as connection:
                self.office, self.sample = office, reads.load_office(connection).sample
            self.language = self.language or office.config.language
            yield office
        finally:
            office.close()

    def show_view(self, view: "Mapping[str, object] | DataclassInstance", page: Callable[[], Page]) -> None:
        """Answer: the view as one JSON document, or the page that words it.

        A sample's say that they are one.
        """
        if self.as_json:
            self.write_json(view)
            return
        self.write_banner()
        print_page(page(), self.out)

    def write_banner(self, stream: TextIO | None = None) -> None:
        """Print that these are not real people; on everything that a sample office prints."""
        if self.sample:
            print_page(
                [TextLine(self.say("cli.sample_banner", sample=self.sample), "warn")], stream or self.out
            )

    def write_json(self, view: "Mapping[str, object] | DataclassInstance") -> None:
        """One JSON document; days are ISO texts. A sample's carries its name under ``sample``."""
        keys = view if isinstance(view, Mapping) else _json_fields(view)
        marked = {"sample": self.sample, **keys} if self.sample else keys
        self.out.write(json.dumps(marked, ensure_ascii=False, indent=1, default=json_value) + "\n")

    @contextmanager
    def show_progress(self, key: str) -> "Iterator[Progress | None]":
        """A progress bar on a terminal, fed with ``(done, total)``; None without a terminal."""
        if self.as_json or not self.err.isatty():
            yield None
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(file=self.err), transient=True) as bar:
            task = bar.add_task(self.say(key), total=None)

            def update_bar(done: int, total: int | None = None) -> None:
                bar.update(task, completed=done, total=total)

            yield update_bar

    def edition(self, pipeline: str = "admission") -> "Edition":
        """The edition in force on the open office's day: its words for levels, roles, organs, fields."""
        if self.office is None:
            raise LookupError("no office is open")
        return self.office.rulebook.edition_on(pipeline, self.office.read_today())

    def acting_as(self, by: str = "") -> "Who":
        """The actor as named, and who types: the operating system's account."""
        from workflow.register.writer import Who

        return Who(by, system_account())


def system_account() -> str:
    """The operating system's account name; "?" on a machine without accounts."""
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        return "?"


def _json_fields(view: "DataclassInstance") -> dict[str, object]:
    """The keys of a view; a field that would be a word of Python's own ends in ``_``, its key does not."""
    return {name.rstrip("_"): value for name, value in fields_of(view).items()}


def json_value(value: object) -> object:
    """What JSON has no sign for: a view as its fields, a day or an instant as an ISO text."""
    if is_dataclass(value) and not isinstance(value, type):
        return _json_fields(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(type(value).__name__)
