"""The worker at the door: reminding until stopped, and its pulse."""

import json
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from workflow.cli.context import CommandContext
from workflow.cli.output.tables import Block, FactList, Page, TextLine, TextTable, format_cell
from workflow.cli.parsing.parser import Command, Param
from workflow.presentation.problem import EXIT_BAD_INPUT, EXIT_DONE

if TYPE_CHECKING:
    from notifications.transport import TransportUnavailable
    from workflow.office import Office
    from workflow.reminders.health import Pulse
    from workflow.reminders.jobs import JobRuns
    from workflow.reminders.worker import WorkerEvent


def run_status(ctx: CommandContext) -> int:
    """Tell how the reminders are; exit 1 where somebody has to look after them."""
    from workflow.core.clock import now
    from workflow.reminders.health import read_pulse
    from workflow.reminders.jobs import Jobs
    from workflow.reminders.settings import load_policy

    with ctx.open_office() as office:
        policy = load_policy(office)
        pulse_state, runs = read_pulse(office, policy), Jobs(office, policy).list_runs(now())
        view = {
            "swept": pulse_state.swept,
            "swept_at": _iso_time(pulse_state.swept_at),
            "delivered_at": _iso_time(pulse_state.delivered_at),
            "next_at": _iso_time(pulse_state.next_at),
            "late": pulse_state.late,
            "unsent_since": pulse_state.unsent_since,
            "letters": {state: pulse_state.letters.get(state, 0) for state in LETTER_STATES},
            "waiting": pulse_state.waiting,
            "unreachable": pulse_state.unreachable,
            "jobs": [
                {"job": run.name, "last_at": _iso_time(run.last_at), "next_at": _iso_time(run.next_at)} for run in runs
            ],
            "well": pulse_state.is_well,
        }
        ctx.show_view(view, lambda: _status_page(ctx, office, pulse_state, runs))
        return EXIT_DONE if pulse_state.is_well else EXIT_BAD_INPUT


def _iso_time(at: Any) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def _status_page(ctx: CommandContext, office: "Office", pulse_state: "Pulse", runs: "list[JobRuns]") -> Page:
    say, zone = ctx.say, ZoneInfo(office.config.zone)

    def format_time(at: Any, otherwise: str = "status.never") -> str:
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
        (say(f"job.{run.name}"), format_time(run.last_at), format_time(run.next_at, "status.no_worker")) for run in runs
    ]
    page.append(TextTable([say(f"status.{head}") for head in ("job", "last_run", "next_at")], jobs))
    return page


LETTER_STATES = ("waiting", "sent", "stuck", "returned", "cancelled")


def run_worker(ctx: CommandContext, *, once: bool) -> None:
    """Remind: sweep each morning, send in the office's hours, until stopped; or once."""
    from workflow.reminders.worker import Worker

    with ctx.open_office() as office:
        if once:
            did: list[dict[str, Any]] = []
            Worker(office, lambda of: did.append(deed_view(of))).run_once()
            ctx.show_view({"did": did}, lambda: [TextLine(_deed_words(ctx, view)) for view in did])
            return
        working = Worker(office, lambda of: write_deed(ctx, office, of))
        working.stop.listen()
        if not ctx.as_json:  # then each deed is a document of its own, a line each
            ctx.write_banner()
            ctx.out.write(ctx.say("worker.began") + "\n")
            ctx.out.flush()
        working.run()


def write_deed(ctx: CommandContext, office: "Office", result: "WorkerEvent") -> None:
    """A line as soon as something was done; nothing where there was nothing to do."""
    did = deed_view(result)
    if any(did.values()):
        ctx.out.write((json.dumps(did, default=str) if ctx.as_json else _deed_line(ctx, office, did)) + "\n")
        ctx.out.flush()


def deed_view(result: "WorkerEvent") -> dict[str, Any]:
    """What a worker did, as data."""
    from workflow.reminders.daily_run import MorningResult
    from workflow.reminders.letters.bounces import BounceResult
    from workflow.reminders.letters.deliver import DeliveryResult
    from workflow.storage.engine import DatabaseUnavailable

    match result:
        case MorningResult():
            return {"swept": result.sweep.morning, "notices": result.sweep.made, "letters": len(result.letters)}
        case DeliveryResult():
            away = post_away_view(result.away) if result.away else None
            return {"sent": result.sent, "put_off": result.put_off, "stuck": result.stuck, "post_away": away}
        case BounceResult():
            return {"outcome": result.outcome, "user": result.user, "handed_on": result.handed_on}
        case DatabaseUnavailable():
            return {"away": result.kind}
        case _:
            return {"mailbox_away": str(result)}


def post_away_view(away: "TransportUnavailable") -> dict[str, str]:
    """Why nothing can be sent, as data: which part of the way out fails, and in the server's words."""
    return {"why": away.why, "text": away.text}


def _deed_words(ctx: CommandContext, view: dict[str, Any]) -> str:
    say = ctx.say
    if "swept" in view:
        return say("worker.swept", day=format_cell(view["swept"]), notices=view["notices"], letters=view["letters"])
    if "outcome" in view:
        return say(f"bounce.{view['outcome']}", user=view["user"] or "", count=view["handed_on"])
    if "away" in view:
        return say("worker.away")
    if "mailbox_away" in view:
        return say("worker.mailbox_away", why=view["mailbox_away"])
    if view["post_away"]:
        return post_away_words(ctx, view["post_away"])
    return say("worker.sent", sent=view["sent"], put_off=view["put_off"], stuck=view["stuck"])


def post_away_words(ctx: CommandContext, away: dict[str, str]) -> str:
    """Why nothing can be sent, what to look at, and the server's words."""
    return ctx.say("worker.post_away", why=ctx.say(f"post.{away['why']}"), text=away["text"])


def _deed_line(ctx: CommandContext, office: "Office", view: dict[str, Any]) -> str:
    from workflow.core.clock import now

    return f"{now().astimezone(ZoneInfo(office.config.zone)):%d/%m %H:%M} {_deed_words(ctx, view)}"


COMMANDS = (
    Command("status", run_status, (), "office"),
    Command("worker", run_worker, (Param("--once", kind="flag"),), "office"),
)
