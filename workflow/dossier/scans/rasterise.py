"""This program turns a received file into a PDF of pictures.

`sanitise` runs it: the file comes on standard input; a line of JSON and the PDF go out on standard output.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from io import BytesIO

from PIL.Image import Image
from pypdf import PdfWriter

from workflow.dossier.scans.limits import DPI, MEGABYTES, MEMORY, MOST_PAGES, SECONDS, BadScan, Scan
from workflow.dossier.scans.pdf import draw_pdf
from workflow.dossier.scans.pictures import draw_pictures

QUALITY = 70
"""Of the JPEG that a page is kept as: small print stays readable."""
TINT = 16
"""How far colours of a grey page may be from grey, of 128: paper is not quite white, and JPEG blurs."""
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"MM\x00*", b"RIFF")


def _draw_pages(content: bytes) -> Iterator[Image]:
    """The pages as pictures; the content decides the kind, pictures first.

    A photo with ``%PDF-`` in its metadata is a photo.
    """
    if content.startswith(PICTURES):
        return draw_pictures(content)
    if content.startswith(b"PK") or b"%PDF-" not in content[:1024]:
        raise BadScan("kind")
    return draw_pdf(content)


def _write_pdf(pictures: Iterable[Image]) -> Scan:
    """A PDF with one picture a page; without date or producer, so that bytes repeat."""
    writer = PdfWriter()
    for number, picture in enumerate(pictures, start=1):
        if number > MOST_PAGES:
            raise BadScan("too_many_pages", {"limit": MOST_PAGES})
        writer.append(_write_page(picture))
    writer.metadata = None
    out = BytesIO()
    writer.write(out)
    return Scan(out.getvalue(), len(writer.pages))


def _write_page(picture: Image) -> BytesIO:
    if picture.mode == "RGB" and _is_grey(picture):
        picture = picture.convert("L")
    page = BytesIO()
    picture.save(page, "PDF", resolution=DPI, quality=QUALITY)
    return page


def _is_grey(picture: Image) -> bool:
    _, blue, red = picture.reduce(2).convert("YCbCr").split()
    ends: tuple[int, ...] = *blue.getextrema(), *red.getextrema()
    return min(ends) >= 128 - TINT and max(ends) <= 128 + TINT


def main() -> None:
    """Answer for one file."""
    _limit_resources()
    scan = Scan(b"", 0)
    try:
        scan = _write_pdf(_draw_pages(sys.stdin.buffer.read()))
        answer: dict[str, object] = {"pages": scan.pages}
    except BadScan as error:
        answer = {"why": error.why, "values": error.values}
    except MemoryError:
        answer = {"why": "too_big", "values": {"limit": MEGABYTES}}
    except Exception:  # noqa: BLE001 - a spoilt file makes its libraries fail in any way they like
        answer = {"why": "broken", "values": {}}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + scan.content)


def _limit_resources() -> None:
    with suppress(ImportError):  # Windows has none of these limits
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    main()
