"""The demo tells one candidate's whole way in a sample that is thrown away, then how the kept one stands."""

import tempfile
from pathlib import Path

import pytest

from tests.journeys.samples import CONFIG, ME, NAME
from tests.journeys.samples import built_sample as built_sample
from tests.journeys.samples import own_sample as own_sample
from tests.offices import make_small_office
from workflow.demo import DemoScene, play_demo
from workflow.office import Office
from workflow.operations.open_office import open_office
from workflow.operations.sample.scenario import load_story
from workflow.operations.time_machine import NotASample, move_clock
from workflow.operations.verify.verify import verify_office

SPONSOR = (
    "- Chu Ngọc Tiệp mới cùng công tác, cư trú với người xin vào Đảng từ 01/03/2022, chưa đủ 12 tháng"
    " (trừ khi thay người giới thiệu)."
)


def scenes_of(folder: Path, language: str) -> list[DemoScene]:
    return list(play_demo(language, ME, config_text=CONFIG, folder=folder))


def texts(scene: DemoScene) -> list[str]:
    return [line.text for line in scene.lines]


@pytest.fixture(scope="module")
def told(built_sample: Path) -> list[DemoScene]:
    return scenes_of(built_sample, "vi")


def test_every_act_is_a_scene_between_how_it_began_and_what_came_of_it(told: list[DemoScene]) -> None:
    _, acts = load_story(NAME)
    assert len(told) == len(acts) + 5
    assert told[1].title == "Lưu Văn Khải, người được kể"
    assert [scene.title[:10] for scene in told[2:-3]] == [f"{act.day:%d/%m/%Y}" for act in acts]
    assert texts(told[-3])[0] == "Lưu Văn Khải: Đảng viên chính thức, tính từ 19/05/2024."
    assert "139/146" in texts(told[-3])[1]
    assert "nguyên vẹn" in texts(told[-3])[2]


def test_it_begins_with_the_word_that_all_is_invented(told: list[DemoScene]) -> None:
    assert "đều là bịa" in texts(told[0])[0]


def test_one_step_is_refused_with_all_its_reasons_and_their_articles(told: list[DemoScene]) -> None:
    (refused,) = (scene for scene in told if any(line.text.startswith("KHÔNG ĐƯỢC GHI") for line in scene.lines))
    assert refused.title == "10/02/2023 – Chi bộ đề nghị kết nạp"
    assert texts(refused)[2:] == [
        "KHÔNG ĐƯỢC GHI. Thiếu 4 điều, kể hết một lần:",
        "- Số phiếu không khớp: tán thành, không tán thành (và phiếu trắng, nếu có) cộng lại là 7, có mặt 9.",
        "- Cần 7/10 đảng viên chính thức tán thành, được 6.",
        "Căn cứ: Điều lệ Đảng, Điều 4; Hướng dẫn 01-HD/TW, 3.6",
        "- Chưa ghi nhận có bằng trung học cơ sở, cũng chưa nêu trường hợp riêng.",
        "Căn cứ: Quy định 24-QĐ/TW, 1.2.1, 1.2.2",
        SPONSOR,
        "Căn cứ: Quy định 24-QĐ/TW, 3.2 (thêm cùng sinh hoạt nơi cư trú); Hướng dẫn 01-HD/TW (2021), 3.5",
    ]
    assert {line.tone for line in refused.lines if line.text.startswith("- ")} == {"late"}


def lines_on(told: list[DemoScene], day: str) -> str:
    (scene,) = (scene for scene in told if scene.title.startswith(day))
    return "\n".join(texts(scene))


def test_clocks_start_wait_and_stop(told: list[DemoScene]) -> None:
    assert "60 ngày làm việc kể từ 06/03/2023, hạn 01/06/2023" in lines_on(told, "06/03/2023")
    decided = lines_on(told, "14/04/2023")
    assert "Xong – Xét, quyết định kết nạp: ngày 14/04/2023, trước hạn 48 ngày" in decided
    assert "Chưa tính được hạn – Tổ chức lễ kết nạp" in decided
    assert "Bắt đầu tính hạn – Tổ chức lễ kết nạp: 30 ngày làm việc kể từ 24/04/2023" in lines_on(told, "24/04/2023")
    assert "Tết Nguyên đán 20/01, 23/01–24/01" in lines_on(told, "26/12/2022")
    assert "chậm 58 ngày" in lines_on(told, "16/08/2022")


