"""This module draws photos and scanned pictures on A4 sheets.

Only the pixels are kept: everything else that the camera wrote is lost.
"""

from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.ImageFile import ImageFile

from workflow.dossier.scans.limits import BadScan, check_pixels

SHEET = (1654, 2339)
"""Pixels of A4 at 200 dpi, the short side and the long one."""
BORDER = 39
"""Pixels around a picture: five millimetres."""
_KIND_OF_FRAME = 254
_SMALLER_COPY = 1
"""Of a TIFF frame: it shows again, smaller, what another one shows."""


Image.MAX_IMAGE_PIXELS = None  # `check_pixels` has the say here


def draw_pictures(content: bytes) -> Iterator[Image.Image]:
    """Each picture on its sheet. Raises `BadScan`, and what Pillow raises of a spoilt file."""
    for frame in _list_frames(_open(content)):
        yield _draw(frame)


def _open(content: bytes) -> ImageFile:
    try:
        return Image.open(BytesIO(content), formats=("JPEG", "PNG", "TIFF", "WEBP"))
    except (
        UnidentifiedImageError
    ) as error:  # RIFF is also sound; what only begins as a picture is a spoilt one
        raise BadScan(
            "kind" if content.startswith(b"RIFF") and content[8:12] != b"WEBP" else "broken"
        ) from error


def _list_frames(picture: ImageFile) -> Iterator[ImageFile]:
    """The pages of a TIFF; of other kinds only the first frame, for the others are animation or metadata."""
    at = 0
    while True:
        check_pixels(picture.size, at + 1)
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


def _draw(frame: ImageFile) -> Image.Image:
    """An A4 sheet, upright or landscape like the picture, with the picture in its middle."""
    frame.draft(None, (SHEET[1], SHEET[1]))  # a JPEG is unpacked smaller at once, where it is far too large
    frame.load()
    picture: Image.Image = frame
    with suppress(Exception):  # notes that cannot be read do not spoil the picture
        picture = ImageOps.exif_transpose(frame)
    width, height = SHEET if picture.height >= picture.width else SHEET[::-1]
    scale = min((width - 2 * BORDER) / picture.width, (height - 2 * BORDER) / picture.height)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    flat = _flatten(_smooth(picture).resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0))
    sheet = Image.new(flat.mode, (width, height), "white")
    sheet.paste(flat, ((width - flat.width) // 2, (height - flat.height) // 2))
    return sheet


def _smooth(picture: Image.Image) -> Image.Image:
    """The picture in a mode that can be scaled; one-bit and palette pictures would show wrong colours."""
    if picture.mode == "P":
        return picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    return picture.convert("L") if picture.mode == "1" else picture


def _flatten(picture: Image.Image) -> Image.Image:
    """The picture in grey or colour: transparency becomes white, 16-bit grey keeps its upper eight bits."""
    if picture.has_transparency_data:
        over = picture.convert("RGBA")
        white = Image.new("RGBA", over.size, "white")
        white.alpha_composite(over)
        return white.convert("RGB")
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    return picture.convert("L" if picture.mode == "L" else "RGB")
