"""All writers of a paper ask its tree the same questions."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from workflow.dossier.render.document import (
    Block,
    Letterhead,
    PaperTree,
    Paragraph,
    Point,
    Signature,
    Signatures,
)

Points = tuple[Point, ...]


def group_points(blocks: Sequence[Block]) -> Iterator[Block | Points]:
    """The blocks of a paper in order, points that follow each other as one list."""
    for pointed, group in groupby(blocks, lambda block: isinstance(block, Point)):
        if pointed:
            yield tuple(block for block in group if isinstance(block, Point))
        else:
            yield from group


def keep_with_signatures(tree: PaperTree) -> tuple[Block, ...]:
    """The blocks of a paper, where the paragraph before a signature stays on one page with it.

    A signature alone on its page says nothing about what was signed.
    """
    after = (*tree.blocks[1:], None)
    return tuple(
        replace(block, keep=True)
        if isinstance(block, Paragraph) and isinstance(following, Signatures)
        else block
        for block, following in zip(tree.blocks, after, strict=False)
    )


def has_issuer(head: Letterhead) -> bool:
    """Whether an organ issues the paper. A form that a person writes has none: its head is in the middle."""
    return bool(head.above or head.organ)


def pair_signatures(signed: Sequence[Signature]) -> Iterator[tuple[Signature | None, Signature]]:
    """Who signs side by side, left and right; one alone stands on the right."""
    for first in range(0, len(signed) - 1, 2):
        yield signed[first], signed[first + 1]
    if len(signed) % 2:
        yield None, signed[-1]
