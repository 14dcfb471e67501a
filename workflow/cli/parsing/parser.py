"""A command is read out of what was typed.

Arguments are read by argparse, one small parser for the command that was asked for. Every mistake is told at
once, and nothing may be abbreviated.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from states.errors import EXIT_MISUSED, UserError

ParamKind = Literal["text", "number", "file", "flag", "list"]


@dataclass(frozen=True, slots=True)
class Param:
    """An argument (``case``), or an option by its dashes (``--on``).

    ``metavar``: the key of what stands for a value.

    An argument comes as text, as a whole number, as a path; a ``list`` is an option that may be repeated.
    """

    name: str
    metavar: str = ""
    kind: ParamKind = "text"
    required: bool = False
    into: str = ""

    @property
    def is_option(self) -> bool:
        """Whether it is written with dashes."""
        return self.name.startswith("-")

    @property
    def key(self) -> str:
        """The name under which the command's function takes it."""
        return self.into or self.name.lstrip("-").replace("-", "_")


WRITING_COMMANDS = frozenset(
    {"init", "clock", "upgrade", "relocate", "retry", "cancel", "bounce", "worker"}
    | {"account link", "account end-sessions", "account token", "account token-end"}
)
"""The commands that record something though nobody is named who does it."""
RUNNING = frozenset({"serve", "worker"})
"""The commands that run until they are stopped."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    ``path``: how it is called (``unit add``); ``section``: the part of the help it stands in.
    """

    path: str
    handler: Callable[..., int | None]
    params: Sequence[Param] = ()
    section: str = ""

    @property
    def writes(self) -> bool:
        """Whether it records something, so that one who is refused wants to know whether anything was."""
        return self.path in WRITING_COMMANDS or any(param.name == "--by" for param in self.params)

    @property
    def keeps_running(self) -> bool:
        """Whether what it prints is a log of what goes on, not an answer."""
        return self.path in RUNNING

    @property
    def key(self) -> str:
        """The path as catalogues have it: ``unit.add``."""
        return self.path.replace(" ", ".")


@dataclass(frozen=True, slots=True)
class UsageFault:
    """One thing in which a command was not written as it must be; ``key`` words it."""

    key: str
    values: Mapping[str, object]


class UsageError(UserError):
    """The command was not written as it must be; every fault at once. ``command``: the one that was meant."""

    code = "usage"
    exit_code = EXIT_MISUSED
    writes = False

    def __init__(self, *faults: UsageFault, command: Command | None = None) -> None:
        super().__init__(", ".join(fault.key for fault in faults))
        self.faults, self.command = faults, command


def usage_error(key: str, **values: object) -> UsageError:
    """A single fault of usage."""
    return UsageError(UsageFault(key, values))


class HelpRequested(Exception):
    """Help is wanted: of one command, of the commands under a path, or of the program (empty path).

    ``wrongly``: nobody asked, but a command is missing.
    """

    def __init__(self, path: str, *, wrongly: bool = False) -> None:
        super().__init__(path)
        self.path, self.wrongly = path, wrongly


Commands = Mapping[str, Command]


def find_command(commands: Commands, words: Sequence[str]) -> tuple[Command, list[str]]:
    """The command that ``words`` begin with, and what comes after it.

    Raises `HelpRequested`, `UsageError`.
    """
    if not words or words[0] == "--help":
        raise HelpRequested("", wrongly=not words)
    for depth in (2, 1):
        path, rest = " ".join(words[:depth]), list(words[depth:])
        if path in commands and len(words) >= depth:
            if "--help" in words_before_dashes(rest):
                raise HelpRequested(path)
            return commands[path], rest
    first = words[0]
    below = [path for path in commands if path.startswith(f"{first} ")]
    if not below:
        raise _unknown_command(first, [path for path in commands if " " not in path])
    if len(words) == 1 or words[1] == "--help":
        raise HelpRequested(first, wrongly=len(words) == 1)
    raise _unknown_command(" ".join(words[:2]), below)


def words_before_dashes(words: Sequence[str]) -> Sequence[str]:
    """What stands before ``--``, after which nothing is an option."""
    return words[: words.index("--")] if "--" in words else words


def _unknown_command(typed: str, known: Sequence[str]) -> UsageError:
    near = get_close_matches(typed, known, n=3, cutoff=0.65)
    return usage_error(
        "usage.no_command_near" if near else "usage.no_command", name=typed, near=", ".join(near)
    )


def read_arguments(command: Command, words: Sequence[str]) -> dict[str, Any]:
    """What was typed for a command, by the names under which its function takes it. Raises `UsageError`."""
    before, behind = words_before_dashes(words), list(words[len(words_before_dashes(words)) + 1 :])
    typed, over = _parse_options(command, before)
    arguments = [word for word in over if not word.startswith("-")] + behind
    faults = list(_unknown_options(command, [word for word in over if word.startswith("-")]))
    values: dict[str, Any] = {}
    for param in command.params:
        raw = typed[param.key] if param.is_option else arguments.pop(0) if arguments else None
        values[param.key] = _convert_value(param, raw, faults)
    faults += [UsageFault("usage.too_much", {"typed": word}) for word in arguments]
    if faults:
        raise UsageError(*faults, command=command)
    return values


def _parse_options(command: Command, words: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """The options that were typed, and the words that belong to none."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    flags = [param for param in command.params if param.kind == "flag"]
    for param in command.params:
        if param in flags:
            parser.add_argument(param.name, dest=param.key, action="store_true")
        elif param.is_option:
            parser.add_argument(param.name, dest=param.key, action="append")
    try:
        typed, over = parser.parse_known_args(list(words))
    except argparse.ArgumentError as error:
        option = error.argument_name or ""
        alone = any(param.name == option for param in flags)
        fault = UsageFault("usage.takes_no_value" if alone else "usage.needs_value", {"option": option})
        raise UsageError(fault, command=command) from None
    return vars(typed), over


def _convert_value(param: Param, typed: Any, faults: list[UsageFault]) -> Any:
    if param.kind == "flag":
        return bool(typed)
    if param.kind == "list":
        return list(typed or ())
    if isinstance(typed, list):
        if len(typed) > 1:
            faults.append(UsageFault("usage.twice", {"option": param.name}))
        typed = typed[-1]
    if typed is None:
        if param.required:
            faults.append(UsageFault("usage.missing", {"param": param}))
        return None
    if param.kind == "number":
        if not typed.lstrip("+-").isdecimal() or len(typed) > LONGEST_NUMBER:
            faults.append(UsageFault("usage.not_a_number", {"param": param, "typed": typed}))
            return None
        return int(typed)
    return Path(typed) if param.kind == "file" else typed


LONGEST_NUMBER = 18
"""Digits; whatever is counted here has fewer."""


def _unknown_options(command: Command, words: Sequence[str]) -> Iterator[UsageFault]:
    known = [param.name for param in command.params if param.is_option]
    for word in words:
        name = word.partition("=")[0]
        near = get_close_matches(name, known, n=2)
        key = "usage.no_such_option_near" if near else "usage.no_such_option"
        yield UsageFault(key, {"option": name, "near": ", ".join(near)})
