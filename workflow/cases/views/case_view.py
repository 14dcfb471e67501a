"""One case is shown whole, with what may be done next."""

from dataclasses import dataclass, replace
from datetime import date

from states.record.deadlines import Clock
from states.record.replay import collect_corrections, corrected_event
from workflow.cases.views.case_file import CaseFile
from workflow.cases.views.case_papers import CasePaperView, list_papers
from workflow.cases.views.case_parts import (
    CasePersonView,
    ConsentView,
    FlagView,
    SponsorView,
    VoteView,
    build_consent_view,
    build_person_view,
    build_sponsor_view,
    build_vote_view,
    list_flags,
)
from workflow.cases.views.clock_view import ClockView, build_clock_view
from workflow.cases.views.open_acts import OpenEntryView, OpenMoveView, list_open_entries, list_open_moves
from workflow.core.views import NamedRef
from workflow.office import Office
from workflow.storage import reads


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEditionView:
    """The edition by which a case is judged today."""

    id: str
    label: str
    regulation: str
    in_force: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStateView:
    """The step at which a case stands, and whose turn it is there."""

    id: str
    label: str
    turn: str | None
    turn_label: str | None
    since: date | None
    end: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryOverView:
    """A carry-over that came due and goes on record with the next act."""

    on: date
    to: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """One case: where it stands, what runs, what may be done next and what is missing."""

    case: str
    version: int
    pipeline: str
    edition: CaseEditionView
    today: date
    person: CasePersonView
    unit: NamedRef
    state: CaseStateView
    opened_on: date
    closed_on: date | None
    adopted: bool
    carried_over: CarryOverView | None
    stalled: bool
    clocks: list[ClockView]
    papers: list[CasePaperView]
    sponsors: list[SponsorView]
    helpers: list[CasePersonView]
    consents: list[ConsentView]
    votes: list[VoteView]
    flags: list[FlagView]
    moves: list[OpenMoveView]
    entries: list[OpenEntryView]

    @property
    def acts(self) -> list[OpenMoveView | OpenEntryView]:
        """All that may be done with the case now, moves first."""
        return [*self.moves, *self.entries]


def load_case_view(office: Office, case: str, language: str) -> CaseView:
    """One case as it stands today. Raises `UnknownCase`."""
    with office.database.read_transaction() as connection:
        return build_case_view(CaseFile(office, connection, case), language)


def build_case_view(file: CaseFile, language: str) -> CaseView:
    """As `load_case_view`, for a case file that is open already."""
    record, row = file.record, file.row
    unit = file.snapshot.find_unit(row.unit_id, file.today)
    clocks = file.office.list_clocks(record, file.edition, file.snapshot)
    state = _build_state_view(file, language)
    return CaseView(
        case=row.id,
        version=row.version,
        pipeline=row.pipeline,
        edition=_build_edition_view(file, language),
        today=file.today,
        person=build_person_view(file.get_person(row.person_id)),
        unit=NamedRef(id=row.unit_id, name=unit.name if unit else row.unit_id),
        state=state,
        opened_on=row.opened_on,
        closed_on=row.closed_on,
        adopted=record.adopted,
        carried_over=_build_carry_over_view(file, language),
        stalled=_is_late(clocks, file.today) and not state.end,
        clocks=_build_clock_views(file, clocks, language),
        papers=list(list_papers(file, language)),
        sponsors=[build_sponsor_view(file, id_) for id_ in record.list_people("sponsors")],
        helpers=[
            build_person_view(file.builder.describe_person(id_, file.today))
            for id_ in record.list_people("helpers")
        ],
        consents=[build_consent_view(consent) for consent in record.consents],
        votes=[build_vote_view(vote) for vote in reads.load_votes(file.connection, row.id)],
        flags=list(list_flags(file, language)),
        moves=list_open_moves(file, language),
        entries=list_open_entries(file, language),
    )


def _build_clock_views(file: CaseFile, clocks: tuple[Clock, ...], language: str) -> list[ClockView]:
    """The clocks, each with the organ that keeps it in the line of the case's unit."""
    line = file.builder.line_on(file.today)
    by_keeper = (replace(clock, organ=file.edition.organ_in_line(clock.organ, line)) for clock in clocks)
    return [build_clock_view(clock, file.today, file.snapshot.calendar, language) for clock in by_keeper]


def _is_late(clocks: tuple[Clock, ...], today: date) -> bool:
    return any(clock.is_late_on(today) for clock in clocks)


def _build_edition_view(file: CaseFile, language: str) -> CaseEditionView:
    edition = file.edition
    return CaseEditionView(
        id=edition.edition,
        label=edition.label.in_language(language),
        regulation=edition.regulation,
        in_force=edition.in_force,
    )


def _build_state_view(file: CaseFile, language: str) -> CaseStateView:
    state = file.edition.states[file.record.state]
    turn = file.edition.turn_in_line(file.record.state, file.builder.line_on(file.today))
    organ = file.edition.organs[turn] if turn and not state.end else None
    return CaseStateView(
        id=file.record.state,
        label=state.label.in_language(language),
        turn=turn,
        turn_label=organ.label.in_language(language) if organ else None,
        since=_find_state_start(file),
        end=state.end,
    )


def _find_state_start(file: CaseFile) -> date | None:
    """The day on which the case came to its present state."""
    if file.carried and file.record.state != file.row.state:
        return file.carried.on
    since, state = None, ""
    corrections = collect_corrections(file.events)
    for event in (corrected_event(recorded, corrections) for recorded in file.events):
        if event.get("to") not in (None, state):
            state, since = event["to"], date.fromisoformat(event["on"])
    return since


def _build_carry_over_view(file: CaseFile, language: str) -> CarryOverView | None:
    due = file.carried
    return CarryOverView(on=due.on, to=due.to, because=due.reason_text(language)) if due else None
