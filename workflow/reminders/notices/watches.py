"""Watches find what is due though no clock runs for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

import orjson

from states.calendar.months import add_months
from states.rulebook.edition import Condition, Edition
from workflow.office import Office
from workflow.register.person_record import decrypt_person
from workflow.reminders.notices import sweep_queries
from workflow.reminders.notices.recipients import list_supervisors
from workflow.reminders.notices.sweep_queries import CaseBeforeVote
from workflow.storage import reads, writes
from workflow.storage.engine import Transaction
from workflow.storage.register_snapshot import RegisterSnapshot, group_by, holds_on
from workflow.storage.tables.register import MeetingRow, PlanRow, PostRow, TenureRow

PIPELINE = "admission"
DAYS_WITHOUT = 90
"""Days after which a head without a case, or a branch without an extended meeting with its head, is told
of."""

HIDDEN_DAY = date.max
"""Stands in the ledger for a day that would give a person's birthday away; ``instance`` then tells days
apart."""


@dataclass(frozen=True, slots=True)
class WatchFinding:
    """One finding of a watch. ``due``: its day; ``person``: whom it is about.

    ``secret``: the day may not stand in clear.
    """

    watch: str
    subject: str
    unit: str
    organ: str
    due: date
    instance: str = ""
    pipeline: str = PIPELINE
    person: str | None = None
    secret: bool = False


@dataclass
class WatchFinder:
    """Looks through the register and the open cases on one day."""

    office: Office
    work: Transaction
    tree: RegisterSnapshot
    day: date

    def find_all(self, watches: set[str], *, new_week: bool, late: int) -> Iterator[WatchFinding]:
        """Everything that some watches find.

        ``new_week``: no morning of the week was swept yet; ``late``: how many mornings were missed.
        """
        if watches & {"age_limit", "papers_twelve_months"}:
            yield from self._case_findings(watches)
        if watches & {"head_without_case", "no_extended_meeting"}:
            yield from self._head_findings(watches)
        for name, wanted, instance in (("monday", new_week, ""), ("sweep_late", late, str(late))):
            if wanted and name in watches:
                for unit in list_supervisors(self.tree, self.day):
                    yield WatchFinding(name, unit, unit, "supervisor", self.day, instance)

    def _case_findings(self, watches: set[str]) -> Iterator[WatchFinding]:
        """Findings about conditions of the branch's vote, until the branch has voted."""
        for row in sweep_queries.list_cases_before_vote(self.work):
            yield from self._findings_of_case(row, watches)

    def _findings_of_case(self, row: CaseBeforeVote, watches: set[str]) -> Iterator[WatchFinding]:
        edition = self.office.rulebook.edition_on(row.pipeline, self.day)
        record: dict[str, Any] = orjson.loads(row.record)
        fields = record["fields"]
        state = edition.states.get(row.state)
        if state is None or not state.turn:
            return
        finding = partial(
            WatchFinding,
            subject=row.id,
            unit=row.unit_id,
            organ=state.turn,
            pipeline=row.pipeline,
            person=row.person_id,
        )
        if "age_limit" in watches and (last := self._last_day_of_age(row.person_id, edition, fields)):
            mark = self.office.vault.compute_mac(f"age {row.id} {last}".encode()).hex()[:12]
            yield finding("age_limit", due=last, instance=mark, secret=True)
        if "papers_twelve_months" in watches and (
            oldest := _oldest_paper_day(edition, fields, record["papers"])
        ):
            yield finding("papers_twelve_months", due=oldest)

    def _last_day_of_age(self, person: str, edition: Edition, fields: dict[str, Any]) -> date | None:
        """The last day of the last month in which the candidate is not too old; ages count by month."""
        rule = _find_condition(edition, "age_at_most", "unless")
        key, sealed = writes.load_person_row(self.work, person)
        born = decrypt_person(self.office.vault, person, key, sealed).born
        if rule is None or born is None or fields.get(str(rule.with_.get("unless"))):
            return None
        return add_months(born.replace(day=1), int(str(rule.with_["months"])) + 1) - timedelta(days=1)

    def _head_findings(self, watches: set[str]) -> Iterator[WatchFinding]:
        connection = self.work.connection
        posts = group_by(reads.load_register_rows(connection, PostRow), "id")
        meetings: dict[tuple[str, str], date] = {}
        for row in reads.load_register_rows(connection, MeetingRow):
            at = (row.unit_id, row.person_id)
            meetings[at] = max(row.valid_from, meetings.get(at, row.valid_from))
        tenures = [row for row in reads.load_register_rows(connection, TenureRow) if holds_on(row, self.day)]
        with_case = sweep_queries.find_people_with_case(self.work, {row.person_id for row in tenures})
        for tenure in tenures:
            post = next((row for row in posts.get(tenure.post_id, ()) if holds_on(row, self.day)), None)
            if post is None or self.tree.get_membership(tenure.person_id, self.day) != "none":
                continue
            known_since = max(tenure.recorded_on, tenure.valid_from)
            if "head_without_case" in watches and tenure.person_id not in with_case:
                yield self._build_head_finding("head_without_case", post, tenure, post.id, known_since)
            if "no_extended_meeting" in watches:
                last_meeting = meetings.get((post.unit_id, tenure.person_id), known_since)
                yield self._build_head_finding(
                    "no_extended_meeting", post, tenure, post.unit_id, last_meeting
                )

    def _build_head_finding(
        self, watch: str, post: PostRow, tenure: TenureRow, subject: str, since: date
    ) -> WatchFinding:
        due = since + timedelta(days=DAYS_WITHOUT)
        return WatchFinding(
            watch, subject, post.unit_id, "branch", due, str(tenure.n), person=tenure.person_id
        )


def list_silenced(work: Transaction, day: date) -> set[str]:
    """Heads about whom nobody is reminded, because they asked so: plan ``not_now``."""
    rows = [
        row
        for row in reads.load_register_rows(work.connection, PlanRow)
        if holds_on(row, day) and row.kind == "not_now"
    ]
    silenced_posts = {row.post_id for row in rows}
    return {
        row.person_id
        for row in (reads.load_register_rows(work.connection, TenureRow) if silenced_posts else ())
        if row.post_id in silenced_posts and holds_on(row, day)
    }


def _find_condition(edition: Edition, guard: str, with_: str) -> Condition | None:
    return next(
        (
            condition
            for condition in edition.conditions.values()
            if condition.guard == guard and with_ in condition.with_
        ),
        None,
    )


def _oldest_paper_day(edition: Edition, fields: dict[str, Any], papers: dict[str, str]) -> date | None:
    """The day on which the first paper of the dossier turns too old for the branch's vote."""
    rule = _find_condition(edition, "papers_fresh", "fields")
    if rule is None:
        return None
    parameters: Any = rule.with_
    days = [fields.get(name) for name in parameters["fields"]] + [
        papers.get(code) for code in parameters["papers"]
    ]
    oldest = min(filter(None, days), default=None)
    return add_months(date.fromisoformat(oldest), parameters["months"]) if oldest else None
