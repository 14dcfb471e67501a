"""A dossier: how each paper stands, what is issued and comes out the same, all of it bound in order."""

import io
import zipfile
from datetime import date, timedelta
from hashlib import sha256

import pytest
from docx import Document
from pypdf import PdfReader

from tests.journeys.land import (
    COMMUNE,
    DISTRICT,
    EAST,
    FIRST_WITHOUT,
    OFFICER,
    PARTED,
    PLAIN,
    PROVINCE,
    SECRETARY,
    Journey,
    begin,
    proven,
    travel,
)
from tests.papers.reading import of_pdf
from workflow.cases.commands.advance import record_entry
from workflow.cases.commands.correct import correct_event
from workflow.cases.views.case_view import load_case_view
from workflow.dossier import paper_store
from workflow.dossier.forms.vietnamese_text import spell_day, spell_number
from workflow.dossier.papers import Dossier, UnknownPaper
from workflow.dossier.print_papers import (
    FileFormat,
    PaperFile,
    write_dossier,
    write_papers,
    write_probationary_register,
)
from workflow.office import Office
from workflow.operations.verify.verify import verify_office
from workflow.register.errors import UnknownUnit
from workflow.storage.tables.history import PEOPLE

START, TODAY = date(2022, 1, 4), date(2022, 12, 30)


@pytest.fixture
def going(land: Office) -> Journey:
    """A case of 2022 that stands before the branch's vote."""
    travel(land, TODAY)
    return begin(land, PARTED, START).to("branch_meeting")


@pytest.fixture
def decided(land: Office) -> Journey:
    """A case of 2022 on probation."""
    travel(land, TODAY)
    return begin(land, PARTED, START).to("probation")


def standings(office: Office, case: str) -> dict[str, str]:
    with office.database.read_transaction() as connection:
        return {one.code: one.standing for one in Dossier(office, connection, case).papers}


def pdf_of(office: Office, case: str, code: str) -> PaperFile:
    return write_papers(office, case, code, "pdf", SECRETARY)[0]


def test_before_the_vote_the_resolution_is_a_draft_and_after_it_is_to_be_signed(
    land: Office, going: Journey
) -> None:
    assert standings(land, going.case)["6-KNĐ"] == "draft"
    assert "DỰ THẢO" in of_pdf(pdf_of(land, going.case, "6-KNĐ").content).replace("\n", " ")
    going.to("appraisal")
    assert standings(land, going.case)["6-KNĐ"] == "made"
    assert "DỰ THẢO" not in of_pdf(pdf_of(land, going.case, "6-KNĐ").content).replace("\n", " ")


def test_what_only_a_member_can_have_is_not_missing_before_the_ceremony(land: Office, going: Journey) -> None:
    before = standings(land, going.case)
    assert (before["1-HSĐV"], before["CN-ĐVM"]) == ("draft", "draft")
    with land.database.read_transaction() as connection:
        lacking = {paper.code for paper in Dossier(land, connection, going.case).papers if paper.amiss}
    assert not lacking & {"1-HSĐV", "CN-ĐVM"}
    after = standings(land, going.to("probation").case)
    assert (after["1-HSĐV"], after["CN-ĐVM"]) == ("missing", "missing")


@pytest.mark.parametrize(("today", "too_old"), [(date(2023, 2, 10), False), (date(2023, 2, 11), True)])
def test_the_case_the_dossier_and_the_rules_say_on_the_same_day_that_a_paper_is_too_old(
    land: Office, today: date, too_old: bool
) -> None:
    travel(land, date(2022, 12, 30))
    journey = begin(land, PLAIN, START).to("sponsorship")
    journey.record("receive_paper", journey.on(45), paper="3-KNĐ", paper_dated="2022-02-10")
    journey.to("branch_meeting")
    travel(land, today)
    view = load_case_view(land, journey.case, "vi")
    [on_case] = [paper for paper in view.papers if paper.code == "3-KNĐ"]
    [vote] = [move for move in view.moves if move.name == "branch_proposes"]
    with land.database.read_transaction() as connection:
        in_dossier = Dossier(land, connection, journey.case).find_paper("3-KNĐ")
    assert (on_case.status == "stale") is too_old
    assert in_dossier.stale is too_old
    assert any("Giấy giới thiệu người vào Đảng" in reason.text for reason in vote.reasons) is too_old