def test_who_did_it_and_who_typed_it_are_told_apart(told: list[DemoScene]) -> None:
    assert "Chi bộ: bithu.ao-truc làm, canbo.quang-yen gõ ngày 18/08/2022." in lines_on(told, "16/08/2022")
    assert "Đảng ủy cơ sở: canbo.quang-yen làm và gõ." in lines_on(told, "05/09/2022")


def test_what_is_only_warned_of_goes_in_with_its_article(told: list[DemoScene]) -> None:
    (scene,) = (scene for scene in told if scene.title.startswith("14/11/2022"))
    assert ("warn", True) in [(line.tone, "chưa đủ 12 tháng." in line.text) for line in scene.lines]


def test_it_ends_with_coverage_and_what_is_stalled_in_the_kept_sample(told: list[DemoScene]) -> None:
    counted, late = told[-2:]
    assert counted.coverage is not None
    assert (counted.coverage.total.posts, counted.coverage.total.remaining) == (146, 8)
    assert late.stalled is not None
    assert [one.days_late for one in late.stalled] == [51, 50, 18, 6]


def test_a_sample_that_somebody_has_worked_in_is_reused_as_it_stands(own_sample: Office) -> None:
    move_clock(own_sample, 30)
    before = verify_office(own_sample).seal
    told = scenes_of(own_sample.config.path.parent, "vi")
    assert verify_office(own_sample).seal == before
    assert told[-2].coverage is not None
    assert told[-2].coverage.on == own_sample.read_today()
    assert "08/09/2022" in texts(told[-2])[0]
    assert told[2].title.startswith("16/08/2022")


def test_in_english_every_sentence_is_there_too(built_sample: Path, told: list[DemoScene]) -> None:
    english = scenes_of(built_sample, "en")
    assert [len(scene.lines) for scene in english] == [len(scene.lines) for scene in told]
    assert texts(english[-3])[0] == "Lưu Văn Khải: Official member, counted from 2024-05-19."
    letters = set("ạảãấầẩẫậắằẳẵặẹẻẽếềểễệịỉĩọỏốồổỗộớờởỡợụủũứừửữựỳỵỷỹ")
    assert not letters & set(texts(english[2])[0].replace("Lưu Văn Khải", ""))


def test_it_makes_the_sample_where_there_is_none_and_leaves_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "tạm"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    done: list[tuple[int, int]] = []
    told = list(
        play_demo("vi", ME, config_text=CONFIG, folder=tmp_path / "mẫu", on_progress=lambda *days: done.append(days))
    )
    assert "vừa được tạo" in texts(told[-2])[0]
    assert [days for days, total in done if days == total] == [done[-1][1]] * 2
    assert [one.name for one in scratch.iterdir() if one.is_dir()] == []
    office = open_office(tmp_path / "mẫu" / "config.yaml")
    assert verify_office(office).holds
    office.close()


def test_who_stops_listening_leaves_nothing_behind(
    own_sample: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tạm"))
    (tmp_path / "tạm").mkdir()
    scenes = play_demo("vi", ME, config_text=CONFIG, folder=own_sample.config.path.parent)
    for _ in range(4):
        next(scenes)
    assert [one for one in (tmp_path / "tạm").iterdir() if one.is_dir()]
    scenes.close()  # type: ignore[attr-defined] # a generator
    assert not [one for one in (tmp_path / "tạm").iterdir() if one.is_dir()]


def test_it_is_not_told_over_a_real_office(tmp_path: Path, sqlite_url: str) -> None:
    office = make_small_office(tmp_path, sqlite_url, today=None)
    with pytest.raises(NotASample):
        scenes_of(office.config.path.parent, "vi")
    office.close()
