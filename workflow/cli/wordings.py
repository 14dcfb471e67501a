"""How each fact that an exception states is worded: its code, its exit, its sentences and what to do next."""

import errno
import os
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow.cli.desk import Desk
from workflow.cli.printing import Tone, printed
from workflow.cli.problems import INTERRUPTED, MISUSED, OVERTAKEN, REFUSED, SENSELESS, Detail, Problem, worded
from workflow.words import knows

if TYPE_CHECKING:
    from states.rulebook import Edition, Recorded

Wording = Callable[[Desk, Any], Problem]


def said(code: str, exit_: int, *names: str, advice: str = "", writes: bool = True) -> Wording:
    """An exception that one sentence words: ``error.CODE``, its places filled from the exception's attributes."""

    def problem(desk: Desk, error: Any) -> Problem:
        values = worded({name: getattr(error, name) for name in names})
        advised = desk.say(advice, **values) if advice else ""
        return Problem(code, exit_, desk.say(f"error.{code}", **values), advice=advised, writes=writes)

    return problem


# --- what the rules say ------------------------------------------------------------------------------------------


def refused(desk: Desk, error: Any) -> Problem:
    """`Refused`: every reason with its article."""
    from workflow.casebook import reason_view

    reasons = [reason_view(one, desk.speaks) for one in error.reasons]
    details = [Detail(one["text"], one, tone_of(one), citation(desk, one)) for one in reasons]
    message, advice = desk.say("error.refused"), desk.say("advice.refused")
    return Problem("refused", REFUSED, message, details, advice, more={"reasons": reasons})


def tone_of(reason: Mapping[str, Any]) -> Tone:
    """What refuses stands out from what only warns."""
    return "late" if reason["effect"] == "refuse" else "warn"


def citation(desk: Desk, reason: Mapping[str, Any]) -> str:
    """The article a reason or a clock rests on, and how sure it is; nothing where the record speaks for itself."""
    if reason["verified"] and not reason["citation"]:
        return ""
    parts = [desk.say("cli.by_article", citation=reason["citation"] or desk.say("cli.no_citation"))]
    if not reason["verified"]:
        parts.append(desk.say("cli.unverified"))
    if reason.get("effect") == "warn":
        parts.append(desk.say("cli.only_warns"))
    return " · ".join(parts)


def not_open(desk: Desk, error: Any) -> Problem:
    """`NotOpen`: the act is not one of the case's present step; or it is, and was called by the other verb."""
    edition = _edition(desk)
    if edition and error.state in edition.made_from.get(error.act, ()):
        verb = "advance" if error.act in edition.moves else "record"
        text = desk.say("usage.other_verb", act=error.act, verb=verb)
        return Problem("usage", MISUSED, text)
    state = edition.states.get(error.state) if edition else None
    label = state.label.in_language(desk.speaks) if state else error.state
    return _ruled(desk, "not_open", act_label=_act_label(desk, error.act), state_label=label)


def already_open(desk: Desk, error: Any) -> Problem:
    """`AlreadyOpen`: one open case per person and pipeline."""
    return _ruled(desk, "already_open", person=_called(desk, error.person))


def no_post(desk: Desk, error: Any) -> Problem:
    """`NoPost`: the person heads nothing, and no unit was named."""
    message = desk.say("error.no_post", person=_called(desk, error.person), on=printed(error.on))
    return Problem("no_post", SENSELESS, message, advice=desk.say("advice.no_post"))


def _ruled(desk: Desk, code: str, **values: object) -> Problem:
    """A refusal that needs no article: the record could not be otherwise."""
    text = desk.say(f"error.{code}", **values)
    reason = {"code": code.upper(), "text": text, "citation": None, "verified": True, "effect": "refuse"}
    return Problem(code, REFUSED, text, advice=desk.say(f"advice.{code}", **values), more={"reasons": [reason]})


def changed(desk: Desk, error: Any) -> Problem:
    """`CaseChanged`, `Overtaken`: somebody else was faster; what they recorded."""
    from workflow.casebook import changes_since

    case, seen = str(error.args[0]), getattr(error, "seen", None)
    changes = changes_since(desk.office, case, seen, desk.speaks) if desk.office and seen is not None else []
    message, advice = desk.say("error.case_changed", case=case), desk.say("advice.case_changed", case=case)
    more = {"case": case, "seen": seen, "version": getattr(error, "version", None)}
    return Problem("case_changed", OVERTAKEN, message, [_change(desk, one) for one in changes], advice, more=more)


def _change(desk: Desk, event: Mapping[str, Any]) -> Detail:
    values = {name: event[name] for name in ("seq", "kind", "on", "by", "typed")}
    label = event["label"] or desk.say(f"cli.kind.{event['kind']}")
    who = {name: event[name] or "–" for name in ("by", "typed")}
    return Detail(desk.say("cli.change", seq=event["seq"], label=label, on=printed(event["on"]), **who), values)


