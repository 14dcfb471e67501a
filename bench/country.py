"""A country of invented villages: as many cases as wanted, each a copy of one that a sample office has
played.

Cases, events and clocks are laid into the tables directly: what is measured reads tables, and does not
ask how they were filled. The register is written as registers are.
"""

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa

from states.vocabulary import Person
from workflow.office import Office
from workflow.operations.create_office import create_office
from workflow.operations.open_office import open_office
from workflow.operations.sample import make_sample
from workflow.register.person_record import decrypt_person, encrypt_person
from workflow.register.writer import RegisterWriter, Who
from workflow.storage import reads
from workflow.storage.tables.cases import CASES, CLOCKS, VOTES
from workflow.storage.tables.history import EVENTS, PEOPLE

FOUNDED, TODAY = date(2016, 1, 1), date(2022, 8, 9)
CASES_EACH, VILLAGES_EACH, COMMUNES_EACH = 6, 10, 20
"""Cases of a village, villages of a commune, communes of a district: about as in Sông Lô over a decade."""
FEWEST_EVENTS = 11
MANY = 2_000
PERSON = re.compile(r"P[0-9A-Z]{7}")
BENCH = Who("", "bench")
TOP = "nuoc"


@dataclass(frozen=True)
class Template:
    """A played case: its row, its events, clocks and votes as they are stored."""

    row: dict[str, Any]
    events: list[dict[str, Any]]
    clocks: list[dict[str, Any]]
    votes: list[dict[str, Any]]
    person: Person

    @property
    def named(self) -> Iterator[str]:
        """Sponsors, helpers and whoever else its acts name."""
        for event in self.events:
            for value in event["fields"].values():
                texts = value if isinstance(value, list) else [value]
                yield from (text for text in texts if isinstance(text, str) and PERSON.fullmatch(text))


