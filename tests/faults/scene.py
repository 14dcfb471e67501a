"""What the tests of faults play with: the small office with three candidates, and acts to be made on them."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from states.vocabulary import Person
from tests.adoptions import stated
from tests.offices import BRANCH, COMMUNE, ELECTED, FOUNDED, HEAD, HUYEN, VILLAGE, XA, make_small_office
from workflow.cases.commands.advance import advance_case, record_entry
from workflow.cases.commands.correct import correct_event
from workflow.cases.commands.open import adopt_case, open_case
from workflow.office import Office
from workflow.operations.time_machine import move_clock
from workflow.register.roster.import_roster import import_roster
from workflow.register.writer import RegisterWriter, Who
from workflow.storage import reads, writes
from workflow.storage.register_snapshot import find_row_on

PEOPLE = (
    Person(
        "P-HOA",
        "Trần Thị Hoà",
        born=date(1985, 3, 2),
        sex="female",
        home="Xóm Đồi, nhà số 7",
        education_met=True,
    ),
    Person("P-DUNG", "Đặng Quốc Dũng", born=date(1990, 7, 9), sex="male", education_met=True),
    Person("P-THAM", "Bùi Văn Thẩm", official_since=date(2001, 1, 1)),
)
"""Two more heads who are not members, and somebody who verifies."""
Doing = Callable[[Office], object]
NOTE = "Hồ sơ giấy do bà Tư giữ"
STRENGTHS, WEAKNESSES, MISTAKE = (
    "Gương mẫu, được bà con tin yêu",
    "Đôi khi còn nóng tính",
    "Ghi nhầm số phiếu bầu",
)
SECRETS = (
    "Nguyễn Văn Mẫu",
    "Trần Thị Bảo",
    "Lê Văn Trợ",
    "Trần Thị Hoà",
    "Đặng Quốc Dũng",
    "Đặng Quốc Dương",
    "Vũ Thị Mới",
    "Hồ Văn Sau",
    "Xóm Đồi, nhà số 7",
    STRENGTHS,
    WEAKNESSES,
    MISTAKE,
    NOTE,
)
"""All that may stand nowhere in clear."""


def make(tmp_path: Path, database_url: str) -> Office:
    """The small office with its further people, open."""
    office = make_small_office(tmp_path, database_url)
    with office.write_transaction() as (work, ledger):
        books = RegisterWriter(office, work, ledger, XA)
        books.add_people(PEOPLE)
        for head in PEOPLE[:2]:
            books.add_row("posts", FOUNDED, id=f"to-{head.id}", unit_id=VILLAGE, kind="residential_group")
            books.add_row("tenures", ELECTED, post_id=f"to-{head.id}", person_id=head.id)
    return office


class Act(NamedTuple):
    """One move or entry of a journey."""

    kind: str
    on: date
    who: Who
    fields: Mapping[str, object]
    moves: bool = True


def _a(kind: str, on: str, who: Who = BRANCH, **fields: object) -> Act:
    return Act(kind, date.fromisoformat(on), who, fields)


def _e(kind: str, on: str, who: Who = BRANCH, **fields: object) -> Act:
    return Act(kind, date.fromisoformat(on), who, fields, moves=False)


def _v(kind: str, on: str, who: Who, no: str, roll: int, votes_for: int) -> Act:
    counts = {"roll": roll, "present": roll, "votes_for": votes_for, "votes_against": roll - votes_for}
    return Act(
        kind,
        date.fromisoformat(on),
        who,
        {("decision_no" if who is HUYEN else "resolution_no"): no, **counts},
    )


OPENED = date(2021, 9, 1)
JOURNEY = (
    _a("nominate", "2021-09-10", resolution_no="01-NQ/CB", helpers=["P-BAO"]),
    _a("request_class", "2021-09-29"),
    _a("enrol", "2021-10-01", XA),
    _a("certify", "2021-11-01", XA, certificate_no="11", certificate_issued_on="2021-10-30"),
    _a(
        "send_for_verification",
        "2021-12-01",
        application_dated="2021-11-10",
        cv_declared_on="2021-11-12",
        cv_stamped_on="2021-11-20",
        sponsors=["P-BAO", "P-TRO"],
        route="two_sponsors",
    ),
    _e("send_verification_letter", "2021-12-02", XA, letter_no="5-CV", letter_reach="domestic"),
    _e("verification_received", "2021-12-20", XA, letter_no="5-CV"),
    _a(
        "conclude_verification",
        "2022-01-05",
        XA,
        report_no="1",
        verification_outcome="clear",
        verifier="P-THAM",
    ),
    _a(
        "summarise_opinions",
        "2022-01-25",
        organisations_asked=3,
        people_asked=10,
        opinions_for=10,
        opinions_against=0,
        residence_opinion="same_branch",
        strengths=STRENGTHS,
        weaknesses=WEAKNESSES,
    ),
    _v("branch_proposes", "2022-02-15", BRANCH, "2", 10, 8),
    _v("committee_proposes", "2022-03-01", XA, "3", 15, 15),
    _v("decide", "2022-04-01", HUYEN, "100-QĐ/HU", 11, 10),
    _e("receive_decision", "2022-04-05"),
    _a("hold_ceremony", "2022-04-20", probation_helper="P-BAO"),
    _a(
        "open_recognition",
        "2023-04-21",
        new_member_certificate_on="2022-12-01",
        self_criticism_on="2023-04-10",
        helper_remarks_on="2023-04-11",
        recognition_opinions_on="2023-04-15",
    ),
    _v("branch_recognises", "2023-04-25", BRANCH, "5", 10, 10),
    _v("committee_recognises", "2023-05-05", XA, "6", 15, 15),
    _v("recognise", "2023-05-15", HUYEN, "200", 11, 10),
)
"""The whole way of somebody without a blemish, from the branch's resolution to recognition."""


