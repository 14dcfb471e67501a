"""What a clerk hands in as the scan or photo of a signed paper becomes a plain PDF that can be kept and bound.

The kind is told by the content, never by a name. Pictures are drawn anew and lose everything that the camera wrote
into them; of PDFs the pages are kept as they show, and nothing that could act.
"""

import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING, Literal

from states.errors import UserError

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile
    from pypdf import PdfWriter

LARGEST = 25_000_000
"""Bytes of a file that is taken: some thirty scanned pages. What people are told of it, anywhere, is said from here."""
MEGABYTES = LARGEST // 1_000_000
MOST_PAGES = 40
MOST_PIXELS = 50_000_000
"""Of one picture; told from its head, before it is unpacked."""
SHEET = (1654, 2339)
"""Pixels of A4 at 200 dpi, the short side and the long one; larger pictures are scaled down to it."""
A4 = (595.276, 841.89)
"""Points, the short side and the long one."""
BORDER = 5 / 25.4 * 72
"""Points: five millimetres around a picture."""
QUALITY = 80
"""Of the JPEG that a picture is kept as."""

Why = Literal["empty", "too_big", "kind", "broken", "locked", "too_many_pages", "too_many_pixels"]

_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"MM\x00*", b"RIFF")
_UPRIGHT = 0x0112
"""The tag by which a camera says how it was held."""
_TURNS = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
"""What brings it upright again."""
_KIND_OF_FRAME = 254
_SMALLER_COPY = 1
"""Of a TIFF frame: it shows again, smaller, what another one shows."""

_one_at_a_time = Lock()


@dataclass(frozen=True, slots=True)
class Scan:
    """What is kept: a PDF, and how many pages it has."""

    content: bytes
    pages: int


class BadScan(UserError):
    """A file cannot be kept. ``values``: the limit that it breaks, and the page, where there is one."""

    code = "scan"

    def __init__(self, why: Why, values: Mapping[str, object] | None = None) -> None:
        super().__init__(why)
        self.why, self.values = why, dict(values or {})


def made_safe(content: bytes) -> Scan:
    """A file as it can be kept; the same file gives the same bytes. Raises `BadScan` and nothing else.

    Files are taken one at a time: what one may take of memory is then all that is taken.
    """
    if not content:
        raise BadScan("empty")
    if len(content) > LARGEST:
        raise BadScan("too_big", {"limit": MEGABYTES})
    try:
        with _one_at_a_time, _in_silence():
            return _kept(content)
    except BadScan:
        raise
    except MemoryError as error:
        raise BadScan("too_big", {"limit": MEGABYTES}) from error
    except Exception as error:  # a spoilt file makes its libraries fail in any way they like
        raise BadScan("broken") from error


@contextmanager
def _in_silence() -> Iterator[None]:
    """What the libraries think of a spoilt file is told by `BadScan`, not on the screen."""
    loggers = [logging.getLogger(name) for name in ("pypdf", "PIL")]
    levels = [logger.level for logger in loggers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for logger in loggers:
            logger.setLevel(logging.CRITICAL + 1)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)


def _kept(content: bytes) -> Scan:
    """Pictures first: a photo in whose notes ``%PDF-`` stands is a photo."""
    from workflow.dossier.scan_pdf import rebuilt

    if content.startswith(_PICTURES):
        return _of_pictures(content)
    if content.startswith(b"PK") or b"%PDF-" not in content[:1024]:
        raise BadScan("kind")
    return rebuilt(content)


# --- pictures -------------------------------------------------------------------------------------------------------


def _of_pictures(content: bytes) -> Scan:
    from pypdf import PdfWriter

    from workflow.dossier.scan_parts import written

    writer, count = PdfWriter(), 0
    for count, frame in enumerate(_frames(_opened(content)), start=1):
        if count > MOST_PAGES:
            raise BadScan("too_many_pages", {"limit": MOST_PAGES})
        _add_sheet(writer, _plain(frame))
    return Scan(written(writer), count)


