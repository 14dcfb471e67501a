"""Reads a paper's source: a small vocabulary of elements, strictly, with the line of every mistake.

Elements: ``paper`` (title, landscape) holding ``letterhead`` (above*, organ, number, subject, code, placed),
``title`` (kind, subject, rule), ``p`` (align, indent, keep), ``point`` (mark), ``table`` (widths, ruled) of ``head``
and ``row`` of ``cell`` (align, span), ``lines`` (count), ``signatures`` (recipient*, signed: behalf, post, name, note)
and ``pagebreak``. Inside a line: text, ``b``, ``i``, ``u``, ``br`` and ``blank`` (mm).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain
from typing import cast

from lxml import etree

from workflow.dossier.render import document
from workflow.dossier.render.document import Align, Blank, Block, Break, Inline, Line, Run, Tree

Element = etree._Element  # noqa: SLF001 - the only name that lxml has for it

NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that a paper cannot hold; nobody types them on purpose."""
TURNING = re.compile("[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""Unseen signs that turn, join or hide what stands beside them: what is printed must be what was typed."""
SPACE = re.compile(r"[ \t\r\n]+")


class BadMarkup(Exception):
    """A paper's source is not in the vocabulary: (line, what is wrong there)."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(line, text)
        self.line = line
        self.text = text


def printable(text: str) -> str:
    """A text as a paper can hold it: without control characters and without signs that cannot be seen."""
    return TURNING.sub("", NOT_IN_XML.sub("", text))


def read(source: str) -> Tree:
    """Read a paper's source. Raises BadMarkup at the first mistake."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, huge_tree=False)
    try:
        root = etree.fromstring(source.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise BadMarkup(error.lineno or 1, error.msg or "") from None
    if root.tag != "paper":
        raise BadMarkup(_line_no(root), f"<paper> expected, found <{_name(root)}>")
    given = _attributes(root, "title", "landscape")
    blocks = tuple(_block(child) for child in root)
    return Tree(given.get("title", ""), blocks, landscape=_yes(root, given.get("landscape", "no")))


def _block(element: Element) -> Block:
    read_block = _BLOCKS.get(_name(element))
    if read_block is None:
        raise BadMarkup(_line_no(element), f"<{_name(element)}> is not a block of a paper")
    return read_block(element)


def _letterhead(element: Element) -> Block:
    parts = _parts(element, "above", "organ", "number", "subject", "code", "placed")
    one = {name: "".join(map(_text, parts[name])) for name in ("organ", "number", "subject", "code")}
    return document.Letterhead(
        above=tuple(_text(child) for child in parts["above"]),
        organ=one["organ"],
        number=one["number"],
        subject=one["subject"],
        code=one["code"],
        placed=tuple(chain.from_iterable(map(_inlines, parts["placed"]))),
    )


def _title(element: Element) -> Block:
    given = _attributes(element, "rule")
    parts = _parts(element, "kind", "subject")
    return document.Title(
        kind="".join(map(_text, parts["kind"])).upper(),
        subject="".join(map(_text, parts["subject"])),
        rule=_yes(element, given.get("rule", "yes")),
    )


def _paragraph(element: Element) -> Block:
    given = _attributes(element, "align", "indent", "keep")
    align = _align(element, given.get("align", "justify"))
    indent = _yes(element, given.get("indent", "yes" if align == "justify" else "no"))
    return document.Paragraph(_inlines(element), align, indent, _yes(element, given.get("keep", "no")))


def _point(element: Element) -> Block:
    return document.Point(_attributes(element, "mark").get("mark", "-"), _inlines(element))


def _table(element: Element) -> Block:
    given = _attributes(element, "widths", "ruled")
    parts = _parts(element, "head", "row")
    widths = tuple(_count(element, share) for share in given.get("widths", "1").split())
    head = tuple(_cells(parts["head"][0])) if parts["head"] else ()
    rows = tuple(tuple(_cells(row)) for row in parts["row"])
    for row, cells in zip(chain(parts["head"], parts["row"]), chain([head] if head else [], rows), strict=True):
        if sum(cell.span for cell in cells) != len(widths):
            raise BadMarkup(_line_no(row), f"{len(widths)} columns expected")
    return document.Table(widths, head, rows, ruled=_yes(element, given.get("ruled", "yes")))


def _cells(row: Element) -> Iterator[document.Cell]:
    for cell in _parts(row, "cell")["cell"]:
        given = _attributes(cell, "align", "span")
        yield document.Cell(
            _inlines(cell), _align(cell, given.get("align", "left")), _count(cell, given.get("span", "1"))
        )


def _lines(element: Element) -> Block:
    return document.RuledLines(_count(element, _attributes(element, "count").get("count", "1")))


def _signatures(element: Element) -> Block:
    parts = _parts(element, "recipient", "signed")
    return document.Signatures(tuple(map(_text, parts["recipient"])), tuple(map(_signature, parts["signed"])))


def _signature(element: Element) -> document.Signature:
    given = _attributes(element, "behalf", "post", "name", "note")
    return document.Signature(*(_tidy(given.get(name, "")) for name in ("behalf", "post", "name", "note")))


def _pagebreak(_element: Element) -> Block:
    return document.PageBreak()


_BLOCKS: dict[str, Callable[[Element], Block]] = {
    "letterhead": _letterhead,
    "title": _title,
    "p": _paragraph,
    "point": _point,
    "table": _table,
    "lines": _lines,
    "signatures": _signatures,
    "pagebreak": _pagebreak,
}
_FACES: dict[str, Callable[[Run], Run]] = {
    "b": lambda face: replace(face, bold=True),
    "i": lambda face: replace(face, italic=True),
    "u": lambda face: replace(face, underline=True),
}


def _inlines(element: Element) -> Line:
    """A line's content, with spaces as print has them: one between words, none at the ends."""
    return _squeezed(list(_walked(element, Run(""))))


def _walked(element: Element, face: Run) -> Iterator[Inline]:
    if element.text:
        yield replace(face, text=element.text)
    for child in element:
        match _name(child):
            case "br":
                yield Break()
            case "blank":
                mm = _attributes(child, "mm").get("mm")
                yield Blank(_count(child, mm) if mm else None)
            case tag if tag in _FACES:
                _attributes(child)
                yield from _walked(child, _FACES[tag](face))
            case tag:
                raise BadMarkup(_line_no(child), f"<{tag}> is not a part of a line")
        if child.tail:
            yield replace(face, text=child.tail)


def _squeezed(found: list[Inline]) -> Line:
    line: list[Inline] = []
    spaced = True  # as if a space stood before: none is wanted at the start
    for part in found:
        if isinstance(part, Run):
            text = SPACE.sub(" ", part.text)
            text = text.lstrip(" ") if spaced else text
            if not text:
                continue
            spaced = text.endswith(" ")
            line.append(replace(part, text=text))
        else:
            if isinstance(part, Break):
                _strip_end(line)
            spaced = isinstance(part, Break)
            line.append(part)
    _strip_end(line)
    return tuple(line)


def _strip_end(line: list[Inline]) -> None:
    while line and isinstance(last := line[-1], Run):
        text = last.text.rstrip(" ")
        if text:
            line[-1] = replace(last, text=text)
            return
        line.pop()


def _text(element: Element) -> str:
    """Plain text only. Raises BadMarkup where an element stands in it."""
    for child in element:
        raise BadMarkup(_line_no(child), f"<{_name(child)}> cannot stand in <{_name(element)}>")
    return _tidy(element.text or "")


def _tidy(text: str) -> str:
    return SPACE.sub(" ", text).strip(" ")


def _parts(element: Element, *names: str) -> dict[str, list[Element]]:
    found: dict[str, list[Element]] = {name: [] for name in names}
    for child in element:
        if child.tag not in found:
            raise BadMarkup(_line_no(child), f"<{_name(child)}> cannot stand in <{_name(element)}>")
        found[_name(child)].append(child)
    stray = next(
        (text for text in chain([element.text], (child.tail for child in element)) if (text or "").strip()), ""
    )
    if stray:
        raise BadMarkup(_line_no(element), f"text cannot stand in <{_name(element)}>: {stray.strip()[:40]}")
    return found


def _attributes(element: Element, *names: str) -> dict[str, str]:
    given = {str(name): str(value) for name, value in element.attrib.items()}
    for name in given:
        if name not in names:
            raise BadMarkup(_line_no(element), f"<{_name(element)}> has no {name}")
    return given


def _align(element: Element, value: str) -> Align:
    if value not in {"left", "center", "right", "justify"}:
        raise BadMarkup(_line_no(element), f"align cannot be {value}")
    return cast("Align", value)


def _yes(element: Element, value: str) -> bool:
    if value not in {"yes", "no"}:
        raise BadMarkup(_line_no(element), f"yes or no expected, found {value}")
    return value == "yes"


def _count(element: Element, value: str) -> int:
    if not (value.isascii() and value.isdigit() and int(value) > 0):
        raise BadMarkup(_line_no(element), f"a number above 0 expected, found {value}")
    return int(value)


def _name(element: Element) -> str:
    return str(element.tag)


def _line_no(element: Element) -> int:
    return element.sourceline or 1
