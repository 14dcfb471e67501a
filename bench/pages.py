"""Pages of a whole country under 16 clients, beside the same page served from a constant by the same
framework.

The server is a process of its own; clients are connections of one loop that ask again as soon as they
have an answer. Two pages are measured a second time under a load as people make it: one request in ten
records an act.
"""

import asyncio
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.country import (
    CASES_EACH,
    COMMUNES_EACH,
    TOP,
    VILLAGES_EACH,
    Country,
    case_id,
    make_country,
    user_of,
)
from workflow.accounts.sign_in import enter_sample
from workflow.operations.open_office import open_office

CLIENTS, SECONDS = 16, 5.0
READERS, LOOKED_AT = 200, 400
"""So many people read, and so many cases of the whole country are looked at."""
SEED = 5
CONSTANT = ": constant"
MIXED = ": one request in ten records an act"
WRITE_SHARE, MIXED_REQUESTS = 0.1, 640
WIDEST = "board of the country"


@dataclass(frozen=True)
class Asked:
    """What one client asks for: a path, and whose session."""

    path: str
    cookie: str
    method: str = "GET"


@dataclass(frozen=True)
class Speed:
    """Requests a second; milliseconds in the middle and of the slowest hundredth; of a page's first
    making.
    """

    rate: float
    median: float
    p99: float
    size: int
    first: float


def pages(folder: Path, url: str, cases: int, *, alone: bool = False) -> dict[str, Speed]:
    """The speed of every page in a country of so many cases, of constants of their size, and of pages whose
    readers act; ``alone``: of the pages only.
    """
    country = Country(cases)
    events = make_country(folder, url, country)
    print(f"  {cases} cases, {events} events, {country.villages} villages", flush=True)
    asked = _asked(folder, country)
    found: dict[str, Speed] = {}
    with serving(folder) as port:
        for name, list_ in asked.items():
            if alone and name.endswith(MIXED):
                continue
            found[name] = asyncio.run(_measured(port, list_))
            constant = [Asked(f"/constant/{found[name].size}", one.cookie) for one in list_[:CLIENTS]]
            if not (alone or name.endswith(MIXED)):
                found[name + CONSTANT] = asyncio.run(_measured(port, constant))
    return found


def _asked(folder: Path, country: Country) -> dict[str, list[Asked]]:
    rng = random.Random(SEED)  # noqa: S311 - which pages are asked for is no secret
    with closing(open_office(folder / "config.yaml")) as office:

        def cookie(unit: str) -> str:
            return enter_sample(office, user_of(unit)).token

        villages = [rng.randrange(country.villages) for _ in range(READERS)]
        secretaries = [cookie(f"thon-{one}") for one in villages]
        communes = [one // VILLAGES_EACH for one in villages[:50]]
        officers = [cookie(f"xa-{one}") for one in communes]
        district, top = cookie(f"huyen-{villages[0] // VILLAGES_EACH // COMMUNES_EACH}"), cookie(TOP)
    own = [
        Asked(f"/case/{case_id(village * CASES_EACH + rng.randrange(CASES_EACH))}", held)
        for village, held in zip(villages, secretaries, strict=True)
    ]
    every = [Asked(f"/case/{case_id(rng.randrange(country.cases))}", top) for _ in range(LOOKED_AT)]
    work, boards = [Asked("/", one) for one in secretaries], [Asked("/board", one) for one in officers]
    villages_of = VILLAGES_EACH * CASES_EACH
    return {
        "worklist of a secretary": work,
        "worklist of a commune": [Asked("/", one) for one in officers],
        "case page, its secretary": own,
        "case page, any of the country": every,
        "board of a commune": boards,
        "board of a district": [Asked("/board", district)],
        WIDEST: [Asked("/board", top)],
        f"worklist of a secretary{MIXED}": _mix(
            work, [range(at * CASES_EACH, (at + 1) * CASES_EACH) for at in villages]
        ),
        f"case page, its secretary{MIXED}": _mix(
            own, [range(at * CASES_EACH, (at + 1) * CASES_EACH) for at in villages]
        ),
        f"board of a commune{MIXED}": _mix(
            boards, [range(at * villages_of, (at + 1) * villages_of) for at in communes]
        ),
    }


def _mix(reads: Sequence[Asked], own_cases: Sequence[range]) -> list[Asked]:
    """Each reader's page, and now and then an act on one of the reader's own cases."""
    rng = random.Random(SEED)  # noqa: S311 - who acts when is no secret
    readers = rng.choices(range(len(reads)), k=MIXED_REQUESTS)
    return [
        Asked(f"/record/{case_id(rng.choice(own_cases[at]))}", "", "POST")
        if rng.random() < WRITE_SHARE
        else reads[at]
        for at in readers
    ]


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """The pages served by another process; its port."""
    command = [sys.executable, "-m", "bench.served", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield int((process.stdout.readline() if process.stdout else "").strip() or 0)
        finally:
            process.terminate()


async def _measured(port: int, asked: Sequence[Asked]) -> Speed:
    """Every page is asked for once before: what is measured is reading again what others have read."""
    first, _ = await _ask(port, asked, 0.0, min(CLIENTS, len(asked)))
    begun = time.perf_counter()
    took, size = await _ask(port, asked, SECONDS, CLIENTS)
    seconds = time.perf_counter() - begun
    took.sort()
    middle, slow = (1e3 * took[int(len(took) * part)] for part in (0.5, 0.99))
    return Speed(len(took) / seconds, middle, slow, size, 1e3 * statistics.median(first))


async def _ask(port: int, asked: Sequence[Asked], seconds: float, clients: int) -> tuple[list[float], int]:
    end = time.perf_counter() + seconds
    each = [
        list(asked[number % len(asked) :: clients]) or [asked[number % len(asked)]]
        for number in range(clients)
    ]
    done = await asyncio.gather(*(_client(port, mine, end) for mine in each))
    return [one for took, _ in done for one in took], max(size for _, size in done)


async def _client(port: int, asked: Sequence[Asked], end: float) -> tuple[list[float], int]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    took: list[float] = []
    size = 0
    at = 0
    while (begun := time.perf_counter()) < end or at < len(asked):
        one = asked[at % len(asked)]
        at += 1
        head_lines = f"{one.method} {one.path} HTTP/1.1\r\nHost: x\r\nCookie: ketnap={one.cookie}"
        writer.write(f"{head_lines}\r\nContent-Length: 0\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode())
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        size = max(size, length)
        await reader.readexactly(length)
        if one.method == "GET":
            took.append(time.perf_counter() - begun)
    writer.close()
    return took, size
