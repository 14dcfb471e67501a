"""Editions in words: their differences for a village secretary, their faults for an author, all of them
as tables.
"""

import string
from pathlib import Path
from typing import get_args

import pytest
import yaml
from pydantic import BaseModel

from states.law import clock_rule
from states.rulebook import edition as rulebook
from states.rulebook import requirements
from states.rulebook.difference import SECTIONS
from states.rulebook.edition import Edition
from states.rulebook.loading import LocatedFault
from tests.rules.faulty import FAULTS_OF_AN_AMENDMENT
from tests.rules.scene import ADMISSION, EVERY_EDITION, edition
from workflow.core.messages import WORDS, has_message, load_messages
from workflow.presentation.rulebook.difference_text import build_difference_view
from workflow.presentation.rulebook.faults import describe_fault
from workflow.presentation.rulebook.tables import build_tables
from workflow.presentation.rulebook.terms import blank_places, lower_first

LANGUAGES = ("vi", "en")
FAULTS_OF_FILES = {
    "not_yaml",
    "name_of_file",
    "first_amends",
    "not_the_edition_before",
    "not_in_order",
    "missing",
    "shape",
    "key_not_text",
    "key_twice",
    "no_such_base",
}


def own(language: str) -> dict[str, str]:
    """The catalogue of the rules alone."""
    text = (Path(WORDS) / f"rulebook.{language}.yaml").read_text(encoding="utf-8")
    words: dict[str, str] = yaml.safe_load(text)
    return words


def told(old: str, new: str, language: str = "vi") -> dict[str, list[str]]:
    sections = build_difference_view(edition(old), edition(new), language).told
    return {section.section: section.sentences for section in sections}


# --- the catalogue ------------------------------------------------------------------------------------------


def test_both_languages_have_the_same_sentences_with_the_same_places() -> None:
    def places(words: str) -> set[str | None]:
        return {part[1] for part in string.Formatter().parse(words)} - {None}

    vietnamese, english = own("vi"), own("en")
    assert list(vietnamese) == list(english)
    assert {key for key in vietnamese if places(vietnamese[key]) != places(english[key])} == set()


def test_every_fault_has_words_and_no_words_are_for_faults_that_cannot_be() -> None:
    raised = {code for _, _, _, code, _ in FAULTS_OF_AN_AMENDMENT} | FAULTS_OF_FILES
    worded = {key.removeprefix("rulebook.fault.") for key in own("vi") if key.startswith("rulebook.fault.")}
    assert worded == raised


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_attribute_of_an_edition_has_a_name(language: str) -> None:
    rooms = [rulebook, clock_rule, requirements]
    models = [
        one
        for room in rooms
        for one in vars(room).values()
        if isinstance(one, type) and issubclass(one, BaseModel)
    ]
    parts = {one.__name__: one for one in models if one.__module__ in [room.__name__ for room in rooms]}
    assert len(parts) > 18
    for name, model in parts.items():
        for attribute, field in model.model_fields.items():
            key = field.alias or attribute
            head = name == "Edition" and key not in (*SECTIONS, "pipeline", "edition", "amends", "builds_on")
            if head:
                assert has_message(f"rulebook.attribute.edition.{key}"), key
            elif name not in ("Edition", "Strict"):
                assert has_message(f"rulebook.attribute.{key}"), (name, key)
    assert load_messages(language)["rulebook.attribute.from"]


def test_every_value_that_is_a_word_of_the_program_has_a_name() -> None:
    for model, attribute in (
        (clock_rule.ClockRule, "kind"),
        (rulebook.PaperRule, "part"),
        (rulebook.Condition, "basis"),
    ):
        for value in get_args(model.model_fields[attribute].annotation):
            assert has_message(f"rulebook.value.{attribute}.{value}")


def test_every_section_that_can_differ_has_its_sentences() -> None:
    for section in SECTIONS:
        for key in ("added", "removed", "subject", "section"):
            assert has_message(f"rulebook.{key}.{section}"), (key, section)


# --- differences --------------------------------------------------------------------------------------------


