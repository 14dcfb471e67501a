"""This module parses typed values or reports every fault.

The rules know nothing of typing; every package raises the same `InvalidInput`.
"""

import re
import unicodedata
from datetime import date
from typing import NamedTuple

from states.errors import UserError

LONGEST_CODE = 60
LONGEST_TEXT = 20_000
LONGEST_SHOWN = 80
FIRST_YEAR = 1900
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
DAY_FIRST = re.compile(r"(\d{1,2})[ /.-](\d{1,2})[ /.-](\d{4})")
DIGITS_ONLY = re.compile(r"(\d\d)(\d\d)(\d{4})")


class FieldFault(NamedTuple):
    """One mistake in what was typed.

    The field, a code that the catalogue words (``field.CODE``), its values.
    """

    field: str
    code: str
    values: dict[str, object]


class InvalidInput(UserError):
    """What was typed is not valid; it holds every fault, and nothing was written."""

    code = "mistyped"

    def __init__(self, faults: list[FieldFault]) -> None:
        super().__init__(str(faults))
        self.faults = faults


class WrongValue(Exception):
    """One value that makes no sense, before it is known of which field."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code, self.values = code, {name: _shorten(value) for name, value in values.items()}


def _shorten(value: object) -> object:
    """A typed value, cut short: a page of text would hide the fault."""
    if isinstance(value, date) or (isinstance(value, int) and abs(value) < 10**LONGEST_CODE):
        return value
    text = "…" if isinstance(value, int) else str(value)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"


def parse_day(text: str) -> date:
    """A day typed as 2022-08-09, as 09/08/2022, or by thumbs: 9 8 2022, 09082022.

    Raises ValueError for no such day.
    """
    text = text.strip()
    if match := ISO.fullmatch(text):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if match := DAY_FIRST.fullmatch(text) or DIGITS_ONLY.fullmatch(text):
        return date(int(match[3]), int(match[2]), int(match[1]))
    raise ValueError(text)


def read_words(value: object) -> str:
    """Words as they are kept: composed, with one kind of line end. Raises `WrongValue`."""
    if not isinstance(value, str):
        raise WrongValue("not_text")
    if len(value) > LONGEST_TEXT:
        raise WrongValue("too_long", maximum=LONGEST_TEXT)
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if any(unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\t" for letter in text):
        raise WrongValue("control_characters")
    return text


def parse_text(name: str, value: object) -> str:
    """Words that must be there. Raises `InvalidInput`."""
    try:
        text = read_words(value)
    except WrongValue as wrong:
        raise InvalidInput([FieldFault(name, wrong.code, wrong.values)]) from None
    if not text:
        raise InvalidInput([FieldFault(name, "missing", {})])
    return text
