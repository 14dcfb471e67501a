"""The office itself: health, a backup now, the proof of its history; and what machines that watch are
told.
"""

import re
import sqlite3
import threading
import time
from contextlib import closing

import pytest
from fastapi import FastAPI

from tests.pages.guests import Guest, guest, words
from tests.pages.test_letters import form_with, press
from workflow.core.backup_keys import load_machine_key, make_recovery_key
from workflow.core.clock import now
from workflow.office import Office
from workflow.operations.archive.try_backup import try_backup
from workflow.operations.nightly_backup import run_nightly_backup
from workflow.operations.verify.verify import Verification, verify_office
from workflow.reminders.notices import notice_queries
from workflow.storage import reads
from workflow.web import background_jobs
from workflow.web.background_jobs import Progress

PATH = "/admin/office"


def events_of(office: Office) -> int:
    """How many events the history holds."""
    with office.database.read_transaction() as connection:
        head = reads.load_chain_head(connection)
    assert head
    return head[0].n


def test_only_who_stands_over_everything_sees_the_office(
    app: FastAPI, district: Guest, office: Office
) -> None:
    for user in ("canbo.hai-luu", "bithu.ao-truc"):
        guest(app).enter(user).get(PATH, status=404)
    page = words(district.get(PATH))
    assert "Nơi lưu số liệu SQLite" in page
    assert "Chưa có bản sao nào." in page
    assert "CHƯA CÓ KHÓA KHÔI PHỤC" in page
    assert "Chưa có bản sao nào được mở thử." in page
    assert f"Nhật ký có {events_of(office)} lần ghi." in page


def test_backing_up_now_makes_a_file_and_says_where(district: Guest, office: Office) -> None:
    page = words(press(district, PATH, "backup"))
    (copy,) = (office.config.folder / "sao-luu").iterdir()
    assert f"Đã sao lưu: {copy.name}" in page
    assert "1 bản sao, trong thư mục" in page
    trial = try_backup(copy, load_machine_key(office.config.folder))
    assert (trial.holds, trial.events) == (True, events_of(office))


def test_the_office_page_says_how_the_nights_backup_is_and_whether_its_key_is_on_paper(
    district: Guest, office: Office
) -> None:
    run_nightly_backup(office)
    make_recovery_key(office.config.folder, now())
    page = words(district.get(PATH))
    assert "Bản mở thử tốt gần nhất:" in page
    assert "chưa ai gõ lại bốn chữ" in page
    (office.config.folder / "cat-di-2022-08-01-070000").mkdir()
    assert "cat-di-2022-08-01-070000, từ 01/08/2022" in words(district.get(PATH))


def test_a_double_tap_backs_up_once(district: Guest, office: Office) -> None:
    form = form_with(district.get(PATH), "backup")
    for _ in range(2):
        assert district.send(PATH, {"do": "backup"}, form=form).status_code == 303
    assert len(list((office.config.folder / "sao-luu").iterdir())) == 1


def test_a_backup_that_cannot_be_written_is_told_in_words(district: Guest, office: Office) -> None:
    (office.config.folder / "sao-luu").write_text("không phải thư mục", encoding="utf-8")
    page = press(district, PATH, "backup")
    assert 'role="alert"' in page
    assert "Traceback" not in page
    assert "Đã sao lưu:" not in words(page)


def test_the_history_is_proved_and_its_seal_shown(district: Guest, office: Office) -> None:
    page, number = words(press(district, PATH, "verify")), events_of(office)
    assert "Nhật ký nguyên vẹn" in page
    assert f"{number} lần ghi, 22 lượt xét." in page
    assert re.search(rf"Dấu niêm phong \(nên chép ra giấy\): {number} [0-9a-f]{{16}}", page)


def test_a_history_that_somebody_changed_is_told_with_the_first_place(
    district: Guest, office: Office
) -> None:
    assert office.database.file
    with closing(sqlite3.connect(office.database.file)) as held:
        held.execute("UPDATE events SET body = replace(body, '2022', '2021') WHERE n = 1400")
        held.commit()
    page = words(press(district, PATH, "verify"))
    assert "NHẬT KÝ KHÔNG CÒN NGUYÊN VẸN." in page
    assert "lần ghi chung số 1400" in page


def test_what_takes_long_is_done_beside_the_pages(
    app: FastAPI, district: Guest, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def slowly(tell: Progress) -> Verification:
        tell(30, 100)
        assert go_on.wait(20)
        return verify_office(office)

    monkeypatch.setattr(background_jobs, "PATIENCE", 0.2)
    app.state.ketnap.jobs.verification = background_jobs.BackgroundJob(slowly)
    page = press(district, PATH, "verify")
    assert "Đang làm: 30 phần trăm." in words(page)
    assert 'value="verify"' not in page, "nobody begins it twice"
    go_on.set()
    app.state.ketnap.jobs.verification.wait(20)
    assert "Nhật ký nguyên vẹn" in words(district.get(PATH))


def test_a_button_that_is_not_there_does_nothing(app: FastAPI, district: Guest, office: Office) -> None:
    form = form_with(district.get(PATH), "backup")
    assert district.send(PATH, {"do": "burn"}, form=form).status_code == 422
    assert district.send(PATH, {"do": "backup", "csrf": "x"}, form=form).status_code == 403
    officer = guest(app).enter("canbo.hai-luu")
    assert officer.send(PATH, {"do": "backup"}, form=form).status_code == 404
    assert not (office.config.folder / "sao-luu").exists()


# --- for machines -------------------------------------------------------------------------------------------


def health(app: FastAPI) -> tuple[int, dict[str, bool]]:
    answer = guest(app).client.get("/healthz")
    return answer.status_code, answer.json()


def beat(office: Office, *, at: float) -> None:
    """The worker has looked at an instant, and means to look again a minute later."""
    with office.database.transaction() as work:
        notice_queries.set_beat(work, "worker", at=int(at), next_at=int(at) + 60)


def test_machines_that_watch_hear_that_all_is_well_and_nothing_else(app: FastAPI) -> None:
    assert health(app) == (200, {"well": True, "database": True, "worker": True})


def test_a_worker_that_stopped_is_told_within_minutes(app: FastAPI, office: Office) -> None:
    beat(office, at=time.time())
    assert health(app)[0] == 200
    beat(office, at=time.time() - 3600)
    assert health(app) == (503, {"well": False, "database": True, "worker": False})


def test_a_database_that_is_away_is_told(app: FastAPI, office: Office) -> None:
    assert office.database.file
    office.database.close()
    office.database.file.write_bytes(b"no database any more" * 1000)
    assert health(app) == (503, {"well": False, "database": False, "worker": False})
