"""An office whose worker has enough to do to be stopped at it.

A morning is to be swept, letters of days before wait, and the mail server is slow.
"""

import asyncio
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from notifications.policy import DEFAULT_POLICY_FILE
from tests.doors.ketnap import Ketnap
from tests.journeys.land import HEADS, OFFICER, Template, begin, opened, travel
from tests.letters.smtp_server import Clerk, MailServer
from tests.reminders.outbox_scene import SENDER, lay
from tests.reminders.scene import DAY, give_addresses, ledger
from tests.reminders.sink import Own
from workflow.core.clock import today_in
from workflow.office import Office
from workflow.operations.calendar_import import import_calendar
from workflow.reminders.daily_run import DailyRun
from workflow.reminders.notices.sweep import run_sweep

BEGUN, SWEPT, TODAY = date(2022, 1, 4), date(2022, 4, 4), date(2022, 4, 5)
"""Four cases begun on 4 January are late on 5 April 2022, of which nobody has been told yet."""
MORNINGS_UNSENT = 6
ALL_DAY = 'hours: {from: "00:00", to: "23:59:59"}'
Process = subprocess.Popen[str]


@dataclass
class SlowClerk(Clerk):
    """Takes a letter only after so many seconds; not at all where whoever brings it leaves before."""

    seconds: float = 0.0
    stalls: int = 0
    """How many letters are let wait for ever."""
    reached: list[float] = field(default_factory=list)
    """When each letter was brought."""

    # aiosmtpd's
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        self.reached.append(time.monotonic())
        stalls, self.stalls = self.stalls > 0, max(self.stalls - 1, 0)
        await asyncio.sleep(3600 if stalls else self.seconds)
        return await super().handle_DATA(server, session, envelope)


@contextmanager
def slow_server() -> Iterator[tuple[Own, SlowClerk]]:
    server = MailServer(clerk := SlowClerk())
    server.start()
    try:
        yield Own(server), clerk
    finally:
        server.stop()


def make_busy(template: Template, folder: Path, port: int) -> Path:
    """Such an office, whose letters go out at any hour of these days; where its config stands."""
    config = template.sqlite(folder)
    (folder / "nhac.yaml").write_text(_open_all_day(), encoding="utf-8")
    smtp = f"smtp: {{host: 127.0.0.1, port: {port}, security: none, seconds: 60}}"
    mail = f"mail:\n  sender: {SENDER}\n  {smtp}\nreminders: nhac.yaml\n"
    config.write_text(config.read_text(encoding="utf-8") + mail, encoding="utf-8")
    with closing(opened(config)) as office:
        _open_these_days(office)
        give_addresses(office)
        travel(office, BEGUN)
        for village in HEADS:
            begin(office, village, BEGUN)
        run_sweep(office, DailyRun(office).policy, today=SWEPT)
        travel(office, TODAY)
        lay(office, *(TODAY - number * DAY for number in range(1, MORNINGS_UNSENT + 1)))
    return config


def _open_all_day() -> str:
    text = DEFAULT_POLICY_FILE.read_text(encoding="utf-8")
    [hours] = [line for line in text.splitlines() if line.startswith("hours:")]
    return text.replace(hours, ALL_DAY)


def _open_these_days(office: Office) -> None:
    """Whatever day of the week it is when the tests run."""
    days = [today_in(office.config.zone) + timedelta(days=number) for number in range(2)]
    lines = ["years:"]
    for year in sorted({day.year for day in days}):
        worked = [f"{{{day}: làm}}" for day in days if day.year == year and day.weekday() > 4]
        lines.append(
            f"  - {{year: {year}, verified: false, days_off: [], days_worked: [{', '.join(worked)}]}}"
        )
    (file := office.config.folder / "lich.yaml").write_text("\n".join(lines), encoding="utf-8")
    import_calendar(office, file, OFFICER)


def list_told(office: Office) -> set[tuple[str, str, str, str]]:
    return {(row.subject, row.clock, row.step, row.user_id) for row in ledger(office) if row.state == "told"}


@contextmanager
def run_process(config: Path, *words: str) -> Iterator[Process]:
    """A process at work on the office, which does not outlive the test."""
    with Ketnap(config).started(*words) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


@dataclass(frozen=True)
class Stopped:
    """How a process ended, and after how many seconds. ``out``: nothing, as long as it was only starting."""

    code: int
    seconds: float
    out: str
    err: str


def stop(process: Process, by: signal.Signals) -> Stopped:
    """Tell it to stop, and wait until it has, longer than it may take: the test then says how long it
    took.
    """
    began = time.monotonic()
    process.send_signal(by)
    out, err = process.communicate(timeout=60)
    return Stopped(process.returncode, time.monotonic() - began, out, err)


def copy_office(office: Path, to: Path) -> Path:
    shutil.copytree(office.parent, to)
    return to / office.name


def choose_process(rng: random.Random) -> tuple[tuple[str, ...], signal.Signals]:
    """Either of the two that work until they are stopped, by either of the two signals."""
    return rng.choice([("worker",), ("serve", "--port", "0")]), rng.choice([signal.SIGTERM, signal.SIGINT])
