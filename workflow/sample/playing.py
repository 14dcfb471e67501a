"""The stories of a sample: acts spread over days, played through the same verbs that people use."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from states.vocabulary import Person
from workflow.cases import advance, record
from workflow.correcting import correct
from workflow.office import Office
from workflow.opening import adopt, open_case
from workflow.registrar import Who
from workflow.sample.people import Land, Village


@dataclass
class Play:
    """One case's story. ``members``: the three of the branch who help, sponsor and verify."""

    story: dict[str, Any]
    way: list[dict[str, Any]]
    village: Village
    person: Person
    members: list[Person]
    authorised: bool
    subcommittee: bool
    case: str = ""
    seqs: dict[str, int] = field(default_factory=dict)

    @property
    def former(self) -> bool:
        """The candidate has left the post; somebody else holds it."""
        return bool(self.story.get("former"))

    @property
    def left(self) -> date:
        """The day on which a former head left the post."""
        day: date = self.story.get("left") or date(2022, 7, 31)
        return day

    @property
    def plan(self) -> str | None:
        """What the commune plans for the post."""
        return self.story.get("plan")

    @property
    def secretary(self) -> str:
        """The user name of the branch's secretary."""
        return "bithu." + self.village.id.replace("/", ".")

    def who(self, by: str, *, typed_above: bool = False) -> Who:
        """Who did it and who typed it: some secretaries telephone, and the commune officer types."""
        if by == "branch":
            return Who(self.secretary, f"canbo.{self.village.commune}" if typed_above else self.secretary)
        user = "vp.huyen" if by == "district" else f"canbo.{self.village.commune}"
        return Who(user, user)

    def acts(self) -> Iterator["Act"]:
        """Every act of the story with its day, in order."""
        if "adopted" in self.story:
            yield Act(self, self.story["day"], 0, {"adopt": self.story["adopted"], **self.story}, {})
            return
        on: date = self.story["opened"]
        yield Act(self, on, 0, {"open": True}, {})
        pace = self.story.get("faster", 1)
        until, changes = self.story.get("until"), self.story.get("change", {})
        for order, told in enumerate(self.way if until else [], start=1):
            step = self._changed(told, changes)
            name = step.get("act") or step["entry"]
            if self._is_played(step):
                on = step.get("day") or on + timedelta(days=max(step["after"] // pace, 1))
                yield Act(self, on, order, step, self._values(step, on))
            if name == until:
                break
        for order, step in enumerate(self.story.get("then", []), start=100):
            yield Act(self, step["day"], order, step, self._values(step, step["day"]))

    def _changed(self, told: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
        step = deepcopy(told)
        change = changes.get(step.get("act") or step.get("entry"), {})
        step["set"] |= step.get("deciding", {}) if self.authorised else {}
        step["set"] |= change.get("set", {})
        return step | {name: value for name, value in change.items() if name != "set"}

    def _is_played(self, step: dict[str, Any]) -> bool:
        if step.get("only") == "subcommittee":
            return self.subcommittee
        return not (step.get("unless") == "authorised" and self.authorised)

    def _values(self, step: dict[str, Any], on: date) -> dict[str, Any]:
        return {name: self._value(value, on) for name, value in step.get("set", {}).items()}

    def _value(self, value: Any, on: date) -> Any:
        """``$1`` is a member of the branch, ``$on`` the act's day, ``$-20`` twenty days before it."""
        if isinstance(value, list):
            return [self._value(one, on) for one in value]
        if not isinstance(value, str) or not value.startswith("$"):
            return value.isoformat() if isinstance(value, date) else value
        if value == "$on":
            return on.isoformat()
        if value.startswith("$-"):
            return (on - timedelta(days=int(value[2:]))).isoformat()
        return self.members[int(value[1:]) - 1].id


@dataclass
class Act:
    """One act of a story on its day."""

    of: Play
    on: date
    order: int
    step: dict[str, Any]
    values: dict[str, Any]

    def play(self, office: Office) -> None:
        """Make it happen."""
        play, step = self.of, self.step
        who = play.who(step.get("by", "branch"), typed_above=self.order % 3 == 2)
        if "open" in step:
            pipeline = play.story.get("pipeline", "admission")
            play.case = open_case(office, play.person.id, self.on, who, pipeline=pipeline, unit=play.village.id)
        elif "adopt" in step:
            who = play.who("commune")
            values = {name: str(value) for name, value in step["set"].items()}
            play.case = adopt(office, play.person.id, step["adopt"], self.on, who, values, unit=play.village.id)
        elif "correct" in step:
            seq = play.seqs[step["correct"]]
            reason, allowed = step["reason"], step["allowed_by"]
            correct(office, play.case, seq, who, self.values, reason=reason, allowed_by=allowed)
        elif "act" in step:
            done = advance(office, play.case, step["act"], self.on, who, self.values)
            play.seqs[step["act"]] = done.version
        else:
            record(office, play.case, step["entry"], self.on, who, self.values)


def plays_of(cases: dict[str, Any], land: Land) -> Iterator[Play]:
    """Every story with its village and people."""
    villages = land.villages()
    communes = {commune.id: commune for commune in land.communes}
    for story in cases["cases"]:
        village = villages[story["who"]]
        commune = communes[village.commune]
        person = village.head
        if story.get("former"):
            person = land.person(born=(1966, 1988), occupation="Nông dân", education_met=True)
        members = [land.member() for _ in range(3)]
        organs = commune.organs.split(",")
        yield Play(story, cases["way"], village, person, members, commune.authorised, "subcommittee" in organs)
