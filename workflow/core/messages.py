"""Sentences of the program are looked up by key.

They stand in templates/words/*.{vi,en}.yaml.
"""

from functools import cache
from pathlib import Path

import yaml

WORDS = Path(__file__).parents[2] / "templates" / "words"
LOADER: type[yaml.CSafeLoader | yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def load_messages(language: str) -> dict[str, str]:
    """All sentences of one language by key."""
    messages: dict[str, str] = {}
    for file in sorted(WORDS.glob(f"*.{language}.yaml")):
        # a safe loader, either one
        messages |= yaml.load(file.read_text(encoding="utf-8"), LOADER)  # noqa: S506 - as above
    return messages


def say(language: str, key: str, **values: object) -> str:
    """The sentence under ``key`` with its placeholders filled in."""
    return load_messages(language)[key].format_map(values)


def say_on_page(language: str, key: str, **values: object) -> str:
    """The sentence under ``key`` as pages say it, which know no commands.

    ``on_page.KEY`` where there is one.
    """
    own = f"on_page.{key}"
    return say(language, own if own in load_messages(language) else key, **values)


def has_message(key: str) -> bool:
    return key in load_messages("vi")
