"""The dossier of a case: which papers it needs, how each of them stands, and each of them written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from states.calendar.working_days import add_months
from states.errors import UserError
from states.machine import when_applies
from states.rulebook.edition import PaperRule
from states.vocabulary import Act as Looked
from workflow.cases.views.case_file import CaseFile
from workflow.dossier import paper_store
from workflow.dossier.form_values import CaseFormValues
from workflow.dossier.forms import Form, FormSet, SuppliedPaper, load_forms
from workflow.dossier.organ_names import OrganNames
from workflow.dossier.paper_store import StoredPaper
from workflow.dossier.render.document import PaperTree
from workflow.dossier.render.to_pdf import count_pages, render_pdf
from workflow.dossier.vietnamese_text import strip_diacritics
from workflow.office import Office
from workflow.storage.reads import Connection
from workflow.storage.reads import load_office as office_row

StandingCode = Literal["received", "made", "noted", "draft", "to_write", "missing"]
"""Received signed; made and not yet back signed; its day is on record, the paper itself not yet here; still to come; a
form to be written by hand; only somebody else can supply it."""


class NotWritten(UserError):
    """A paper that others issue: it can be received, not printed."""

    code = "not_written"
    advice = "advice.not_written"
    message_values = ("paper",)

    def __init__(self, paper: str) -> None:
        super().__init__(paper)
        self.paper = paper


class UnknownPaper(UserError, LookupError):
    """No paper of this code belongs to the case; ``known``: those that do."""

    code = "unknown_paper"
    advice = "advice.unknown_paper"
    message_values = ("paper", "known")

    def __init__(self, paper: str, known: Sequence[str]) -> None:
        super().__init__(paper)
        self.paper, self.known = paper, tuple(known)


Amiss = Literal["stale", "not_back", "noted", "missing"]
"""Too old; printed and not yet back signed; its day is on record, the paper itself not yet here; not there."""
AMISS_BY_STANDING: dict["StandingCode", Amiss] = {
    "made": "not_back",
    "noted": "noted",
    "missing": "missing",
    "to_write": "missing",
}


@dataclass(frozen=True, slots=True)
class DossierPaper:
    """One paper of a dossier. ``part``: the sponsor whose it is, else "". ``by``: the organ that supplies it.

    ``stale``: it has turned too old (months by its edition) before the branch considers. ``scan``: the newest scan.
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


def sample_line(sample: str | None) -> str:
    """What stands at the foot of a sample office's papers; nothing in a real one."""
    return f"DỮ LIỆU MẪU ({sample}) – không phải người thật" if sample else ""


