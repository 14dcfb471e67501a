"""Errors become problems: what happened, every fault, what to do next."""

import errno
import os
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from states.errors import EXIT_BAD_INPUT, EXIT_MISUSED, UserError
from workflow.core.messages import has_message
from workflow.core.tone import Tone
from workflow.core.views import fields_of
from workflow.dossier.scans.limits import MEGABYTES, MOST_PAGES
from workflow.presentation.backup_errors import (
    describe_bad_archive,
    describe_not_backed_up,
    describe_not_restored,
)
from workflow.presentation.problem import Problem, ProblemDetail, Speaker, format_value, format_values

if TYPE_CHECKING:
    from states.rulebook.edition import ActRule, Edition
    from workflow.cases.views.clock_view import ClockView
    from workflow.cases.views.history import EventView
    from workflow.cases.views.open_acts import ReasonView


def describe_error(speaker: Speaker, error: BaseException) -> Problem | None:
    """What a door says of an error; None for one that nobody foresaw."""
    if isinstance(error, UserError):
        return describe_user_error(speaker, error)
    return describe_disk_error(speaker, error) if isinstance(error, OSError) else None


def describe_user_error(speaker: Speaker, error: UserError) -> Problem:
    """What a door says of an error that has words."""
    return DESCRIBERS.get(type(error).code, _describe_by_sentence)(speaker, error)


def _describe_by_sentence(speaker: Speaker, error: UserError) -> Problem:
    """An error that one sentence words, its places filled from the error's own values."""
    values = format_values(error.get_message_values())
    if "person" in values:
        values["person"] = _name_and_id(speaker, str(values["person"]))
    message = speaker.say(f"{error.catalogue}.{error.code}", **values)
    advice = speaker.say(error.advice, **values) if error.advice else ""
    near = [ProblemDetail(id_, {"id": id_}) for id_ in error.near]
    return Problem(error.code, error.exit_code, message, near, advice, error.writes)


# --- what the rules say -----------------------------------------------------------------------------------


def describe_refusal(speaker: Speaker, error: Any) -> Problem:
    """`ActRefused`: every reason with its article."""
    from workflow.cases.views.open_acts import build_reason_view

    reasons = [build_reason_view(reason, speaker.speaks) for reason in error.reasons]
    details = [
        ProblemDetail(
            reason.text,
            fields_of(reason),
            reason_tone(reason),
            citation_text(speaker, reason),
            REASON_MARKS[reason.answer],
        )
        for reason in reasons
    ]
    message, advice = speaker.say("error.refused"), speaker.say("advice.refused")
    return Problem(error.code, error.exit_code, message, details, advice, more={"reasons": reasons})


REASON_MARKS: dict[str, str] = {"met": "✓", "not_met": "✗", "unknown": "?"}
"""What stands before a reason at a terminal, by the answer of its condition; as on the pages."""


def reason_tone(reason: "ReasonView") -> Tone:
    """What refuses stands out from what only warns."""
    return "late" if reason.effect == "refuse" else "warn"


def citation_text(speaker: Speaker, rule: "ReasonView | ClockView") -> str:
    """The article a reason or a clock rests on, and how sure it is.

    Nothing where the record speaks for itself.
    """
    if rule.verified and not rule.citation:
        return ""
    parts = [speaker.say("cli.by_article", citation=rule.citation or speaker.say("cli.no_citation"))]
    if not rule.verified:
        parts.append(speaker.say("cli.unverified"))
    if getattr(rule, "effect", "") == "warn":
        parts.append(speaker.say("cli.only_warns"))
    return " · ".join(parts)


def describe_not_open(speaker: Speaker, error: Any) -> Problem:
    """The act is not one of the case's present step; or it is, and was called by the other verb."""
    edition = _current_edition(speaker)
    if edition and error.state in edition.sources_by_act.get(error.act, ()):
        verb = "advance" if error.act in edition.moves else "record"
        text = speaker.say("usage.other_verb", act=error.act, verb=verb)
        return Problem("usage", EXIT_MISUSED, text)
    state = edition.states.get(error.state) if edition else None
    label = state.label.in_language(speaker.speaks) if state else error.state
    return _refusal_problem(speaker, error, act_label=_act_label(speaker, error.act), state_label=label)


