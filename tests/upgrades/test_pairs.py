"""The day that was kept of a sponsor, whoever the candidate was, becomes a fact of the pair where that is known."""

from contextlib import closing
from datetime import date

from tests.upgrades.conftest import Unpack
from workflow.operations.open_office import open_office
from workflow.operations.upgrade.carry_pairs import CarriedPairs
from workflow.operations.upgrade.upgrade import upgrade_office
from workflow.operations.verify.verify import verify_office
from workflow.register.writer import Who

ADMIN = Who("", "quan-tri")


def test_an_office_of_before_keeps_the_day_of_each_sponsor_who_had_one_candidate(unpack: Unpack) -> None:
    config = unpack("0004")
    done = upgrade_office(config, ADMIN)
    assert done.pairs == CarriedPairs(carried=2)
    with closing(open_office(config)) as office:
        known = office.read_snapshot().companions["P-MAU"]
        assert {row.person_id: row.valid_from for row in known} == {
            "P-BAO": date(2010, 1, 1),
            "P-TRO": date(2010, 1, 1),
        }
        assert verify_office(office).holds
