"""A sample begins with its register on the first day."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from states.vocabulary import Person
from workflow.office import Office
from workflow.operations.sample.people import PeopleMaker
from workflow.operations.sample.scenario import Candidate, Scenario, Values
from workflow.register.session import make_slug
from workflow.register.writer import RegisterWriter, Who

NOUNS = {"village": "Thôn", "residential_group": "Tổ dân phố"}
"""How a village is called by the kind of its post."""

Row = dict[str, Any]
Names = dict[str, str]
"""Ids of people by ``village:part``: candidate, head, secretary, m1, m2, m3; ``commune:officer``."""


class InitialRegister:
    """Everything that is written on the first day. ``names``: who plays which part where."""

    def __init__(self, scenario: Scenario, cast: PeopleMaker) -> None:
        self.scenario, self.cast = scenario, cast
        self.founded: date = scenario.office["founded"]
        self.names: Names = {}
        self.homes: dict[str, str] = {}
        self._candidates = {candidate.village: candidate for candidate in scenario.candidates}
        self._people: list[Person] = []
        self._rows: dict[str, list[Row]] = {
            name: [] for name in ("units", "posts", "tenures", "users", "grants", "companions")
        }

    def write_rows(self, office: Office, who: Who) -> None:
        """Write it all, in one transaction."""
        self._add_upper_units()
        for commune in self.scenario.office["communes"]:
            self._add_commune(commune)
        for candidate in self._candidates.values():
            self._add_branch_people(candidate)
        with office.write_transaction() as (tx, ledger):
            register_writer = RegisterWriter(office, tx, ledger, who)
            register_writer.add_people(self._people)
            register_writer.add_rows("memberships", self._membership_rows())
            for table, rows in self._rows.items():
                register_writer.add_rows(table, rows)

    def make_newcomer(self, village: str) -> Person:
        """A member who is to hold a post that becomes free."""
        return self.cast.make_member(self.homes[village])

    def _add_row(self, table: str, since: date, **values: Any) -> None:
        self._rows[table].append({"valid_from": since, "valid_to": None, **values})

    def _add_unit(
        self, id_: str, name: str, level: str, parent: str | None, organs: list[str], **more: Any
    ) -> None:
        row = {
            "name": name,
            "level": level,
            "parent": parent,
            "organs": ",".join(organs),
            "authorised": False,
        }
        self._add_row("units", self.founded, id=id_, **row | more)

    def _add_person(self, part: str, person: Person) -> str:
        self._people.append(person)
        self.names[part] = person.id
        return person.id

    def _add_user(self, user: str, person: str, role: str, unit: str) -> None:
        self._add_row("users", self.founded, id=user, person_id=person)
        self._add_row("grants", self.founded, user_id=user, role=role, unit_id=unit)

    def _email_of(self, user: str) -> str | None:
        return None if user in self.scenario.office["without_address"] else f"{user}@song-lo.example"

    def _add_upper_units(self) -> None:
        province, district = self.scenario.office["province"], self.scenario.office["district"]
        self._add_unit(province["id"], province["name"], "province", None, [])
        self._add_unit(district["id"], district["name"], "district", province["id"], district["organs"])
        for user in self.scenario.office["users"]:
            person = self._add_person(
                user["user"], self.cast.make_member(district["name"], contact=self._email_of(user["user"]))
            )
            self._add_user(user["user"], person, user["role"], user["unit"])

    def _add_commune(self, commune: Values) -> None:
        id_, name, kind = commune["id"], commune["name"], commune.get("villages_are", "village")
        organs, authorised = commune.get("organs", ["committee"]), commune.get("authorised", False)
        district = self.scenario.office["district"]
        self._add_unit(id_, name, "commune", district["id"], organs, authorised=authorised)
        user = f"canbo.{id_}"
        home = f"{name}, {district['name']}"
        officer = self._add_person(
            f"{id_}:officer", self.cast.make_member(home, contact=self._email_of(user))
        )
        self._add_user(user, officer, "commune_officer", id_)
        combined = commune["combined"]
        for village_name in commune["villages"]:
            village = make_slug(f"{NOUNS[kind]} {village_name}", before=f"{id_}/")
            self.homes[village] = f"{NOUNS[kind]} {village_name}, {name}, {district['name']}"
            self._add_unit(village, f"{NOUNS[kind]} {village_name}", "village", id_, ["branch"])
            self._add_row("posts", self.founded, id=village, unit_id=village, kind=kind)
            alone = village not in self._candidates
            self._add_head(village, secretary=alone and combined > 0)
            combined -= alone

    def _add_head(self, village: str, *, secretary: bool) -> None:
        """Who held the post on the first day: the candidate, or a member."""
        known_candidate, home = self._candidates.get(village), self.homes[village]
        candidate = (
            self._add_person(f"{village}:candidate", self.cast.make_candidate(home, known_candidate.person))
            if known_candidate
            else ""
        )
        if known_candidate and known_candidate.head:
            person, since = candidate, known_candidate.head["since"]
        else:
            person = self._add_person(f"{village}:head", self.cast.make_member(home))
            since = date(2017, 2, 5) if secretary else date(2020, 1, 12)
        self._add_row("tenures", since, post_id=village, person_id=person, secretary=secretary)

    def _add_branch_people(self, candidate: Candidate) -> None:
        """The branch around a candidate: its secretary, who acts for it, and members who help and sponsor."""
        village, home = candidate.village, self.homes[candidate.village]
        user = secretary_of(village)
        member = self.cast.make_member(home, posts="Bí thư chi bộ", contact=self._email_of(user))
        secretary = self._add_person(f"{village}:secretary", member)
        self._add_companion(village, member)
        self._add_user(user, secretary, "branch_secretary", village)
        for part in ("m1", "m2", "m3"):
            helper = self.cast.make_member(home, **candidate.members.get(part, {}))
            self._add_person(f"{village}:{part}", helper)
            self._add_companion(village, helper)

    def _add_companion(self, village: str, member: Person) -> None:
        """A member of the branch has lived in the village with the candidate for so long."""
        candidate = self.names[f"{village}:candidate"]
        if member.together_since is not None:
            self._add_row("companions", member.together_since, person_id=member.id, candidate_id=candidate)

    def _membership_rows(self) -> Iterator[Row]:
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
    for noun in map(make_slug, NOUNS.values()):
        plain = plain.removeprefix(f"{noun}-")
    return f"bithu.{plain}"


def officer_of(village: str) -> str:
    """The user who types for a village's commune."""
    return f"canbo.{commune_of(village)}"


def commune_of(village: str) -> str:
    """The commune that a village lies in."""
    return village.partition("/")[0]
