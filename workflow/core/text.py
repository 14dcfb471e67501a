"""Names are tidied, searched, sorted and compared."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

SameReason = Literal[
    "same_name_and_birth_date",
    "same_name_and_birth_year",
    "same_name_birth_date_mistyped",
    "same_name_birth_unknown",
    "similar_name_and_birth_date",
]

_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})  # control signs, zero-width and direction marks, halves of a pair
_MARKS = frozenset({"Mn", "Me"})
_D_WITH_STROKE = frozenset("đĐðÐ")  # Icelandic eth looks the same and is typed for it

# The alphabet a ă â b c d đ e ê … y with f j w z in their places, two signs a letter; digits come before
# letters, and 0 ends a word. Only a-z and 0-9 appear in a key, so that every database sorts it alike.
_BREVE, _CIRCUMFLEX, _HORN = "\u0306", "\u0302", "\u031b"
_SHAPES = {("a", _BREVE): "a2", ("a", _CIRCUMFLEX): "a3", ("e", _CIRCUMFLEX): "e2"}
_SHAPES |= {("o", _CIRCUMFLEX): "o2", ("o", _HORN): "o3", ("u", _HORN): "u2"}
_TONES = {
    "\u0300": "2",
    "\u0309": "3",
    "\u0303": "4",
    "\u0301": "5",
    "\u0323": "6",
}  # huyền, hỏi, ngã, sắc, nặng


@dataclass(frozen=True, slots=True)
class Identity:
    """What is compared of a person: the name, and the birth date, or the year alone, or nothing known."""

    name: str
    birth: date | int | None = None


def tidy_name(name: str) -> str:
    """The name as it is kept.

    Composed (NFC), single spaces, without control signs and signs that nobody sees.
    """
    return unicodedata.normalize("NFC", " ".join(name.translate(_VISIBLE).split()))


def search_key(text: str) -> str:
    """What a text is found by.

    Small letters without marks, đ as d, one space for whatever stands between words.

    `Hoà`, `Hòa` and `hoa` have one key, composed or not; a key is its own key.
    """
    return " ".join(unicodedata.normalize("NFKD", text).translate(_FOLD).split())


def matches_query(query_key: str, key: str) -> bool:
    """Whether every word of the query begins a word of the key; both are search keys.

    An empty query finds all.

    In SQL for each word: `' ' || key LIKE '% ' || word || '%'`.
    """
    return all(f" {word}" in f" {key}" for word in query_key.split())


def sort_key(full_name: str) -> str:
    """What people are sorted by: given name, then surname, then the rest.

    By the Vietnamese alphabet, then the tones.

    Where a tone stands in its word (hoà, hòa), capitals and punctuation make no difference.
    """
    words = [key for key in map(_word_key, unicodedata.normalize("NFC", full_name).casefold().split()) if key]
    return "".join(words[-1:] + words[:-1])


def find_same_reason(identity: Identity, other: Identity) -> SameReason | None:
    """Why two records are likely the same person, or None.

    Marks, capitals and tone placement are not compared.
    """
    first, second = search_key(identity.name), search_key(other.name)
    if not first or not second:
        return None
    if first == second:
        return _compare_births(identity.birth, other.birth)
    if (
        isinstance(identity.birth, date)
        and identity.birth == other.birth
        and _is_one_edit_apart(first, second)
    ):
        return "similar_name_and_birth_date"
    return None


def _compare_births(birth: date | int | None, other: date | int | None) -> SameReason | None:
    if birth is None or other is None:
        return "same_name_birth_unknown"
    if isinstance(birth, date) and isinstance(other, date):
        if birth == other:
            return "same_name_and_birth_date"
        if (birth.day, birth.month) == (other.month, other.day) and birth.year == other.year:
            return "same_name_birth_date_mistyped"
        if _is_one_edit_apart(f"{birth:%d%m%Y}", f"{other:%d%m%Y}"):
            return "same_name_birth_date_mistyped"
    return "same_name_and_birth_year" if _birth_year(birth) == _birth_year(other) else None


def _birth_year(birth: date | int) -> int:
    return birth.year if isinstance(birth, date) else birth


def _is_one_edit_apart(text: str, other: str) -> bool:
    """Whether one character was added, removed, changed, or swapped with its neighbour."""
    short, long = sorted((text, other), key=len)
    if len(long) - len(short) > 1:
        return False
    start = 0
    while start < len(short) and short[start] == long[start]:
        start += 1
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    swapped = short[start + 1 : start + 2] + short[start : start + 1] + short[start + 2 :]
    return long[start:] == swapped or short[start + 1 :] == long[start + 1 :]


class _VisibleSigns(dict[int, str]):
    """What is kept of each character of a name; each is classified once."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        self[code] = visible = (
            " " if sign.isspace() else "" if unicodedata.category(sign) in _INVISIBLE else sign
        )
        return visible


class _FoldedSigns(dict[int, str]):
    """What each character of a decomposed text becomes in a search key; each is classified once."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = self._fold_sign(chr(code))
        return folded

    @staticmethod
    def _fold_sign(sign: str) -> str:
        if sign.isspace():
            return " "
        if sign in _D_WITH_STROKE:
            return "d"
        if unicodedata.category(sign) in _INVISIBLE | _MARKS:
            return ""
        plain = unicodedata.normalize("NFKD", sign.casefold())
        return "".join(letter for letter in plain if letter.isalnum()) or " "


_VISIBLE, _FOLD = _VisibleSigns(), _FoldedSigns()


@lru_cache(maxsize=8192)
def _word_key(word: str) -> str:
    """A word's letters, then its first tone: `hòa` -> h1o1a1 0 2; nothing for a word of punctuation alone."""
    letters, tone = [], ""
    for sign in unicodedata.normalize("NFC", word):
        letter, *marks = list(unicodedata.normalize("NFD", sign))
        tone = tone or next((_TONES[mark] for mark in marks if mark in _TONES), "")
        letters.append(_letter_key(letter, marks))
    key = "".join(letters)
    return f"{key}0{tone or 1}" if key else ""


def _letter_key(letter: str, marks: list[str]) -> str:
    if letter in _D_WITH_STROKE:
        return "d2"
    if letter.isascii() and letter.isalpha():
        return next((_SHAPES[letter, mark] for mark in marks if (letter, mark) in _SHAPES), f"{letter}1")
    if letter.isascii() and letter.isdigit():
        return f"1{letter}"
    return f"z9{ord(letter):06x}" if letter.isalnum() else ""