def test_once_the_branch_has_met_no_paper_grows_too_old_any_more(land: Office) -> None:
    travel(land, TODAY)
    journey = begin(land, PLAIN, START).to("sponsorship")
    journey.record("receive_paper", journey.on(45), paper="3-KNĐ", paper_dated="2022-02-10")
    journey.to("probation")
    travel(land, date(2024, 2, 10))
    view = load_case_view(land, journey.case, "vi")
    with land.database.read_transaction() as connection:
        in_dossier = Dossier(land, connection, journey.case).find_paper("3-KNĐ")
    assert [paper.status for paper in view.papers if paper.code == "3-KNĐ"] == ["present"]
    assert (in_dossier.stale, in_dossier.amiss) == (False, None)


def test_a_paper_counts_as_present_when_it_is_received_not_when_it_is_printed(
    land: Office, decided: Journey
) -> None:
    pdf_of(land, decided.case, "6-KNĐ")
    assert standings(land, decided.case)["6-KNĐ"] == "made"
    fields = {"paper": "6-KNĐ", "paper_dated": "2022-03-20", "pages": 2}
    record_entry(land, decided.case, "receive_paper", TODAY, SECRETARY, fields)
    assert standings(land, decided.case)["6-KNĐ"] == "received"


def test_what_was_issued_comes_out_the_same_on_any_later_day(land: Office, decided: Journey) -> None:
    first = pdf_of(land, decided.case, "9-KNĐ")
    assert first.issued == ("9-KNĐ",)
    travel(land, TODAY + timedelta(days=400))
    again = pdf_of(land, decided.case, "9-KNĐ")
    assert (again.content, again.issued) == (first.content, ())
    proven(land)


def test_a_corrected_act_is_issued_anew_and_the_old_paper_stays_kept(land: Office, decided: Journey) -> None:
    first = pdf_of(land, decided.case, "6-KNĐ")
    with land.database.read_transaction() as connection:
        seq = Dossier(land, connection, decided.case).case_values.acts["branch_proposes"].seq
    assert seq
    typed = {"resolution_no": "77-NQ/CB"}
    correct_event(land, decided.case, seq, SECRETARY, typed, reason="Ghi nhầm số", allowed_by=OFFICER.by)
    second = pdf_of(land, decided.case, "6-KNĐ")
    assert second.issued == ("6-KNĐ",)
    assert "77-NQ/CB" in of_pdf(second.content)
    with land.database.read_transaction() as connection:
        kept = [
            one for one in paper_store.list_stored_papers(connection, decided.case) if one.code == "6-KNĐ"
        ]
        held = [paper_store.read_content(land, connection, decided.case, one.n) for one in kept]
    assert held == [first.content, second.content]
    proven(land)


def test_a_forgotten_person_leaves_no_paper_that_can_be_read(land: Office, decided: Journey) -> None:
    pdf_of(land, decided.case, "9-KNĐ")
    with land.database.transaction() as work:
        work.connection.execute(PEOPLE.update().values(key=None, sealed=None))
    with land.database.read_transaction() as connection:
        [kept] = paper_store.list_stored_papers(connection, decided.case)
        assert paper_store.read_content(land, connection, decided.case, kept.n) is None


def test_a_changed_file_in_the_database_is_found_by_the_proof(sqlite_land: Office) -> None:
    travel(sqlite_land, TODAY)
    journey = begin(sqlite_land, PLAIN, START).to("probation")
    pdf_of(sqlite_land, journey.case, "9-KNĐ")
    with sqlite_land.database.transaction() as work:
        work.connection.exec_driver_sql("UPDATE papers SET pages = 9")
    assert verify_office(sqlite_land).broken


def test_no_paper_of_that_code_is_told_with_those_there_are(land: Office, going: Journey) -> None:
    with pytest.raises(UnknownPaper) as unknown:
        pdf_of(land, going.case, "99-KNĐ")
    assert "6-KNĐ" in unknown.value.known


def test_bound_a_dossier_has_an_index_bookmarks_and_numbers_through(land: Office, decided: Journey) -> None:
    made = write_dossier(land, decided.case, "pdf", SECRETARY)
    reader = PdfReader(io.BytesIO(made.content))
    marks = [str(one.title) for one in reader.outline]  # type: ignore[union-attr]
    codes = [one.partition(" ")[0] for one in marks]
    assert codes[:4] == ["Mục", "CN-NTVĐ", "1-KNĐ", "2-KNĐ"]
    assert codes[4:11] == ["3-KNĐ", "3-KNĐ", "5-KNĐ", "6-KNĐ", "7-KNĐ", "8-KNĐ", "9-KNĐ"]
    count = len(reader.pages)
    texts = [page.extract_text() for page in reader.pages]
    assert all(f"Trang {number}/{count}" in text for number, text in enumerate(texts, start=1))
    assert "MỤC LỤC HỒ SƠ" in texts[0]
    at = {
        mark.partition(" ")[0]: reader.get_destination_page_number(one)  # type: ignore[arg-type] # they lie flat
        for mark, one in zip(marks, reader.outline, strict=False)
    }
    assert "Mẫu 9-KNĐ" in texts[at["9-KNĐ"] or 0]


