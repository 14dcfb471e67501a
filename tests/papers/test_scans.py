"""What a clerk hands in of a signed paper is kept as a plain PDF, or refused with the reason."""

import io
import struct
import zlib
from contextlib import suppress
from itertools import pairwise

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import DictionaryObject, NameObject, StreamObject, TextStringObject

from workflow.dossier.scans import LARGEST, MOST_PAGES, BadScan, made_safe

A4 = (595, 842)
HOUSE, CAMERA = "nhà".encode(), "Máy".encode()
HEADS = [b"", b"%PDF-1.4\n", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"II*\x00"]


def photo(width: int = 1200, height: int = 1600, kind: str = "JPEG", **settings: object) -> bytes:
    """A photo whose upper half is black."""
    picture = Image.new("RGB", (width, height), "white")
    picture.paste("black", (0, 0, width, height // 2))
    out = io.BytesIO()
    picture.save(out, kind, **settings)
    return out.getvalue()


def pdf(count: int = 1, password: str = "") -> PdfWriter:
    writer = PdfWriter()
    for _ in range(count):
        writer.add_blank_page(*A4)
    if password:
        writer.encrypt(password)
    return writer


def bytes_of(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def why(content: bytes) -> str:
    with pytest.raises(BadScan) as bad:
        made_safe(content)
    return str(bad.value.why)


def png_of(width: int, height: int) -> bytes:
    """The head of a picture of that size, and next to nothing in it."""

    def part(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(b"0")) + part(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_a_photo_becomes_one_sheet_of_a4(kind: str) -> None:
    scan = made_safe(photo(kind=kind))
    [page] = PdfReader(io.BytesIO(scan.content)).pages
    assert scan.pages == 1
    assert [round(float(one)) for one in (page.mediabox.width, page.mediabox.height)] == [595, 842]


def test_what_the_camera_wrote_is_gone() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Máy ảnh của chị Mẫu"
    exif.get_ifd(0x8825)[2] = (21.0, 25.0, 1.0)
    content = photo(exif=exif, comment="nhà riêng".encode())
    assert HOUSE in content
    kept = made_safe(content).content
    assert CAMERA not in kept
    assert HOUSE not in kept
    assert b"Exif" not in kept


def test_a_photo_that_lies_on_its_side_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    [page] = pdfium.PdfDocument(made_safe(photo(1600, 1200, exif=exif)).content)
    picture = page.render(scale=1).to_pil().convert("L")
    assert picture.height > picture.width
    middle = picture.height // 2
    assert picture.getpixel((picture.width * 3 // 4, middle)) < 60
    assert picture.getpixel((picture.width // 4, middle)) > 200


def test_a_tiff_of_three_pages_is_three_sheets() -> None:
    pages = [Image.new("L", (500, 700), shade) for shade in (0, 100, 200)]
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    assert made_safe(out.getvalue()).pages == 3


def test_the_same_file_gives_the_same_bytes() -> None:
    for content in (photo(), bytes_of(pdf(3))):
        first, second = (made_safe(content).content for _ in range(2))
        assert first == second


def test_of_a_pdf_only_what_its_pages_show_is_kept() -> None:
    writer = pdf(2)
    act = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("alert(1)")}
    )
    writer.root_object[NameObject("/OpenAction")] = act
    writer.add_attachment("nha.txt", b"family")
    writer.add_metadata({"/Author": "Someone"})
    writer.add_outline_item(title="mark", page_number=0)
    writer.add_annotation(0, FreeText(text="note", rect=(50, 50, 200, 80)))
    kept = made_safe(bytes_of(writer)).content
    for sign in (b"/JavaScript", b"/JS", b"/EmbeddedFile", b"Someone", b"/Outlines", b"/Annots", b"/OpenAction"):
        assert sign not in kept, sign
    assert len(PdfReader(io.BytesIO(kept)).pages) == 2


def test_a_poster_is_brought_down_to_a3() -> None:
    writer = PdfWriter()
    writer.add_blank_page(3000, 6000)
    [page] = PdfReader(io.BytesIO(made_safe(bytes_of(writer)).content)).pages
    assert float(page.mediabox.height) <= 1192


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"hello", "kind"),
        (b"PK\x03\x04" + bytes(500), "kind"),
        (b"%PDF-1.7\n" + bytes(300), "broken"),
        (bytes(LARGEST + 1), "too_big"),
        (png_of(20_000, 20_000), "too_many_pixels"),
        (png_of(8_000, 7_000), "too_many_pixels"),
        (photo()[:400], "broken"),
        (bytes_of(pdf(1, "khóa")), "locked"),
        (bytes_of(pdf(MOST_PAGES + 1)), "too_many_pages"),
    ],
    ids=["empty", "text", "zip", "half a PDF", "huge", "400 megapixels", "56", "half photo", "locked", "41"],
)
def test_a_file_that_cannot_be_kept_is_refused_with_the_reason(content: bytes, reason: str) -> None:
    assert why(content) == reason


def test_a_stream_that_unpacks_without_end_is_refused() -> None:
    writer = pdf()
    stream = StreamObject()
    stream._data = bytes(300_000_000)  # noqa: SLF001 - the only way to put it in
    writer.pages[0][NameObject("/Contents")] = writer._add_object(stream.flate_encode())  # noqa: SLF001
    content = bytes_of(writer)
    assert len(content) < LARGEST
    assert why(content) == "broken"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(HEADS))
def test_any_bytes_are_kept_or_refused_and_nothing_else(noise: bytes, head: bytes) -> None:
    with suppress(BadScan):
        assert made_safe(head + noise).pages >= 1


def test_pages_of_a_pdf_stay_in_their_order() -> None:
    writer = PdfWriter()
    for width in (300, 400, 500):
        writer.add_blank_page(width, 600)
    pages = PdfReader(io.BytesIO(made_safe(bytes_of(writer)).content)).pages
    assert all(float(one.mediabox.width) < float(other.mediabox.width) for one, other in pairwise(pages))
