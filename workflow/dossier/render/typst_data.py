"""A paper reaches the typesetter as data.

It has the tree's own names and values, every text in letters that can be drawn.
"""

from dataclasses import fields, is_dataclass
from typing import Any

from workflow.dossier.render.document import Block, Cell, Letterhead, PaperTree, Point, Run, Signatures, Table
from workflow.dossier.render.font_coverage import to_drawable
from workflow.dossier.render.layout import group_points, has_issuer, keep_with_signatures, pair_signatures
from workflow.dossier.render.to_text import line_text
from workflow.dossier.render.to_text import signature_lines as signed_lines

SURELY_WHOLE = 7
"""Letters of the longest syllable of Vietnamese: such a word needs no measuring where columns are not
narrow."""
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


def build_paper_data(tree: PaperTree) -> dict[str, Any]:
    """A paper's title and blocks, each with its kind ("is")."""
    width = TEXT_WIDTH_LANDSCAPE if tree.landscape else TEXT_WIDTH
    blocks = [_block_data(block, width) for block in group_points(keep_with_signatures(tree))]
    return {"title": to_drawable(tree.title), "landscape": tree.landscape, "blocks": blocks}


def _block_data(block: Block | tuple[Point, ...], width: float) -> dict[str, Any]:
    match block:
        case tuple():
            return {"is": "Points", "points": _to_data(tuple(map(_fit_mark, block)))}
        case Letterhead():
            return _part_data(block) | {"issued": has_issuer(block)}
        case Signatures():
            pairs = _to_data(tuple(pair_signatures(block.signed)))
            return _part_data(block) | {"pairs": pairs, "tall": _is_tall_foot(block, width / 2)}
        case Table():
            narrowest = width * min(block.widths) / sum(block.widths) - PADDING
            whole = max(1, min(SURELY_WHOLE, int(narrowest / LETTER)))
            tall = [_is_tall_row(row, block, width) for row in (block.head, *block.rows)]
            return _part_data(block, whole) | {"tall-head": tall[0], "tall": tall[1:]}
    return _part_data(block)


def _fit_mark(point: Point) -> Point:
    """A point whose mark leaves room; one that is too long goes to the start of the text."""
    if len(point.mark) <= LONGEST_MARK:
        return point
    return Point("", (Run(f"{point.mark} "), *point.line))


def _to_data(value: Any, whole: int = SURELY_WHOLE) -> Any:
    """A part of a tree as JSON. ``whole``: words of so many letters have room in their column in any case."""
    if isinstance(value, str):
        return to_drawable(value)
    if isinstance(value, tuple):
        return [_to_data(part, whole) for part in value]
    return _part_data(value, whole) if is_dataclass(value) else value


def _part_data(part: Any, whole: int = SURELY_WHOLE) -> dict[str, Any]:
    named = {field.name: _to_data(getattr(part, field.name), whole) for field in fields(part)}
    if isinstance(part, Run):
        named["long"] = any(len(word) > whole for word in part.text.split(" "))
    return {"is": type(part).__name__, **named}


def _is_tall_row(row: tuple[Cell, ...], table: Table, width: float) -> bool:
    """Whether a row may be taller than a page: then it has to break."""
    share = width / sum(table.widths)
    at = 0
    for cell in row:
        column = share * sum(table.widths[at : at + cell.span])
        if _estimate_height(len(line_text(cell.line)), column) > MOST_ON_ONE_PAGE:
            return True
        at += cell.span
    return False


def _is_tall_foot(foot: Signatures, column: float) -> bool:
    signed = sum(len("".join(signed_lines(signature))) for signature in foot.signed)
    return _estimate_height(max(signed, len("".join(foot.recipients))), column) > MOST_ON_ONE_PAGE


def _estimate_height(letters: int, column: float) -> float:
    return letters * SQUARE / column
