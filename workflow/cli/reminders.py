"""Reminders at the door: who is told what, the outbox, snoozing, letters that come back, the worker and its pulse."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from workflow.cli.asking import case_of, day, user_of
from workflow.cli.commands import Command, Param, misused
from workflow.cli.desk import Desk
from workflow.cli.options import BY, FILE
from workflow.cli.printing import Block, Facts, Heading, Line, Page, Table, printed
from workflow.cli.problems import DONE, SENSELESS, Unknown

if TYPE_CHECKING:
    from notifications.policy import Policy
    from workflow.office import Office
    from workflow.reminding.delivering import Delivered
    from workflow.reminding.planning import Planned
    from workflow.reminding.pulse import Pulse
    from workflow.reminding.rounds import Morning
    from workflow.store.database import DatabaseAway

DAYS = re.compile(r"(\d{1,4})d?")
LONGEST_AHEAD = 730
USUAL_AHEAD = "30d"


def notices(desk: Desk, *, case: str | None, next: str | None, policy: Path | None, diff: bool) -> None:  # noqa: A002
    """Tell who was told what of a case; or who is to be told what, by this policy or by another."""
    with desk.opened() as office:
        if case is not None:
            if next or policy or diff:
                raise misused("usage.notices")
            _told_of(desk, office, case)
            return
        if diff and policy is None:
            raise misused("usage.notices_diff")
        _ahead(desk, office, _days(next or USUAL_AHEAD), policy, diff=diff)


def _days(typed: str) -> int:
    found = DAYS.fullmatch(typed)
    if found is None or not 1 <= int(found[1]) <= LONGEST_AHEAD:
        raise misused("usage.notices_days", typed=typed, longest=LONGEST_AHEAD)
    return int(found[1])


def _told_of(desk: Desk, office: "Office", typed: str) -> None:
    from workflow.reminding.telling import told_of

    case, _ = case_of(office, typed)
    rows = told_of(office, case, desk.speaks)
    desk.show({"case": case, "notices": rows}, lambda: list(_told_page(desk, rows, case)))


def _told_page(desk: Desk, rows: Sequence[dict[str, Any]], case: str) -> Iterator[Block]:
    say = desk.say
    yield Heading(say("notices.told", case=case))
    if not rows:
        yield Line(say("notices.none"), depth=1)
        return
    heads = [say(f"notices.{name}") for name in ("number", "about", "step", "due", "user", "swept", "arrived")]
    yield Table(heads, [told_row(desk, one) for one in rows], frozenset({0}))
    yield Line(say("notices.how_to_snooze"), "dim")


def told_row(desk: Desk, one: Mapping[str, Any]) -> list[Any]:
    """One notice in a table: its number, what, when, due, who, told on, arrived."""
    user = one["user"] if one["via"] == one["user"] else desk.say("notices.by_way_of", user=one["user"], via=one["via"])
    arrived = desk.say(f"notices.state.{one['state']}")
    return [one["id"], one["about"], step_words(desk, one["step"]), one["due"], user, one["swept_on"], arrived]


def step_words(desk: Desk, step: str) -> str:
    """A step as people say it: 14 days before, 7 days after."""
    found = re.fullmatch(r"([+-])(\d+)([dm])", step)
    if found is None:
        return desk.say(f"notices.step.{step}")
    if found[2] == "0":
        return desk.say("notices.step.day")
    key = {"-d": "days_before", "+d": "days_after", "-m": "months_before", "+m": "months_after"}[found[1] + found[3]]
    return desk.say(f"notices.step.{key}", count=found[2])


def _ahead(desk: Desk, office: "Office", days: int, policy: Path | None, *, diff: bool) -> None:
    from workflow.reminding.planning import compared, planned
    from workflow.reminding.settings import policy_of
    from workflow.reminding.telling import planned_view

    then = policy_of(office, policy)
    plan = planned(office, then, days)

    def viewed(some: "Sequence[Planned]", by: "Policy") -> list[dict[str, Any]]:
        return [planned_view(office, by, one, desk.speaks) for one in some]

    if not diff:
        rows = viewed(plan, then)
        title = desk.say("notices.ahead", days=days)
        desk.show({"days": days, "notices": rows}, lambda: list(_plan_page(desk, title, rows)))
        return
    now = policy_of(office)
    found = compared(planned(office, now, days), plan)
    new, gone = viewed(found.new, then), viewed(found.gone, now)
    changed = {"days": days, "new": new, "gone": gone, "same": len(found.same)}
    desk.show(changed, lambda: list(_diff_page(desk, changed)))


def _plan_page(desk: Desk, title: str, rows: Sequence[dict[str, Any]]) -> Iterator[Block]:
    say = desk.say
    yield Heading(title)
    if not rows:
        yield Line(say("notices.none"), depth=1)
        return
    heads = [say(f"notices.{name}") for name in ("on", "user", "subject", "about", "step", "due", "why")]
    yield Table(heads, [_plan_row(desk, one) for one in rows], spare=frozenset({6}))


def _plan_row(desk: Desk, one: dict[str, Any]) -> list[Any]:
    why = desk.say(f"notices.why.{one['why']}")
    return [one["on"], one["via"], one["subject"], one["about"], step_words(desk, one["step"]), one["due"], why]


def _diff_page(desk: Desk, view: dict[str, Any]) -> Iterator[Block]:
    yield from _plan_page(desk, desk.say("notices.new", days=view["days"]), view["new"])
    yield from _plan_page(desk, desk.say("notices.gone", days=view["days"]), view["gone"])
    yield Line(desk.say("notices.same", count=view["same"]), "dim")


def snooze(desk: Desk, *, notice: int, until: str, by: str, reason: str) -> None:
    """Tell nothing more of a deadline until a day."""
    from workflow.reminding.snoozing import snooze as put_off

    with desk.opened() as office:
        last = day(until, "until")
        put_off(office, notice, last, reason, desk.who(user_of(office, by)))
        done = Line(desk.say("snooze.done", notice=notice, until=printed(last)), "good")
        desk.show({"notice": notice, "until": last}, lambda: [done])


# --- the outbox -----------------------------------------------------------------------------------------------------


def outbox(desk: Desk, *, letter: str | None, stuck: bool) -> None:
    """Tell which letters wait, went out, or are stuck; or show one."""
    from workflow.reminding.telling import letter_text, letters_view

    with desk.opened() as office:
        if letter is not None:
            shown = letter_text(office, letter)
            if shown is None:
                raise Unknown("letter", letter)
            desk.show(shown, lambda: [Line(f"{name}: {shown[name]}") for name in ("to", "subject")] + _body(shown))
            return
        rows = letters_view(office, ("stuck",) if stuck else ())
        desk.show({"letters": rows}, lambda: list(_outbox_page(desk, rows)))


def _body(shown: dict[str, Any]) -> list[Line]:
    return [Line(""), *(Line(text) for text in str(shown["text"]).splitlines())]


def _outbox_page(desk: Desk, rows: Sequence[dict[str, Any]]) -> Iterator[Block]:
    say = desk.say
    yield Heading(say("outbox.title", count=len(rows)))
    if not rows:
        yield Line(say("outbox.none"), depth=1)
        return
    heads = [say(f"outbox.{name}") for name in ("letter", "day", "user", "subject", "state")]
    yield Table(heads, [_letter_row(desk, one) for one in rows[:MOST_SHOWN]])
    if len(rows) > MOST_SHOWN:
        yield Line(say("outbox.more", count=len(rows) - MOST_SHOWN), "dim")
    yield Line(say("outbox.how"), "dim")


MOST_SHOWN = 50


def _letter_row(desk: Desk, one: dict[str, Any]) -> list[Any]:
    state = desk.say(f"outbox.state.{one['state']}")
    said = f"{state} – {one['said']}" if one["said"] else state
    return [one["letter"], one["day"], one["user"], one["subject"] or "", said]


def retry(desk: Desk, *, letter: str) -> None:
    """Send a stuck letter again."""
    _change(desk, letter, "retry", ("stuck", "waiting", "cancelled"), state="waiting", next_at=0, tries=0)


def cancel(desk: Desk, *, letter: str) -> None:
    """Send a letter no more."""
    _change(desk, letter, "cancel", ("stuck", "waiting"), state="cancelled")


def _change(desk: Desk, letter: str, key: str, states: tuple[str, ...], **values: object) -> None:
    from workflow.store import outbox as letters

    with desk.opened() as office:
        with office.database.transaction() as work:
            held = letters.letter(work.connection, letter)
            done = held is not None and letters.change(work, letter, states, **values)
        if held is None:
            raise Unknown("letter", letter)
        if not done:
            raise misused(f"usage.{key}", letter=letter, state=desk.say(f"outbox.state.{held.state}"))
        desk.show({"letter": letter, **values}, lambda: [Line(desk.say(f"{key}.done", letter=letter), "good")])


def bounce(desk: Desk, *, file: Path) -> int:
    """Take in a letter that came back, or a whole Maildir of them."""
    from workflow.reminding.bounces import take_in, take_in_mailbox

    with desk.opened() as office:
        found = list(take_in_mailbox(office, file)) if file.is_dir() else [take_in(office, file.read_bytes())]
        view = [{"outcome": one.outcome, "user": one.user, "handed_on": one.handed_on} for one in found]
        lines = [Line(desk.say(f"bounce.{one.outcome}", user=one.user or "", count=one.handed_on)) for one in found]
        desk.show({"letters": view}, lambda: lines or [Line(desk.say("bounce.nothing"))])
        return DONE if all(one.outcome in ("off", "only_duty") for one in found) else SENSELESS


# --- the worker -----------------------------------------------------------------------------------------------------


def status(desk: Desk) -> int:
    """Tell how the reminders are; exit 1 where somebody has to look after them."""
    from workflow.reminding.pulse import pulse
    from workflow.reminding.settings import policy_of

    with desk.opened() as office:
        found = pulse(office, policy_of(office))
        bad = found.late or bool(found.letters.get("stuck")) or bool(found.unreachable)
        view = {
            "swept": found.swept,
            "swept_at": _iso(found.swept_at),
            "delivered_at": _iso(found.delivered_at),
            "next_at": _iso(found.next_at),
            "late": found.late,
            "letters": found.letters,
            "waiting": found.waiting,
            "unreachable": found.unreachable,
            "well": not bad,
        }
        desk.show(view, lambda: _status_page(desk, office, found, bad=bad))
        return SENSELESS if bad else DONE


def _iso(at: Any) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def _status_page(desk: Desk, office: "Office", found: "Pulse", *, bad: bool) -> Page:
    say, zone = desk.say, ZoneInfo(office.config.zone)

    def here(at: Any) -> str:
        return f"{at.astimezone(zone):%d/%m/%Y %H:%M}" if at else say("status.never")

    page: list[Block] = [Line(say("status.bad" if bad else "status.well"), "late" if bad else "good")]
    if found.late:
        page.append(Line(say("status.late"), "late"))
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
    from workflow.scheduler import Worker

    with desk.opened() as office:
        did: list[dict[str, Any]] = []

        def told(of: "Morning | Delivered | DatabaseAway") -> None:
            did.append(_did(of))
            if not once and not desk.as_json:
                desk.out.write(_said(desk, office, did[-1]) + "\n")
                desk.out.flush()

        working = Worker(office, told)
        if once:
            working.once()
            desk.show({"did": did}, lambda: [Line(_worded(desk, one)) for one in did])
            return
        desk.banner()
        desk.out.write(desk.say("worker.began") + "\n")
        working.run()


def _did(of: "Morning | Delivered | DatabaseAway") -> dict[str, Any]:
    from workflow.reminding.rounds import Morning
    from workflow.store.database import DatabaseAway

    if isinstance(of, Morning):
        return {"swept": of.swept.morning, "notices": of.swept.made, "letters": len(of.written)}
    if isinstance(of, DatabaseAway):
        return {"away": of.kind}
    return {"sent": of.sent, "put_off": of.put_off, "stuck": of.stuck, "post_away": of.away}


def _worded(desk: Desk, one: dict[str, Any]) -> str:
    if "swept" in one:
        values = {"day": printed(one["swept"]), "notices": one["notices"], "letters": one["letters"]}
        return desk.say("worker.swept", **values)
    if "away" in one:
        return desk.say("worker.away")
    if one["post_away"]:
        return desk.say("worker.post_away", why=one["post_away"])
    return desk.say("worker.sent", sent=one["sent"], put_off=one["put_off"], stuck=one["stuck"])


def _said(desk: Desk, office: "Office", one: dict[str, Any]) -> str:
    from workflow.clock import now

    return f"{now().astimezone(ZoneInfo(office.config.zone)):%d/%m %H:%M} {_worded(desk, one)}"


LETTER = Param("letter", required=True)
COMMANDS = (
    Command(
        "notices",
        notices,
        (
            Param("case"),
            Param("--next", "days_ahead"),
            Param("--policy", "file", "file"),
            Param("--diff", kind="flag"),
        ),
        "daily",
    ),
    Command(
        "snooze",
        snooze,
        (
            Param("notice", kind="number", required=True),
            Param("--until", "date", required=True),
            BY,
            Param("--reason", "words", required=True),
        ),
        "daily",
    ),
    Command("outbox", outbox, (Param("letter"), Param("--stuck", kind="flag")), "office"),
    Command("retry", retry, (LETTER,), "office"),
    Command("cancel", cancel, (LETTER,), "office"),
    Command("bounce", bounce, (FILE,), "office"),
    Command("status", status, (), "office"),
    Command("worker", worker, (Param("--once", kind="flag"),), "office"),
)
