"""Pages kept as they were made, for as long as nothing that they show has changed.

Who looks at a page again gets the same bytes. What it was made of is the key; where that is another, so is the page.
"""

import zlib
from asyncio import Future
from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Any

MOST_BYTES = 48_000_000
"""Some ten thousand pages, packed."""
ENTRY_OVERHEAD = 1_000
"""Bytes that a page costs beside its own: its key, its place."""


class PageCache:
    """The pages used last; older ones make room."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._size = most_bytes, 0
        self._pages: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = Lock()
        self.in_progress: dict[Hashable, Future[Any]] = {}
        """Pages that are being made, for the loop alone: whoever asks for one of them waits for the same."""

    def get(self, key: Hashable) -> str | None:
        """The page of this key, if it is there."""
        with self._lock:
            packed = self._pages.get(key)
            if packed is None:
                return None
            self._pages.move_to_end(key)
        return zlib.decompress(packed).decode()

    def put(self, key: Hashable, page: str) -> None:
        """Keep a page."""
        packed = zlib.compress(page.encode(), 1)
        with self._lock:
            self._release(self._pages.pop(key, None))
            self._pages[key] = packed
            self._size += ENTRY_OVERHEAD + len(packed)
            while self._size > self._most:
                self._release(self._pages.popitem(last=False)[1])

    def _release(self, packed: bytes | None) -> None:
        if packed is not None:
            self._size -= ENTRY_OVERHEAD + len(packed)
