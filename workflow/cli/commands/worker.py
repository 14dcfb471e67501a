"""The worker at the door: reminding until stopped, and its pulse."""

import json
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from workflow.cli.context import Desk
from workflow.cli.output.tables import Block, Facts, Line, Page, printed
from workflow.cli.parsing.parser import Command, Param
from workflow.presentation.problem import DONE, SENSELESS

if TYPE_CHECKING:
    from notifications.transport import PostAway
    from workflow.office import Office
    from workflow.reminders.health import Pulse
    from workflow.reminders.worker import Deed


def status(desk: Desk) -> int:
    """Tell how the reminders are; exit 1 where somebody has to look after them."""
    from workflow.reminders.health import pulse
    from workflow.reminders.settings import policy_of

    with desk.opened() as office:
        found = pulse(office, policy_of(office))
        view = {
            "swept": found.swept,
            "swept_at": _iso(found.swept_at),
            "delivered_at": _iso(found.delivered_at),
            "next_at": _iso(found.next_at),
            "late": found.late,
            "unsent_since": found.unsent_since,
            "letters": {state: found.letters.get(state, 0) for state in STATES},
            "waiting": found.waiting,
            "unreachable": found.unreachable,
            "well": found.is_well,
        }
        desk.show(view, lambda: _status_page(desk, office, found))
        return DONE if found.is_well else SENSELESS


def _iso(at: Any) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def _status_page(desk: Desk, office: "Office", found: "Pulse") -> Page:
    say, zone = desk.say, ZoneInfo(office.config.zone)

    def here(at: Any) -> str:
        return f"{at.astimezone(zone):%d/%m/%Y %H:%M}" if at else say("status.never")

    page: list[Block] = [Line(say("status.well"), "good") if found.is_well else Line(say("status.bad"), "late")]
    if found.late:
        page.append(Line(say("status.late"), "late"))
    if found.unsent_since:
        page.append(Line(say("status.unsent", day=printed(found.unsent_since)), "late"))
    if found.unreachable:
        page.append(Line(say("status.unreachable", users=", ".join(found.unreachable)), "late"))
    states = ((say(f"outbox.state.{state}"), found.letters.get(state, 0)) for state in STATES)
    page.append(
        Facts(
            [
                (say("status.swept"), printed(found.swept) or say("status.never")),
                (say("status.swept_at"), here(found.swept_at)),
                (say("status.delivered_at"), here(found.delivered_at)),
                (say("status.next_at"), here(found.next_at)),
                (say("status.waiting"), found.waiting),
                *states,
            ]
        )
    )
    return page


STATES = ("waiting", "sent", "stuck", "returned", "cancelled")


def worker(desk: Desk, *, once: bool) -> None:
    """Remind: sweep each morning, send in the office's hours, until stopped; or once."""
    from workflow.reminders.worker import Worker

    with desk.opened() as office:
        if once:
            did: list[dict[str, Any]] = []
            Worker(office, lambda of: did.append(deed(of))).once()
            desk.show({"did": did}, lambda: [Line(_worded(desk, one)) for one in did])
            return
        working = Worker(office, lambda of: tell_deed(desk, office, of))
        if not desk.as_json:  # then each deed is a document of its own, a line each
            desk.banner()
            desk.out.write(desk.say("worker.began") + "\n")
            desk.out.flush()
        working.run()


def tell_deed(desk: Desk, office: "Office", of: "Deed") -> None:
    """A line as soon as something was done; nothing where there was nothing to do."""
    did = deed(of)
    if any(did.values()):
        desk.out.write((json.dumps(did, default=str) if desk.as_json else _said(desk, office, did)) + "\n")
        desk.out.flush()


def deed(of: "Deed") -> dict[str, Any]:
    """What a worker did, as data."""
    from workflow.reminders.daily_run import Morning
    from workflow.reminders.letters.bounces import Bounced
    from workflow.reminders.letters.deliver import Delivered
    from workflow.storage.engine import DatabaseAway

    match of:
        case Morning():
            return {"swept": of.swept.morning, "notices": of.swept.made, "letters": len(of.written)}
        case Delivered():
            away = post_away(of.away) if of.away else None
            return {"sent": of.sent, "put_off": of.put_off, "stuck": of.stuck, "post_away": away}
        case Bounced():
            return {"outcome": of.outcome, "user": of.user, "handed_on": of.handed_on}
        case DatabaseAway():
            return {"away": of.kind}
        case _:
            return {"mailbox_away": str(of)}


def post_away(away: "PostAway") -> dict[str, str]:
    """Why nothing can be sent, as data: which part of the way out fails, and in the server's words."""
    return {"why": away.why, "text": away.text}


def _worded(desk: Desk, one: dict[str, Any]) -> str:
    say = desk.say
    if "swept" in one:
        return say("worker.swept", day=printed(one["swept"]), notices=one["notices"], letters=one["letters"])
    if "outcome" in one:
        return say(f"bounce.{one['outcome']}", user=one["user"] or "", count=one["handed_on"])
    if "away" in one:
        return say("worker.away")
    if "mailbox_away" in one:
        return say("worker.mailbox_away", why=one["mailbox_away"])
    if one["post_away"]:
        return post_away_words(desk, one["post_away"])
    return say("worker.sent", sent=one["sent"], put_off=one["put_off"], stuck=one["stuck"])


def post_away_words(desk: Desk, away: dict[str, str]) -> str:
    """Why nothing can be sent, what to look at, and the server's words."""
    return desk.say("worker.post_away", why=desk.say(f"post.{away['why']}"), text=away["text"])


def _said(desk: Desk, office: "Office", one: dict[str, Any]) -> str:
    from workflow.core.clock import now

    return f"{now().astimezone(ZoneInfo(office.config.zone)):%d/%m %H:%M} {_worded(desk, one)}"


COMMANDS = (
    Command("status", status, (), "office"),
    Command("worker", worker, (Param("--once", kind="flag"),), "office"),
)
