"""Errors that people are told carry their code, exit code and advice.

States are the lowest floor, so every room can raise them. The sentences themselves stand in the catalogue.
"""

from collections.abc import Mapping, Sequence

EXIT_DONE = 0
EXIT_BAD_INPUT = 1
EXIT_MISUSED = 2
EXIT_REFUSED = 3
EXIT_OVERTAKEN = 4
EXIT_BROKEN = 5
EXIT_INTERRUPTED = 130
"""How something ended, which is also a command's exit code: done, input that makes no sense, wrong usage,
refused by the rules, changed by somebody else, the history does not hold, stopped by hand."""


class UserError(Exception):
    """What a door tells its user in words: the sentence ``CATALOGUE.CODE``, and ``advice`` if there is any.

    ``message_values``: attributes that fill the places of both. ``near``: ids that are called alike.
    ``writes``: whether somebody may fear that part of it was written, and is told that nothing was.
    """

    code: str
    exit_code: int = EXIT_BAD_INPUT
    catalogue: str = "error"
    advice: str = ""
    message_values: tuple[str, ...] = ()
    near: Sequence[str] = ()
    writes: bool = True

    def get_message_values(self) -> Mapping[str, object]:
        """What fills the places of the sentences, by name."""
        return {name: getattr(self, name) for name in self.message_values}


class UnknownId(UserError, LookupError):
    """Nothing of its kind has this id."""

    message_values = ("typed",)

    def __init__(self, typed: str) -> None:
        super().__init__(typed)
        self.typed = typed
