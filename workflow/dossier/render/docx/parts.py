"""These helpers build Word elements that python-docx does not offer."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, cast

from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Length, Mm
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from workflow.dossier.render.parse_xml import to_printable

FONT = "Times New Roman"
"""What Word has on every machine; our own files carry its twin in width and shape."""
SPACE = re.compile(r"\s")


def clean_text(text: str) -> str:
    """A text as Word can hold it, without tabs and line breaks."""
    return to_printable(SPACE.sub(" ", text))


def add_child(parent: Any, tag: str, **attributes: str) -> Any:
    """A new last element of ``parent``, its attributes in Word's own name space."""
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    parent.append(element)
    return element


def set_font(properties: Any) -> None:
    """Set our font for every script, so that no theme chooses another."""
    fonts = properties.get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), FONT)


def add_leader(paragraph: Paragraph, at_mm: float) -> None:
    """A tab stop that draws dots up to it; what follows the tab ends there."""
    stops = paragraph.paragraph_format.tab_stops
    stops.add_tab_stop(Mm(at_mm), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)


def add_page_number(paragraph: Paragraph) -> None:
    """The number of the page, as a field that Word fills in."""
    field = add_child(paragraph._p, "w:fldSimple", instr="PAGE")  # noqa: SLF001 - python-docx has no fields
    add_child(add_child(field, "w:r"), "w:t").text = "2"


def repeat_on_every_page(row: Any) -> None:
    """The row is the head of its table: it is printed again on every page."""
    add_child(row._tr.get_or_add_trPr(), "w:tblHeader")  # noqa: SLF001 - python-docx has no heads


def merge_row_cells(row: Any, spans: Sequence[int], widths: Sequence[Length]) -> Iterator[_Cell]:
    """The cells of a new row; python-docx would look for each through the whole table."""
    free = list(row._tr.tc_lst)  # noqa: SLF001 - as above
    for span, width in zip(spans, widths, strict=True):
        place, *covered = [free.pop(0) for _ in range(span)]
        for cell in covered:
            row._tr.remove(cell)  # noqa: SLF001 - as above
        place.grid_span, place.width = span, width
        yield _Cell(place, row)


def never_split(row: Any) -> None:
    add_child(row._tr.get_or_add_trPr(), "w:cantSplit")  # noqa: SLF001 - python-docx has no name for it


def pad_cells(table: Any, mm: float) -> None:
    """Set the left and right margins of every cell of a table."""
    properties = table._tbl.tblPr  # noqa: SLF001 - python-docx has no name for it
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        add_child(margins, f"w:{side}", w=str(cast("Length", Mm(mm)).twips), type="dxa")
    look = properties.find(qn("w:tblLook"))
    if look is None:
        properties.append(margins)
    else:
        look.addprevious(margins)


def add_watermark(run: Run, text: str) -> None:
    """A text in pale grey across the page, behind what is written there."""
    mark: Any = parse_xml(WATERMARK.format(spaces=nsdecls("w"), text=text))
    run._r.append(mark)  # noqa: SLF001 - no name for it


WATERMARK = """
<w:pict {spaces} xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">
  <v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800"
    path="m@7,l@8,m@5,21600l@6,21600e">
    <v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/>
      <v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/>
      <v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/></v:formulas>
    <v:path textpathok="t" o:connecttype="rect"/><v:textpath on="t" fitshape="t"/>
  </v:shapetype>
  <v:shape id="PowerPlusWaterMarkObject" o:spid="_x0000_s2049" type="#_x0000_t136" stroked="f"
    fillcolor="#e4e4e4"
    style="position:absolute;margin-left:0;margin-top:0;width:440pt;height:110pt;rotation:308;
      z-index:-251658752;
      mso-position-horizontal:center;mso-position-horizontal-relative:margin;mso-position-vertical:center;
      mso-position-vertical-relative:margin">
    <v:textpath style="font-family:&quot;Times New Roman&quot;;font-size:1pt;font-weight:bold"
      string="{text}"/>
  </v:shape>
</w:pict>
"""
