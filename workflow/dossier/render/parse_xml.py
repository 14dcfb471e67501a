"""A parser reads a paper's source strictly and locates every mistake.

Elements: ``paper`` (title, landscape) holding ``letterhead`` (above*, organ, number, subject, code, placed),
``title`` (kind, subject, rule), ``p`` (align, indent, keep), ``point`` (mark), ``table`` (widths, ruled) of
``head`` and ``row`` of ``cell`` (align, span), ``lines`` (count), ``signatures`` (recipient*, signed: behalf,
post, name, note) and ``pagebreak``. Inside a line: text, ``b``, ``i``, ``u``, ``br`` and ``blank`` (mm).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain
from typing import cast

from lxml import etree

from workflow.dossier.render import document
from workflow.dossier.render.document import Align, Blank, Block, Break, Inline, Line, PaperTree, Run

Element = etree._Element  # noqa: SLF001 - the only name that lxml has for it

NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that a paper cannot hold; nobody types them on purpose."""
UNSEEN_SIGNS = re.compile("[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""Unseen signs that turn, join or hide what stands beside them: what is printed must be what was typed."""
SPACE = re.compile(r"[ \t\r\n]+")


class BadMarkup(Exception):
    """A paper's source is not in the vocabulary: (line, what is wrong there)."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(line, text)
        self.line = line
        self.text = text


def to_printable(text: str) -> str:
    """A text as a paper can hold it: without control characters and without signs that cannot be seen."""
    return UNSEEN_SIGNS.sub("", NOT_IN_XML.sub("", text))


def parse_paper(source: str) -> PaperTree:
    """Read a paper's source. Raises BadMarkup at the first mistake."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, huge_tree=False)
    try:
        root = etree.fromstring(source.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise BadMarkup(error.lineno or 1, error.msg or "") from None
    if root.tag != "paper":
        raise BadMarkup(_line_no(root), f"<paper> expected, found <{_tag_name(root)}>")
    attributes = _read_attributes(root, "title", "landscape")
    blocks = tuple(_parse_block(child) for child in root)
    return PaperTree(
        attributes.get("title", ""), blocks, landscape=_parse_yes_no(root, attributes.get("landscape", "no"))
    )


def _parse_block(element: Element) -> Block:
    read_block = _BLOCKS.get(_tag_name(element))
    if read_block is None:
        raise BadMarkup(_line_no(element), f"<{_tag_name(element)}> is not a block of a paper")
    return read_block(element)


def _parse_letterhead(element: Element) -> Block:
    parts = _child_parts(element, "above", "organ", "number", "subject", "code", "placed")
    texts = {name: "".join(map(_plain_text, parts[name])) for name in ("organ", "number", "subject", "code")}
    return document.Letterhead(
        above=tuple(map(_plain_text, parts["above"])),
        placed=tuple(chain.from_iterable(map(_parse_line, parts["placed"]))),
        **texts,
    )


def _parse_title(element: Element) -> Block:
    attributes = _read_attributes(element, "rule")
    parts = _child_parts(element, "kind", "subject")
    return document.Title(
        kind="".join(map(_plain_text, parts["kind"])).upper(),
        subject="".join(map(_plain_text, parts["subject"])),
        rule=_parse_yes_no(element, attributes.get("rule", "yes")),
    )


def _parse_paragraph(element: Element) -> Block:
    attributes = _read_attributes(element, "align", "indent", "keep")
    align = _parse_align(element, attributes.get("align", "justify"))
    indent = _parse_yes_no(element, attributes.get("indent", "yes" if align == "justify" else "no"))
    return document.Paragraph(
        _parse_line(element), align, indent, _parse_yes_no(element, attributes.get("keep", "no"))
    )


def _parse_point(element: Element) -> Block:
    return document.Point(_read_attributes(element, "mark").get("mark", "-"), _parse_line(element))


def _parse_table(element: Element) -> Block:
    attributes = _read_attributes(element, "widths", "ruled")
    parts = _child_parts(element, "head", "row")
    widths = tuple(_parse_count(element, share) for share in attributes.get("widths", "1").split())
    head = tuple(_parse_cells(parts["head"][0])) if parts["head"] else ()
    rows = tuple(tuple(_parse_cells(row)) for row in parts["row"])
    for row, cells in zip(
        chain(parts["head"], parts["row"]), chain([head] if head else [], rows), strict=True
    ):
        if sum(cell.span for cell in cells) != len(widths):
            raise BadMarkup(_line_no(row), f"{len(widths)} columns expected")
    return document.Table(widths, head, rows, ruled=_parse_yes_no(element, attributes.get("ruled", "yes")))


def _parse_cells(row: Element) -> Iterator[document.Cell]:
    for cell in _child_parts(row, "cell")["cell"]:
        attributes = _read_attributes(cell, "align", "span")
        yield document.Cell(
            _parse_line(cell),
            _parse_align(cell, attributes.get("align", "left")),
            _parse_count(cell, attributes.get("span", "1")),
        )


def _parse_ruled_lines(element: Element) -> Block:
    return document.RuledLines(_parse_count(element, _read_attributes(element, "count").get("count", "1")))


def _parse_signatures(element: Element) -> Block:
    parts = _child_parts(element, "recipient", "signed")
    return document.Signatures(
        tuple(map(_plain_text, parts["recipient"])), tuple(map(_parse_signature, parts["signed"]))
    )


def _parse_signature(element: Element) -> document.Signature:
    attributes = _read_attributes(element, "behalf", "post", "name", "note")
    return document.Signature(
        *(_tidy_text(attributes.get(name, "")) for name in ("behalf", "post", "name", "note"))
    )


def _parse_page_break(_element: Element) -> Block:
    return document.PageBreak()


_BLOCKS: dict[str, Callable[[Element], Block]] = {
    "letterhead": _parse_letterhead,
    "title": _parse_title,
    "p": _parse_paragraph,
    "point": _parse_point,
    "table": _parse_table,
    "lines": _parse_ruled_lines,
    "signatures": _parse_signatures,
    "pagebreak": _parse_page_break,
}
_FACE_TAGS: dict[str, Callable[[Run], Run]] = {
    "b": lambda face: replace(face, bold=True),
    "i": lambda face: replace(face, italic=True),
    "u": lambda face: replace(face, underline=True),
}


def _parse_line(element: Element) -> Line:
    """A line's content, with spaces as print has them: one between words, none at the ends."""
    return _squeeze_spaces(list(_walk_inlines(element, Run(""))))


def _walk_inlines(element: Element, face: Run) -> Iterator[Inline]:
    if element.text:
        yield replace(face, text=element.text)
    for child in element:
        match _tag_name(child):
            case "br":
                yield Break()
            case "blank":
                mm = _read_attributes(child, "mm").get("mm")
                yield Blank(_parse_count(child, mm) if mm else None)
            case tag if tag in _FACE_TAGS:
                _read_attributes(child)
                yield from _walk_inlines(child, _FACE_TAGS[tag](face))
            case tag:
                raise BadMarkup(_line_no(child), f"<{tag}> is not a part of a line")
        if child.tail:
            yield replace(face, text=child.tail)


def _squeeze_spaces(inlines: list[Inline]) -> Line:
    line: list[Inline] = []
    spaced = True  # as if a space stood before: none is wanted at the start
    for part in inlines:
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


def _plain_text(element: Element) -> str:
    """Plain text only. Raises BadMarkup where an element stands in it."""
    for child in element:
        raise BadMarkup(_line_no(child), f"<{_tag_name(child)}> cannot stand in <{_tag_name(element)}>")
    return _tidy_text(element.text or "")


def _tidy_text(text: str) -> str:
    return SPACE.sub(" ", text).strip(" ")


def _child_parts(element: Element, *names: str) -> dict[str, list[Element]]:
    parts: dict[str, list[Element]] = {name: [] for name in names}
    for child in element:
        if child.tag not in parts:
            raise BadMarkup(_line_no(child), f"<{_tag_name(child)}> cannot stand in <{_tag_name(element)}>")
        parts[_tag_name(child)].append(child)
    for text in (element.text, *(child.tail for child in element)):
        if stray := (text or "").strip():
            raise BadMarkup(_line_no(element), f"text cannot stand in <{_tag_name(element)}>: {stray[:40]}")
    return parts


def _read_attributes(element: Element, *names: str) -> dict[str, str]:
    attributes = {str(name): str(value) for name, value in element.attrib.items()}
    for name in attributes:
        if name not in names:
            raise BadMarkup(_line_no(element), f"<{_tag_name(element)}> has no {name}")
    return attributes


def _parse_align(element: Element, value: str) -> Align:
    if value not in {"left", "center", "right", "justify"}:
        raise BadMarkup(_line_no(element), f"align cannot be {value}")
    return cast("Align", value)


def _parse_yes_no(element: Element, value: str) -> bool:
    if value not in {"yes", "no"}:
        raise BadMarkup(_line_no(element), f"yes or no expected, found {value}")
    return value == "yes"


def _parse_count(element: Element, value: str) -> int:
    if not (value.isascii() and value.isdigit() and int(value) > 0):
        raise BadMarkup(_line_no(element), f"a number above 0 expected, found {value}")
    return int(value)


def _tag_name(element: Element) -> str:
    return str(element.tag)


def _line_no(element: Element) -> int:
    return element.sourceline or 1
