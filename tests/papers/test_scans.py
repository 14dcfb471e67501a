"""What a clerk hands in of a signed paper is kept as a plain PDF, or refused with the reason."""

import io
import struct
import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText, Link
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

from workflow.dossier.scans.limits import LARGEST, MEMORY, MOST_PAGES, SECONDS, BadScan
from workflow.dossier.scans.sanitise import sanitise_scan

A4 = (595, 842)
HOUSE, CAMERA = "nhà".encode(), "Máy".encode()
HEADS = [b"", b"%PDF-1.4\n", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"II*\x00"]


def photo(width: int = 1200, height: int = 1600, kind: str = "JPEG", **settings: Any) -> bytes:
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


def stream(data: bytes, **keys: object) -> StreamObject:
    made = StreamObject()
    made.set_data(data)
    made.update({NameObject(f"/{key}"): value for key, value in keys.items()})
    return made


def put(writer: PdfWriter, thing: PdfObject) -> object:
    return writer._add_object(thing)  # noqa: SLF001 - the only way to put it in


def row(*values: float) -> ArrayObject:
    return ArrayObject(FloatObject(value) for value in values)


def names(**values: object) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{key}"): value for key, value in values.items()})


def seen(content: bytes, page: int = 0) -> Image.Image:
    """A page as people see it, a pixel to the point, in grey."""
    grey: Image.Image = pdfium.PdfDocument(content)[page].render(scale=1).to_pil().convert("L")
    return grey


def shade(page: Image.Image, across: float, down: float) -> int:
    """How light a place of a page is, 0 to 255; the place in parts of its width and height."""
    return page.tobytes()[int(down * page.height) * page.width + int(across * page.width)]


def drawn(data: bytes, **page: object) -> bytes:
    """A PDF of one page with these contents."""
    writer = pdf()
    writer.pages[0].update(names(Contents=put(writer, stream(data)), **page))
    return bytes_of(writer)


def why(content: bytes) -> str:
    with pytest.raises(BadScan) as bad:
        sanitise_scan(content)
    return str(bad.value.why)


