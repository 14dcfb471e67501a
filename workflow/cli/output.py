"""Answers are printed as headings, lines and tables.

With rich on a terminal; as plain text, line by line, where the answer is piped.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from workflow.core.tone import Tone
from workflow.presentation.problem import format_value as as_said

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

STYLES: dict[Tone, str] = {
    "plain": "",
    "late": "bold red",
    "warn": "yellow",
    "good": "green",
    "dim": "dim",
    "strong": "bold",
}
INDENT = "  "


@dataclass(frozen=True, slots=True)
class StyledText:
    """A few words and how they are meant."""

    text: str
    tone: Tone = "plain"


Cell = str | int | None | StyledText


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a part."""

    text: str


@dataclass(frozen=True, slots=True)
class TextLine:
    """One sentence, or several; ``depth``: how far it stands in; ``mark``: what stands before it."""

    text: str
    tone: Tone = "plain"
    depth: int = 0
    mark: str = ""


@dataclass(frozen=True, slots=True)
class FactList:
    """Names with what is said under each, one pair a line; a pair that says nothing is left out."""

    pairs: Sequence[tuple[str, Cell]]
    depth: int = 1


@dataclass(frozen=True, slots=True)
class TextTable:
    """Rows under headings; ``numbers``: the columns that hold counts, set to the right.

    ``spare``: columns that a narrow terminal does without, so that the others can be read.
    """

    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    numbers: frozenset[int] = frozenset()
    spare: frozenset[int] = frozenset()


Block = Heading | TextLine | FactList | TextTable
Page = Sequence[Block]


def format_cell(value: object) -> str:
    """A value as people read it: days as 09/08/2022."""
    return value.text if isinstance(value, StyledText) else as_said(value)


def print_page(page: Page, out: TextIO) -> None:
    """Print a page: with colours and folded to the width on a terminal, else plain and unfolded."""
    if out.isatty():
        _print_on_terminal(page, out)
        return
    out.writelines(f"{line}\n" for line in plain_lines(page))


def plain_lines(page: Page) -> Iterator[str]:
    """A page as plain lines."""
    for number, block in enumerate(page):
        match block:
            case Heading(text):
                if number:
                    yield ""
                yield text
            case TextLine(text, _, depth, mark):
                yield f"{INDENT * depth}{mark + ' ' if mark else ''}{text}".rstrip()
            case FactList(pairs, depth):
                named_values = [(name, format_cell(value)) for name, value in pairs if format_cell(value)]
                width = max((len(name) for name, _ in named_values), default=0)
                yield from (f"{INDENT * depth}{name:<{width}}  {value}" for name, value in named_values)
            case TextTable():
                yield from _plain_table_lines(block)


def _plain_table_lines(table: TextTable) -> Iterator[str]:
    rows = [[format_cell(cell) for cell in row] for row in table.rows]
    heads = list(table.heads)
    widths = [max(len(row[at]) for row in [heads, *rows]) for at in range(len(heads))]

    def line(row: Sequence[str]) -> str:
        cells = (
            f"{cell:>{widths[at]}}" if at in table.numbers else f"{cell:<{widths[at]}}"
            for at, cell in enumerate(row)
        )
        return (INDENT + "  ".join(cells)).rstrip()

    if any(heads):
        yield line(heads)
        yield line(["-" * width for width in widths])
    yield from map(line, rows)


def _print_on_terminal(page: Page, out: TextIO) -> None:
    from rich.console import Console

    console = Console(file=out, highlight=False, markup=False, emoji=False, soft_wrap=False)
    for number, block in enumerate(page):
        if isinstance(block, Heading) and number:
            console.print()
        console.print(*_render_block(block, console))


def _render_block(block: Block, console: "Console") -> "Iterator[RenderableType]":
    from rich.padding import Padding
    from rich.text import Text

    match block:
        case Heading(text):
            yield Text(text, style="bold cyan")
        case TextLine(text, tone, depth, mark):
            yield Padding(_mark_text(mark, Text(text, style=STYLES[tone])), (0, 0, 0, len(INDENT) * depth))
        case FactList(pairs, depth):
            yield _fact_grid(pairs, depth)
        case TextTable():
            yield _table_grid(block, console.width)


def _mark_text(mark: str, text: "Text") -> "RenderableType":
    """Words after their mark, later lines under the first word."""
    from rich.table import Table as Grid

    if not mark:
        return text
    grid = Grid.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column()
    grid.add_row(mark, text)
    return grid


def _fact_grid(pairs: Sequence[tuple[str, Cell]], depth: int) -> "RenderableType":
    from rich.padding import Padding
    from rich.table import Table as Grid

    grid = Grid.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column()
    for name, value in pairs:
        if format_cell(value):
            grid.add_row(name, _style_cell(value))
    return Padding(grid, (0, 0, 0, len(INDENT) * depth))


SHORT_CELL = 12
"""Letters up to which a cell is never folded: ids, days, counts."""


def _table_grid(table: TextTable, width: int) -> "RenderableType":
    from rich import box
    from rich.padding import Padding
    from rich.table import Table as Grid

    heads = any(table.heads)
    grid = Grid(
        box=box.SIMPLE_HEAD if heads else None,
        show_header=heads,
        header_style="bold",
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    longest = [
        max((len(format_cell(row[at])) for row in table.rows), default=0) for at in range(len(table.heads))
    ]
    needed = sum(max(length, len(head)) + 2 for length, head in zip(longest, table.heads, strict=True))
    narrow = needed > width
    for at in (shown := [at for at in range(len(table.heads)) if not narrow or at not in table.spare]):
        head, number = table.heads[at], at in table.numbers
        word = max(map(len, head.split()), default=0)
        grid.add_column(
            head,
            justify="right" if number else "left",
            max_width=max(longest[at], word) if number and narrow else None,
            no_wrap=not number and longest[at] <= SHORT_CELL >= len(head),
            overflow="fold",
        )
    for row in table.rows:
        grid.add_row(*(_style_cell(row[at]) for at in shown))
    return grid if heads else Padding(grid, (0, 0, 0, len(INDENT)))


def _style_cell(cell: Cell) -> "Text":
    from rich.text import Text

    return Text(format_cell(cell), style=STYLES[cell.tone] if isinstance(cell, StyledText) else "")
