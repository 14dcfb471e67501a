"""A small land for journeys: villages under every kind of line, who acts for whom, a district that ends
on 30/6/2025.

Before 1/7/2025 the district decides; from then on the commune. Everybody here is invented.

| village | until 30/6/2025 | until 25/7/2026 | from then on |
|---|---|---|---|
| PLAIN | commune committee | straight under the commune | the same |
| PARTED | subcommittee, commune committee | subcommittee, base committee | straight under the commune |
| TRUSTED | authorised commune committee | authorised base committee | authorised committee |
| STRAIGHT | straight under the district | base committee | straight under the commune |
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from states.rulebook.loading import Rulebook
from states.vocabulary import Person
from tests.pool import Pool
from workflow.cases.commands.advance import ActResult, advance_case, record_entry
from workflow.cases.commands.open import open_case
from workflow.cases.views.case_view import CaseView, load_case_view
from workflow.cases.views.clock_view import ClockView
from workflow.office import Office
from workflow.operations.create_office import create_office
from workflow.operations.open_office import open_office
from workflow.operations.verify.verify import Verification, verify_office
from workflow.register.writer import RegisterWriter, Who

FOUNDED = date(2016, 1, 1)
LAST_OF_DISTRICT, FIRST_WITHOUT = date(2025, 6, 30), date(2025, 7, 1)
LAST_OF_BASES, FIRST_OF_208 = date(2026, 7, 25), date(2026, 7, 26)

PROVINCE, DISTRICT, COMMUNE, TRUSTED_COMMUNE = "tinh", "huyen", "xa", "xa-tin"
EAST, HILL, WORKS, NORTH = "bo-phan-dong", "co-so-dong", "co-so-nghiep", "co-so-bac"
PLAIN, PARTED, TRUSTED, STRAIGHT = "thon-an", "thon-binh", "thon-cuong", "thon-duc"
VILLAGES = (PLAIN, PARTED, TRUSTED, STRAIGHT)

SECRETARY = Who("bithu", "may-thon")
OFFICER = Who("canbo", "may-xa")
DISTRICT_OFFICER = Who("huyenuy", "may-huyen")
STRANGER = Who("la", "may-la")
"""A branch secretary of all four villages, an officer of the communes, one of the district; one without
any role.
"""

BAO, TRO, GIUP, THAM, MOI = "P-BAO", "P-TRO", "P-GIUP", "P-THAM", "P-MOI"
HEADS = {PLAIN: "P-AN", PARTED: "P-BINH", TRUSTED: "P-CUONG", STRAIGHT: "P-DUC"}
SPARE = "P-KE"

PEOPLE = (
    Person(HEADS[PLAIN], "Nguyễn Văn An", born=date(1980, 5, 1), sex="male", education_met=True),
    Person(HEADS[PARTED], "Trần Thị Bình", born=date(1985, 11, 30), sex="female", education_met=True),
    Person(HEADS[TRUSTED], "Lê Văn Cường", born=date(1979, 2, 28), sex="male", education_met=True),
    Person(HEADS[STRAIGHT], "Phạm Thị Đức", born=date(1990, 8, 15), sex="female", education_met=True),
    Person(SPARE, "Đỗ Thị Kế", born=date(1988, 3, 8), sex="female", education_met=True),
    Person(BAO, "Trần Văn Bảo", official_since=date(2000, 1, 1)),
    Person(TRO, "Lê Thị Trợ", official_since=date(2005, 1, 1)),
    Person(GIUP, "Hoàng Văn Giúp", official_since=date(2008, 1, 1)),
    Person(THAM, "Vũ Thị Thẩm", official_since=date(2003, 1, 1)),
    Person(MOI, "Bùi Văn Mới", official_since=date(2015, 1, 1)),
)
"""Four heads and one who may follow; four members, and one who came in March 2022."""
TOGETHER = {BAO: date(2010, 1, 1), TRO: date(2010, 1, 1), GIUP: date(2012, 1, 1), MOI: date(2022, 3, 1)}
"""Since when members have lived together with every one of the heads."""


def _units() -> Iterator[dict[str, Any]]:
    def unit(id_: str, name: str, level: str, *times: tuple[Any, ...]) -> Iterator[dict[str, Any]]:
        for since, until, parent, organs, *more in times:
            row = {"id": id_, "name": name, "level": level, "parent": parent, "organs": organs}
            yield row | {"valid_from": since, "valid_to": until} | dict(*more)

    before, bases, since_208 = (
        (FOUNDED, LAST_OF_DISTRICT),
        (FIRST_WITHOUT, LAST_OF_BASES),
        (FIRST_OF_208, None),
    )
    yield from unit(PROVINCE, "Tỉnh", "province", (FOUNDED, None, None, ""))
    yield from unit(DISTRICT, "Huyện", "district", (*before, PROVINCE, "authority,supervisor"))
    yield from unit(
        COMMUNE,
        "Xã An Bình",
        "commune",
        (*before, DISTRICT, "committee"),
        (FIRST_WITHOUT, None, PROVINCE, "authority"),
    )
    yield from unit(
        TRUSTED_COMMUNE, "Xã Tin Cậy", "commune", (*before, DISTRICT, "committee", {"authorised": True})
    )
    yield from unit(
        EAST,
        "Đảng bộ bộ phận Đông",
        "base",
        (*before, COMMUNE, "subcommittee"),
        (*bases, HILL, "subcommittee"),
    )
    yield from unit(HILL, "Đảng bộ cơ sở Đông", "base", (*bases, COMMUNE, "committee"))
    yield from unit(
        WORKS,
        "Đảng bộ cơ sở Nghiệp",
        "base",
        (FIRST_WITHOUT, None, COMMUNE, "committee", {"authorised": True}),
    )
    yield from unit(NORTH, "Đảng bộ cơ sở Bắc", "base", (*bases, COMMUNE, "committee"))
    for id_, name, parents in (
        (PLAIN, "Thôn An", (COMMUNE, COMMUNE, COMMUNE)),
        (PARTED, "Thôn Bình", (EAST, EAST, COMMUNE)),
        (TRUSTED, "Thôn Cường", (TRUSTED_COMMUNE, WORKS, WORKS)),
        (STRAIGHT, "Thôn Đức", (DISTRICT, NORTH, COMMUNE)),
    ):
        times = (
            (*days, parent, "branch")
            for days, parent in zip((before, bases, since_208), parents, strict=True)
        )
        yield from unit(id_, name, "village", *times)


def _fill(office: Office) -> None:
    with office.write_transaction() as (work, ledger):
        books = RegisterWriter(office, work, ledger, OFFICER)
        books.add_rows("units", _units())
        books.add_people(PEOPLE)
        for person in PEOPLE:
            if person.official_since:
                books.add_row("memberships", person.official_since, person_id=person.id, status="member")
        for head in (*HEADS.values(), SPARE):
            for member, since in TOGETHER.items():
                books.add_row("companions", since, person_id=member, candidate_id=head)
        for village, head in HEADS.items():
            books.add_row("posts", FOUNDED, id=village, unit_id=village, kind="village")
            books.add_row("tenures", date(2016, 2, 1), post_id=village, person_id=head)
        for who, member in ((SECRETARY, BAO), (OFFICER, THAM), (DISTRICT_OFFICER, TRO), (STRANGER, MOI)):
            books.add_row("users", FOUNDED, id=who.by, person_id=member)
        for village in VILLAGES:
            books.add_row("grants", FOUNDED, user_id=SECRETARY.by, role="branch_secretary", unit_id=village)
        for commune in (COMMUNE, TRUSTED_COMMUNE):
            books.add_row("grants", FOUNDED, user_id=OFFICER.by, role="commune_officer", unit_id=commune)
        books.add_row(
            "grants", FOUNDED, user_id=DISTRICT_OFFICER.by, role="district_officer", unit_id=DISTRICT
        )
        books.set_today(TODAY)


TODAY = date(2027, 12, 31)
"""The office's day unless a test travels. The register was recorded when the land was founded."""


