"""ketnap itself: an office of a whole district with its cases opened, and their acts one after another."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from bench.journey import (
    COMMUNES,
    DISTRICT,
    ELECTED,
    FOUNDED,
    OPENED,
    TODAY,
    VILLAGES,
    Act,
    Candidate,
    journey,
    side_by_side,
)
from states.vocabulary import Person
from workflow.cases.commands.advance import advance_case, record_entry
from workflow.cases.commands.open import open_case
from workflow.office import Office
from workflow.operations.create_office import create_office
from workflow.operations.open_office import open_office
from workflow.register.writer import RegisterWriter, Who

FOUNDER = Who("huyen", "may-huyen")


def make_district(folder: Path, url: str, candidates: Sequence[Candidate]) -> dict[str, str]:
    """Make the office with a case opened for each candidate: person -> case."""
    config = f"office: Bench\ndatabase: {url}\n"
    create_office(folder, name="Bench", config=config, who=FOUNDER, sample="bench", today=TODAY, fill=_fill)
    office = open_office(folder / "config.yaml")
    try:
        return {one.person: open_case(office, one.person, OPENED, _who(one, _FIRST)) for one in candidates}
    finally:
        office.close()


_FIRST = journey(Candidate(0))[0]


def _who(candidate: Candidate, act: Act) -> Who:
    return Who(candidate.user(act.organ), candidate.machine(act.organ))


class Ours:
    """Contender: the program's own verbs."""

    def __init__(self, folder: Path, cases: dict[str, str]) -> None:
        self.office, self.cases = open_office(folder / "config.yaml"), cases

    def run(self, candidates: Sequence[Candidate]) -> int:
        """Take all of them through; the number of steps made durable."""
        steps = 0
        for candidate, act in side_by_side(candidates):
            verb = advance_case if act.moves else record_entry
            verb(
                self.office, self.cases[candidate.person], act.kind, act.on, _who(candidate, act), act.fields
            )
            steps += 1
        return steps

    def close(self) -> None:
        self.office.close()


def _fill(office: Office) -> None:
    everyone = [Candidate(number) for number in range(VILLAGES)]
    with office.write_transaction() as (work, ledger):
        books = RegisterWriter(office, work, ledger, FOUNDER)
        books.add_people(_people(everyone))
        for table, rows in _register(everyone).items():
            books.add_rows(table, [{"valid_from": FOUNDED, "valid_to": None, **row} for row in rows])
        members = [id_ for one in everyone for id_ in one.sponsors]
        since = {"valid_from": date(2000, 1, 1), "valid_to": None, "status": "member"}
        books.add_rows("memberships", [{**since, "person_id": id_} for id_ in members])
        tenure = {"valid_from": ELECTED, "valid_to": None, "secretary": False}
        books.add_rows(
            "tenures", [{**tenure, "post_id": one.village, "person_id": one.person} for one in everyone]
        )


def _people(everyone: Sequence[Candidate]) -> Iterator[Person]:
    for unit in (DISTRICT, *(f"xa-{number}" for number in range(COMMUNES))):
        yield Person(
            f"P-{unit}", "Phạm Thị Xuân", official_since=date(2000, 1, 1), contact=f"{unit}@song-lo.example"
        )
    for one in everyone:
        yield Person(
            one.person,
            "Nguyễn Văn Mẫu",
            born=date(1980, 5, 1),
            sex="male",
            occupation="Nông dân",
            home="Sông Lô, Vĩnh Phúc",
            education_met=True,
        )
        for id_ in one.sponsors:
            yield Person(
                id_,
                "Trần Thị Bảo",
                official_since=date(2000, 1, 1),
                together_since=date(2010, 1, 1),
                contact=f"{id_}@song-lo.example",
            )


def _register(everyone: Sequence[Candidate]) -> dict[str, list[dict[str, object]]]:
    units = [_unit(DISTRICT, "district", None, "authority,supervisor")]
    units += [_unit(f"xa-{number}", "commune", DISTRICT, "committee") for number in range(COMMUNES)]
    units += [_unit(one.village, "village", one.commune, "branch") for one in everyone]
    users = [("huyen", f"P-{DISTRICT}", "district_officer", DISTRICT)]
    users += [(f"canbo-xa-{no}", f"P-xa-{no}", "commune_officer", f"xa-{no}") for no in range(COMMUNES)]
    users += [(one.user("branch"), one.sponsors[1], "branch_secretary", one.village) for one in everyone]
    return {
        "units": units,
        "posts": [{"id": one.village, "unit_id": one.village, "kind": "village"} for one in everyone],
        "users": [{"id": user, "person_id": person} for user, person, _, _ in users],
        "grants": [{"user_id": user, "role": role, "unit_id": unit} for user, _, role, unit in users],
    }


def _unit(id_: str, level: str, parent: str | None, organs: str) -> dict[str, object]:
    return {"id": id_, "name": id_, "level": level, "parent": parent, "organs": organs}
