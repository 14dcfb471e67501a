"""These limits say how large a scan may be.

They also say why a file is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from states.errors import UserError

LARGEST = 25_000_000
"""Bytes of a file that is taken: some thirty scanned pages. What people are told of it, anywhere, is said
from here.
"""
MEGABYTES = LARGEST // 1_000_000
MOST_PAGES = 40
MOST_PIXELS = 50_000_000
"""Of one picture, alone or on the page of a PDF; told from its head, before it is unpacked."""
DPI = 200
"""Of the pages that are kept."""
SECONDS = 10
"""Of the processor that one file may take: twice what forty sheets in colours need."""
DEADLINE = 30
"""Seconds by the clock after which it is over in any case, however busy the machine is."""
MEMORY = 1_000_000_000
"""Bytes that one file may take while it is read; a picture of the most pixels needs some 700 million."""

Why = Literal["empty", "too_big", "kind", "broken", "locked", "too_many_pages", "too_many_pixels"]


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan as it is kept: a PDF, and its number of pages."""

    content: bytes
    pages: int


class BadScan(UserError):
    """A file cannot be kept. ``values``: the limit that it breaks, and the page, where there is one."""

    code = "scan"

    def __init__(self, why: Why, values: Mapping[str, object] | None = None) -> None:
        super().__init__(why)
        self.why, self.values = why, dict(values or {})


def check_pixels(size: tuple[int, int], page: int) -> None:
    """Raise `BadScan` of a picture that is too large to be unpacked."""
    if size[0] * size[1] > MOST_PIXELS:
        raise BadScan("too_many_pixels", {"limit": MOST_PIXELS // 1_000_000, "page": page})
