"""An office comes under the program's rules, where those were corrected."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from states.errors import EXIT_REFUSED, UserError
from states.rulebook.revisions import RuleSet
from workflow.cases.commands.advance import CaseWriter
from workflow.cases.commands.revise import CaseReviser, RevisedCase
from workflow.cases.deadline_recount import recount_deadlines
from workflow.cases.judgement.recorded_rules import (
    RevisionChange,
    list_revision_changes,
    load_revisions_in_force,
    note_first_revisions,
    note_revisions,
)
from workflow.office import Office
from workflow.register.writer import RegisterWriter, Who
from workflow.storage import reads, writes
from workflow.storage.engine import Transaction
from workflow.storage.ledger import Ledger, LockedCase
from workflow.storage.tables.cases import CaseRow


@dataclass(frozen=True, slots=True)
class StuckCase:
    """A case at steps that corrected rules lack, which say nowhere to go on from there."""

    case: str
    steps: tuple[str, ...]


class CasesStuck(UserError):
    """Corrected rules lack the steps of some cases, and say no way on. Nothing was changed."""

    code = "cases_stuck"
    exit_code = EXIT_REFUSED
    advice = "advice.cases_stuck"
    message_values = ("cases",)

    def __init__(self, stuck: tuple[StuckCase, ...]) -> None:
        self.stuck = stuck
        self.cases = ", ".join(f"{item.case} ({', '.join(item.steps)})" for item in stuck)
        super().__init__(self.cases)


@dataclass(frozen=True, slots=True)
class OfficeRevision:
    """What corrected rules changed: the editions, and the cases, on the office's day."""

    on: date
    editions: tuple[RevisionChange, ...] = ()
    cases: tuple[RevisedCase, ...] = ()


def revise_office(office: Office, tx: Transaction, ledger: Ledger, who: Who) -> OfficeRevision:
    """Bring the office under its rulebook, in a transaction that is open; it seals nothing.

    One event names the old and the new revisions; each open case that is otherwise under the new ones gets
    an event of its own. Where no edition was corrected nothing is written. Raises `CasesStuck`.
    """
    today = office.resolve_day(ledger.today)
    before = load_revisions_in_force(tx.connection)
    changes = list_revision_changes(before, office.rulebook)
    note_first_revisions(tx)
    if not changes:
        return OfficeRevision(today)
    past = RuleSet(before, office.shelf)
    cases = list(_open_cases(office, tx, ledger, past))
    _check_steps(office, tx, cases, past, today)
    writer = RegisterWriter(office, tx, ledger, who)
    note_revisions(tx, office.rulebook, writer.append_event("upgrade", revisions=changes), changes)
    revised = [result for reviser in cases if (result := reviser.revise_case(who))]
    recount_deadlines(office, tx, ledger)
    return OfficeRevision(today, tuple(changes), tuple(revised))


def _open_cases(office: Office, tx: Transaction, ledger: Ledger, past: RuleSet) -> Iterator[CaseReviser]:
    for row in reads.load_cases(tx.connection):
        if row.closed_on is None:
            key, sealed = writes.load_person_row(tx, row.person_id)
            case = LockedCase(row.id, row.pipeline, row.person_id, key, sealed, row.version, row.record)
            yield CaseReviser(CaseWriter(office, tx, ledger, case), past)


def _check_steps(
    office: Office, tx: Transaction, revisers: list[CaseReviser], past: RuleSet, today: date
) -> None:
    """Raises `CasesStuck` with every case that stands, or has ended, at a step that is gone."""
    stuck = [
        StuckCase(reviser.writer.case.id, tuple(steps))
        for reviser in revisers
        if (steps := reviser.list_stuck_steps())
    ]
    stuck += [
        StuckCase(row.id, (row.state,))
        for row in reads.load_cases(tx.connection)
        if row.closed_on is not None and _is_end_lost(office, row, past, today)
    ]
    if stuck:
        raise CasesStuck(tuple(stuck))


def _is_end_lost(office: Office, row: CaseRow, past: RuleSet, today: date) -> bool:
    """Whether the step at which a case has ended is no end any more."""
    was, now = (
        rules.edition_on(row.pipeline, today).states.get(row.state) for rules in (past, office.rulebook)
    )
    return bool(was and was.end and not (now and now.end))
