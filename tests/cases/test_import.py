"""A roster becomes the register: once, wholly or not at all, and nobody is merged with anybody on a guess."""

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import get_args

import openpyxl
import pytest

from states.vocabulary import Person
from tests.offices import (
    BRANCH,
    COMMUNE,
    DISTRICT,
    ELECTED,
    FOUNDED,
    HEAD,
    HUYEN,
    POST,
    SPONSOR,
    TODAY,
    VILLAGE,
    XA,
)
from tests.offices import make_small_office as make
from tests.reading import ask
from workflow.board.coverage import CoverageCountsView, count_coverage
from workflow.cases.commands.open import open_case
from workflow.cases.commands.people_facts import set_membership
from workflow.core.input import InvalidInput
from workflow.core.messages import load_messages
from workflow.core.text import SameReason
from workflow.core.views import NamedRef
from workflow.office import Office
from workflow.operations.verify.verify import verify_office
from workflow.register import roster as importing
from workflow.register.acts import AddPerson, AddUnit, EndPost, LeavePost, SetMembership
from workflow.register.commands.people import add_person
from workflow.register.commands.posts import end_post, leave_post
from workflow.register.commands.units import add_unit
from workflow.register.person_record import decrypt_person
from workflow.register.roster.import_result import ImportResult, RowOutcome, RowResult
from workflow.register.roster.import_roster import import_roster
from workflow.register.roster.rows import RosterFault
from workflow.register.views.people import PersonListRow, find_people
from workflow.register.views.places import list_units
from workflow.register.views.posts import PostWithPlanView, list_posts
from workflow.register.writer import RegisterWriter
from workflow.storage import reads
from workflow.storage.tables.register import MembershipRow, TenureRow

D = date
YEN_BINH = NamedRef(id=VILLAGE, name="Thôn Yên Bình")
YESTERDAY = TODAY - timedelta(days=1)
HEADINGS = {
    "commune": "Xã, thị trấn",
    "village": "Thôn, tổ dân phố",
    "kind": "Loại",
    "name": "Họ và tên",
    "born": "Ngày sinh",
    "sex": "Giới tính",
    "occupation": "Nghề nghiệp",
    "home": "Quê quán",
    "membership": "Đảng viên",
    "joined": "Ngày vào Đảng",
    "official": "Ngày chính thức",
    "secretary": "Kiêm bí thư chi bộ",
    "since": "Giữ chức từ",
    "contact": "Điện thoại",
}
Row = dict[str, str]


def row(village: str, name: str = "", born: str = "", membership: str = "", **more: str) -> Row:
    return {
        "commune": "Đồng Thịnh",
        "village": village,
        "name": name,
        "born": born,
        "membership": membership,
    } | more


MAU = row("Thôn Yên Bình", "Nguyễn Văn Mẫu", "01/05/1980", "chưa", since="01/01/2020")
"""The head whom the small office has already."""
HOA = row(
    "Thôn Áng",
    "Lê Thị Hoà",
    "05/03/1985",
    "chính thức",
    joined="03/02/2010",
    official="03/02/2011",
    secretary="có",
    since="01/06/2021",
    sex="nữ",
    occupation="Giáo viên",
)
NAM = row("Tổ dân phố 3", "Vũ Văn Nam", "28/11/1990", "chưa", since="15/02/2022")
TAM = row("Thôn Đồi", "Hồ Thị Tám", "02/09/1979", "dự bị", joined="19/05/2024", since="01/03/2023")
KHUYET = row("Thôn Khe")
ALL = (MAU, HOA, NAM, TAM, KHUYET)


def roster(tmp_path: Path, *rows: Mapping[str, str], name: str = "danh sách.csv") -> Path:
    """A file with the rows, and of the columns those that any row fills, beside the required ones."""
    required = ("commune", "village", "name", "born", "membership")
    columns = [key for key in HEADINGS if key in required or any(one.get(key) for one in rows)]
    path = tmp_path / name
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([HEADINGS[column] for column in columns])
        writer.writerows([[one.get(column, "") for column in columns] for one in rows])
    return path


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[Office]:
    """The small office, on SQLite and on PostgreSQL."""
    with closing(make(tmp_path, database_url)) as made:
        yield made


@pytest.fixture
def embedded(tmp_path: Path, sqlite_url: str) -> Iterator[Office]:
    """The small office on the embedded database, for what the database has no part in."""
    with closing(make(tmp_path, sqlite_url)) as made:
        yield made


def events(office: Office) -> int:
    with office.database.read_transaction() as connection:
        return sum(1 for _ in reads.load_events(connection))


def whats(result: ImportResult) -> list[str]:
    return [one.what for one in result.rows]


def codes(one: RowResult[RosterFault]) -> list[str]:
    return [fault.code for fault in one.faults]


def person_of(office: Office, id_: str) -> Person:
    with office.database.read_transaction() as connection:
        [found] = reads.load_people(connection, [id_])
        return decrypt_person(office.vault, found.id, found.key, found.sealed)


def tenures(office: Office, post: str = POST) -> list[tuple[str, date, date | None, bool]]:
    with office.database.read_transaction() as connection:
        rows = [one for one in reads.load_register_rows(connection, TenureRow) if one.post_id == post]
    found = [(one.person_id, one.valid_from, one.valid_to, one.secretary) for one in rows]
    return sorted(found, key=lambda one: one[1])


