"""Help is written in the reader's language.

Every word of it stands in the catalogue. The sentence for a command is looked up by its path
(``help.unit.add``), the one for an option by its name (``option.on``), or by both where a command means
something of its own by it (``option.unit.add.kind``).
"""

import textwrap
from collections.abc import Iterator, Sequence

from workflow.cli.parsing.parser import Command, Commands, Param
from workflow.core.messages import has_message, say

WIDTH = 96
SECTIONS = ("daily", "register", "rules", "office")
"""The parts of the program's own help, in the order in which people come to need them."""


def build_help(commands: Commands, path: str, language: str) -> str:
    """The help of a command, of the commands under ``path``, or of the program (empty path)."""
    return "\n".join(_help_lines(commands, path, language)) + "\n"


def _help_lines(commands: Commands, path: str, language: str) -> Iterator[str]:
    command = commands.get(path)
    below = [child for name, child in commands.items() if name.startswith(f"{path} ") or not path]
    yield usage_line(command, language) if command else _group_usage_line(path, language)
    yield ""
    key = path.replace(" ", ".")
    for paragraph in say(language, f"help.{key}" if path else "help").strip().split("\n"):
        yield from [paragraph] if paragraph.startswith("  ") else textwrap.wrap(paragraph, WIDTH)
    if command:
        yield from _param_lines(command, language)
    if path and below:
        yield from ("", say(language, "cli.commands"))
        yield from _column_lines([(child.path, _first_sentence(child.key, language)) for child in below])
    for section in SECTIONS if not path else ():
        yield from ("", say(language, f"help.section.{section}"))
        mine = dict.fromkeys(child.path.split()[0] for child in below if child.section == section)
        yield from _column_lines([(name, _first_sentence(name, language)) for name in mine])
    yield ""
    yield from textwrap.wrap(say(language, "cli.everywhere"), WIDTH)


def usage_line(command: Command, language: str) -> str:
    """How a command is written: its arguments, and the options that it cannot do without."""
    pieces = [f"ketnap {command.path}"]
    for param in command.params:
        if param.required:
            pieces.append(param_label(param, language))
        elif not param.is_option:
            pieces.append(f"[{placeholder_word(param, language)}]")
    if any(param.is_option and not param.required for param in command.params):
        pieces.append(f"[{say(language, 'cli.options_word')}]")
    return say(language, "cli.usage", usage=" ".join(pieces))


def _group_usage_line(path: str, language: str) -> str:
    words = ["ketnap", path, say(language, "cli.command_word")]
    return say(language, "cli.usage", usage=" ".join(filter(None, words)))


def placeholder_word(param: Param, language: str) -> str:
    """What stands for a parameter's value."""
    return say(language, f"metavar.{param.metavar or param.key}")


def param_label(param: Param, language: str) -> str:
    """What a parameter is called when it is missing: an option by its dashes, an argument by its place."""
    return (
        f"{param.name} {placeholder_word(param, language)}"
        if param.is_option
        else placeholder_word(param, language)
    )


def _param_lines(command: Command, language: str) -> Iterator[str]:
    for key, wanted in (("cli.arguments", False), ("cli.options", True)):
        params = [param for param in command.params if param.is_option is wanted]
        if params:
            yield from ("", say(language, key))
            yield from _column_lines([_explain_param(command, param, language) for param in params])


def _explain_param(command: Command, param: Param, language: str) -> tuple[str, str]:
    words = say(language, option_key(command, param))
    if param.is_option and param.required:
        words += f" {say(language, 'cli.required')}"
    if param.kind == "list":
        words += f" {say(language, 'cli.repeatable')}"
    return param.name if param.kind == "flag" else param_label(param, language), words


def option_key(command: Command, param: Param) -> str:
    """The key of the sentence that explains a parameter of a command."""
    own = f"option.{command.key}.{param.key}"
    return own if has_message(own) else f"option.{param.key}"


def _first_sentence(key: str, language: str) -> str:
    return say(language, f"help.{key}").strip().split("\n")[0]


def _column_lines(rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    width = min(max((len(name) for name, _ in rows), default=0), 30)
    for name, words in rows:
        first, *rest = textwrap.wrap(words, WIDTH - width - 4)
        if len(name) > width:
            yield f"  {name}"
            yield f"  {'':<{width}}  {first}"
        else:
            yield f"  {name:<{width}}  {first}"
        yield from (f"  {'':<{width}}  {line}" for line in rest)
