"""A paper's source is read strictly: a mistake in it is found with its line, and what was typed comes
back.
"""

import re
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.dossier.render.document import Blank, Break, Paragraph, Run, Table
from workflow.dossier.render.parse_xml import BadMarkup, parse_paper, to_printable


@pytest.mark.parametrize(
    ("line", "source"),
    [
        (2, "<paper>\n<h1>x</h1>\n</paper>"),
        (1, "<letter/>"),
        (3, "<paper>\n<p>x\n<em>y</em></p></paper>"),
        (2, "<paper>\n<p colour='red'>x</p></paper>"),
        (2, "<paper>\n<p align='middle'>x</p></paper>"),
        (2, "<paper>\n<p indent='maybe'>x</p></paper>"),
        (2, "<paper>\n<p><blank mm='0'/></p></paper>"),
        (2, "<paper>\n<p><blank mm='-3'/></p></paper>"),
        (2, "<paper>\n<p><b class='x'>x</b></p></paper>"),
        (2, "<paper>\n<letterhead>stray</letterhead></paper>"),
        (2, "<paper>\n<letterhead><organ>x</organ>stray</letterhead></paper>"),
        (3, "<paper>\n<letterhead>\n<organ>a<b>x</b></organ></letterhead></paper>"),
        (3, "<paper>\n<table widths='1 2'>\n<row><cell>x</cell></row></table></paper>"),
        (4, "<paper>\n<table widths='1'>\n<row><cell/></row>\n<row><cell span='2'/></row></table></paper>"),
        (3, "<paper>\n<table>\n<p/></table></paper>"),
        (2, "<paper>\n<lines count='many'/></paper>"),
        (2, "<paper>\n<signatures><signed rank='x'/></signatures></paper>"),
        (3, "<paper>\n<p>x\n</q></paper>"),
        (2, "<paper>\n<p>&unknown;</p></paper>"),
        (1, ""),
    ],
)
def test_a_mistake_is_found_on_its_line(line: int, source: str) -> None:
    with pytest.raises(BadMarkup) as found:
        parse_paper(source)
    assert found.value.line == line
    assert found.value.text


def squeezed(text: str) -> str:
    return re.sub("[ \t\r\n]+", " ", to_printable(text)).strip(" ")


@given(st.text())
def test_what_is_escaped_comes_back_as_it_was_typed(text: str) -> None:
    (paragraph,) = parse_paper(f"<paper><p>{escape(to_printable(text))}</p></paper>").blocks
    assert isinstance(paragraph, Paragraph)
    assert paragraph.line == ((Run(squeezed(text)),) if squeezed(text) else ())


@given(st.text(), st.text())
def test_faces_change_no_letter(one: str, two: str) -> None:
    source = f"<paper><p>{escape(to_printable(one))}<b><i>{escape(to_printable(two))}</i></b></p></paper>"
    (paragraph,) = parse_paper(source).blocks
    assert isinstance(paragraph, Paragraph)
    runs = [part for part in paragraph.line if isinstance(part, Run)]
    assert "".join(run.text for run in runs) == squeezed(one + two)


def test_a_line_holds_faces_blanks_and_breaks_in_order() -> None:
    (paragraph,) = parse_paper(
        "<paper><p>Tôi là <b>An</b>,\n sinh <blank mm='12'/> <br/> tại <blank/></p></paper>"
    ).blocks
    assert isinstance(paragraph, Paragraph)
    assert paragraph.line == (
        Run("Tôi là "),
        Run("An", bold=True),
        Run(", sinh "),
        Blank(12),
        Break(),
        Run("tại "),
        Blank(),
    )


def test_only_running_text_is_indented_by_itself() -> None:
    blocks = parse_paper(
        "<paper><p>a</p><p align='center'>b</p><p align='left' indent='yes'>c</p></paper>"
    ).blocks
    assert [block.indent for block in blocks if isinstance(block, Paragraph)] == [True, False, True]


def test_a_cell_over_two_columns_counts_for_two() -> None:
    (table,) = parse_paper(
        "<paper><table widths='1 2 3'><row><cell span='2'/><cell/></row></table></paper>"
    ).blocks
    assert isinstance(table, Table)
    assert [cell.span for cell in table.rows[0]] == [2, 1]


def test_what_an_entity_would_fetch_is_not_fetched() -> None:
    with pytest.raises(BadMarkup):
        parse_paper('<!DOCTYPE paper [<!ENTITY x SYSTEM "file:///etc/hostname">]><paper><p>&x;</p></paper>')
