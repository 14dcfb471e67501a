"""Who sees what and types for whom, by roles and the tree of units."""

import gc
from datetime import date
from weakref import ref

import pytest

from tests.journeys.land import (
    COMMUNE,
    DISTRICT,
    DISTRICT_OFFICER,
    EAST,
    FIRST_WITHOUT,
    HEADS,
    OFFICER,
    PARTED,
    PLAIN,
    SECRETARY,
    STRAIGHT,
    STRANGER,
    TRUSTED,
    TRUSTED_COMMUNE,
    VILLAGES,
    begin,
    travel,
    writing,
)
from workflow.cases.views.my_work import MyWork, WorkItemView
from workflow.office import Office
from workflow.register.permissions import Access, get_access

DAY = date(2022, 5, 20)


def access(office: Office, user: str, day: date = DAY) -> Access:
    return Access(office.read_snapshot(), user, day, office.rulebook.edition_on("admission", day))


def neighbour(office: Office, village: str) -> str:
    """A secretary of one village alone."""
    with writing(office) as books:
        books.add_row("users", date(2016, 1, 1), id="lang-gieng", person_id=HEADS[STRAIGHT])
        books.add_row(
            "grants", date(2016, 1, 1), user_id="lang-gieng", role="branch_secretary", unit_id=village
        )
    return "lang-gieng"


def test_what_was_worked_out_of_a_register_goes_with_it(sqlite_land: Office) -> None:
    user = neighbour(sqlite_land, PLAIN)
    rules = sqlite_land.rulebook.edition_on("admission", DAY)
    before = sqlite_land.read_snapshot()
    held = get_access(before, user, DAY, rules)
    assert get_access(before, user, DAY, rules) is held
    with writing(sqlite_land) as books:
        books.add_row("grants", date(2016, 1, 1), user_id=user, role="branch_secretary", unit_id=PARTED)
    after = sqlite_land.read_snapshot()
    assert not held.can_see(PARTED)
    assert get_access(after, user, DAY, rules).can_see(PARTED)
    gone = ref(before)
    del before, held
    gc.collect()
    assert gone() is None


def test_a_secretary_sees_the_own_branch_and_nothing_beside_or_above_it(sqlite_land: Office) -> None:
    mine = access(sqlite_land, neighbour(sqlite_land, PLAIN))
    assert [village for village in VILLAGES if mine.can_see(village)] == [PLAIN]
    assert not mine.can_see(COMMUNE)
    assert mine.scope == frozenset({PLAIN})
    assert not mine.is_above_branches
    assert not mine.is_everywhere


def test_a_commune_officer_sees_all_branches_of_the_commune_and_directs_them(sqlite_land: Office) -> None:
    mine = access(sqlite_land, OFFICER.by)
    assert mine.can_see(PLAIN)
    assert mine.can_see(TRUSTED)
    assert not mine.can_see(DISTRICT)
    assert mine.can_manage(PLAIN)
    assert mine.is_above_branches


def test_whoever_holds_no_role_sees_nothing(sqlite_land: Office) -> None:
    mine = access(sqlite_land, STRANGER.by)
    assert mine.scope == frozenset()
    assert not any(mine.can_see(unit) for unit in (*VILLAGES, COMMUNE, DISTRICT, None))
    assert not access(sqlite_land, "nobody-at-all").roles_by_unit


def test_a_role_that_has_ended_opens_nothing_from_the_day_after(sqlite_land: Office) -> None:
    officer = access(sqlite_land, DISTRICT_OFFICER.by)
    assert officer.can_see(PLAIN)
    assert officer.can_see(STRAIGHT)
    with writing(sqlite_land) as books:
        row = next(
            row for row in sqlite_land.read_snapshot().grants[DISTRICT_OFFICER.by] if row.unit_id == DISTRICT
        )
        books.end_row("grants", row, date(2022, 5, 19))
    assert not access(sqlite_land, DISTRICT_OFFICER.by).can_see(STRAIGHT)
    assert access(sqlite_land, DISTRICT_OFFICER.by, date(2022, 5, 19)).can_see(STRAIGHT)