class Template:
    """The land, built once per run on SQLite and once on PostgreSQL, and copied for each test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._postgres: str | None = None
        self._sqlite = False

    def sqlite(self, to: Path) -> Path:
        """A copy on SQLite; where its config.yaml stands."""
        made = self.folder / "sqlite"
        if not self._sqlite:
            _make(made, "sqlite:///ketnap.db")
            self._sqlite = True
        shutil.copytree(made, to)
        return to / "config.yaml"

    def postgres(self, to: Path, server: Pool) -> tuple[Path, str]:
        """A copy on PostgreSQL; where its config.yaml stands, and its URL, to be dropped."""
        made = self.folder / "postgres"
        if self._postgres is None:
            self._postgres = server.create()
            _make(made, self._postgres)
        url = server.create(self._postgres)
        shutil.copytree(made, to)
        config = to / "config.yaml"
        config.write_text(_config(url), encoding="utf-8")
        return config, url


def _config(url: str) -> str:
    return f"office: Đất thử\ndatabase: {url}\n"


def _make(folder: Path, url: str) -> None:
    create_office(
        folder, name="Đất thử", config=_config(url), who=OFFICER, sample="thu", today=FOUNDED, fill=_fill
    )


def travel(office: Office, day: date) -> None:
    """Move the office's day."""
    with writing(office) as books:
        books.set_today(day)


