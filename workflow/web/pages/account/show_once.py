"""A secret that a page shows once, after the form that made it has led there: kept sealed until then.

So a page that is loaded again makes no second one, and a double tap neither.
"""

from workflow import accounts
from workflow.web.context import Visit


def keep_secret(here: Visit, path: str, secret: str) -> None:
    """Keep a secret for the page at a path."""
    accounts.keep_draft(here.office, here.user, _place(path), {"secret": secret})


def take_secret(here: Visit, path: str) -> str | None:
    """The secret for this page, the first time that it is asked for."""
    kept = accounts.take_draft(here.office, here.user, _place(path)) or {}
    secret = kept.get("secret")
    return secret if isinstance(secret, str) else None


def _place(path: str) -> str:
    """Beside the place of what was typed on that page: no path begins so."""
    return f"secret {path}"
