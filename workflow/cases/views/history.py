"""A case's history shows every event in readable words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from states.record.events import CaseEvent, Flag
from states.record.journey import REJUDGE, REVISE
from states.rulebook.edition import ActRule, Edition, FieldRule
from states.vocabulary import FieldValue
from workflow.cases.views.case_file import CaseFile
from workflow.cases.views.clock_label import describe_revised_clock
from workflow.core.messages import say
from workflow.office import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldValueView:
    """A recorded value, and as people read it."""

    field: str
    label: str
    value: FieldValue
    text: FieldValue | date


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFlagView:
    """What a correction found not to hold any more: the act and the condition."""

    seq: int
    kind: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledFlagView(NewFlagView):
    """A flag that had been settled before the correction, by which event."""

    settled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """One act of the history: who did it (``by``), who typed it, when it happened and when it was
    recorded.
    """

    seq: int
    n: int
    kind: str
    label: str | None
    edition: str
    revision: str | None
    on: date
    recorded_on: date
    recorded_at: str
    by: str
    typed: str
    to: str | None
    to_label: str | None
    fields: list[FieldValueView]
    warnings: list[str]
    flags: list[SettledFlagView | NewFlagView]
    of: int | None
    because: str | None
    allowed_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryView:
    """Every act of a case, oldest first."""

    history: list[EventView]


def load_history(office: Office, case: str, language: str) -> list[EventView]:
    """Every event of a case, oldest first. Raises `UnknownCase`."""
    with office.database.read_transaction() as connection:
        return build_history(CaseFile(office, connection, case), language)


def build_history(file: CaseFile, language: str) -> list[EventView]:
    """`load_history` of a case that is open already."""
    return [_build_event_view(file, event, language) for event in file.events]


def list_changes_since(office: Office, case: str, version: int, language: str) -> list[EventView]:
    """What was recorded on a case after it stood at ``version``."""
    return [event for event in load_history(office, case, language) if event.seq > version]


def group_corrections(events: Iterable[EventView]) -> dict[int, list[EventView]]:
    """Which events of a history have been corrected, and by which, oldest first."""
    by_event: dict[int, list[EventView]] = {}
    for event in events:
        if event.of is not None:
            by_event.setdefault(event.of, []).append(event)
    return by_event


def read_corrected_values(event: EventView, corrections: Iterable[EventView]) -> dict[str, FieldValue]:
    """The day (``on``) and the values of an event as they read after the corrections made to it."""
    values: dict[str, FieldValue] = {"on": event.on.isoformat()}
    values |= {field.field: field.value for field in event.fields}
    for later in corrections:
        values |= {field.field: field.value for field in later.fields if field.field != "reason"}
    return values


def _build_event_view(file: CaseFile, event: CaseEvent, language: str) -> EventView:
    edition = file.office.edition_of_event(event, file.row.pipeline)
    rule, to = find_recorded_rule(edition, event["kind"]), event.get("to")
    return EventView(
        seq=event["seq"],
        n=event["n"],
        kind=event["kind"],
        label=rule.label.in_language(language) if rule else None,
        edition=event["edition"],
        revision=event.get("revision"),
        on=date.fromisoformat(event["on"]),
        recorded_on=date.fromisoformat(event["recorded_on"]),
        recorded_at=event["recorded_at"],
        by=event["by"],
        typed=event["typed"],
        to=to,
        to_label=edition.states[to].label.in_language(language) if to in edition.states else None,
        fields=_list_field_values(file, event, language),
        warnings=event.get("warnings", []),
        flags=[_build_flag_view(flag) for flag in event.get("flags", [])],
        of=event.get("of"),
        because=_carry_over_reason(edition, event, language)
        or _describe_revision(file, event, language)
        or _describe_rejudgement(file, event, language),
        allowed_by=event.get("allowed_by"),
    )


def find_recorded_rule(edition: Edition, kind: str) -> ActRule | None:
    """The rule of an act; an opening, a correction and a carry-over have none."""
    return edition.moves.get(kind) or edition.entries.get(kind)


def _build_flag_view(flag: Flag) -> SettledFlagView | NewFlagView:
    seq, kind, code = flag["seq"], flag["kind"], flag["code"]
    if "settled" in flag:
        return SettledFlagView(seq=seq, kind=kind, code=code, settled=flag["settled"])
    return NewFlagView(seq=seq, kind=kind, code=code)


def _list_field_values(file: CaseFile, event: CaseEvent, language: str) -> list[FieldValueView]:
    corrected = _find_corrected_event(file, event)
    edition = file.office.edition_of_event(corrected, file.row.pipeline)
    texts = {
        name: _readable_value(file, edition.fields, name, value, language)
        for name, value in event["fields"].items()
    }
    texts |= {name: text for (seq, name), text in file.words.items() if seq == event["seq"]}
    return [
        FieldValueView(
            field=name,
            label=_field_label(edition, corrected["kind"], name, language),
            value=event["fields"][name] if name in event["fields"] else file.words.get((event["seq"], name)),
            text=text,
        )
        for name, text in texts.items()
    ]


def _find_corrected_event(file: CaseFile, event: CaseEvent) -> CaseEvent:
    """The event that a correction is about, in whose words it speaks; any other speaks in its own."""
    of = event.get("of")
    return next((earlier for earlier in file.events if earlier["seq"] == of), event) if of else event


def _field_label(edition: Edition, kind: str, name: str, language: str) -> str:
    """What a field is called where it was recorded; the day of an act as the act calls it."""
    rule = find_recorded_rule(edition, kind)
    if name == "on" and rule is None:
        return say(language, "correct.on")
    name = rule.dated if rule and name == "on" else name
    return edition.fields[name].label.in_language(language) if name in edition.fields else name


def _carry_over_reason(edition: Edition, event: CaseEvent, language: str) -> str | None:
    """Why a case was carried over, in the words of the edition that did it."""
    return edition.carry_over[event["gone"][0]].because.in_language(language) if event.get("gone") else None


def _describe_revision(file: CaseFile, event: CaseEvent, language: str) -> str | None:
    """What corrected rules changed for the case, in a sentence for each clock; None for another event."""
    if event["kind"] != REVISE:
        return None
    sentences = [
        describe_revised_clock(file.office, file.row.pipeline, clock, language) for clock in event["clocks"]
    ]
    return " ".join(sentences) or say(language, "revise.nothing_runs_otherwise")


def _describe_rejudgement(file: CaseFile, event: CaseEvent, language: str) -> str | None:
    """Of whom a fact was set right, and what stood on it; None for another event."""
    if event["kind"] != REJUDGE:
        return None
    names = ", ".join(file.get_person(id_).name or id_ for id_ in event["about"])
    key = "rejudge.because" if event["flags"] else "rejudge.nothing_stands_against"
    return say(language, key, names=names)


def _readable_value(
    file: CaseFile, fields: Mapping[str, FieldRule], name: str, value: FieldValue, language: str
) -> FieldValue | date:
    """A recorded value as a person reads it: names for ids, words for choices."""
    rule = fields.get(name)
    if name == "on" or (rule and rule.type == "date"):
        return date.fromisoformat(str(value))
    if rule and rule.type == "choice" and value in rule.options:
        return rule.options[str(value)].in_language(language)
    if rule and rule.type in ("person", "people"):
        ids = value if isinstance(value, list) else [str(value)]
        return ", ".join(file.get_person(id_).name or id_ for id_ in ids)
    return value
