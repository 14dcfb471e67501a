"""Building a sample office: its register at once, then its history, act by act, each on its own day."""

import getpass
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import yaml

from workflow.making import make_office
from workflow.office import Office
from workflow.register import log_meeting
from workflow.registrar import Registrar, Who
from workflow.sample.people import SEED, Land, Village, seeded_ids
from workflow.sample.playing import Play, plays_of
from workflow.store import store

FOLDER = Path(__file__).parent
CONFIG = "office: Huyện Sông Lô (dữ liệu mẫu)\ndatabase: sqlite:///ketnap.db\n"
Progress = Callable[[int, int], None]


class NoSuchSample(Exception):
    """There is no sample of that name."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(name)
        self.name, self.known = name, known


@dataclass(frozen=True)
class Data:
    """What a sample is made of."""

    land: dict[str, Any]
    cases: dict[str, Any]


def sample_data(name: str) -> Data:
    """The files of a sample. Raises `NoSuchSample`."""
    folder = FOLDER / name.replace("-", "_")
    if not (folder / "land.yaml").is_file():
        known = tuple(sorted(one.parent.name.replace("_", "-") for one in FOLDER.glob("*/land.yaml")))
        raise NoSuchSample(name, known)
    land, cases = (yaml.safe_load((folder / file).read_text(encoding="utf-8")) for file in ("land.yaml", "cases.yaml"))
    return Data(land, cases)


def make_sample(
    folder: Path, name: str, told: Progress | None = None, *, config: str = CONFIG, who: Who | None = None
) -> None:
    """Make a sample office in a new folder: all of it, or nothing. Raises `NoSuchSample`, `AlreadyThere`."""
    data = sample_data(name)
    make_office(
        folder,
        name="Huyện Sông Lô (mẫu)",
        config=config,
        who=who or Who("", getpass.getuser()),
        sample=name,
        today=data.land["begins"],
        fill=partial(_fill, data, told),
    )


def _fill(data: Data, told: Progress | None, office: Office) -> None:
    office.new_id = seeded_ids(Random(SEED))
    land = Land(data.land, office.new_id)
    plays = list(plays_of(data.cases, land))
    _register(office, data.land, land, plays)
    acts = sorted((act for play in plays for act in play.acts()), key=lambda act: (act.on, act.order))
    for done, act in enumerate(acts, start=1):
        _set_day(office, act.on)
        act.play(office)
        if told:
            told(done, len(acts))
    _set_day(office, data.land["today"])
    for play in plays:
        for number, day in enumerate(data.land["meetings"] if play.plan else ()):
            log_meeting(office, play.village.id, day, play.who("branch"), came=number % 3 != 1)


def _set_day(office: Office, day: date) -> None:
    with office.writing() as (work, _):
        store.set_today(work, day)


def _register(office: Office, data: dict[str, Any], land: Land, plays: list[Play]) -> None:
    founded = data["founded"]
    stories = {play.village.id: play for play in plays}
    with office.writing() as (work, ledger):
        books = Registrar(office, work, ledger, Who("tochuc.huyen", "may-huyen"))
        books.add_many("units", list(_units(data, land)))
        people = [village.head for village in land.villages().values()]
        people += [member for play in plays for member in (*play.members, *([play.person] if play.former else []))]
        staff = {name: land.member() for name in _users(land, plays)}
        books.add_people([*people, *staff.values()])
        villages = land.villages().values()
        posts = [{"valid_from": founded, "id": one.id, "unit_id": one.id, "kind": "village"} for one in villages]
        books.add_many("posts", posts)
        books.add_many("tenures", [row for one in villages for row in _tenures(one, stories.get(one.id))])
        books.add_many("memberships", list(_memberships(land, stories)))
        for user, (role, unit) in _users(land, plays).items():
            books.add("users", founded, id=user, person_id=staff[user].id)
            books.add("grants", founded, user_id=user, role=role, unit_id=unit)
        for play in plays:
            if play.plan:
                books.add("plans", data["begins"], post_id=play.village.id, kind=play.plan)


def _units(data: dict[str, Any], land: Land) -> Iterator[dict[str, Any]]:
    since = {"valid_from": data["founded"]}
    province, district = data["province"], data["district"]
    yield since | province | {"level": "province", "parent": None, "organs": "", "authorised": False}
    organs = "authority,supervisor"
    yield since | district | {"level": "district", "parent": province["id"], "organs": organs, "authorised": False}
    for commune in land.communes:
        yield since | {
            "id": commune.id,
            "name": commune.name,
            "level": "commune",
            "parent": district["id"],
            "organs": commune.organs,
            "authorised": commune.authorised,
        }
        for village in commune.villages:
            yield since | {
                "id": village.id,
                "name": village.name,
                "level": "village",
                "parent": commune.id,
                "organs": "branch",
                "authorised": False,
            }


def _tenures(village: Village, play: Play | None) -> Iterator[dict[str, Any]]:
    post = {"post_id": village.id}
    if play and play.former:
        left = play.left
        yield post | {"valid_from": date(2017, 6, 1), "valid_to": left, "person_id": play.person.id, "secretary": False}
        since = left + timedelta(days=1)
    else:
        since = date(2019, 12, 15)
    yield post | {"valid_from": since, "person_id": village.head.id, "secretary": village.combined, "valid_to": None}


def _memberships(land: Land, stories: dict[str, Play]) -> Iterator[dict[str, Any]]:
    for village in land.villages().values():
        play = stories.get(village.id)
        if play is None or play.former:
            yield {"valid_from": land.official_since(), "person_id": village.head.id, "status": "member"}
    for play in stories.values():
        for member in play.members:
            yield {"valid_from": member.official_since, "person_id": member.id, "status": "member"}


def _users(land: Land, plays: list[Play]) -> dict[str, tuple[str, str]]:
    """Who acts: user name -> role and unit."""
    found = {"vp.huyen": ("district_officer", "song-lo"), "tochuc.huyen": ("district_staff", "song-lo")}
    found |= {f"canbo.{commune.id}": ("commune_officer", commune.id) for commune in land.communes}
    return found | {play.secretary: ("branch_secretary", play.village.id) for play in plays}

