"""Signed papers come back and are recorded as received.

The scan is kept beside; of some papers only the receipt is recorded.
"""

from dataclasses import dataclass
from datetime import date

from states.errors import UserError
from workflow.cases.commands.advance import record_entry
from workflow.core.input import FieldFault, InvalidInput
from workflow.dossier.dossier_paper import DossierPaper
from workflow.dossier.paper_store import RECEIVED, StoredPaper, store_paper
from workflow.dossier.papers import Dossier, UnknownPaper
from workflow.dossier.scans.sanitise import sanitise_scan
from workflow.office import Office
from workflow.register.writer import Who


class OnlyReceipt(UserError):
    """Of this paper nothing but its receipt is ever stored: its content tells of family and belief."""

    code = "only_receipt"
    advice = "advice.only_receipt"
    message_values = ("paper",)

    def __init__(self, paper: str) -> None:
        super().__init__(paper)
        self.paper = paper


class NotYet(UserError):
    """A paper whose act is not on record cannot have been signed yet."""

    code = "not_yet"
    advice = "advice.not_yet"
    message_values = ("paper",)

    def __init__(self, paper: str) -> None:
        super().__init__(paper)
        self.paper = paper


class WhoseIsIt(UserError):
    """Each sponsor has such a paper, and none was named; ``titles``: the papers."""

    code = "whose_is_it"
    advice = "advice.whose_is_it"
    message_values = ("paper", "titles")

    def __init__(self, paper: str, titles: list[str]) -> None:
        super().__init__(paper)
        self.paper, self.titles = paper, "; ".join(titles)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanResultView:
    """A signed paper is kept; how many pages it has."""

    case: str
    paper: str
    pages: int


def attach_scan(
    office: Office,
    case: str,
    code: str,
    file: bytes,
    who: Who,
    *,
    on: date,
    dated: date | None,
    part: str = "",
) -> ScanResultView:
    """Keep the scan of a signed paper; the paper counts as received from then on.

    ``on``: the day it came back; ``dated``: the day it bears, if its act does not say it. Raises
    `UnknownCase`, `UnknownPaper`, `OnlyReceipt`, `NotYet`, `WhoseIsIt`, `InvalidInput`, `BadScan`, and as
    `record_entry` does; nothing is kept then.
    """
    with office.database.read_transaction() as connection:
        dossier = Dossier(office, connection, case)
        paper = _find_bound_paper(dossier, code, part)
        if paper.kept == "receipt":
            raise OnlyReceipt(paper.code)
        paper_day = _paper_day(dossier, paper, dated)
        several = dossier.find_papers_of(code)
        if len(several) > 1 and not part:
            raise WhoseIsIt(paper.code, [sponsor_paper.title for sponsor_paper in several])
    scan = sanitise_scan(file)
    if paper.code not in dossier.file.record.papers:
        _record_receipt(
            office, case, on, who, {"paper": paper.code, "paper_dated": paper_day, "pages": scan.pages}
        )
    received = StoredPaper(
        0, RECEIVED, paper.code, paper.part, "", dossier.file.edition.edition, "", scan.pages
    )
    store_paper(office, case, received, scan.content, who)
    return ScanResultView(case=case, paper=code, pages=scan.pages)


def note_receipt(
    office: Office,
    case: str,
    code: str,
    who: Who,
    *,
    on: date,
    dated: date | None,
    pages: str = "",
    part: str = "",
) -> None:
    """Record the receipt of a signed paper without a scan. Raises as `attach_scan` does."""
    with office.database.read_transaction() as connection:
        dossier = Dossier(office, connection, case)
        paper = _find_bound_paper(dossier, code, part)
        paper_day = _paper_day(dossier, paper, dated)
    _record_receipt(office, case, on, who, {"paper": paper.code, "paper_dated": paper_day, "pages": pages})


def _find_bound_paper(dossier: Dossier, code: str, part: str) -> DossierPaper:
    """A paper that belongs into the dossier. Raises `UnknownPaper`."""
    paper = dossier.find_paper(code, part)
    if not paper.bound:
        raise UnknownPaper(code, sorted({paper.code for paper in dossier.papers}))
    return paper


def _paper_day(dossier: Dossier, paper: DossierPaper, dated: date | None) -> date | None:
    """The day that a signed paper bears: its act's, else as it was read from it; None where nobody knows it.

    Raises `NotYet`, and `InvalidInput` where the two differ.
    """
    if dossier.is_draft(paper):
        raise NotYet(paper.code)
    own = dossier.case_values.form_day(paper.form) if paper.form and paper.form.act else None
    if own and dated and own != dated:
        raise InvalidInput([FieldFault("dated", "not_the_day", {"value": dated, "on": own})])
    return dated or own


def _record_receipt(office: Office, case: str, on: date, who: Who, fields: dict[str, object]) -> None:
    """The receipt on record; a fault of the paper's day is one of ``dated``, as it is called here."""
    try:
        record_entry(office, case, "receive_paper", on, who, fields)
    except InvalidInput as error:
        faults = [
            fault._replace(field="dated") if fault.field == "paper_dated" else fault for fault in error.faults
        ]
        raise InvalidInput(faults) from None
