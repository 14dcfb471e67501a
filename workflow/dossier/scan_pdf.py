"""A PDF made anew from what the pages of another one show.

Nothing is carried over but what drawing needs, named key by key: what is not in the list cannot come along, whatever
it is called. What notes show (a signature, a stamp, a filled field) is drawn on the page, and the notes are gone.
"""

import zlib
from collections.abc import Iterator
from io import BytesIO
from itertools import product
from typing import TYPE_CHECKING, Any

from workflow.dossier.scan_parts import (
    MOST_READ,
    at,
    bared,
    check_unpacked,
    dictionary,
    name,
    number,
    put,
    row,
    stream,
    written,
)
from workflow.dossier.scans import MOST_PAGES, BadScan, Scan

if TYPE_CHECKING:
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import IndirectObject

MOST_NODES = 2_000
"""Of the tree of pages, and of the notes on one: far more than are needed."""
A3 = (841.89, 1190.551)
"""Points, the short side and the long one."""
SMALLEST, FARTHEST = 10, 1_000_000
"""Points of a page's side: below it nothing can be read. Points of any end of a page: no paper lies there."""

_MAPS = frozenset(
    ["/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/XObject", "/Font", "/CharProcs", "/Colorants"]
)
"""Keys below which things stand by names that the page itself chose."""
_DRAWING = """
    /Type /Subtype /Filter /DecodeParms /Predictor /Colors /BitsPerComponent /Columns /EarlyChange /K /EndOfLine
    /EncodedByteAlign /Rows /EndOfBlock /BlackIs1 /DamagedRowsBeforeError /JBIG2Globals /ColorTransform /FormType /BBox
    /Matrix /Resources /Group /S /CS /I /Width /Height /Intent /ImageMask /Mask /Decode /Interpolate /SMask
    /SMaskInData /Matte /N /Alternate /Range /WhitePoint /BlackPoint /Gamma /PatternType /PaintType /TilingType /XStep
    /YStep /ShadingType /Background /AntiAlias /Function /Coords /Domain /Extend /BitsPerCoordinate /BitsPerFlag
    /VerticesPerRow /FunctionType /Functions /Bounds /Encode /C0 /C1 /Size /BitsPerSample /Order /LW /LC /LJ /ML /D /RI
    /OP /op /OPM /BG /BG2 /UCR /UCR2 /TR /TR2 /FL /SM /SA /BM /CA /ca /AIS /TK /G /BC /BaseFont /FirstChar /LastChar
    /Widths /FontDescriptor /Encoding /ToUnicode /FontMatrix /FontBBox /DescendantFonts /CIDSystemInfo /Registry
    /Ordering /Supplement /DW /W /DW2 /W2 /CIDToGIDMap /BaseEncoding /Differences /FontName /FontFamily /FontStretch
    /FontWeight /Flags /ItalicAngle /Ascent /Descent /Leading /CapHeight /XHeight /StemV /StemH /AvgWidth /MaxWidth
    /MissingWidth /FontFile /FontFile2 /FontFile3 /CharSet /CIDSet /Length1 /Length2 /Length3 /CMapName /WMode
    /UseCMap /Process /Components
"""
_KEPT = _MAPS | frozenset(_DRAWING.split())
_SILENT = ("/Popup", "/Text", "/Link", "/FileAttachment", "/Sound", "/Movie", "/Screen", "/3D", "/RichMedia")
"""Notes that are no part of the paper."""
_HIDDEN = 2 | 32
"""Flags of a note that is not shown."""


def rebuilt(content: bytes) -> Scan:
    """The pages of a PDF in a new file. Raises `BadScan`, and what pypdf raises of a spoilt file."""
    from pypdf import PdfReader, PdfWriter, apply_configuration

    if b"%%EOF" not in content[-2048:]:  # cut off: the rest of its pages would be missing without a word
        raise BadScan("broken")
    check_unpacked(content)
    with apply_configuration(
        zlib_maximum_output_length=MOST_READ,
        zlib_maximum_recovery_input_length=200_000,
        lzw_maximum_output_length=MOST_READ,
        run_length_maximum_output_length=MOST_READ,
        array_based_stream_maximum_output_length=MOST_READ,
        page_tree_maximum_entries=MOST_NODES,
        jbig2dec_binary=None,
    ):
        reader = PdfReader(BytesIO(content), strict=False)
        if reader.is_encrypted:
            raise BadScan("locked")
        copier, pages = _Copier(PdfWriter()), _pages(reader)
        for copier.page, page in enumerate(pages, start=1):
            _add_page(copier, page)
        return Scan(written(copier.writer), len(pages))


