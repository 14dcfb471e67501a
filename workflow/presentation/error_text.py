"""How each fact that an exception states is worded: its code, its exit, its sentences and what to do next."""

import errno
import os
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow.core.messages import knows
from workflow.core.styled_text import Tone
from workflow.dossier.scans import MEGABYTES, MOST_PAGES
from workflow.presentation.problem import (
    MISUSED,
    OVERTAKEN,
    REFUSED,
    SENSELESS,
    Detail,
    Problem,
    Speaker,
    printed,
    worded,
)

if TYPE_CHECKING:
    from states.rulebook.edition import Edition, Recorded

Wording = Callable[[Speaker, Any], Problem]


def said(code: str, exit_: int, *names: str, advice: str = "", writes: bool = True) -> Wording:
    """An exception that one sentence words: ``error.CODE``, its places filled from the exception's attributes."""

    def problem(speaker: Speaker, error: Any) -> Problem:
        values = worded({name: getattr(error, name) for name in names})
        advised = speaker.say(advice, **values) if advice else ""
        return Problem(code, exit_, speaker.say(f"error.{code}", **values), advice=advised, writes=writes)

    return problem


# --- what the rules say ------------------------------------------------------------------------------------------


def refused(speaker: Speaker, error: Any) -> Problem:
    """`Refused`: every reason with its article."""
    from workflow.cases.views.case_view import reason_view

    reasons = [reason_view(one, speaker.speaks) for one in error.reasons]
    details = [Detail(one["text"], one, tone_of(one), citation(speaker, one)) for one in reasons]
    message, advice = speaker.say("error.refused"), speaker.say("advice.refused")
    return Problem("refused", REFUSED, message, details, advice, more={"reasons": reasons})


def tone_of(reason: Mapping[str, Any]) -> Tone:
    """What refuses stands out from what only warns."""
    return "late" if reason["effect"] == "refuse" else "warn"


def citation(speaker: Speaker, reason: Mapping[str, Any]) -> str:
    """The article a reason or a clock rests on, and how sure it is; nothing where the record speaks for itself."""
    if reason["verified"] and not reason["citation"]:
        return ""
    parts = [speaker.say("cli.by_article", citation=reason["citation"] or speaker.say("cli.no_citation"))]
    if not reason["verified"]:
        parts.append(speaker.say("cli.unverified"))
    if reason.get("effect") == "warn":
        parts.append(speaker.say("cli.only_warns"))
    return " · ".join(parts)


def not_open(speaker: Speaker, error: Any) -> Problem:
    """`NotOpen`: the act is not one of the case's present step; or it is, and was called by the other verb."""
    edition = _edition(speaker)
    if edition and error.state in edition.made_from.get(error.act, ()):
        verb = "advance" if error.act in edition.moves else "record"
        text = speaker.say("usage.other_verb", act=error.act, verb=verb)
        return Problem("usage", MISUSED, text)
    state = edition.states.get(error.state) if edition else None
    label = state.label.in_language(speaker.speaks) if state else error.state
    return _ruled(speaker, "not_open", act_label=_act_label(speaker, error.act), state_label=label)


def already_open(speaker: Speaker, error: Any) -> Problem:
    """`AlreadyOpen`: one open case per person and pipeline."""
    return _ruled(speaker, "already_open", person=_called(speaker, error.person))


def no_post(speaker: Speaker, error: Any) -> Problem:
    """`NoPost`: the person heads nothing, and no unit was named."""
    message = speaker.say("error.no_post", person=_called(speaker, error.person), on=printed(error.on))
    return Problem("no_post", SENSELESS, message, advice=speaker.say("advice.no_post"))


def _ruled(speaker: Speaker, code: str, **values: object) -> Problem:
    """A refusal that needs no article: the record could not be otherwise."""
    text = speaker.say(f"error.{code}", **values)
    reason = {"code": code.upper(), "text": text, "citation": None, "verified": True, "effect": "refuse"}
    return Problem(code, REFUSED, text, advice=speaker.say(f"advice.{code}", **values), more={"reasons": [reason]})


def changed(speaker: Speaker, error: Any) -> Problem:
    """`CaseChanged`, `Overtaken`: somebody else was faster; what they recorded."""
    from workflow.cases.views.case_view import changes_since

    case, seen = str(error.args[0]), getattr(error, "seen", None)
    changes = changes_since(speaker.office, case, seen, speaker.speaks) if speaker.office and seen is not None else []
    message, advice = speaker.say("error.case_changed", case=case), speaker.say("advice.case_changed", case=case)
    more = {"case": case, "seen": seen, "version": getattr(error, "version", None)}
    return Problem("case_changed", OVERTAKEN, message, [_change(speaker, one) for one in changes], advice, more=more)


