"""A paper as data for the typesetter: the tree's own names and values, every text in letters it can draw."""

from dataclasses import fields, is_dataclass
from typing import Any

from workflow.dossier.render.document import Block, Cell, Letterhead, Point, Run, Signatures, Table, Tree
from workflow.dossier.render.font_coverage import drawable
from workflow.dossier.render.layout import gathered, has_issuer, in_pairs, kept
from workflow.dossier.render.to_text import signed as signed_lines
from workflow.dossier.render.to_text import words

SURELY_WHOLE = 7
"""Letters of the longest syllable of Vietnamese: such a word needs no measuring where columns are not narrow."""
LONGEST_MARK = 8
"""Letters: "viii)" and the like, 40 mm at the widest."""
LETTER, PADDING = 5, 4
"""Millimetres of the widest letter of 14 points, and of what stands empty at both sides of a cell."""
SQUARE = 28
"""Square millimetres that a letter takes up in a column, on the generous side."""
TEXT_WIDTH, TEXT_WIDTH_LANDSCAPE = 165, 252
"""Millimetres between the margins of 30 and 15."""
MOST_ON_ONE_PAGE = 120
"""Height in millimetres, as estimated, from which a row of a table and a foot may break over two pages."""


def paper(tree: Tree) -> dict[str, Any]:
    """A paper's title and blocks, each with its kind ("is")."""
    width = TEXT_WIDTH_LANDSCAPE if tree.landscape else TEXT_WIDTH
    blocks = [_block(block, width) for block in gathered(kept(tree))]
    return {"title": drawable(tree.title), "landscape": tree.landscape, "blocks": blocks}


def _block(block: Block | tuple[Point, ...], width: float) -> dict[str, Any]:
    match block:
        case tuple():
            return {"is": "Points", "points": _data(tuple(map(_marked, block)))}
        case Letterhead():
            return _fields(block) | {"issued": has_issuer(block)}
        case Signatures():
            pairs = _data(tuple(in_pairs(block.signed)))
            return _fields(block) | {"pairs": pairs, "tall": _tall_foot(block, width / 2)}
        case Table():
            narrowest = width * min(block.widths) / sum(block.widths) - PADDING
            whole = max(1, min(SURELY_WHOLE, int(narrowest / LETTER)))
            tall = [_tall(row, block, width) for row in (block.head, *block.rows)]
            return _fields(block, whole) | {"tall-head": tall[0], "tall": tall[1:]}
    return _fields(block)


def _marked(point: Point) -> Point:
    """A point whose mark leaves room for its text; what is too long for a mark is said at the start of the text."""
    if len(point.mark) <= LONGEST_MARK:
        return point
    return Point("", (Run(f"{point.mark} "), *point.line))


def _data(value: Any, whole: int = SURELY_WHOLE) -> Any:
    """A part of a tree as JSON. ``whole``: words of so many letters have room in their column in any case."""
    if isinstance(value, str):
        return drawable(value)
    if isinstance(value, tuple):
        return [_data(part, whole) for part in value]
    return _fields(value, whole) if is_dataclass(value) else value


def _fields(part: Any, whole: int = SURELY_WHOLE) -> dict[str, Any]:
    named = {field.name: _data(getattr(part, field.name), whole) for field in fields(part)}
    if isinstance(part, Run):
        named["long"] = any(len(word) > whole for word in part.text.split(" "))
    return {"is": type(part).__name__, **named}


def _tall(row: tuple[Cell, ...], table: Table, width: float) -> bool:
    """Whether a row may be taller than a page: then it has to break."""
    share = width / sum(table.widths)
    at = 0
    for cell in row:
        column = share * sum(table.widths[at : at + cell.span])
        if _height(len(words(cell.line)), column) > MOST_ON_ONE_PAGE:
            return True
        at += cell.span
    return False


def _tall_foot(foot: Signatures, column: float) -> bool:
    signed = sum(len("".join(signed_lines(signature))) for signature in foot.signed)
    return _height(max(signed, len("".join(foot.recipients))), column) > MOST_ON_ONE_PAGE


def _height(letters: int, column: float) -> float:
    return letters * SQUARE / column