@contextmanager
def writing(office: Office) -> Iterator[RegisterWriter]:
    """The register's pen, for what a test wants otherwise."""
    with office.write_transaction() as (work, ledger):
        yield RegisterWriter(office, work, ledger, OFFICER)


# --- acts with what is usually typed ------------------------------------------------------------------------

TEN: dict[str, Any] = {"roll": 10, "present": 10, "votes_for": 10, "votes_against": 0}
SHORT: dict[str, Any] = {"roll": 10, "present": 10, "votes_for": 6, "votes_against": 4}
HALF: dict[str, Any] = {"roll": 10, "present": 10, "votes_for": 5, "votes_against": 5}

USUAL: dict[str, dict[str, Any]] = {
    "nominate": {"resolution_no": "01-NQ/CB", "helpers": [GIUP]},
    "certify": {"certificate_no": "11"},
    "accept_certificate": {"certificate_no": "11"},
    "decline_class": {"reason": "Chưa mở lớp trong quý này."},
    "allow_procedure": {"procedure_proposal_no": "4-CV/CB", "procedure_leave_no": "20-TB/ĐU"},
    "decline_procedure": {"reason": "Chưa đủ thời gian thử thách."},
    "send_for_verification": {
        "sponsors": [BAO, TRO],
        "route": "two_sponsors",
        "union_statement": "past_age",
    },
    "send_verification_letter": {"letter_no": "5-CV/ĐU", "letter_reach": "domestic"},
    "verification_received": {"letter_no": "5-CV/ĐU"},
    "conclude_verification": {
        "report_no": "7-BC",
        "verification_outcome": "clear",
        "verifier": THAM,
    },
    "refer_upward": {"report_no": "7-BC", "verification_outcome": "needs_ruling"},
    "decline": {"report_no": "7-BC", "verification_outcome": "not_clear"},
    "summarise_opinions": {
        "organisations_asked": 3,
        "people_asked": 12,
        "opinions_for": 12,
        "opinions_against": 0,
        "residence_opinion": "same_branch",
        "strengths": "Gương mẫu.",
        "weaknesses": "Ít nói.",
    },
    "branch_proposes": {"resolution_no": "02-NQ/CB", **TEN},
    "branch_falls_short": {"resolution_no": "02-NQ/CB", **SHORT},
    "appraise": {"report_no": "3-BC"},
    "committee_proposes": {"resolution_no": "04-NQ/ĐU", **TEN},
    "committee_declines": {"resolution_no": "04-NQ/ĐU", **SHORT},
    "decide": {"decision_no": "100-QĐ", **TEN},
    "authority_declines": HALF,
    "hold_ceremony": {"probation_helper": GIUP},
    "branch_recognises": {"resolution_no": "05-NQ/CB", **TEN},
    "branch_recognition_falls_short": {"resolution_no": "05-NQ/CB", **SHORT},
    "recognition_appraised": {"report_no": "6-BC"},
    "committee_recognises": {"resolution_no": "08-NQ/ĐU", **TEN},
    "recognise": {"decision_no": "200-QĐ", **TEN},
    "return_to_sponsorship": {"defects": ["Thiếu chữ ký trang 3", "Chưa đóng giáp lai"]},
    "return_to_branch_meeting": {"defects": ["Biên bản ghi thiếu số vắng mặt"]},
    "return_to_recognition_branch": {"defects": ["Thiếu nhận xét của người giúp đỡ"]},
    "rule_go_on": {"ruling_no": "9-CV"},
    "rule_stop": {"ruling_no": "9-CV"},
    "propose_strike_off": {},
    "branch_strikes_off": {"resolution_no": "12-NQ/CB", **TEN},
    "committee_strikes_off": {"resolution_no": "13-NQ/ĐU", **TEN},
    "strike_off": {"decision_no": "300-QĐ", **TEN},
    "branch_strike_off_falls_short": {"resolution_no": "12-NQ/CB", **SHORT},
    "committee_strike_off_falls_short": {"resolution_no": "13-NQ/ĐU", **SHORT},
    "strike_off_falls_short": HALF,
    "close": {"close_reason": "other"},
    "suspend": {"reason": "Đi làm xa."},
    "replace_sponsor": {"sponsor_out": TRO, "replace_reason": "moved"},
    "change_helper": {"helper_out": GIUP},
    "record_consent": {"consent_no": "15-CV"},
    "extend_decision": {"extension_no": "16-CV"},
    "new_member_class": {"new_member_certificate_no": "21"},
    "settle_flag": {"reason": "Đã họp lại, giữ nguyên.", "ruling_no": "17-CV"},
}
"""What a careful clerk types for each act, beside its days."""


