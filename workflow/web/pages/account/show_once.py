"""A page shows a secret once, after the form that made it.

So a page that is loaded again makes no second one, and a double tap neither.
"""

from workflow.accounts.form_submissions import save_draft, take_draft
from workflow.web.context import RequestContext


def store_secret(ctx: RequestContext, path: str, secret: str) -> None:
    """Store a secret for the page at a path."""
    save_draft(ctx.office, ctx.user, _draft_path(path), {"secret": secret})


def take_secret(ctx: RequestContext, path: str) -> str | None:
    """The secret of a page, once; None afterwards."""
    draft = take_draft(ctx.office, ctx.user, _draft_path(path)) or {}
    secret = draft.get("secret")
    return secret if isinstance(secret, str) else None


def _draft_path(path: str) -> str:
    """A draft path of its own: no page's path begins like it."""
    return f"secret {path}"