# --- what was typed ----------------------------------------------------------------------------------------------


def mistyped(desk: Desk, error: Any) -> Problem:
    """`Mistyped`: every fault, by the name of its field."""
    edition = _edition(desk)
    details = []
    for fault in error.faults:
        known = f"field.name.{fault.field}"
        rule = edition.fields.get(fault.field) if edition else None
        label = rule.label.in_language(desk.speaks) if rule else desk.say(known) if knows(known) else ""
        named = desk.say("field.named", field=fault.field, label=label) if label else fault.field
        text = desk.say("field.at", field=named, text=_fault(desk, fault.field, fault.code, fault.values))
        details.append(Detail(text, {"field": fault.field, "code": fault.code, **fault.values}))
    return Problem("mistyped", SENSELESS, desk.say("error.mistyped"), details)


def _fault(desk: Desk, field: str, code: str, values: Mapping[str, Any]) -> str:
    near = get_close_matches(field, str(values.get("known", "")).split(", "), n=1) if code == "unknown" else []
    return desk.say("field.unknown_near", near=near[0]) if near else desk.say(f"field.{code}", **worded(values))


def unknown(desk: Desk, error: Any) -> Problem:
    """`Unknown`: nothing is called so; what is called alike."""
    return _unknown(desk, error.kind, error.typed, error.near)


def unknown_of(kind: str) -> Wording:
    """An exception of the verbs that says of an id that nothing has it."""
    return lambda desk, error: _unknown(desk, kind, str(error.args[0]))


def _unknown(desk: Desk, kind: str, typed: str, near: Sequence[tuple[str, str]] = ()) -> Problem:
    code = f"unknown_{kind}"
    advice = desk.say("advice.near" if near else f"advice.{code}")
    return Problem(code, SENSELESS, desk.say(f"error.{code}", typed=typed), _near(desk, near), advice)


def _near(desk: Desk, near: Sequence[tuple[str, str]]) -> list[Detail]:
    return [Detail(desk.say("cli.near", id=id_, name=name).rstrip(), {"id": id_, "name": name}) for id_, name in near]


def unknown_act(desk: Desk, error: Any) -> Problem:
    """`UnknownAct`: no move or entry is called so; which are."""
    near = get_close_matches(error.act, error.known, n=3, cutoff=0.5)
    details = _near(desk, [(name, _act_label(desk, name)) for name in near])
    message, advice = desk.say("error.unknown_act", act=error.act), desk.say("advice.unknown_act")
    return Problem("unknown_act", SENSELESS, message, details, advice)


def unregistered(desk: Desk, error: Any) -> Problem:
    """`Unregistered`: what stands against an entry in the register."""
    values = worded(error.values)
    if "person" in values:
        values["person"] = _called(desk, str(values["person"]))
    near = [Detail(one, {"id": one}) for one in error.values.get("near", ())]
    return Problem(error.code, SENSELESS, desk.say(f"register.{error.code}", **values), near)


def _called(desk: Desk, person: str) -> str:
    """A person's name beside the id."""
    from workflow.cli.asking import names_of

    name = names_of(desk.office, [person]).get(person) if desk.office else None
    return f"{name}, {person}" if name else person


def _edition(desk: Desk) -> "Edition | None":
    """The edition whose words name acts and fields; none while no office is open."""
    return desk.edition() if desk.office else None


def _act_label(desk: Desk, name: str) -> str:
    edition = _edition(desk)
    rule: Recorded | None = (edition.moves.get(name) or edition.entries.get(name)) if edition else None
    return rule.label.in_language(desk.speaks) if rule else name


# --- the office's own files --------------------------------------------------------------------------------------


def bad_config(desk: Desk, error: Any) -> Problem:
    """`BadConfig`: every fault. The URL of a database may hold a password, so it is not repeated."""
    details = []
    for fault in error.faults:
        what = "" if fault.key == "database" else fault.what
        text = desk.say(f"config.{fault.code}", name=fault.key, what=what)
        details.append(Detail(text, {"key": fault.key, "code": fault.code, "what": what}))
    advice = "advice.config_missing" if error.faults[0].code == "missing" else "advice.config"
    return Problem("bad_config", SENSELESS, desk.say("error.bad_config", path=error.path), details, desk.say(advice))


def database(desk: Desk, error: Any) -> Problem:
    """`DatabaseAway`: by what a person can do about it."""
    why = error.why.strip().splitlines()[0] if error.why.strip() else ""
    details = [Detail(desk.say("database.word", why=why), {"why": why}, "dim")] if why else []
    code = f"database_{error.kind}"
    return Problem(code, SENSELESS, desk.say(f"database.{error.kind}"), details, desk.say(f"advice.{code}"))


def schema(desk: Desk, error: Any) -> Problem:
    """`SchemaForeign`: a database of a newer or older program."""
    kind = "newer" if error.newer else "older"
    message, advice = desk.say(f"database.{kind}", found=error.found), desk.say(f"advice.database_{kind}")
    return Problem(f"database_{kind}", SENSELESS, message, advice=advice)


