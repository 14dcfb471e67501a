"""A database's password is asked for or stands in the environment.

A command line is there to be read: by everybody on the machine while it runs, in the shell's history later.
"""

import getpass
import os
import sys

from workflow.cli.context import CommandContext
from workflow.storage.engine import find_login, set_password

PASSWORD = "KETNAP_DATABASE_PASSWORD"  # noqa: S105 - the name of a variable
"""The environment variable that holds the password, where nobody sits at a terminal."""


def add_password(ctx: CommandContext, address: str) -> str:
    """A database's address as it was typed, with its password; one that needs none stays as it is.

    At a terminal whoever presses Enter alone has none: the server may know its user otherwise.
    """
    login = find_login(address)
    if login is None:
        return address
    user, is_told = login
    if is_told:
        if not ctx.as_json:
            ctx.err.write(ctx.say("password.seen", variable=PASSWORD) + "\n")
        return address
    password = os.environ.get(PASSWORD) or _ask_password(ctx, user)
    return set_password(address, password) if password else address


def _ask_password(ctx: CommandContext, user: str) -> str:
    """What is typed, unseen; nothing where nobody can be asked."""
    if sys.stdin is None or not sys.stdin.isatty():
        return ""
    return getpass.getpass(ctx.say("password.ask", user=user) + " ", stream=ctx.err)
