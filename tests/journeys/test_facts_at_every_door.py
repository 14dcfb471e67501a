"""Days of pairs and facts set right, by page, by API and by the command line: all say which cases got flags."""

from datetime import date

from states.vocabulary import Person
from tests.api.programs import faults, program
from tests.doors.ketnap import Ketnap
from tests.journeys.land import (
    BAO,
    DISTRICT_OFFICER,
    HEADS,
    LAST_OF_DISTRICT,
    MOI,
    OFFICER,
    PLAIN,
    SECRETARY,
    TRO,
    Journey,
    begin,
    travel,
    writing,
)
from tests.pages.guests import guest, pages_of, words
from workflow.cases.commands.open import open_case
from workflow.office import Office

START = date(2022, 1, 4)
HOA, LAM = "PHOA0001", "PLAM0001"
AN = HEADS[PLAIN]


def open_page_case(office: Office) -> Journey:
    """A case of somebody whose page has an address, as every office's own ids have; it stands at the committee."""
    travel(office, LAST_OF_DISTRICT)
    with writing(office) as books:
        books.add_people(
            [
                Person(HOA, "Đinh Thị Hoa", born=date(1985, 5, 1), sex="female", education_met=True),
                Person(LAM, "Phùng Văn Lâm", official_since=date(2001, 1, 1)),
            ]
        )
        for sponsor in (BAO, LAM):
            books.add_row("companions", date(2010, 1, 1), person_id=sponsor, candidate_id=HOA)
    case = open_case(office, HOA, START, SECRETARY, unit=PLAIN)
    sponsors = {"send_for_verification": {"sponsors": [BAO, LAM]}}
    return Journey(office, case, START, always=sponsors).to("committee_meeting")


def test_a_page_sets_a_birth_date_right_and_names_the_case_that_got_a_flag(sqlite_land: Office) -> None:
    journey = open_page_case(sqlite_land)
    with pages_of(sqlite_land) as app:
        officer = guest(app).enter(OFFICER.by)
        page = officer.done(f"/register/enter/set_person/{HOA}", {"born": "01/05/2005"})
        case = officer.get(f"/case/{journey.case}")
    assert "các lượt xét đang mở này có chỗ không còn đúng" in words(page)
    assert f'href="/case/{journey.case}"' in page
    assert "Điều ghi về Đinh Thị Hoa được sửa" in words(case)


def test_a_page_says_since_when_a_pair_has_been_together(sqlite_land: Office) -> None:
    journey = open_page_case(sqlite_land)
    with pages_of(sqlite_land) as app:
        typed = {"candidate": "Đinh Thị Hoa", "since": "01/03/2022"}
        page = guest(app).enter(DISTRICT_OFFICER.by).done(f"/register/enter/together/{LAM}", typed)
    assert f'href="/case/{journey.case}"' in page
    pair = sqlite_land.read_snapshot().find_companion(LAM, HOA)
    assert pair is not None
    assert pair.valid_from == date(2022, 3, 1)


def test_a_program_names_sponsors_with_their_days_and_is_told_of_flags(sqlite_land: Office) -> None:
    travel(sqlite_land, LAST_OF_DISTRICT)
    journey = begin(sqlite_land, PLAIN, START).to("sponsorship")
    on = journey.on(50).isoformat()
    values = {
        "application_dated": journey.on(41).isoformat(),
        "cv_declared_on": journey.on(43).isoformat(),
        "sponsors": [BAO, TRO],
        "route": "two_sponsors",
        "second_together_since": "2021-12-01",
    }
    with pages_of(sqlite_land) as app:
        secretary, officer = program(app, SECRETARY.by), program(app, OFFICER.by)
        act = {"move": "send_for_verification", "on": on, "values": values}
        refused = secretary.post(f"/cases/{journey.case}/advance", act, status=422)
        assert faults(refused) == {"second_together_since": "together_otherwise"}
        act["values"] = {**values, "second_together_since": "2010-01-01"}
        secretary.post(f"/cases/{journey.case}/advance", act)
        body = {"person": BAO, "candidate": AN, "since": "2021-12-01"}
        assert officer.post("/people/together", body)["flagged"] == []
        answer = officer.post("/people/membership", {"person": BAO, "status": "none", "since": "2021-06-01"})
    assert answer["flagged"] == [
        {
            "case": journey.case,
            "flags": [{"seq": 6, "kind": "send_for_verification", "code": "SPONSOR_OFFICIAL"}],
        }
    ]


def test_the_command_line_says_a_pair_a_birth_date_and_a_membership(sqlite_land: Office) -> None:
    travel(sqlite_land, LAST_OF_DISTRICT)
    journey = begin(sqlite_land, PLAIN, START).to("branch_meeting")
    ketnap = Ketnap(sqlite_land.config.path)
    said = ketnap.done("people", "together", MOI, AN, "--from", "01/02/2015")
    assert "Bùi Văn Mới cùng công tác, cư trú với Nguyễn Văn An từ ngày 01/02/2015" in said.text
    ended = ketnap.done("people", "membership", TRO, "none", "--from", "01/06/2021")
    assert f"{journey.case}: SPONSOR_OFFICIAL" in ended.text
    journey.record("replace_sponsor", journey.on(72), sponsor_in=MOI)
    journey.advance("branch_proposes", journey.on(75))
    born = ketnap.done("people", "set", AN, "--born", "01/05/2005", "--json").json
    assert [one["case"] for one in born["flagged"]] == [journey.case]