def rulebook(desk: Desk, error: Any) -> Problem:
    """`RulebookFaults`: every fault with file and place."""
    from workflow.rulebook_words import fault_words

    details = [Detail(fault_words(one, desk.speaks), one._asdict()) for one in error.faults]
    return Problem("rulebook_faults", SENSELESS, desk.say("error.rulebook_faults"), details, writes=False)


def calendar(desk: Desk, error: Any) -> Problem:
    """`CalendarFaults`: every fault with its place."""
    details = []
    for one in error.faults:
        text = desk.say("calendar.at", place=one.place, text=desk.say(one.code, **one.values))
        details.append(Detail(text, {"place": one.place, "code": one.code, **one.values}))
    return Problem("calendar_faults", SENSELESS, desk.say("error.calendar_faults"), details)


def policy(desk: Desk, error: Any) -> Problem:
    """`BadPolicy`: every fault with its line."""
    details = []
    for one in error.faults:
        text = desk.say(f"policy.{one.code}", name=one.name)
        key = "policy.fault" if one.path else "policy.fault_at_line"
        details.append(Detail(desk.say(key, line=one.line, path=one.path, text=text), one._asdict()))
    return Problem("bad_policy", SENSELESS, desk.say("error.bad_policy", file=error.file.name), details)


def paper(desk: Desk, error: Any) -> Problem:
    """`UnknownPaper`: which papers there are."""
    said = desk.say("error.unknown_paper", code=error.code)
    return Problem(
        "unknown_paper", SENSELESS, said, advice=desk.say("advice.unknown_paper", known=", ".join(error.known))
    )


def forms(desk: Desk, error: Any) -> Problem:
    """`BadForms`: every fault with its file and line."""
    details = [
        Detail(desk.say("templates.fault", file=one.file, line=one.line, text=one.what), one._asdict())
        for one in error.faults
    ]
    return Problem("bad_forms", SENSELESS, desk.say("error.bad_forms"), details)


def scan(desk: Desk, error: Any) -> Problem:
    """`BadScan`: why a file cannot be kept."""
    said = desk.say(f"scan.{error.why}", **worded(error.values))
    return Problem(f"scan_{error.why}", SENSELESS, said, advice=desk.say("advice.scan"))


def settled(desk: Desk, error: Any) -> Problem:
    """`Settled`: how the letter stands."""
    said = desk.say(f"settled.{error.verb}", letter=error.letter, state=desk.say(f"outbox.state.{error.state}"))
    return Problem("letter_settled", SENSELESS, said, more={"letter": error.letter, "state": error.state})


def templates(desk: Desk, error: Any) -> Problem:
    """`BadTemplates`: every fault with its file and line."""
    details = [
        Detail(desk.say("templates.fault", file=one.file, line=one.line, text=one.what), one._asdict())
        for one in error.faults
    ]
    return Problem("bad_templates", SENSELESS, desk.say("error.bad_templates"), details)


FILES = {
    errno.ENOSPC: "full", errno.EDQUOT: "full", errno.EROFS: "read_only", errno.EACCES: "not_allowed",
    errno.EPERM: "not_allowed", errno.ENOENT: "not_there", errno.ENOTDIR: "not_there", errno.EISDIR: "is_folder",
    errno.EEXIST: "is_there", errno.ENAMETOOLONG: "not_there",
}  # fmt: skip


def disk(desk: Desk, error: Any) -> Problem:
    """`OSError`: a file that is not there, may not be written, or does not fit on the disk any more."""
    name = Path(error.filename).name if isinstance(error.filename, str | os.PathLike) else ""
    kind = FILES.get(error.errno, "other")
    message = desk.say(f"file.{kind}", file=name, why=error.strerror or type(error).__name__)
    return Problem(f"file_{kind}", SENSELESS, message, advice=desk.say("advice.file"))


# --- how the command was written ---------------------------------------------------------------------------------


def misused(desk: Desk, error: Any) -> Problem:
    """`Misused`: every fault, and how the command is written."""
    from workflow.cli.helping import called, usage

    details = []
    for fault in error.faults:
        values = dict(fault.values)
        if "param" in values:
            values["option"] = called(values.pop("param"), desk.speaks)
        details.append(Detail(desk.say(fault.key, **worded(values)), {"code": fault.key, **values}))
    command = error.command
    help_ = desk.say("usage.help", command=f"ketnap {command.path}" if command else "ketnap")
    advice = f"{usage(command, desk.speaks)}\n{help_}" if command else help_
    return Problem("usage", MISUSED, desk.say("error.usage"), details, advice, writes=False)


def interrupted(desk: Desk, _error: Any) -> Problem:
    """`KeyboardInterrupt`: somebody stopped it."""
    return Problem("interrupted", INTERRUPTED, desk.say("error.interrupted"), advice=desk.say("advice.interrupted"))
