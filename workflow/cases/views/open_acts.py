"""Acts open to a case are judged with nothing typed yet."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from states.machine import get_machine
from states.rulebook.edition import ActRule, Edition, Move
from states.vocabulary import Act, Answer, Facts, OpenFlag, Reason
from workflow.cases.views.case_file import CaseFile
from workflow.core.messages import say
from workflow.core.views import fields_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonView:
    """A reason of the rules, with the article that it rests on."""

    code: str
    text: str
    citation: str | None
    verified: bool
    effect: str
    answer: Answer
    fact: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """A condition that does not hang on what is still to be typed, and what it says.

    ``holds``: it is met, as far as can be told.
    """

    code: str
    holds: bool
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class ActFieldView:
    """A field of an act: what to send, whether it must be, and of which words a choice is made."""

    field: str
    label: str
    type: str
    needed: bool
    options: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenActView:
    """An act that is open now, judged as if made today with nothing sent yet."""

    label: str
    organ: str
    allowed: bool
    reasons: list[ReasonView]
    checks: list[CheckView]
    fields: list[ActFieldView]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMoveView(OpenActView):
    """An act that takes the case on."""

    move: str

    @property
    def name(self) -> str:
        """What the edition calls the act."""
        return self.move


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenEntryView(OpenActView):
    """An act that leaves the case where it is."""

    entry: str

    @property
    def name(self) -> str:
        """What the edition calls the act."""
        return self.entry


def list_open_moves(file: CaseFile, language: str) -> list[OpenMoveView]:
    """The moves that the case's state has, in the edition's order."""
    return [
        OpenMoveView(move=name, **fields_of(_judge_act(file, name, language)))
        for name in get_machine(file.edition).moves_from(file.record.state)
    ]


def list_open_entries(file: CaseFile, language: str) -> list[OpenEntryView]:
    """The entries that may be made in the case's state, in the edition's order."""
    return [
        OpenEntryView(entry=name, **fields_of(_judge_act(file, name, language)))
        for name in get_machine(file.edition).entries_in(file.record.state)
    ]


def _judge_act(file: CaseFile, name: str, language: str) -> OpenActView:
    machine = get_machine(file.edition)
    rule = machine.find_act(name)
    codes = machine.list_conditions(rule, name)
    facts = build_facts_of_today(file, name, rule)
    reasons = machine.collect_reasons(codes, facts)
    asks = rule.asks if isinstance(rule, Move) else None
    behind = list(facts.find_behind(asks)) if asks else []
    return OpenActView(
        label=rule.label.in_language(language),
        organ=file.edition.acting_organ(rule, file.record.state, file.builder.line_on(file.today)),
        allowed=all(reason.effect == "warn" for reason in (*reasons, *behind)),
        reasons=[build_reason_view(reason, language) for reason in (*reasons, *behind)],
        checks=list(_list_checks(file.edition, rule, codes, reasons)),
        fields=[
            _build_field_view(file, field, language, needed=field in rule.needs) for field in rule.fields
        ],
    )


def build_facts_of_today(file: CaseFile, kind: str = "look", rule: ActRule | None = None) -> Facts:
    """The facts of an act made today with nothing typed yet; without a rule, of no act at all."""
    return file.builder.build_facts(Act(kind, file.today, {}), rule, file.edition)


def build_reason_view(reason: Reason, language: str) -> ReasonView:
    """A reason in one language."""
    return ReasonView(
        code=reason.code,
        text=reason.text.in_language(language),
        citation=reason.citation.in_language(language) if reason.citation else None,
        verified=reason.verified,
        effect=reason.effect,
        answer=reason.answer,
        fact=reason.fact,
    )


def _list_checks(
    edition: Edition, rule: ActRule, codes: Iterable[str], reasons: Iterable[Reason]
) -> Iterator[CheckView]:
    """What conditions say by what is on record; those on what is still to be typed are left out."""
    answers: dict[str, Answer] = {}
    for reason in reasons:
        if answers.get(reason.code) != "not_met":
            answers[reason.code] = reason.answer
    typed_fields = set(rule.fields)
    for code in dict.fromkeys(codes):
        values = edition.conditions[code].with_.values()
        names = {name for value in values for name in (value if isinstance(value, list) else [value])}
        if not names & typed_fields:
            answer = answers.get(code, "met")
            yield CheckView(code=code, holds=answer == "met", answer=answer)


def _build_field_view(file: CaseFile, name: str, language: str, *, needed: bool) -> ActFieldView:
    rule = file.edition.fields[name]
    options = {key: words.in_language(language) for key, words in rule.options.items()}
    if rule.type == "flag":
        options = {flag.key: describe_flag(flag, language) for flag in file.open_flags}
    return ActFieldView(
        field=name,
        label=rule.label.in_language(language),
        type=rule.type,
        needed=needed,
        options=options,
    )


def describe_flag(flag: OpenFlag, language: str) -> str:
    """A flag in a list to choose from."""
    act, words = flag.act.in_language(language), flag.text.in_language(language)
    on = f"{flag.on:%d/%m/%Y}" if language == "vi" else flag.on.isoformat()
    return say(language, "case.flag", act=act, on=on, text=words)
