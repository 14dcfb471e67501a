"""Fonts cover certain letters; any other is printed as an empty box.

It is never left out.
"""

from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from unicodedata import category, normalize

FONT_FOLDER = resources.files("templates") / "dossier" / "fonts"
MISSING_LETTER = "□"
UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of signs that print nothing by themselves."""
PRIVATE_USE = range(0xE000, 0xF900)
"""Signs that mean something else in every font: an archive's file may not hold them."""
VARIATION_SELECTORS = range(0xFE00, 0xFE10)


def to_drawable(text: str) -> str:
    """A text in letters that all our fonts can draw, in Unicode form NFC."""
    text = normalize("NFC", text)
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_draw_letter, text))


def _draw_letter(letter: str) -> str:
    if category(letter) in UNSEEN_CATEGORIES or ord(letter) in VARIATION_SELECTORS:
        return ""
    return letter if ord(letter) in covered_letters() else MISSING_LETTER


@cache
def covered_letters() -> frozenset[int]:
    """The code points that all four faces can draw."""
    faces = [face for face in FONT_FOLDER.iterdir() if face.name.endswith(".ttf")]
    return frozenset.intersection(*map(_font_letters, faces)).difference(PRIVATE_USE)


def _font_letters(face: Traversable) -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with face.open("rb") as file, TTFont(file, lazy=True) as font:
        return frozenset(font.getBestCmap())
