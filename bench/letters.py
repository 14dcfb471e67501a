"""Letters composed and delivered over SMTP, beside a bare smtplib loop over the same ready bytes.

Both hand them to a server of its own process on this machine, over one connection each.
"""

import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path

from bench.journey import VILLAGES
from bench.ours import make_district
from bench.sweep import lay
from notifications.settings import MailSettings, SmtpSettings
from tests.letters.smtp_server import wait_for
from workflow.office import Office
from workflow.operations.open_office import open_office
from workflow.reminders.daily_run import DailyRun
from workflow.reminders.letters import outbox_queries
from workflow.reminders.letters.compose import write_letters
from workflow.reminders.letters.deliver import decrypt_letter, deliver_letters, find_reader_key
from workflow.reminders.notices.sweep import run_sweep
from workflow.reminders.settings import load_transport

HERE, SENDER = "127.0.0.1", "ketnap@song-lo.example"
FRIDAY = date(2024, 8, 9)
MORNINGS = 8
CASES_LAID = VILLAGES * 4


def contenders(folder: Path, url: str) -> tuple[int, float, float]:
    """Letters of some mornings, and the seconds of composing and delivering them, and of the bare loop."""
    make_district(folder, url, [])
    with server() as port, closing(open_office(folder / "config.yaml")) as office:
        office.config = office.config.model_copy(
            update={
                "mail": MailSettings(sender=SENDER, smtp=SmtpSettings(host=HERE, port=port, security="none"))
            }
        )
        lay(office, CASES_LAID)
        rounds = DailyRun(office)
        rounds.check_settings()
        run_sweep(office, rounds.policy, today=FRIDAY)
        seconds = sum(
            _morning(office, rounds, FRIDAY + timedelta(days=3 + number)) for number in range(MORNINGS)
        )
        ready = list(_ready(office))
        return len(ready), seconds, _bare(port, ready)


def _morning(office: Office, rounds: DailyRun, day: date) -> float:
    """Sweep, and write and deliver what came of it; the seconds of all but the sweep."""
    run_sweep(office, rounds.policy, today=day)
    begun = time.perf_counter()
    write_letters(office, rounds.policy, rounds.writer, day)
    with load_transport(office) as post:
        deliver_letters(office, post)
    return time.perf_counter() - begun


def _ready(office: Office) -> Iterator[tuple[str, bytes]]:
    """The letters that went out, as bytes."""
    with office.database.transaction() as work:
        for row in outbox_queries.list_letters(work.connection, ["sent"]):
            if held := decrypt_letter(office, row, find_reader_key(office, work, row.user_id, row.day)):
                yield held


def _bare(port: int, ready: Sequence[tuple[str, bytes]]) -> float:
    begun = time.perf_counter()
    with smtplib.SMTP(HERE, port) as connection:
        for address, message in ready:
            connection.sendmail(SENDER, address, message)
    return time.perf_counter() - begun


@contextmanager
def server() -> Iterator[int]:
    """A mail server that swallows everything, in a process of its own; its port."""
    with closing(socket.create_server((HERE, 0))) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"{HERE}:{port}", "-c", "aiosmtpd.handlers.Sink"]
    with subprocess.Popen(command) as process:
        try:
            wait_for(port)
            yield port
        finally:
            process.terminate()