@dataclass(frozen=True)
class Country:
    """What a country of so many cases is made of."""

    cases: int

    @property
    def villages(self) -> int:
        """How many villages."""
        return self.cases // CASES_EACH

    @property
    def communes(self) -> int:
        """How many communes."""
        return -(-self.villages // VILLAGES_EACH)

    @property
    def districts(self) -> int:
        """How many districts."""
        return -(-self.communes // COMMUNES_EACH)


def make_country(folder: Path, url: str, country: Country) -> int:
    """Make the office; how many events its cases have."""
    config = f"office: Bench\ndatabase: {url}\n"
    create_office(
        folder, name="Bench", config=config, who=BENCH, sample="bench", today=TODAY, fill=_register(country)
    )
    with closing(open_office(folder / "config.yaml")) as office:
        return _lay(office, country, _templates())


def _templates() -> list[Template]:
    with tempfile.TemporaryDirectory() as scratch:
        make_sample(Path(scratch) / "mau", "song-lo-2022", BENCH, config_text="office: Bench\n")
        office = open_office(Path(scratch) / "mau" / "config.yaml")
        with closing(office), office.database.read_transaction() as connection:
            found = [_template(office, connection, row) for row in reads.load_cases(connection)]
    return [one for one in found if len(one.events) >= FEWEST_EVENTS and one.row["pipeline"] == "admission"]


def _template(office: Office, connection: reads.Connection, row: Any) -> Template:
    held = next(reads.load_people(connection, [row.person_id]))
    return Template(
        row.model_dump(),
        [orjson.loads(event.body) for event in reads.load_events(connection, row.id)],
        [clock.model_dump(exclude={"id"}) for clock in reads.load_clocks(connection, row.id)],
        [vote.model_dump(exclude={"id"}) for vote in reads.load_votes(connection, row.id)],
        decrypt_person(office.vault, held.id, held.key, held.sealed),
    )


# --- the register -------------------------------------------------------------------------------------------


def _register(country: Country) -> Any:
    def fill(office: Office) -> None:
        with office.write_transaction() as (work, ledger):
            books = RegisterWriter(office, work, ledger, BENCH)
            units = list(_units(country))
            books.add_rows("units", [{"valid_from": FOUNDED, "valid_to": None, **one} for one in units])
            seats = [one for one in units if one["level"] != "province"] + [units[0]]
            books.add_people(Person(f"Q{number:06d}", "Trần Thị Bảo") for number in range(len(seats)))
            users = [{"id": user_of(one["id"]), "person_id": f"Q{at:06d}"} for at, one in enumerate(seats)]
            books.add_rows("users", [{"valid_from": FOUNDED, "valid_to": None, **one} for one in users])
            grants = [
                {"user_id": user_of(one["id"]), "unit_id": one["id"], "role": ROLES[one["level"]]}
                for one in seats
            ]
            books.add_rows("grants", [{"valid_from": FOUNDED, "valid_to": None, **one} for one in grants])

    return fill


ROLES = {
    "province": "district_staff",
    "district": "district_officer",
    "commune": "commune_officer",
    "village": "branch_secretary",
}


def user_of(unit: str) -> str:
    """Who acts for a unit."""
    return f"cb.{unit}"


def _units(country: Country) -> Iterator[dict[str, Any]]:
    yield _unit(TOP, "Cả nước", "province", None, "")
    for number in range(country.districts):
        yield _unit(f"huyen-{number}", f"Huyện {number}", "district", TOP, "authority,supervisor")
    for number in range(country.communes):
        yield _unit(
            f"xa-{number}", f"Xã {number}", "commune", f"huyen-{number // COMMUNES_EACH}", "committee"
        )
    for number in range(country.villages):
        yield _unit(f"thon-{number}", f"Thôn {number}", "village", f"xa-{number // VILLAGES_EACH}", "branch")


def _unit(id_: str, name: str, level: str, parent: str | None, organs: str) -> dict[str, Any]:
    return {"id": id_, "name": name, "level": level, "parent": parent, "organs": organs}


# --- cases --------------------------------------------------------------------------------------------------


def case_id(number: int) -> str:
    """The case of that number."""
    return f"K{number:07d}"


def _lay(office: Office, country: Country, templates: Sequence[Template]) -> int:
    with office.database.read_transaction() as connection:
        n = connection.execute(sa.select(sa.func.max(EVENTS.c.n))).scalar_one()
    begun = n
    key = office.vault.new_person_key()
    with office.database.transaction() as work:
        named = {id_ for one in templates for id_ in one.named}
        people = [Person(id_, "Lê Văn Giới", official_since=date(2000, 1, 1)) for id_ in sorted(named)]
        rows_of = [
            {"id": one.id, "key": key, "sealed": encrypt_person(office.vault, key, one)[0]} for one in people
        ]
        work.connection.execute(sa.insert(PEOPLE), rows_of)
    for at in range(0, country.cases, MANY):
        rows: dict[sa.Table, list[dict[str, Any]]] = {
            table: [] for table in (PEOPLE, CASES, EVENTS, CLOCKS, VOTES)
        }
        for number in range(at, min(at + MANY, country.cases)):
            n = _copy(office, rows, templates[number % len(templates)], number, key, n)
        with office.database.transaction() as work:
            for table, many in rows.items():
                work.connection.execute(sa.insert(table), many)
    with office.write_transaction() as (_, ledger):
        ledger.head = ledger.head._replace(n=n)  # the next act is chained on behind what was laid in
    return int(n - begun)


def _copy(
    office: Office, rows: dict[sa.Table, list[dict[str, Any]]], of: Template, number: int, key: bytes, n: int
) -> int:
    case, person, unit = case_id(number), f"P{number:07d}", f"thon-{number // CASES_EACH}"
    named = Person(person, **{name: getattr(of.person, name) for name in ("name", "born", "sex")})
    rows[PEOPLE].append({"id": person, "key": key, "sealed": encrypt_person(office.vault, key, named)[0]})
    text = orjson.dumps({**orjson.loads(of.row["record"]), "unit": unit, "homes": []}).decode()
    rows[CASES].append({**of.row, "id": case, "person_id": person, "unit_id": unit, "record": text})
    for event in of.events:
        n += 1
        own = {"n": n, "case": case} | ({"unit": unit, "person": person} if "person" in event else {})
        body = orjson.dumps({**event, **own, "texts": {}}, option=orjson.OPT_SORT_KEYS)
        rows[EVENTS].append({"n": n, "case_id": case, "seq": event["seq"], "body": body, "hash": b"bench"})
    rows[CLOCKS] += [{**clock, "case_id": case} for clock in of.clocks]
    rows[VOTES] += [{**vote, "case_id": case} for vote in of.votes]
    return n