def spans(office: Office, person: str) -> list[tuple[str, date, date | None]]:
    with office.database.read_transaction() as connection:
        rows = [one for one in reads.load_register_rows(connection, MembershipRow) if one.person_id == person]
    return sorted(((one.status, one.valid_from, one.valid_to) for one in rows), key=lambda one: one[1])


def post_of(office: Office, village: str) -> PostWithPlanView:
    return next(one for one in list_posts(office) if one.unit.name == village)


def holder_of(post: PostWithPlanView) -> str:
    """The id of who holds a post."""
    assert post.holder
    return post.holder.id


# --- all of it, once ----------------------------------------------------------------------------------------


def test_a_roster_brings_villages_posts_heads_and_what_they_are_in_the_party(
    office: Office, tmp_path: Path
) -> None:
    result = import_roster(office, roster(tmp_path, *ALL), XA)
    assert whats(result) == ["unchanged", "added", "added", "added", "added"]
    assert result.written
    assert ask(office, count_coverage).total == CoverageCountsView(
        posts=5, members=2, probationary=1, combined=1, vacant=1, remaining=2
    )
    hoa, nam = post_of(office, "Thôn Áng"), post_of(office, "Tổ dân phố 3")
    assert (hoa.id, hoa.commune, hoa.since) == (
        "dong-thinh/thon-ang",
        NamedRef(id=COMMUNE, name="Xã Đồng Thịnh"),
        D(2021, 6, 1),
    )
    assert (hoa.kind, nam.kind) == ("village", "residential_group")
    assert post_of(office, "Thôn Khe").holder is None
    person = person_of(office, holder_of(hoa))
    assert (person.name, person.born, person.sex) == ("Lê Thị Hoà", D(1985, 3, 5), "female")
    assert (person.occupation, person.official_since) == ("Giáo viên", D(2011, 2, 3))
    assert spans(office, person.id) == [
        ("probationary", D(2010, 2, 3), D(2011, 2, 2)),
        ("member", D(2011, 2, 3), None),
    ]
    tam = result.rows[3].person or ""
    assert spans(office, tam) == [("probationary", D(2024, 5, 19), None)]
    assert verify_office(office).holds


def test_the_same_file_a_second_time_changes_nothing(office: Office, tmp_path: Path) -> None:
    path = roster(tmp_path, *ALL)
    import_roster(office, path, XA)
    before = events(office)
    again = import_roster(office, path, XA)
    assert set(whats(again)) == {"unchanged"}
    assert (again.events, events(office)) == (0, before)


def test_spelling_that_means_the_same_changes_nothing_either(office: Office, tmp_path: Path) -> None:
    import_roster(office, roster(tmp_path, *ALL), XA)
    before = events(office)
    other = HOA | {"name": unicodedata.normalize("NFD", "LÊ THỊ HÒA"), "commune": "xã Đồng Thịnh"}
    three = NAM | {"village": "Tổ dân phố số 03"}
    result = import_roster(office, roster(tmp_path, MAU | {"village": "Yên Bình"}, other, three), XA)
    assert whats(result) == ["unchanged"] * 3
    assert events(office) == before


