"""The ground of a sample: its units, posts, heads, branch members and users, as they stood on the first day."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from states.vocabulary import Person
from workflow.office import Office
from workflow.operations.sample.people import Cast
from workflow.operations.sample.scenario import Candidate, Said, Scenario
from workflow.register.session import slug
from workflow.register.writer import Registrar, Who

NOUNS = {"village": "Thôn", "residential_group": "Tổ dân phố"}
"""How a village is called by the kind of its post."""

Row = dict[str, Any]
Names = dict[str, str]
"""Ids of people by ``village:part``: candidate, head, secretary, m1, m2, m3; ``commune:officer``."""


class Ground:
    """What is written on the first day. ``names``: who plays which part where."""

    def __init__(self, scenario: Scenario, cast: Cast) -> None:
        self.scenario, self.cast = scenario, cast
        self.founded: date = scenario.office["founded"]
        self.names: Names = {}
        self.homes: dict[str, str] = {}
        self._candidates = {one.village: one for one in scenario.candidates}
        self._people: list[Person] = []
        self._rows: dict[str, list[Row]] = {name: [] for name in ("units", "posts", "tenures", "users", "grants")}

    def lay(self, office: Office, who: Who) -> None:
        """Write it all, in one transaction."""
        self._upper()
        for commune in self.scenario.office["communes"]:
            self._commune(commune)
        for one in self._candidates.values():
            self._circle(one)
        with office.writing() as (work, ledger):
            books = Registrar(office, work, ledger, who)
            books.add_people(self._people)
            books.add_many("memberships", self._memberships())
            for table, rows in self._rows.items():
                books.add_many(table, rows)

    def newcomer(self, village: str) -> Person:
        """A member who is to hold a post that becomes free."""
        return self.cast.member(self.homes[village])

    def _put(self, table: str, since: date, **values: Any) -> None:
        self._rows[table].append({"valid_from": since, "valid_to": None, **values})

    def _unit(self, id_: str, name: str, level: str, parent: str | None, organs: list[str], **more: Any) -> None:
        row = {"name": name, "level": level, "parent": parent, "organs": ",".join(organs), "authorised": False}
        self._put("units", self.founded, id=id_, **row | more)

    def _person(self, part: str, person: Person) -> str:
        self._people.append(person)
        self.names[part] = person.id
        return person.id

    def _user(self, user: str, person: str, role: str, unit: str) -> None:
        self._put("users", self.founded, id=user, person_id=person)
        self._put("grants", self.founded, user_id=user, role=role, unit_id=unit)

    def _address(self, user: str) -> str | None:
        return None if user in self.scenario.office["without_address"] else f"{user}@song-lo.example"

    def _upper(self) -> None:
        province, district = self.scenario.office["province"], self.scenario.office["district"]
        self._unit(province["id"], province["name"], "province", None, [])
        self._unit(district["id"], district["name"], "district", province["id"], district["organs"])
        for one in self.scenario.office["users"]:
            person = self._person(one["user"], self.cast.member(district["name"], contact=self._address(one["user"])))
            self._user(one["user"], person, one["role"], one["unit"])

    def _commune(self, commune: Said) -> None:
        id_, name, kind = commune["id"], commune["name"], commune.get("villages_are", "village")
        organs, authorised = commune.get("organs", ["committee"]), commune.get("authorised", False)
        district = self.scenario.office["district"]
        self._unit(id_, name, "commune", district["id"], organs, authorised=authorised)
        user = f"canbo.{id_}"
        home = f"{name}, {district['name']}"
        officer = self._person(f"{id_}:officer", self.cast.member(home, contact=self._address(user)))
        self._user(user, officer, "commune_officer", id_)
        combined = commune["combined"]
        for said in commune["villages"]:
            village = slug(f"{NOUNS[kind]} {said}", before=f"{id_}/")
            self.homes[village] = f"{NOUNS[kind]} {said}, {name}, {district['name']}"
            self._unit(village, f"{NOUNS[kind]} {said}", "village", id_, ["branch"])
            self._put("posts", self.founded, id=village, unit_id=village, kind=kind)
            alone = village not in self._candidates
            self._head(village, secretary=alone and combined > 0)
            combined -= alone

    def _head(self, village: str, *, secretary: bool) -> None:
        """Who held the post on the first day: the candidate, or a member."""
        one, home = self._candidates.get(village), self.homes[village]
        candidate = self._person(f"{village}:candidate", self.cast.candidate(home, one.person)) if one else ""
        if one and one.head:
            person, since = candidate, one.head["since"]
        else:
            person = self._person(f"{village}:head", self.cast.member(home))
            since = date(2017, 2, 5) if secretary else date(2020, 1, 12)
        self._put("tenures", since, post_id=village, person_id=person, secretary=secretary)

    def _circle(self, one: Candidate) -> None:
        """The branch around a candidate: its secretary, who acts for it, and members who help and sponsor."""
        village, home = one.village, self.homes[one.village]
        user = secretary_of(village)
        member = self.cast.member(home, posts="Bí thư chi bộ", contact=self._address(user))
        secretary = self._person(f"{village}:secretary", member)
        self._user(user, secretary, "branch_secretary", village)
        for part in ("m1", "m2", "m3"):
            self._person(f"{village}:{part}", self.cast.member(home, **one.members.get(part, {})))

    def _memberships(self) -> Iterator[Row]:
        for person in self._people:
            if person.official_since:
                yield {
                    "valid_from": person.official_since,
                    "valid_to": None,
                    "person_id": person.id,
                    "status": "member",
                }


def secretary_of(village: str) -> str:
    """The user who is secretary of a village's branch: ``dong-thinh/thon-bai-moi`` -> bithu.bai-moi."""
    plain = village.partition("/")[2]
    for noun in map(slug, NOUNS.values()):
        plain = plain.removeprefix(f"{noun}-")
    return f"bithu.{plain}"


def officer_of(village: str) -> str:
    """The user who types for a village's commune."""
    return f"canbo.{commune_of(village)}"


def commune_of(village: str) -> str:
    """The commune that a village lies in."""
    return village.partition("/")[0]
