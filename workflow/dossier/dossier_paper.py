"""A paper stands somewhere between still to come and received."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from workflow.dossier.forms.form_index import Form
from workflow.dossier.paper_store import StoredPaper

StandingCode = Literal["received", "made", "noted", "draft", "to_write", "missing"]
"""Received signed; made and not yet back signed; its day is on record, the paper itself not yet here;
still to come; a form to be written by hand; only somebody else can supply it."""
Amiss = Literal["stale", "not_back", "noted", "missing"]
"""Too old; printed and not yet back signed; its day is on record, the paper itself not yet here; not
there."""
AMISS_BY_STANDING: dict[StandingCode, Amiss] = {
    "made": "not_back",
    "noted": "noted",
    "missing": "missing",
    "to_write": "missing",
}


@dataclass(frozen=True, slots=True)
class DossierPaper:
    """One paper of a dossier. ``part``: the sponsor whose it is, else "". ``by``: the organ that supplies it.

    ``stale``: it has turned too old (months by its edition) before the branch considers. ``scan``: the newest
    scan.
    """

    code: str
    part: str
    title: str
    by: str
    standing: StandingCode
    number: str
    on: date | None
    stale: bool = False
    form: Form | None = None
    scan: StoredPaper | None = None
    pages: int | None = None
    bound: bool = True
    kept: Literal["scan", "receipt"] = "scan"
    """Whether the signed paper is kept as a scan, or only that it came."""

    @property
    def amiss(self) -> Amiss | None:
        """Why it is not as it should be by now, if it is not."""
        return "stale" if self.stale else AMISS_BY_STANDING.get(self.standing)