def _pages(reader: "PdfReader") -> list[Any]:
    from pypdf.errors import LimitReachedError

    layers = at(at(reader.root_object, "/OCProperties"), "/D")
    if at(layers, "/OFF") or at(layers, "/BaseState") == "/OFF":  # what is hidden there would be seen here
        raise BadScan("broken", {"layers": True})
    try:
        pages = list(reader.pages)
    except LimitReachedError as error:
        raise BadScan("too_many_pages", {"limit": MOST_PAGES}) from error
    if len(pages) > MOST_PAGES:
        raise BadScan("too_many_pages", {"limit": MOST_PAGES, "found": len(pages)})
    told = at(at(reader.root_object, "/Pages"), "/Count")
    if not pages or (isinstance(told, int) and told > len(pages)):  # a spoilt page is left out without a word
        raise BadScan("broken")
    return pages


# --- one page -------------------------------------------------------------------------------------------------------


def _add_page(copier: "_Copier", page: Any) -> None:
    """As it is where it can be; one that is too large, or has notes, is drawn as a form, with its notes over it."""
    x0, y0, x1, y1 = _shown(page)
    wide, high = x1 - x0, y1 - y0
    unit = max(1.0, float(at(page, "/UserUnit") or 1))
    scale = min(unit, A3[1] / max(wide, high), A3[0] / min(wide, high))
    resources, group = at(page, "/Resources"), at(page, "/Group")
    own = {
        "Resources": dictionary() if resources is None else copier.ref(resources),
        **({} if group is None else {"Group": copier.of(group)}),
    }
    data, notes = zlib.compress(_contents(page)), list(_notes(copier, page))
    sheet = copier.writer.add_blank_page(wide * scale, high * scale)
    if scale == 1 and not notes:
        own |= {"MediaBox": row(x0, y0, x1, y1)}
    else:
        form = stream(data, Subtype=name("Form"), BBox=row(x0, y0, x1, y1), Filter=name("FlateDecode"), **own)
        drawn = {"Page": put(copier.writer, form), **{f"Note{n}": form for n, (form, _) in enumerate(notes)}}
        place = f"q {scale:.6f} 0 0 {scale:.6f} {-x0 * scale:.3f} {-y0 * scale:.3f} cm /Page Do "
        data = zlib.compress((place + " ".join(line.format(n) for n, (_, line) in enumerate(notes)) + " Q").encode())
        own = {"Resources": dictionary(XObject=dictionary(**drawn))}
    sheet.update(dictionary(Contents=put(copier.writer, stream(data, Filter=name("FlateDecode"))), **own))
    if turned := int(at(page, "/Rotate") or 0) % 360 // 90 * 90:
        sheet.update(dictionary(Rotate=number(turned)))


def _shown(page: Any) -> tuple[float, float, float, float]:
    """What is seen of a page: left, lower, right and upper end, in points."""
    x0, y0, x1, y1 = _corners(at(page, "/MediaBox"))
    if (crop := at(page, "/CropBox")) is not None:
        a0, b0, a1, b1 = _corners(crop)
        x0, y0, x1, y1 = max(x0, a0), max(y0, b0), min(x1, a1), min(y1, b1)
    if not (x1 - x0 >= SMALLEST and y1 - y0 >= SMALLEST):
        raise BadScan("broken")
    return x0, y0, x1, y1


def _corners(box: Any) -> tuple[float, float, float, float]:
    a, b, c, d = (float(one.get_object()) for one in box)
    if not all(abs(one) < FARTHEST for one in (a, b, c, d)):
        raise BadScan("broken")
    return min(a, c), min(b, d), max(a, c), max(b, d)


