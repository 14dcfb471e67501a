"""Ending what stands open in a user's name: sessions and tokens, by the user or from above."""

from workflow import accounts
from workflow.core.input import FieldFault, Mistyped
from workflow.web.context import Hidden, Visit


def end_of(here: Visit, user: str, do: str, of: str) -> str:
    """End a session of a user's, all of them but this one, or a token; what is said of it then.

    Raises `Hidden` for what is another's, `Mistyped` for what cannot be asked for.
    """
    if do == "end_session":
        _theirs(of, [one.id for one in accounts.sessions(here.office, user)])
        accounts.end_session(here.office, of)
        return "said=session_ended"
    if do == "end_sessions":
        for one in accounts.sessions(here.office, user):
            if one.id != here.session.session_id:
                accounts.end_session(here.office, one.id)
        return "said=sessions_ended"
    if do == "end_token":
        _theirs(of, [one.id for one in accounts.tokens(here.office, user)])
        accounts.end_token(here.office, of)
        return "said=token_ended"
    raise not_offered(do)


def _theirs(id_: str, known: list[str]) -> None:
    if id_ not in known:
        raise Hidden


def not_offered(do: str) -> Mistyped:
    """A button that no page of ours has."""
    return Mistyped([FieldFault(do[:40] or "do", "not_asked", {})])
