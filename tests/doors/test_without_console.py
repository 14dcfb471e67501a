"""Started without a console, as a service is, the program works on and logs to a file."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.doors.ketnap import PROGRAM, Ketnap

SOON = 30.0
WITHOUT_STREAMS = """
import sys
sys.stdout = sys.stderr = None
from workflow.cli import main
sys.exit(main())
"""
STARTS = {
    "no-streams": [sys.executable, "-c", WITHOUT_STREAMS],
    "closed-descriptors": ["sh", "-c", 'exec "$0" "$@" <&- >&- 2>&-', str(PROGRAM)],
}
each_start = pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)


def run_hidden(start: list[str], ketnap: Ketnap, *words: str) -> int:
    return subprocess.run([*start, *ketnap.words(*words)], timeout=60, check=False).returncode


@contextmanager
def running_hidden(start: list[str], ketnap: Ketnap, *words: str) -> Iterator["subprocess.Popen[bytes]"]:
    """The program, running without a console until the block ends."""
    with subprocess.Popen([*start, *ketnap.words(*words)]) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def log_of(ketnap: Ketnap) -> Path:
    assert ketnap.config
    return ketnap.config.with_name("ketnap.log")


def wait_for(text: str, log: Path) -> str:
    """The log, once it holds the text."""
    until = time.monotonic() + SOON
    while time.monotonic() < until:
        if log.exists() and text in (written := log.read_text(encoding="utf-8")):
            return written
        time.sleep(0.05)
    raise AssertionError(f"{text!r} is not in {log}")


@each_start
def test_the_pages_are_served_and_the_log_says_where(sample: Ketnap, start: list[str]) -> None:
    with running_hidden(start, sample, "serve", "--port", "0") as process:
        written = wait_for("http://127.0.0.1:", log_of(sample))
        address = next(word for word in written.split() if word.startswith("http://"))
        assert httpx2.get(f"{address}/healthz", timeout=20).status_code == 200
        assert "Sông Lô" in httpx2.get(f"{address}/", timeout=20, follow_redirects=True).text
        assert process.poll() is None


def test_the_worker_reminds_and_logs_what_it_does(sample: Ketnap) -> None:
    start = STARTS["no-streams"]
    with running_hidden(start, sample, "worker") as process:
        wait_for("Đã rà đến 09/08/2022", log_of(sample))
        assert process.poll() is None
    assert run_hidden(start, sample, "worker", "--once") == 0
    assert "Đã gửi 0 thư" in log_of(sample).read_text(encoding="utf-8")


def test_a_start_that_fails_says_why_in_the_log(sample: Ketnap) -> None:
    assert run_hidden(STARTS["no-streams"], sample, "serve", "--port", "acht") == 2
    assert "không phải là số nguyên" in log_of(sample).read_text(encoding="utf-8")


@each_start
def test_an_answer_that_nobody_can_read_is_not_left_lying_in_a_file(sample: Ketnap, start: list[str]) -> None:
    assert run_hidden(start, sample, "account", "link", "bithu.ao-truc") == 0
    assert run_hidden(start, sample, "cases") == 0
    assert not log_of(sample).exists()


def test_without_an_office_the_log_lies_where_the_program_was_started(tmp_path: Path) -> None:
    assert run_hidden(STARTS["no-streams"], Ketnap(tmp_path / "không có" / "config.yaml"), "serve") == 1
    assert "config.yaml" in Path("ketnap.log").read_text(encoding="utf-8")


def test_where_no_log_can_be_written_it_lies_at_the_users_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("ketnap.log").mkdir()
    (home := tmp_path / "nhà").mkdir()
    monkeypatch.setenv("HOME", str(home))
    assert run_hidden(STARTS["no-streams"], Ketnap(), "serve") == 1
    assert "config.yaml" in (home / "ketnap.log").read_text(encoding="utf-8")


def test_a_log_that_can_be_written_nowhere_stops_no_work(
    sample: Ketnap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "không có"))
    for log in (Path("ketnap.log"), log_of(sample)):
        log.mkdir()
    assert run_hidden(STARTS["no-streams"], sample, "worker", "--once") == 0


def test_a_long_log_is_put_aside_and_a_new_one_begun(sample: Ketnap) -> None:
    log = log_of(sample)
    log.write_text("x" * 999_990 + "\n", encoding="utf-8")
    assert run_hidden(STARTS["no-streams"], sample, "worker", "--once") == 0
    assert log.stat().st_size < 10_000
    assert log.with_name("ketnap.log.1").stat().st_size == 999_991
