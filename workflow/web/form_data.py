"""This module reads a sent form: its values and files.

It refuses a form that another site's page sent.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

from workflow.core.input import InvalidInput
from workflow.core.messages import has_message
from workflow.presentation.problem import Speaker, format_values
from workflow.web.context import CsrfFailed

MOST_FIELDS = 500
LONGEST_FIELD = 100_000
"""Bytes: the longest text that an act may record is 20,000 letters."""

FORM_KEY = "ketnap.typed"
"""Where a request carries its form for whoever has to give it back."""

CONTROL_FIELDS = frozenset({"csrf", "once", "seen", "by", "password", "old", "again"})
"""What a form says of itself, beside what was typed into it; and secrets, which no page gives back."""


@dataclass
class SentForm:
    """What was sent. ``values``: each field's text, or texts where it was sent more than once."""

    values: dict[str, str | list[str]] = field(default_factory=dict)
    files: dict[str, UploadFile] = field(default_factory=dict)

    def get_text(self, name: str) -> str:
        """One field's text; the first where there are several, "" where there is none."""
        value = self.values.get(name, "")
        return (value[0] if value else "") if isinstance(value, list) else value

    def get_list(self, name: str) -> list[str]:
        """All that was sent under one name."""
        value = self.values.get(name, [])
        return value if isinstance(value, list) else [value]

    @property
    def user_values(self) -> dict[str, str | list[str]]:
        """What the user typed, without the form's hidden fields."""
        return {name: value for name, value in self.values.items() if name not in CONTROL_FIELDS}


async def _read_form(request: Request) -> AsyncIterator[SentForm]:
    """The sent form; empty if the body is none. Raises `CsrfFailed` for another site's form."""
    if not _is_same_origin(request):
        raise CsrfFailed
    try:
        raw_form = await request.form(max_files=20, max_fields=MOST_FIELDS, max_part_size=LONGEST_FIELD)
    except (MultiPartException, HTTPException) as error:
        raise CsrfFailed from error
    form = _collect_fields(raw_form)
    request.scope[FORM_KEY] = form
    try:
        yield form
    finally:
        await raw_form.close()


def _is_same_origin(request: Request) -> bool:
    """Whether a page of ours sent it, by what the browser says.

    Also of forms without a session, as the one to sign in.

    Older browsers name no ``Sec-Fetch-Site``, but the page's ``Origin``; what is no browser names neither.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or origin.rpartition("//")[2] == request.headers.get("host")


def _collect_fields(raw_form: FormData) -> SentForm:
    form = SentForm()
    for name, value in raw_form.multi_items():
        if isinstance(value, UploadFile):
            if value.filename:
                form.files[name] = value
        elif name in form.values:
            earlier = form.values[name]
            form.values[name] = [*(earlier if isinstance(earlier, list) else [earlier]), value]
        else:
            form.values[name] = value
    return form


FormBody = Annotated[SentForm, Depends(_read_form)]
"""The form of a request."""


def describe_faults(speaker: Speaker, error: InvalidInput) -> dict[str, list[str]]:
    """What is amiss with each field, in words."""
    texts: dict[str, list[str]] = {}
    for fault in error.faults:
        key = f"field.{fault.code}"
        text = speaker.say(key if has_message(key) else "field.not_text", **format_values(fault.values))
        texts.setdefault(fault.field, []).append(text[:1].upper() + text[1:])
    return texts
