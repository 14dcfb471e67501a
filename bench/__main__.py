"""One run, one table: durable steps beside the bare driver, a raw insert and the peer; replay; start-up;
reminders.

The contenders of the steps take turns, round by round, on copies of one database; medians are shown, and
their ratios. `python -m bench PART …` runs some parts only: steps, start, sweep, letters, papers, pages.
"""

import json
import os
import platform
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from bench import letters, pages, papers, sweep
from bench.driver import Driver, Tape, events_only
from bench.journey import Candidate, journey
from bench.ours import Ours, make_district
from bench.replay import replay
from bench.startup import imports, start_up
from tests.databases import Postgres, postgres_server
from workflow.operations.sample import make_sample
from workflow.register.writer import Who

ROUNDS, EACH = 6, 10
EVERYONE = [Candidate(number) for number in range(ROUNDS * EACH)]
ACTS = len(journey(EVERYONE[0]))
Contenders = dict[str, list[float]]


def say(text: str) -> None:
    print(text, flush=True)


def main() -> None:
    """Run everything, or the parts that are named; print everything."""
    say(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {os.cpu_count()} cores")
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ketnap-bench-", dir=Path.cwd())))
        server = stack.enter_context(postgres_server(in_haste=False))
        for name in sys.argv[1:] or PARTS:
            PARTS[name](home / name, server)


def durable_steps(home: Path, server: Postgres) -> None:
    """Steps on both databases, and replaying what the one on SQLite has left."""
    say(f"\n{ROUNDS} rounds of {EACH} cases x {ACTS} acts")
    sqlite = steps(home / "sqlite", _sqlite_copies(home / "sqlite"), "SQLite, WAL, synchronous=FULL")
    steps(home / "postgres", _postgres_copies(home / "postgres", server), "PostgreSQL, fsync on")
    read, folded, events = replay(sqlite)
    each = 1e6 / events
    say(
        f"\nReplay of {events} events: read and decode {read * each:.1f} us each, with folding {folded * each:.1f}"
    )
    verdict("read, decode and fold / read and decode", folded / read, "<=", 2.0)


def start(home: Path, _server: Postgres) -> None:
    """Whole commands in the sample office."""
    say("\nStart-up: CPU seconds of whole commands in the sample office")
    make_sample(home, "song-lo-2022", Who("", "bench"), config_text="office: Bench\n")
    for command, seconds in start_up(home):
        verdict(f"ketnap {command}", seconds, "<=", 0.4)
    say(f"  (importing sqlmodel alone: {imports():.2f})")


def sweeps(home: Path, server: Postgres) -> None:
    """A morning over all clocks, on both databases."""
    for title, url in (("SQLite", "sqlite:///ketnap.db"), ("PostgreSQL", server.create())):
        found = sweep.contenders(home / title, url)
        clocks, rows = sweep.CASES_LAID * sweep.CLOCKS_EACH, int(found.pop("notices"))
        say(f"\n{title}: a morning's sweep over {clocks} running clocks makes {rows} notices; seconds")
        for name, seconds in found.items():
            say(f"  {name:<48}{seconds:>7.2f}")
        ours = found["ketnap"]
        verdict(
            "ketnap / the bare statement", ours / found["the bare INSERT … SELECT from the clocks"], "<=", 1.5
        )
        verdict(
            "ketnap / the same rows from a table", ours / found["the same rows from a table that holds them"]
        )
        for peer in ("one ORM pass per case", "APScheduler, one job per clock"):
            verdict(f"{peer} / ketnap", found[peer] / ours)


def mail(home: Path, _server: Postgres) -> None:
    """Letters over SMTP."""
    count, ours, bare = letters.contenders(home, "sqlite:///ketnap.db")
    say(
        f"\n{count} letters, composed and delivered: {count / ours:.0f} a second; bare loop: {count / bare:.0f}"
    )
    verdict("ketnap / bare smtplib loop over ready bytes", bare / ours, ">=", 0.5)


def dossiers(home: Path, _server: Postgres) -> None:
    """A whole dossier in print, and a thousand of them."""
    found = papers.contenders(home)
    say(f"\nA dossier of {papers.PAPERS} papers in print; seconds")
    for name, seconds in found.items():
        say(f"  {name:<48}{seconds:>7.2f}")
    ours = found["ketnap, from the record"]
    verdict("ketnap, from the record, warm", ours, "<=", 0.5)
    verdict("WeasyPrint / ketnap, print alone", found["WeasyPrint"] / found["ketnap, print alone"], ">=", 5.0)
    if "docxtpl and LibreOffice" in found:
        peer = found["docxtpl and LibreOffice"] / found["ketnap, print alone"]
        verdict("docxtpl and LibreOffice / ketnap, print alone", peer, ">=", 10.0)
    else:
        say("  LibreOffice is not installed here: docxtpl and LibreOffice were not measured")
    rate, memory = papers.many(home / "many")
    say(
        f"  {papers.MANY} dossiers by two processes: {rate:.1f} a second; memory of one on its way (MB): {memory}"
    )


def read_pages(home: Path, _server: Postgres) -> None:
    """Pages of a country, and of one with ten times the cases."""
    say(
        f"\nPages under {pages.CLIENTS} clients beside constants of their size, a second; and their milliseconds"
    )
    url = "sqlite:///ketnap.db"
    few = pages.pages(home / "few", url, 10_000, alone=True)
    many = pages.pages(home / "many", url, 100_000)
    for name in [name for name in many if name.endswith(pages.MIXED)]:
        say(f"  {name:<64}{many[name].rate:>6.0f}   median {many[name].median:.1f}, p99 {many[name].p99:.1f}")
    for name in [name for name in many if not name.endswith((pages.CONSTANT, pages.MIXED))]:
        ours, constant = many[name], many[name + pages.CONSTANT]
        took = f"median {ours.median:.1f}, p99 {ours.p99:.1f}, first {ours.first:.1f}"
        say(f"  {name:<36}{ours.rate:>6.0f}{constant.rate:>6.0f}   {took}")
        aim = (">=", 0.3) if name.startswith(("worklist", "case page")) else ()
        verdict(f"{name} / constant", ours.rate / constant.rate, *aim)
        verdict(f"{name}, p99 / median", ours.p99 / ours.median, "<=", 5.0)
        longest = 3.0 if name == pages.WIDEST else 1.5
        verdict(f"{name}, with ten times the cases", ours.median / few[name].median, "<=", longest)


PARTS: dict[str, Callable[[Path, Postgres], None]] = {
    "steps": durable_steps,
    "start": start,
    "sweep": sweeps,
    "letters": mail,
    "papers": dossiers,
    "pages": read_pages,
}


def steps(home: Path, copy: Callable[[str], tuple[Path, str]], title: str) -> Path:
    """All contenders on one database, round by round; the folder of the office that ketnap has gone
    through.
    """
    say(f"\n{title}: durable steps a second")
    folder, url = copy("")
    cases = make_district(folder, url, EVERYONE)
    taped = copy("tape")[0]
    tape_office = Ours(taped, cases)
    tape = Tape(tape_office.office.database)
    with tape.noting():
        for part in _parts():
            tape_office.run(EVERYONE[part])
    tape_office.close()
    ours = Ours(copy("ours")[0], cases)
    bare = Driver(Ours(copy("bare")[0], cases).office.database, tape.steps)
    raw = Driver(Ours(copy("raw")[0], cases).office.database, events_only(tape.steps))
    peer = _peer(copy("peer")[1], home)
    seconds: Contenders = {
        "ketnap": [],
        "bare driver, same statements": [],
        "raw insert and commit": [],
        "django-fsm-2": [],
    }
    for number, part in enumerate(_parts(), start=1):
        say(f"  round {number} of {ROUNDS} ...")
        acts = slice(part.start * ACTS, part.stop * ACTS)
        seconds["ketnap"].append(_timed(ours.run, EVERYONE[part]))
        seconds["bare driver, same statements"].append(_timed(bare.run, acts))
        seconds["raw insert and commit"].append(_timed(raw.run, acts))
        seconds["django-fsm-2"].append(_ask(peer, part))
    for one in (ours, bare, raw):
        one.close()
    peer.stdin.close()
    peer.wait()
    _table(seconds, sqlite=home.name == "sqlite")
    return home / "ours"


def _timed(work: Callable[[Any], object], part: object) -> float:
    begun = time.perf_counter()
    work(part)
    return time.perf_counter() - begun


def _parts() -> list[slice]:
    return [slice(at, at + EACH) for at in range(0, len(EVERYONE), EACH)]


def _table(seconds: Contenders, *, sqlite: bool) -> None:
    rate = {name: EACH * ACTS / statistics.median(held) for name, held in seconds.items()}
    for name, value in rate.items():
        say(f"  {name:<32}{value:>8.0f}")
    ours = rate["ketnap"]
    commit = 1e6 / rate["raw insert and commit"]
    say(f"  a durable commit costs {commit:.0f} us here, a step of ketnap {1e6 / ours:.0f} us")
    verdict("ketnap / bare driver", ours / rate["bare driver, same statements"], ">=", 0.55)
    verdict("ketnap / raw insert and commit", ours / rate["raw insert and commit"])
    verdict("ketnap / django-fsm-2", ours / rate["django-fsm-2"], *((">=", 3.0) if sqlite else ()))


def verdict(what: str, value: float, sign: str = "", aim: float | None = None) -> None:
    """One ratio (or number of seconds) beside its aim."""
    if aim is None:
        say(f"  {what:<48}{value:>7.2f}")
        return
    met = value >= aim if sign == ">=" else value <= aim
    say(f"  {what:<48}{value:>7.2f}   aim {sign} {aim}   {'met' if met else 'NOT MET'}")


def _sqlite_copies(home: Path) -> Callable[[str], tuple[Path, str]]:
    def copy(name: str) -> tuple[Path, str]:
        if name and name != "peer":
            shutil.copytree(home / "template", home / name)
        return home / (name or "template"), "sqlite:///ketnap.db"

    return copy


def _postgres_copies(home: Path, server: Postgres) -> Callable[[str], tuple[Path, str]]:
    template: list[str] = []

    def copy(name: str) -> tuple[Path, str]:
        if not name:
            template.append(server.create())
            return home / "template", template[0]
        url = server.create() if name == "peer" else server.create(template[0])
        if name != "peer":
            shutil.copytree(home / "template", home / name)
            (home / name / "config.yaml").write_text(f"office: Bench\ndatabase: {url}\n", encoding="utf-8")
        return home / name, url

    return copy


def _peer(url: str, home: Path) -> Any:
    """The peer's process, its database laid."""
    made = make_url(url)
    database: dict[str, Any]
    if made.get_backend_name() == "sqlite":
        pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        options = {"transaction_mode": "IMMEDIATE", "init_command": pragmas}
        database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(home / "peer.db"), "OPTIONS": options}
    else:
        host = made.query.get("host", made.host)
        database = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": made.database,
            "USER": made.username,
            "HOST": host,
        }
    command = [sys.executable, "-m", "bench.peer", json.dumps({"default": database}), str(len(EVERYONE))]
    peer = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    if peer.stdout is None or not peer.stdout.readline():
        raise RuntimeError("the peer did not start")
    return peer


def _ask(peer: Any, part: slice) -> float:
    peer.stdin.write(f"{part.start} {part.stop}\n")
    peer.stdin.flush()
    return float(peer.stdout.readline())


if __name__ == "__main__":
    main()
