"""`ketnap worker` reminds until stopped; `ketnap status` tells its pulse."""

import json
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from states.errors import EXIT_BAD_INPUT, EXIT_DONE
from workflow.cli.context import CommandContext, json_value
from workflow.cli.output import Block, FactList, Page, TextLine, TextTable, format_cell
from workflow.cli.parsing.parser import Command, Param
from workflow.core.views import fields_of

if TYPE_CHECKING:
    from notifications.transport import TransportUnavailable
    from workflow.office import Office
    from workflow.reminders.health import Pulse
    from workflow.reminders.jobs import JobRuns
    from workflow.reminders.status import DeedView, DeliveryView, NightlyBackupView, TransportFaultView
    from workflow.reminders.worker import WorkerEvent


def run_status(ctx: CommandContext) -> int:
    """Tell how the reminders are; exit 1 where somebody has to look after them."""
    from workflow.cli.safekeeping.backup_status import backup_lines
    from workflow.core.clock import now, today_in
    from workflow.operations.restore.set_aside import build_office_status_view, list_set_aside
    from workflow.reminders.backup_health import read_backup_health
    from workflow.reminders.health import read_pulse
    from workflow.reminders.jobs import Jobs
    from workflow.reminders.settings import load_policy
    from workflow.reminders.status import build_worker_status_view

    with ctx.open_office() as office:
        policy = load_policy(office)
        pulse_state, runs = read_pulse(office, policy), Jobs(office, policy).list_runs(now())
        backup = read_backup_health(office)
        aside = list_set_aside(office.config.folder, today_in(office.config.zone))
        view = build_office_status_view(build_worker_status_view(pulse_state, runs, backup), aside)

        def build_page() -> Page:
            return [*_status_page(ctx, office, pulse_state, runs), *backup_lines(ctx, office, backup, aside)]

        ctx.show_view(view, build_page)
        return EXIT_DONE if pulse_state.is_well and backup.is_well else EXIT_BAD_INPUT


def _status_page(ctx: CommandContext, office: "Office", pulse_state: "Pulse", runs: "list[JobRuns]") -> Page:
    from workflow.reminders.letters.outbox import LETTER_STATES

    say, zone = ctx.say, ZoneInfo(office.config.zone)

    def format_time(at: datetime | None, otherwise: str = "status.never") -> str:
        return f"{at.astimezone(zone):%d/%m/%Y %H:%M}" if at else say(otherwise)

    page: list[Block] = [
        TextLine(say("status.well"), "good") if pulse_state.is_well else TextLine(say("status.bad"), "late")
    ]
    if pulse_state.late:
        page.append(TextLine(say("status.late"), "late"))
    if pulse_state.unsent_since:
        page.append(TextLine(say("status.unsent", day=format_cell(pulse_state.unsent_since)), "late"))
    if pulse_state.unreachable:
        page.append(TextLine(say("status.unreachable", users=", ".join(pulse_state.unreachable)), "late"))
    states = ((say(f"outbox.state.{state}"), pulse_state.letters.get(state, 0)) for state in LETTER_STATES)
    page.append(
        FactList(
            [
                (say("status.swept"), format_cell(pulse_state.swept) or say("status.never")),
                (say("status.swept_at"), format_time(pulse_state.swept_at)),
                (say("status.delivered_at"), format_time(pulse_state.delivered_at)),
                (say("status.next_at"), format_time(pulse_state.next_at)),
                (say("status.waiting"), pulse_state.waiting),
                *states,
            ]
        )
    )
    jobs = [
        (say(f"job.{run.name}"), format_time(run.last_at), format_time(run.next_at, "status.no_worker"))
        for run in runs
    ]
    page.append(TextTable([say(f"status.{head}") for head in ("job", "last_run", "next_at")], jobs))
    return page


def run_worker(ctx: CommandContext, *, once: bool) -> None:
    """Sweep each morning and send in the office's hours, until stopped; or run once."""
    from workflow.operations.nightly_backup import run_nightly_backup
    from workflow.reminders.status import DeedView, build_deed_view
    from workflow.reminders.worker import Worker

    with ctx.open_office() as office:
        if once:
            did: list[DeedView] = []
            Worker(
                office, lambda event: did.append(build_deed_view(event)), backup=run_nightly_backup
            ).run_once()
            ctx.show_view({"did": did}, lambda: [TextLine(_deed_text(ctx, deed)) for deed in did])
            return
        working = Worker(office, lambda of: write_deed(ctx, office, of), backup=run_nightly_backup)
        working.stop.listen()
        if not ctx.as_json:  # then each deed is a document of its own, a line each
            ctx.write_banner()
            ctx.out.write(ctx.say("worker.began") + "\n")
            ctx.out.flush()
        working.run()
        working.stop.raise_reason()


def write_deed(ctx: CommandContext, office: "Office", event: "WorkerEvent") -> None:
    """Print a line for each result that did something."""
    from workflow.reminders.status import build_deed_view

    deed = build_deed_view(event)
    if any(fields_of(deed).values()):
        ctx.out.write(
            (json.dumps(deed, default=json_value) if ctx.as_json else _deed_line(ctx, office, deed)) + "\n"
        )
        ctx.out.flush()


def _deed_text(ctx: CommandContext, deed: "DeedView") -> str:
    from workflow.reminders import status

    say = ctx.say
    match deed:
        case status.MorningView():
            return say(
                "worker.swept", day=format_cell(deed.swept), notices=deed.notices, letters=deed.letters
            )
        case status.BounceView():
            return say(f"bounce.{deed.outcome}", user=deed.user or "", count=deed.handed_on)
        case status.NightlyBackupView():
            return _nightly_text(ctx, deed)
        case status.DeliveryView():
            return _delivery_text(ctx, deed)
        case status.DatabaseAwayView():
            return say("worker.away")
    return say("worker.mailbox_away", why=deed.mailbox_away)


def _delivery_text(ctx: CommandContext, deed: "DeliveryView") -> str:
    if deed.post_away:
        return post_away_text(ctx, deed.post_away)
    return ctx.say("worker.sent", sent=deed.sent, put_off=deed.put_off, stuck=deed.stuck)


def _nightly_text(ctx: CommandContext, deed: "NightlyBackupView") -> str:
    """Whether there is a good backup, and whether the second place has it."""
    name = deed.backup or ""
    key = "held" if deed.held else "bad" if name else "failed"
    lines = [ctx.say(f"nightly.{key}", file=name, why=deed.problem or "")]
    return " ".join([*lines, *([ctx.say("nightly.second_away")] if deed.second_away else [])])


def post_away_text(ctx: CommandContext, away: "TransportFaultView | TransportUnavailable") -> str:
    """Why nothing can be sent, what to look at, and the server's words."""
    return ctx.say("worker.post_away", why=ctx.say(f"post.{away.why}"), text=away.text)


def _deed_line(ctx: CommandContext, office: "Office", deed: "DeedView") -> str:
    from workflow.core.clock import now

    return f"{now().astimezone(ZoneInfo(office.config.zone)):%d/%m %H:%M} {_deed_text(ctx, deed)}"


COMMANDS = (
    Command("status", run_status, (), "office"),
    Command("worker", run_worker, (Param("--once", kind="flag"),), "office"),
)