def test_what_is_missing_has_a_sheet_in_its_place_and_stands_in_the_index(
    land: Office, decided: Journey
) -> None:
    made = write_dossier(land, decided.case, "pdf", SECRETARY)
    text = of_pdf(made.content)
    assert "Còn thiếu hoặc phải bổ sung" in text
    assert "TỜ CHÈN" in text
    with land.database.read_transaction() as connection:
        lacking = {(paper.code, paper.amiss) for paper in Dossier(land, connection, decided.case).papers}
    assert {("CN-NTVĐ", "noted"), ("1-KNĐ", "noted"), ("6-KNĐ", "not_back")} <= lacking


def test_the_zip_holds_word_files_with_the_sums_of_all_of_them(land: Office, decided: Journey) -> None:
    made = write_dossier(land, decided.case, "zip", SECRETARY)
    assert write_dossier(land, decided.case, "zip", SECRETARY).content == made.content
    with zipfile.ZipFile(io.BytesIO(made.content)) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    sums = files.pop("SHA256SUMS.txt").decode()
    assert sums == "".join(f"{sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    assert all(name.isascii() for name in files)
    [resolution] = [content for name, content in files.items() if "6_knd" in name]
    assert "NGHỊ QUYẾT" in "\n".join(one.text for one in Document(io.BytesIO(resolution)).paragraphs)


@pytest.mark.parametrize("wanted", ["docx", "html"])
def test_only_print_issues_a_paper_a_word_file_is_there_to_be_changed(
    land: Office, decided: Journey, wanted: FileFormat
) -> None:
    [made] = write_papers(land, decided.case, "9-KNĐ", wanted, SECRETARY)
    assert made.issued == ()
    with land.database.read_transaction() as connection:
        assert paper_store.list_stored_papers(connection, decided.case) == []


def test_each_sponsor_has_a_recommendation_of_their_own(land: Office, decided: Journey) -> None:
    made = write_papers(land, decided.case, "3-KNĐ", "pdf", SECRETARY)
    assert len({one.content for one in made}) == 2


def test_the_register_of_probationary_members_lists_who_had_the_ceremony(
    land: Office, decided: Journey
) -> None:
    with land.database.read_transaction() as connection:
        top = land.snapshot_for_reading(connection).units_above(
            Dossier(land, connection, decided.case).file.row.unit_id, TODAY
        )[-1]
    text = of_pdf(write_probationary_register(land, top.id).content)
    assert "SỔ ĐẢNG VIÊN DỰ BỊ" in text
    assert "Đảng viên dự bị" in " ".join(text.split())


@pytest.mark.parametrize(
    ("unit", "keeper"),
    [
        (PROVINCE, "TỈNH"),
        (EAST, "ĐẢNG ỦY BỘ PHẬN ĐÔNG"),
        (PARTED, "CHI BỘ THÔN BÌNH"),
        (COMMUNE, "ĐẢNG ỦY XÃ AN BÌNH"),
    ],
)
def test_the_register_names_the_organ_that_keeps_it_even_of_a_unit_without_organs(
    land: Office, unit: str, keeper: str
) -> None:
    travel(land, TODAY)
    assert keeper in " ".join(of_pdf(write_probationary_register(land, unit).content).split())


def test_a_unit_that_has_ended_keeps_no_register_any_more(land: Office) -> None:
    travel(land, FIRST_WITHOUT)
    with pytest.raises(UnknownUnit):
        write_probationary_register(land, DISTRICT)


NUMBERS = [
    (0, "không"),
    (7, "bảy"),
    (10, "mười"),
    (15, "mười lăm"),
    (21, "hai mươi mốt"),
    (24, "hai mươi tư"),
    (55, "năm mươi lăm"),
    (101, "một trăm lẻ một"),
    (110, "một trăm mười"),
    (999, "chín trăm chín mươi chín"),
    (1005, "một nghìn không trăm lẻ năm"),
]


@pytest.mark.parametrize(("number", "words"), NUMBERS)
def test_counts_are_said_in_words(number: int, words: str) -> None:
    assert spell_number(number) == words


def test_days_below_ten_and_the_first_two_months_have_a_zero_before_them() -> None:
    assert spell_day(date(2022, 2, 5)) == "ngày 05 tháng 02 năm 2022"
    assert spell_day(date(2022, 8, 15)) == "ngày 15 tháng 8 năm 2022"