def test_a_workbook_is_read_as_a_csv_file_is(embedded: Office, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([HEADINGS[name] for name in ("commune", "village", "name", "born", "membership")])
    sheet.append(["Đồng Thịnh", "Thôn Áng", "Lê Thị Hoà", D(1985, 3, 5), "chưa"])
    book.save(tmp_path / "roster.xlsx")
    assert whats(import_roster(embedded, tmp_path / "roster.xlsx", XA)) == ["added"]
    assert post_of(embedded, "Thôn Áng").since == TODAY


def test_a_dry_run_says_the_same_and_writes_nothing(office: Office, tmp_path: Path) -> None:
    path, before = roster(tmp_path, *ALL), events(office)
    dry = import_roster(office, path, XA, dry_run=True)
    assert (dry.dry_run, dry.written, events(office)) == (True, False, before)
    assert whats(dry) == whats(import_roster(office, path, XA))
    assert dry.rows[1].person is None
    assert dry.counts["added"] == 4


def test_one_bad_row_and_nothing_is_written_unless_bad_rows_are_left_out(
    office: Office, tmp_path: Path
) -> None:
    bad = row("Thôn Đồi", "Hồ Thị Tám", "30/02/1979", "chưa")
    path, before = roster(tmp_path, HOA, bad, NAM), events(office)
    result = import_roster(office, path, XA)
    assert whats(result) == ["added", "bad", "added"]
    [fault] = result.rows[1].faults
    assert (fault.code, fault.row, fault.column) == ("roster.date_impossible", 3, "Ngày sinh")
    assert (result.written, result.in_the_way, events(office)) == (False, 1, before)
    assert import_roster(office, path, XA, skip_bad=True).written
    assert [one.unit.name for one in list_posts(office)] == ["Thôn Áng", "Thôn Yên Bình", "Tổ dân phố 3"]


def test_a_file_that_cannot_be_trusted_as_a_whole_is_not_written_even_without_its_bad_rows(
    embedded: Office, tmp_path: Path
) -> None:
    path, before = roster(tmp_path, HOA), events(embedded)
    path.write_text(path.read_text("utf-8-sig").replace("Giới tính", "Chòm sao"), encoding="utf-8")
    result = import_roster(embedded, path, XA, skip_bad=True)
    assert [fault.code for fault in result.faults] == ["roster.column_unknown"]
    assert (result.written, events(embedded)) == (False, before)
    assert import_roster(embedded, tmp_path / "nowhere.csv", XA).faults[0].code == "roster.file_missing"


def test_an_import_that_is_stopped_half_way_leaves_nothing(office: Office, tmp_path: Path) -> None:
    first = D(1970, 1, 1)
    rows = [
        row(f"Thôn {n}", "Lê Văn An", f"{first + timedelta(days=n):%d/%m/%Y}", "chưa") for n in range(1, 1500)
    ]
    before = events(office)

    def stop(done: int, total: int | None = None) -> None:
        if total is not None and done >= 1000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_roster(office, roster(tmp_path, *rows), XA, on_progress=stop, skip_bad=True)
    assert events(office) == before
    assert len(list_posts(office)) == 1
    assert verify_office(office).holds
    assert import_roster(office, roster(tmp_path, HOA), XA).written


# --- who holds a post ---------------------------------------------------------------------------------------


def test_a_new_head_ends_the_tenure_of_the_old_one_the_day_before(office: Office, tmp_path: Path) -> None:
    new = row("Thôn Yên Bình", "Đỗ Thị Nga", "12/12/1975", "chưa", since="01/07/2024")
    result = import_roster(office, roster(tmp_path, new), XA)
    [one] = result.rows
    assert (one.what, one.before) == ("head_changed", HEAD)
    assert tenures(office) == [
        (HEAD, ELECTED, D(2024, 6, 30), False),
        (one.person, D(2024, 7, 1), None, False),
    ]
    assert verify_office(office).holds


def test_a_new_head_of_whom_no_day_is_said_begins_on_the_day_of_the_import(
    office: Office, tmp_path: Path
) -> None:
    new = row("Thôn Yên Bình", "Đỗ Thị Nga", "12/12/1975", "chưa")
    [one] = import_roster(office, roster(tmp_path, new), XA).rows
    assert tenures(office) == [(HEAD, ELECTED, YESTERDAY, False), (one.person, TODAY, None, False)]


def test_a_vacant_row_ends_the_tenure_and_the_post_stays(office: Office, tmp_path: Path) -> None:
    path = roster(tmp_path, row("Thôn Yên Bình", "khuyết"))
    [one] = import_roster(office, path, XA).rows
    assert (one.what, one.before) == ("vacated", HEAD)
    assert tenures(office) == [(HEAD, ELECTED, YESTERDAY, False)]
    assert ask(office, count_coverage).total.vacant == 1
    assert whats(import_roster(office, path, XA)) == ["unchanged"]
    filled = import_roster(office, roster(tmp_path, MAU | {"since": ""}), XA)
    assert (whats(filled), filled.rows[0].person) == (["head_changed"], HEAD)


def test_a_mistake_of_today_is_replaced_and_not_ended(embedded: Office, tmp_path: Path) -> None:
    import_roster(embedded, roster(tmp_path, row("Thôn Áng", "Lê Thị Hoà", "05/03/1985", "chưa")), XA)
    [one] = import_roster(
        embedded, roster(tmp_path, row("Thôn Áng", "Vũ Văn Nam", "28/11/1990", "chưa")), XA
    ).rows
    assert tenures(embedded, "dong-thinh/thon-ang") == [(one.person, TODAY, None, False)]


def test_a_new_head_cannot_have_begun_before_the_present_one(office: Office, tmp_path: Path) -> None:
    new = row("Thôn Yên Bình", "Đỗ Thị Nga", "12/12/1975", "chưa", since="01/07/2019")
    [one] = import_roster(office, roster(tmp_path, new), XA).rows
    assert (one.what, codes(one)) == ("bad", ["import.tenures_overlap"])
    assert one.faults[0].values == {"since": "01/07/2019", "other": "01/01/2020"}


def test_the_day_a_head_began_is_mended_without_a_change_of_head(office: Office, tmp_path: Path) -> None:
    assert whats(import_roster(office, roster(tmp_path, MAU | {"since": "01/03/2019"}), XA)) == [
        "details_changed"
    ]
    assert tenures(office) == [(HEAD, D(2019, 3, 1), None, False)]


def test_a_head_who_becomes_secretary_keeps_the_day_of_taking_office(office: Office, tmp_path: Path) -> None:
    set_membership(office, SetMembership(person=HEAD, status="member", since=D(2022, 1, 1)), HUYEN)
    both = MAU | {"membership": "chính thức", "official": "01/01/2022", "secretary": "x"}
    path = roster(tmp_path, both)
    assert whats(import_roster(office, path, XA)) == ["details_changed"]
    assert tenures(office) == [(HEAD, ELECTED, YESTERDAY, False), (HEAD, TODAY, None, True)]
    assert whats(import_roster(office, path, XA)) == ["unchanged"]
    earlier = roster(tmp_path, both | {"since": "01/06/2019"})
    assert whats(import_roster(office, earlier, XA)) == ["details_changed"]
    assert tenures(office) == [(HEAD, D(2019, 6, 1), YESTERDAY, False), (HEAD, TODAY, None, True)]
    late = import_roster(office, roster(tmp_path, both | {"since": "09/08/2024"}), XA)
    assert codes(late.rows[0]) == ["import.tenures_overlap"]


def test_a_file_without_the_secretary_column_takes_nobody_the_secretaryship(
    office: Office, tmp_path: Path
) -> None:
    import_roster(office, roster(tmp_path, HOA, NAM), XA)
    before = events(office)
    assert (
        whats(import_roster(office, roster(tmp_path, HOA | {"secretary": ""}, NAM), XA)) == ["unchanged"] * 2
    )
    assert events(office) == before


def test_a_post_that_had_ended_is_set_up_again(embedded: Office, tmp_path: Path) -> None:
    end_post(embedded, EndPost(post=POST, on=D(2024, 6, 30)), XA)
    [one] = import_roster(embedded, roster(tmp_path, MAU | {"since": "01/08/2024"}), XA).rows
    assert (one.what, one.person, one.post) == ("added", HEAD, POST)
    days = {day: len(list_posts(embedded, day)) for day in (D(2024, 6, 30), D(2024, 7, 1))}
    assert days == {D(2024, 6, 30): 1, D(2024, 7, 1): 1}
    assert [one[1:3] for one in tenures(embedded)] == [(ELECTED, D(2024, 6, 30)), (D(2024, 8, 1), None)]


# --- the same person, or another ----------------------------------------------------------------------------


def test_who_is_known_by_name_and_birth_date_is_not_written_twice(office: Office, tmp_path: Path) -> None:
    leave_post(office, LeavePost(post=POST, on=D(2024, 5, 31)), XA)
    moved = MAU | {"village": "Thôn Áng", "name": "Nguyễn văn Mẫu", "since": "01/06/2024"}
    [one] = import_roster(office, roster(tmp_path, moved), XA).rows
    assert (one.what, one.person) == ("added", HEAD)
    assert tenures(office, "dong-thinh/thon-ang") == [(HEAD, D(2024, 6, 1), None, False)]
    assert person_of(office, HEAD).name == "Nguyễn Văn Mẫu"


def test_two_heads_who_change_places_stay_who_they_are(office: Office, tmp_path: Path) -> None:
    import_roster(office, roster(tmp_path, MAU, NAM), XA)
    nam = holder_of(post_of(office, "Tổ dân phố 3"))
    one, other = ({**MAU, "village": NAM["village"]}, {**NAM, "village": MAU["village"]})
    swapped = [each | {"since": "01/07/2024"} for each in (one, other)]
    result = import_roster(office, roster(tmp_path, *swapped), XA)
    assert [(each.what, each.person) for each in result.rows] == [
        ("head_changed", HEAD),
        ("head_changed", nam),
    ]


@pytest.mark.parametrize(
    ("name", "born", "reason"),
    [
        ("Nguyễn Văn Mẫu", "10/05/1980", "same_name_birth_date_mistyped"),
        ("Nguyễn Văn Mẫu", "25/12/1980", "same_name_and_birth_year"),
        ("Nguyễn Văn Mẩu", "01/05/1980", "same_name_and_birth_date"),
        ("Nguyễn Văn Mầu", "", "same_name_birth_unknown"),
        ("Nguyễn Văn Mậu", "05/01/1980", "same_name_birth_date_mistyped"),
        ("Nguyễn Văn Mẫn", "01/05/1980", "similar_name_and_birth_date"),
    ],
)
def test_a_likely_duplicate_is_shown_and_waits_for_a_decision(
    embedded: Office, tmp_path: Path, name: str, born: str, reason: str
) -> None:
    path = roster(tmp_path, row("Thôn Yên Bình", name, born, "chưa", since="01/01/2020"), NAM)
    before = events(embedded)
    asked = import_roster(embedded, path, XA)
    one = asked.rows[0]
    assert (one.what, one.other, one.reason) == ("duplicate", HEAD, reason)
    assert (asked.written, events(embedded)) == (False, before)
    assert import_roster(embedded, path, XA, decisions={"2": "same"}).written
    mended = person_of(embedded, HEAD)
    assert mended.born == (D(int(born[6:]), int(born[3:5]), int(born[:2])) if born else D(1980, 5, 1))
    assert [one[0] for one in tenures(embedded)] == [HEAD]
    assert set(whats(import_roster(embedded, path, XA))) == {"unchanged"}


def test_a_decision_may_name_the_row_or_the_person(office: Office, tmp_path: Path) -> None:
    other = row("Thôn Yên Bình", "Nguyễn Văn Mẫu", "25/12/1980", "chưa", since="01/07/2024")
    path = roster(tmp_path, other)
    assert whats(import_roster(office, path, XA, dry_run=True, decisions={"2": "new"})) == ["head_changed"]
    assert whats(import_roster(office, path, XA, dry_run=True, decisions={HEAD: "same"})) == [
        "details_changed"
    ]
    [one] = import_roster(office, path, XA, decisions={HEAD: "new"}).rows
    assert (one.what, one.before) == ("head_changed", HEAD)
    assert one.person != HEAD
    assert whats(import_roster(office, path, XA)) == ["unchanged"]


def test_a_decision_is_one_of_two_words(embedded: Office, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as wrong:
        import_roster(embedded, roster(tmp_path, HOA), XA, decisions={"2": "maybe"})
    assert [(one.field, one.code) for one in wrong.value.faults] == [("decide 2", "not_an_option")]


def test_namesakes_who_head_other_villages_are_no_duplicates(embedded: Office, tmp_path: Path) -> None:
    same_year = row("Thôn Áng", "Nguyễn Văn Mẫu", "25/12/1980", "chưa")
    assert whats(import_roster(embedded, roster(tmp_path, MAU, same_year), XA)) == ["unchanged", "added"]


def test_one_person_in_two_villages_is_asked_about(office: Office, tmp_path: Path) -> None:
    twice = HOA | {"village": "Thôn Đồi"}
    path = roster(tmp_path, HOA, twice)
    asked = import_roster(office, path, XA)
    assert [(one.what, one.other_row) for one in asked.rows] == [("added", None), ("duplicate", 2)]
    result = import_roster(office, path, XA, decisions={"3": "same"})
    assert result.rows[0].person == result.rows[1].person
    assert whats(import_roster(office, path, XA)) == ["unchanged"] * 2


def test_two_people_alike_in_name_and_birth_date_may_be_two(office: Office, tmp_path: Path) -> None:
    path = roster(tmp_path, HOA, HOA | {"village": "Thôn Đồi"})
    result = import_roster(office, path, XA, decisions={"3": "new"})
    assert result.rows[0].person != result.rows[1].person
    assert whats(import_roster(office, path, XA)) == ["unchanged"] * 2


def test_who_heads_a_village_that_the_file_leaves_alone_is_asked_about_elsewhere(
    embedded: Office, tmp_path: Path
) -> None:
    [one] = import_roster(embedded, roster(tmp_path, MAU | {"village": "Thôn Áng"}), XA).rows
    assert (one.what, one.other, one.reason) == ("duplicate", HEAD, "same_name_and_birth_date")


def test_who_is_named_like_somebody_waiting_is_left_out_with_the_bad_rows(
    embedded: Office, tmp_path: Path
) -> None:
    other = row("Thôn Yên Bình", "Nguyễn Văn Mẫu", "25/12/1980", "chưa", since="01/07/2024")
    result = import_roster(embedded, roster(tmp_path, other, NAM), XA, skip_bad=True)
    assert (whats(result), result.written) == (["duplicate", "added"], True)
    assert tenures(embedded) == [(HEAD, ELECTED, None, False)]


def test_a_row_that_rests_on_a_row_that_fails_fails_with_it(embedded: Office, tmp_path: Path) -> None:
    import_roster(embedded, roster(tmp_path, NAM), XA)
    late = HOA | {"village": NAM["village"], "since": "01/01/2022"}
    path = roster(tmp_path, late, HOA | {"village": "Thôn Đồi"})
    result = import_roster(embedded, path, XA, decisions={"3": "same"}, skip_bad=True)
    assert [codes(one) for one in result.rows] == [["import.tenures_overlap"], ["import.other_row_bad"]]
    assert len(list_posts(embedded)) == 2


# --- what people are in the Party ---------------------------------------------------------------------------


def test_a_probationary_head_who_was_recognised_is_a_member_from_that_day(
    office: Office, tmp_path: Path
) -> None:
    import_roster(office, roster(tmp_path, TAM | {"joined": "19/05/2023"}), XA)
    person = holder_of(post_of(office, "Thôn Đồi"))
    now = TAM | {"membership": "chính thức", "joined": "19/05/2023", "official": "19/05/2024"}
    assert whats(import_roster(office, roster(tmp_path, now), XA)) == ["membership_changed"]
    assert spans(office, person) == [
        ("probationary", D(2023, 5, 19), D(2024, 5, 18)),
        ("member", D(2024, 5, 19), None),
    ]
    assert person_of(office, person).official_since == D(2024, 5, 19)
    assert whats(import_roster(office, roster(tmp_path, now), XA)) == ["unchanged"]


def test_a_day_mistyped_in_the_last_roster_is_mended_by_the_next(office: Office, tmp_path: Path) -> None:
    import_roster(office, roster(tmp_path, HOA), XA)
    person = holder_of(post_of(office, "Thôn Áng"))
    mended = HOA | {"joined": "03/02/2012", "official": "03/02/2013"}
    assert whats(import_roster(office, roster(tmp_path, mended), XA)) == ["membership_changed"]
    assert spans(office, person) == [
        ("probationary", D(2012, 2, 3), D(2013, 2, 2)),
        ("member", D(2013, 2, 3), None),
    ]
    assert verify_office(office).holds


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ({}, [("member", D(2021, 6, 1), None)]),
        ({"since": ""}, [("member", TODAY, None)]),
        ({"joined": "03/02/2010"}, [("member", D(2010, 2, 3), None)]),
        ({"official": "03/02/2011"}, [("member", D(2011, 2, 3), None)]),
    ],
)
def test_a_member_of_whom_few_days_are_known_is_a_member_all_the_same(
    embedded: Office, tmp_path: Path, days: Row, expected: list[tuple[str, date, date | None]]
) -> None:
    path = roster(tmp_path, HOA | {"joined": "", "official": "", "secretary": ""} | days)
    [one] = import_roster(embedded, path, XA).rows
    assert spans(embedded, one.person or "") == expected
    assert whats(import_roster(embedded, path, XA)) == ["unchanged"]


