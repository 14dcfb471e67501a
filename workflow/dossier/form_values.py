"""What a form may print about a case: its acts as they stand on record, its people, the organs on the paper's day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from states.calendar.working_days import add_months
from states.record.journey import corrections, mended_event
from states.rulebook.edition import Edition
from states.vocabulary import Person
from workflow.cases.views.case_view import Casefile
from workflow.dossier.forms import Form, Guide, Index
from workflow.dossier.organ_names import Organ, organ, place_of
from workflow.storage.register_snapshot import holds, on

Act = dict[str, Any]
SEX = {"male": "Nam", "female": "Nữ"}
PROBATION_MONTHS = 12
NOBODY = {
    "name": None, "born": None, "home": None, "posts": None, "official_since": None, "together_since": None,
    "assigned_on": None,
}  # fmt: skip


@dataclass
class Story:
    """The story of one case, told to forms."""

    file: Casefile
    index: Index

    @property
    def edition(self) -> Edition:
        """The edition in force today."""
        return self.file.edition

    @cached_property
    def guide(self) -> Guide:
        """The guidance whose forms are in use on the case's day."""
        return self.index.guides.get(self.edition.edition) or self.index.guides[max(self.index.guides)]

    @cached_property
    def acts(self) -> dict[str, Act]:
        """The newest act of each kind, as corrected; of what has not happened, and of what was not said: None."""
        book = self.file.office.rulebook
        editions = [book.edition(self.file.row.pipeline, one) for one in book.editions(self.file.row.pipeline)]
        kinds = {kind for one in editions for kind in (*one.moves, *one.entries)}
        fields = {name for one in editions for name in one.fields}
        nothing = dict.fromkeys((*fields, "on", "seq", "base", "left_out", "basis"))
        found: dict[str, Act] = {kind: dict(nothing) for kind in kinds}
        mended, changed = corrections(self.file.events), _last_change(self.file.events)
        words = self.file.words
        for event in self.file.events:
            if event["kind"] in found:
                texts = {name: text for (seq, name), text in words.items() if seq == event["seq"]}
                said = self._said(mended_event(event, mended)) | texts
                basis = f"{event['seq']}.{changed}"
                found[event["kind"]] = nothing | said | {"seq": event["seq"], "basis": basis}
        return found

    def _said(self, event: Mapping[str, Any]) -> Act:
        edition = self.file.office.edition_of(self.file.row.pipeline, event["edition"])
        said: Act = {name: self._value(edition, name, value) for name, value in event["fields"].items()}
        out = sum(said.get(name) or 0 for name in ("excluded_transferred", "excluded_exempt"))
        base = said["roll"] - out if said.get("roll") is not None else None
        if base is not None and said.get("absent") is None and said.get("present") is not None:
            said["absent"] = base - said["present"]
        return said | {"on": date.fromisoformat(event["on"]), "base": base, "left_out": out or None}

    def _value(self, edition: Edition, name: str, value: Any) -> Any:
        rule = edition.fields.get(name)
        if rule is None:
            return value
        if rule.type == "choice" and value in rule.options:
            return rule.options[value].vi
        if rule.type == "person":
            return self.file.person(value).name
        if rule.type == "people":
            return ", ".join(self.file.person(one).name for one in value)
        return date.fromisoformat(value) if rule.type == "date" else value

    def day(self, form: Form) -> date | None:
        """The day that a form bears; None as long as it is a draft."""
        act = self.act(form)
        if act is None:
            return self.file.today if form.act is None else None
        day: date | None = act[form.dated or "on"]
        return day

    def act(self, form: Form) -> Act | None:
        """The act whose facts a form prints, once it is recorded."""
        for kind in (form.act, form.authorised):
            act = self.acts.get(kind) if kind else None
            if act and act["on"] and (kind == form.act or act["decision_no"]):
                return act
        return None

    def values(self, form: Form, sponsor: int = 0) -> dict[str, Any]:
        """Everything that a form may ask for. ``sponsor``: which of them, for a form of each."""
        day = self.day(form) or self.file.today
        sponsors = self.sponsors
        return {
            "acts": self.acts,
            "candidate": self._candidate(day),
            "sponsor": sponsors[sponsor] if sponsor < len(sponsors) else NOBODY,
            "helpers": [self._member(one) for one in self.file.record.fields.get("helpers", [])],
            "probation_helper": self._probation_helper(),
            "authorised": self.file.scene.line(day).authorised,
            "decision": self._decision(day),
            "official_on": self._official_on(),
            "ceremony_due": self._ceremony_due(),
            "state_label": self.edition.states[self.file.record.state].label.vi,
            "today": self.file.today,
            "two_tier": self.guide.two_tier,
            "case": self.file.row.id,
            "admit": self.index.admit[self.file.row.pipeline],
            "regulation": self.edition.regulation,
            **self.organs(day),
        }

    # --- people --------------------------------------------------------------------------------------------------

    @cached_property
    def sponsors(self) -> list[dict[str, Any]]:
        """The sponsors as they stand, with the day they were assigned if they were assigned as helpers."""
        return [self._member(one) for one in self.file.record.fields.get("sponsors", [])]

    def _member(self, id_: str) -> dict[str, Any]:
        person, record = self.file.person(id_), self.file.record
        helps = id_ in record.fields.get("helpers", [])
        return {name: getattr(person, name, None) for name in NOBODY} | {
            "name": person.name or None,
            "assigned_on": self.acts["nominate"]["on"] if helps else None,
        }

    def _probation_helper(self) -> dict[str, Any]:
        id_ = self.file.record.fields.get("probation_helper")
        return self._member(id_) if id_ else dict(NOBODY)

    def _candidate(self, day: date) -> dict[str, Any]:
        person: Person = self.file.person(self.file.row.person_id)
        village = self.file.tree.unit(self.file.record.unit_on(day.isoformat()), day)
        return {
            "name": person.name,
            "born": person.born,
            "home": person.home,
            "occupation": person.occupation,
            "sex_word": SEX.get(person.sex or ""),
            "village": village.name if village else "",
            "commune": self._commune(day),
        }

    def _commune(self, day: date) -> str:
        """The name of the commune: of the unit with the grassroots committee, or the one above the village."""
        line = self.file.scene.line(day)
        above = self.file.tree.above(line.unit, day)
        seat = next((unit for unit in above if unit.id == line.organs.get("committee")), None)
        return seat.name if seat else next((unit.name for unit in above[1:]), "")

    # --- organs --------------------------------------------------------------------------------------------------

    def organs(self, day: date) -> dict[str, Organ | None]:
        """The organs over the case's village on a day, each with the one above it; None where there is none."""
        tree, line = self.file.tree, self.file.scene.line(day)
        above = tree.above(line.unit, day)
        units = {unit.id: unit for unit in above}
        found: dict[str, Organ | None] = dict.fromkeys(("branch", "subcommittee", "committee", "authority"))
        over = next((unit for unit in above if unit.id == line.organs.get("authority")), None)
        higher = next((one for one in tree.above(over.id, day)[1:]), None) if over else None
        upper = organ("authority", higher.name) if higher else None
        place = place_of(self._commune(day))
        for key in ("authority", "committee", "subcommittee", "branch"):
            unit = units.get(line.organs.get(key, ""))
            if unit is None:
                continue
            low = key in ("branch", "subcommittee")
            name = self._secretary(unit.id, day) if key == "branch" else None
            upper = found[key] = organ(key, unit.name, place=place if low else "", secretary=name, over=upper)
        return found

    def _secretary(self, unit: str, day: date) -> str | None:
        """Who holds the post of branch secretary on a day."""
        for user, rows in self.file.tree.grants.items():
            if any(row.unit_id == unit and row.role == "branch_secretary" and holds(row, day) for row in rows):
                held = on(self.file.tree.users.get(user, ()), day)
                return (self.file.person(held.person_id).name or None) if held else None
        return None

    # --- days ----------------------------------------------------------------------------------------------------

    def _decision(self, day: date) -> dict[str, Any]:
        organs = self.organs(day)
        act = self.acts["decide"] if self.acts["decide"]["on"] else self.acts["committee_proposes"]
        own = act is not self.acts["decide"] and act["decision_no"]
        by = organs["committee"] if own else organs["authority"]
        return {"number": act["decision_no"], "on": act["on"] if act["decision_no"] else None, "organ": by}

    def _official_on(self) -> date | None:
        held = self.acts["hold_ceremony"]["on"]
        return add_months(held, PROBATION_MONTHS) if held else None

    def _ceremony_due(self) -> date | None:
        file = self.file
        clocks = file.office.clocks(file.record, file.edition, file.tree)
        return next((clock.due for clock in clocks if clock.name == "CEREMONY"), None)


CHANGING = frozenset({"correct", "change_helper", "replace_sponsor", "change_unit"})
"""Entries after which papers of other acts may read otherwise."""


def _last_change(events: Iterable[Mapping[str, Any]]) -> int:
    """The newest entry that changes what earlier acts say; 0 where there is none."""
    return max((event["seq"] for event in events if event["kind"] in CHANGING), default=0)


def probationary(file: Casefile, branch: str) -> dict[str, Any]:
    """A line of the register of probationary members (18-KNĐ) about a case."""
    person = file.person(file.row.person_id)
    fields = file.record.fields
    days = {name: fields.get(name) for name in ("decision_on", "ceremony_on")}
    return {
        "name": person.name,
        "born": person.born,
        "sex_word": SEX.get(person.sex or ""),
        "home": person.home,
        "occupation": person.occupation,
        "branch": branch,
        "decision_no": fields.get("decision_no"),
        **{name: date.fromisoformat(day) if day else None for name, day in days.items()},
        "outcome": file.edition.states[file.record.state].label.vi,
    }
