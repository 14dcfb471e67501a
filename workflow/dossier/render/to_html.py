"""A paper on the screen: a fragment of HTML with nothing in it but structure, text and class names (paper.css)."""

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
    Paragraph,
    RuledLines,
    Run,
    Signature,
    Signatures,
    Table,
    Title,
    Tree,
)
from workflow.dossier.render.fixed_text import DOTS, DRAFT, LANGUAGE, PARTY, RECIPIENTS, RULE, STAR
from workflow.dossier.render.layout import Points, gathered, has_issuer, in_pairs
from workflow.dossier.render.parse_xml import printable

STYLE = Path(str(resources.files("templates"))) / "dossier" / "paper.css"
SHORT, MIDDLE = 15, 45
"""Millimetres up to which a blank is short, and middling."""
STEP = 5
"""Widths of columns are classes, in steps of so many hundredths."""


def html(tree: Tree) -> str:
    """A paper as an <article>. Everything that people wrote is escaped; no style and no script stands in it."""
    blocks = "\n".join(_block(block) for block in gathered(tree.blocks))
    sheet = "paper landscape" if tree.landscape else "paper"
    return f'<article class="{sheet}" lang="{LANGUAGE}" aria-label="{_text(tree.title)}">\n{blocks}\n</article>\n'


def document(tree: Tree, *, draft: bool = False, sample: str = "") -> str:
    """A paper as a page of its own, with its style in it: a draft and a sample say what they are at the head."""
    said = _said([("draft", DRAFT if draft else ""), ("sample", sample)])
    style = STYLE.read_text(encoding="utf-8")
    view = '<meta name="viewport" content="width=device-width">'
    head = f'<meta charset="utf-8">{view}<title>{_text(tree.title)}</title><style>{style}</style>'
    body = f"{said}{html(tree)}"
    return f'<!DOCTYPE html><html lang="{LANGUAGE}"><head>{head}</head><body>{body}</body></html>'


def _block(block: Block | Points) -> str:  # noqa: PLR0911 - one for each kind of block
    match block:
        case tuple():
            return _points(block)
        case Letterhead():
            return _letterhead(block)
        case Title():
            return _title(block)
        case Paragraph():
            return _paragraph(block)
        case Table():
            return _table(block)
        case RuledLines():
            return f'<div class="lines">{_element("p", "line", DOTS) * block.count}</div>'
        case Signatures():
            return _signatures(block)
        case _:
            return '<hr class="page-break">'


def _text(text: str) -> str:
    return escape(printable(text))


def _element(tag: str, name: str, inside: str) -> str:
    """One element with its class; none where it would be empty."""
    return f'<{tag} class="{name}">{inside}</{tag}>' if inside else ""


def _said(parts: Iterable[tuple[str, str]]) -> str:
    """Lines of plain text, each with its class."""
    return "".join(_element("p", name, _text(text)) for name, text in parts)


# ------------------------------------------------------------------------------------------------ lines


def _line(line: Line) -> str:
    return "".join(map(_inline, line))


def _inline(part: Inline) -> str:
    if isinstance(part, Break):
        return "<br>"
    return _blank(part) if isinstance(part, Blank) else _run(part)


def _run(run: Run) -> str:
    inside = _text(run.text)
    for tag, on in (("u", run.underline), ("i", run.italic), ("b", run.bold)):
        inside = f"<{tag}>{inside}</{tag}>" if on else inside
    return inside


def _blank(blank: Blank) -> str:
    if blank.mm is None:
        length = "to-the-end"
    else:
        length = "short" if blank.mm <= SHORT else "middle" if blank.mm <= MIDDLE else "long"
    return f'<span class="blank {length}">{DOTS}</span>'


# ------------------------------------------------------------------------------------------------ head


def _letterhead(head: Letterhead) -> str:
    state = _element("div", "state", _said([("party", PARTY)]) + _element("p", "placed", _line(head.placed)))
    name = "letterhead" if has_issuer(head) else "letterhead alone"
    return _element("header", name, _said([("code", head.code)]) + _issuer(head) + state)


def _issuer(head: Letterhead) -> str:
    if not has_issuer(head):
        return ""
    above = [("above", organ) for organ in head.above]
    named = [("organ", head.organ), ("star", STAR), ("number", head.number), ("subject", head.subject)]
    return _element("div", "issuer", _said([*above, *named]))


def _title(title: Title) -> str:
    below = _said([("subject", title.subject), ("rule", RULE if title.rule else "")])
    return _element("hgroup", "title", _element("h1", "kind", _text(title.kind)) + below)


# ------------------------------------------------------------------------------------------------ body


def _paragraph(block: Paragraph) -> str:
    name = f"text {block.align} indented" if block.indent else f"text {block.align}"
    return f'<p class="{name}">{_line(block.line)}</p>'


def _points(points: Points) -> str:
    items = (f"<li>{_element('span', 'mark', _text(point.mark))} {_line(point.line)}</li>" for point in points)
    return _element("ol", "points", "".join(items))


def _table(table: Table) -> str:
    columns = "".join(f'<col class="{name}">' for name in _widths(table.widths))
    head = _element("thead", "head", _row(table.head, "th")) if table.head else ""
    body = "".join(_row(row, "td") for row in table.rows)
    made = f'<table class="{"ruled" if table.ruled else "plain"}"><colgroup>{columns}</colgroup>{head}'
    return f'<div class="table">{made}<tbody>{body}</tbody></table></div>'


def _widths(widths: tuple[int, ...]) -> Iterator[str]:
    for share in widths:
        hundredths = 100 * share / sum(widths)
        yield f"w{max(STEP, STEP * round(hundredths / STEP))}"


def _row(cells: tuple[Cell, ...], tag: str) -> str:
    return f"<tr>{''.join(_cell(cell, tag) for cell in cells)}</tr>"


def _cell(cell: Cell, tag: str) -> str:
    span = f' colspan="{cell.span}"' if cell.span > 1 else ""
    scope = ' scope="col"' if tag == "th" else ""
    return f'<{tag} class="{cell.align}"{scope}{span}>{_line(cell.line)}</{tag}>'


# ------------------------------------------------------------------------------------------------ foot


def _signatures(foot: Signatures) -> str:
    if foot.recipients:
        signed = _recipients(foot.recipients) + _element("div", "signers", "".join(map(_signed, foot.signed)))
    else:
        signed = "".join(_signed(signature) for pair in in_pairs(foot.signed) for signature in pair)
    return _element("footer", "signatures", signed)


def _recipients(names: tuple[str, ...]) -> str:
    items = "".join(f"<li>{_text(name)}</li>" for name in names)
    return _element("div", "recipients", _said([("to", RECIPIENTS)]) + f"<ul>{items}</ul>")


def _signed(signature: Signature | None) -> str:
    if signature is None:
        return '<div class="signed nobody"></div>'
    post = "post" if signature.behalf else "post alone"
    lines = [("behalf", signature.behalf), (post, signature.post), ("note", signature.note)]
    return f'<div class="signed">{_said(lines)}<p class="name">{_text(signature.name)}</p></div>'