def _change(speaker: Speaker, event: Mapping[str, Any]) -> Detail:
    values = {name: event[name] for name in ("seq", "kind", "on", "by", "typed")}
    label = event["label"] or speaker.say(f"cli.kind.{event['kind']}")
    who = {name: event[name] or "–" for name in ("by", "typed")}
    return Detail(speaker.say("cli.change", seq=event["seq"], label=label, on=printed(event["on"]), **who), values)


# --- what was typed ----------------------------------------------------------------------------------------------


def mistyped(speaker: Speaker, error: Any) -> Problem:
    """`Mistyped`: every fault, by the name of its field."""
    edition = _edition(speaker)
    details = []
    for fault in error.faults:
        known = f"field.name.{fault.field}"
        rule = edition.fields.get(fault.field) if edition else None
        label = rule.label.in_language(speaker.speaks) if rule else speaker.say(known) if knows(known) else ""
        named = speaker.say("field.named", field=fault.field, label=label) if label else fault.field
        text = speaker.say("field.at", field=named, text=_fault(speaker, fault.field, fault.code, fault.values))
        details.append(Detail(text, {"field": fault.field, "code": fault.code, **fault.values}))
    return Problem("mistyped", SENSELESS, speaker.say("error.mistyped"), details)


def _fault(speaker: Speaker, field: str, code: str, values: Mapping[str, Any]) -> str:
    near = get_close_matches(field, str(values.get("known", "")).split(", "), n=1) if code == "unknown" else []
    return speaker.say("field.unknown_near", near=near[0]) if near else speaker.say(f"field.{code}", **worded(values))


def unknown(speaker: Speaker, error: Any) -> Problem:
    """`Unknown`: nothing is called so; what is called alike."""
    return _unknown(speaker, error.kind, error.typed, error.near)


def unknown_of(kind: str) -> Wording:
    """An exception of the verbs that says of an id that nothing has it."""
    return lambda speaker, error: _unknown(speaker, kind, str(error.args[0]))


def _unknown(speaker: Speaker, kind: str, typed: str, near: Sequence[tuple[str, str]] = ()) -> Problem:
    code = f"unknown_{kind}"
    advice = speaker.say("advice.near" if near else f"advice.{code}")
    return Problem(code, SENSELESS, speaker.say(f"error.{code}", typed=typed), _near(speaker, near), advice)


def _near(speaker: Speaker, near: Sequence[tuple[str, str]]) -> list[Detail]:
    return [
        Detail(speaker.say("cli.near", id=id_, name=name).rstrip(), {"id": id_, "name": name}) for id_, name in near
    ]


def unknown_act(speaker: Speaker, error: Any) -> Problem:
    """`UnknownAct`: no move or entry is called so; which are."""
    near = get_close_matches(error.act, error.known, n=3, cutoff=0.5)
    details = _near(speaker, [(name, _act_label(speaker, name)) for name in near])
    message, advice = speaker.say("error.unknown_act", act=error.act), speaker.say("advice.unknown_act")
    return Problem("unknown_act", SENSELESS, message, details, advice)


def unregistered(speaker: Speaker, error: Any) -> Problem:
    """`Unregistered`: what stands against an entry in the register."""
    values = worded(error.values)
    if "person" in values:
        values["person"] = _called(speaker, str(values["person"]))
    near = [Detail(one, {"id": one}) for one in error.values.get("near", ())]
    return Problem(error.code, SENSELESS, speaker.say(f"register.{error.code}", **values), near)


def _called(speaker: Speaker, person: str) -> str:
    """A person's name beside the id."""
    from workflow.register.search import names_of

    name = names_of(speaker.office, [person]).get(person) if speaker.office else None
    return f"{name}, {person}" if name else person


def _edition(speaker: Speaker) -> "Edition | None":
    """The edition whose words name acts and fields; none while no office is open."""
    return speaker.edition() if speaker.office else None


def _act_label(speaker: Speaker, name: str) -> str:
    edition = _edition(speaker)
    rule: Recorded | None = (edition.moves.get(name) or edition.entries.get(name)) if edition else None
    return rule.label.in_language(speaker.speaks) if rule else name


# --- the office's own files --------------------------------------------------------------------------------------


def bad_config(speaker: Speaker, error: Any) -> Problem:
    """`BadConfig`: every fault. The URL of a database may hold a password, so it is not repeated."""
    details = []
    for fault in error.faults:
        what = "" if fault.key == "database" else fault.what
        text = speaker.say(f"config.{fault.code}", name=fault.key, what=what)
        details.append(Detail(text, {"key": fault.key, "code": fault.code, "what": what}))
    advice = "advice.config_missing" if error.faults[0].code == "missing" else "advice.config"
    return Problem(
        "bad_config", SENSELESS, speaker.say("error.bad_config", path=error.path), details, speaker.say(advice)
    )


