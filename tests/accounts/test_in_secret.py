"""No password, token, link or address stands anywhere in clear; and the history knows nothing of accounts."""

from contextlib import closing
from pathlib import Path

import pytest

from tests.accounts.scene import ANOTHER, BAO, MORNING, SENTENCE, XUAN, come, welcome
from tests.faults.by_hand import copied
from tests.offices import make_small_office
from workflow.accounts.access_log import AccessLog
from workflow.accounts.api_tokens import create_token, find_token_user
from workflow.accounts.form_submissions import claim_form, save_draft
from workflow.accounts.one_time_links import create_link
from workflow.accounts.sessions import find_active_session
from workflow.accounts.sign_in import SignInRefused, change_password, issue_password
from workflow.office import Office
from workflow.operations.verify.verify import verify_office

TYPED = "Gương mẫu, được bà con tin yêu"
ADDRESS, AGENT = "198.51.100.77", "Điện thoại"


def live(office: Office) -> set[str]:
    """A day at the door; every secret that went through it."""
    bao = welcome(office, at=MORNING)
    xuan = come(office, device=bao.device, address=ADDRESS)
    change_password(office, BAO, SENTENCE, ANOTHER, keep=xuan.token, at=MORNING)
    link = create_link(office, XUAN, BAO, "forgotten", at=MORNING)
    token = create_token(office, BAO, "Bảng", at=MORNING)
    given = issue_password(office, XUAN, at=MORNING)
    with pytest.raises(SignInRefused):
        come(office, SENTENCE, "gõ nhầm mật khẩu vào đây")
    save_draft(office, BAO, "/case/K7Q2M4TX", {"strengths": TYPED}, at=MORNING)
    claim_form(office, "khoa-cua-mau-nay", BAO, at=MORNING)
    looks = AccessLog(office)
    looks.log_access(BAO, "case", "K7Q2M4TX")
    looks.close()
    assert find_active_session(office, xuan.token, at=MORNING)
    assert find_token_user(office, token, at=MORNING) == BAO
    tokens = {bao.token, xuan.token, token, link, given, bao.device, xuan.device}
    return tokens | {SENTENCE, ANOTHER, TYPED, ADDRESS, AGENT, "gõ nhầm mật khẩu vào đây", "khoa-cua-mau-nay"}


def test_in_no_row_of_any_table(office: Office) -> None:
    secrets = live(office)
    for table, rows in copied(office).items():
        for row in rows:
            for value in row.values():
                kept = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                assert [one for one in secrets if one.encode() in kept] == [], table


def test_in_no_file_of_an_office(tmp_path: Path, sqlite_url: str) -> None:
    with closing(make_small_office(tmp_path, sqlite_url)) as office:
        secrets = live(office)
        for path in tmp_path.rglob("*"):
            if path.is_file():
                assert [one for one in secrets if one.encode() in path.read_bytes()] == [], path.name


def test_nobody_reads_a_token_off_a_log_of_what_was_signed_in(sqlite_office: Office) -> None:
    bao = welcome(sqlite_office)
    assert bao.token not in repr(bao)
    assert bao.device not in repr(bao)


def test_the_history_holds_as_before_and_knows_nothing_of_it(office: Office) -> None:
    before = verify_office(office)
    live(office)
    after = verify_office(office)
    assert after.holds
    assert after.seal == before.seal
