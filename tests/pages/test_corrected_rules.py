"""A case whose rules were corrected says so on its page."""

import shutil
from contextlib import closing
from pathlib import Path

from tests.journeys.corrected import corrected_rules, shorten_decision, upgraded
from tests.pages.guests import guest, pages_of, words
from tests.reading import list_cases


def test_the_page_of_a_case_tells_what_corrected_rules_changed(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path / "mẫu")
    rules = corrected_rules(tmp_path / "quy định", shorten_decision)
    with closing(upgraded(tmp_path / "mẫu" / "config.yaml", rules)) as office:
        case = next(row.case for row in list_cases(office) if row.state.id == "decision")
        with pages_of(office) as app:
            page = guest(app).enter("vanphong.huyen").get(f"/case/{case}")
    text = words(page)
    assert "09/08/2022 – Quy định được sửa" in text
    assert "Thời hạn “Xét, quyết định kết nạp” chuyển từ ngày" in text
    assert "quy định sửa ngày 09/08/2022, không vì thế mà trễ sớm hơn" in text
    revised = page.split("Quy định được sửa")[1].split("</li>")[0]
    assert "/correct/" not in revised
