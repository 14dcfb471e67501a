"""A case fills its forms with its acts, people and organs.

Acts read as they stand on record; organs as they are called on the paper's day.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from states.calendar.months import add_months
from states.record.events import CaseEvent
from states.record.replay import collect_corrections, corrected_event
from states.rulebook.edition import Edition
from workflow.cases.views.case_file import CaseFile
from workflow.dossier.forms.form_index import Form, FormIndex, Guide
from workflow.dossier.forms.organ_names import OrganNames, name_organ, place_name
from workflow.dossier.forms.values import (
    ActValues,
    CandidateValues,
    DecisionValues,
    FormValues,
    MemberValues,
    ProbationaryRow,
)
from workflow.storage.register_snapshot import find_row_on, holds_on

SEX_WORDS = {"male": "Nam", "female": "Nữ"}
PROBATION_MONTHS = 12
NOBODY = MemberValues()
ORGANS = ("authority", "committee", "subcommittee", "branch")
"""The organs over a village, each with the next one below it."""


@dataclass
class CaseFormValues:
    """What the forms of one case print."""

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

    # --- acts -----------------------------------------------------------------------------------------------

    @cached_property
    def acts(self) -> dict[str, ActValues]:
        """The newest act of each kind of any edition, as corrected; of what has not happened, all None."""
        book, pipeline = self.file.office.rulebook, self.file.row.pipeline
        editions = [book.load_edition(pipeline, name) for name in book.list_editions(pipeline)]
        nothing = dict.fromkeys(name for edition in editions for name in edition.fields)
        acts = {
            kind: ActValues(fields=nothing)
            for edition in editions
            for kind in (*edition.moves, *edition.entries)
        }
        corrections, changed = collect_corrections(self.file.events), _last_change(self.file.events)
        for event in self.file.events:
            if event["kind"] in acts:
                acts[event["kind"]] = self._read_act(corrected_event(event, corrections), nothing, changed)
        return acts

    def _read_act(self, event: CaseEvent, nothing: Mapping[str, None], changed: int) -> ActValues:
        edition = self.file.office.edition_of_event(event, self.file.row.pipeline)
        words = {name: text for (seq, name), text in self.file.words.items() if seq == event["seq"]}
        recorded: dict[str, Any] = event["fields"]
        on = date.fromisoformat(event["on"])
        days = dict.fromkeys(_day_fields(edition, event), on)
        values = days | {name: self._read_value(edition, name, value) for name, value in recorded.items()}
        left_out = sum(recorded.get(name) or 0 for name in ("excluded_transferred", "excluded_exempt"))
        base = recorded["roll"] - left_out if recorded.get("roll") is not None else None
        if base is not None and recorded.get("absent") is None and recorded.get("present") is not None:
            values["absent"] = base - recorded["present"]
        return ActValues(
            on=on,
            seq=event["seq"],
            base=base,
            left_out=left_out or None,
            basis=f"{event['seq']}.{changed}",
            fields={**nothing, **values, **words},
        )

    def _read_value(self, edition: Edition, name: str, value: Any) -> object:
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
        return act.find_day(form.dated) if form.dated else act.on

    def form_act(self, form: Form) -> ActValues | None:
        """The act whose facts a form prints, once it is recorded."""
        acts = {kind: act for kind, act in self.acts.items() if act.on}
        if form.act in acts:
            return acts[form.act]
        if form.authorised in acts and acts[form.authorised].find_text("decision_no"):
            return acts[form.authorised]
        if form.within in acts and form.dated and acts[form.within].find_day(form.dated):
            return acts[form.within]
        return None

    # --- everything -----------------------------------------------------------------------------------------

    def build_values(self, form: Form, sponsor: int = 0) -> FormValues:
        """Everything that a form may ask for. ``sponsor``: which of them, for a form of each."""
        day = self.form_day(form) or self.file.today
        record, organs = self.file.record, self.organs_on(day)
        sponsors, probation_helpers = record.list_people("sponsors"), record.list_people("probation_helper")
        return FormValues(
            acts=self.acts,
            candidate=self._candidate_values(day),
            sponsor=self._member_values(sponsors[sponsor], day) if sponsor < len(sponsors) else NOBODY,
            helpers=[self._member_values(person_id, day) for person_id in record.list_people("helpers")],
            probation_helper=self._member_values(probation_helpers[0], day) if probation_helpers else NOBODY,
            authorised=self.file.builder.line_on(day).authorised,
            decision=self._decision_values(organs),
            official_on=self._official_on(),
            ceremony_due=self._ceremony_due(),
            state_label=self.edition.states[record.state].label.vi,
            today=self.file.today,
            two_tier=self.guide.two_tier,
            case=self.file.row.id,
            admit=self.index.admit[self.file.row.pipeline],
            regulation=self.edition.regulation,
            branch=organs["branch"],
            subcommittee=organs["subcommittee"],
            committee=organs["committee"],
            authority=organs["authority"],
        )

    # --- people ---------------------------------------------------------------------------------------------

    def _member_values(self, id_: str, day: date) -> MemberValues:
        """A member; those who were assigned as helpers, with the day of it."""
        person = self.file.builder.describe_person(id_, day)
        helps = id_ in self.file.record.list_people("helpers")
        return MemberValues(
            name=person.name or None,
            born=person.born,
            home=person.home,
            posts=person.posts,
            official_since=person.official_since,
            together_since=person.together_since,
            assigned_on=self.acts["nominate"].on if helps else None,
        )

    def _candidate_values(self, day: date) -> CandidateValues:
        person = self.file.get_person(self.file.row.person_id)
        village = self.file.snapshot.find_unit(self.file.record.unit_on(day.isoformat()), day)
        return CandidateValues(
            name=person.name,
            born=person.born,
            home=person.home,
            occupation=person.occupation,
            sex_word=SEX_WORDS.get(person.sex or ""),
            village=village.name if village else "",
            commune=self._commune_name(day),
        )

    def _commune_name(self, day: date) -> str:
        """The name of the unit with the grassroots committee, or of the one above the village."""
        line = self.file.builder.line_on(day)
        above = self.file.snapshot.units_above(line.unit, day)
        seat = next((unit for unit in above if unit.id == line.organs.get("committee")), None)
        return seat.name if seat else next((unit.name for unit in above[1:]), "")

    # --- organs ---------------------------------------------------------------------------------------------

    def organs_on(self, day: date) -> dict[str, OrganNames | None]:
        """The organs over the village on a day, each with the one above it; None: there is none."""
        tree, line = self.file.snapshot, self.file.builder.line_on(day)
        units = {unit.id: unit for unit in tree.units_above(line.unit, day)}
        organs: dict[str, OrganNames | None] = dict.fromkeys(ORGANS)
        seat = units.get(line.organs.get("authority", ""))
        higher = tree.units_above(seat.id, day)[1:2] if seat else ()
        upper = name_organ("authority", higher[0].name) if higher else None
        place = place_name(self._commune_name(day))
        for key in ORGANS:
            unit = units.get(line.organs.get(key, ""))
            if unit is None:
                continue
            low = key in ("branch", "subcommittee")
            name = self._secretary_name(unit.id, day) if key == "branch" else None
            upper = organs[key] = name_organ(
                key, unit.name, place=place if low else "", secretary=name, over=upper
            )
        return organs

    def _secretary_name(self, unit: str, day: date) -> str | None:
        """Who holds the post of branch secretary on a day."""
        for user, rows in self.file.snapshot.grants.items():
            if any(
                row.unit_id == unit and row.role == "branch_secretary" and holds_on(row, day) for row in rows
            ):
                user_row = find_row_on(self.file.snapshot.users.get(user, ()), day)
                return (self.file.get_person(user_row.person_id).name or None) if user_row else None
        return None

    # --- decision and days ----------------------------------------------------------------------------------

    def _decision_values(self, organs: Mapping[str, OrganNames | None]) -> DecisionValues:
        """The authority's decision; the committee's own, where it may decide and has numbered it as one."""
        decided, proposed = self.acts["decide"], self.acts["committee_proposes"]
        act = decided if decided.on else proposed
        number = act.find_text("decision_no")
        own = act is proposed and number
        return DecisionValues(
            number=number,
            on=act.on if number else None,
            organ=organs["committee"] if own else organs["authority"],
        )

    def _official_on(self) -> date | None:
        ceremony_on = self.acts["hold_ceremony"].on
        return add_months(ceremony_on, PROBATION_MONTHS) if ceremony_on else None

    def _ceremony_due(self) -> date | None:
        file = self.file
        clocks = file.office.list_clocks(file.record, file.edition, file.snapshot)
        return next((clock.due for clock in clocks if clock.name == "CEREMONY"), None)

    def probationary_row(self) -> ProbationaryRow | None:
        """The line about the case in the register of probationary members; None before the ceremony."""
        person, record = self.file.get_person(self.file.row.person_id), self.file.record
        ceremony_on, decision_no = record.find_day("ceremony_on"), record.fields.get("decision_no")
        if ceremony_on is None:
            return None
        branch = self.organs_on(self.file.today)["branch"]
        return ProbationaryRow(
            name=person.name,
            born=person.born,
            sex_word=SEX_WORDS.get(person.sex or ""),
            home=person.home,
            occupation=person.occupation,
            branch=branch.name if branch else self.file.row.unit_id,
            decision_no=str(decision_no) if decision_no else None,
            decision_on=record.find_day("decision_on"),
            ceremony_on=ceremony_on,
            outcome=self.edition.states[self.file.record.state].label.vi,
        )


CHANGING_ENTRIES = frozenset({"correct", "change_helper", "replace_sponsor", "change_unit"})
"""Entries after which papers of other acts may read otherwise."""


def _last_change(events: Iterable[Mapping[str, Any]]) -> int:
    """The newest entry that changes what earlier acts say; 0 where there is none."""
    return max((event["seq"] for event in events if event["kind"] in CHANGING_ENTRIES), default=0)


def _day_fields(edition: Edition, event: CaseEvent) -> Iterator[str]:
    """The fields under which an act records its own day."""
    move = edition.moves.get(event["kind"])
    if move is None:
        yield edition.entries[event["kind"]].dated
        return
    yield move.dated
    if dated := move.to[event["arrival"]].dated:
        yield dated
