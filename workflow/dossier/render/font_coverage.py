"""The letters that our fonts have. A letter that none can draw is printed as an empty box, never left out."""

import struct
from collections.abc import Iterator
from functools import cache
from importlib import resources
from unicodedata import category, normalize

FONT_FOLDER = resources.files("templates") / "dossier" / "fonts"
MISSING_LETTER = "□"
UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of signs that print nothing by themselves."""
PRIVATE_USE = range(0xE000, 0xF900)
"""Signs that mean something else in every font: an archive's file may not hold them."""
VARIATION_SELECTORS = range(0xFE00, 0xFE10)


def to_drawable(text: str) -> str:
    """A text in letters that each of our faces can draw, accents joined to their letters (NFC)."""
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
    letters = frozenset.intersection(*(frozenset(_font_letters(face.read_bytes())) for face in faces))
    return letters.difference(PRIVATE_USE)


def _font_letters(font: bytes) -> Iterator[int]:
    """Code points of a TrueType font that have a glyph: its character map in format 4 (Microsoft, Unicode BMP)."""
    start = _character_map(font, _font_table(font, b"cmap"))
    count = struct.unpack_from(">H", font, start + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", font, start + 14)
    firsts = struct.unpack_from(f">{count}H", font, start + 16 + 2 * count)
    deltas = struct.unpack_from(f">{count}H", font, start + 16 + 4 * count)
    places = start + 16 + 6 * count
    for segment, (first, end, delta) in enumerate(zip(firsts, ends, deltas, strict=True)):
        place = places + 2 * segment
        offset = struct.unpack_from(">H", font, place)[0]
        for code in range(first, min(end, 0xFFFD) + 1):
            glyph = struct.unpack_from(">H", font, place + offset + 2 * (code - first))[0] if offset else code
            if (glyph or not offset) and (glyph + delta) % 0x10000:
                yield code


def _font_table(font: bytes, tag: bytes) -> int:
    tables = struct.unpack_from(">H", font, 4)[0]
    entries = (struct.unpack_from(">4sIII", font, 12 + 16 * number) for number in range(tables))
    return next(int(offset) for name, _sum, offset, _size in entries if name == tag)


def _character_map(font: bytes, cmap: int) -> int:
    tables = struct.unpack_from(">H", font, cmap + 2)[0]
    entries = (struct.unpack_from(">HHI", font, cmap + 4 + 8 * number) for number in range(tables))
    return next(cmap + int(offset) for platform, encoding, offset in entries if (platform, encoding) == (3, 1))
