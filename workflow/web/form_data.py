"""Reading what a form sent: its values as texts, its files; and that it came from a page of ours."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

from workflow.web.context import NotOurs

MOST_FIELDS = 500
LONGEST_FIELD = 100_000
"""Bytes: the longest text that an act may record is 20,000 letters."""

TYPED = "ketnap.typed"
"""Where a request carries its form for whoever has to give it back."""

OWN = frozenset({"csrf", "once", "seen", "by", "password", "old", "again"})
"""What a form says of itself, beside what was typed into it; and secrets, which no page gives back."""


@dataclass
class Form:
    """What was sent. ``values``: each field's text, or texts where it was sent more than once."""

    values: dict[str, str | list[str]] = field(default_factory=dict)
    files: dict[str, UploadFile] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """One field's text; the first where there are several, "" where there is none."""
        value = self.values.get(name, "")
        return (value[0] if value else "") if isinstance(value, list) else value

    def texts(self, name: str) -> list[str]:
        """All that was sent under one name."""
        value = self.values.get(name, [])
        return value if isinstance(value, list) else [value]

    @property
    def typed(self) -> dict[str, str | list[str]]:
        """What a person typed."""
        return {name: value for name, value in self.values.items() if name not in OWN}


async def _read(request: Request) -> AsyncIterator[Form]:
    """Raises `NotOurs` for a form of another site's page; what is no form at all is an empty one."""
    if not _is_from_here(request):
        raise NotOurs
    try:
        sent = await request.form(max_files=20, max_fields=MOST_FIELDS, max_part_size=LONGEST_FIELD)
    except (MultiPartException, HTTPException) as error:
        raise NotOurs from error
    read = _form(sent)
    request.scope[TYPED] = read
    try:
        yield read
    finally:
        await sent.close()


def _is_from_here(request: Request) -> bool:
    """Whether a page of ours sent it, by what the browser says: also of forms without a session, as the one to sign in.

    Older browsers name no ``Sec-Fetch-Site``, but the page's ``Origin``; what is no browser names neither.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or origin.rpartition("//")[2] == request.headers.get("host")


def _form(sent: FormData) -> Form:
    read = Form()
    for name, value in sent.multi_items():
        if isinstance(value, UploadFile):
            if value.filename:
                read.files[name] = value
        elif name in read.values:
            held = read.values[name]
            read.values[name] = [*(held if isinstance(held, list) else [held]), value]
        else:
            read.values[name] = value
    return read


Sent = Annotated[Form, Depends(_read)]
"""The form of a request."""