def step(office: Office, case: str, act: Act, *, seen: int | None = None) -> None:
    """Make one act on a case."""
    verb = advance_case if act.moves else record_entry
    verb(office, case, act.kind, act.on, act.who, act.fields, seen=seen)


def begin(office: Office, person: str) -> str:
    """Open a candidate's case."""
    return open_case(office, person, OPENED, BRANCH)


def take_over(office: Office) -> str:
    """Adopt a case that stands in probation."""
    day = date(2022, 4, 20)
    days: dict[str, Any] = {
        "first_together_since": "2010-01-01",
        "second_together_since": "2010-01-01",
        "branch_resolution_on": "2022-02-15",
        "committee_resolution_on": "2022-03-01",
        "decision_on": "2022-04-01",
        "decision_received_on": None,
        "ceremony_on": day.isoformat(),
    }
    said = stated("probation", day, ("P-BAO", "P-TRO"), **days, note=NOTE)
    return adopt_case(office, "P-HOA", "probation", day, BRANCH, said)


def mend_ceremony(office: Office) -> None:
    """The ceremony of the case taken over was a week later: a membership begins on another day."""
    case = case_of(office, "P-HOA")
    correct_event(office, case, 1, XA, {"ceremony_on": "2022-04-13"}, reason=MISTAKE, allowed_by=HUYEN.by)


def mend_votes(office: Office) -> None:
    """Six of ten, not eight: the branch's vote no longer holds, and stays flagged."""
    values = {"votes_for": "6", "votes_against": "4"}
    correct_event(office, case_of(office, HEAD), 11, XA, values, reason=MISTAKE, allowed_by=HUYEN.by)


ROSTER = """\
"Xã, thị trấn","Thôn, tổ dân phố",Họ và tên,Ngày sinh,Đảng viên,Ngày vào Đảng,Ngày chính thức,Giữ chức từ
Đồng Thịnh,Thôn Áng,Vũ Thị Mới,05/03/1985,chính thức,03/02/2010,03/02/2011,01/06/2021
Đồng Thịnh,Tổ dân phố 3,Hồ Văn Sau,28/11/1990,chưa,,,15/02/2022
Đồng Thịnh,Thôn Khe,,,,,,
"""


def take_on_people(office: Office) -> None:
    """A roster brings two heads with their villages, and a village without one."""
    path = office.config.path.parent.with_name("danh sách.csv")
    path.write_text(ROSTER, encoding="utf-8-sig")
    result = import_roster(office, path, XA)
    assert result.written, result


def rename_village(office: Office) -> None:
    """A unit changes its name: one row is retired, two come."""
    with office.write_transaction() as (work, ledger):
        books, tree = RegisterWriter(office, work, ledger, HUYEN), office.snapshot_for_writing(work, ledger)
        row = find_row_on(tree.units[VILLAGE], office.resolve_day(ledger.today))
        assert row is not None
        first = date(2024, 1, 1)
        books.end_row("units", row, first - timedelta(days=1))
        books.add_row(
            "units", first, id=VILLAGE, name="Yên Bình Mới", level="village", parent=COMMUNE, organs="branch"
        )


def rename_person(office: Office) -> None:
    """What is kept of a person is said anew."""
    with office.write_transaction() as (work, ledger):
        key, _ = writes.load_person_row(work, "P-DUNG")
        assert key is not None
        RegisterWriter(office, work, ledger, XA).change_person(key, Person("P-DUNG", "Đặng Quốc Dương"))


def next_morning(office: Office) -> None:
    """The sample office's day moves on: by one, for killed on a longer way it stands at some day between."""
    move_clock(office, 1)


def case_of(office: Office, person: str) -> str:
    """The id of a person's newest case."""
    with office.database.read_transaction() as connection:
        return reads.load_cases(connection, person=person)[-1].id


def _act(person: str, act: Act) -> Doing:
    return lambda office: step(office, case_of(office, person), act)


LIFE: tuple[Doing, ...] = (
    lambda office: begin(office, HEAD),
    *(_act(HEAD, act) for act in JOURNEY[:7]),
    take_on_people,
    *(_act(HEAD, act) for act in JOURNEY[7:13]),
    take_over,
    rename_village,
    *(_act(HEAD, act) for act in JOURNEY[13:]),
    next_morning,
    mend_votes,
    rename_person,
    mend_ceremony,
)
"""A year in the life of the office: a whole journey, corrections, a case taken over, the register
changing.
"""


def live(office: Office, after_each: Callable[[], object] = lambda: None, *, since: int = 0) -> None:
    """Do all of it, from the act with that number on."""
    for act in LIFE[since:]:
        act(office)
        after_each()
