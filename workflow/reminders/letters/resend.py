"""Letters that somebody takes in hand: sent again, or sent no more."""

from workflow.office import Office
from workflow.reminders.letters import outbox_queries


class UnknownLetter(LookupError):
    """No letter has this id."""


class Settled(Exception):
    """A letter cannot be sent again, or not be cancelled, as it stands. ``verb``: retry, cancel."""

    def __init__(self, verb: str, letter: str, state: str) -> None:
        super().__init__(f"{verb} {letter}: {state}")
        self.verb, self.letter, self.state = verb, letter, state


def retry(office: Office, letter: str) -> None:
    """Send a stuck letter again, at once. Raises `UnknownLetter`, `Settled`."""
    _change(office, letter, "retry", ("stuck", "waiting", "cancelled"), state="waiting", next_at=0, tries=0)


def cancel(office: Office, letter: str) -> None:
    """Send a letter no more. Raises `UnknownLetter`, `Settled`."""
    _change(office, letter, "cancel", ("stuck", "waiting"), state="cancelled")


def _change(office: Office, letter: str, verb: str, states: tuple[str, ...], **values: object) -> None:
    with office.database.transaction() as work:
        held = outbox_queries.letter(work.connection, letter)
        done = held is not None and outbox_queries.change(work, letter, states, **values)
    if held is None:
        raise UnknownLetter(letter)
    if not done:
        raise Settled(verb, letter, held.state)