def test_what_july_2026_changes_is_told_plainly() -> None:
    found = told("2026-04", "2026-07")
    assert found["levels"] == ["Bỏ cấp “Đảng bộ cơ sở trong xã”."]
    assert found["states"] == [
        "Bỏ bước “Đảng ủy bộ phận thẩm định”.",
        "Bỏ bước “Đảng ủy bộ phận thẩm định công nhận”.",
    ]
    assert (
        "Thời hạn “Tổ chức lễ kết nạp”: trước tính từ ngày chi bộ nhận quyết định, nay tính từ ngày quyết định kết nạp."
        in found["clocks"]
    )
    assert found["papers"] == [
        "Bỏ giấy tờ 7-KNĐ “Báo cáo thẩm định của đảng ủy bộ phận”.",
        "Bỏ giấy tờ 14-KNĐ “Báo cáo thẩm định (công nhận)”.",
    ]
    assert (
        "Việc “Chi bộ đề nghị kết nạp”: không còn dẫn đến Đảng ủy bộ phận thẩm định (khi có đảng ủy bộ phận)."
        in found["moves"]
    )
    assert "Điều kiện EDU_MIN: căn cứ trước là" in " ".join(found["grounds"])


def test_and_in_english() -> None:
    found = told("2026-04", "2026-07", "en")
    assert found["levels"] == ["The level “Grassroots organisation within the commune” is gone."]
    assert found["clocks"] == [
        "Clock “Hold the ceremony”: counted from “Branch received the decision on” before, from “Decision dated” now.",
        "Clock “Hold the ceremony”: the day it starts on where it never ran now also Branch received the decision on.",
    ]
    assert any("only warned before, refuses now" in line for line in found["conditions"])


def test_what_july_2025_changes_is_told_plainly() -> None:
    found = told("2025-01", "2025-07")
    assert found["levels"] == [
        "Tên cấp “Xã, phường, đặc khu”: trước là “Xã, thị trấn”, nay là “Xã, phường, đặc khu”.",
        "Thêm cấp “Đảng bộ cơ sở trong xã”.",
        "Bỏ cấp “Huyện”.",
    ]
    assert "Thêm vai trò “Cán bộ Ban Tổ chức tỉnh ủy”." in found["roles"]
    assert (
        "Cơ quan “Ban thường vụ đảng ủy xã”: cấp trước là Huyện, nay là Xã, phường, đặc khu."
        in found["organs"]
    )
    assert "Cơ quan “Đảng ủy cơ sở”: nay có nơi không có." in found["organs"]
    assert found["edition"][0] == "Có hiệu lực từ: trước là 20/01/2025, nay là 01/07/2025."


def test_what_only_warns_from_2021_on_is_told() -> None:
    assert (
        "Điều kiện EXTENSION_ONCE (“Thời hạn đang chạy đã được gia hạn một lần.”): "
        "trước không đạt thì không cho làm, nay chỉ nhắc."
    ) in told("2016-07", "2021-07")["conditions"]


def test_grounds_come_last_one_sentence_for_each_rule() -> None:
    found = told("2021-07", "2025-01")
    assert list(found) == ["edition", "texts", "grounds"]
    assert (
        "Thời hạn “Xét, quyết định kết nạp”: căn cứ trước là Quy định 24-QĐ/TW (chưa thấy số điểm; bản trước và bản "
        "sau đều quy định như vậy), nay là Quy định 232-QĐ/TW, 4.3.1; nguồn trước là S2, S7, nay là S7; "
        "độ chắc chắn trước là vừa, nay là cao."
    ) in found["grounds"]
    assert "Thêm văn bản được dẫn Quy định 232-QĐ/TW." in found["texts"]


def test_what_readmission_adds_is_told() -> None:
    sections = build_difference_view(edition("2021-07"), edition("2021-07", "readmission"), "vi").told
    lines = [sentence for section in sections for sentence in section.sentences]
    assert any(line.startswith("Thêm điều kiện READMIT: “Ra khỏi Đảng ngày …; đủ 36 tháng") for line in lines)
    assert "Việc “Đưa vào nguồn và phân công giúp đỡ”: mục phải ghi thêm Ngày ra khỏi Đảng." in lines
    assert any(
        line.startswith("Khi dẫn đến “Chờ lễ kết nạp”: Việc “Đảng ủy cơ sở đề nghị kết nạp”: điều kiện thêm")
        for line in lines
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("first", "second"), [(one, two) for one in ADMISSION for two in ADMISSION if one != two]
)
def test_any_two_editions_can_be_compared_in_words(first: str, second: str, language: str) -> None:
    for lines in told(first, second, language).values():
        assert lines
        assert len(lines) == len(set(lines))
        assert not [line for line in lines if "{" in line or "rulebook." in line or "None" in line]


def test_an_edition_compared_with_itself_has_nothing_to_tell() -> None:
    assert told("2021-07", "2021-07") == {}


def changed(**parts: object) -> Edition:
    """The edition of 2021 with some parts put in the place of its own."""
    return edition("2021-07").model_copy(update=parts)