def _contents(page: Any) -> bytes:
    """What draws the page, read as a whole: a word of it may not go on in the next stream."""
    contents = at(page, "/Contents")
    if contents is None:
        return b""
    parts, size = [], 0
    for one in contents if isinstance(contents, list) else [contents]:
        thing = one.get_object()
        if hasattr(thing, "get_data"):
            parts.append(thing.get_data())
            size += len(parts[-1])
        if size > MOST_READ:  # the same stream may stand there many times
            raise BadScan("broken")
    return b"\n".join(parts)


def _notes(copier: "_Copier", page: Any) -> Iterator[tuple["IndirectObject", str]]:
    """What the notes on a page show, each with the line that draws it; its number is filled in afterwards."""
    for ref in list(at(page, "/Annots") or [])[:MOST_NODES]:
        note = ref.get_object()
        look = at(at(note, "/AP"), "/N")
        if look is not None and not hasattr(look, "get_data"):  # one look for each standing of a box to tick
            look = at(look, at(note, "/AS"))
        if not hasattr(look, "get_data") or at(note, "/Subtype") in _SILENT or int(at(note, "/F") or 0) & _HIDDEN:
            continue
        bbox, matrix = _corners(at(look, "/BBox")), [float(one) for one in at(look, "/Matrix") or (1, 0, 0, 1, 0, 0)]
        a, b, c, d, e, f = matrix
        ends = [(a * x + c * y + e, b * x + d * y + f) for x, y in product(bbox[::2], bbox[1::2])]
        (left, low), (right, up) = map(min, zip(*ends, strict=True)), map(max, zip(*ends, strict=True))
        x0, y0, x1, y1 = _corners(at(note, "/Rect"))
        if right > left and up > low and x1 > x0 and y1 > y0:
            sx, sy = (x1 - x0) / (right - left), (y1 - y0) / (up - low)
            line = f"q {sx:.6f} 0 0 {sy:.6f} {x0 - left * sx:.3f} {y0 - low * sy:.3f} cm /Note{{}} Do Q"
            look[name("Subtype")] = name("Form")  # some leave it out
            yield copier.ref(look), line


# --- things of a PDF ------------------------------------------------------------------------------------------------


class _Copier:
    """Carries over what drawing needs, each thing once."""

    def __init__(self, writer: "PdfWriter") -> None:
        self.writer, self.page = writer, 0
        self._known: dict[int, tuple[Any, IndirectObject]] = {}  # the thing too: a number of a thing gone is given anew

    def ref(self, thing: Any, *, free: bool = False) -> "IndirectObject":
        """A reference to the copy of a dictionary, a row or a stream."""
        from pypdf.generic import ArrayObject, DictionaryObject, StreamObject

        if id(thing) not in self._known:
            packed = hasattr(thing, "get_data")
            copy: Any = StreamObject() if packed else ArrayObject() if isinstance(thing, list) else DictionaryObject()
            self._known[id(thing)] = thing, put(self.writer, copy)
            self._fill(copy, bared(thing, self.page) if packed else thing, free=free and not packed)
        return self._known[id(thing)][1]

    def of(self, value: Any, *, free: bool = False) -> Any:
        """The copy of a value; of a dictionary that is ``free`` every key is kept."""
        from pypdf.generic import ArrayObject, ByteStringObject, DictionaryObject, IndirectObject, TextStringObject

        if isinstance(value, IndirectObject):
            thing: Any = value.get_object()
            return self.ref(thing, free=free) if isinstance(thing, (dict, list)) else self.of(thing)
        if isinstance(value, TextStringObject):
            return ByteStringObject(value.original_bytes)  # a row of colours may look like a text
        if isinstance(value, (dict, list)):
            copy: Any = ArrayObject() if isinstance(value, list) else DictionaryObject()
            self._fill(copy, value, free=free)
            return copy
        return value

    def _fill(self, copy: Any, thing: Any, *, free: bool = False) -> None:
        if isinstance(thing, list):
            copy.extend(self.of(one) for one in thing)
            return
        for key in thing:
            if free or key in _KEPT:
                copy[key] = self.of(thing.raw_get(key), free=key in _MAPS)
        if hasattr(thing, "get_data"):
            copy.set_data(thing._data)  # noqa: SLF001 - as it stands in the file, still packed