def describe_already_open(speaker: Speaker, error: Any) -> Problem:
    """One open case per person and pipeline."""
    return _refusal_problem(speaker, error, person=_name_and_id(speaker, error.person))


def _refusal_problem(speaker: Speaker, error: UserError, **values: object) -> Problem:
    """A refusal without an article, because the record would contradict itself."""
    from workflow.cases.views.open_acts import ReasonView

    text, advice = speaker.say(f"error.{error.code}", **values), speaker.say(error.advice, **values)
    reason = ReasonView(
        code=error.code.upper(),
        text=text,
        citation=None,
        verified=True,
        effect="refuse",
        answer="not_met",
        fact=None,
    )
    return Problem(error.code, error.exit_code, text, advice=advice, more={"reasons": [reason]})


def describe_case_changed(speaker: Speaker, error: Any) -> Problem:
    """`CaseChanged`, `CaseOvertaken`: what somebody else has recorded meanwhile."""
    from workflow.cases.views.history import list_changes_since

    case, seen_version = str(error.args[0]), getattr(error, "seen", None)
    changes = (
        list_changes_since(speaker.office, case, seen_version, speaker.speaks)
        if speaker.office and seen_version is not None
        else []
    )
    message, advice = (
        speaker.say("error.case_changed", case=case),
        speaker.say("advice.case_changed", case=case),
    )
    more = {"case": case, "seen": seen_version, "version": getattr(error, "version", None)}
    return Problem(
        error.code,
        error.exit_code,
        message,
        [_change_detail(speaker, event) for event in changes],
        advice,
        more=more,
    )


def _change_detail(speaker: Speaker, event: "EventView") -> ProblemDetail:
    values = {"seq": event.seq, "kind": event.kind, "on": event.on, "by": event.by, "typed": event.typed}
    label = event.label or speaker.say(f"cli.kind.{event.kind}")
    who = {"by": event.by or "–", "typed": event.typed or "–"}
    return ProblemDetail(
        speaker.say("cli.change", seq=event.seq, label=label, on=format_value(event.on), **who), values
    )


# --- what was typed ---------------------------------------------------------------------------------------


def describe_mistyped(speaker: Speaker, error: Any) -> Problem:
    """`InvalidInput`: every fault, by the name of its field."""
    edition = _current_edition(speaker)
    details = []
    for fault in error.faults:
        known = f"field.name.{fault.field}"
        rule = edition.fields.get(fault.field) if edition else None
        label = (
            rule.label.in_language(speaker.speaks)
            if rule
            else speaker.say(known)
            if has_message(known)
            else ""
        )
        named = speaker.say("field.named", field=fault.field, label=label) if label else fault.field
        text = speaker.say(
            "field.at", field=named, text=_fault_text(speaker, fault.field, fault.code, fault.values)
        )
        details.append(ProblemDetail(text, {"field": fault.field, "code": fault.code, **fault.values}))
    return Problem(error.code, error.exit_code, speaker.say("error.mistyped"), details)


def _fault_text(speaker: Speaker, field: str, code: str, values: Mapping[str, Any]) -> str:
    similar = (
        get_close_matches(field, str(values.get("known", "")).split(", "), n=1) if code == "unknown" else []
    )
    return (
        speaker.say("field.unknown_near", near=similar[0])
        if similar
        else speaker.say(f"field.{code}", **format_values(values))
    )


def describe_unknown_name(speaker: Speaker, error: Any) -> Problem:
    """Nothing is called so; what is called alike."""
    message = speaker.say(f"error.{error.code}", typed=error.typed)
    advice = speaker.say("advice.near" if error.named_alike else f"advice.{error.code}")
    return Problem(error.code, error.exit_code, message, _near_details(speaker, error.named_alike), advice)


def _near_details(speaker: Speaker, near: Sequence[tuple[str, str]]) -> list[ProblemDetail]:
    return [
        ProblemDetail(speaker.say("cli.near", id=id_, name=name).rstrip(), {"id": id_, "name": name})
        for id_, name in near
    ]