def _opened(content: bytes) -> "ImageFile":
    from PIL import Image, UnidentifiedImageError

    try:
        return Image.open(BytesIO(content), formats=("JPEG", "PNG", "TIFF", "WEBP"))
    except UnidentifiedImageError as error:  # RIFF is also sound; what only begins as a picture is a spoilt one
        raise BadScan("kind" if content.startswith(b"RIFF") and content[8:12] != b"WEBP" else "broken") from error
    except Image.DecompressionBombError as error:
        raise BadScan("too_many_pixels", {"limit": MOST_PIXELS // 1_000_000}) from error


def _frames(picture: "ImageFile") -> Iterator["ImageFile"]:
    """The pages of a TIFF; of other kinds the first picture, for what follows is a film or a telephone's own notes."""
    at = 0
    while True:
        if picture.width * picture.height > MOST_PIXELS:
            raise BadScan("too_many_pixels", {"limit": MOST_PIXELS // 1_000_000, "page": at + 1})
        tags = getattr(picture, "tag_v2", {})
        if not (at and tags.get(_KIND_OF_FRAME, 0) & _SMALLER_COPY):
            yield picture
        at += 1
        if picture.format != "TIFF":
            return
        try:
            picture.seek(at)
        except EOFError:
            return


def _plain(picture: "ImageFile") -> "Image":
    """A picture upright, grey or in colours, not larger than a sheet, with nothing of its file but the pixels.

    It is made small first: all that follows takes little memory then.
    """
    from PIL import Image

    picture.draft(None, (SHEET[1], SHEET[1]))  # a JPEG is unpacked smaller at once, where it is far too large
    picture.load()
    held = 1
    with suppress(Exception):  # notes that cannot be read do not spoil the picture
        held = picture.getexif().get(_UPRIGHT, 1)
    small = _small(_smooth(picture))
    if held in _TURNS:
        small = small.transpose(Image.Transpose[_TURNS[held]])
    flat = _flat(small)
    bare = Image.new(flat.mode, flat.size)
    bare.paste(flat)
    return bare


def _smooth(picture: "Image") -> "Image":
    """In a mode that can be scaled: of one bit or of a palette the colours would jump."""
    if picture.mode == "P":
        return picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    return picture.convert("L") if picture.mode == "1" else picture


def _small(picture: "Image") -> "Image":
    from PIL import Image

    sheet = SHEET if picture.height >= picture.width else SHEET[::-1]
    scale = min(1.0, sheet[0] / picture.width, sheet[1] / picture.height)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    return picture.copy() if scale == 1 else picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _flat(picture: "Image") -> "Image":
    """Grey or in colours; what is transparent is white as paper, and of 16 bits of grey the upper eight are kept."""
    from PIL import Image

    if picture.has_transparency_data:
        over = picture.convert("RGBA")
        white = Image.new("RGBA", over.size, "white")
        white.alpha_composite(over)
        return white.convert("RGB")
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    return picture.convert("L" if picture.mode == "L" else "RGB")


def _add_sheet(writer: "PdfWriter", picture: "Image") -> None:
    """A page of A4, upright or across as the picture is, with the picture in its middle."""
    from workflow.dossier.scan_parts import dictionary, name, number, put, stream

    out = BytesIO()
    picture.save(out, "JPEG", quality=QUALITY)
    width, height = A4 if picture.height >= picture.width else A4[::-1]
    scale = min((width - 2 * BORDER) / picture.width, (height - 2 * BORDER) / picture.height)
    wide, high = picture.width * scale, picture.height * scale
    image = stream(
        out.getvalue(),
        Type=name("XObject"),
        Subtype=name("Image"),
        Width=number(picture.width),
        Height=number(picture.height),
        ColorSpace=name("DeviceGray" if picture.mode == "L" else "DeviceRGB"),
        BitsPerComponent=number(8),
        Filter=name("DCTDecode"),
    )
    drawn = f"q {wide:.3f} 0 0 {high:.3f} {(width - wide) / 2:.3f} {(height - high) / 2:.3f} cm /Picture Do Q"
    resources = dictionary(XObject=dictionary(Picture=put(writer, image)))
    page = writer.add_blank_page(width, height)
    page.update(dictionary(Resources=resources, Contents=put(writer, stream(drawn.encode()))))