@pytest.mark.parametrize("organ", ["branch", "committee", "authority"])
def test_a_secretary_types_for_nobody_else(sqlite_land: Office, organ: str) -> None:
    user = neighbour(sqlite_land, PLAIN)
    rules = sqlite_land.rulebook.edition_on("admission", DAY)
    expected = [user] if organ == "branch" else []
    assert access(sqlite_land, user).list_actors(rules, organ, PLAIN) == expected
    assert access(sqlite_land, user).list_actors(rules, organ, PARTED) == []


def test_an_officer_types_for_the_branches_below_their_own_secretaries_first(sqlite_land: Office) -> None:
    rules = sqlite_land.rulebook.edition_on("admission", DAY)
    user = neighbour(sqlite_land, PLAIN)
    mine = access(sqlite_land, OFFICER.by)
    actors = mine.list_actors(rules, "branch", PLAIN)
    assert actors == [user, OFFICER.by]
    assert mine.outranks_user(user)
    assert not access(sqlite_land, user).outranks_user(OFFICER.by)


def test_nobody_types_for_an_organ_above_the_own(sqlite_land: Office) -> None:
    rules = sqlite_land.rulebook.edition_on("admission", DAY)
    assert access(sqlite_land, OFFICER.by).list_actors(rules, "authority", PLAIN) == []


def test_when_units_are_merged_the_officer_goes_on_seeing_what_they_have_become(sqlite_land: Office) -> None:
    before, after = (access(sqlite_land, OFFICER.by, day) for day in (DAY, FIRST_WITHOUT))
    assert before.can_see(PARTED)
    assert after.can_see(PARTED)
    assert EAST not in before.roles_by_unit or before.can_see(EAST)


def own_work(office: Office, whose: Access, **page: int) -> list[WorkItemView]:
    """The cases whose turn it is at somebody's own step."""
    with office.database.read_transaction() as connection:
        return MyWork(office, whose, connection, **page).list_own("vi")


def test_a_case_is_the_branchs_turn_until_it_has_nominated(land: Office) -> None:
    travel(land, DAY)
    case = begin(land, PLAIN, DAY).case
    (mine,) = own_work(land, access(land, SECRETARY.by))
    assert (mine.case, mine.next) == (case, "Đưa vào nguồn và phân công giúp đỡ")
    with land.database.read_transaction() as connection:
        officer = MyWork(land, access(land, OFFICER.by), connection)
        own, others = officer.list_own_and_others("vi")
    assert (own, [one.case for one in others]) == ([], [case])


def test_what_runs_out_first_comes_first(land: Office) -> None:
    travel(land, DAY)
    later, sooner = begin(land, PLAIN, DAY).case, begin(land, TRUSTED, date(2022, 3, 1)).case
    first, second = own_work(land, access(land, SECRETARY.by))
    assert [first.case, second.case] == [sooner, later]
    assert first.due is not None
    assert second.due is not None
    assert first.due < second.due


def test_over_everything_cases_are_found_along_their_deadlines(land: Office) -> None:
    """Whoever stands above all of it pages through what falls due, without a list of units."""
    travel(land, DAY)
    cases = [begin(land, village, day).case for village, day in ((PLAIN, DAY), (TRUSTED, date(2022, 3, 1)))]
    with writing(land) as books:
        books.add_row(
            "grants", date(2016, 1, 1), user_id=SECRETARY.by, role="branch_secretary", unit_id="tinh"
        )
    everywhere = access(land, SECRETARY.by)
    assert everywhere.is_everywhere
    assert TRUSTED_COMMUNE not in everywhere.roles_by_unit
    pages = [own_work(land, everywhere, limit=1, offset=at) for at in (0, 1, 2)]
    assert [[one.case for one in page] for page in pages] == [[cases[1]], [cases[0]], []]
