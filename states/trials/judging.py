"""A trial is judged by the rules themselves: edition, machine, clocks, calendar."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from states.calendar.months import add_months
from states.calendar.working_days import Calendar
from states.machine import NotOpen, get_machine
from states.record.case_record import Mark, Record
from states.record.deadlines import Clock, compute_clock
from states.record.events import CaseEvent
from states.record.replay import fold_events
from states.rulebook.edition import ActRule, Edition, Entry
from states.rulebook.loading import NoEdition, Rulebook
from states.trials.trial import Trial, TrialFinding, TrialOutcome, TrialResult
from states.trials.words import fold_words
from states.vocabulary import Act, Facts, FieldValue, MembershipSpan, Reason, Text, UnitLine

_POINT_ENDS = re.compile(r", | \(|\)")


def judge_trials(trials: Iterable[Trial], rulebook: Rulebook, calendar: Calendar) -> list[TrialResult]:
    """What the rules say of each row, in the order of the table."""
    judge = TrialJudge(rulebook, calendar)
    return [judge.judge_trial(trial) for trial in trials]


@dataclass(frozen=True, slots=True)
class TrialJudge:
    """Judges trials by a rulebook, deadlines by a calendar."""

    rulebook: Rulebook
    calendar: Calendar

    def judge_trial(self, trial: Trial) -> TrialResult:
        """One row: its act judged as of its day, or its deadline counted."""
        edition = self.rulebook.edition_on(trial.pipeline, trial.day)
        if trial.clock:
            return self._count_clock(trial, edition, trial.clock)
        act = get_machine(edition).find_act(trial.act or "")
        record = self._fold_record(trial, edition)
        facts = self._gather_facts(trial, edition, act, record)
        try:
            verdict = get_machine(edition).judge_act(facts)
        except NotOpen:
            return TrialResult(trial=trial, edition=edition.edition, outcome=TrialOutcome("not_open"))
        findings = frozenset(
            TrialFinding(reason.effect, reason.code, reason.fact) for reason in verdict.reasons
        )
        return TrialResult(
            trial=trial,
            edition=edition.edition,
            outcome=TrialOutcome("findings", findings),
            reasons=verdict.reasons,
            to=verdict.to,
            cites=_cites_article(trial, verdict.reasons),
        )

    def _count_clock(self, trial: Trial, edition: Edition, name: str) -> TrialResult:
        record = self._fold_record(trial, edition)
        marks = [mark for mark in record.clocks if mark["clock"] == name]
        if not marks:
            return TrialResult(trial=trial, edition=edition.edition, outcome=TrialOutcome("not_started"))
        clock = self._compute_clock(record, marks[-1])
        cited = edition.cite(edition.clocks[name], trial.day)
        return TrialResult(
            trial=trial,
            edition=edition.edition,
            outcome=TrialOutcome("due", due=clock.due),
            citation=cited,
            cites=not trial.article or not cited or _names_article(cited.vi, trial.article),
        )

    def _compute_clock(self, record: Record, mark: Mark) -> Clock:
        return compute_clock(record, mark, self._edition_of, self.calendar, {})

    def _edition_of(self, pipeline: str, name: str, _revision: str | None) -> Edition:
        return self.rulebook.load_edition(pipeline, name)

    def _fold_record(self, trial: Trial, edition: Edition) -> Record:
        """The record that holds what the row says, its clocks started on their days."""
        extending = {
            entry.dated: kind for kind, entry in edition.entries.items() if entry.effect == "extension"
        }
        recorded = {name: value for name, value in trial.record.items() if name not in extending}
        events = [self._begin_record(trial, edition, recorded)]
        for day_field, kind in extending.items():
            if on := trial.record.get(day_field):
                events.append({**events[0], "kind": kind, "on": str(on), "seq": 2, "fields": {}, "under": {}})
        record = fold_events(events, self._edition_of)
        record.replaced = list(trial.replaced)
        record.consents = list(trial.consents)
        record.papers = dict(trial.papers)
        return record

    def _begin_record(self, trial: Trial, edition: Edition, fields: dict[str, FieldValue]) -> CaseEvent:
        days = {
            name: date.fromisoformat(value)
            for name, value in fields.items()
            if isinstance(value, str) and edition.fields[name].type == "date"
        }
        under = {name: self._edition_on(trial.pipeline, day, edition).edition for name, day in days.items()}
        return {
            "kind": "adopt",
            "seq": 1,
            "pipeline": trial.pipeline,
            "unit": "branch",
            "edition": edition.edition,
            "on": min([trial.day, *days.values()]).isoformat(),
            "to": trial.state or _usual_state(trial, edition),
            "fields": fields,
            "under": {name: other for name, other in under.items() if other != edition.edition},
        }

    def _edition_on(self, pipeline: str, day: date, otherwise: Edition) -> Edition:
        try:
            return self.rulebook.edition_on(pipeline, day)
        except NoEdition:
            return otherwise

    def _gather_facts(self, trial: Trial, edition: Edition, rule: ActRule, record: Record) -> Facts:
        state = trial.state or _usual_state(trial, edition)
        line = UnitLine("branch", dict.fromkeys(trial.organs, "unit"), trial.authorised)
        organ = edition.organs.get(edition.acting_organ(rule, state, line))
        letters = [(mark["of"], mark) for mark in record.clocks if _counts_letter(edition, mark)]
        running = [mark for mark in record.clocks if mark["stopped"] is None]
        return Facts(
            act=Act(trial.act or "", trial.day, {**trial.typed, rule.dated: trial.day.isoformat()}),
            state=state,
            known=record.fields,
            candidate=trial.candidate,
            line=line,
            people={**trial.people, trial.candidate.id: trial.candidate},
            back=trial.came_from,
            counts=record.counts,
            consents=tuple(record.consents),
            papers=record.papers,
            replaced=tuple(record.replaced),
            letters={of: mark.get("began", mark["start"]) for of, mark in letters if of},
            arrived=frozenset(of for of, mark in letters if of and "began" in mark),
            answered=frozenset(
                of for of, mark in letters if of and mark["stopped"] and not mark.get("broken_off")
            ),
            extended=frozenset(mark["clock"] for mark in running if mark.get("extended")),
            running=frozenset(mark["clock"] for mark in running),
            may=frozenset(organ.roles) if organ else frozenset(),
            organ_label=organ.label if organ else Text("", ""),
            earlier=trial.earlier,
            memberships=_list_memberships(trial),
            due_of=self._due_lookup(record),
            starts_of={name: clock.from_ for name, clock in edition.clocks.items()},
            titles=_paper_titles(edition),
            needs=frozenset(rule.needs),
            asked=frozenset((rule.dated, *rule.fields)),
        )

    def _due_lookup(self, record: Record) -> Callable[[str], date | None]:
        def due(clock: str) -> date | None:
            running = [mark for mark in record.clocks if mark["clock"] == clock and mark["stopped"] is None]
            return self._compute_clock(record, running[-1]).due if running else None

        return due


def _counts_letter(edition: Edition, mark: Mark) -> bool:
    rule = edition.clocks.get(mark["clock"])
    return mark["of"] is not None and (rule is None or rule.kind != "house")


def _list_memberships(trial: Trial) -> tuple[MembershipSpan, ...]:
    """The membership that ended, as the register holds it; how long it was makes no difference."""
    if trial.left_on is None:
        return ()
    return (MembershipSpan("member", add_months(trial.left_on, -12), trial.left_on),)


def _usual_state(trial: Trial, edition: Edition) -> str:
    """The first state from which the act can be made, or at which the clock is waited for."""
    rule: ActRule | None = edition.moves.get(trial.act or "") or edition.entries.get(trial.act or "")
    if rule:
        named = edition.source_states(rule)
        waited = [name for name in named if isinstance(rule, Entry) and edition.states[name].clocks]
        return (waited or list(named))[0]
    return next((name for name, state in edition.states.items() if trial.clock in state.clocks), "listed")


def _cites_article(trial: Trial, reasons: tuple[Reason, ...]) -> bool:
    """Whether one of the conditions that speak cites the article of the row; nobody asks where none does."""
    cited = [reason.citation.vi for reason in reasons if reason.citation]
    return not trial.article or not cited or any(_names_article(words, trial.article) for words in cited)


def _names_article(cited: str, article: str) -> bool:
    """Whether a citation names the text of an article, and its points where it has any."""
    name, *points = fold_words(article).split(", ")
    return any(
        passage.startswith(name) and set(points) <= set(_POINT_ENDS.split(passage))
        for passage in fold_words(cited).split("; ")
    )


@cache
def _paper_titles(edition: Edition) -> dict[str, Text]:
    by_code = {code: paper.title for code, paper in edition.papers.items()}
    return by_code | {paper.dated: paper.title for paper in edition.papers.values() if paper.dated}
