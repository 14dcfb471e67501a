"""What a clerk hands in as the scan or photo of a signed paper becomes a plain PDF that can be kept and bound.

The kind is told by the content, never by a name. Pictures lose everything that the camera wrote into them; PDFs keep
their pages and what those show, and nothing that could act.
"""

import logging
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from PIL.Image import Image

LARGEST = 20_000_000
"""Bytes of a file that is taken."""
MOST_PAGES = 40
MOST_PIXELS = 50_000_000
"""Of one picture; told from its head, before it is unpacked."""
MOST_UNPACKED = 200_000_000
"""Bytes that one stream of a PDF may unpack to."""
LONGEST_SIDE = 2339
"""Pixels: 200 dpi of A4."""
QUALITY = 80
DPI = 200
BORDER = 5 * DPI * 10 // 254
"""Five millimetres."""
PICTURES = ("JPEG", "PNG", "TIFF", "WEBP")
A3 = (842, 1191)
"""Points, the short side and the long one."""

Why = Literal["empty", "too_big", "kind", "broken", "locked", "too_many_pages", "too_many_pixels"]


@dataclass(frozen=True, slots=True)
class Scan:
    """What is kept: a PDF, and how many pages it has."""

    content: bytes
    pages: int


class BadScan(Exception):
    """A file cannot be kept. ``values``: the limit, where there is one."""

    def __init__(self, why: Why, values: Mapping[str, object] | None = None) -> None:
        super().__init__(why)
        self.why, self.values = why, dict(values or {})


def made_safe(content: bytes) -> Scan:
    """A file as it can be kept; the same file gives the same bytes. Raises `BadScan`."""
    if not content:
        raise BadScan("empty")
    if len(content) > LARGEST:
        raise BadScan("too_big", {"limit": LARGEST // 1_000_000})
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it makes of a spoilt file is told by BadScan
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _of_pdf(content) if b"%PDF-" in content[:1024] else _of_pictures(content)
    except BadScan:
        raise
    except MemoryError as error:
        raise BadScan("too_big", {"limit": LARGEST // 1_000_000}) from error
    except Exception as error:  # a spoilt file makes its libraries fail in any way they like
        raise BadScan("broken") from error


# --- pictures -------------------------------------------------------------------------------------------------------


def _of_pictures(content: bytes) -> Scan:
    sheets = list(_sheets(content))
    out = BytesIO()
    first, *more = sheets
    first.save(out, "PDF", resolution=DPI, save_all=True, append_images=more, quality=QUALITY, producer="")
    return Scan(_rebuilt(out.getvalue()), len(sheets))


def _sheets(content: bytes) -> Iterator["Image"]:
    from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

    try:
        picture = Image.open(BytesIO(content), formats=PICTURES)
    except UnidentifiedImageError as error:
        raise BadScan("kind") from error
    except Image.DecompressionBombError as error:
        raise BadScan("too_many_pixels", {"limit": MOST_PIXELS // 1_000_000}) from error
    if getattr(picture, "n_frames", 1) > MOST_PAGES:
        raise BadScan("too_many_pages", {"limit": MOST_PAGES})
    for frame in ImageSequence.Iterator(picture):
        if frame.width * frame.height > MOST_PIXELS:
            raise BadScan("too_many_pixels", {"limit": MOST_PIXELS // 1_000_000})
        yield _on_a_sheet(ImageOps.exif_transpose(frame))


def _on_a_sheet(picture: "Image") -> "Image":
    """A picture on an A4 sheet of its own shape, in the middle, with a white border and nothing else of the file."""
    from PIL import Image

    plain = picture.convert("L" if picture.mode in ("1", "L") else "RGB")
    short, long = round(210 * DPI / 25.4), LONGEST_SIDE
    size = (long, short) if plain.width > plain.height else (short, long)
    plain.thumbnail((size[0] - 2 * BORDER, size[1] - 2 * BORDER))
    sheet = Image.new(plain.mode, size, "white")
    sheet.paste(plain, ((size[0] - plain.width) // 2, (size[1] - plain.height) // 2))
    return sheet


# --- PDF ------------------------------------------------------------------------------------------------------------


def _of_pdf(content: bytes) -> Scan:
    made = _rebuilt(content)
    return Scan(made, _count(made))


def _rebuilt(content: bytes) -> bytes:
    """The pages and what they show, in a new file."""
    from pypdf import PdfReader, PdfWriter

    reader = PdfReader(BytesIO(content), strict=False)
    if reader.is_encrypted:
        raise BadScan("locked")
    count = len(reader.pages)
    if count > MOST_PAGES:
        raise BadScan("too_many_pages", {"limit": MOST_PAGES})
    if not count:
        raise BadScan("broken")
    writer = PdfWriter()
    for page in reader.pages:
        writer.add_page(_shown(page))
    writer.metadata = None
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


SHOWN = ("/Type", "/MediaBox", "/CropBox", "/Rotate", "/Resources", "/Contents")


def _shown(page: Any) -> Any:
    """A page without notes, buttons and acts; not larger than A3, and not more than a page can hold."""
    from pypdf.generic import NameObject

    box, resources = page.mediabox, page.get("/Resources")
    rotated, contents = page.rotation, page.get_contents()
    if contents is not None and len(contents.get_data()) > MOST_UNPACKED:
        raise BadScan("broken")
    for key in [key for key in page if key not in SHOWN]:
        del page[key]
    if resources is not None:
        page[NameObject("/Resources")] = resources
    page.mediabox = box
    if rotated:
        page.rotation = rotated
    longest = max(float(box.width), float(box.height))
    if longest > A3[1]:
        page.scale_by(A3[1] / longest)
    return page


def _count(content: bytes) -> int:
    from pypdf import PdfReader

    return len(PdfReader(BytesIO(content)).pages)
