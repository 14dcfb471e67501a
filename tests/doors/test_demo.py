"""``ketnap demo``, as `make run` shows it: told on a screen, and the sample office left to look at."""

from pathlib import Path

from tests.doors.ketnap import Ketnap


def test_the_demo_tells_one_way_with_a_refusal_and_then_how_the_office_stands(tmp_path: Path) -> None:
    folder = tmp_path / "xem thử"
    said = Ketnap().done("demo", folder)
    assert "DỮ LIỆU MẪU" in said.out.splitlines()[0]
    parts = ("Cần 7/10 đảng viên chính thức tán thành, được 6.", "146 chức danh: 138 đảng viên", "4 lượt xét bị chậm")
    places = [said.out.index(part) for part in parts]
    assert places == sorted(places)
    assert "office-mau" not in said.out
    assert Ketnap(folder / "config.yaml").done("clock", "--json").json["today"] == "2022-08-09"


def test_the_demo_can_be_read_by_a_program(tmp_path: Path) -> None:
    said = Ketnap().done("demo", tmp_path / "xem thử", "--json", "--lang", "en").json
    assert said["sample"] == "song-lo-2022"
    assert [len(scene["stalled"]) for scene in said["scenes"] if scene["stalled"] is not None] == [4]
    assert [scene["coverage"]["total"]["posts"] for scene in said["scenes"] if scene["coverage"]] == [146]
