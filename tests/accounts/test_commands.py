"""`ketnap account`: whoever sets the program up lets the first people in, and sees who looked at what."""

import pytest

from tests.accounts.scene import ANOTHER, BAO, MORNING, SENTENCE, XUAN, come, welcome
from tests.doors.ketnap import Ketnap
from tests.offices import BRANCH, ELECTED, HEAD
from workflow.accounts.access_log import AccessLog
from workflow.accounts.api_tokens import create_token, find_token_user
from workflow.accounts.one_time_links import find_link_user, use_link
from workflow.accounts.sessions import list_sessions
from workflow.accounts.sign_in import issue_password
from workflow.cases.commands.open import open_case
from workflow.office import Office


@pytest.fixture
def ketnap(sqlite_office: Office) -> Ketnap:
    return Ketnap(sqlite_office.config.path)


def test_a_link_for_somebody_who_has_no_password_yet(sqlite_office: Office, ketnap: Ketnap) -> None:
    said = ketnap.done("account", "link", BAO)
    [path] = [line.strip() for line in said.out.splitlines() if line.strip().startswith("/link/")]
    assert "gửi riêng cho người ấy" in said.out
    secret = path.removeprefix("/link/")
    assert find_link_user(sqlite_office, secret) == BAO
    use_link(sqlite_office, secret, SENTENCE)
    again = ketnap.done("account", "link", BAO, "--json").json
    assert again == {
        "sample": "thu",
        "user": BAO,
        "path": f"/link/{again['secret']}",
        "secret": again["secret"],
        "hours": 24,
    }
    assert find_link_user(sqlite_office, again["secret"]) == BAO


def test_there_is_no_link_for_somebody_unknown_and_who_is_called_alike_is_told(ketnap: Ketnap) -> None:
    said = ketnap("account", "link", "bithuu")
    assert said.exit == 1
    assert "Không có người dùng nào tên là “bithuu”" in said.err
    assert any(line.split()[1:2] == ["bithu"] for line in said.err.splitlines())
    assert "Chưa ghi gì vào sổ." in said.err


def test_who_has_an_account_is_listed_with_the_tokens(sqlite_office: Office, ketnap: Ketnap) -> None:
    welcome(sqlite_office)
    issue_password(sqlite_office, XUAN)
    create_token(sqlite_office, "huyen", "Bảng tổng hợp")
    lines = ketnap.done("account", "list").out.splitlines()
    assert [line.strip() for line in lines if line.startswith(("  bithu ", "  huyen "))] == [
        "bithu       đã đặt              09/08/2024 08:00  09/08/2024 08:00",
        "huyen       chưa có",
    ]
    assert [line for line in lines if line.startswith("  canbo       được cấp, phải đổi  ")]
    assert "1 khóa cho máy" in lines
    assert [line for line in lines if "huyen       Bảng tổng hợp" in line]


def test_the_list_as_json_has_the_keys_that_were_agreed(sqlite_office: Office, ketnap: Ketnap) -> None:
    welcome(sqlite_office)
    token = create_token(sqlite_office, BAO, "Bảng")
    said = ketnap.done("account", "list", "--json")
    assert token not in said.out
    [baos, xuans, _] = said.json["accounts"]
    morning = "2024-08-09T01:00:00+00:00"
    assert baos == {"user": BAO, "password": "own", "since": morning, "seen": morning}
    assert xuans == {"user": XUAN, "password": "none", "since": None, "seen": None}
    [one] = said.json["tokens"]
    assert set(one) == {"token", "user", "name", "since", "seen"}
    assert (one["user"], one["name"], one["token"][0]) == (BAO, "Bảng", "A")


def test_somebody_who_lost_a_telephone_is_signed_out(sqlite_office: Office, ketnap: Ketnap) -> None:
    welcome(sqlite_office, password=ANOTHER)
    come(sqlite_office, password=ANOTHER)
    assert "Đã kết thúc 2 phiên đăng nhập của bithu." in ketnap.done("account", "end-sessions", BAO).out
    assert list_sessions(sqlite_office, BAO, at=MORNING) == []
    assert ketnap.done("account", "end-sessions", BAO, "--json").json["sessions"] == 0


def test_a_token_is_made_shown_once_and_ended(sqlite_office: Office, ketnap: Ketnap) -> None:
    made = ketnap.done("account", "token", XUAN, "--name", "Bảng", "--json").json
    assert find_token_user(sqlite_office, made["token"]) == XUAN
    assert "chỉ hiện một lần" in ketnap.done("account", "token", XUAN, "--name", "Bảng khác").out
    ids = [one["token"] for one in ketnap.done("account", "list", "--json").json["tokens"]]
    for id_ in ids:
        ketnap.done("account", "token-end", id_.lower())
    assert find_token_user(sqlite_office, made["token"]) is None
    assert ketnap("account", "token-end", ids[0], "--json").code == "unknown_token"


def test_a_token_without_a_name_is_told(ketnap: Ketnap) -> None:
    assert ketnap("account", "token", XUAN, "--name", " ", "--json").code == "mistyped"
    assert "Thiếu --name" in ketnap("account", "token", XUAN).err


def test_who_looked_at_a_case_and_its_candidate_or_what_one_user_looked_at(
    sqlite_office: Office, ketnap: Ketnap
) -> None:
    assert "Chưa ai xem." in ketnap.done("account", "looks").out
    case = open_case(sqlite_office, HEAD, ELECTED, BRANCH)
    looks = AccessLog(sqlite_office)
    looks.log_access(BAO, "case", case, at=MORNING)
    looks.log_access(XUAN, "paper:6-KNĐ", case, at=MORNING + 1)
    looks.log_access(XUAN, "person", HEAD, at=MORNING + 2)
    looks.log_access(XUAN, "something-new", "KKHAC000", at=MORNING + 3)
    looks.close()
    said = ketnap.done("account", "looks", "--case", "nguyen van mau")
    assert "3 lần xem" in said.out
    assert "giấy tờ 6-KNĐ" in said.out
    assert "09/08/2024 08:00" in said.out
    assert "KKHAC000" not in said.out
    view = ketnap.done("account", "looks", "--user", XUAN, "--json").json
    assert view["total"] == 3
    assert view["looks"][0] == {
        "at": "2024-08-09T01:00:03+00:00",
        "user": XUAN,
        "what": "something-new",
        "subject": "KKHAC000",
    }
    assert "something-new" in ketnap.done("account", "looks", "--lang", "en").out


def test_of_many_looks_the_newest_are_shown_and_the_others_counted(
    sqlite_office: Office, ketnap: Ketnap
) -> None:
    looks = AccessLog(sqlite_office)
    for n in range(60):
        looks.log_access(BAO, "case", f"K{n}", at=MORNING + n)
    looks.close()
    assert "… và 10 lần xem trước đó." in ketnap.done("account", "looks").out
