"""A form that is sent twice is done once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from workflow.accounts.form_submissions import claim_form, finish_form
from workflow.web.context import RequestContext
from workflow.web.form_data import SentForm


@dataclass
class Submission:
    """``answer``: where the first sending has led, if this is not the first.

    ``done``: where this one leads.
    """

    earlier_location: str | None = None
    location: str | None = None


@contextmanager
def submit_once(ctx: RequestContext, form: SentForm, otherwise: str) -> Iterator[Submission]:
    """Claim a form's random key; release it if nothing was done.

    ``otherwise``: where to send the reader while the first sending still runs.
    """
    key = form.get_text("once")
    answer = claim_form(ctx.office, key, ctx.user) if key else None
    if answer is not None:
        yield Submission(answer or otherwise)
        return
    submission = Submission()
    try:
        yield submission
    finally:
        if key:
            finish_form(ctx.office, key, submission.location)