class Dossier:
    """The papers of one case, opened for reading. Raises `UnknownCase`, `BadForms`."""

    def __init__(self, office: Office, connection: Connection, case: str) -> None:
        self.office, self.connection, self.case = office, connection, case
        self.forms: FormSet = load_forms()
        self.file = CaseFile(office, connection, case)
        self.story = CaseFormValues(self.file, self.forms.index)
        self.kept = paper_store.list_stored_papers(connection, case)
        self.sample = sample_line(office_row(connection).sample)

    # --- what there is -------------------------------------------------------------------------------------------

    def list_papers(self) -> list[DossierPaper]:
        """The papers of the dossier in the official order, as the edition in force wants them."""
        return list(self._ordered_papers)

    @cached_property
    def _ordered_papers(self) -> list[DossierPaper]:
        facts = self.file.builder.build_facts(Looked("look", self.file.today, {}), None, self.file.edition)
        papers: list[DossierPaper] = []
        for code, paper in sorted(self.file.edition.papers.items(), key=lambda item: item[1].order):
            if when_applies(paper.when, facts):
                papers += self._make_papers(code, paper)
        return papers

    def list_other_papers(self) -> list[DossierPaper]:
        """Papers that are made for the case and stand in no dossier: letters, the agenda, certificates."""
        bound = self.file.edition.papers
        codes = [code for code, form in self.forms.index.forms.items() if code not in bound and form.of == "case"]
        return [
            paper
            for code in codes
            if "KNĐ" not in code
            for paper in self._make_papers(code, None)
            if self._fits_case(paper)
        ]

    def _fits_case(self, entry: DossierPaper) -> bool:
        """Whether a paper makes sense as the case stands."""
        acts, form = self.story.acts, entry.form
        if form is None:
            return False
        return not (form.after and not acts[form.after]["on"]) and not (form.before and acts[form.before]["on"])

    def find_paper(self, code: str, part: str = "") -> DossierPaper:
        """One paper. Raises `UnknownPaper`."""
        every = [*self.list_papers(), *self.list_other_papers()]
        fits = [paper for paper in every if _same_code(paper.code, code) and part in {"", paper.part}]
        if not fits:
            raise UnknownPaper(code, sorted({paper.code for paper in every}))
        return fits[0]

    def find_papers_of(self, code: str) -> list[DossierPaper]:
        """Every paper of a code: one of each sponsor, for some. Raises `UnknownPaper`."""
        self.find_paper(code)
        return [paper for paper in (*self.list_papers(), *self.list_other_papers()) if _same_code(paper.code, code)]

    def _make_papers(self, code: str, paper: PaperRule | None) -> Iterator[DossierPaper]:
        form = self.forms.index.forms.get(code)
        if form and form.organ == "subcommittee" and self._organs_for(form)["subcommittee"] is None:
            return
        if (
            form
            and form.unless_authorised
            and self.file.builder.line_on(self.story.form_day(form) or self.file.today).authorised
        ):
            return
        parts = (self.file.record.list_people("sponsors") if form and form.each == "sponsor" else []) or [""]
        for part in parts:
            yield self._make_paper(code, paper, form, part)

    def _organs_for(self, form: Form) -> dict[str, OrganNames | None]:
        return self.story.organs_on(self.story.form_day(form) or self.file.today)

    def _make_paper(self, code: str, paper: PaperRule | None, form: Form | None, part: str) -> DossierPaper:
        record = self.file.record
        received = code in record.papers and self._is_back(code, part)
        act = self.story.form_act(form) if form else None
        noted = record.find_day(paper.dated) if paper else None
        dated = (record.find_paper_day(code) if received else None) or noted
        scan = paper_store.find_newest(self.kept, "received", code, part)
        number = act[form.number] if form and act and form.number else None
        title = paper.title.vi if paper else form.title if form else code
        if part:
            title = f"{title} ({self.file.get_person(part).name})"
        return DossierPaper(
            code=code,
            part=part,
            title=title,
            by=paper.by if paper else form.organ if form else "",
            standing=self._judge_standing(code, form, received=received, acted=act is not None, noted=bool(dated)),
            number=number or "",
            on=dated or (self.story.form_day(form) if form and act else None),
            stale=self._is_stale(paper, dated),
            form=form,
            scan=scan,
            pages=scan.pages if scan else None,
            bound=paper is not None,
            kept=form.kept if form else self._supplied_rule(code).kept,
        )

    def _is_back(self, code: str, part: str) -> bool:
        """Of papers of each sponsor, whether this one's is; as they were recorded by hand, all of them are."""
        scans = {
            stored_paper.part
            for stored_paper in self.kept
            if (stored_paper.what, stored_paper.code) == (paper_store.RECEIVED, code)
        }
        return not part or not scans or part in scans

    def _judge_standing(
        self, code: str, form: Form | None, *, received: bool, acted: bool, noted: bool
    ) -> StandingCode:
        if received:
            return "received"
        if form is None or form.act is None:
            if noted:
                return "noted"
            if form is None:
                since = self._supplied_rule(code).since
                return "missing" if since is None or since in self.file.record.fields else "draft"
            return "to_write" if form.due is None or self.story.acts[form.due]["on"] else "draft"
        return "made" if acted else "draft"

    def _supplied_rule(self, code: str) -> SuppliedPaper:
        return self.forms.index.supplied.get(code, SuppliedPaper())

    def _is_stale(self, paper: PaperRule | None, dated: date | None) -> bool:
        if paper is None or dated is None or not paper.stale_months:
            return False
        until = self.file.record.find_day("branch_resolution_on") or self.file.today
        return add_months(dated, paper.stale_months) < until

    # --- written -------------------------------------------------------------------------------------------------

    def build_tree(self, entry: DossierPaper) -> PaperTree:
        """A paper as a tree, filled in from the record as it stands. Raises `BadForms`, `UnknownPaper`."""
        if entry.form is None:
            raise NotWritten(entry.code)
        sponsors = self.file.record.list_people("sponsors")
        number = sponsors.index(entry.part) if entry.part in sponsors else 0
        return self.forms.fill_form(entry.code, self.story.build_values(entry.form, number))

    def is_draft(self, entry: DossierPaper) -> bool:
        """Whether a paper is still one to come: its act is not on record."""
        return entry.form is not None and entry.form.act is not None and self.story.form_act(entry.form) is None

    def act_basis(self, entry: DossierPaper) -> str:
        """The act, and its newest correction, whose facts a paper prints."""
        act = self.story.form_act(entry.form) if entry.form else None
        return str(act["basis"]) if act else ""

    def find_issued(self, entry: DossierPaper) -> StoredPaper | None:
        """The paper as it was issued for the facts that stand now."""
        return paper_store.find_newest(self.kept, "issued", entry.code, entry.part, self.act_basis(entry) or None)

    def print_paper(self, entry: DossierPaper) -> bytes:
        """A paper in print: as it was issued, or as it reads today."""
        issued_paper = self.find_issued(entry)
        content = (
            paper_store.read_content(self.office, self.connection, self.case, issued_paper.n) if issued_paper else None
        )
        return content if content is not None else self.print_anew(entry)

    def print_anew(self, entry: DossierPaper) -> bytes:
        """A paper in print from the record and the forms of today."""
        day = self.story.form_day(entry.form) if entry.form else None
        made_on = day or self.file.today  # not the day of printing: a paper that says the same is the same
        return render_pdf([self.build_tree(entry)], made_on=made_on, draft=self.is_draft(entry), sample=self.sample)

    def describe_issue(self, entry: DossierPaper, file: bytes) -> StoredPaper:
        """What is to be noted of a paper that is issued now."""
        edition, form = self.file.edition.edition, self.forms.digest_form(entry.code)
        return StoredPaper(0, "issued", entry.code, entry.part, self.act_basis(entry), edition, form, count_pages(file))

    def read_scan(self, entry: DossierPaper) -> bytes | None:
        """The newest scan of the signed paper."""
        return paper_store.read_content(self.office, self.connection, self.case, entry.scan.n) if entry.scan else None


def _same_code(code: str, typed: str) -> bool:
    """Whether a code is meant, as keyboards without Đ write it as well."""
    return strip_diacritics(code) == strip_diacritics(typed)
