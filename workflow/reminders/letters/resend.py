"""Letters that somebody takes in hand: sent again, or sent no more."""

from workflow.office import Office
from workflow.reminders.letters import outbox_queries


class UnknownLetter(LookupError):
    """No letter has this id."""


class LetterSettled(Exception):
    """A letter cannot be sent again, or not be cancelled, as it stands. ``verb``: retry, cancel."""

    def __init__(self, verb: str, letter: str, state: str) -> None:
        super().__init__(f"{verb} {letter}: {state}")
        self.verb, self.letter, self.state = verb, letter, state


def retry_letter(office: Office, letter: str) -> None:
    """Send a stuck letter again, at once. Raises `UnknownLetter`, `Settled`."""
    _change_letter(office, letter, "retry", ("stuck", "waiting", "cancelled"), state="waiting", next_at=0, tries=0)


def cancel_letter(office: Office, letter: str) -> None:
    """Send a letter no more. Raises `UnknownLetter`, `Settled`."""
    _change_letter(office, letter, "cancel", ("stuck", "waiting"), state="cancelled")


def _change_letter(office: Office, letter: str, verb: str, states: tuple[str, ...], **values: object) -> None:
    with office.database.transaction() as work:
        row = outbox_queries.find_letter(work.connection, letter)
        is_changed = row is not None and outbox_queries.update_letter(work, letter, states, **values)
    if row is None:
        raise UnknownLetter(letter)
    if not is_changed:
        raise LetterSettled(verb, letter, row.state)