def test_the_order_of_ways_is_told_where_it_changed() -> None:
    old = edition("2021-07")
    move = old.moves["branch_proposes"]
    turned = changed(
        moves={**old.moves, "branch_proposes": move.model_copy(update={"to": tuple(reversed(move.to))})}
    )
    (section,) = build_difference_view(old, turned, "vi").told
    assert [sentence.split(":")[0] for sentence in section.sentences] == ["Việc “Chi bộ đề nghị kết nạp”"]
    assert "thứ tự" in section.sentences[0]


def test_a_longer_deadline_and_a_way_that_came_are_told() -> None:
    old = edition("2021-07")
    clock = old.clocks["CEREMONY"]
    length = clock.length.model_copy(update={"working_days": 45})
    longer = changed(clocks={**old.clocks, "CEREMONY": clock.model_copy(update={"length": length})})
    assert told_lines(old, longer) == [
        "Thời hạn “Tổ chức lễ kết nạp”: số ngày làm việc trước là 30, nay là 45.",
    ]
    state = old.states["opinions"].model_copy(update={"turn": "committee", "house_days": None})
    assert told_lines(old, changed(states={**old.states, "opinions": state})) == [
        "Bước “Lấy ý kiến nhận xét”: việc của trước là Chi bộ, nay là Đảng ủy cơ sở.",
        "Bước “Lấy ý kiến nhận xét”: số ngày theo lệ trước là 30, nay là không có.",
    ]


def test_where_a_guide_ends_within_an_edition_it_says_from_when_its_rules_only_warn() -> None:
    assert (
        row("conditions", "CLASS_CERT", of="2026-04")["Tác dụng"] == "không cho làm; từ 19/05/2026: chỉ nhắc"
    )
    assert (
        row("conditions", "CLASS_CERT", of="2016-07")["Tác dụng"] == "chỉ nhắc; từ 20/09/2016: không cho làm"
    )
    assert row("conditions", "VOTE_BRANCH", of="2026-04")["Tác dụng"] == "không cho làm"


def test_a_comparison_says_which_revisions_are_compared() -> None:
    view = build_difference_view(edition("2025-07"), edition("2025-09"), "vi")
    assert (view.old_revision, view.new_revision) == (
        edition("2025-07").revision,
        edition("2025-09").revision,
    )
    assert len(view.old_revision) == 32


def told_lines(old: Edition, new: Edition) -> list[str]:
    return [
        sentence for section in build_difference_view(old, new, "vi").told for sentence in section.sentences
    ]


# --- faults -------------------------------------------------------------------------------------------------


def test_a_fault_names_file_line_place_and_what_is_wrong() -> None:
    fault = LocatedFault("admission/2027-01.yaml", 6, "states.opinions.turn", "unknown_organ", "crowd")
    assert describe_fault(fault, "vi") == (
        "admission/2027-01.yaml, dòng 6, states.opinions.turn: không có cơ quan “crowd”"
    )
    assert describe_fault(fault, "en") == (
        "admission/2027-01.yaml, line 6, states.opinions.turn: there is no organ “crowd”"
    )


def test_a_file_that_cannot_be_read_has_no_place_to_name() -> None:
    fault = LocatedFault("admission/2027-01.yaml", 3, "", "not_yaml", "")
    assert describe_fault(fault, "vi").startswith("admission/2027-01.yaml, dòng 3: không đọc được")


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_with_braces_are_said_as_they_are(language: str) -> None:
    fault = LocatedFault("admission/2027-01.yaml", 7, "conditions.X.says", "bad_wording", "Cần {need")
    assert "“Cần {need”" in describe_fault(fault, language)


# --- whole editions -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("pipeline", "name"), EVERY_EDITION)
def test_everything_that_an_edition_holds_is_shown(pipeline: str, name: str, language: str) -> None:
    rules = edition(name, pipeline)
    sections = {section.key: section for section in build_tables(rules, language)}
    for key in (
        "states",
        "moves",
        "entries",
        "conditions",
        "clocks",
        "papers",
        "organs",
        "roles",
        "carry_over",
        "requirements",
        "texts",
    ):
        section = sections[key]
        assert {row[0] for row in section.rows} == set(getattr(rules, key))
        assert {len(row) for row in section.rows} == {len(section.heads)}
        assert section.title
    cells = [cell for section in sections.values() for row in section.rows for cell in row]
    assert not [cell for cell in cells if "{" in cell or "rulebook." in cell or "None" in cell]


def row(key: str, name: str, *, of: str = "2021-07", language: str = "vi") -> dict[str, str]:
    section = next(one for one in build_tables(edition(of), language) if one.key == key)
    return dict(zip(section.heads, next(one for one in section.rows if one[0] == name), strict=True))


