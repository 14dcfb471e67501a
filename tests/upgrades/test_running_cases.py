"""Cases that ran before the class was asked for, and before leave: they go on where they stand."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date

import pytest
import sqlalchemy as sa

from tests.offices import BRANCH, XA
from tests.upgrades.conftest import Unpack
from workflow.cases.commands.advance import advance_case
from workflow.cases.views.case_view import load_case_view
from workflow.office import Office
from workflow.operations.open_office import open_office
from workflow.operations.upgrade.upgrade import upgrade_office
from workflow.operations.verify.verify import verify_office
from workflow.register.writer import Who
from workflow.storage.tables.cases import CASES

ADMIN = Who("", "quan-tri")
TODAY = date(2024, 8, 15)


@contextmanager
def upgraded(unpack: Unpack) -> Iterator[Office]:
    """An office of before the class was asked for, under the rules of today, open."""
    config = unpack("0004")
    upgrade_office(config, ADMIN)
    with closing(open_office(config)) as office:
        yield office
        assert verify_office(office).broken == []


def case_at(office: Office, state: str) -> str:
    with office.database.read_transaction() as connection:
        found = sa.select(CASES.c.id).where(CASES.c.state == state, CASES.c.closed_on.is_(None))
        return str(connection.execute(found).scalars().first())


def test_who_was_nominated_is_proposed_for_the_class_and_goes_on(unpack: Unpack) -> None:
    with upgraded(unpack) as office:
        case = case_at(office, "nominated")
        view = load_case_view(office, case, "vi")
        assert (view.state.id, view.state.turn) == ("nominated", "branch")
        assert "request_class" in {move.move for move in view.moves}
        assert advance_case(office, case, "request_class", TODAY, BRANCH, {}).after == "class_requested"
        assert advance_case(office, case, "enrol", TODAY, XA, {}).after == "training"


def test_who_was_in_the_class_is_certified_as_before(unpack: Unpack) -> None:
    with upgraded(unpack) as office:
        case = case_at(office, "training")
        said = {"certificate_no": "11", "certificate_issued_on": "2024-08-13"}
        assert advance_case(office, case, "certify", TODAY, XA, said).after == "sponsorship"


@pytest.mark.parametrize("state", ["sponsorship", "verification", "opinions", "branch_meeting", "probation"])
def test_a_case_further_on_stands_where_it_stood(unpack: Unpack, state: str) -> None:
    with upgraded(unpack) as office:
        assert load_case_view(office, case_at(office, state), "vi").state.id == state
