"""Pages are cached until something that they show changes.

Only a case's page and a work list, which people open again and again between two acts: where one request in
ten records an act (`make bench`), the cache makes them six times and nearly twice as fast. It makes a board
no faster.
"""

import sys
from collections.abc import Callable, Hashable
from threading import Lock

from cachetools import LRUCache

MAX_BYTES = 64_000_000
"""Some thousand pages."""


class PageCache:
    """Rendered pages by all that they depend on; the least recently used make room."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._pages: LRUCache[Hashable, str] = LRUCache(max_bytes, getsizeof=sys.getsizeof)
        self._lock = Lock()

    def get_or_render(self, key: Hashable, render: Callable[[], str]) -> str:
        """The page of a key. Two who ask at once may both render it; it is the same."""
        with self._lock:
            page = self._pages.get(key)
        if page is None:
            page = render()
            with self._lock:
                self._pages[key] = page
        return page
