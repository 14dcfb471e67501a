"""Reminders at the door, asked for what cannot be: a clear sentence, the right exit code, and nothing
written.
"""

from pathlib import Path

import pytest

from tests.doors.ketnap import Ketnap, Said
from tests.doors.test_reminders import BITHU, CANBO, DEFAULT, content, folder_of, letter_to
from tests.doors.test_reminders import week as week
from tests.doors.test_reminders import week_made as week_made
from tests.reminders.test_bounces import report

BY = ("--by", CANBO, "--reason", "Bí thư ốm")


def turned_away(office: Ketnap, exit_code: int, *words: object) -> Said:
    """Run a command that must be turned away, for people and for programs, and see that it has left
    nothing behind.
    """
    before = content(office)
    told, said = office(*words, "--json"), office(*words)
    assert (said.exit, told.exit) == (exit_code, exit_code), said.text
    assert (said.out, told.err) == ("", "")
    assert set(told.json["error"]) == {"code", "message", "details"}
    assert told.code != "unforeseen"
    assert content(office) == before
    assert not (folder_of(office) / "ketnap-error.log").exists()
    return said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("notices", "K0000000"), "Không có lượt xét nào mang mã hay tên “K0000000”"),
        (("notices", "Nguyễn Văn Ai"), "Không có lượt xét nào mang mã hay tên “Nguyễn Văn Ai”"),
        (("outbox", "T0000000"), "Không có thư nào mang mã “T0000000”"),
        (("retry", "T0000000"), "Không có thư nào mang mã “T0000000”"),
        (("cancel", ""), "Không có thư nào mang mã “”"),
        (("snooze", "9999", "--until", "30/12/2022", *BY), "Không có việc nhắc nào mang số 9999"),
        (("snooze", "0", "--until", "30/12/2022", *BY), "Không có việc nhắc nào mang số 0"),
        (
            ("snooze", "1", "--until", "01/08/2022", *BY),
            "ngày 01/08/2022 không ở phía trước (hôm nay là 16/08/2022)",
        ),
        (
            ("snooze", "1", "--until", "16/08/2022", *BY),
            "ngày 16/08/2022 không ở phía trước (hôm nay là 16/08/2022)",
        ),
        (
            ("snooze", "1", "--until", "30/02/2023", *BY),
            "“30/02/2023” chưa đọc được, hoặc trong lịch không có ngày ấy",
        ),
        (("snooze", "1", "--until", "30/12/2022", "--by", "ai", "--reason", "ốm"), "Không có người dùng nào"),
        (
            ("snooze", "1", "--until", "30/12/2022", "--by", CANBO, "--reason", "  "),
            "Lý do (reason): chưa ghi",
        ),
        (("snooze", "1", "--until", "30/12/2022", "--by", CANBO, "--reason", "a\x07b"), "ký tự lạ"),
        (("notices", "--policy", "khong-co.yaml"), "khong-co.yaml"),
        (("bounce", "khong-co.eml"), "khong-co.eml"),
    ],
    ids=lambda value: " ".join(value[:3]) if isinstance(value, tuple) else "",
)
def test_what_is_not_there_or_cannot_be(week: Ketnap, words: tuple[str, ...], told: str) -> None:
    assert told in turned_away(week, 1, *words).err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("notices", "--next", "0d"), "“0d” chưa đúng: ghi số ngày, từ 1d đến 730d"),
        (("notices", "--next", "x"), "“x” chưa đúng: ghi số ngày, từ 1d đến 730d"),
        (("notices", "--next", "-3d"), "--next"),
        (("notices", "--next", "731d"), "“731d” chưa đúng"),
        (("notices", "--next", "1m"), "“1m” chưa đúng"),
        (("notices", "--diff"), "--diff cần --policy TỆP"),
        (("notices", "K7Q2M4TX", "--next", "30d"), "Xem một lượt thì không ghi thêm --next"),
        (("snooze", "một", "--until", "30/12/2022", *BY), "“một” không phải là số nguyên"),
        (("snooze", "1", "--until", "30/12/2022", "--by", CANBO), "--reason"),
        (("snooze", "1", *BY), "--until"),
        (("cancel",), "THƯ"),
        (("worker", "--twice"), "--twice"),
    ],
    ids=lambda value: " ".join(value[:3]) if isinstance(value, tuple) else "",
)
def test_what_is_not_written_as_it_must_be(week: Ketnap, words: tuple[str, ...], told: str) -> None:
    assert told in turned_away(week, 2, *words).err


@pytest.mark.parametrize("verb", ["cancel", "retry"])
def test_a_letter_that_is_sent_can_neither_be_cancelled_nor_sent_again(week: Ketnap, verb: str) -> None:
    before, letter = content(week), letter_to(week, BITHU)
    said, told = week(verb, letter), week(verb, letter, "--json")
    assert said.exit == told.exit != 0
    assert f"Thư {letter} không" in said.err
    assert "đã gửi" in said.err
    assert "error" in told.json
    assert content(week) == before


# --- policies -----------------------------------------------------------------------------------------------

