"""Where two entries hold on one day, every reader takes the one that was entered last."""

from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

from tests.offices import HEAD, HUYEN, POST, SPONSOR, make_small_office
from tests.reading import ask
from workflow.board.coverage import count_coverage
from workflow.office import Office
from workflow.register.views.posts import list_posts
from workflow.register.writer import RegisterWriter

BEGUN, BEFORE = date(2022, 3, 1), date(2022, 2, 1)


def enter(office: Office, table: str, since: date, **values: Any) -> None:
    with office.write_transaction() as (tx, ledger):
        RegisterWriter(office, tx, ledger, HUYEN).add_row(table, since, **values)


def seen(office: Office) -> tuple[list[object], list[object]]:
    """The head's post as the board counts it, and as the register lists it."""
    total = ask(office, count_coverage).total
    posts = list_posts(office)
    members = [post for post in posts if post.holder and post.holder.membership in ("probationary", "member")]
    probationary = [post for post in members if post.holder and post.holder.membership == "probationary"]
    return [total.posts, total.members, total.probationary], [len(posts), len(members), len(probationary)]


def test_a_membership_that_is_entered_later_counts_though_it_begins_earlier(
    tmp_path: Path, database_url: str
) -> None:
    with closing(make_small_office(tmp_path, database_url)) as office:
        enter(office, "memberships", BEGUN, person_id=HEAD, status="member")
        assert seen(office) == ([1, 1, 0], [1, 1, 0])
        enter(office, "memberships", BEFORE, person_id=HEAD, status="probationary")
        assert seen(office) == ([1, 1, 1], [1, 1, 1])
        assert office.read_snapshot().get_membership(HEAD, office.read_today()) == "probationary"


def test_a_post_of_two_heads_on_one_day_is_counted_once_with_the_later_entry(
    tmp_path: Path, database_url: str
) -> None:
    with closing(make_small_office(tmp_path, database_url)) as office:
        enter(office, "tenures", BEGUN, post_id=POST, person_id=SPONSOR)
        assert seen(office) == ([1, 1, 0], [1, 1, 0])
        enter(office, "tenures", BEFORE, post_id=POST, person_id=HEAD)
        assert seen(office) == ([1, 0, 0], [1, 0, 0])