def usual(act: str, on: date) -> dict[str, Any]:
    """What is usually typed for an act of that day, with days that fit it."""

    def ago(days: int) -> str:
        return (on - timedelta(days=days)).isoformat()

    days: Mapping[str, dict[str, Any]] = {
        "certify": {"certificate_issued_on": ago(2)},
        "accept_certificate": {"certificate_issued_on": ago(200)},
        "send_for_verification": {
            "application_dated": ago(9),
            "cv_declared_on": ago(7),
            "cv_stamped_on": ago(3),
        },
        "allow_procedure": {"procedure_proposed_on": ago(1)},
        "open_recognition": {
            "new_member_certificate_on": ago(30),
            "self_criticism_on": ago(5),
            "helper_remarks_on": ago(4),
            "recognition_opinions_on": ago(2),
        },
        "suspend": {"review_on": (on + timedelta(days=60)).isoformat()},
    }
    return {**USUAL.get(act, {}), **days.get(act, {})}


@dataclass
class Journey:
    """One case on its way. ``who`` types unless an act names somebody else."""

    office: Office
    case: str
    start: date
    at: str = "listed"
    always: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    acted: list[ActResult] = field(default_factory=list)
    village: str = PLAIN
    pace: int = 1

    def on(self, days: int) -> date:
        """So many days after the case began, as it usually goes; at a quicker pace, fewer."""
        return self.start + timedelta(days=days // self.pace)

    def advance(self, move: str, on: date, who: Who | None = None, **typed: Any) -> ActResult:
        """A move with what is usually typed, but for what is said here."""
        said = usual(move, on) | self.always.get(move, {}) | typed
        return self._keep(
            advance_case(
                self.office, self.case, move, on, who or actor(move, on, self.at, self.village), said
            )
        )

    def record(self, entry: str, on: date, who: Who | None = None, **typed: Any) -> ActResult:
        """An entry with what is usually typed, but for what is said here."""
        said = usual(entry, on) | typed
        return self._keep(
            record_entry(
                self.office, self.case, entry, on, who or actor(entry, on, self.at, self.village), said
            )
        )

    def _keep(self, acted: ActResult) -> ActResult:
        self.acted.append(acted)
        self.at = acted.after
        return acted

    def view(self, language: str = "vi") -> CaseView:
        """The case as a screen shows it."""
        return load_case_view(self.office, self.case, language)

    @property
    def state(self) -> str:
        """Where it stands."""
        return str(self.view().state.id)

    def clocks(self, name: str) -> list[ClockView]:
        """Its clocks of that name, in the order they started."""
        return [clock for clock in self.view().clocks if clock.name == name]

    def clock(self, name: str) -> ClockView:
        """Its only clock of that name."""
        (found,) = self.clocks(name)
        return found

    def due(self, name: str) -> date:
        """When its newest clock of that name falls due."""
        due = self.clocks(name)[-1].due
        assert due is not None
        return due

    def to(self, state: str) -> "Journey":
        """Go on by the usual steps, some days apart, until the case stands at ``state``."""
        while self.at != state:
            for days, act in PATH[self.at]:
                (self.record if act in ENTRIES else self.advance)(act, self.on(days))
        return self


PATH: dict[str, list[tuple[int, str]]] = {
    "listed": [(3, "nominate")],
    "nominated": [(5, "request_class")],
    "class_requested": [(6, "enrol")],
    "training": [(40, "certify")],
    "procedure_requested": [(45, "allow_procedure")],
    "sponsorship": [(50, "send_for_verification")],
    "verification": [
        (51, "send_verification_letter"),
        (60, "verification_received"),
        (65, "conclude_verification"),
    ],
    "opinions": [(70, "summarise_opinions")],
    "branch_meeting": [(75, "branch_proposes")],
    "appraisal": [(80, "appraise")],
    "committee_meeting": [(85, "committee_proposes")],
    "decision": [(92, "decide")],
    "ceremony": [(95, "receive_decision"), (100, "hold_ceremony")],
    "probation": [(470, "open_recognition")],
    "recognition_branch": [(475, "branch_recognises")],
    "recognition_appraisal": [(478, "recognition_appraised")],
    "recognition_committee": [(480, "committee_recognises")],
    "recognition_decision": [(490, "recognise")],
}
"""From each state on: the day after the beginning, and the act."""

ENTRIES = frozenset({"send_verification_letter", "verification_received", "receive_decision"})
"""Those among them that leave the state where it is."""

BRANCH_ACTS = frozenset(
    {
        "nominate",
        "request_class",
        "accept_certificate",
        "retake_class",
        "send_for_verification",
        "summarise_opinions",
        "branch_proposes",
        "branch_falls_short",
        "hold_ceremony",
        "open_recognition",
        "branch_recognises",
        "branch_recognition_falls_short",
        "propose_strike_off",
        "branch_strikes_off",
        "branch_strike_off_falls_short",
        "withdraw",
        "resume",
        "receive_decision",
        "receive_paper",
        "supplement_paper",
        "replace_sponsor",
        "change_helper",
    }
)
AUTHORITY_ACTS = frozenset(
    {
        "decide",
        "authority_declines",
        "recognise",
        "rule_go_on",
        "rule_stop",
        "strike_off",
        "strike_off_falls_short",
        "extend_decision",
    }
)


BEFORE_AUTHORITY = frozenset({"decision", "recognition_decision", "awaiting_ruling", "strike_off_decision"})
"""Where it is the authority's turn to return a dossier, or to suspend."""


def actor(act: str, on: date, at: str, village: str = PLAIN) -> Who:
    """Who usually does it: the branch, the officer of the commune, or whoever decides on that day.

    Straight under the district there is no committee of the commune: its acts are the district's.
    """
    if act in BRANCH_ACTS:
        return SECRETARY
    of_authority = act in AUTHORITY_ACTS or (
        act.startswith(("return_", "suspend")) and at in BEFORE_AUTHORITY
    )
    of_district = of_authority or village == STRAIGHT
    return DISTRICT_OFFICER if of_district and on <= LAST_OF_DISTRICT else OFFICER


DECIDES_ITSELF = {
    "committee_proposes": {"decision_no": "100-QĐ/ĐU"},
    "committee_recognises": {"decision_no": "200-QĐ/ĐU"},
}
"""What an authorised committee types beside its vote."""


def begin(office: Office, village: str, on: date, **more: Any) -> Journey:
    """Open a case for the head of a village."""
    case = open_case(office, HEADS[village], on, SECRETARY, **more)
    return Journey(office, case, on, village=village, always=DECIDES_ITSELF if village == TRUSTED else {})


def proven(office: Office) -> Verification:
    """The record proven; it must hold."""
    found = verify_office(office)
    assert found.holds, found.broken
    return found


RULES = Rulebook()
"""Read once per run: every office of the run has the same."""


def opened(config: Path) -> Office:
    """The office of that config, open."""
    office = open_office(config)
    office.rulebook = RULES
    return office
