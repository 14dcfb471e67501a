"""The register: who and what there is, from which day to which; what makes no sense is never written."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from states.vocabulary import Person
from tests.offices import (
    BRANCH,
    COMMUNE,
    DISTRICT,
    DISTRICT_OFFICER,
    ELECTED,
    FOUNDED,
    HEAD,
    HUYEN,
    POST,
    SECRETARY,
    SPONSOR,
    TODAY,
    VILLAGE,
    XA,
    make_small_office,
)
from tests.reading import ask
from workflow.board.coverage import count_coverage
from workflow.cases.commands.open import open_case
from workflow.cases.commands.people_facts import change_person, set_membership
from workflow.core.input import InvalidInput
from workflow.core.messages import load_messages
from workflow.core.views import NamedRef
from workflow.office import Office
from workflow.operations.verify.verify import verify_office
from workflow.register import errors as facts
from workflow.register.acts import (
    AddGrant,
    AddPerson,
    AddPost,
    AddUnit,
    AddUser,
    ChangePerson,
    ChangeUnit,
    EndPost,
    EndUnit,
    EndUser,
    HoldPost,
    LeavePost,
    LogMeeting,
    SetMembership,
    SetPlan,
)
from workflow.register.commands.people import add_person
from workflow.register.commands.posts import add_post, end_post, hold_post, leave_post, log_meeting, set_plan
from workflow.register.commands.units import add_unit, change_unit, end_unit
from workflow.register.commands.users import add_grant, add_user, end_user
from workflow.register.errors import RegisterError
from workflow.register.person_record import decrypt_person
from workflow.register.views.places import UnitView, list_units
from workflow.register.views.posts import (
    PostHolderView,
    PostWithPlanView,
    list_meetings,
    list_plans,
    list_posts,
)
from workflow.register.views.users import list_users
from workflow.reminders.letters.outbox import load_mailbox
from workflow.storage import reads
from workflow.storage.writes import UnknownPerson

D = date
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[Office]:
    """The small office, on SQLite and on PostgreSQL."""
    with closing(make_small_office(tmp_path, database_url)) as made:
        yield made


def events(office: Office) -> int:
    with office.database.read_transaction() as connection:
        return sum(1 for _ in reads.load_events(connection))


def person_of(office: Office, id_: str) -> Person:
    with office.database.read_transaction() as connection:
        [row] = reads.load_people(connection, [id_])
        return decrypt_person(office.vault, row.id, row.key, row.sealed)


def unit_of(office: Office, id_: str, day: date) -> UnitView:
    return next(one for one in list_units(office, day) if one.id == id_)


def post_of(office: Office, day: date, id_: str = POST) -> PostWithPlanView:
    return next(one for one in list_posts(office, day) if one.id == id_)


def holder_of(post: PostWithPlanView) -> str:
    """The id of who holds a post."""
    assert post.holder
    return post.holder.id


# --- units --------------------------------------------------------------------------------------------------


def test_a_commune_named_only_by_its_name_stands_below_the_district_with_the_organs_of_its_level(
    office: Office,
) -> None:
    id_ = add_unit(
        office, AddUnit(name="Xã Tân Lập", level="commune", since=D(2018, 1, 1), parent=DISTRICT), HUYEN
    ).id
    assert id_ == "tan-lap"
    assert unit_of(office, id_, TODAY).organs == ["committee"]
    assert id_ not in {one.id for one in list_units(office, D(2017, 12, 31))}
    assert verify_office(office).holds


def test_a_village_has_its_id_behind_its_commune_and_a_second_of_that_spelling_a_number(
    office: Office,
) -> None:
    assert (
        add_unit(office, AddUnit(name="Thôn Đồng", level="village", since=FOUNDED, parent=COMMUNE), XA).id
        == "dong-thinh/thon-dong"
    )
    assert (
        add_unit(office, AddUnit(name="Thôn Đông", level="village", since=FOUNDED, parent=COMMUNE), XA).id
        == "dong-thinh/thon-dong-2"
    )


def test_a_unit_of_the_same_name_at_the_same_place_is_known_already(office: Office) -> None:
    with pytest.raises(facts.AlreadyKnown) as known:
        add_unit(office, AddUnit(name="đồng thịnh", level="commune", since=TODAY, parent=DISTRICT), HUYEN)
    assert known.value.values == {"id": COMMUNE}


def test_units_are_listed_from_the_top_down_and_thon_2_before_thon_10(office: Office) -> None:
    for name in ("Thôn 10", "Thôn 2", "Thôn Áng"):
        add_unit(office, AddUnit(name=name, level="village", since=FOUNDED, parent=COMMUNE), XA)
    listed = [(one.depth, one.name) for one in list_units(office)]
    assert listed == [
        (0, "Huyện Sông Lô"),
        (1, "Xã Đồng Thịnh"),
        (2, "Thôn 2"),
        (2, "Thôn 10"),
        (2, "Thôn Áng"),
        (2, "Thôn Yên Bình"),
    ]
    assert [one.id for one in list_units(office, unit=VILLAGE)] == [VILLAGE]


def test_a_commune_renamed_in_may_had_its_old_name_in_april(office: Office) -> None:
    assert change_unit(
        office, ChangeUnit(unit=COMMUNE, since=D(2024, 5, 1), name="Xã Đồng Thịnh Mới"), HUYEN
    ).changed
    assert unit_of(office, COMMUNE, D(2024, 4, 30)).name == "Xã Đồng Thịnh"
    assert unit_of(office, COMMUNE, D(2024, 5, 1)).name == "Xã Đồng Thịnh Mới"
    assert unit_of(office, COMMUNE, D(2024, 5, 1)).parent == DISTRICT
    assert verify_office(office).holds


def test_a_change_that_changes_nothing_writes_nothing(office: Office) -> None:
    before = events(office)
    assert not change_unit(
        office,
        ChangeUnit(unit=COMMUNE, since=D(2024, 5, 1), name="Xã Đồng Thịnh", organs=["committee"]),
        HUYEN,
    ).changed
    assert events(office) == before


def test_a_change_from_the_units_first_day_says_it_anew(office: Office) -> None:
    change_unit(office, ChangeUnit(unit=VILLAGE, since=FOUNDED, name="Thôn Yên Bình Thượng"), XA)
    assert unit_of(office, VILLAGE, FOUNDED).name == "Thôn Yên Bình Thượng"
    assert [one.id for one in list_units(office, FOUNDED)].count(VILLAGE) == 1


def test_the_district_of_2025_ends_once_its_communes_stand_elsewhere(tmp_path: Path, sqlite_url: str) -> None:
    with closing(make_small_office(tmp_path, sqlite_url, D(2025, 7, 15))) as office:
        last, first = D(2025, 6, 30), D(2025, 7, 1)
        with pytest.raises(facts.StillUsed) as used:
            end_unit(office, EndUnit(unit=DISTRICT, on=last), HUYEN)
        assert used.value.values["by"] == [COMMUNE]
        province = add_unit(office, AddUnit(name="Tỉnh Phú Thọ", level="province", since=first), HUYEN).id
        change_unit(
            office, ChangeUnit(unit=COMMUNE, since=first, parent=province, organs=["authority"]), HUYEN
        )
        end_unit(office, EndUnit(unit=DISTRICT, on=last, successor=province), HUYEN)
        assert unit_of(office, DISTRICT, last).successor == province
        assert DISTRICT not in {one.id for one in list_units(office, first)}
        line = office.read_snapshot().find_line(VILLAGE, first)
        assert line.organs == {"branch": VILLAGE, "authority": COMMUNE, "supervisor": province}
        assert office.read_snapshot().find_line(VILLAGE, last).organs["authority"] == DISTRICT


def test_levels_and_organs_are_those_of_the_rules_on_the_day(tmp_path: Path, sqlite_url: str) -> None:
    with closing(make_small_office(tmp_path, sqlite_url, D(2025, 7, 15))) as office:
        assert (
            add_unit(
                office, AddUnit(name="Huyện Lập Thạch", level="district", since=D(2025, 6, 30)), HUYEN
            ).id
            == "lap-thach"
        )
        with pytest.raises(facts.NotALevel) as level:
            add_unit(office, AddUnit(name="Huyện Tam Đảo", level="district", since=D(2025, 7, 1)), HUYEN)
        assert "commune" in level.value.values["known"]
        with pytest.raises(facts.NotAnOrgan):
            add_unit(
                office,
                AddUnit(name="Xã Tam Đảo", level="commune", since=D(2025, 7, 1), organs=["committee"]),
                HUYEN,
            )


def test_a_unit_stands_neither_below_itself_nor_below_one_of_its_level(office: Office) -> None:
    other = add_unit(
        office, AddUnit(name="Xã Tân Lập", level="commune", since=FOUNDED, parent=DISTRICT), HUYEN
    ).id
    for unit, parent in ((DISTRICT, COMMUNE), (COMMUNE, VILLAGE), (COMMUNE, COMMUNE), (other, COMMUNE)):
        with pytest.raises(facts.UnitMisplaced):
            change_unit(office, ChangeUnit(unit=unit, since=TODAY, parent=parent), HUYEN)


def test_a_village_with_its_post_or_an_open_case_does_not_end(office: Office) -> None:
    case = open_case(office, HEAD, D(2024, 1, 10), BRANCH)
    with pytest.raises(facts.StillUsed) as used:
        end_unit(office, EndUnit(unit=VILLAGE, on=D(2024, 6, 30)), XA)
    assert used.value.values["by"] == [POST, case]


def test_a_district_with_a_successor_ends_and_what_was_below_it_lives_on_there(
    tmp_path: Path, sqlite_url: str
) -> None:
    with closing(make_small_office(tmp_path, sqlite_url, D(2025, 7, 15))) as office:
        province = add_unit(
            office, AddUnit(name="Tỉnh Phú Thọ", level="province", since=D(2025, 7, 1)), HUYEN
        ).id
        end_unit(office, EndUnit(unit=DISTRICT, on=D(2025, 6, 30), successor=province), HUYEN)
        assert office.read_snapshot().find_line(VILLAGE, D(2025, 7, 1)).organs["supervisor"] == province
        with pytest.raises(facts.UnknownUnit):
            change_unit(office, ChangeUnit(unit=DISTRICT, since=D(2025, 7, 1), name="Huyện Cũ"), HUYEN)


def test_two_villages_become_one(office: Office) -> None:
    old = add_unit(office, AddUnit(name="Thôn Cũ", level="village", since=FOUNDED, parent=COMMUNE), XA).id
    end_unit(office, EndUnit(unit=old, on=D(2024, 6, 30), successor=VILLAGE), XA)
    assert old not in {one.id for one in list_units(office, D(2024, 7, 1))}
    with pytest.raises(facts.AlreadyEnded) as ended:
        end_unit(office, EndUnit(unit=old, on=D(2024, 7, 31)), XA)
    assert ended.value.values["last"] == D(2024, 6, 30)
    assert (
        add_unit(
            office, AddUnit(name="Thôn Cũ", level="village", since=D(2024, 8, 1), parent=COMMUNE, id=old), XA
        ).id
        == old
    )
    with pytest.raises(facts.AlreadyKnown):
        add_unit(
            office,
            AddUnit(name="Thôn Khác", level="village", since=D(2024, 6, 30), parent=COMMUNE, id=old),
            XA,
        )


def test_a_unit_does_not_end_before_its_last_change(office: Office) -> None:
    old = add_unit(office, AddUnit(name="Thôn Cũ", level="village", since=FOUNDED, parent=COMMUNE), XA).id
    change_unit(office, ChangeUnit(unit=old, since=D(2024, 5, 1), name="Thôn Cựu"), XA)
    with pytest.raises(facts.ChangedLater) as later:
        end_unit(office, EndUnit(unit=old, on=D(2024, 4, 1)), XA)
    assert later.value.values["since"] == D(2024, 5, 1)


# --- posts and who holds them -------------------------------------------------------------------------------


def test_a_new_village_gets_its_post_and_its_first_head(office: Office) -> None:
    village = add_unit(
        office, AddUnit(name="Tổ dân phố 3", level="village", since=D(2023, 1, 1), parent=COMMUNE), XA
    ).id
    post = add_post(office, AddPost(unit=village, since=D(2023, 1, 1), kind="residential_group"), XA).id
    person = add_person(office, AddPerson(details={"name": "Lê Thị Hoà", "born": D(1985, 3, 5)}), XA).id
    hold_post(office, HoldPost(post=post, person=person, since=D(2023, 2, 1)), XA)
    assert post_of(office, D(2023, 1, 31), post).holder is None
    held = post_of(office, D(2023, 2, 1), post)
    assert held.holder == PostHolderView(id=person, name="Lê Thị Hoà", membership="none")
    assert (held.kind, held.since) == ("residential_group", D(2023, 2, 1))
    assert held.commune == NamedRef(id=COMMUNE, name="Xã Đồng Thịnh")
    assert verify_office(office).holds


def test_a_village_has_one_head_and_a_commune_none(office: Office) -> None:
    with pytest.raises(facts.AlreadyKnown):
        add_post(office, AddPost(unit=VILLAGE, since=TODAY, id="another"), XA)
    with pytest.raises(facts.WrongLevel) as level:
        add_post(office, AddPost(unit=COMMUNE, since=TODAY), XA)
    assert level.value.values == {"unit": COMMUNE, "level": "commune", "wanted": "village"}


def test_nobody_takes_a_post_that_is_held(office: Office) -> None:
    with pytest.raises(facts.PostHeld) as held:
        hold_post(office, HoldPost(post=POST, person=SPONSOR, since=TODAY), XA)
    assert held.value.values == {"post": POST, "person": HEAD, "since": ELECTED}


def test_a_head_leaves_and_the_next_begins_the_day_after(office: Office) -> None:
    assert leave_post(office, LeavePost(post=POST, on=D(2024, 6, 30)), XA).person == HEAD
    hold_post(office, HoldPost(post=POST, person=SPONSOR, since=D(2024, 7, 1)), XA)
    assert holder_of(post_of(office, D(2024, 6, 30))) == HEAD
    assert holder_of(post_of(office, D(2024, 7, 1))) == SPONSOR
    assert ask(office, count_coverage, on=D(2024, 7, 1)).total.members == 1
    with pytest.raises(facts.PostHeld):
        hold_post(office, HoldPost(post=POST, person=SECRETARY, since=D(2024, 7, 2)), XA)


@pytest.mark.parametrize("since", [D(2019, 1, 1), D(2019, 12, 31)])
def test_a_tenure_without_end_does_not_run_into_a_later_one(office: Office, since: date) -> None:
    with pytest.raises(facts.ChangedLater) as later:
        hold_post(office, HoldPost(post=POST, person=SPONSOR, since=since), XA)
    assert later.value.values["since"] == ELECTED


def test_a_post_is_not_left_twice_nor_on_a_day_when_it_was_vacant(office: Office) -> None:
    leave_post(office, LeavePost(post=POST, on=D(2024, 6, 30)), XA)
    with pytest.raises(facts.AlreadyEnded):
        leave_post(office, LeavePost(post=POST, on=D(2024, 6, 1)), XA)
    with pytest.raises(facts.PostVacant):
        leave_post(office, LeavePost(post=POST, on=D(2024, 7, 15)), XA)
    with pytest.raises(facts.PostVacant):
        leave_post(office, LeavePost(post=POST, on=D(2019, 12, 31)), XA)


def test_a_head_who_becomes_secretary_as_well_is_combined_from_that_day(office: Office) -> None:
    leave_post(office, LeavePost(post=POST, on=D(2024, 1, 31)), XA)
    hold_post(office, HoldPost(post=POST, person=SPONSOR, since=D(2024, 2, 1)), XA)
    hold_post(office, HoldPost(post=POST, person=SPONSOR, since=D(2024, 5, 1), secretary=True), XA)
    before = events(office)
    hold_post(office, HoldPost(post=POST, person=SPONSOR, since=D(2024, 5, 1), secretary=True), XA)
    assert events(office) == before
    assert ask(office, count_coverage, on=D(2024, 4, 30)).total.combined == 0
    assert ask(office, count_coverage, on=D(2024, 5, 1)).total.combined == 1


def test_who_is_not_in_the_party_is_no_branch_secretary(office: Office) -> None:
    with pytest.raises(facts.NotAMember):
        hold_post(office, HoldPost(post=POST, person=HEAD, since=TODAY, secretary=True), XA)


def test_a_post_ends_with_its_tenure_and_its_plan(office: Office) -> None:
    set_plan(office, SetPlan(post=POST, kind="admit", on=D(2024, 1, 1)), XA)
    end_post(office, EndPost(post=POST, on=D(2024, 6, 30)), XA)
    assert list_posts(office, D(2024, 7, 1)) == []
    assert list_plans(office, D(2024, 7, 1)) == []
    assert holder_of(post_of(office, D(2024, 6, 30))) == HEAD
    assert office.read_snapshot().find_unit(VILLAGE, TODAY) is not None
    with pytest.raises(facts.AlreadyEnded):
        end_post(office, EndPost(post=POST, on=D(2024, 7, 1)), XA)
    assert verify_office(office).holds


def test_a_post_does_not_end_before_its_present_head_began(office: Office) -> None:
    with pytest.raises(facts.ChangedLater):
        end_post(office, EndPost(post=POST, on=D(2019, 6, 30)), XA)
    assert post_of(office, D(2019, 7, 1)).id == POST


# --- plans and meetings -------------------------------------------------------------------------------------


def test_a_plan_gives_way_to_the_next(office: Office) -> None:
    assert set_plan(office, SetPlan(post=POST, kind="admit", on=D(2024, 1, 1)), XA).changed
    assert not set_plan(office, SetPlan(post=POST, kind="admit", on=D(2024, 2, 1)), XA).changed
    assert set_plan(office, SetPlan(post=POST, kind="not_now", on=D(2024, 3, 1)), XA).changed
    [before], [after] = list_plans(office, D(2024, 2, 29)), list_plans(office, D(2024, 3, 1))
    assert (before.kind, after.kind, after.since) == ("admit", "not_now", D(2024, 3, 1))
    with pytest.raises(facts.ChangedLater):
        set_plan(office, SetPlan(post=POST, kind="replace", on=D(2024, 2, 1)), XA)


def test_a_plan_is_one_of_four_and_not_for_a_head_who_is_a_member(office: Office) -> None:
    with pytest.raises(InvalidInput) as wrong:
        # as a door may hand it on
        set_plan(office, SetPlan(post=POST, kind="wait", on=TODAY), XA)  # type: ignore[arg-type]
    assert [(one.field, one.code) for one in wrong.value.faults] == [("kind", "not_an_option")]
    set_membership(office, SetMembership(person=HEAD, status="member", since=D(2024, 1, 1)), HUYEN)
    with pytest.raises(facts.AlreadyAMember):
        set_plan(office, SetPlan(post=POST, kind="admit", on=TODAY), XA)


def test_a_meeting_is_of_the_head_of_that_day_and_nothing_more_is_kept(office: Office) -> None:
    assert log_meeting(office, LogMeeting(unit=VILLAGE, on=D(2024, 8, 5), came=False), BRANCH).person == HEAD
    assert log_meeting(office, LogMeeting(unit=VILLAGE, on=D(2024, 8, 5), came=True), BRANCH).person == HEAD
    before = events(office)
    log_meeting(office, LogMeeting(unit=VILLAGE, on=D(2024, 8, 5), came=True), BRANCH)
    log_meeting(office, LogMeeting(unit=VILLAGE, on=D(2024, 7, 5), came=False), BRANCH)
    assert events(office) == before + 1
    listed = [(one.on, one.person.name, one.came) for one in list_meetings(office)]
    assert listed == [(D(2024, 8, 5), "Nguyễn Văn Mẫu", True), (D(2024, 7, 5), "Nguyễn Văn Mẫu", False)]
    assert list_meetings(office, D(2024, 7, 4)) == []
    with pytest.raises(facts.PostVacant):
        log_meeting(office, LogMeeting(unit=VILLAGE, on=D(2018, 1, 1), came=True), BRANCH)


# --- users --------------------------------------------------------------------------------------------------


def test_a_user_is_a_person_with_a_role_at_a_unit_of_its_level(office: Office) -> None:
    person = add_user(
        office,
        AddUser(user="canbo2", name="Đỗ Thị  Nga", role="commune_officer", unit=COMMUNE, since=D(2024, 1, 1)),
        HUYEN,
    ).person
    [user] = [one for one in list_users(office) if one.id == "canbo2"]
    assert (user.name, user.person) == ("Đỗ Thị Nga", person)
    assert [(one.role, one.unit.name) for one in user.grants] == [("commune_officer", "Xã Đồng Thịnh")]
    assert office.read_snapshot().list_roles("canbo2", VILLAGE, TODAY) == {"commune_officer"}
    with pytest.raises(facts.WrongLevel):
        add_user(
            office,
            AddUser(user="canbo3", name="Đỗ Văn Ba", role="commune_officer", unit=VILLAGE, since=TODAY),
            HUYEN,
        )
    with pytest.raises(facts.NotARole):
        add_user(
            office, AddUser(user="canbo3", name="Đỗ Văn Ba", role="mayor", unit=COMMUNE, since=TODAY), HUYEN
        )
    assert verify_office(office).holds


def test_a_user_who_is_known_as_a_person_is_not_written_twice(office: Office) -> None:
    assert (
        add_user(
            office,
            AddUser(user="tro", person=SPONSOR, role="branch_secretary", unit=VILLAGE, since=TODAY),
            HUYEN,
        ).person
        == SPONSOR
    )
    assert next(one.name for one in list_users(office) if one.id == "tro") == "Lê Văn Trợ"


def test_who_acts_no_longer_has_no_role_left_and_the_name_is_not_given_to_somebody_else(
    office: Office,
) -> None:
    add_grant(
        office, AddGrant(user="canbo", role="branch_secretary", unit=VILLAGE, since=D(2024, 7, 1)), HUYEN
    )
    end_user(office, EndUser(user="canbo", on=D(2024, 6, 30)), HUYEN)
    tree = office.read_snapshot()
    assert tree.list_roles("canbo", VILLAGE, D(2024, 6, 30)) == {"commune_officer"}
    assert tree.list_roles("canbo", VILLAGE, D(2024, 7, 1)) == set()
    with pytest.raises(facts.AlreadyKnown):
        add_user(
            office,
            AddUser(user="canbo", name="Đỗ Văn Ba", role="commune_officer", unit=COMMUNE, since=TODAY),
            HUYEN,
        )
    with pytest.raises(facts.AlreadyEnded):
        end_user(office, EndUser(user="canbo", on=D(2024, 7, 1)), HUYEN)


def test_a_role_is_given_once_and_taken_back(office: Office) -> None:
    with pytest.raises(facts.AlreadyKnown):
        add_grant(office, AddGrant(user="canbo", role="commune_officer", unit=COMMUNE, since=TODAY), HUYEN)
    end_user(office, EndUser(user="canbo", role="commune_officer", unit=COMMUNE, on=D(2024, 6, 30)), HUYEN)
    with pytest.raises(facts.UnknownGrant):
        end_user(
            office, EndUser(user="canbo", role="district_officer", unit=DISTRICT, on=D(2024, 6, 30)), HUYEN
        )
    add_grant(
        office, AddGrant(user="canbo", role="commune_officer", unit=COMMUNE, since=D(2024, 8, 1)), HUYEN
    )
    roles = {
        day: office.read_snapshot().list_roles("canbo", COMMUNE, day)
        for day in (D(2024, 7, 31), D(2024, 8, 1))
    }
    assert roles == {D(2024, 7, 31): set(), D(2024, 8, 1): {"commune_officer"}}


# --- people -------------------------------------------------------------------------------------------------


def test_a_sponsor_typed_in_is_a_member_since_the_day_that_is_stated(office: Office) -> None:
    days: dict[str, Any] = {"born": D(1970, 1, 2), "official_since": D(1999, 3, 2)}
    person = add_person(office, AddPerson(details={"name": "  Vũ  Thị Hoà ", **days}), XA).id
    assert person_of(office, person) == Person(person, "Vũ Thị Hoà", **days)
    tree = office.read_snapshot()
    assert (tree.get_membership(person, D(1999, 3, 1)), tree.get_membership(person, D(1999, 3, 2))) == (
        "none",
        "member",
    )
    assert verify_office(office).holds


def test_what_is_typed_of_a_person_is_understood_as_an_office_writes_it(office: Office) -> None:
    typed = {
        "sex": "Nữ",
        "education_met": "chưa",
        "born": "05/03/1985",
        "occupation": " giáo  viên ",
        "contact": "",
    }
    assert change_person(office, ChangePerson(person=HEAD, details=typed), XA).changed
    person = person_of(office, HEAD)
    assert (person.sex, person.education_met, person.born) == ("female", False, D(1985, 3, 5))
    assert (person.name, person.occupation, person.contact) == ("Nguyễn Văn Mẫu", "giáo viên", None)
    before = events(office)
    assert not change_person(office, ChangePerson(person=HEAD, details=typed), XA).changed
    assert events(office) == before
    assert verify_office(office).holds


def test_what_a_form_does_not_print_is_never_stored_and_every_fault_is_named_at_once(office: Office) -> None:
    before = events(office)
    typed = {"religion": "x", "name": " ", "born": "30/02/1970", "sex": "?", "official_since": TOMORROW}
    with pytest.raises(InvalidInput) as wrong:
        change_person(office, ChangePerson(person=HEAD, details=typed), XA)
    assert {(one.field, one.code) for one in wrong.value.faults} == {
        ("religion", "unknown"),
        ("name", "missing"),
        ("born", "not_a_day"),
        ("sex", "not_an_option"),
        ("official_since", "in_the_future"),
    }
    with pytest.raises(InvalidInput):
        change_person(office, ChangePerson(person=HEAD, details={"official_since": "01/01/1979"}), XA)
    with pytest.raises(InvalidInput):
        change_person(office, ChangePerson(person=HEAD, details={"contact": "0" * 501}), XA)
    with pytest.raises(UnknownPerson):
        change_person(office, ChangePerson(person="P-NOBODY", details={"name": "Ai"}), XA)
    assert events(office) == before


def test_what_somebody_became_later_is_not_written_over(office: Office) -> None:
    set_membership(office, SetMembership(person=HEAD, status="probationary", since=D(2023, 4, 1)), HUYEN)
    set_membership(office, SetMembership(person=HEAD, status="member", since=D(2024, 4, 1)), HUYEN)
    tree = office.read_snapshot()
    assert [tree.get_membership(HEAD, day) for day in (D(2023, 3, 31), D(2024, 3, 31), D(2024, 4, 1))] == [
        "none",
        "probationary",
        "member",
    ]
    with pytest.raises(facts.ChangedLater):
        set_membership(office, SetMembership(person=HEAD, status="none", since=D(2023, 6, 1)), HUYEN)
    set_membership(office, SetMembership(person=HEAD, status="none", since=D(2024, 6, 1)), HUYEN)
    assert office.read_snapshot().get_membership(HEAD, TODAY) == "none"


def test_a_users_address_comes_with_the_user_or_nothing_does(office: Office) -> None:
    before = events(office)
    with pytest.raises(InvalidInput) as wrong:
        add_user(
            office,
            AddUser(
                user="tro",
                person=SPONSOR,
                contact="x" * 501,
                role="branch_secretary",
                unit=VILLAGE,
                since=TODAY,
            ),
            HUYEN,
        )
    assert [(one.field, one.code) for one in wrong.value.faults] == [("contact", "too_long")]
    assert events(office) == before
    add_user(
        office,
        AddUser(
            user="tro",
            person=SPONSOR,
            contact="tro@xa.example",
            role="branch_secretary",
            unit=VILLAGE,
            since=TODAY,
        ),
        HUYEN,
    )
    assert load_mailbox(office, "tro").address == "tro@xa.example"


def test_nobody_comes_back_into_the_party_by_a_paper(office: Office) -> None:
    set_membership(office, SetMembership(person=SPONSOR, status="none", since=D(2024, 2, 1)), HUYEN)
    set_membership(office, SetMembership(person=SPONSOR, status="member", since=D(2024, 2, 1)), HUYEN)
    set_membership(office, SetMembership(person=SPONSOR, status="none", since=D(2024, 2, 1)), HUYEN)
    with pytest.raises(InvalidInput) as wrong:
        set_membership(office, SetMembership(person=SPONSOR, status="member", since=D(2024, 3, 1)), HUYEN)
    assert [(one.code, one.values) for one in wrong.value.faults] == [
        ("membership_ended", {"last": D(2024, 1, 31)})
    ]
    assert office.read_snapshot().get_membership(SPONSOR, TODAY) == "none"


def test_nobody_is_a_member_before_the_day_they_are_eighteen(office: Office) -> None:
    young = {"name": "Trần Non", "born": D(2000, 2, 29)}
    with pytest.raises(InvalidInput) as wrong:
        add_person(office, AddPerson(details={**young, "official_since": D(2018, 2, 27)}), XA)
    assert [(one.field, one.code) for one in wrong.value.faults] == [("official_since", "too_young")]
    added = add_person(office, AddPerson(details={**young, "official_since": D(2018, 2, 28)}), XA)
    assert office.read_snapshot().get_membership(added.id, TODAY) == "member"
    plain = add_person(office, AddPerson(details=young | {"name": "Trần Chờ"}), XA).id
    with pytest.raises(InvalidInput) as wrong:
        set_membership(office, SetMembership(person=plain, status="probationary", since=D(2018, 2, 1)), HUYEN)
    assert [one.code for one in wrong.value.faults] == ["too_young"]


def test_nobody_becomes_a_member_by_a_paper_while_a_case_of_theirs_is_open(office: Office) -> None:
    case = open_case(office, HEAD, D(2024, 8, 1), BRANCH)
    for status in ("probationary", "member"):
        with pytest.raises(InvalidInput) as wrong:
            set_membership(office, SetMembership(person=HEAD, status=status, since=TODAY), HUYEN)
        assert [(one.code, one.values) for one in wrong.value.faults] == [("case_open", {"case": case})]
    assert office.read_snapshot().get_membership(HEAD, TODAY) == "none"


# --- what makes no sense ------------------------------------------------------------------------------------

NONSENSE: dict[str, Callable[[Office, date], object]] = {
    "a unit": lambda office, day: (
        add_unit(office, AddUnit(name="Thôn Mai", level="village", since=day, parent=COMMUNE), XA).id
    ),
    "a change": lambda office, day: (
        change_unit(office, ChangeUnit(unit=VILLAGE, since=day, name="Thôn Mai"), XA).changed
    ),
    "an end": lambda office, day: end_unit(office, EndUnit(unit=VILLAGE, on=day), XA),
    "a post": lambda office, day: add_post(office, AddPost(unit=VILLAGE, since=day), XA).id,
    "the end of a post": lambda office, day: end_post(office, EndPost(post=POST, on=day), XA),
    "a tenure": lambda office, day: hold_post(office, HoldPost(post=POST, person=SPONSOR, since=day), XA),
    "leaving": lambda office, day: leave_post(office, LeavePost(post=POST, on=day), XA).person,
    "a plan": lambda office, day: set_plan(office, SetPlan(post=POST, kind="admit", on=day), XA).changed,
    "a meeting": lambda office, day: (
        log_meeting(office, LogMeeting(unit=VILLAGE, on=day, came=True), XA).person
    ),
    "a user": lambda office, day: (
        add_user(
            office, AddUser(user="mai", name="Mai", role="commune_officer", unit=COMMUNE, since=day), XA
        ).person
    ),
    "the end of a user": lambda office, day: end_user(office, EndUser(user="canbo", on=day), XA),
    "a role": lambda office, day: add_grant(
        office, AddGrant(user="canbo", role="branch_secretary", unit=VILLAGE, since=day), XA
    ),
    "the end of a role": lambda office, day: end_user(
        office, EndUser(user="canbo", role="commune_officer", unit=COMMUNE, on=day), XA
    ),
    "a membership": lambda office, day: set_membership(
        office, SetMembership(person=HEAD, status="member", since=day), XA
    ),
    "a birth": lambda office, day: (
        add_person(office, AddPerson(details={"name": "Mai Thị Sau", "born": day}), XA).id
    ),
}


def test_nothing_lies_in_the_future_or_before_anybodys_time(tmp_path: Path, sqlite_url: str) -> None:
    with closing(make_small_office(tmp_path, sqlite_url)) as office:
        before = events(office)
        for day, code in ((TOMORROW, "in_the_future"), (D(1899, 12, 31), "too_early")):
            for what, ask in NONSENSE.items():
                with pytest.raises(InvalidInput) as wrong:
                    ask(office, day)
                assert [one.code for one in wrong.value.faults] == [code], what
        assert events(office) == before


UNKNOWN: dict[str, tuple[Callable[[Office], object], type[Exception]]] = {
    "a parent": (
        lambda office: (
            add_unit(
                office, AddUnit(name="Thôn Mai", level="village", since=TODAY, parent="dong-tinh"), XA
            ).id
        ),
        facts.UnknownUnit,
    ),
    "a unit": (
        lambda office: change_unit(office, ChangeUnit(unit="x", since=TODAY, name="Thôn Mai"), XA).changed,
        facts.UnknownUnit,
    ),
    "a unit to end": (lambda office: end_unit(office, EndUnit(unit="x", on=TODAY), XA), facts.UnknownUnit),
    "a successor": (
        lambda office: end_unit(office, EndUnit(unit=VILLAGE, on=TODAY, successor="x"), XA),
        facts.UnknownUnit,
    ),
    "itself as successor": (
        lambda office: end_unit(office, EndUnit(unit=VILLAGE, on=TODAY, successor=VILLAGE), XA),
        facts.UnitMisplaced,
    ),
    "a village": (lambda office: add_post(office, AddPost(unit="x", since=TODAY), XA).id, facts.UnknownUnit),
    "a post": (
        lambda office: hold_post(office, HoldPost(post="x", person=HEAD, since=TODAY), XA),
        facts.UnknownPost,
    ),
    "a post to end": (lambda office: end_post(office, EndPost(post="x", on=TODAY), XA), facts.UnknownPost),
    "a post to leave": (
        lambda office: leave_post(office, LeavePost(post="x", on=TODAY), XA).person,
        facts.UnknownPost,
    ),
    "a planned post": (
        lambda office: set_plan(office, SetPlan(post="x", kind="admit", on=TODAY), XA).changed,
        facts.UnknownPost,
    ),
    "a branch": (
        lambda office: log_meeting(office, LogMeeting(unit="x", on=TODAY, came=True), XA).person,
        facts.UnknownUnit,
    ),
    "a branch without a post": (
        lambda office: log_meeting(office, LogMeeting(unit=COMMUNE, on=TODAY, came=True), XA).person,
        facts.UnknownPost,
    ),
    "a head": (
        lambda office: hold_post(office, HoldPost(post=POST, person="P-NOBODY", since=TODAY), XA),
        UnknownPerson,
    ),
    "a user": (lambda office: end_user(office, EndUser(user="x", on=TODAY), XA), facts.UnknownUser),
    "a user for a role": (
        lambda office: add_grant(
            office, AddGrant(user="x", role="branch_secretary", unit=VILLAGE, since=TODAY), XA
        ),
        facts.UnknownUser,
    ),
    "a person for a user": (
        lambda office: (
            add_user(
                office,
                AddUser(user="mai", person="P-NOBODY", role="commune_officer", unit=COMMUNE, since=TODAY),
                XA,
            ).person
        ),
        UnknownPerson,
    ),
    "a listed unit": (lambda office: list_posts(office, unit="x"), facts.UnknownUnit),
    "an id with marks": (
        lambda office: (
            add_unit(office, AddUnit(name="Thôn Mai", level="village", since=TODAY, id="thôn-mai"), XA).id
        ),
        InvalidInput,
    ),
    "a user with marks": (
        lambda office: (
            add_user(
                office,
                AddUser(user="Bí thư", name="Mai", role="commune_officer", unit=COMMUNE, since=TODAY),
                XA,
            ).person
        ),
        InvalidInput,
    ),
    "an empty name": (
        lambda office: add_unit(office, AddUnit(name=" ", level="village", since=TODAY), XA).id,
        InvalidInput,
    ),
    "an endless name": (
        lambda office: add_unit(office, AddUnit(name="Thôn " * 50, level="village", since=TODAY), XA).id,
        InvalidInput,
    ),
    "a kind of post": (
        lambda office: add_post(office, AddPost(unit=VILLAGE, since=TODAY, kind="mayor"), XA),  # type: ignore[arg-type]
        InvalidInput,
    ),
}


def test_what_nobody_knows_is_never_written(tmp_path: Path, sqlite_url: str) -> None:
    with closing(make_small_office(tmp_path, sqlite_url)) as office:
        before = events(office)
        for what, (ask, expected) in UNKNOWN.items():
            try:
                ask(office)
            except expected:
                continue
            pytest.fail(what)
        assert events(office) == before


def test_a_unit_mistyped_by_a_letter_is_told_what_was_probably_meant(office: Office) -> None:
    with pytest.raises(facts.UnknownUnit) as unknown:
        add_unit(office, AddUnit(name="Thôn Mai", level="village", since=TODAY, parent="dong-tinh"), XA)
    assert unknown.value.values["near"][0] == COMMUNE


def test_what_happened_in_a_transaction_that_failed_is_not_there(office: Office) -> None:
    before = events(office)
    with pytest.raises(facts.ChangedLater):
        end_post(office, EndPost(post=POST, on=D(2019, 6, 30)), XA)
    assert events(office) == before
    assert verify_office(office).holds


def test_who_was_only_registered_is_not_named_in_the_history(office: Office) -> None:
    add_person(office, AddPerson(details={"name": "Mai Thị Kín", "contact": "0912 345 678"}), XA)
    with office.database.read_transaction() as connection:
        bodies = b"".join(bytes(row.body) for row in reads.load_events(connection))
    assert "Kín".encode() not in bodies
    assert b"0912 345 678" not in bodies
    assert DISTRICT_OFFICER.encode() in bodies


# --- the words ----------------------------------------------------------------------------------------------


def test_every_fact_that_stands_against_an_entry_is_worded_in_both_languages() -> None:
    codes = {one.code for one in RegisterError.__subclasses__()}
    assert len(codes) == len(RegisterError.__subclasses__())
    for language in ("vi", "en"):
        worded = {
            key.removeprefix("register.") for key in load_messages(language) if key.startswith("register.")
        }
        assert codes <= worded


def test_the_words_of_both_languages_have_the_same_places() -> None:
    vi, en = load_messages("vi"), load_messages("en")
    for key in vi:
        if key.startswith(("register.", "import.")):
            places = [{name for _, name, _, _ in Formatter().parse(words[key]) if name} for words in (vi, en)]
            assert places[0] == places[1], key
