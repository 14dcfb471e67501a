"""What the page of a case says of each condition: met, not met, or that it cannot be told."""

import re

from tests.pages.guests import Guest, words
from tests.reading import list_cases
from workflow.cases.views.case_view import load_case_view
from workflow.office import Office

CEREMONY = "K6T2PF0X"
MARKS = {"met": "✓", "not_met": "✗", "unknown": "?"}


def list_items(page: str) -> list[tuple[str, str, str]]:
    """The conditions of the next act: class, mark and words, as a reader of the page gets them."""
    drawn = page.split('<ul class="checks">')[1].split("</ul>\n", maxsplit=1)[0]
    found = re.findall(
        r'<li class="(\w+)[^"]*"><span class="mark" aria-hidden="true">(.)</span>(.*?)</li>', drawn, re.DOTALL
    )
    return [(answer, mark, words(text)) for answer, mark, text in found]


def test_every_condition_of_the_next_act_has_its_mark_and_words_for_who_hears_the_page(
    district: Guest, office: Office
) -> None:
    spoken = {"met": "Đạt: ", "not_met": "Chưa đạt: ", "unknown": "Chưa biết: "}
    seen = set()
    for row in list_cases(office):
        page = district.get(f"/case/{row.case}")
        for answer, mark, text in list_items(page) if '<ul class="checks">' in page else []:
            assert mark == MARKS[answer]
            assert text.startswith(spoken[answer])
            seen.add(answer)
    assert seen == set(MARKS)


def test_a_ceremony_whose_receipt_nobody_recorded_cannot_be_told_to_be_in_time(
    district: Guest, office: Office
) -> None:
    (row,) = [one for one in list_cases(office) if one.case == CEREMONY]
    (move,) = [one for one in load_case_view(office, row.case, "vi").moves if one.move == "hold_ceremony"]
    asked = {reason.code: reason.answer for reason in move.reasons}
    assert asked["CEREMONY_LATE"] == "unknown"
    items = list_items(district.get(f"/case/{row.case}"))
    (told,) = [text for answer, _, text in items if answer == "unknown"]
    assert "trong hồ sơ chưa ghi ngày chi bộ nhận quyết định. Nơi bổ sung: Chi bộ" in told
    assert "Căn cứ" in told
    assert not any("Chưa quá hạn tổ chức lễ" in text for _, _, text in items)
