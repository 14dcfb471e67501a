"""Signed papers that come back: recorded as received, and the scan kept beside; of some only the receipt."""

from datetime import date

from workflow.cases import record
from workflow.dossier.dossier import Dossier, UnknownPaper
from workflow.dossier.keeping import RECEIVED, Kept, keep
from workflow.dossier.scans import made_safe
from workflow.office import Office
from workflow.registrar import Who


class OnlyReceipt(Exception):
    """Of this paper nothing but its receipt is ever stored: its content tells of family and belief."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def attach(
    office: Office, case: str, code: str, file: bytes, who: Who, *, on: date, dated: date, part: str = ""
) -> int:
    """Keep the scan of a signed paper; the paper counts as received from then on. How many pages it has.

    ``on``: the day it came back; ``dated``: the day it bears. Raises `UnknownCase`, `UnknownPaper`, `OnlyReceipt`,
    `BadScan`, and as `record` does; nothing is kept then.
    """
    with office.database.reading() as connection:
        dossier = Dossier(office, connection, case)
        entry = dossier.entry(code, part)
        if not entry.bound:
            raise UnknownPaper(code, sorted({one.code for one in dossier.entries()}))
        if entry.form is not None and entry.form.kept == "receipt":
            raise OnlyReceipt(entry.code)
        edition, several = dossier.file.edition.edition, len(dossier.all_of(code)) > 1
    scan = made_safe(file)
    if entry.standing != "received" or not several:
        fields = {"paper": entry.code, "paper_dated": dated.isoformat(), "pages": scan.pages}
        record(office, case, "receive_paper", on, who, fields)
    paper = Kept(0, RECEIVED, entry.code, entry.part, "", edition, "", scan.pages)
    keep(office, case, paper, scan.content, who)
    return scan.pages