def png_of(width: int, height: int) -> bytes:
    """The head of a picture of that size, and next to nothing in it."""

    def part(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(b"0")) + part(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_a_photo_becomes_one_sheet_of_a4(kind: str) -> None:
    scan = sanitise_scan(photo(kind=kind))
    [page] = PdfReader(io.BytesIO(scan.content)).pages
    assert scan.pages == 1
    assert [round(float(one)) for one in (page.mediabox.width, page.mediabox.height)] == [595, 842]


def test_what_the_camera_wrote_is_gone() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Máy ảnh của chị Mẫu"
    exif.get_ifd(0x8825)[2] = (21.0, 25.0, 1.0)
    content = photo(exif=exif, comment="nhà riêng".encode())
    assert HOUSE in content
    kept = sanitise_scan(content).content
    assert CAMERA not in kept
    assert HOUSE not in kept
    assert b"Exif" not in kept


def test_a_photo_that_lies_on_its_side_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    [page] = pdfium.PdfDocument(sanitise_scan(photo(1600, 1200, exif=exif)).content)
    picture = page.render(scale=1).to_pil().convert("L")
    assert picture.height > picture.width
    middle = picture.height // 2
    assert picture.getpixel((picture.width * 3 // 4, middle)) < 60
    assert picture.getpixel((picture.width // 4, middle)) > 200


def test_a_tiff_of_three_pages_is_three_sheets() -> None:
    pages = [Image.new("L", (500, 700), shade) for shade in (0, 100, 200)]
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    assert sanitise_scan(out.getvalue()).pages == 3


def test_the_same_file_gives_the_same_bytes() -> None:
    for content in (photo(), bytes_of(pdf(3))):
        first, second = (sanitise_scan(content).content for _ in range(2))
        assert first == second


def test_of_a_pdf_only_what_its_pages_show_is_kept() -> None:
    writer = pdf(2)
    act = names(S=NameObject("/JavaScript"), JS=TextStringObject("alert(1)"))
    writer.root_object[NameObject("/OpenAction")] = act
    writer.add_attachment("nha.txt", b"family")
    writer.add_metadata({"/Author": "Someone"})
    writer.add_outline_item(title="mark", page_number=0)
    writer.add_annotation(0, FreeText(text="note", rect=(50, 50, 200, 80)))
    writer.add_annotation(1, Link(rect=(50, 50, 200, 80), url="https://example.com/"))
    field = names(FT=NameObject("/Tx"), T=TextStringObject("name"), AA=names(K=act))
    writer.root_object[NameObject("/AcroForm")] = names(Fields=ArrayObject([put(writer, field)]))
    kept = PdfReader(io.BytesIO(sanitise_scan(bytes_of(writer)).content))
    assert len(kept.pages) == 2
    assert names_in(kept) == OF_PICTURES


OF_PICTURES = {
    *(
        "Catalog",
        "Outlines",
        "Pages",
        "Type",
        "Count",
        "Kids",
        "Page",
        "Parent",
        "MediaBox",
        "Contents",
        "Resources",
    ),
    *(
        "ProcSet",
        "PDF",
        "ImageB",
        "XObject",
        "image",
        "Image",
        "Subtype",
        "Width",
        "Height",
        "BitsPerComponent",
    ),
    *("ColorSpace", "DeviceGray", "Filter", "DCTDecode"),
}


def names_in(reader: PdfReader) -> set[str]:
    """Every name that stands in a PDF; pages that are nothing but pictures need few."""
    found: set[str] = set()
    known: set[int] = set()

    def look(thing: object) -> None:
        if isinstance(thing, IndirectObject):
            if thing.idnum not in known:
                known.add(thing.idnum)
                look(thing.get_object())
        elif isinstance(thing, dict):
            found.update(key[1:] for key in thing)
            for key in thing:
                look(thing.raw_get(key) if isinstance(thing, DictionaryObject) else thing[key])
        elif isinstance(thing, list):
            for item in thing:
                look(item)
        elif isinstance(thing, NameObject):
            found.add(thing[1:])

    look(reader.trailer["/Root"])
    return found


def test_a_poster_is_brought_down_to_a3() -> None:
    writer = PdfWriter()
    writer.add_blank_page(3000, 6000)
    [page] = PdfReader(io.BytesIO(sanitise_scan(bytes_of(writer)).content)).pages
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
        (bytes_of(pdf(5_000)), "too_many_pages"),
        (bytes_of(pdf(3))[:-30], "broken"),
        (b"PK\x03\x04" + bytes_of(pdf()), "kind"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(500), "kind"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt " + bytes(500), "kind"),
        (photo(kind="GIF"), "kind"),
        (photo()[: len(photo()) // 2], "broken"),
        (photo(kind="TIFF")[:3000], "broken"),
    ],
    ids=[
        *["empty", "text", "zip", "half a PDF", "huge", "400 megapixels", "56", "half photo", "locked", "41"],
        *["5000", "cut PDF", "PDF in a zip", "HEIC", "sound", "GIF", "photo cut in the middle", "cut TIFF"],
    ],
)
def test_a_file_that_cannot_be_kept_is_refused_with_the_reason(content: bytes, reason: str) -> None:
    assert why(content) == reason


@settings(max_examples=20, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(HEADS))
def test_any_bytes_are_kept_or_refused_and_nothing_else(noise: bytes, head: bytes) -> None:
    with suppress(BadScan):
        assert sanitise_scan(head + noise).pages >= 1


def test_pages_of_a_pdf_stay_in_their_order() -> None:
    writer = PdfWriter()
    for width in (300, 400, 500):
        writer.add_blank_page(width, 600)
    pages = PdfReader(io.BytesIO(sanitise_scan(bytes_of(writer)).content)).pages
    assert all(float(one.mediabox.width) < float(other.mediabox.width) for one, other in pairwise(pages))


# --- pictures -----------------------------------------------------------------------------------------------


def test_every_word_of_a_camera_is_gone_from_every_kind() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Máy"
    sign = b"nha rieng"
    kinds: dict[str, dict[str, Any]] = {
        "JPEG": {"icc_profile": sign, "xmp": sign},
        "PNG": {"icc_profile": sign},
        "WEBP": {"icc_profile": sign, "xmp": sign},
        "TIFF": {"icc_profile": sign, "description": sign.decode()},
    }
    for kind, more in kinds.items():
        content = photo(kind=kind, exif=exif, **more)
        kept = sanitise_scan(content).content
        assert sign not in kept, kind
        assert CAMERA not in kept, kind
        assert b"ICC_PROFILE" not in kept, kind


@pytest.mark.parametrize("kind", ["JPEG", "TIFF", "PNG", "WEBP"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_however_the_camera_was_held_the_paper_stands_upright(turn: int, kind: str) -> None:
    upright = Image.new("L", (1800, 2400), "white")
    upright.paste("black", (0, 0, 1800, 600))  # a letterhead
    upright.paste("black", (0, 0, 300, 2400))  # a margin: a mirrored sheet would have it at the right
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # which turn of Pillow lays it down so
    held = upright.transpose(Image.Transpose(back[turn])) if turn in back else upright
    exif = Image.Exif()
    exif[0x0112] = turn
    out = io.BytesIO()
    held.save(out, kind, exif=exif)
    page = seen(sanitise_scan(out.getvalue()).content)
    assert page.height > page.width
    assert shade(page, 3 / 4, 1 / 6) < 60
    assert shade(page, 1 / 12, 3 / 4) < 60
    assert shade(page, 3 / 4, 3 / 4) > 200


def test_a_picture_fills_its_sheet_and_leaves_five_millimetres() -> None:
    for size, sheet in (((210, 297), (595, 842)), ((2970, 2100), (842, 595)), ((300, 300), (595, 842))):
        out = io.BytesIO()
        Image.new("L", size, "black").save(out, "PNG")
        page = seen(sanitise_scan(out.getvalue()).content)
        assert [abs(one - other) <= 1 for one, other in zip(page.size, sheet, strict=True)] == [True, True]
        left, upper, right, lower = page.point(lambda value: 255 * (value < 128)).getbbox() or (0, 0, 0, 0)
        assert 13 <= min(left, upper) <= 16
        assert abs(left - (page.width - right)) <= 2
        assert abs(upper - (page.height - lower)) <= 2


def test_a_large_photo_is_scaled_down() -> None:
    [file] = PdfReader(io.BytesIO(sanitise_scan(photo(5000, 7000)).content)).pages[0].images
    with Image.open(io.BytesIO(file.data)) as image:
        assert image.size == (1654, 2339)


def test_second_pictures_of_a_phone_and_films_are_no_pages() -> None:
    shades = [Image.new("RGB", (300, 400), shade) for shade in ("white", "grey", "black")]
    for kind in ("MPO", "PNG", "WEBP"):
        out = io.BytesIO()
        shades[0].save(out, kind, save_all=True, append_images=shades[1:])
        assert sanitise_scan(out.getvalue()).pages == 1, kind


def test_what_is_transparent_is_white_paper_and_16_bits_are_grey() -> None:
    for picture, grey in (
        (Image.new("RGBA", (300, 400), (0, 0, 0, 0)), 255),
        (Image.new("LA", (300, 400), (0, 0)), 255),
        (Image.new("I;16", (300, 400), 0x8000), 128),
        (Image.new("I;16", (3000, 4000), 0x8000), 128),
        (Image.new("LA", (3000, 4000), (0, 0)), 255),
        (Image.new("1", (3000, 4000), 1), 255),
        (Image.new("P", (300, 400), 0), 0),
    ):
        out = io.BytesIO()
        picture.save(out, "PNG")
        page = seen(sanitise_scan(out.getvalue()).content)
        assert abs(shade(page, 1 / 2, 1 / 2) - grey) <= 2, picture.mode


def test_notes_of_a_camera_that_cannot_be_read_do_not_spoil_the_photo() -> None:
    assert sanitise_scan(photo(exif=b"Exif\x00\x00not a TIFF")).pages == 1


def test_a_photo_in_whose_notes_a_pdf_begins_is_a_photo() -> None:
    scan = sanitise_scan(photo(comment=b"%PDF-1.7"))
    assert scan.pages == 1
    assert not seen(scan.content).getextrema()[0]


def test_41_pages_of_a_tiff_are_too_many_and_a_large_one_is_named() -> None:
    pages = [Image.new("1", (50, 70)) for _ in range(MOST_PAGES + 1)]
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    assert why(out.getvalue()) == "too_many_pages"
    out = io.BytesIO()
    pages[0].save(
        out, "TIFF", save_all=True, append_images=[Image.new("1", (8000, 7000))], compression="group4"
    )
    with pytest.raises(BadScan) as bad:
        sanitise_scan(out.getvalue())
    assert (bad.value.why, bad.value.values) == ("too_many_pixels", {"limit": 50, "page": 2})


# --- PDF ----------------------------------------------------------------------------------------------------


def test_what_a_page_shows_stays_as_it_is() -> None:
    writer = pdf()
    page = writer.pages[0]
    font = names(Type=NameObject("/Font"), Subtype=NameObject("/Type1"), BaseFont=NameObject("/Times-Roman"))
    inner = stream(b"1 0 0 rg 0 0 100 100 re f", Subtype=NameObject("/Form"), BBox=row(0, 0, 100, 100))
    colours = TextStringObject("\x00\x00\x00\xff\xff\xff")
    image = stream(
        bytes([0, 1] * 50),
        Subtype=NameObject("/Image"),
        Width=NumberObject(10),
        Height=NumberObject(10),
        BitsPerComponent=NumberObject(8),
        ColorSpace=ArrayObject([NameObject("/Indexed"), NameObject("/DeviceRGB"), NumberObject(1), colours]),
    )
    page[NameObject("/Resources")] = names(
        Font=names(Own=put(writer, font)), XObject=names(Inner=put(writer, inner), Image=put(writer, image))
    )
    half, rest = b"q BT /Own 40 Tf 100 500 Td (Ket nap) T", b"j ET Q q 1 0 0 1 50 50 cm /Inner Do Q"
    parts = [stream(half + b"j ET Q"), stream(b"q BT /Own 20 Tf 50 300 Td (hai) T" + rest), stream(b"")]
    parts.append(stream(b"q 90 0 0 90 300 100 cm /Image Do Q"))
    page[NameObject("/Contents")] = ArrayObject(put(writer, one.flate_encode()) for one in parts)
    content = bytes_of(writer)
    kept = seen(sanitise_scan(content).content)
    assert looks_like(kept, seen(content))
    assert len(set(kept.get_flattened_data())) > 3


def looks_like(kept: Image.Image, sent: Image.Image) -> bool:
    """Within what a JPEG blurs at the edges of letters."""
    assert [abs(a - b) <= 1 for a, b in zip(kept.size, sent.size, strict=True)] == [True, True]
    return ImageStat.Stat(ImageChops.difference(kept.resize(sent.size), sent)).mean[0] < 1


def test_a_signature_drawn_on_a_page_stays_and_its_note_is_gone() -> None:
    def signed(**more: object) -> bytes:
        writer = pdf()
        look = put(writer, stream(b"0 g 0 0 10 10 re f", BBox=row(0, 0, 10, 10), Subtype=NameObject("/Form")))
        note = names(Subtype=NameObject("/Stamp"), Rect=row(100, 100, 300, 200), AP=names(N=look))
        note.update(names(Contents=TextStringObject("by Someone"), **more))
        writer.pages[0][NameObject("/Annots")] = ArrayObject([put(writer, note)])
        return bytes_of(writer)

    kept = sanitise_scan(signed()).content
    assert b"/Annot" not in kept
    assert b"Someone" not in kept
    corners = seen(kept).point(lambda value: 255 * (value < 128)).getbbox() or ()
    assert [abs(a - b) <= 1 for a, b in zip(corners, (100, 842 - 200, 300, 842 - 100), strict=True)] == [
        True
    ] * 4
    for more in ({"F": NumberObject(2)}, {"Subtype": NameObject("/Text")}):
        assert seen(sanitise_scan(signed(**more)).content).getextrema() == (255, 255)


def test_acts_and_notes_on_pages_fields_and_pictures_are_gone() -> None:
    act = names(S=NameObject("/JavaScript"), JS=TextStringObject("app.alert(1)"))
    own = names(
        Metadata=stream(b"XMPsign"), PieceInfo=names(Secret=TextStringObject("sign")), AA=names(O=act)
    )
    own[NameObject("/Resources")] = names(Properties=names(M=act), XObject=names())
    kept = sanitise_scan(drawn(b"0 0 9 9 re f", **{key[1:]: own.raw_get(key) for key in own})).content
    for sign in (
        b"JavaScript",
        b"alert",
        b"XMPsign",
        b"Secret",
        b"/AA",
        b"/Properties",
        b"/Producer",
        b"/Info",
    ):
        assert sign not in kept, sign


def test_a_photo_inside_a_pdf_loses_what_the_camera_wrote() -> None:
    exif = Image.Exif()
    exif[0x010F] = "nha rieng"
    data = photo(exif=exif, comment=b"nha rieng", progressive=True) + b"nha rieng"
    image = stream(data, Subtype=NameObject("/Image"), Filter=NameObject("/DCTDecode"))
    image.update(names(Width=NumberObject(1200), Height=NumberObject(1600), BitsPerComponent=NumberObject(8)))
    image[NameObject("/ColorSpace")] = NameObject("/DeviceRGB")
    writer = pdf()
    writer.pages[0][NameObject("/Resources")] = names(XObject=names(Photo=put(writer, image)))
    writer.pages[0][NameObject("/Contents")] = put(writer, stream(b"595 0 0 842 0 0 cm /Photo Do"))
    content = bytes_of(writer)
    kept = sanitise_scan(content).content
    assert b"nha rieng" in content
    assert b"nha rieng" not in kept
    assert looks_like(seen(kept), seen(content))
    image.update(names(Width=NumberObject(8000), Height=NumberObject(7000)))
    image.set_data(photo(8000, 7000))
    assert why(bytes_of(writer)) == "too_many_pixels"


def test_sizes_of_pages_stay_within_a3_and_what_is_cut_off_stays_cut_off() -> None:
    def size(**page: object) -> tuple[int, int]:
        box = PdfReader(io.BytesIO(sanitise_scan(drawn(b"0 0 9 9 re f", **page)).content)).pages[0].mediabox
        return round(float(box.width)), round(float(box.height))

    assert size(MediaBox=row(0, 0, 300, 400)) == (300, 400)
    assert size(MediaBox=row(300, 400, 0, 0)) == (300, 400)
    assert size(MediaBox=row(0, 0, 1191, 842)) == (1191, 842)
    assert size(MediaBox=row(0, 0, 2000, 2000)) == (842, 842)
    assert size(MediaBox=row(-50, -50, 600, 800), CropBox=row(0, 0, 300, 9000)) == (300, 800)
    assert why(drawn(b"", MediaBox=row(0, 0, 3, 900))) == "broken"


def test_a_poster_shows_the_same_smaller_and_turned_as_it_was() -> None:
    content = drawn(
        b"0 g 1000 2000 500 1000 re f Q Q", MediaBox=row(1000, 2000, 3000, 6000), Rotate=NumberObject(90)
    )
    page = seen(sanitise_scan(content).content)
    assert abs(page.width - 1191) <= 1
    left, upper, right, lower = page.point(lambda value: 255 * (value < 128)).getbbox() or (0, 0, 0, 0)
    assert (left, upper) == (0, 0)
    assert abs(right - 1191 / 4) <= 2
    assert abs(lower - page.height / 4) <= 2


def test_what_is_switched_off_in_a_paper_stays_unseen() -> None:
    writer = pdf()
    layer = put(writer, names(Type=NameObject("/OCG"), Name=TextStringObject("hidden")))
    page = writer.pages[0]
    page[NameObject("/Resources")] = names(Properties=names(Layer=layer))
    page[NameObject("/Contents")] = put(writer, stream(b"/OC /Layer BDC 0 g 0 0 595 842 re f EMC"))
    assert shade(seen(sanitise_scan(bytes_of(writer)).content), 1 / 2, 1 / 2) < 5
    writer.root_object[NameObject("/OCProperties")] = names(
        OCGs=ArrayObject([layer]), D=names(OFF=ArrayObject([layer]))
    )
    assert seen(sanitise_scan(bytes_of(writer)).content).getextrema() == (255, 255)


def test_a_page_tree_that_runs_in_a_ring_is_refused() -> None:
    for kids in (b"[2 0 R]", b"[3 0 R]", b"[3 0 R 3 0 R]"):
        ring = b"<</Type/Pages/Count 1/Kids[2 0 R 2 0 R]>>"
        content = (
            b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids" + kids
        )
        content += b">>endobj\n3 0 obj" + ring + b"endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF"
        assert why(content) in {"broken", "too_many_pages"}


# --- hostile files ------------------------------------------------------------------------------------------


def stream_bomb() -> bytes:
    """One page that draws 20 MB of spaces a hundred times."""
    writer = pdf()
    large = put(writer, stream(bytes(20_000_000)).flate_encode())
    writer.pages[0][NameObject("/Contents")] = put(writer, ArrayObject([large] * 100))
    return bytes_of(writer)


def form_bomb() -> bytes:
    """Forms that draw each other: 10 to the twelfth squares."""
    writer = pdf()
    box, form = row(0, 0, 600, 900), NameObject("/Form")
    inner = put(writer, stream(b"0 0 9 9 re f", Subtype=form, BBox=box))
    for _ in range(12):
        things = names(XObject=names(X=inner))
        inner = put(writer, stream(b"/X Do " * 10, Subtype=form, BBox=box, Resources=things))
    writer.pages[0].update(
        names(Contents=put(writer, stream(b"/X Do")), Resources=names(XObject=names(X=inner)))
    )
    return bytes_of(writer)


def endless_drawing() -> bytes:
    """A page that takes a minute and more to draw."""
    writer = pdf()
    writer.pages[0][NameObject("/Contents")] = put(
        writer, stream(b"0 0 m 500 500 l S\n" * 3_000_000).flate_encode()
    )
    return bytes_of(writer)


def packed_bombs() -> bytes:
    bomb = zlib.compress(bytes(45_000_000), 9)
    head = b"9 0 obj<</Type/ObjStm/Filter/FlateDecode/Length %d>>stream\n" % len(bomb)
    return b"%PDF-1.5\n" + (head + bomb + b"\nendstream endobj\n") * 30 + b"startxref\n0\n%%EOF"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits neither memory nor time of a process")
@pytest.mark.parametrize(
    "make", [stream_bomb, form_bomb, packed_bombs, pytest.param(endless_drawing, marks=pytest.mark.soak)]
)
def test_a_hostile_file_is_refused_within_bounded_time_and_memory(make: Callable[[], bytes]) -> None:
    import resource

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert why(make()) == "broken"
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < SECONDS + 2
    # until it becomes another program, a new process counts as large as the one that started it
    ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert after.ru_maxrss * 1024 <= max(MEMORY, ours * 1024, before.ru_maxrss * 1024)


def test_after_a_hostile_file_the_next_one_is_taken() -> None:
    assert why(form_bomb()) == "broken"
    assert sanitise_scan(photo()).pages == 1


def test_nothing_is_said_on_the_way_of_a_file_that_is_only_spoilt(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    for content in (png_of(10_000, 10_000), photo()[:500], SOUND[: len(SOUND) // 2] + b"%%EOF", SOUND):
        with suppress(BadScan):
            sanitise_scan(content)
    assert not caplog.records
    assert capfd.readouterr() == ("", "")


SOUND = drawn(b"0 0 9 9 re f")


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_spoilt_file_is_kept_or_refused_and_nothing_else(data: st.DataObject) -> None:
    content = bytearray(
        data.draw(st.sampled_from([SOUND, photo(60, 80), photo(60, 80, "PNG"), photo(60, 80, "TIFF")]))
    )
    for place, byte in data.draw(
        st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), max_size=30)
    ):
        content[place] = byte
    with suppress(BadScan):
        scan = sanitise_scan(bytes(content))
        assert len(PdfReader(io.BytesIO(scan.content)).pages) == scan.pages
