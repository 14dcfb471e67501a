"""Small parts that scans are made of: things of a PDF, what streams unpack to, and a JPEG with nothing but its picture.

pypdf's own `StreamObject.get_data` keeps what it unpacks; here it is only counted.
"""

import re
import zlib
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING, Any

from workflow.dossier.scans import MOST_PIXELS, BadScan

if TYPE_CHECKING:
    from pypdf import PdfWriter
    from pypdf.generic import IndirectObject

MOST_UNPACKED = 200_000_000
"""Bytes that one picture of a PDF may unpack to."""
MOST_UNPACKED_IN_ALL = 1_000_000_000
"""Bytes that a file may unpack to: 40 sheets at 300 dpi in colours. They are counted, not kept."""
MOST_READ = 50_000_000
"""Bytes that one stream may unpack to where it has to be read, not only counted."""
MOST_READ_IN_ALL = 150_000_000
"""Bytes that all streams but the pictures may unpack to."""
MOST_STREAMS = 50_000

_STREAM = re.compile(rb"stream\r?\n")
_MARK = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_FIRST, _COLOURS, _SCAN, _END = 0xE0, 0xEE, 0xDA, 0xD9
"""Marks in a JPEG: its kind, how its colours are meant, where pixels begin, where all ends."""
_NOTES = {*range(0xE0, 0xF0), 0xFE} - {_COLOURS}
_PICTURES = ("/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/JBIG2Decode")
"""Packings of pictures only, which are left as they are."""


def name(value: str) -> Any:
    """A name of PDF."""
    from pypdf.generic import NameObject

    return NameObject(f"/{value}")


def number(value: float) -> Any:
    """A number of PDF, of three places at most."""
    from pypdf.generic import FloatObject, NumberObject

    return NumberObject(int(value)) if value == int(value) else FloatObject(f"{value:.3f}")


def row(*values: float) -> Any:
    """Numbers of PDF in a row."""
    from pypdf.generic import ArrayObject

    return ArrayObject(number(value) for value in values)


def dictionary(**values: Any) -> Any:
    """A dictionary of PDF, by the names of its keys."""
    from pypdf.generic import DictionaryObject

    return DictionaryObject({name(key): value for key, value in values.items()})


def stream(data: bytes, **values: Any) -> Any:
    """A stream of PDF; ``data`` stand in the file as they are given."""
    from pypdf.generic import StreamObject

    made = StreamObject()
    made.set_data(data)
    made.update(dictionary(**values))
    return made


def at(thing: Any, key: str) -> Any:
    """What stands below a key of a dictionary of PDF, None where nothing does."""
    from pypdf.generic import NullObject

    if not isinstance(thing, dict) or key not in thing:
        return None
    value = thing[key].get_object()
    return None if isinstance(value, NullObject) else value


def put(writer: "PdfWriter", thing: Any) -> "IndirectObject":
    """Take a thing up in a new file; it may be filled afterwards."""
    return writer._add_object(thing)  # noqa: SLF001 - there is no other way to add what is no page


def written(writer: "PdfWriter") -> bytes:
    """A new file: no date, no maker, no number of its own, so that the same things give the same bytes."""
    writer.metadata = None
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def check_unpacked(content: bytes) -> None:
    """Raise `BadScan` of a file that unpacks to more than is taken, before anything of it is read."""
    everything = read = 0
    for count, found in enumerate(_STREAM.finditer(content)):
        size = _unpacked(content, found.end())
        everything += size
        head = content[max(0, found.start() - 2048) : found.start()].rpartition(b"obj")[2]
        things = b"/ObjStm" in head
        if things or b"/Image" not in head:
            read += size
        if things and not size and b"/Filter" in head:  # packed so that it cannot be counted: nobody does
            raise BadScan("broken")
        if count > MOST_STREAMS or everything > MOST_UNPACKED_IN_ALL or read > MOST_READ_IN_ALL:
            raise BadScan("broken")


