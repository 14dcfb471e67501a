"""A driver's errors are told by what people can do about them."""

import errno
from types import TracebackType

import sqlalchemy as sa

from states.errors import UserError


class DatabaseUnavailable(UserError):
    """The database cannot be reached, read or written; nothing changed.

    ``why``: the driver's own words; ``kind``: what a user can do about it.
    """

    code = "database"

    def __init__(self, why: str, kind: str = "away") -> None:
        super().__init__(why)
        self.why, self.kind = why, kind


MOVED = "ketnap: office moved to "
"""How a database that an office has left refuses whoever would write into it; the place follows."""


class TranslatedErrors:
    """A context in which driver errors of an unavailable database become `DatabaseUnavailable`."""

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if error is not None and (plain := _translate_error(error)):
            raise plain from error


def _translate_error(error: BaseException) -> DatabaseUnavailable | None:
    if MOVED in (
        words := str(getattr(error, "orig", None) or error)
    ):  # SQLite tells what a trigger refuses as broken integrity
        return DatabaseUnavailable(words.partition(MOVED)[2].partition("\n")[0], "moved")
    if isinstance(error, sa.exc.IntegrityError):
        return None
    if isinstance(error, UnicodeDecodeError):  # SQLite names what is spoilt in the spoilt bytes themselves
        return DatabaseUnavailable(str(error), "broken")
    if isinstance(error, sa.exc.TimeoutError):
        return DatabaseUnavailable(str(error), "busy")
    if isinstance(error, sa.exc.DBAPIError):
        return classify_error(error.orig or error)
    return classify_error(error) if _is_driver_error(error) else None


def _is_driver_error(error: BaseException) -> bool:
    return (
        type(error).__module__.split(".")[0] in ("sqlite3", "psycopg")
        and "Integrity" not in type(error).__name__
    )


KINDS = {
    "disk is full": "full",
    "no space": "full",
    "disk i/o": "full",
    "readonly": "read_only",
    "read-only": "read_only",
    "during recovery": "read_only",
    "permission denied": "read_only",
    "locked": "busy",
    "lock timeout": "busy",
    "deadlock": "busy",
    "malformed": "broken",
    "not a database": "broken",
    "could not decode": "broken",
    "no such table": "not_made",
    "does not exist": "not_made",
    "unable to open": "missing",
}
ERRNOS = {
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EFBIG: "full",
    errno.EROFS: "read_only",
    errno.EACCES: "read_only",
    errno.EPERM: "read_only",
    errno.ENOENT: "missing",
    errno.ENOTDIR: "missing",
}


def classify_error(error: BaseException) -> DatabaseUnavailable:
    """A driver's or operating system's error by what a user can do about it."""
    why = str(error)
    if isinstance(error, OSError) and error.errno in ERRNOS:
        return DatabaseUnavailable(why, ERRNOS[error.errno])
    kind = next((kind for words, kind in KINDS.items() if words in why.lower()), "away")
    return DatabaseUnavailable(why, kind)
