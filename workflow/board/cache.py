"""What was counted is kept while nothing has been recorded since: a board is looked at far oftener than it changes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from workflow.storage.engine import Database

T = TypeVar("T")

MAX_ANSWERS = 64
"""Answers kept for each office: some numbers each, but for past days, which `Kept` is given a bound of their own."""


class BoardCache:
    """Answers of one kind by what they were asked with; the oldest go first."""

    def __init__(self, most: int = MAX_ANSWERS) -> None:
        self.most = most
        self._answers: WeakKeyDictionary[Database, OrderedDict[Hashable, Any]] = WeakKeyDictionary()
        self._lock = Lock()

    def get_or_build(self, database: Database, key: Hashable, build: Callable[[], T]) -> T:
        """The answer to ``key``, made if it is not there. Two who ask at once may both make it; it is the same."""
        with self._lock:
            answers = self._answers.setdefault(database, OrderedDict())
            if key in answers:
                answers.move_to_end(key)
                answer: T = answers[key]
                return answer
        answer = build()
        with self._lock:
            answers[key] = answer
            while len(answers) > self.most:
                answers.popitem(last=False)
        return answer
