"""What a form may print about a case: its acts as they stand on record, its people, the organs on the paper's day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from states.calendar.working_days import add_months
from states.record.journey import collect_corrections, corrected_event
from states.rulebook.edition import Edition
from states.vocabulary import Person
from workflow.cases.views.case_file import CaseFile
from workflow.dossier.forms import Form, FormIndex, Guide
from workflow.dossier.organ_names import OrganNames, name_organ, place_name
from workflow.storage.register_snapshot import find_row_on, holds_on

ActValues = dict[str, Any]
SEX_WORDS = {"male": "Nam", "female": "Nữ"}
PROBATION_MONTHS = 12
NOBODY = {
    "name": None, "born": None, "home": None, "posts": None, "official_since": None, "together_since": None,
    "assigned_on": None,
}  # fmt: skip


@dataclass
class CaseFormValues:
    """The story of one case, told to forms."""

    file: CaseFile
    index: FormIndex

    @property
    def edition(self) -> Edition:
        """The edition in force today."""
        return self.file.edition

    @cached_property
    def guide(self) -> Guide:
        """The guidance whose forms are in use on the case's day."""
        return self.index.guides.get(self.edition.edition) or self.index.guides[max(self.index.guides)]

    @cached_property
    def acts(self) -> dict[str, ActValues]:
        """The newest act of each kind, as corrected; of what has not happened, and of what was not said: None."""
        book = self.file.office.rulebook
        editions = [
            book.load_edition(self.file.row.pipeline, item) for item in book.list_editions(self.file.row.pipeline)
        ]
        kinds = {kind for item in editions for kind in (*item.moves, *item.entries)}
        fields = {name for item in editions for name in item.fields}
        nothing = dict.fromkeys((*fields, "on", "seq", "base", "left_out", "basis"))
        acts: dict[str, ActValues] = {kind: dict(nothing) for kind in kinds}
        mended, changed = collect_corrections(self.file.events), _last_change(self.file.events)
        words = self.file.words
        for event in self.file.events:
            if event["kind"] in acts:
                texts = {name: text for (seq, name), text in words.items() if seq == event["seq"]}
                values = self._read_act(corrected_event(event, mended)) | texts
                basis = f"{event['seq']}.{changed}"
                acts[event["kind"]] = nothing | values | {"seq": event["seq"], "basis": basis}
        return acts

    def _read_act(self, event: Mapping[str, Any]) -> ActValues:
        edition = self.file.office.edition_of(self.file.row.pipeline, event["edition"])
        values: ActValues = {name: self._read_value(edition, name, value) for name, value in event["fields"].items()}
        out = sum(values.get(name) or 0 for name in ("excluded_transferred", "excluded_exempt"))
        base = values["roll"] - out if values.get("roll") is not None else None
        if base is not None and values.get("absent") is None and values.get("present") is not None:
            values["absent"] = base - values["present"]
        return values | {"on": date.fromisoformat(event["on"]), "base": base, "left_out": out or None}

    def _read_value(self, edition: Edition, name: str, value: Any) -> Any:
        rule = edition.fields.get(name)
        if rule is None:
            return value
        if rule.type == "choice" and value in rule.options:
            return rule.options[value].vi
        if rule.type == "person":
            return self.file.get_person(value).name
        if rule.type == "people":
            return ", ".join(self.file.get_person(person_id).name for person_id in value)
        return date.fromisoformat(value) if rule.type == "date" else value

    def form_day(self, form: Form) -> date | None:
        """The day that a form bears; None as long as it is a draft."""
        act = self.form_act(form)
        if act is None:
            return self.file.today if form.act is None else None
        day: date | None = act[form.dated or "on"]
        return day

    def form_act(self, form: Form) -> ActValues | None:
        """The act whose facts a form prints, once it is recorded."""
        for kind in (form.act, form.authorised):
            act = self.acts.get(kind) if kind else None
            if act and act["on"] and (kind == form.act or act["decision_no"]):
                return act
        return None

    def build_values(self, form: Form, sponsor: int = 0) -> dict[str, Any]:
        """Everything that a form may ask for. ``sponsor``: which of them, for a form of each."""
        day = self.form_day(form) or self.file.today
        sponsors = self.sponsors
        return {
            "acts": self.acts,
            "candidate": self._candidate_values(day),
            "sponsor": sponsors[sponsor] if sponsor < len(sponsors) else NOBODY,
            "helpers": [self._member_values(person_id) for person_id in self.file.record.list_people("helpers")],
            "probation_helper": self._probation_helper_values(),
            "authorised": self.file.builder.line_on(day).authorised,
            "decision": self._decision_values(day),
            "official_on": self._official_on(),
            "ceremony_due": self._ceremony_due(),
            "state_label": self.edition.states[self.file.record.state].label.vi,
            "today": self.file.today,
            "two_tier": self.guide.two_tier,
            "case": self.file.row.id,
            "admit": self.index.admit[self.file.row.pipeline],
            "regulation": self.edition.regulation,
            **self.organs_on(day),
        }

    # --- people --------------------------------------------------------------------------------------------------

    @cached_property
    def sponsors(self) -> list[dict[str, Any]]:
        """The sponsors as they stand, with the day they were assigned if they were assigned as helpers."""
        return [self._member_values(person_id) for person_id in self.file.record.list_people("sponsors")]

    def _member_values(self, id_: str) -> dict[str, Any]:
        person, record = self.file.get_person(id_), self.file.record
        helps = id_ in record.list_people("helpers")
        return {name: getattr(person, name, None) for name in NOBODY} | {
            "name": person.name or None,
            "assigned_on": self.acts["nominate"]["on"] if helps else None,
        }

    def _probation_helper_values(self) -> dict[str, Any]:
        helpers = self.file.record.list_people("probation_helper")
        return self._member_values(helpers[0]) if helpers else dict(NOBODY)

    def _candidate_values(self, day: date) -> dict[str, Any]:
        person: Person = self.file.get_person(self.file.row.person_id)
        village = self.file.snapshot.find_unit(self.file.record.unit_on(day.isoformat()), day)
        return {
            "name": person.name,
            "born": person.born,
            "home": person.home,
            "occupation": person.occupation,
            "sex_word": SEX_WORDS.get(person.sex or ""),
            "village": village.name if village else "",
            "commune": self._commune_name(day),
        }

    def _commune_name(self, day: date) -> str:
        """The name of the commune: of the unit with the grassroots committee, or the one above the village."""
        line = self.file.builder.line_on(day)
        above = self.file.snapshot.units_above(line.unit, day)
        seat = next((unit for unit in above if unit.id == line.organs.get("committee")), None)
        return seat.name if seat else next((unit.name for unit in above[1:]), "")

    # --- organs --------------------------------------------------------------------------------------------------

    def organs_on(self, day: date) -> dict[str, OrganNames | None]:
        """The organs over the case's village on a day, each with the one above it; None where there is none."""
        tree, line = self.file.snapshot, self.file.builder.line_on(day)
        above = tree.units_above(line.unit, day)
        units = {unit.id: unit for unit in above}
        organs: dict[str, OrganNames | None] = dict.fromkeys(("branch", "subcommittee", "committee", "authority"))
        over = next((unit for unit in above if unit.id == line.organs.get("authority")), None)
        higher = next((unit_above for unit_above in tree.units_above(over.id, day)[1:]), None) if over else None
        upper = name_organ("authority", higher.name) if higher else None
        place = place_name(self._commune_name(day))
        for key in ("authority", "committee", "subcommittee", "branch"):
            unit = units.get(line.organs.get(key, ""))
            if unit is None:
                continue
            low = key in ("branch", "subcommittee")
            name = self._secretary_name(unit.id, day) if key == "branch" else None
            upper = organs[key] = name_organ(key, unit.name, place=place if low else "", secretary=name, over=upper)
        return organs

    def _secretary_name(self, unit: str, day: date) -> str | None:
        """Who holds the post of branch secretary on a day."""
        for user, rows in self.file.snapshot.grants.items():
            if any(row.unit_id == unit and row.role == "branch_secretary" and holds_on(row, day) for row in rows):
                user_row = find_row_on(self.file.snapshot.users.get(user, ()), day)
                return (self.file.get_person(user_row.person_id).name or None) if user_row else None
        return None

    # --- days ----------------------------------------------------------------------------------------------------

    def _decision_values(self, day: date) -> dict[str, Any]:
        organs = self.organs_on(day)
        act = self.acts["decide"] if self.acts["decide"]["on"] else self.acts["committee_proposes"]
        own = act is not self.acts["decide"] and act["decision_no"]
        by = organs["committee"] if own else organs["authority"]
        return {"number": act["decision_no"], "on": act["on"] if act["decision_no"] else None, "organ": by}

    def _official_on(self) -> date | None:
        ceremony_on = self.acts["hold_ceremony"]["on"]
        return add_months(ceremony_on, PROBATION_MONTHS) if ceremony_on else None

    def _ceremony_due(self) -> date | None:
        file = self.file
        clocks = file.office.list_clocks(file.record, file.edition, file.snapshot)
        return next((clock.due for clock in clocks if clock.name == "CEREMONY"), None)


CHANGING_ENTRIES = frozenset({"correct", "change_helper", "replace_sponsor", "change_unit"})
"""Entries after which papers of other acts may read otherwise."""


def _last_change(events: Iterable[Mapping[str, Any]]) -> int:
    """The newest entry that changes what earlier acts say; 0 where there is none."""
    return max((event["seq"] for event in events if event["kind"] in CHANGING_ENTRIES), default=0)


def probationary_row(file: CaseFile, branch: str) -> dict[str, Any]:
    """A line of the register of probationary members (18-KNĐ) about a case."""
    person = file.get_person(file.row.person_id)
    return {
        "name": person.name,
        "born": person.born,
        "sex_word": SEX_WORDS.get(person.sex or ""),
        "home": person.home,
        "occupation": person.occupation,
        "branch": branch,
        "decision_no": file.record.fields.get("decision_no"),
        **{name: file.record.find_day(name) for name in ("decision_on", "ceremony_on")},
        "outcome": file.edition.states[file.record.state].label.vi,
    }
