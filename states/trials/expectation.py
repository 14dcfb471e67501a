"""What a row expects is read."""

from states.rulebook.edition import Edition
from states.trials.cells import Cell
from states.trials.trial import TrialFinding, TrialOutcome
from states.trials.values import ValueReader
from states.trials.words import ALLOWED, DUE, EFFECTS, NO_DEADLINE, NOT_OPEN, WITHOUT, fold_words
from states.vocabulary import Effect, Text

NOTHING = TrialOutcome("findings")


def read_expectation(values: ValueReader, cell: Cell, *, deadline: bool) -> TrialOutcome:
    """``được``, ``từ chối AGE_MIN; cảnh báo EDU_MIN thiếu education_met``, ``hạn 24/10/2022``."""
    typed = values.read_text(cell)
    words = fold_words(typed)
    if deadline:
        return _read_deadline(values, cell, words)
    if words in ALLOWED:
        return NOTHING
    if words in NOT_OPEN:
        return TrialOutcome("not_open")
    findings = [_read_finding(values, part, cell.line) for part in typed.split(";") if part.strip()]
    return TrialOutcome("findings", frozenset(finding for finding in findings if finding))


def _read_deadline(values: ValueReader, cell: Cell, words: str) -> TrialOutcome:
    if words in NO_DEADLINE:
        return TrialOutcome("not_started")
    day = _cut_prefix(words, DUE)
    due = values.read_day(Cell(day, cell.line)) if day else None
    if due is None:
        values.complain(cell.line, "not_a_deadline", cell.text or "")
    return TrialOutcome("due", due=due)


def _read_finding(values: ValueReader, part: str, line: int) -> TrialFinding | None:
    """One condition that speaks, with the fact for want of which it cannot be told."""
    words = " ".join(part.split())
    for effect, name in EFFECTS.items():
        rest = _cut_prefix(words, name)
        if rest is not None:
            return _check_finding(values, effect, rest, line)
    values.complain(line, "not_expected", words)
    return None


def _check_finding(values: ValueReader, effect: Effect, rest: str, line: int) -> TrialFinding | None:
    code, *more = rest.split(" ")
    if code not in values.edition.conditions:
        values.complain(line, "unknown_code", code)
    if not more:
        return TrialFinding(effect, code)
    fact = _cut_prefix(" ".join(more), WITHOUT)
    if fact is None:
        values.complain(line, "not_expected", rest)
    elif not _is_fact(values.edition, fact):
        values.complain(line, "unknown_fact", fact)
    return TrialFinding(effect, code, fact)


def _is_fact(edition: Edition, name: str) -> bool:
    return name in edition.fields or name in edition.person_facts


def _cut_prefix(words: str, prefix: Text) -> str | None:
    """What stands behind a word of either language; None where it does not stand first."""
    for word in prefix:
        if fold_words(words).startswith(f"{word} "):
            return words[len(word) + 1 :].strip()
    return None
