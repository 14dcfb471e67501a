"""The weekly summary tells supervisors how their units stand.

It holds coverage, cases that moved, stalled cases and the seal.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import orjson

from notifications.letter import BackupSummary, CommuneCoverage, MovedCase, StalledCase, WeeklySummary
from states.vocabulary import Text
from workflow.board.case_list import CaseListRow, list_cases_by_urgency
from workflow.board.coverage import CoverageCountsView, count_coverage
from workflow.board.snapshot.snapshot import BoardSnapshot, open_snapshot
from workflow.office import Office
from workflow.reminders.backup_health import read_backup_health
from workflow.storage import reads

WEEK = timedelta(days=7)
NO_TEXT = Text("", "")


def build_weekly_summary(office: Office, day: date) -> WeeklySummary:
    """The summary of the week before a day."""
    with open_snapshot(office, scope=None, on=day) as snapshot:
        coverage = count_coverage(snapshot)
        head = reads.load_chain_head(snapshot.connection)
        return WeeklySummary(
            since=day - WEEK,
            total=_commune_coverage("", coverage.total),
            communes=tuple(_commune_coverage(commune.name, commune) for commune in coverage.communes),
            moved=tuple(_list_moved(snapshot)),
            stalled=tuple(
                _stalled_case(snapshot, row) for row in list_cases_by_urgency(snapshot, "vi", stalled=True)
            ),
            seal=f"{head[0].n} {head[0].hash.hex()[:16]}" if head else "",
            backup=_backup_summary(office),
        )


def _backup_summary(office: Office) -> BackupSummary:
    health = read_backup_health(office)
    held_on = health.held_at.astimezone(ZoneInfo(office.config.zone)).date() if health.held_at else None
    late: Literal["late", "held"] = "late" if health.is_late else "held"
    state = "failed" if health.has_failed else late if held_on else "never"
    return BackupSummary(state, held_on, second_away=health.is_second_away, recovery=health.recovery)


def _commune_coverage(name: str, counts: CoverageCountsView) -> CommuneCoverage:
    return CommuneCoverage(
        name, counts.posts, counts.members, counts.probationary, counts.combined, counts.remaining
    )


def _list_moved(snapshot: BoardSnapshot) -> Iterator[MovedCase]:
    since = (snapshot.day - WEEK).isoformat()
    for row in reads.load_cases(snapshot.connection):
        last = orjson.loads(row.record)["last_on"]
        if last >= since:
            yield MovedCase(row.id, _state_label(snapshot, row.pipeline, row.state), date.fromisoformat(last))


def _state_label(snapshot: BoardSnapshot, pipeline: str, state: str) -> Text:
    rule = snapshot.office.rulebook.edition_on(pipeline, snapshot.day).states.get(state)
    return rule.label if rule else NO_TEXT


def _stalled_case(snapshot: BoardSnapshot, row: CaseListRow) -> StalledCase:
    edition = snapshot.office.rulebook.edition_on(row.pipeline, snapshot.day)
    turn = edition.organs[row.turn].label if row.turn else NO_TEXT
    return StalledCase(row.case, edition.states[row.state.id].label, turn, row.days_late)