POLICIES: dict[str, tuple[str, str, str]] = {
    "role": ("{who: above, from: 7}", "{who: boss, from: 7}", "không có vai trò nào tên là “boss”"),
    "clock": ("CLASS_CERT_VALID", "CLASS_VALID", "không có thời hạn nào tên là “CLASS_VALID”"),
    "watch": ("watch: age_limit", "watch: age", "giá trị của “watch” không đúng"),
    "step": ("before: [6m, 1m]", "before: [6 tháng]", "reminders.certificate.before"),
    "step before never": ("before: [30]", "before: []", "không có bước nhắc nào"),
    "step below zero": ("before: [14, 7, 1]", "before: [14, -7]", "reminders.legal.before"),
    "key": ("every: 7", "evry: 7", "không có mục “evry”"),
    "key twice": ("until: 365", "every: 8\n    until: 365", "mục “every” ghi hai lần"),
    "no hours": ('hours: {from: "07:30", to: "16:30"}', "", "thiếu mục “hours”"),
    "hours turned round": ('from: "07:30"', 'from: "17:30"', "hours"),
    "not YAML": ("\nreminders:\n", "\nreminders: [\n", "viết sai: mỗi dòng phải là “tên: giá trị”"),
}
"""What somebody may type wrong in a copy of the program's policy: what stood there, what they wrote, what
is said.
"""


def mistyped(folder: Path, slip: str) -> tuple[Path, int]:
    """A copy of the program's policy with one slip, and the line of the slip."""
    right, wrong, _ = POLICIES[slip]
    text = DEFAULT.read_text(encoding="utf-8")
    assert right in text
    (file := folder / "nhắc việc.yaml").write_text(text.replace(right, wrong, 1), encoding="utf-8")
    return file, text[: text.index(right)].count("\n") + 1


@pytest.mark.parametrize("slip", POLICIES)
def test_a_policy_with_a_slip_is_turned_away_before_it_is_used(
    week: Ketnap, tmp_path: Path, slip: str
) -> None:
    file, line = mistyped(tmp_path, slip)
    said = turned_away(week, 1, "notices", "--next", "30d", "--policy", file, "--diff")
    assert "Tệp lời nhắc “nhắc việc.yaml” chưa dùng được:" in said.err
    assert POLICIES[slip][2] in said.err
    if slip in ("role", "clock", "watch", "step", "key"):
        assert f"dòng {line}, " in said.err


def test_every_fault_of_a_policy_is_told_at_once(week: Ketnap, tmp_path: Path) -> None:
    text = (
        DEFAULT.read_text(encoding="utf-8")
        .replace("who: supervisor", "who: boss")
        .replace("[PROBATION]", "[XYZ]")
    )
    (file := tmp_path / "moi.yaml").write_text(text, encoding="utf-8")
    said = turned_away(week, 1, "notices", "--policy", file)
    assert said.err.count("\n  - dòng ") == text.count("who: boss") + 1


@pytest.mark.parametrize("content_", [b"", b"\xff\xfe\x00", b"- 1\n- 2\n", b"chi la chu"])
def test_a_file_that_is_no_policy_at_all(week: Ketnap, tmp_path: Path, content_: bytes) -> None:
    (file := tmp_path / "anh.yaml").write_bytes(content_)
    assert "Tệp lời nhắc “anh.yaml” chưa dùng được:" in turned_away(week, 1, "notices", "--policy", file).err


def set_in_config(office: Ketnap, line: str) -> None:
    config = folder_of(office) / "config.yaml"
    config.write_text(f"{config.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")


@pytest.mark.parametrize(
    "words", [("worker", "--once"), ("clock", "+1d"), ("status",), ("notices",)], ids=" ".join
)
def test_an_office_whose_own_policy_is_wrong_is_told_before_anything_is_done(
    week: Ketnap, words: tuple[str, ...]
) -> None:
    mistyped(folder_of(week), "role")
    set_in_config(week, "reminders: nhắc việc.yaml")
    assert "không có vai trò nào tên là “boss”" in turned_away(week, 1, *words).err


# --- templates ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("letter.txt", "Kính gửi\n{{ nobody.name }}\n", 2),
        ("letter.txt", "Kính gửi\n\n{% if letter.items %}\n", 3),
        ("letter.txt", "{{ 1 / 0 }}", 1),
        ("letter.html", "<p>\n{{ say('no such sentence') }}</p>", 2),
        ("words.vi.yaml", "greeting: xin: chào\n", 1),
        ("words.vi.yaml", "greeting: 5\n", 1),
    ],
    ids=["nobody knows the name", "never ended", "cannot be counted", "no such words", "no YAML", "no text"],
)
@pytest.mark.parametrize("words", [("worker", "--once"), ("clock", "+1d")], ids=" ".join)
def test_a_broken_template_of_the_offices_own_is_told_with_its_file_and_line(
    week: Ketnap, words: tuple[str, ...], name: str, text: str, line: int
) -> None:
    (folder := folder_of(week) / "mẫu thư").mkdir()
    (folder / name).write_text(text, encoding="utf-8")
    set_in_config(week, "letters: mẫu thư")
    said = turned_away(week, 1, *words)
    assert "Mẫu thư chưa dùng được:" in said.err
    assert f"{name}, dòng {line}: " in said.err


# --- what comes back ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content_", "told"),
    [
        (b"", "Thư này không trả lời thư nào của chương trình."),
        (b"Subject: Chao anh\r\n\r\nMoi anh an com.", "Thư này không trả lời thư nào của chương trình."),
        (b"\x00\xff\xfe" * 100, "Thư này không trả lời thư nào của chương trình."),
        (report("T0000000"), "Thư này không trả lời thư nào của chương trình."),
        (b"x" * 6_000_000, "Không đọc được thư này."),
    ],
    ids=["empty", "a friend's letter", "junk", "somebody else's", "too big"],
)
def test_a_letter_that_is_no_bounce_is_named_and_does_nothing(
    week: Ketnap, tmp_path: Path, content_: bytes, told: str
) -> None:
    (file := tmp_path / "thư.eml").write_bytes(content_)
    before = content(week)
    said = week("bounce", file)
    assert (said.exit, told in said.err) == (1, True)
    assert week("bounce", file, "--json").json["letters"][0]["outcome"] in ("not_ours", "unreadable")
    assert content(week) == before
