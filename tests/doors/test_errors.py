"""Every exception of the program is worded: code, exit and sentence; a new one without words is found here."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from functools import cache

import pytest

import notifications
import states
import workflow
from workflow.cli.errors import WORDINGS
from workflow.presentation.error_table import find_wording

WITHIN = {
    "workflow.core.input.WrongValue",  # becomes InvalidInput
    "workflow.dossier.render.parse_xml.BadMarkup",  # becomes BadForms
    "notifications.transport.message.TransportUnavailable",  # these three: what became of a letter, told as such
    "notifications.transport.message.LetterDeferred",
    "notifications.transport.message.LetterRefused",
    "workflow.cli.parsing.parser.HelpRequested",  # answered by the door itself
    "workflow.web.pages.register.form_types.NothingChanged",  # nothing was changed in a form of the register: shown as it stands
    "workflow.web.context.Hidden",  # mishaps of the web itself, worded by its own door
    "workflow.web.context.MustChangePassword",
    "workflow.web.context.CsrfFailed",
    "workflow.web.context.NotSignedIn",
    "workflow.web.context.TooBig",
    "workflow.register.roster.rows.UnreadableRoster",  # becomes a fault of the roster
}
"""Exceptions that never leave the room they are raised in, or that are no mistake."""


def modules() -> Iterator[str]:
    for room in (states, notifications, workflow):
        yield room.__name__
        for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if ".migrations" not in found.name:
                yield found.name


@cache
def exceptions() -> dict[str, type[BaseException]]:
    """Every public exception class that the program defines, by its full name."""
    found: dict[str, type[BaseException]] = {}
    for name in modules():
        for _, kind in inspect.getmembers(importlib.import_module(name), inspect.isclass):
            if issubclass(kind, BaseException) and kind.__module__ == name and not kind.__name__.startswith("_"):
                found[f"{kind.__module__}.{kind.__qualname__}"] = kind
    return found


def test_every_exception_of_the_program_is_worded() -> None:
    worded = {name for name, kind in exceptions().items() if find_wording(kind.__new__(kind), WORDINGS)}
    assert sorted(set(exceptions()) - worded - WITHIN) == []


def test_no_words_lie_ready_for_an_exception_that_is_not_there() -> None:
    ours = {name for name in WORDINGS if not name.startswith("builtins.")}
    assert sorted(ours - set(exceptions())) == []


@pytest.mark.parametrize("name", ["workflow.cases.commands.advance.ActRefused", "workflow.core.crypto.KeyLost"])
def test_the_search_for_exceptions_finds_them(name: str) -> None:
    assert name in exceptions()
