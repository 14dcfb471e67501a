"""What supervisors read once a week: how many heads are members, what moved, what is stalled, the seal."""

from datetime import date, timedelta

import orjson

from notifications.letter import CommuneCoverage, MovedCase, StalledCase, WeeklySummary
from states.vocabulary import Text
from workflow.cases.views.case_list import View, count_coverage, list_case_views
from workflow.office import Office
from workflow.storage import reads
from workflow.storage.tables.cases import CaseRow

WEEK = timedelta(days=7)
NO_TEXT = Text("", "")


def build_weekly_summary(office: Office, day: date) -> WeeklySummary:
    """The summary of the week before a day."""
    since = day - WEEK
    coverage_view = count_coverage(office, on=day)
    with office.database.read_transaction() as connection:
        head = reads.load_chain_head(connection)
        moved_cases = tuple(
            item for row in reads.load_cases(connection) if (item := _moved_case(office, row, since, day))
        )
    return WeeklySummary(
        since=since,
        total=_commune_coverage("", coverage_view["total"]),
        communes=tuple(_commune_coverage(item["name"], item) for item in coverage_view["communes"]),
        moved=moved_cases,
        stalled=tuple(_stalled_case(office, item, day) for item in list_case_views(office, "vi", stalled=True)),
        seal=f"{head[0].n} {head[0].hash.hex()[:16]}" if head else "",
    )


def _commune_coverage(name: str, counts: View) -> CommuneCoverage:
    return CommuneCoverage(
        name, *(counts[key] for key in ("posts", "members", "probationary", "combined", "remaining"))
    )


def _moved_case(office: Office, row: CaseRow, since: date, day: date) -> MovedCase | None:
    last = orjson.loads(row.record)["last_on"]
    state = office.rulebook.edition_on(row.pipeline, day).states.get(row.state)
    return (
        MovedCase(row.id, state.label if state else NO_TEXT, date.fromisoformat(last)) if last >= str(since) else None
    )


def _stalled_case(office: Office, case: View, day: date) -> StalledCase:
    edition = office.rulebook.edition_on(case["pipeline"], day)
    turn = edition.organs[case["turn"]].label if case["turn"] else NO_TEXT
    return StalledCase(case["case"], edition.states[case["state"]["id"]].label, turn, case["days_late"])