def test_a_roster_makes_nobody_less_than_the_register_knows(office: Office, tmp_path: Path) -> None:
    import_roster(office, roster(tmp_path, HOA, TAM), XA)
    old = [{**HOA, "membership": "dự bị", "official": ""}, {**TAM, "membership": "chưa", "joined": ""}]
    result = import_roster(office, roster(tmp_path, *old), XA)
    assert [codes(one) for one in result.rows] == [["import.member_already"], ["import.probationary_already"]]
    assert result.rows[0].faults[0].values == {"since": "03/02/2011"}


def test_who_has_a_case_is_in_the_party_since_the_day_the_case_says(office: Office, tmp_path: Path) -> None:
    open_case(office, HEAD, D(2021, 9, 1), BRANCH)
    with office.write_transaction() as (work, ledger):
        pen = RegisterWriter(office, work, ledger, HUYEN)
        pen.set_membership(office.snapshot_for_writing(work, ledger), HEAD, "probationary", D(2023, 4, 20))
    said = MAU | {"membership": "dự bị", "joined": "01/04/2023"}
    assert whats(import_roster(office, roster(tmp_path, said), XA)) == ["unchanged"]
    assert spans(office, HEAD) == [("probationary", D(2023, 4, 20), None)]
    on = said | {"membership": "chính thức", "joined": "", "official": "20/04/2024"}
    [refused] = import_roster(office, roster(tmp_path, on), XA).rows
    assert codes(refused) == ["import.case_open"]
    assert spans(office, HEAD) == [("probationary", D(2023, 4, 20), None)]


