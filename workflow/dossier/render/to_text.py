"""A paper is read as text, line by line.

Every other writer must carry the same text in the same order.
"""

from collections.abc import Iterator

from workflow.dossier.render.document import (
    Blank,
    Block,
    Break,
    Cell,
    Letterhead,
    Line,
    PageBreak,
    PaperTree,
    Paragraph,
    Point,
    RuledLines,
    Signature,
    Signatures,
    Table,
    Title,
)
from workflow.dossier.render.fixed_text import DOTS, PARTY, RECIPIENTS, RULE, STAR
from workflow.dossier.render.layout import has_issuer


def render_text(tree: PaperTree) -> str:
    """A paper as lines of text.

    Page breaks leave nothing; a blank is dots; cells of a row stand between bars.
    """
    lines = (line for block in tree.blocks for line in _block_lines(block))
    return "".join(f"{line}\n" for line in lines)


def line_text(line: Line) -> str:
    """The text of one line of a tree, on as many lines as it breaks into."""
    return "".join(map(_inline_text, line))


def _inline_text(part: object) -> str:
    match part:
        case Blank():
            return DOTS
        case Break():
            return "\n"
    return str(getattr(part, "text", ""))


def _block_lines(block: Block) -> Iterator[str]:
    match block:
        case Letterhead():
            yield from _letterhead_lines(block)
        case Title():
            yield from filter(None, (block.kind, block.subject, RULE if block.rule else ""))
        case Paragraph():
            yield line_text(block.line)
        case Point():
            yield f"{block.mark} {line_text(block.line)}"
        case Table():
            yield from _table_lines(block)
        case RuledLines():
            yield from [DOTS] * block.count
        case Signatures():
            yield from _signatures_lines(block)
        case PageBreak():
            return


def _letterhead_lines(head: Letterhead) -> Iterator[str]:
    star = STAR if has_issuer(head) else ""
    left = (*head.above, head.organ, star, head.number, head.subject)
    yield from filter(None, (head.code, *left, PARTY, line_text(head.placed)))


def _table_lines(table: Table) -> Iterator[str]:
    for row in (table.head, *table.rows) if table.head else table.rows:
        yield _row_text(row)


def _row_text(row: tuple[Cell, ...]) -> str:
    return " | ".join(line_text(cell.line).replace("\n", " ") for cell in row)


def _signatures_lines(foot: Signatures) -> Iterator[str]:
    if foot.recipients:
        yield from (RECIPIENTS, *foot.recipients)
    for signature in foot.signed:
        yield from signature_lines(signature)


def signature_lines(signature: Signature) -> Iterator[str]:
    """What is printed for one who signs, line by line."""
    yield from filter(None, (signature.behalf, signature.post, signature.note, signature.name))
