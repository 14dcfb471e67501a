"""The office itself at the door: making it, its day, proving its history, bringing an older database up to date."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow.cli.context import CONFIG, Desk
from workflow.cli.output.tables import Block, Facts, Heading, Line, Page, Table, printed
from workflow.cli.parsing.parser import Command, Param, misused
from workflow.presentation.problem import BROKEN, DONE

if TYPE_CHECKING:
    from workflow.operations.time_machine import Moved
    from workflow.operations.verify.replay import Broken
    from workflow.operations.verify.verify import Verified
    from workflow.storage.engine import Work

TEMPLATE = Path(__file__).parents[3] / CONFIG
"""The config that every office starts from, each key explained."""


def init(desk: Desk, *, folder: Path, name: str | None, database: str | None, sample: str | None) -> None:
    """Make an office."""
    target = folder.absolute()
    if sample is not None:
        if name is not None:
            raise misused("usage.sample_alone")
        from workflow.operations.sample import make_sample

        with desk.progress("progress.sample") as told:
            make_sample(target, sample, desk.who(), config_text=config_text(sample, database), on_progress=told)
        desk.sample = sample
    elif (target / CONFIG).is_file() and name is None and database is None:
        _make_database(desk, target / CONFIG)
    else:
        from workflow.operations.create_office import make_office

        called = name or target.name
        make_office(target, name=called, config=config_text(called, database), who=desk.who())
    view = {"folder": target, "config": target / CONFIG}
    desk.show(view, lambda: _made_page(desk, folder))


def _made_page(desk: Desk, folder: Path) -> Page:
    config = folder / CONFIG
    return [
        Line(desk.say("init.done", folder=folder), "good"),
        Line(desk.say("init.key")),
        Line(desk.say("init.next_sample" if desk.sample else "init.next", config=config), "dim"),
    ]


def _make_database(desk: Desk, config: Path) -> None:
    """A folder that has its config already gets the database that the config speaks of, if there is none yet."""
    from workflow.core.config import read_config
    from workflow.operations.create_office import found

    found(config, name=read_config(config).office or config.parent.name, who=desk.who()).close()


def config_text(name: str, database: str | None = None) -> str:
    """The template with the office's own name and database in it."""
    said = {"office": name, "database": database}
    lines = TEMPLATE.read_text(encoding="utf-8").splitlines(keepends=True)
    for at, line in enumerate(lines):
        key = line.partition(":")[0]
        if said.get(key) is not None:
            lines[at] = f"{key}: {json.dumps(said[key], ensure_ascii=False)}\n"
    return "".join(lines)


def clock(desk: Desk, *, forward: str | None) -> None:
    """Tell the office's day; move that of a sample office."""
    days = re.fullmatch(r"\+?(\d{1,5})d?", forward) if forward is not None else None
    if forward is not None and days is None:
        raise misused("usage.clock", typed=forward)
    with desk.opened() as office:
        if days is None:
            today = office.today()
            key = "clock.sample_today" if desk.sample else "clock.real_today"
            told_today = [Line(desk.say(key, today=printed(today)))]
            desk.show({"today": today}, lambda: told_today)
            return
        from workflow.operations.time_machine import move_clock
        from workflow.reminders.daily_run import Rounds

        rounds = Rounds(office)
        rounds.check()
        with desk.progress("progress.clock") as bar:
            moved = move_clock(office, int(days[1]), rounds=rounds, on_progress=bar)
        carried = [{"case": one.case, "from": one.before, "to": one.after} for one in moved.carried]
        key = "clock.moved_carried" if carried else "clock.moved"
        days_ = {"before": printed(moved.before), "today": printed(moved.after)}
        told = [Line(desk.say(key, carried=len(carried), **days_), "good"), *_sent(desk, moved)]
        letters = [{"letter": one.id, "user": one.user, "items": one.items} for one in moved.letters]
        view = {"before": moved.before, "today": moved.after, "carried": carried, "letters": letters}
        desk.show(view, lambda: told)