def test_one_cell_of_a_roster_makes_no_member_of_who_has_an_open_case(office: Office, tmp_path: Path) -> None:
    case = open_case(office, HEAD, D(2021, 9, 1), BRANCH)
    said = MAU | {"membership": "chính thức", "official": "20/04/2024"}
    [refused] = import_roster(office, roster(tmp_path, said), XA).rows
    assert (codes(refused), refused.faults[0].values) == (["import.case_open"], {"case": case})
    assert spans(office, HEAD) == []


def test_a_roster_takes_nobody_back_into_the_party(office: Office, tmp_path: Path) -> None:
    with office.write_transaction() as (tx, ledger):
        pen = RegisterWriter(office, tx, ledger, HUYEN)
        pen.add_row("memberships", D(2010, 1, 1), D(2015, 12, 31), person_id=HEAD, status="member")
    for day in ("01/01/2010", "01/01/2018"):
        said = MAU | {"membership": "chính thức", "official": day}
        [refused] = import_roster(office, roster(tmp_path, said), XA).rows
        assert (codes(refused), refused.faults[0].values) == (
            ["import.membership_ended"],
            {"last": "31/12/2015"},
        )
    assert spans(office, HEAD) == [("member", D(2010, 1, 1), D(2015, 12, 31))]


@pytest.mark.parametrize(("official", "told"), [("09/08/2008", []), ("08/08/2008", ["import.too_young"])])
def test_a_member_of_a_roster_was_eighteen(
    embedded: Office, tmp_path: Path, official: str, told: list[str]
) -> None:
    said = HOA | {"born": "09/08/1990", "joined": "", "official": official}
    [one] = import_roster(embedded, roster(tmp_path, said), XA).rows
    assert codes(one) == told