def describe_unknown_act(speaker: Speaker, error: Any) -> Problem:
    """`UnknownAct`: there is no such move or entry; those that exist."""
    near = get_close_matches(error.act, error.known, n=3, cutoff=0.5)
    details = _near_details(speaker, [(name, _act_label(speaker, name)) for name in near])
    message, advice = speaker.say("error.unknown_act", act=error.act), speaker.say("advice.unknown_act")
    return Problem(error.code, error.exit_code, message, details, advice)


def _name_and_id(speaker: Speaker, person: str) -> str:
    from workflow.register.views.people import load_names

    name = load_names(speaker.office, [person]).get(person) if speaker.office else None
    return f"{name}, {person}" if name else person


def _current_edition(speaker: Speaker) -> "Edition | None":
    """The edition whose words name acts and fields; none while no office is open."""
    return speaker.edition() if speaker.office else None


def _act_label(speaker: Speaker, name: str) -> str:
    edition = _current_edition(speaker)
    rule: ActRule | None = (edition.moves.get(name) or edition.entries.get(name)) if edition else None
    return rule.label.in_language(speaker.speaks) if rule else name


# --- the office's own files -------------------------------------------------------------------------------


def describe_bad_config(speaker: Speaker, error: Any) -> Problem:
    """`BadConfig`: every fault. The URL of a database may hold a password, so it is not repeated."""
    details = []
    for fault in error.faults:
        what = "" if fault.key == "database" else fault.what
        text = speaker.say(f"config.{fault.code}", name=fault.key, what=what)
        details.append(ProblemDetail(text, {"key": fault.key, "code": fault.code, "what": what}))
    advice = "advice.config_missing" if error.faults[0].code == "missing" else "advice.config"
    return Problem(
        error.code,
        error.exit_code,
        speaker.say("error.bad_config", path=error.path),
        details,
        speaker.say(advice),
    )


def describe_database_away(speaker: Speaker, error: Any) -> Problem:
    """`DatabaseUnavailable`: sorted by what a user can do about it."""
    why = error.why.strip().splitlines()[0] if error.why.strip() else ""
    details = [ProblemDetail(speaker.say("database.word", why=why), {"why": why}, "dim")] if why else []
    details = [] if error.kind == "moved" else details
    code = f"database_{error.kind}"
    return Problem(
        code,
        error.exit_code,
        speaker.say(f"database.{error.kind}", why=why),
        details,
        speaker.say(f"advice.{code}"),
    )


def describe_foreign_schema(speaker: Speaker, error: Any) -> Problem:
    """`WrongSchemaVersion`: a database of a newer or older program."""
    kind = "newer" if error.newer else "older"
    message, advice = (
        speaker.say(f"database.{kind}", found=error.found),
        speaker.say(f"advice.database_{kind}"),
    )
    return Problem(f"database_{kind}", error.exit_code, message, advice=advice)


def describe_rulebook_faults(speaker: Speaker, error: Any) -> Problem:
    """`RulebookFaults`, `TrialFaults`: every fault with file and place."""
    from workflow.presentation.rulebook.faults import describe_fault

    details = [
        ProblemDetail(describe_fault(fault, speaker.speaks, error.wording), fault._asdict())
        for fault in error.faults
    ]
    advice = speaker.say(error.advice) if error.advice else ""
    message = speaker.say(f"error.{error.code}")
    return Problem(error.code, error.exit_code, message, details, advice, writes=error.writes)


def describe_calendar_faults(speaker: Speaker, error: Any) -> Problem:
    """`CalendarFaults`: every fault with its place."""
    details = []
    for fault in error.faults:
        text = speaker.say("calendar.at", place=fault.place, text=speaker.say(fault.code, **fault.values))
        details.append(ProblemDetail(text, {"place": fault.place, "code": fault.code, **fault.values}))
    return Problem(error.code, error.exit_code, speaker.say("error.calendar_faults"), details)