def _sent(desk: Desk, moved: "Moved") -> Iterator[Block]:
    """To whom letters went on the way."""
    from workflow.cli.commands.worker import post_away, post_away_words

    yield Line(desk.say("clock.sent", count=moved.sent))
    readers: dict[str, list[int]] = {}
    for one in moved.letters:
        readers.setdefault(one.user, []).append(one.items)
    if readers:
        heads = [desk.say(f"clock.{name}") for name in ("sent_to", "sent_letters", "sent_items")]
        yield Table(heads, [[user, len(held), sum(held)] for user, held in sorted(readers.items())], frozenset({1, 2}))
    if moved.away:
        yield Line(post_away_words(desk, post_away(moved.away)), "late")


def verify(desk: Desk, *, seal: str | None) -> int:
    """Prove the history."""
    from workflow.operations.verify.verify import verify as prove

    with desk.opened() as office:
        with desk.progress("progress.verify") as told:
            found = prove(office, seal=seal, on_progress=told)
        desk.show(_verified(desk, found), lambda: list(_verified_page(desk, found)))
    return DONE if found.holds else BROKEN


def _verified(desk: Desk, found: "Verified") -> dict[str, Any]:
    broken = [{"n": one.n, "code": one.code, "what": one.what, "text": _broken(desk, one)} for one in found.broken]
    view: dict[str, Any] = {"holds": found.holds, "events": found.events, "cases": found.cases, "seal": found.seal}
    view["broken"] = broken
    if broken:
        view["error"] = {"code": "history_broken", "message": desk.say("verify.broken"), "details": broken}
    return view


MOST_SHOWN = 20


def _verified_page(desk: Desk, found: "Verified") -> Iterator[Block]:
    say = desk.say
    if found.holds:
        yield Line(say("verify.holds"), "good")
    else:
        yield Line(say("verify.broken"), "late")
        yield Line(say("verify.first", text=_broken(desk, found.broken[0])), "late")
        if len(found.broken) > 1:
            yield Heading(say("verify.all", count=len(found.broken)))
        for one in found.broken[1:MOST_SHOWN]:
            yield Line(_broken(desk, one), "warn", 1, "-")
    yield Facts(
        [(say("verify.events"), found.events), (say("verify.cases"), found.cases), (say("verify.seal"), found.seal)]
    )
    yield Line(say("verify.keep_seal" if found.holds else "verify.what_now"), "dim")


def _broken(desk: Desk, one: "Broken") -> str:
    text = desk.say(f"verify.{one.code}", what=one.what)
    return desk.say("verify.at", n=one.n, text=text) if one.n else text


def upgrade(desk: Desk) -> None:
    """Bring an older database to this version."""
    from workflow.storage import schema

    words = {"before": brought_up(desk), "now": schema.VERSION}
    key = "upgrade.done" if words["before"] != schema.VERSION else "upgrade.nothing"
    desk.show(words, lambda: [Line(desk.say(key, **words), "good")])


def brought_up(desk: Desk) -> str:
    """The version that the database was of before; it is of this one now."""
    from workflow.core.config import read_config
    from workflow.storage import schema
    from workflow.storage.engine import Database

    config = read_config(desk.config_path)
    desk.language = desk.language or config.language
    database = Database(config.database, desk.config_path.parent)
    try:
        database.check_there()
        with database.transaction() as work:
            before = _version(work)
            schema.upgrade(work.connection)
            return before
    finally:
        database.close()


def _version(work: "Work") -> str:
    """The version that a database is of. Raises `SchemaForeign` for one of a newer program."""
    from workflow.storage import schema

    try:
        schema.check_version(work.connection)
    except schema.SchemaForeign as error:
        if error.newer:
            raise
        return error.found
    return schema.VERSION


FOLDER = Param("folder", kind="file", required=True)
COMMANDS = (
    Command("init", init, (FOLDER, Param("--name"), Param("--database"), Param("--sample")), "office"),
    Command("clock", clock, (Param("forward"),), "office"),
    Command("verify", verify, (Param("--seal"),), "office"),
    Command("upgrade", upgrade, (), "office"),
)
