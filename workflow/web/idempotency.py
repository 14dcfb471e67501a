"""A form that is sent twice by a double tap, or by a browser that tries again, is done once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from workflow import accounts
from workflow.web.context import Visit
from workflow.web.form_data import Form


@dataclass
class Sending:
    """``answer``: where the first sending has led, if this is not the first; ``done``: where this one leads."""

    answer: str | None = None
    done: str | None = None


@contextmanager
def sent_once(here: Visit, form: Form, otherwise: str) -> Iterator[Sending]:
    """Claim a form's random key; let go of it again where nothing was done.

    ``otherwise``: where to send somebody whose first sending is still on its way.
    """
    key = form.text("once")
    answer = accounts.once(here.office, key, here.user) if key else None
    if answer is not None:
        yield Sending(answer or otherwise)
        return
    sending = Sending()
    try:
        yield sending
    finally:
        if key:
            accounts.done_once(here.office, key, sending.done)
