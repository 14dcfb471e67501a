"""Every exception of the program has a code and words; a new one without them is found here."""

import inspect

import pytest

from states.errors import UnknownId, UserError
from tests.doors.errors import exceptions, user_errors
from workflow.core.messages import load_messages
from workflow.presentation.error_text import DESCRIBERS

WITHIN = {
    "workflow.dossier.render.parse_xml.BadMarkup",  # becomes BadForms
    "workflow.core.input.WrongValue",  # becomes InvalidInput
    # these three: what became of a letter, told as such
    "notifications.transport.message.TransportUnavailable",
    "notifications.transport.message.LetterDeferred",
    "notifications.transport.message.LetterRefused",
    "workflow.cli.parsing.parser.HelpRequested",  # answered by the door itself
    "workflow.web.pages.register.form_types.NothingChanged",  # the form is shown as it stands
    "workflow.web.context.Hidden",  # mishaps of the web itself, worded by its own door
    "workflow.web.context.MustChangePassword",
    "workflow.web.context.CsrfFailed",
    "workflow.web.context.NotSignedIn",
    "workflow.web.context.TooBig",
    "workflow.operations.archive.archive_file.FileChanged",  # the backup is begun anew, or becomes NotBackedUp
    "workflow.operations.nightly_backup.BackupStopped",  # the worker was told to stop
    "workflow.register.roster.rows.UnreadableRoster",  # becomes a fault of the roster
}
"""Exceptions that never leave the room they are raised in, or that are no mistake."""


def test_every_exception_of_the_program_is_told_or_stays_within() -> None:
    untold = {name for name, kind in exceptions().items() if not issubclass(kind, UserError | OSError)}
    assert sorted(untold - WITHIN) == []
    without_code = {name for name, kind in exceptions().items() if issubclass(kind, UserError)} - set(
        user_errors()
    )
    built_upon = [
        "states.errors.UnknownId",
        "states.errors.UserError",
        "workflow.register.errors.RegisterError",
    ]
    assert sorted(without_code) == built_upon


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_error_has_its_sentence_and_its_advice(language: str) -> None:
    messages = load_messages(language)
    for name, kind in user_errors().items():
        assert kind.code in DESCRIBERS or f"{kind.catalogue}.{kind.code}" in messages, name
        assert not kind.advice or kind.advice in messages, name


def test_what_fills_a_sentence_is_there() -> None:
    for name, kind in user_errors().items():
        places = {*kind.message_values} - ({"typed"} if issubclass(kind, UnknownId) else set())
        source = inspect.getsource(kind)
        assert all(f"self.{place}" in source or f"def {place}(" in source for place in places), name


def test_no_words_lie_ready_for_an_error_that_is_not_there() -> None:
    assert sorted(set(DESCRIBERS) - {kind.code for kind in user_errors().values()}) == []


@pytest.mark.parametrize(
    "name", ["workflow.cases.commands.advance.ActRefused", "workflow.core.crypto.KeyLost"]
)
def test_the_search_for_exceptions_finds_them(name: str) -> None:
    assert name in exceptions()
