"""Errors of backup, restore and relocation become problems."""

from typing import Any

from workflow.presentation.problem import Problem, ProblemDetail, Speaker


def describe_not_backed_up(speaker: Speaker, error: Any) -> Problem:
    """Why there is no new backup, and what the database's tool said; so too of a relocation."""
    reasons = "backup" if error.code == "not_backed_up" else "relocation"
    why = speaker.say(f"{reasons}.{error.why}", text=error.text)
    message = speaker.say(f"error.{error.code}", why=why)
    details = [ProblemDetail(error.text, {"why": error.text}, "dim")] if error.text else []
    return Problem(error.code, error.exit_code, message, details, speaker.say(error.advice), error.writes)


def describe_bad_archive(speaker: Speaker, error: Any) -> Problem:
    """`BadArchive`: why a backup cannot be used."""
    code = f"archive_{error.why}"
    message, advice = speaker.say(f"archive.{error.why}", text=error.text), speaker.say(f"advice.{code}")
    return Problem(code, error.exit_code, message, advice=advice, writes=False)


def describe_not_restored(speaker: Speaker, error: Any) -> Problem:
    """`NotRestored`: why nothing was restored."""
    code = f"restore_{error.why}"
    message, advice = speaker.say(f"restore.{error.why}", text=error.text), speaker.say(f"advice.{code}")
    return Problem(code, error.exit_code, message, advice=advice, writes=False)
