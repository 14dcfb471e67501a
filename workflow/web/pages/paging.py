"""A long list is shown in pages, each with the addresses beside it."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True, kw_only=True)
class PagingView:
    """Which part of a list is shown, and the addresses of the parts before and after it."""

    first: int
    last: int
    total: int
    earlier: str | None
    more: str | None


def build_url(path: str, **params: object) -> str:
    """A page's address with what is asked of it; what is not said stays out."""
    query = {name: value for name, value in params.items() if value not in ("", None, 0)}
    return f"{path}?{urlencode(query)}" if query else path


def build_paging(
    path: str, at: int, shown: int, total: int, size: int, link: Callable[..., str] = build_url, **params: object
) -> PagingView:
    """The part of a list that begins at a row; ``link`` makes the addresses of the others."""
    return PagingView(
        first=at + 1,
        last=at + shown,
        total=total,
        earlier=link(path, at=max(at - size, 0), **params) if at else None,
        more=link(path, at=at + size, **params) if at + size < total else None,
    )
