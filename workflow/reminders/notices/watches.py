"""What is watched beside the clocks of cases: each with a day that comes, on whose account, at which unit."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

import orjson

from states.calendar.working_days import add_months
from states.rulebook.edition import Condition, Edition
from workflow.office import Office
from workflow.register.person_record import opened_person
from workflow.reminders.notices import notice_queries
from workflow.reminders.notices.notice_queries import Found
from workflow.reminders.notices.recipients import supervisors
from workflow.storage import reads, writes
from workflow.storage.engine import Work
from workflow.storage.register_snapshot import Tree, by, holds
from workflow.storage.tables import MeetingRow, PlanRow, PostRow, TenureRow

PIPELINE = "admission"
DAYS_WITHOUT = 90
"""Days after which a head without a case, or a branch without an extended meeting with its head, is told of."""

NOT_SAID = date.max
"""Stands in the ledger for a day that would give a person's birthday away; ``instance`` then tells days apart."""


@dataclass(frozen=True, slots=True)
class Watched:
    """One thing watched. ``due``: its day; ``person``: whom it is about; ``secret``: the day may not stand in clear."""

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
class Watching:
    """The register and the open cases, looked through on one day."""

    office: Office
    work: Work
    tree: Tree
    day: date

    def everything(self, watches: set[str], *, new_week: bool, late: int) -> Iterator[Watched]:
        """All that some watches find. ``new_week``: no morning of it was swept yet; ``late``: mornings missed."""
        if watches & {"age_limit", "papers_twelve_months"}:
            yield from self._cases(watches)
        if watches & {"head_without_case", "no_extended_meeting"}:
            yield from self._heads(watches)
        for name, wanted, instance in (("monday", new_week, ""), ("sweep_late", late, str(late))):
            if wanted and name in watches:
                for unit in supervisors(self.tree, self.day):
                    yield Watched(name, unit, unit, "supervisor", self.day, instance)

    def _cases(self, watches: set[str]) -> Iterator[Watched]:
        """What the branch's vote will be judged by, until it has voted."""
        for row in notice_queries.before_vote(self.work):
            yield from self._case(row, watches)

    def _case(self, row: Found, watches: set[str]) -> Iterator[Watched]:
        edition = self.office.rulebook.edition_on(row.pipeline, self.day)
        record: dict[str, Any] = orjson.loads(row.record)
        fields = record["fields"]
        state = edition.states.get(row.state)
        if state is None or not state.turn:
            return
        found = partial(
            Watched, subject=row.id, unit=row.unit_id, organ=state.turn, pipeline=row.pipeline, person=row.person_id
        )
        if "age_limit" in watches and (last := self._last_of_age(row.person_id, edition, fields)):
            mark = self.office.vault.mac(f"age {row.id} {last}".encode()).hex()[:12]
            yield found("age_limit", due=last, instance=mark, secret=True)
        if "papers_twelve_months" in watches and (oldest := _oldest(edition, fields, record["papers"])):
            yield found("papers_twelve_months", due=oldest)

    def _last_of_age(self, person: str, edition: Edition, fields: dict[str, Any]) -> date | None:
        """The last day of the last month in which the candidate is not too old; ages count by month."""
        rule = _condition(edition, "age_at_most", "unless")
        key, sealed = writes.person_row(self.work, person)
        born = opened_person(self.office.vault, person, key, sealed).born
        if rule is None or born is None or fields.get(str(rule.with_.get("unless"))):
            return None
        return add_months(born.replace(day=1), int(str(rule.with_["months"])) + 1) - timedelta(days=1)

    def _heads(self, watches: set[str]) -> Iterator[Watched]:
        connection = self.work.connection
        posts = by(reads.register(connection, PostRow), "id")
        meetings: dict[tuple[str, str], date] = {}
        for row in reads.register(connection, MeetingRow):
            at = (row.unit_id, row.person_id)
            meetings[at] = max(row.valid_from, meetings.get(at, row.valid_from))
        tenures = [row for row in reads.register(connection, TenureRow) if holds(row, self.day)]
        with_case = notice_queries.with_case(self.work, {row.person_id for row in tenures})
        for tenure in tenures:
            post = next((row for row in posts.get(tenure.post_id, ()) if holds(row, self.day)), None)
            if post is None or self.tree.membership(tenure.person_id, self.day) != "none":
                continue
            listed = max(tenure.recorded_on, tenure.valid_from)
            if "head_without_case" in watches and tenure.person_id not in with_case:
                yield self._head("head_without_case", post, tenure, post.id, listed)
            if "no_extended_meeting" in watches:
                met = meetings.get((post.unit_id, tenure.person_id), listed)
                yield self._head("no_extended_meeting", post, tenure, post.unit_id, met)

    def _head(self, watch: str, post: PostRow, tenure: TenureRow, subject: str, since: date) -> Watched:
        due = since + timedelta(days=DAYS_WITHOUT)
        return Watched(watch, subject, post.unit_id, "branch", due, str(tenure.n), person=tenure.person_id)


def silenced(work: Work, day: date) -> set[str]:
    """The heads about whom nobody is reminded, on their own word: the plan ``not_now``."""
    rows = [row for row in reads.register(work.connection, PlanRow) if holds(row, day) and row.kind == "not_now"]
    quiet = {row.post_id for row in rows}
    return {
        row.person_id
        for row in (reads.register(work.connection, TenureRow) if quiet else ())
        if row.post_id in quiet and holds(row, day)
    }


def _condition(edition: Edition, guard: str, with_: str) -> Condition | None:
    return next((one for one in edition.conditions.values() if one.guard == guard and with_ in one.with_), None)


def _oldest(edition: Edition, fields: dict[str, Any], papers: dict[str, str]) -> date | None:
    """The day on which the first paper of the dossier turns too old for the branch's vote."""
    rule = _condition(edition, "papers_fresh", "fields")
    if rule is None:
        return None
    named: Any = rule.with_
    days = [fields.get(name) for name in named["fields"]] + [papers.get(code) for code in named["papers"]]
    oldest = min(filter(None, days), default=None)
    return add_months(date.fromisoformat(oldest), named["months"]) if oldest else None
