"""The pages on either database: the same walk, the same record."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from fastapi import FastAPI

from tests.pages.guests import guest, pages_of, words
from workflow.accounts.access_log import list_accesses
from workflow.cases.views.case_view import load_case_view
from workflow.office import Office
from workflow.operations.open_office import open_office
from workflow.operations.sample import make_sample
from workflow.operations.verify.verify import verify_office
from workflow.register.writer import Who

CASE, SECRETARY, OFFICER = "K9AFNC5B", "bithu.ao-truc", "canbo.quang-yen"


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[Office]:
    """The sample office on an empty database."""
    make_sample(
        tmp_path / "mẫu",
        "song-lo-2022",
        Who("", "test"),
        config_text=f"office: Mẫu\ndatabase: {database_url}\n",
    )
    with closing(open_office(tmp_path / "mẫu" / "config.yaml")) as opened:
        yield opened


@pytest.fixture
def app(office: Office) -> Iterator[FastAPI]:
    """Its pages."""
    with pages_of(office) as served:
        yield served


def test_a_case_is_taken_from_the_list_into_the_class_by_branch_and_commune(
    app: FastAPI, office: Office
) -> None:
    secretary, officer = guest(app).enter(SECRETARY), guest(app).enter(OFFICER)
    named = [one.name for one in load_case_view(office, "K3YKJBMF", "vi").helpers[:1]]
    typed = {"on": "08/08/2022", "resolution_no": "03-NQ/CB", "helpers": named}
    assert "Lưu Văn Khải" in words(secretary.get("/"))
    secretary.done(f"/case/{CASE}/do/nominate", typed)
    assert "Không có việc nào" not in words(secretary.get("/"))
    officer.get(f"/case/{CASE}/do/enrol", status=303)
    secretary.done(f"/case/{CASE}/do/request_class", {"on": "08/08/2022", "class_request_no": "04-CV/CB"})
    officer.done(f"/case/{CASE}/do/enrol", {"on": "09/08/2022"})
    assert load_case_view(office, CASE, "vi").state.id == "training"
    again = words(secretary.get(f"/case/{CASE}"))
    assert again == words(secretary.get(f"/case/{CASE}"))
    assert "Học lớp bồi dưỡng nhận thức về Đảng" in again
    assert "Việc này do Đảng ủy cơ sở làm" in again
    assert secretary.client.get(f"/case/{CASE}/dossier.pdf").content.startswith(b"%PDF")
    app.state.ketnap.access_log.flush()
    assert {one.user for one in list_accesses(office, subject=CASE).looks} == {SECRETARY, OFFICER}
    assert verify_office(office).holds


def test_the_whole_land_sees_what_waits_for_the_district(app: FastAPI) -> None:
    own, elsewhere = words(guest(app).enter("vanphong.huyen").get("/")).split("đang chờ nơi khác")
    for name in ("Bùi Thị Lành", "Tạ Thị Liễu"):
        assert name in own
        assert name not in elsewhere
    assert "Lưu Văn Khải" not in own
    assert "Lưu Văn Khải" in elsewhere
