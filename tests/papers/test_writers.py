"""A paper says the same on the screen, in print and in Word, whatever people wrote in it."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any
from unicodedata import normalize
from zipfile import ZipFile

import pytest
from docx import Document
from lxml import html as markup
from pypdf import PdfReader

from tests.papers.reading import Box, bare, characters, of_docx, of_html, of_pdf
from tests.papers.trees import HOSTILE, LONG, MINUTES, PAPERS, RESOLUTION, said
from workflow.dossier.render.document import (
    Blank,
    Cell,
    Letterhead,
    PaperTree,
    Paragraph,
    Point,
    Run,
    Signature,
    Signatures,
    Table,
    Title,
)
from workflow.dossier.render.docx.styles import STYLES
from workflow.dossier.render.docx.to_docx import render_docx
from workflow.dossier.render.fixed_text import DRAFT
from workflow.dossier.render.font_coverage import MISSING_LETTER, to_drawable
from workflow.dossier.render.parse_xml import to_printable
from workflow.dossier.render.to_html import render_html
from workflow.dossier.render.to_pdf import count_pages, render_pdf
from workflow.dossier.render.to_text import render_text

DAY = date(2026, 2, 5)
SAMPLE = "DỮ LIỆU MẪU – không phải người thật"
MM = 72 / 25.4
NAMES = pytest.mark.parametrize("name", PAPERS)

VOWELS = "aăâeêioôơuưy"
MARKS = ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")
ALPHABET = "bcdđghklmnpqrstvxfjwz" + "".join(
    normalize("NFC", vowel + mark) for vowel in VOWELS for mark in MARKS
)


def nasty(text: str) -> PaperTree:
    """A paper with one text in every place that can hold one."""
    line = (Run(text),)
    cells = (Cell(line), Cell(line, "center"))
    return PaperTree(
        text or "Thử",
        (
            Letterhead((text,), text, text, text, text, line),
            Title(text, text),
            Paragraph((Run(text, bold=True), Blank(20), Run(text, italic=True, underline=True), Blank())),
            Point(text, line),
            Table((1, 9), cells, (cells, (Cell(line, span=2),))),
            Signatures((text,), (Signature(text, text, text, text),)),
        ),
    )


# ------------------------------------------------------------------------------------------------ the same
# text


@NAMES
def test_a_paper_says_the_same_wherever_it_is_read(name: str) -> None:
    tree = PAPERS[name]
    told = bare(render_text(tree))
    assert bare(of_docx(render_docx(tree, made_on=DAY))) == told
    assert bare(of_html(render_html(tree))) == told
    printed = bare(of_pdf(render_pdf([tree], made_on=DAY)))
    assert (
        printed == told or once(printed, "TTHọvàtênÝkiến") == told
    )  # the head of a table stands on each page of it


def once(text: str, head: str) -> str:
    first, *others = text.split(head)
    return first + head + "".join(others)


@pytest.mark.parametrize("text", [*HOSTILE, "", "x" * 3, 'Trần "Út" <ut@xã.vn>'])
def test_what_looks_like_code_is_printed_as_it_was_typed(text: str) -> None:
    tree = nasty(text)
    told = bare(render_text(tree))
    assert told.count(bare(text)) >= 10
    assert bare(of_pdf(render_pdf([tree], made_on=DAY))) == told
    assert bare(of_docx(render_docx(tree, made_on=DAY))) == told
    assert bare(of_html(render_html(tree))) == told


def test_nothing_that_people_wrote_becomes_an_element_of_the_page() -> None:
    plainly = [element.tag for element in markup.fromstring(render_html(nasty("x"))).iter()]
    for text in HOSTILE:
        page = markup.fromstring(render_html(nasty(text)))
        assert [element.tag for element in page.iter()] == plainly
        assert all(
            "style" not in element.attrib and "onclick" not in element.attrib for element in page.iter()
        )


def test_signs_that_turn_the_line_round_are_dropped() -> None:
    tree = nasty("Nguyễn\u202e nạp\u200b Kết\u2066")
    for text in (
        of_pdf(render_pdf([tree], made_on=DAY)),
        of_docx(render_docx(tree, made_on=DAY)),
        of_html(render_html(tree)),
    ):
        assert "Nguyễn nạp Kết" in normalize("NFC", " ".join(text.split()))
        assert to_printable(text) == text


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("italic", [False, True])
def test_every_letter_of_vietnamese_is_printed_however_it_was_typed(
    form: Any, *, bold: bool, italic: bool
) -> None:
    letters = " ".join(ALPHABET + ALPHABET.upper())
    tree = PaperTree("Chữ", (Paragraph((Run(normalize(form, letters), bold=bold, italic=italic),)),))
    assert bare(of_pdf(render_pdf([tree], made_on=DAY))) == bare(letters)


@pytest.mark.parametrize("letter", ["☃", "漢", "🙂", "\ue000", "\ufffe"])
def test_a_letter_that_no_face_can_draw_is_printed_as_a_box(letter: str) -> None:
    assert to_drawable(f"a{letter}b") == f"a{MISSING_LETTER}b"
    assert f"a{MISSING_LETTER}b" in of_pdf(render_pdf([said(f"a{letter}b")], made_on=DAY))


# ------------------------------------------------------------------------------------------the file for the
# archive


@pytest.fixture(scope="module")
def bound() -> PdfReader:
    return PdfReader(BytesIO(render_pdf(list(PAPERS.values()), made_on=DAY, title="Hồ sơ")))


def test_the_file_says_that_it_can_be_archived_and_read_aloud(bound: PdfReader) -> None:
    root: Any = bound.trailer["/Root"]
    facts = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in facts
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in facts
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/K"]
    assert root["/Lang"] == "vi-VN"
    assert bound.metadata
    assert bound.metadata.title == "Hồ sơ"


def fonts(reader: PdfReader) -> Iterator[Any]:
    for page in reader.pages:
        resources: Any = page["/Resources"]
        for font in resources["/Font"].values():
            yield font.get_object()["/DescendantFonts"][0].get_object()


def test_all_fonts_are_in_the_file_and_are_ours(bound: PdfReader) -> None:
    found = list(fonts(bound))
    assert found
    for font in found:
        assert "LiberationSerif" in font["/BaseFont"]
        assert {"/FontFile2", "/FontFile3"} & set(font["/FontDescriptor"])


def test_each_paper_starts_a_page_and_has_its_bookmark(bound: PdfReader) -> None:
    marks: Any = bound.outline
    assert [mark.title for mark in marks] == [tree.title for tree in PAPERS.values()]
    starts = [bound.get_destination_page_number(mark) for mark in marks]
    counts = [count_pages(render_pdf([tree], made_on=DAY)) for tree in PAPERS.values()]
    assert starts == [sum(counts[:at]) for at in range(len(counts))]


def test_pages_are_numbered_from_the_second_of_each_paper() -> None:
    reader = PdfReader(BytesIO(render_pdf([MINUTES, RESOLUTION, MINUTES], made_on=DAY)))
    first_lines = [page.extract_text().splitlines()[0].strip() for page in reader.pages]
    assert [line for line in first_lines if line.isdigit()] == ["2", "3", "2", "3"]


@NAMES
def test_the_same_paper_has_the_same_bytes(name: str) -> None:
    tree = PAPERS[name]
    assert render_pdf([tree], made_on=DAY, draft=True) == render_pdf([tree], made_on=DAY, draft=True)
    assert render_docx(tree, made_on=DAY, sample=SAMPLE) == render_docx(tree, made_on=DAY, sample=SAMPLE)


def test_a_draft_says_so_on_each_page_and_a_paper_to_sign_never() -> None:
    drafts = PdfReader(BytesIO(render_pdf([MINUTES], made_on=DAY, draft=True, sample=SAMPLE)))
    assert all(DRAFT in page.extract_text() and SAMPLE in page.extract_text() for page in drafts.pages)
    assert not {DRAFT, SAMPLE} & set(of_pdf(render_pdf([MINUTES], made_on=DAY)).splitlines())


# ------------------------------------------------------------------------------------------nothing leaves the
# page


def leaving(data: bytes, width: float) -> list[Box]:
    """Boxes of characters outside the margins (only the page's number stands above)."""
    return [
        (left, bottom, right, top)
        for _page, (left, bottom, right, top) in characters(data)
        if left < 30 * MM - 1 or right > (width - 15) * MM + 1 or bottom < 20 * MM - 5 or top > (297 - 8) * MM
    ]


@pytest.mark.parametrize(
    "text", [LONG, "W" * 300, "ngày " * 60, "Ọ\u00a0" * 150], ids=["letters", "W", "words", "tied"]
)
def test_nothing_leaves_the_page_however_long_it_is(text: str) -> None:
    data = render_pdf([nasty(text)], made_on=DAY)
    assert sorted(bare(of_pdf(data))) == sorted(bare(render_text(nasty(text))))
    assert leaving(data, 210) == []


@NAMES
def test_a_paper_keeps_its_margins(name: str) -> None:
    tree = PAPERS[name]
    assert leaving(render_pdf([tree], made_on=DAY), 297 if tree.landscape else 210) == []


def test_a_cell_keeps_long_names_to_itself() -> None:
    row = (Cell((Run(LONG),)), Cell((Run("bên"),)))
    data = render_pdf([PaperTree("Bảng", (Table((1, 1), (), (row,)),))], made_on=DAY)
    middle = 30 * MM + 165 * MM / 2
    assert all(right <= middle or left >= middle for _page, (left, _bottom, right, _top) in characters(data))


def test_signatures_are_never_alone_on_a_page() -> None:
    foot = Signatures(("- Lưu Chi bộ.",), (Signature("T/M CHI BỘ", "BÍ THƯ", "Trần Văn Hùng"),))
    for count in range(20, 32):
        blocks = (*said(*["Một dòng."] * count).blocks, foot)
        last = (
            PdfReader(BytesIO(render_pdf([PaperTree("Thử", blocks)], made_on=DAY))).pages[-1].extract_text()
        )
        assert "Một dòng" in last
        assert "Trần Văn Hùng" in last


def test_the_head_of_a_table_stands_on_every_page_of_it() -> None:
    texts = [page.extract_text() for page in PdfReader(BytesIO(render_pdf([MINUTES], made_on=DAY))).pages]
    assert all("Họ và tên" in text for text in texts if "Khuê" in text)
    assert sum("Khuê" in text for text in texts) > 1


# ------------------------------------------------------------------------------------------------ Word


def test_a_clerk_finds_real_styles_in_word() -> None:
    document = Document(BytesIO(render_docx(RESOLUTION, made_on=DAY)))
    assert {style.name for style in document.styles} >= set(STYLES)
    assert document.styles["Đoạn văn"].base_style.name == "Normal"
    used = {one.style.name for one in document.paragraphs if one.style}
    assert used <= set(STYLES)
    assert {"Tiêu đề văn bản", "Trích yếu", "Đoạn văn", "Điểm"} <= used


def test_a_word_file_names_nobody() -> None:
    facts = Document(BytesIO(render_docx(RESOLUTION, made_on=DAY))).core_properties
    assert (facts.author, facts.last_modified_by, facts.comments, facts.language) == ("", "", "", "vi-VN")
    assert facts.title == RESOLUTION.title


def test_a_draft_in_word_says_so_in_the_head_of_each_page() -> None:
    def headers(*, draft: bool) -> list[bool]:
        with ZipFile(BytesIO(render_docx(RESOLUTION, made_on=DAY, draft=draft))) as parts:
            return [DRAFT in parts.read(name).decode() for name in parts.namelist() if "header" in name]

    assert headers(draft=True) == [True, True]
    assert headers(draft=False) == [False, False]


def test_a_word_file_has_the_geometry_of_the_print() -> None:
    section = Document(BytesIO(render_docx(PAPERS["list"], made_on=DAY))).sections[0]
    assert section.page_width
    assert section.left_margin
    assert section.right_margin
    assert [
        round(length.mm) for length in (section.page_width, section.left_margin, section.right_margin)
    ] == [
        297,
        30,
        15,
    ]
