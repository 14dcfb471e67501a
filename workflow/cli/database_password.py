"""A database's password is asked for or stands in the environment.

A command line is there to be read: by everybody on the machine while it runs, in the shell's history later.
"""

import getpass
import os
import sys

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from workflow.cli.context import CommandContext

PASSWORD = "KETNAP_DATABASE_PASSWORD"  # noqa: S105 - the name of a variable
"""The environment variable that holds the password, where nobody sits at a terminal."""


def add_password(ctx: CommandContext, address: str) -> str:
    """A database's address as it was typed, with its password; one that needs none stays as it is.

    At a terminal whoever presses Enter alone has none: the server may know its user otherwise.
    """
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        return address  # whoever opens it says what is wrong with it
    if url.get_backend_name() != "postgresql" or not url.username:
        return address
    if url.password:
        if not ctx.as_json:
            ctx.err.write(ctx.say("password.seen", variable=PASSWORD) + "\n")
        return address
    password = os.environ.get(PASSWORD) or _ask_password(ctx, url.username)
    return url.set(password=password).render_as_string(hide_password=False) if password else address


def _ask_password(ctx: CommandContext, user: str) -> str:
    """What is typed, unseen; nothing where nobody can be asked."""
    if sys.stdin is None or not sys.stdin.isatty():
        return ""
    return getpass.getpass(ctx.say("password.ask", user=user) + " ", stream=ctx.err)