def test_a_sponsor_who_becomes_head_keeps_what_was_known(office: Office, tmp_path: Path) -> None:
    new = row("Thôn Áng", "Lê Văn Trợ", "04/04/1970", "chính thức", official="01/01/2005")
    path = roster(tmp_path, new)
    [asked] = import_roster(office, path, XA).rows
    assert (asked.what, asked.other, asked.reason) == ("duplicate", SPONSOR, "same_name_birth_unknown")
    [one] = import_roster(office, path, XA, decisions={SPONSOR: "same"}).rows
    person = person_of(office, SPONSOR)
    assert (one.person, person.born) == (SPONSOR, D(1970, 4, 4))
    assert spans(office, SPONSOR) == [("member", D(2005, 1, 1), None)]
    assert office.read_snapshot().find_companion(SPONSOR, HEAD) is not None


def test_what_a_row_leaves_empty_stays_as_it_was(office: Office, tmp_path: Path) -> None:
    said = MAU | {"occupation": "Thợ xây", "contact": "0912 345 678"}
    assert whats(import_roster(office, roster(tmp_path, said), XA)) == ["details_changed"]
    person = person_of(office, HEAD)
    assert (person.occupation, person.contact) == ("Thợ xây", "0912 345 678")
    assert (person.home, person.education_met) == ("Sông Lô, Vĩnh Phúc", True)