def database(speaker: Speaker, error: Any) -> Problem:
    """`DatabaseAway`: by what a person can do about it."""
    why = error.why.strip().splitlines()[0] if error.why.strip() else ""
    details = [Detail(speaker.say("database.word", why=why), {"why": why}, "dim")] if why else []
    code = f"database_{error.kind}"
    return Problem(code, SENSELESS, speaker.say(f"database.{error.kind}"), details, speaker.say(f"advice.{code}"))


def schema(speaker: Speaker, error: Any) -> Problem:
    """`SchemaForeign`: a database of a newer or older program."""
    kind = "newer" if error.newer else "older"
    message, advice = speaker.say(f"database.{kind}", found=error.found), speaker.say(f"advice.database_{kind}")
    return Problem(f"database_{kind}", SENSELESS, message, advice=advice)


def rulebook(speaker: Speaker, error: Any) -> Problem:
    """`RulebookFaults`: every fault with file and place."""
    from workflow.presentation.rulebook_faults import fault_words

    details = [Detail(fault_words(one, speaker.speaks), one._asdict()) for one in error.faults]
    return Problem("rulebook_faults", SENSELESS, speaker.say("error.rulebook_faults"), details, writes=False)


def calendar(speaker: Speaker, error: Any) -> Problem:
    """`CalendarFaults`: every fault with its place."""
    details = []
    for one in error.faults:
        text = speaker.say("calendar.at", place=one.place, text=speaker.say(one.code, **one.values))
        details.append(Detail(text, {"place": one.place, "code": one.code, **one.values}))
    return Problem("calendar_faults", SENSELESS, speaker.say("error.calendar_faults"), details)


def policy(speaker: Speaker, error: Any) -> Problem:
    """`BadPolicy`: every fault with its line."""
    details = []
    for one in error.faults:
        text = speaker.say(f"policy.{one.code}", name=one.name)
        key = "policy.fault" if one.path else "policy.fault_at_line"
        details.append(Detail(speaker.say(key, line=one.line, path=one.path, text=text), one._asdict()))
    return Problem("bad_policy", SENSELESS, speaker.say("error.bad_policy", file=error.file.name), details)


def paper(speaker: Speaker, error: Any) -> Problem:
    """`UnknownPaper`: which papers there are."""
    said = speaker.say("error.unknown_paper", code=error.code)
    return Problem(
        "unknown_paper", SENSELESS, said, advice=speaker.say("advice.unknown_paper", known=", ".join(error.known))
    )


def forms(speaker: Speaker, error: Any) -> Problem:
    """`BadForms`: every fault with its file and line."""
    details = [
        Detail(speaker.say("templates.fault", file=one.file, line=one.line, text=one.what), one._asdict())
        for one in error.faults
    ]
    return Problem("bad_forms", SENSELESS, speaker.say("error.bad_forms"), details)


def scan(speaker: Speaker, error: Any) -> Problem:
    """`BadScan`: why a file cannot be kept."""
    said = speaker.say(f"scan.{error.why}", **worded(error.values))
    advice = speaker.say("advice.scan", limit=MEGABYTES, pages=MOST_PAGES)
    return Problem(f"scan_{error.why}", SENSELESS, said, advice=advice)


def settled(speaker: Speaker, error: Any) -> Problem:
    """`Settled`: how the letter stands."""
    said = speaker.say(f"settled.{error.verb}", letter=error.letter, state=speaker.say(f"outbox.state.{error.state}"))
    return Problem("letter_settled", SENSELESS, said, more={"letter": error.letter, "state": error.state})


def templates(speaker: Speaker, error: Any) -> Problem:
    """`BadTemplates`: every fault with its file and line."""
    details = [
        Detail(speaker.say("templates.fault", file=one.file, line=one.line, text=one.what), one._asdict())
        for one in error.faults
    ]
    return Problem("bad_templates", SENSELESS, speaker.say("error.bad_templates"), details)


FILES = {
    errno.ENOSPC: "full", errno.EDQUOT: "full", errno.EROFS: "read_only", errno.EACCES: "not_allowed",
    errno.EPERM: "not_allowed", errno.ENOENT: "not_there", errno.ENOTDIR: "not_there", errno.EISDIR: "is_folder",
    errno.EEXIST: "is_there", errno.ENAMETOOLONG: "not_there",
}  # fmt: skip


def disk(speaker: Speaker, error: Any) -> Problem:
    """`OSError`: a file that is not there, may not be written, or does not fit on the disk any more."""
    name = Path(error.filename).name if isinstance(error.filename, str | os.PathLike) else ""
    kind = FILES.get(error.errno, "other")
    message = speaker.say(f"file.{kind}", file=name, why=error.strerror or type(error).__name__)
    return Problem(f"file_{kind}", SENSELESS, message, advice=speaker.say("advice.file"))