def _unpacked(data: bytes, start: int = 0) -> int:
    """Bytes that stand packed from a place on; none where nothing packed begins."""
    size, step, unpacker = 0, 256, zlib.decompressobj()
    with suppress(zlib.error):
        while not unpacker.eof and (part := data[start : start + step]):
            size += len(unpacker.decompress(part))
            if size > MOST_UNPACKED:
                raise BadScan("broken")
            start, step = start + step, 4096  # what is not packed is told by its first bytes
    return size


def bared(thing: Any, page: int) -> Any:
    """A stream of another PDF in one packing, bounded; of a photo nothing but the picture."""
    from pypdf.generic import ArrayObject, StreamObject

    filters, settings = _list(thing, "/Filter"), _list(thing, "/DecodeParms")
    picture, data = at(thing, "/Subtype") == "/Image", thing._data  # noqa: SLF001 - as it stands in the file
    if at(thing, "/Subtype") == "/PS":  # a program for printers
        data, filters = b"", []
    if filters == ["/FlateDecode"]:
        _unpacked(data)
    elif filters:
        own = filters[-1:] if filters[-1] in _PICTURES else []
        data = _unwrapped(data, filters[: len(filters) - len(own)], settings)
        filters, settings = (own, settings[len(filters) - 1 :]) if own else (["/FlateDecode"], [])
        data = data if own else zlib.compress(data)
    if picture:
        _check_pixels(int(at(thing, "/Width") or 0), int(at(thing, "/Height") or 0), page)
    if filters in (["/DCTDecode"], ["/JPXDecode"]):
        _check_pixels(*_size(data), page)
        data = bare_jpeg(data) if filters == ["/DCTDecode"] else data
    made = StreamObject()
    made.set_data(data)
    made.update({key: thing.raw_get(key) for key in thing if key not in ("/Filter", "/DecodeParms", "/Length")})
    if filters:
        made.update(dictionary(Filter=filters[0]))
    if settings and isinstance(settings[0], dict):
        made.update(dictionary(DecodeParms=ArrayObject(settings[:1])))
    return made


def _unwrapped(data: bytes, filters: list[Any], settings: list[Any]) -> bytes:
    """What is inside packings that pypdf opens; how much it may be is bounded by its settings."""
    from pypdf.filters import decode_stream_data
    from pypdf.generic import ArrayObject, EncodedStreamObject

    if not filters:
        return data
    wrapped = EncodedStreamObject()
    wrapped._data = data  # noqa: SLF001 - set_data would pack it
    wrapped.update(dictionary(Filter=ArrayObject(filters), DecodeParms=ArrayObject(settings[: len(filters)])))
    return decode_stream_data(wrapped)


def _size(data: bytes) -> tuple[int, int]:
    """Width and height that a photo itself tells, whatever stands around it."""
    from PIL import Image

    with Image.open(BytesIO(data), formats=("JPEG", "JPEG2000")) as photo:
        return photo.size


def _check_pixels(width: int, height: int, page: int) -> None:
    """Raise `BadScan` of a picture that is too large."""
    if width * height > MOST_PIXELS:
        raise BadScan("too_many_pixels", {"limit": MOST_PIXELS // 1_000_000, "page": page})


def _list(thing: Any, key: str) -> list[Any]:
    value = at(thing, key)
    return [one.get_object() for one in value] if isinstance(value, list) else [] if value is None else [value]


def bare_jpeg(data: bytes) -> bytes:
    """A JPEG without what the camera wrote into it, before, between and after the picture."""
    parts, start = [data[:2]], 2
    while found := _MARK.search(data, start):
        start, mark = found.start(), data[found.end() - 1]
        end = start + 2 + int.from_bytes(data[start + 2 : start + 4])
        if mark == _END:
            break
        if mark == _FIRST and data[start + 4 : start + 9] == b"JFIF\0":  # without its small picture
            parts.append(b"\xff\xe0\x00\x10" + data[start + 4 : start + 16] + b"\x00\x00")
        elif mark not in _NOTES:
            parts.append(data[start:end])
        if mark == _SCAN:
            after = _MARK.search(data, end)
            parts.append(data[end : after.start() if after else len(data)])
        start = end
    return b"".join([*parts, b"\xff\xd9"])
