"""The program as people start it: in this process for speed, or in one of its own where the process
matters.
"""

import contextlib
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflow.cli import main

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(sys.executable).with_name("ketnap")


@dataclass(frozen=True)
class Said:
    """What the program answered."""

    exit: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one JSON document on stdout."""
        document: dict[str, Any] = json.loads(self.out)
        return document

    @property
    def code(self) -> str:
        """The code of the error in the JSON document."""
        return str(self.json["error"]["code"])

    @property
    def text(self) -> str:
        """Both streams, as a person at a terminal reads them."""
        return self.out + self.err


@dataclass(frozen=True)
class Ketnap:
    """The program, for one office."""

    config: Path | None = None

    def words(self, *words: object) -> list[str]:
        """The command line."""
        config = ["--config", str(self.config)] if self.config else []
        return [*map(str, words), *config]

    def __call__(self, *words: object) -> Said:
        """Run a command in this process."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(self.words(*words))
        said = Said(code, out.getvalue(), err.getvalue())
        assert "Traceback" not in said.text
        return said

    def done(self, *words: object) -> Said:
        """Run a command that must succeed."""
        said = self(*words)
        assert said.exit == 0, said.text
        return said

    def started(self, *words: object, **options: Any) -> "subprocess.Popen[str]":
        """Start it as a process of its own."""
        environment = {**os.environ, "PYTHONUTF8": "0"} | options.pop("env", {})
        return subprocess.Popen(
            [PROGRAM, *self.words(*words)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=environment,
            **options,
        )

    def run(self, *words: object, **options: Any) -> Said:
        """Run it as a process of its own."""
        with self.started(*words, **options) as process:
            out, err = process.communicate(timeout=120)
        assert "Traceback" not in out + err
        return Said(process.returncode, out, err)
