"""The facts builder gathers what guards may look at."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from operator import attrgetter

import orjson

from states.machine import get_machine
from states.reasons import describe_fact
from states.record.case_record import Record
from states.record.deadlines import compute_clock
from states.record.events import CaseEvent, name_flag
from states.record.replay import fold_events
from states.rulebook.edition import ActRule, Edition, Move
from states.rulebook.loading import NoEdition, Rulebook
from states.rulebook.revisions import RuleSet
from states.vocabulary import (
    Act,
    BookNumber,
    EarlierCase,
    Facts,
    FieldValue,
    Membership,
    MembershipSpan,
    OpenFlag,
    Person,
    Reason,
    Text,
    UnitLine,
)
from workflow.cases.named_people import describe_person_on
from workflow.office import Office
from workflow.storage.register_snapshot import RegisterSnapshot
from workflow.storage.tables.cases import CaseRow
from workflow.storage.writes import OtherCase


class LazyPeople(Mapping[str, Person]):
    """The people an act may name, each opened when a guard first asks for them."""

    def __init__(self, person_of: Callable[[str], Person]) -> None:
        self._person_of = person_of

    def __getitem__(self, id_: str) -> Person:
        return self._person_of(id_)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def find_no_booking(_line: UnitLine, _organ: str, _day: date, _code: str) -> BookNumber | None:
    """The book lookup for callers where nobody types a number."""
    return None


def find_nothing_behind(
    _builder: "FactsBuilder", _edition: Edition, _act: Act, _membership: Membership
) -> Iterable[Reason]:
    """The look at what is behind a case for callers who decide nothing."""
    return ()


@dataclass
class FactsBuilder:
    """Builds the facts of an act from a case and its surroundings. ``person_of`` decrypts a person's row.

    ``rules``: by which the act is judged; the office's own of today where none are given. ``events_of``: the
    case's events as they read, oldest first. ``judge_behind``: what stands against a membership by them.
    """

    office: Office
    snapshot: RegisterSnapshot
    record: Record
    candidate: str
    person_of: Callable[[str], Person]
    earlier_of: Callable[[], Iterable[EarlierCase]] = tuple
    booked_of: Callable[[UnitLine, str, date, str], BookNumber | None] = find_no_booking
    rules: Rulebook | RuleSet | None = None
    events_of: Callable[[], Sequence[CaseEvent]] = tuple
    judge_behind: Callable[["FactsBuilder", Edition, Act, Membership], Iterable[Reason]] = find_nothing_behind
    flags_of: Callable[[], Iterable[OpenFlag]] = tuple
    _people: dict[str, Person] = field(default_factory=dict)

    def edition_on(self, day: date) -> Edition:
        return (self.rules or self.office.rulebook).edition_on(self.record.pipeline, day)

    def line_on(self, day: date) -> UnitLine:
        return self.snapshot.find_line(self.record.unit_on(day.isoformat()), day)

    def acting_organ_on(self, edition: Edition, kind: str, day: date) -> str:
        """The organ that makes an act of a day, as the case and its unit stood then."""
        state, _ = self.record.state_on(day.isoformat())
        return edition.acting_organ(find_rule(edition, kind), state, self.line_on(day))

    def get_person(self, id_: str) -> Person:
        """A person, opened once."""
        person = self._people.get(id_)
        if person is None:
            person = self._people[id_] = self.person_of(id_)
        return person

    def describe_person(self, id_: str, day: date) -> Person:
        """A person as this case may know them on a day (`describe_person_on`)."""
        return describe_person_on(self.get_person(id_), self.snapshot, day, self.candidate)

    @cached_property
    def _candidate_record(self) -> Person:
        return self.person_of(self.candidate)

    def build_facts(self, act: Act, rule: ActRule | None, edition: Edition) -> Facts:
        """All that a guard may look at for this act.

        The act's own day stands under the field that its rule names.
        """
        record, line = self.record, self.line_on(act.on)
        state, back = record.state_on(act.on.isoformat())
        own = dict(act.fields)
        organ, acting = None, ""
        if rule is not None:
            own[rule.dated] = act.on.isoformat()
            acting = edition.acting_organ(rule, state, line)
            organ = edition.organs.get(acting)
        seen = self.find_record_on(act.on)
        ended = state in edition.states and edition.states[state].end
        marks = record.clocks
        letters = [
            (mark["of"], mark)
            for mark in seen.clocks
            if mark["of"] is not None and not _is_of_the_house(edition, mark["clock"])
        ]
        running = [mark for mark in marks if mark["stopped"] is None]
        return Facts(
            act=Act(act.kind, act.on, own, act.by, act.typed),
            state=state,
            known=seen.fields,
            later=record.fields,
            candidate=self._candidate_on(act.on),
            line=line,
            people=LazyPeople(lambda id_: self.describe_person(id_, act.on)),
            back=tuple(back),
            counts=record.counts,
            last_on=date.fromisoformat(record.last_on) if record.last_on else None,
            typed=record.typed,
            consents=tuple(seen.consents),
            papers=seen.papers,
            replaced=tuple(seen.replaced),
            letters={of: mark.get("began", mark["start"]) for of, mark in letters},
            arrived=frozenset(of for of, mark in letters if "began" in mark),
            answered=frozenset(
                of for of, mark in letters if mark["stopped"] is not None and not mark.get("broken_off")
            ),
            extended=frozenset(mark["clock"] for mark in running if mark.get("extended")),
            running=frozenset(mark["clock"] for mark in running),
            roles=self.snapshot.list_roles(act.by, line.unit, act.on) if act.by else frozenset(),
            may=frozenset(organ.roles) if organ else frozenset(),
            by_name=act.by,
            typed_name=act.typed,
            organ_label=organ.label if organ else Text("", ""),
            earlier=tuple(self.earlier_of()) if _asks_earlier_cases(rule, edition) else (),
            due_of=lambda clock: self._find_deadline(clock, ended=ended)[0],
            missing_year_of=lambda clock: self._find_deadline(clock, ended=ended)[1],
            titles=_paper_titles(edition),
            flags={name_flag(flag): flag.get("settled") for flag in record.flags},
            describe_flags=lambda: tuple(self.flags_of()),
            memberships=self.list_memberships(act.on),
            booked=lambda code: self.booked_of(line, acting, act.on, code) if acting else None,
            needs=frozenset(rule.needs) if rule else frozenset(),
            asked=frozenset((rule.dated, *rule.fields)) if rule else frozenset(),
            starts_of=_clock_starts(edition),
            unseen=tuple(describe_unseen(edition, name) for name in self.list_unseen()),
            find_behind=lambda membership: self.judge_behind(self, edition, act, membership),
        )

    def find_record_on(self, day: date) -> Record:
        """The record as far as it was made by that day; that day counts as known.

        What was recorded for a later day (a paper, a consent, another sponsor) was not there yet.
        """
        text = day.isoformat()
        events = self.events_of()
        if all(event["on"] <= text for event in events):
            return self.record
        earlier = [event for at, event in enumerate(events) if not at or event["on"] <= text]
        return fold_events([event for event in earlier if event["kind"] != "correct"], self.office.edition_of)

    def list_unseen(self) -> tuple[str, ...]:
        """What an adoption did not find in the paper file."""
        events = self.events_of()
        return tuple(events[0].get("unseen", ())) if events else ()

    def describe_other_days(self, edition: Edition, values: Mapping[str, FieldValue]) -> CaseEvent:
        """The recorded days that lie in another edition than the act, as its event names them.

        A clock keeps the edition of the day on which it starts.
        """
        editions = self.editions_of_days(edition, values).items()
        return name_editions({name: of for name, of in editions if of.edition != edition.edition})

    def editions_of_days(self, edition: Edition, values: Mapping[str, FieldValue]) -> dict[str, Edition]:
        """The edition in force on each recorded day; the act's own where none was yet."""
        days = {name: day for name, day in values.items() if edition.fields[name].type == "date"}
        paper = edition.papers.get(str(values.get("paper")))
        if "paper_dated" in values and paper and paper.dated:
            days[paper.dated] = values["paper_dated"]
        editions = {}
        for name, day in days.items():
            try:
                editions[name] = self.edition_on(date.fromisoformat(str(day)))
            except NoEdition:
                editions[name] = edition
        return editions

    def _candidate_on(self, day: date) -> Person:
        candidate = self._candidate_record
        status = self.snapshot.get_membership(self.candidate, day)
        if status == candidate.membership:
            return candidate
        return replace(candidate, membership=status)

    def list_memberships(self, day: date) -> tuple[MembershipSpan, ...]:
        """The candidate's memberships by the register that began by a day, oldest first."""
        rows = self.snapshot.memberships.get(self.candidate, ())
        spans = (
            MembershipSpan(
                "member" if row.status == "member" else "probationary", row.valid_from, row.valid_to
            )
            for row in rows
        )
        return tuple(sorted((span for span in spans if span.since <= day), key=attrgetter("since")))

    def _find_deadline(self, clock: str, *, ended: bool) -> tuple[date | None, int | None]:
        """The deadline of the newest start of a clock that runs, or that the end of the case has stopped; or
        the year whose calendar it lacks.

        One that an act starts itself is not there yet.
        """
        office = self.office
        for mark in reversed(self.record.clocks):
            if mark["clock"] == clock and (ended or mark["stopped"] is None):
                deadline = compute_clock(
                    self.record,
                    mark,
                    office.edition_of,
                    self.snapshot.calendar,
                    office.config.house_clocks,
                )
                return deadline.due, deadline.missing_year
        return None, None


