"""One row of a table becomes a trial."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from states.law.clock_rule import ClockRule
from states.rulebook.edition import ActRule, Edition, State
from states.trials.cells import Cell
from states.trials.expectation import NOTHING, read_expectation
from states.trials.trial import Trial, TrialOutcome
from states.trials.values import Complain, ValueReader
from states.vocabulary import Consent, EarlierCase, FieldValue, Person

Row = Mapping[str, Cell]
_VOTES = re.compile(r"(\d{1,4})\s*/\s*(\d{1,4})\Z")
_EXCLUDED = "excluded_"


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads one row, whose day, pipeline and edition are known already."""

    row: Row
    pipeline: str
    day: date
    edition: Edition
    values: ValueReader
    complain: Complain

    def read_trial(self, id_: str, file: str, line: int) -> Trial:
        """The trial, as far as it can be made of what is written; what is wrong is complained of."""
        values = self.values
        people = self._read_people()
        act = self._read_name("act", "unknown_act")
        clock = self._read_name("clock", "unknown_clock")
        record = self._read_record(clock)
        typed = values.read_fields(self.row["typed"]) if "typed" in self.row else {}
        return Trial(
            id=id_,
            file=file,
            line=line,
            situation=self._read_words("situation"),
            pipeline=self.pipeline,
            day=self.day,
            expected=self._read_expected(deadline="clock" in self.row),
            act=act,
            clock=clock,
            state=self._read_name("state", "unknown_state"),
            came_from=self._read_came_from(),
            to=self._read_name("to", "unknown_state"),
            candidate=self._read_candidate(),
            left_on=self._read_left_on(record),
            record=record,
            typed=self._count_votes(self._check_typed(typed, act), act),
            people=people,
            replaced=tuple(values.find_person(cell) for cell in self._read_list("replaced")),
            consents=tuple(self._read_consents()),
            papers=self._read_papers(),
            organs=self._read_organs(),
            authorised="authorised" in self.row and values.read_answer(self.row["authorised"]) is True,
            earlier=tuple(self._read_earlier()),
            source=self._read_words("source"),
            article=self._read_words("article"),
        )

    def _read_list(self, column: str) -> list[Cell]:
        return self.values.read_list(self.row[column]) if column in self.row else []

    def _read_items(self, column: str) -> list[tuple[str, Cell]]:
        """Names with values; none where the row has no such column."""
        return list(self.values.read_mapping(self.row[column]).items()) if column in self.row else []

    def _read_words(self, column: str) -> str:
        return self.values.read_text(self.row[column]).strip() if column in self.row else ""

    def _read_name(self, column: str, code: str) -> str | None:
        if column not in self.row:
            return None
        edition = self.edition
        acts: Mapping[str, ActRule] = {**edition.moves, **edition.entries}
        rules: Mapping[str, Mapping[str, ActRule | ClockRule | State]] = {
            "act": acts,
            "clock": edition.clocks,
            "state": edition.states,
            "to": edition.states,
        }
        labels = {name: rule.label for name, rule in rules[column].items()}
        return self.values.read_choice(self.row[column], labels, code)

    def _read_expected(self, *, deadline: bool) -> TrialOutcome:
        if "expect" not in self.row:
            return NOTHING
        return read_expectation(self.values, self.row["expect"], deadline=deadline)

    def _read_came_from(self) -> tuple[str, ...]:
        labels = {name: state.label for name, state in self.edition.states.items()}
        names = [
            self.values.read_choice(cell, labels, "unknown_state") for cell in self._read_list("came_from")
        ]
        return tuple(name for name in names if name)

    def _read_candidate(self) -> Person:
        row, values = self.row, self.values
        return Person(
            "candidate",
            "Người xin vào Đảng",
            born=values.read_day(row["born"]) if "born" in row else None,
            education_met=values.read_answer(row["education"]) if "education" in row else None,
            membership=values.read_membership(row["membership"]) if "membership" in row else "none",
        )

    def _read_people(self) -> Mapping[str, Person]:
        for id_, cell in self._read_items("people"):
            self.values.people[id_] = self.values.read_person(id_, cell)
        return self.values.people

    def _read_record(self, clock: str | None) -> Mapping[str, FieldValue]:
        """What is on record; a clock that the row counts starts on the day of the row."""
        record = self.values.read_fields(self.row["record"]) if "record" in self.row else {}
        rule = self.edition.clocks.get(clock) if clock else None
        on = self.day.isoformat()
        if rule and rule.from_ not in record and on not in [record.get(name) for name in rule.or_from]:
            record[rule.from_] = on
        return record

    def _read_left_on(self, record: Mapping[str, FieldValue]) -> date | None:
        """The last day of an earlier membership in the register: as the row says, else as is on record."""
        if "left_on" in self.row:
            return self.values.read_day(self.row["left_on"])
        left = record.get("left_on")
        return date.fromisoformat(left) if isinstance(left, str) else None

    def _check_typed(self, typed: Mapping[str, FieldValue], act: str | None) -> Mapping[str, FieldValue]:
        """What is typed, all of it fields of the act."""
        rule = self.edition.moves.get(act or "") or self.edition.entries.get(act or "")
        for name in typed:
            if rule and name not in rule.fields:
                self.complain(self.row["typed"].line, "not_typed_here", name)
        return typed

    def _count_votes(self, typed: Mapping[str, FieldValue], act: str | None) -> Mapping[str, FieldValue]:
        """``7/10``: seven for, of ten on the roll; whoever is not said to be away is there, and against."""
        rule, votes = self.edition.moves.get(act or ""), self.row.get("votes")
        if votes is None:
            return typed
        counted = _VOTES.match((votes.text or "").strip())
        if counted is None or rule is None or rule.vote is None:
            self.complain(votes.line, "not_votes" if counted is None else "no_vote_here", votes.text or "")
            return typed
        for_, roll = int(counted[1]), int(counted[2])
        away = [value for name, value in typed.items() if name.startswith(_EXCLUDED) or name == "absent"]
        present = max(roll - sum(value for value in away if isinstance(value, int)), 0)
        blank = typed.get("votes_blank")
        against = max(present - for_ - (blank if isinstance(blank, int) else 0), 0)
        counts = {"roll": roll, "present": present, "votes_for": for_, "votes_against": against}
        return {**counts, **typed}

    def _read_consents(self) -> list[Consent]:
        """``over60 central_direct 01/03/2022``: to what, by which organ, of which day."""
        options = {name: self.edition.fields[name].options for name in ("consent_kind", "consent_organ")}
        consents: list[Consent] = []
        for cell in self._read_list("consents"):
            kind, organ, day = [*self.values.read_text(cell).split(" ", 2), "", "", ""][:3]
            dated = self.values.read_day(Cell(day, cell.line))
            for name, word in (("consent_kind", kind), ("consent_organ", organ)):
                if word not in options[name]:
                    self.complain(cell.line, "unknown_option", word)
            if dated is None:
                self.complain(cell.line, "not_a_consent", cell.text or "")
            else:
                consents.append({"kind": kind, "organ": organ, "no": "1", "on": dated.isoformat()})
        return consents

    def _read_papers(self) -> Mapping[str, str | None]:
        papers: dict[str, str | None] = {}
        for code, cell in self._read_items("papers"):
            if code not in self.edition.papers:
                self.complain(cell.line, "unknown_paper", code)
            day = self.values.read_day(cell)
            papers[code] = day.isoformat() if day else None
        return papers

    def _read_organs(self) -> tuple[str, ...]:
        """The organs between branch and authority: as named, else those that no unit is without."""
        labels = {name: organ.label for name, organ in self.edition.organs.items()}
        if "units" not in self.row:
            return tuple(name for name, organ in self.edition.organs.items() if not organ.optional)
        names = [self.values.read_choice(cell, labels, "unknown_organ") for cell in self._read_list("units")]
        required = ("branch", "authority", "supervisor")
        return tuple(dict.fromkeys((*required, *(name for name in names if name))))

    def _read_earlier(self) -> list[EarlierCase]:
        """``readmission ceremony_on 01/05/2018``: an earlier case, and how far it came."""
        cases = []
        for cell in self._read_list("earlier"):
            pipeline, name, day = [*self.values.read_text(cell).split(" ", 2), "", "", ""][:3]
            reached = self.values.read_day(Cell(day, cell.line))
            if name not in self.edition.fields or reached is None:
                self.complain(cell.line, "not_an_earlier_case", cell.text or "")
            else:
                cases.append(EarlierCase(pipeline, "", {name: reached.isoformat()}))
        return cases
