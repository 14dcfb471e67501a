"""What was counted is kept while nothing has been recorded since: a board is looked at far oftener than it changes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from workflow.storage.engine import Database

T = TypeVar("T")

MOST = 64
"""Answers kept for each office: some numbers each, but for past days, which `Kept` is given a bound of their own."""


class Kept:
    """Answers of one kind by what they were asked with; the oldest go first."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._held: WeakKeyDictionary[Database, OrderedDict[Hashable, Any]] = WeakKeyDictionary()
        self._lock = Lock()

    def get(self, database: Database, key: Hashable, make: Callable[[], T]) -> T:
        """The answer to ``key``, made if it is not there. Two who ask at once may both make it; it is the same."""
        with self._lock:
            held = self._held.setdefault(database, OrderedDict())
            if key in held:
                held.move_to_end(key)
                found: T = held[key]
                return found
        found = make()
        with self._lock:
            held[key] = found
            while len(held) > self.most:
                held.popitem(last=False)
        return found
