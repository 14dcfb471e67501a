"""A small office that tests begin with: one district, one commune, one village with its head, and who
acts for whom.

Everybody here is invented.
"""

from datetime import date
from pathlib import Path

from states.vocabulary import Person
from workflow.office import Office
from workflow.operations.create_office import create_office
from workflow.operations.open_office import open_office
from workflow.register.writer import RegisterWriter, Who

TODAY = date(2024, 8, 9)
FOUNDED = date(2016, 1, 1)
ELECTED = date(2020, 1, 1)
DISTRICT, COMMUNE, VILLAGE = "song-lo", "dong-thinh", "dong-thinh/yen-binh"
POST = VILLAGE
HEAD, SECRETARY, SPONSOR, COMMUNE_OFFICER, DISTRICT_OFFICER = "P-MAU", "P-BAO", "P-TRO", "P-XUAN", "P-KINH"
BRANCH, XA, HUYEN = Who("bithu", "may-thon"), Who("canbo", "may-xa"), Who("huyen", "may-huyen")
"""The branch secretary, the commune officer and the district officer, each at a machine of their own."""

PEOPLE = (
    Person(
        HEAD,
        "Nguyễn Văn Mẫu",
        born=date(1980, 5, 1),
        sex="male",
        occupation="Nông dân",
        home="Sông Lô, Vĩnh Phúc",
        education_met=True,
    ),
    Person(SECRETARY, "Trần Thị Bảo", official_since=date(2000, 1, 1)),
    Person(SPONSOR, "Lê Văn Trợ", official_since=date(2005, 1, 1)),
    Person(COMMUNE_OFFICER, "Phạm Thị Xuân", official_since=date(2003, 1, 1)),
    Person(DISTRICT_OFFICER, "Vũ Văn Kính", official_since=date(2001, 1, 1)),
)
"""The head of the village, who is not a member; two members of the branch; two officers above."""


TOGETHER_SINCE = date(2010, 1, 1)
"""Since when the two members of the branch have lived in the village with its head."""


def make_small_office(tmp_path: Path, database_url: str, today: date | None = TODAY) -> Office:
    """A sample office whose day is ``today`` (None: a real one), open in a folder of ``tmp_path``; to be
    closed.
    """
    folder = tmp_path / "văn phòng"
    config = f"office: Sông Lô\ndatabase: {database_url}\n"
    sample = "thu" if today else None
    create_office(folder, name="Sông Lô", config=config, who=HUYEN, sample=sample, today=today, fill=_fill)
    return open_office(folder / "config.yaml")


def _fill(office: Office) -> None:
    with office.write_transaction() as (work, ledger):
        books = RegisterWriter(office, work, ledger, HUYEN)
        for id_, name, level, parent, organs in (
            (DISTRICT, "Huyện Sông Lô", "district", None, "authority,supervisor"),
            (COMMUNE, "Xã Đồng Thịnh", "commune", DISTRICT, "committee"),
            (VILLAGE, "Thôn Yên Bình", "village", COMMUNE, "branch"),
        ):
            books.add_row("units", FOUNDED, id=id_, name=name, level=level, parent=parent, organs=organs)
        books.add_people(PEOPLE)
        for person in PEOPLE:
            if person.official_since:
                books.add_row("memberships", person.official_since, person_id=person.id, status="member")
        for sponsor in (SECRETARY, SPONSOR):
            books.add_row("companions", TOGETHER_SINCE, person_id=sponsor, candidate_id=HEAD)
        books.add_row("posts", FOUNDED, id=POST, unit_id=VILLAGE, kind="village")
        books.add_row("tenures", ELECTED, post_id=POST, person_id=HEAD)
        for who, person_id, role, unit in (
            (BRANCH, SECRETARY, "branch_secretary", VILLAGE),
            (XA, COMMUNE_OFFICER, "commune_officer", COMMUNE),
            (HUYEN, DISTRICT_OFFICER, "district_officer", DISTRICT),
        ):
            books.add_row("users", FOUNDED, id=who.by, person_id=person_id)
            books.add_row("grants", FOUNDED, user_id=who.by, role=role, unit_id=unit)