def describe_bad_policy(speaker: Speaker, error: Any) -> Problem:
    """`BadPolicy`: every fault with its line."""
    details = []
    for fault in error.faults:
        text = speaker.say(f"policy.{fault.code}", name=fault.name)
        key = "policy.fault" if fault.path else "policy.fault_at_line"
        details.append(
            ProblemDetail(speaker.say(key, line=fault.line, path=fault.path, text=text), fault._asdict())
        )
    return Problem(
        error.code, error.exit_code, speaker.say("error.bad_policy", file=error.file.name), details
    )


def describe_template_faults(speaker: Speaker, error: Any) -> Problem:
    """`BadForms`, `BadTemplates`: every fault with its file and line."""
    details = [
        ProblemDetail(
            speaker.say("templates.fault", file=fault.file, line=fault.line, text=fault.what), fault._asdict()
        )
        for fault in error.faults
    ]
    return Problem(error.code, error.exit_code, speaker.say(f"error.{error.code}"), details)


def describe_bad_scan(speaker: Speaker, error: Any) -> Problem:
    """`BadScan`: why a file cannot be kept."""
    message = speaker.say(f"scan.{error.why}", **format_values(error.values))
    advice = speaker.say("advice.scan", limit=MEGABYTES, pages=MOST_PAGES)
    return Problem(f"scan_{error.why}", error.exit_code, message, advice=advice)


def describe_letter_settled(speaker: Speaker, error: Any) -> Problem:
    """`LetterSettled`: the state of the letter."""
    message = speaker.say(
        f"settled.{error.verb}", letter=error.letter, state=speaker.say(f"outbox.state.{error.state}")
    )
    return Problem(error.code, error.exit_code, message, more={"letter": error.letter, "state": error.state})


def describe_upgrade_undone(speaker: Speaker, error: Any) -> Problem:
    """Why an upgrade was taken back."""
    reason = speaker.say(f"upgrade.{error.why}", n=error.n)
    return Problem(
        error.code,
        error.exit_code,
        speaker.say("error.upgrade_undone", reason=reason),
        (),
        speaker.say(error.advice),
    )


FILE_ERRORS = {
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EFBIG: "full",
    errno.EROFS: "read_only",
    errno.EACCES: "not_allowed",
    errno.EPERM: "not_allowed",
    errno.ENOENT: "not_there",
    errno.ENOTDIR: "not_there",
    errno.EISDIR: "is_folder",
    errno.EEXIST: "is_there",
    errno.ENAMETOOLONG: "not_there",
}


def describe_disk_error(speaker: Speaker, error: Any) -> Problem:
    """`OSError`: a file that is not there, may not be written, or does not fit on the disk any more."""
    name = Path(error.filename).name if isinstance(error.filename, str | os.PathLike) else ""
    kind = FILE_ERRORS.get(error.errno, "other")
    message = speaker.say(f"file.{kind}", file=name, why=error.strerror or type(error).__name__)
    return Problem(f"file_{kind}", EXIT_BAD_INPUT, message, advice=speaker.say("advice.file"))


DESCRIBERS: dict[str, Callable[[Speaker, Any], Problem]] = {
    "refused": describe_refusal,
    "case_changed": describe_case_changed,
    "not_open": describe_not_open,
    "already_open": describe_already_open,
    "mistyped": describe_mistyped,
    "unknown_act": describe_unknown_act,
    "unknown_name": describe_unknown_name,
    "bad_config": describe_bad_config,
    "database": describe_database_away,
    "schema": describe_foreign_schema,
    "rulebook_faults": describe_rulebook_faults,
    "calendar_faults": describe_calendar_faults,
    "trial_faults": describe_rulebook_faults,
    "bad_policy": describe_bad_policy,
    "bad_forms": describe_template_faults,
    "bad_templates": describe_template_faults,
    "scan": describe_bad_scan,
    "letter_settled": describe_letter_settled,
    "not_backed_up": describe_not_backed_up,
    "bad_archive": describe_bad_archive,
    "not_restored": describe_not_restored,
    "not_copied": describe_not_backed_up,
    "not_relocated": describe_not_backed_up,
    "upgrade_undone": describe_upgrade_undone,
}
"""Errors that one sentence does not word, by the code of their class; by their classes, every room would be
loaded."""
