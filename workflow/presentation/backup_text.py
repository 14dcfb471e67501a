"""Why there is no new backup, in words."""

from typing import Any

from workflow.presentation.problem import EXIT_BAD_INPUT, Problem, ProblemDetail, Speaker


def describe_not_backed_up(speaker: Speaker, error: Any) -> Problem:
    """`NotBackedUp`: why, and what the database's tool said."""
    message = speaker.say("error.not_backed_up", why=speaker.say(f"backup.{error.why}"))
    details = [ProblemDetail(error.text, {"why": error.text}, "dim")] if error.text else []
    return Problem("not_backed_up", EXIT_BAD_INPUT, message, details, speaker.say("advice.not_backed_up"), writes=False)
