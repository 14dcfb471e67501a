"""A recovery key is typed from paper, row by row.

It is age's own text in rows of four groups of four letters; each row ends with two letters by which a slip
is found in its row. Letters that look alike (O and 0, I, 1 and L, B and 8) are taken for one another: only
one of each stands in a key.
"""

import hashlib
import re

from states.errors import EXIT_MISUSED, UserError

PREFIX = "AGE-SECRET-KEY-1"
ALPHABET = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"
LENGTH = 58
"""Letters of a key without its prefix."""
GROUP, ROW = 4, 16
ALIKE = str.maketrans("OI1B", "0LL8")
ROW_NUMBER = re.compile(r"^\s*\d\s*[.):]")


class BadKeyText(UserError):
    """What was typed is no recovery key; ``row``: the first row with a slip, 0 where that cannot be said."""

    code = "bad_key_text"
    exit_code = EXIT_MISUSED
    advice = "advice.bad_key_text"
    message_values = ("row",)

    def __init__(self, row: int) -> None:
        super().__init__(str(row))
        self.row = row
        if row == 0:
            self.code = "bad_key_rows"


def list_key_rows(secret: str) -> list[str]:
    """The rows of a key as they stand on paper: groups, and the two letters that check them."""
    return [
        " ".join([*split_groups(row), _check_letters(number, row)])
        for number, row in enumerate(_split_rows(secret.removeprefix(PREFIX)), 1)
    ]


def split_groups(letters: str) -> list[str]:
    """Letters in groups of four."""
    return [letters[at : at + GROUP] for at in range(0, len(letters), GROUP)]


def read_key_text(text: str) -> str:
    """The key in age's own text, out of what was typed or stands in a file. Raises `BadKeyText`."""
    lines = [line.strip() for line in text.upper().splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    plain = next((line for line in lines if line.startswith(PREFIX)), None)
    if plain is not None:
        return PREFIX + "".join(plain.removeprefix(PREFIX).split())
    rows = [_clean_row(line) for line in lines]
    if len(rows) == 1:
        if len(rows[0]) == LENGTH:
            return PREFIX + rows[0]
        rows = _split_typed(rows[0])
    if len(rows) != count_key_rows():
        raise BadKeyText(0)
    return PREFIX + "".join(check_key_row(number, row) for number, row in enumerate(rows, 1))


def check_key_row(number: int, typed: str) -> str:
    """The letters of a row that was typed with its check. Raises `BadKeyText`."""
    letters = _clean_row(typed)
    row, check = letters[:-2], letters[-2:]
    length = len(_split_rows("x" * LENGTH)[number - 1])
    if len(row) != length or set(letters) - set(ALPHABET) or check != _check_letters(number, row):
        raise BadKeyText(number)
    return row


def count_key_rows() -> int:
    """How many rows a key has."""
    return len(_split_rows("x" * LENGTH))


def clean_letters(typed: str) -> str:
    """Letters as they stand in a key, however they were typed."""
    return re.sub(r"[\s\-·.]", "", typed.upper()).translate(ALIKE)


def _clean_row(line: str) -> str:
    return clean_letters(ROW_NUMBER.sub("", line))


def _split_rows(letters: str) -> list[str]:
    return [letters[at : at + ROW] for at in range(0, len(letters), ROW)]


def _split_typed(letters: str) -> list[str]:
    """Rows that were typed on one line, each with its check."""
    return [letters[at : at + ROW + 2] for at in range(0, len(letters), ROW + 2)]


def _check_letters(number: int, row: str) -> str:
    digest = hashlib.sha256(f"{number}{row}".encode()).digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:2])