def test_a_condition_is_shown_with_words_effect_verification_and_citation() -> None:
    assert row("conditions", "AGE_MIN") == {
        "Mã": "AGE_MIN",
        "Lời báo khi chưa đạt": (
            "Vào ngày chi bộ xét, người này mới … tuổi … tháng; phải đủ 18 tuổi (tính theo tháng)."
        ),
        "Áp dụng": "",
        "Tác dụng": "không cho làm",
        "Kiểm chứng": "đã kiểm chứng",
        "Căn cứ": "Điều lệ Đảng, Điều 1.2; Quy định 24-QĐ/TW, 1.1.1",
    }
    unsure = row("conditions", "WITHDRAW_AFTER_DECISION")
    assert (unsure["Tác dụng"], unsure["Kiểm chứng"], unsure["Căn cứ"]) == (
        "chỉ nhắc",
        "chưa kiểm chứng",
        "không tìm thấy căn cứ",
    )
    ours = row("conditions", "VOTES_ADD_UP", language="en")
    assert (ours["Effect"], ours["Verified"], ours["Citation"]) == (
        "refuses",
        "keeps the record consistent",
        "",
    )


def test_a_step_is_shown_with_turn_and_clocks() -> None:
    assert row("states", "appraisal") == {
        "Mã": "appraisal",
        "Bước": "Đảng ủy bộ phận thẩm định",
        "Việc của": "Đảng ủy bộ phận",
        "Thời hạn": "Xét, quyết định kết nạp",
        "Chỉ có": "khi có đảng ủy bộ phận",
    }
    assert row("states", "listed")["Thời hạn"] == "lệ của cơ quan: 90 ngày"
    assert row("states", "member")["Việc của"] == "Kết thúc"


def test_a_move_is_shown_with_every_way_it_may_lead() -> None:
    ways = row("moves", "committee_proposes")["Đến bước"].split("\n")
    assert ways[0].startswith("Chờ lễ kết nạp (khi đảng ủy được ủy quyền quyết định); thêm: Số quyết định;")
    assert ways[1].startswith("Ban thường vụ xét, quyết định")
    assert row("moves", "suspend")["Từ bước"] == "mọi bước đang mở, trừ: Tạm dừng"
    assert row("moves", "return_to_sponsorship")["Cơ quan"] == "cơ quan đang giữ việc"
    assert row("moves", "nominate")["Điều kiện"].startswith(
        "ROLE, DATE_ORDER, DATED_BY_THEN, NUMBER_ONCE, NUMBER_FOLLOWS, FLAGS_AHEAD, STATED_UNSEEN, NOT_MEMBER"
    )


def test_a_clock_is_shown_with_start_length_and_end() -> None:
    decide = row("clocks", "DEC_ADMIT")
    assert (decide["Tính từ"], decide["Độ dài"]) == (
        "Ngày nghị quyết chi bộ",
        "60 ngày làm việc; gia hạn thêm 30",
    )
    assert row("clocks", "VERIF_REPLY")["Độ dài"] == "30 ngày làm việc; Ngoài nước: 90"
    assert row("clocks", "RECOG_BRANCH")["Tính từ"] == "Ngày lễ kết nạp (ngày vào Đảng), sau 12 tháng"
    assert row("clocks", "PROBATION", language="en")["Length"] == "12 months"


def test_papers_are_shown_in_the_order_of_the_dossier() -> None:
    section = next(one for one in build_tables(edition("2021-07"), "vi") if one.key == "papers")
    assert [one[0] for one in section.rows][:3] == ["CN-NTVĐ", "1-KNĐ", "2-KNĐ"]
    assert row("papers", "4-KNĐ")["Chỉ có"] == "khi cách giới thiệu là “Đoàn thanh niên và một đảng viên”"


# --- small things -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Cần {need}/{base} đảng viên.", "Cần …/… đảng viên."),
        ("Không có chỗ điền.", "Không có chỗ điền."),
        ("{who}", "…"),
    ],
)
def test_places_are_left_open_where_no_case_fills_them(words: str, expected: str) -> None:
    assert blank_places(words) == expected


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Ngày quyết định", "ngày quyết định"),
        ("CV declared on", "CV declared on"),
        ("Đảng ủy", "đảng ủy"),
        ("", ""),
    ],
)
def test_a_label_within_a_sentence_begins_small_unless_it_is_an_abbreviation(
    label: str, expected: str
) -> None:
    assert lower_first(label) == expected