# --- places -------------------------------------------------------------------------------------------------


def test_a_commune_that_nobody_knows_is_told_with_those_spelt_alike(office: Office, tmp_path: Path) -> None:
    rows = [HOA | {"commune": name} for name in ("Đông Thịnh", "Đồng Thành", "Tam Sơn")]
    result = import_roster(office, roster(tmp_path, *rows), XA)
    assert [codes(one) for one in result.rows] == [
        ["import.commune_near"],
        ["import.commune_near"],
        ["import.commune_unknown"],
    ]
    fault = result.rows[0].faults[0]
    assert (fault.row, fault.column, fault.values) == (
        2,
        "Xã, thị trấn",
        {"commune": "Đông Thịnh", "near": "Xã Đồng Thịnh"},
    )


def test_communes_are_made_below_the_one_unit_that_decides(office: Office, tmp_path: Path) -> None:
    rows = [
        HOA | {"commune": "Thị trấn Tam Sơn"},
        NAM | {"commune": "tam sơn", "village": "Tổ dân phố 1"},
        MAU,
    ]
    path = roster(tmp_path, *rows)
    assert import_roster(office, path, XA, create_units=True).written
    made = next(one for one in list_units(office) if one.name == "Thị trấn Tam Sơn")
    assert (made.id, made.parent, made.organs) == ("tam-son", DISTRICT, ["committee"])
    line = office.read_snapshot().find_line("tam-son/thon-ang", D(2021, 6, 1))
    assert line.organs["authority"] == DISTRICT
    assert set(whats(import_roster(office, path, XA, create_units=True))) == {"unchanged"}
    assert verify_office(office).holds


def test_a_commune_is_not_made_of_a_slip_of_the_pen(embedded: Office, tmp_path: Path) -> None:
    path = roster(tmp_path, HOA | {"commune": "Dong Thinh"})
    assert codes(import_roster(embedded, path, XA, create_units=True).rows[0]) == ["import.commune_near"]


def test_a_commune_of_whose_district_nothing_is_sure_is_not_made(embedded: Office, tmp_path: Path) -> None:
    add_unit(embedded, AddUnit(name="Huyện Lập Thạch", level="district", since=FOUNDED), HUYEN)
    path = roster(tmp_path, HOA | {"commune": "Tam Sơn"})
    [one] = import_roster(embedded, path, XA, create_units=True).rows
    assert codes(one) == ["import.several_above"]
    assert one.faults[0].values["known"] == f"{DISTRICT}, lap-thach"


def test_after_the_districts_a_commune_is_made_with_its_own_authority(
    tmp_path: Path, sqlite_url: str
) -> None:
    with closing(make(tmp_path, sqlite_url, D(2025, 8, 1))) as office:
        path = roster(tmp_path, HOA | {"commune": "Xã Tam Sơn"})
        assert import_roster(office, path, XA, create_units=True).written
        made = next(one for one in list_units(office) if one.id == "tam-son")
        assert (made.organs, made.valid_from) == (["authority"], D(2025, 7, 1))


def test_a_village_spelt_like_one_that_the_file_forgets_is_probably_that_one(
    office: Office, tmp_path: Path
) -> None:
    rows = [HOA | {"village": name} for name in ("Thôn Yên Bính", "Tổ dân phố Yên Bình")]
    for one in rows:
        [result] = import_roster(office, roster(tmp_path, one), XA).rows
        assert codes(result) == ["import.village_near"]
        assert result.faults[0].values["near"] == "Thôn Yên Bình"
    assert whats(import_roster(office, roster(tmp_path, MAU, rows[1]), XA)) == ["unchanged", "added"]


def test_two_rows_of_one_village_are_both_at_fault(office: Office, tmp_path: Path) -> None:
    path = roster(tmp_path, MAU, HOA | {"village": "Yên Bình"})
    result = import_roster(office, path, XA, skip_bad=True)
    assert [codes(one) for one in result.rows] == [["import.one_village_twice"]] * 2
    assert [one.faults[0].values["other"] for one in result.rows] == [3, 2]


def test_a_village_and_a_residential_group_of_one_number_are_told_apart(
    embedded: Office, tmp_path: Path
) -> None:
    rows = [HOA | {"village": "Thôn 3"}, NAM]
    path = roster(tmp_path, *rows)
    assert whats(import_roster(embedded, path, XA)) == ["added", "added"]
    assert whats(import_roster(embedded, path, XA)) == ["unchanged", "unchanged"]
    [one] = import_roster(embedded, roster(tmp_path, NAM | {"village": "3"}), XA).rows
    assert codes(one) == ["import.village_ambiguous"]
    said = NAM | {"village": "3", "kind": "TDP"}
    assert whats(import_roster(embedded, roster(tmp_path, said), XA)) == ["unchanged"]


