"""Nobody keeps an equal: accounts, roles and typing come from above, in an office of many communes and in
a chain.
"""

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from tests.journeys.samples import CONFIG, ME, NAME
from tests.offices import BRANCH, COMMUNE, DISTRICT, HUYEN, TODAY, VILLAGE, XA, make_small_office
from workflow.office import Office
from workflow.operations.open_office import open_office
from workflow.operations.sample import make_sample
from workflow.register.acts import EndUser
from workflow.register.commands.users import end_user
from workflow.register.permissions import Access

DAY = date(2022, 8, 9)
OFFICER, STAFF, COMMUNE_OFFICER = "vanphong.huyen", "tochuc.huyen", "canbo.hai-luu"
DISTRICT_OF_SAMPLE, COMMUNE_OF_SAMPLE, VILLAGE_OF_SAMPLE = "song-lo", "hai-luu", "hai-luu/thon-ben-mo"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("ngang hàng") / "mẫu"
    make_sample(folder, NAME, ME, config_text=CONFIG)
    with closing(open_office(folder / "config.yaml")) as office:
        yield office


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[Office]:
    """One district, one commune, one village: nothing lies beside anything."""
    with closing(make_small_office(tmp_path, "sqlite:///ketnap.db")) as office:
        yield office


def access(office: Office, user: str, day: date = DAY) -> Access:
    return Access(office.read_snapshot(), user, day, office.rulebook.edition_on("admission", day))


def test_the_staff_of_the_organisation_board_stands_below_the_officer_of_the_same_district(
    sample: Office,
) -> None:
    assert access(sample, OFFICER).outranks_user(STAFF)
    assert not access(sample, STAFF).outranks_user(OFFICER)
    assert access(sample, STAFF).outranks_user(COMMUNE_OFFICER)


def test_nobody_gives_what_they_hold_or_what_stands_over_it(sample: Office) -> None:
    officer, staff, commune = (access(sample, user) for user in (OFFICER, STAFF, COMMUNE_OFFICER))
    assert not officer.can_grant("district_officer", DISTRICT_OF_SAMPLE)
    assert officer.can_grant("district_staff", DISTRICT_OF_SAMPLE)
    assert not staff.can_grant("district_staff", DISTRICT_OF_SAMPLE)
    assert staff.can_grant("commune_officer", COMMUNE_OF_SAMPLE)
    assert not commune.can_grant("commune_officer", COMMUNE_OF_SAMPLE)
    assert commune.can_grant("branch_secretary", VILLAGE_OF_SAMPLE)
    assert not commune.can_grant("branch_secretary", "quang-yen/thon-ao-truc")


def test_the_staff_does_not_type_the_decision_of_the_standing_committee(sample: Office) -> None:
    rules = sample.rulebook.edition_on("admission", DAY)
    assert access(sample, STAFF).list_actors(rules, "authority", VILLAGE_OF_SAMPLE) == []


def test_in_a_chain_only_who_stands_at_its_top_has_the_whole_office(chain: Office) -> None:
    branch, commune, district = (access(chain, who.by, TODAY) for who in (BRANCH, XA, HUYEN))
    assert [one.is_everywhere for one in (branch, commune, district)] == [False, False, True]
    assert branch.scope == frozenset({VILLAGE})
    assert commune.scope == frozenset({COMMUNE, VILLAGE})
    assert not any(commune.can_grant(role, DISTRICT) for role in ("district_officer", "district_staff"))


def test_where_nobody_acts_above_any_more_the_commune_is_the_top(chain: Office) -> None:
    end_user(
        chain, EndUser(user=HUYEN.by, role="district_officer", unit=DISTRICT, on=date(2024, 8, 1)), HUYEN
    )
    assert access(chain, XA.by, TODAY).is_everywhere
    assert not access(chain, BRANCH.by, TODAY).is_everywhere
