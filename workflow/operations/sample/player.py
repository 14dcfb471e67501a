"""The stage on which a sample is played: every act by whoever makes it, on the day on which it was typed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from states.rulebook.edition import Edition
from workflow import register
from workflow.cases.commands import advance
from workflow.cases.commands.advance import Acted
from workflow.cases.commands.correct import correct
from workflow.cases.commands.open import adopt, open_case
from workflow.cases.facts import rule_of
from workflow.office import Office
from workflow.operations.sample.initial_register import Ground, commune_of, officer_of, secretary_of
from workflow.operations.sample.people import Cast
from workflow.operations.sample.scenario import Candidate, Happening, Said, Scenario
from workflow.register.writer import NOBODY, Registrar, Who

Progress = Callable[[int, int], None]

USERS_OF_ORGANS = {"branch": secretary_of, "subcommittee": officer_of, "committee": officer_of}
"""Who acts for an organ below the district; above, one user acts for all."""

DISTRICT = "vanphong.huyen"


@dataclass
class Standing:
    """A candidate's case as it is being played. ``seqs``: the newest event of each kind of act."""

    candidate: Candidate
    case: str = ""
    state: str = ""
    seqs: dict[str, int] = field(default_factory=dict)
    letter: str = ""


class Stage:
    """A sample being played; dark until `light` gives it an office."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.cast = Cast(scenario.names, [one.person["name"] for one in scenario.candidates])
        self.ground = Ground(scenario, self.cast)
        self.standings = {one.village: Standing(one) for one in scenario.candidates}
        self._numbers: dict[str, int] = {}
        self._special = {
            "open": self._open,
            "adopt": self._adopt,
            "correct": self._correct,
            "plan": self._plan,
            "meeting": self._meeting,
            "set_person": self._set_person,
        }
        """What is no move or entry of an edition."""
        self._office: Office | None = None

    def light(self, office: Office) -> None:
        """Let all that follows happen in this office."""
        office.new_id = self.cast.new_id
        self._office = office

    @property
    def office(self) -> Office:
        """The office in which it happens."""
        if self._office is None:
            raise RuntimeError("the stage is dark")
        return self._office

    def lay(self, who: Who) -> None:
        """Write what stood on the first day."""
        self.ground.lay(self.office, who)

    def play(self, on_progress: Progress | None = None) -> None:
        """Everything that happened up to the sample's today, day by day."""
        todo = sorted(self._todo(), key=lambda one: one[0])
        days = [(day, list(group)) for day, group in groupby(todo, key=lambda one: one[0])]
        for number, (day, group) in enumerate(days, 1):
            self._dawn(day)
            for _, do in group:
                do()
            if on_progress:
                on_progress(number, len(days))
        self._dawn(self.scenario.today)

    def _todo(self) -> list[tuple[date, Callable[[], object]]]:
        found: list[tuple[date, Callable[[], object]]] = []
        for one in self.scenario.candidates:
            if until := one.head.get("until"):
                found.append((one.head.get("recorded", until + timedelta(days=1)), self._successor(one.village, until)))
            found += [(act.recorded, self._doing(one.village, act)) for act in one.acts]
        return found

    def _doing(self, village: str, act: Happening) -> Callable[[], object]:
        return lambda: self.perform(village, act)

    def _dawn(self, day: date) -> None:
        with self.office.writing() as (work, ledger):
            Registrar(self.office, work, ledger, NOBODY).turn_clock(day)

    def _successor(self, village: str, last: date) -> Callable[[], object]:
        """A head leaves, and a member is elected the day after."""

        def change() -> None:
            who = Who(officer_of(village), officer_of(village))
            person = register.add_person(self.office, self.ground.newcomer(village), who)
            register.leave_post(self.office, village, last, who)
            register.hold_post(self.office, village, person, last + timedelta(days=1), who)

        return change

    # --- acts --------------------------------------------------------------------------------------------------------

    def perform(self, village: str, act: Happening) -> Acted | None:
        """One thing that happened. What the verb gives comes back; it raises as the verb does."""
        standing = self.standings[village]
        if special := self._special.get(act.act):
            special(standing, act)
            return None
        return self._act(standing, act)

    def actor(self, village: str, act: Happening) -> tuple[str, Who]:
        """The organ whose move or entry it is, and who does and types it. Raises `UnknownAct`."""
        standing = self.standings[village]
        edition = self._edition(standing, act.day)
        organ = edition.organ_of(rule_of(edition, act.act), standing.state)
        return organ, self._who(standing, organ, act)

    def _act(self, standing: Standing, act: Happening) -> Acted:
        edition = self._edition(standing, act.day)
        _, who = self.actor(standing.candidate.village, act)
        said = self._said(standing, edition, act)
        verb = advance.advance if act.act in edition.moves else advance.record
        done = verb(self.office, standing.case, act.act, act.day, who, said)
        standing.state, standing.seqs[act.act] = done.after, done.version
        standing.letter = str(said.get("letter_no", standing.letter))
        return done

    def _edition(self, standing: Standing, day: date) -> Edition:
        return self.office.rulebook.edition_on(standing.candidate.pipeline, day)

    def _who(self, standing: Standing, organ: str, act: Happening) -> Who:
        user_of = USERS_OF_ORGANS.get(organ)
        by = act.beside.get("by") or (user_of(standing.candidate.village) if user_of else DISTRICT)
        return Who(by, act.beside.get("typed", by))

    def _said(self, standing: Standing, edition: Edition, act: Happening) -> dict[str, Any]:
        """What is said of an act: the usual, then its own; days, people and numbers filled in."""
        said: dict[str, Any] = {**self.scenario.usual["acts"].get(act.act, {}), **act.said}
        if act.act == "verification_received":
            said.setdefault("letter_no", standing.letter)
        return {name: self._value(standing, edition, act.day, name, value) for name, value in said.items()}

    def _value(self, standing: Standing, edition: Edition, day: date, name: str, value: Any) -> Any:
        kind = edition.fields[name].type if name in edition.fields else ""
        if kind == "date" and type(value) is int:
            return day + timedelta(days=value)
        if kind in ("person", "people"):
            parts = value if isinstance(value, list) else [value]
            return ",".join(self._named(standing, part) for part in parts)
        if isinstance(value, str) and value.startswith("#"):
            return self._numbered(value, standing)
        return value

    def _named(self, standing: Standing, part: str) -> str:
        village = standing.candidate.village
        return self.ground.names[f"{commune_of(village) if part == 'officer' else village}:{part}"]

    def _numbered(self, value: str, standing: Standing) -> str:
        """The next number of whoever issues such papers: a branch, a commune, or the district."""
        suffix = value[1:].strip("-/")
        village = standing.candidate.village
        issuer = village if suffix.endswith("CB") else "" if suffix.endswith(("HU", "GCN")) else commune_of(village)
        key = f"{suffix} {issuer}"
        self._numbers[key] = self._numbers.get(key, self.scenario.usual["numbers"][suffix]) + 1
        return f"{self._numbers[key]:02}{value[1:]}"

    # --- what is no move or entry -------------------------------------------------------------------------------------

    def _open(self, standing: Standing, act: Happening) -> None:
        one = standing.candidate
        self.cast.give("K", one.case)
        who = self._who(standing, "branch", act)
        standing.case = open_case(
            self.office, self._named(standing, "candidate"), act.day, who, pipeline=one.pipeline, unit=one.village
        )
        standing.state = self._edition(standing, act.day).starts_at

    def _adopt(self, standing: Standing, act: Happening) -> None:
        one, edition = standing.candidate, self._edition(standing, act.day)
        said = self._said(standing, edition, act)
        standing.state = said.pop("state")
        person, who = self._named(standing, "candidate"), self._who(standing, "committee", act)
        standing.case = adopt(
            self.office, person, standing.state, act.day, who, said, pipeline=one.pipeline, unit=one.village
        )

    def _correct(self, standing: Standing, act: Happening) -> None:
        of: Said = act.beside
        correct(
            self.office,
            standing.case,
            standing.seqs[of["act"]],
            self._who(standing, "committee", act),
            act.said,
            reason=of["reason"],
            allowed_by=of["allowed_by"],
        )

    def _plan(self, standing: Standing, act: Happening) -> None:
        who = self._who(standing, "committee", act)
        register.plan_for(self.office, standing.candidate.village, act.said["kind"], act.day, who)

    def _meeting(self, standing: Standing, act: Happening) -> None:
        who = self._who(standing, "branch", act)
        register.log_meeting(self.office, standing.candidate.village, act.day, who, came=act.said["came"])

    def _set_person(self, standing: Standing, act: Happening) -> None:
        who = self._who(standing, "committee", act)
        register.set_person(self.office, self._named(standing, "candidate"), act.said, who)