def test_a_village_that_has_become_a_residential_group_keeps_its_head(
    embedded: Office, tmp_path: Path
) -> None:
    said = MAU | {"village": "Yên Bình", "kind": "Tổ dân phố"}
    add = add_unit(embedded, AddUnit(name="Khe", level="village", since=FOUNDED, parent=COMMUNE), XA).id
    rows = roster(tmp_path, row("Khe", "Lê Thị Hoà", "05/03/1985", "chưa", kind="Thôn"))
    assert whats(import_roster(embedded, rows, XA)) == ["added"]
    rows = roster(tmp_path, row("Khe", "Lê Thị Hoà", "05/03/1985", "chưa", kind="TDP"))
    [one] = import_roster(embedded, rows, XA).rows
    assert (one.what, codes(one)) == ("bad", ["import.village_near"])
    assert add == "dong-thinh/khe"
    assert codes(import_roster(embedded, roster(tmp_path, said), XA).rows[0]) == ["import.village_near"]


# --- finding people again -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", ["dong thinh", "Đồng Thịnh", "ĐỒNG THINH", unicodedata.normalize("NFD", "đồng thịnh")]
)
def test_dong_thinh_finds_everybody_of_dong_thinh_in_the_order_of_lists(
    embedded: Office, tmp_path: Path, query: str
) -> None:
    import_roster(embedded, roster(tmp_path, *ALL), XA)
    names = [one.name for one in find_people(embedded, query)]
    assert names == [
        "Trần Thị Bảo",
        "Lê Thị Hoà",
        "Nguyễn Văn Mẫu",
        "Vũ Văn Nam",
        "Hồ Thị Tám",
        "Phạm Thị Xuân",
    ]


@pytest.mark.parametrize(
    "query", ["hoà", "hòa", "HOA", "le hoa", unicodedata.normalize("NFD", "Hòa"), "thon ang"]
)
def test_a_name_is_found_with_its_marks_or_without(office: Office, tmp_path: Path, query: str) -> None:
    import_roster(office, roster(tmp_path, *ALL), XA)
    [found] = find_people(office, query)
    assert found == PersonListRow(
        id=found.id,
        name="Lê Thị Hoà",
        born=D(1985, 3, 5),
        membership="member",
        post="dong-thinh/thon-ang",
        unit=NamedRef(id="dong-thinh/thon-ang", name="Thôn Áng"),
        commune=NamedRef(id=COMMUNE, name="Xã Đồng Thịnh"),
        secretary=True,
        user=None,
        case=None,
    )
    assert find_people(office, query, D(2021, 5, 31)) == (
        [] if query == "thon ang" else [replace(found, post=None, unit=None, commune=None, secretary=False)]
    )


def test_a_candidate_is_found_with_the_open_case_and_a_user_with_the_name_to_act_under(
    office: Office,
) -> None:
    case = open_case(office, HEAD, D(2021, 9, 1), BRANCH)
    assert [(one.id, one.case, one.unit) for one in find_people(office, case)] == [(HEAD, case, YEN_BINH)]
    leave_post(office, LeavePost(post=POST, on=D(2024, 5, 31)), XA)
    [head] = find_people(office, "nguyen mau")
    assert (head.post, head.unit, head.case) == (None, YEN_BINH, case)
    assert [one.name for one in find_people(office, "canbo")] == ["Phạm Thị Xuân"]
    assert len(find_people(office, "")) == 5
    assert find_people(office, "nobody at all") == []


def test_who_was_forgotten_is_found_by_nothing(embedded: Office) -> None:
    person = add_person(embedded, AddPerson(details={"name": "Mai Thị Kín"}), XA).id
    assert len(find_people(embedded, "")) == 6
    with embedded.database.transaction() as work:
        work.connection.exec_driver_sql("UPDATE people SET key = NULL, sealed = NULL WHERE id = ?", (person,))
    assert len(find_people(embedded, "")) == 5


# --- many rows, and the words -------------------------------------------------------------------------------


@pytest.mark.soak
def test_fifty_thousand_rows_come_in_and_come_in_again(office: Office, tmp_path: Path) -> None:
    names = [
        f"{one} Văn {other}"
        for one in ("Lê", "Vũ", "Hồ", "Đỗ", "Bùi")
        for other in ("An", "Bình", "Hà", "Sơn")
    ]
    first = D(1950, 1, 1)
    rows = [
        HOA
        | {
            "commune": f"Xã số {n // 250}",
            "village": f"Thôn {n % 250}",
            "name": names[n % len(names)],
            "born": f"{first + timedelta(days=n // len(names)):%d/%m/%Y}",
        }
        for n in range(50_000)
    ]
    path = roster(tmp_path, *rows)
    assert import_roster(office, path, XA, create_units=True).counts == {"added": 50_000}
    assert import_roster(office, path, XA).counts == {"unchanged": 50_000}
    assert verify_office(office).holds


def test_everything_that_an_import_says_is_worded_in_both_languages() -> None:
    source = "".join(file.read_text("utf-8") for file in Path(importing.__file__).parent.glob("*.py"))
    said = set(re.findall(r"(?:entry|one)\.fault\(\s*\"(\w+)\"", source)) | set(
        re.findall(r'Missing\("(\w+)"', source)
    )
    said |= set(re.findall(r'"(\w+_already)"', source))
    said |= {f"what.{one}" for one in get_args(RowOutcome)} | {
        f"reason.{one}" for one in get_args(SameReason)
    }
    for language in ("vi", "en"):
        worded = {key.removeprefix("import.") for key in load_messages(language) if key.startswith("import.")}
        assert said <= worded