def describe_earlier_case(row: CaseRow | OtherCase) -> EarlierCase:
    """Another case of a candidate, as guards may look at it."""
    fields, open_ = orjson.loads(row.record)["fields"], row.id if row.closed_on is None else None
    return EarlierCase(row.pipeline, row.state, fields, open_, row.opened_on)


ASK_EARLIER_CASES = frozenset(
    {"never_before", "never_a_member", "readmitted_never", "no_other_case", "never_annulled"}
)
"""The guards that look at the candidate's other cases."""


def name_editions(editions: Mapping[str, Edition]) -> CaseEvent:
    """The editions of recorded days as an event names them, with their revisions; nothing where none are."""
    if not editions:
        return {}
    return {
        "under": {name: edition.edition for name, edition in editions.items()},
        "revisions": {edition.edition: edition.revision for edition in editions.values()},
    }


def _asks_earlier_cases(rule: ActRule | None, edition: Edition) -> bool:
    if rule is None:
        return True
    arrivals = rule.to if isinstance(rule, Move) else ()
    required = (
        code for _, requirement in edition.list_requirements("member") for code in requirement.conditions
    )
    codes = {*rule.conditions, *(code for arrival in arrivals for code in arrival.conditions), *required}
    return any(edition.conditions[code].guard in ASK_EARLIER_CASES for code in codes)


def _is_of_the_house(edition: Edition, clock: str) -> bool:
    """Whether a clock is a custom of the house beside another one: what it counts is not told twice."""
    rule = edition.clocks.get(clock)
    return rule is not None and rule.kind == "house"


@cache
def describe_unseen(edition: Edition, name: str) -> Text:
    """What an adoption did not find: a requirement or a fact, as a sentence calls it."""
    requirement = dict(edition.list_requirements("member")).get(name)
    return requirement.label if requirement else describe_fact(edition, name)[0]


@cache
def _clock_starts(edition: Edition) -> dict[str, str]:
    """The field that each clock starts on."""
    return {name: clock.from_ for name, clock in edition.clocks.items()}


@cache
def _paper_titles(edition: Edition) -> dict[str, Text]:
    """What papers are called in refusals, by their code and by the field that dates them."""
    by_code = {code: paper.title for code, paper in edition.papers.items()}
    return by_code | {paper.dated: paper.title for paper in edition.papers.values() if paper.dated}


def find_rule(edition: Edition, kind: str) -> ActRule:
    """The move or entry of that name. Raises `UnknownAct`."""
    return get_machine(edition).find_act(kind)
