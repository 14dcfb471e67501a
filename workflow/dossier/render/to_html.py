"""A paper on the screen is a fragment of HTML.

Nothing is in it but structure, text and class names (paper.css).
"""

from collections.abc import Iterable, Iterator
from html import escape
from importlib import resources
from pathlib import Path

from workflow.dossier.render.document import (
    Blank,
    Block,
    Break,
    Cell,
    Inline,
    Letterhead,
    Line,
    PaperTree,
    Paragraph,
    RuledLines,
    Run,
    Signature,
    Signatures,
    Table,
    Title,
)
from workflow.dossier.render.fixed_text import DOTS, DRAFT, LANGUAGE, PARTY, RECIPIENTS, RULE, STAR
from workflow.dossier.render.layout import Points, group_points, has_issuer, pair_signatures
from workflow.dossier.render.parse_xml import to_printable

STYLE_FILE = Path(str(resources.files("templates"))) / "dossier" / "paper.css"
SHORT_BLANK, MIDDLE_BLANK = 15, 45
"""Millimetres up to which a blank is short, and middling."""
WIDTH_STEP = 5
"""Widths of columns are classes, in steps of so many hundredths."""


def render_html(tree: PaperTree) -> str:
    """A paper as an <article> with all text escaped, without style or script."""
    blocks = "\n".join(_block_html(block) for block in group_points(tree.blocks))
    sheet = "paper landscape" if tree.landscape else "paper"
    start = f'<article class="{sheet}" lang="{LANGUAGE}" aria-label="{_escape_text(tree.title)}">'
    return f"{start}\n{blocks}\n</article>\n"


def render_html_page(tree: PaperTree, *, draft: bool = False, sample: str = "") -> str:
    """A paper as a page of its own, with its style; drafts and samples say at the head what they are."""
    marks = _text_lines([("draft", DRAFT if draft else ""), ("sample", sample)])
    style = STYLE_FILE.read_text(encoding="utf-8")
    view = '<meta name="viewport" content="width=device-width">'
    head = f'<meta charset="utf-8">{view}<title>{_escape_text(tree.title)}</title><style>{style}</style>'
    body = f"{marks}{render_html(tree)}"
    return f'<!DOCTYPE html><html lang="{LANGUAGE}"><head>{head}</head><body>{body}</body></html>'


def _block_html(block: Block | Points) -> str:  # noqa: PLR0911 - one for each kind of block
    match block:
        case tuple():
            return _points_html(block)
        case Letterhead():
            return _letterhead_html(block)
        case Title():
            return _title_html(block)
        case Paragraph():
            return _paragraph_html(block)
        case Table():
            return _table_html(block)
        case RuledLines():
            return f'<div class="lines">{_element("p", "line", DOTS) * block.count}</div>'
        case Signatures():
            return _signatures_html(block)
        case _:
            return '<hr class="page-break">'


def _escape_text(text: str) -> str:
    return escape(to_printable(text))


def _element(tag: str, name: str, inside: str) -> str:
    """One element with its class; none where it would be empty."""
    return f'<{tag} class="{name}">{inside}</{tag}>' if inside else ""


def _text_lines(parts: Iterable[tuple[str, str]]) -> str:
    """Lines of plain text, each with its class."""
    return "".join(_element("p", name, _escape_text(text)) for name, text in parts)


# ------------------------------------------------------------------------------------------------ lines


def _line_html(line: Line) -> str:
    return "".join(map(_inline_html, line))


def _inline_html(part: Inline) -> str:
    if isinstance(part, Break):
        return "<br>"
    return _blank_html(part) if isinstance(part, Blank) else _run_html(part)


def _run_html(run: Run) -> str:
    inside = _escape_text(run.text)
    for tag, on in (("u", run.underline), ("i", run.italic), ("b", run.bold)):
        inside = f"<{tag}>{inside}</{tag}>" if on else inside
    return inside


