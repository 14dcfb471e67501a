"""Sessions and tokens are ended, by their user or from above."""

from workflow.accounts.api_tokens import end_token, list_tokens
from workflow.accounts.sessions import end_session, list_sessions
from workflow.core.input import FieldFault, InvalidInput
from workflow.web.context import Hidden, RequestContext


def end_user_access(ctx: RequestContext, user: str, do: str, of: str) -> str:
    """End one session of a user, all but the current one, or a token; returns the message to show.

    Raises `Hidden` for what is another's, `InvalidInput` for an unknown request.
    """
    if do == "end_session":
        _require_listed(of, [session.id for session in list_sessions(ctx.office, user)])
        end_session(ctx.office, of)
        return "said=session_ended"
    if do == "end_sessions":
        for session in list_sessions(ctx.office, user):
            if session.id != ctx.session.session_id:
                end_session(ctx.office, session.id)
        return "said=sessions_ended"
    if do == "end_token":
        _require_listed(of, [token.token for token in list_tokens(ctx.office, user)])
        end_token(ctx.office, of)
        return "said=token_ended"
    raise unknown_button_fault(do)


def _require_listed(id_: str, known: list[str]) -> None:
    if id_ not in known:
        raise Hidden


def unknown_button_fault(do: str) -> InvalidInput:
    """A form value that none of our buttons sends."""
    return InvalidInput([FieldFault(do[:40] or "do", "not_asked", {})])