def _blank_html(blank: Blank) -> str:
    if blank.mm is None:
        length = "to-the-end"
    else:
        length = "short" if blank.mm <= SHORT_BLANK else "middle" if blank.mm <= MIDDLE_BLANK else "long"
    return f'<span class="blank {length}">{DOTS}</span>'


# ------------------------------------------------------------------------------------------------ head


def _letterhead_html(head: Letterhead) -> str:
    state = _element(
        "div", "state", _text_lines([("party", PARTY)]) + _element("p", "placed", _line_html(head.placed))
    )
    name = "letterhead" if has_issuer(head) else "letterhead alone"
    return _element("header", name, _text_lines([("code", head.code)]) + _issuer_html(head) + state)


def _issuer_html(head: Letterhead) -> str:
    if not has_issuer(head):
        return ""
    above = [("above", organ) for organ in head.above]
    named = [("organ", head.organ), ("star", STAR), ("number", head.number), ("subject", head.subject)]
    return _element("div", "issuer", _text_lines([*above, *named]))


def _title_html(title: Title) -> str:
    below = _text_lines([("subject", title.subject), ("rule", RULE if title.rule else "")])
    return _element("hgroup", "title", _element("h1", "kind", _escape_text(title.kind)) + below)


# ------------------------------------------------------------------------------------------------ body


def _paragraph_html(block: Paragraph) -> str:
    name = f"text {block.align} indented" if block.indent else f"text {block.align}"
    return f'<p class="{name}">{_line_html(block.line)}</p>'


def _points_html(points: Points) -> str:
    items = (
        f"<li>{_element('span', 'mark', _escape_text(point.mark))} {_line_html(point.line)}</li>"
        for point in points
    )
    return _element("ol", "points", "".join(items))


def _table_html(table: Table) -> str:
    columns = "".join(f'<col class="{name}">' for name in _width_classes(table.widths))
    head = _element("thead", "head", _row_html(table.head, "th")) if table.head else ""
    body = "".join(_row_html(row, "td") for row in table.rows)
    made = f'<table class="{"ruled" if table.ruled else "plain"}"><colgroup>{columns}</colgroup>{head}'
    return f'<div class="table">{made}<tbody>{body}</tbody></table></div>'


def _width_classes(widths: tuple[int, ...]) -> Iterator[str]:
    for share in widths:
        hundredths = 100 * share / sum(widths)
        yield f"w{max(WIDTH_STEP, WIDTH_STEP * round(hundredths / WIDTH_STEP))}"


def _row_html(cells: tuple[Cell, ...], tag: str) -> str:
    return f"<tr>{''.join(_cell_html(cell, tag) for cell in cells)}</tr>"


def _cell_html(cell: Cell, tag: str) -> str:
    span = f' colspan="{cell.span}"' if cell.span > 1 else ""
    scope = ' scope="col"' if tag == "th" else ""
    return f'<{tag} class="{cell.align}"{scope}{span}>{_line_html(cell.line)}</{tag}>'


# ------------------------------------------------------------------------------------------------ foot


def _signatures_html(foot: Signatures) -> str:
    if foot.recipients:
        signed = _recipients_html(foot.recipients) + _element(
            "div", "signers", "".join(map(_signature_html, foot.signed))
        )
    else:
        signed = "".join(
            _signature_html(signature) for pair in pair_signatures(foot.signed) for signature in pair
        )
    return _element("footer", "signatures", signed)


def _recipients_html(names: tuple[str, ...]) -> str:
    items = "".join(f"<li>{_escape_text(name)}</li>" for name in names)
    return _element("div", "recipients", _text_lines([("to", RECIPIENTS)]) + f"<ul>{items}</ul>")


def _signature_html(signature: Signature | None) -> str:
    if signature is None:
        return '<div class="signed nobody"></div>'
    post = "post" if signature.behalf else "post alone"
    lines = [("behalf", signature.behalf), (post, signature.post), ("note", signature.note)]
    return f'<div class="signed">{_text_lines(lines)}<p class="name">{_escape_text(signature.name)}</p></div>'
