"""A dossier knows how each paper stands and prints it."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property

from states.errors import UserError
from states.machine import when_applies
from states.rulebook.edition import PaperRule
from states.vocabulary import Act
from workflow.cases.views.case_file import CaseFile
from workflow.dossier import paper_store
from workflow.dossier.dossier_paper import DossierPaper, StandingCode
from workflow.dossier.forms.case_values import CaseFormValues
from workflow.dossier.forms.form_index import Form, SuppliedPaper
from workflow.dossier.forms.form_set import FormSet, load_forms
from workflow.dossier.forms.values import ActValues
from workflow.dossier.forms.vietnamese_text import strip_diacritics
from workflow.dossier.paper_store import StoredPaper
from workflow.dossier.render.document import PaperTree
from workflow.dossier.render.to_pdf import count_pages, render_pdf
from workflow.office import Office
from workflow.storage.reads import Connection
from workflow.storage.reads import load_office as office_row


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


def sample_line(sample: str | None) -> str:
    """What stands at the foot of a sample office's papers; nothing in a real one."""
    return f"DỮ LIỆU MẪU ({sample}) – không phải người thật" if sample else ""


class Dossier:
    """The papers of one case, for reading. Raises `UnknownCase`, `BadForms`."""

    def __init__(self, office: Office, connection: Connection, case: str) -> None:
        self.office, self.connection, self.case = office, connection, case
        self.forms: FormSet = load_forms()
        self.file = CaseFile(office, connection, case)
        self.case_values = CaseFormValues(self.file, self.forms.index)
        self.stored_papers = paper_store.list_stored_papers(connection, case)
        self.sample = sample_line(office_row(connection).sample)

    # --- what there is --------------------------------------------------------------------------------------

    @cached_property
    def papers(self) -> list[DossierPaper]:
        """The papers of the dossier in the official order, as the edition in force wants them."""
        facts = self.file.builder.build_facts(Act("look", self.file.today, {}), None, self.file.edition)
        papers: list[DossierPaper] = []
        for code, paper in sorted(self.file.edition.papers.items(), key=lambda item: item[1].order):
            if when_applies(paper.when, facts):
                papers += self._make_papers(code, paper)
        return papers

    @cached_property
    def other_papers(self) -> list[DossierPaper]:
        """Papers that are made for the case and stand in no dossier: letters, the agenda, certificates."""
        bound = self.file.edition.papers
        codes = [
            code for code, form in self.forms.index.forms.items() if code not in bound and form.of == "case"
        ]
        papers = [paper for code in codes if "KNĐ" not in code for paper in self._make_papers(code, None)]
        return [paper for paper in papers if paper.form and self._fits_case(paper.form)]

    def _fits_case(self, form: Form) -> bool:
        """Whether a form makes sense as the case stands."""
        acts = self.case_values.acts
        return not (form.after and not acts[form.after].on) and not (form.before and acts[form.before].on)

    def find_paper(self, code: str, part: str = "") -> DossierPaper:
        """One paper, of the dossier or beside it. Raises `UnknownPaper`."""
        papers = [paper for paper in self.find_papers_of(code) if part in {"", paper.part}]
        if not papers:
            raise self._unknown_paper(code)
        return papers[0]

    def find_papers_of(self, code: str) -> list[DossierPaper]:
        """Every paper of a code: one of each sponsor, for some. Raises `UnknownPaper`."""
        papers = [paper for paper in (*self.papers, *self.other_papers) if _same_code(paper.code, code)]
        if not papers:
            raise self._unknown_paper(code)
        return papers

    def _unknown_paper(self, code: str) -> UnknownPaper:
        return UnknownPaper(code, sorted({paper.code for paper in (*self.papers, *self.other_papers)}))

    def _make_papers(self, code: str, rule: PaperRule | None) -> Iterator[DossierPaper]:
        """The paper of a code, or one of each sponsor; none where nobody on the line makes it."""
        form = self.forms.index.forms.get(code)
        if form is not None and not self._has_maker(form):
            return
        parts = (self.file.record.list_people("sponsors") if form and form.each == "sponsor" else []) or [""]
        for part in parts:
            yield self._make_paper(code, rule, form, part)

    def _has_maker(self, form: Form) -> bool:
        day = self.case_values.form_day(form) or self.file.today
        if form.organ == "subcommittee" and self.case_values.organs_on(day)["subcommittee"] is None:
            return False
        return not (form.unless_authorised and self.file.builder.line_on(day).authorised)

    def _make_paper(self, code: str, rule: PaperRule | None, form: Form | None, part: str) -> DossierPaper:
        record = self.file.record
        act = self.case_values.form_act(form) if form else None
        received = code in record.papers and self._is_back(code, part)
        noted = record.find_day(rule.dated) if rule else None
        dated = (record.find_paper_day(code) if received else None) or noted
        scan = paper_store.find_newest(self.stored_papers, paper_store.RECEIVED, code, part)
        return DossierPaper(
            code=code,
            part=part,
            title=self._title_of(code, rule, form, part),
            by=self._find_maker(rule.by if rule else form.organ if form else ""),
            standing=self._judge_standing(code, form, act, received=received, noted=dated is not None),
            number=(act.find_text(form.number) if form and act and form.number else None) or "",
            on=dated or (self.case_values.form_day(form) if form and act else None),
            stale=self._is_stale(rule, dated),
            form=form,
            scan=scan,
            pages=scan.pages if scan else None,
            bound=rule is not None,
            kept=form.kept if form else self._supplied_rule(code).kept,
        )

    def _find_maker(self, organ: str) -> str:
        """The organ that supplies in the unit's line what the rules give to one."""
        return self.file.edition.organ_in_line(organ, self.file.builder.line_on(self.file.today))

    def _title_of(self, code: str, rule: PaperRule | None, form: Form | None, part: str) -> str:
        title = rule.title.vi if rule else form.title if form else code
        return f"{title} ({self.file.get_person(part).name})" if part else title

    def _is_back(self, code: str, part: str) -> bool:
        """Of a paper of each sponsor, whether this one's is back; recorded by hand, all are."""
        scans = {
            stored_paper.part
            for stored_paper in self.stored_papers
            if (stored_paper.what, stored_paper.code) == (paper_store.RECEIVED, code)
        }
        return not part or not scans or part in scans

    def _judge_standing(
        self, code: str, form: Form | None, act: ActValues | None, *, received: bool, noted: bool
    ) -> StandingCode:
        if received:
            return "received"
        if form is not None and form.act is not None:
            return "made" if act else "draft"
        if noted:
            return "noted"
        if form is not None:
            return "to_write" if form.due is None or self.case_values.acts[form.due].on else "draft"
        since = self._supplied_rule(code).since
        return "missing" if since is None or since in self.file.record.fields else "draft"

    def _supplied_rule(self, code: str) -> SuppliedPaper:
        return self.forms.index.supplied.get(code, SuppliedPaper())

    def _is_stale(self, rule: PaperRule | None, dated: date | None) -> bool:
        if rule is None or dated is None:
            return False
        return rule.is_stale(dated, self.file.record.find_day("branch_resolution_on"), self.file.today)

    # --- written --------------------------------------------------------------------------------------------

    def build_tree(self, paper: DossierPaper) -> PaperTree:
        """A paper as a tree, filled in from the record as it stands. Raises `BadForms`, `UnknownPaper`."""
        if paper.form is None:
            raise NotWritten(paper.code)
        sponsors = self.file.record.list_people("sponsors")
        number = sponsors.index(paper.part) if paper.part in sponsors else 0
        return self.forms.fill_form(paper.code, self.case_values.build_values(paper.form, number))

    def is_draft(self, paper: DossierPaper) -> bool:
        """Whether the paper's act is not on record yet."""
        return (
            paper.form is not None
            and paper.form.act is not None
            and self.case_values.form_act(paper.form) is None
        )

    def act_basis(self, paper: DossierPaper) -> str:
        """The act, and its newest correction, whose facts a paper prints."""
        act = self.case_values.form_act(paper.form) if paper.form else None
        return (act and act.basis) or ""

    def find_issued(self, paper: DossierPaper) -> StoredPaper | None:
        """The paper as it was issued for the facts that stand now."""
        return paper_store.find_newest(
            self.stored_papers, "issued", paper.code, paper.part, self.act_basis(paper) or None
        )

    def print_paper(self, paper: DossierPaper) -> bytes:
        """A paper as PDF: the issued bytes, or as the record and forms stand today."""
        issued_paper = self.find_issued(paper)
        content = (
            paper_store.read_content(self.office, self.connection, self.case, issued_paper.n)
            if issued_paper
            else None
        )
        return content if content is not None else self.print_anew(paper)

    def print_anew(self, paper: DossierPaper) -> bytes:
        """A paper in print from the record and the forms of today."""
        day = self.case_values.form_day(paper.form) if paper.form else None
        made_on = day or self.file.today  # not the day of printing: a paper that says the same is the same
        return render_pdf(
            [self.build_tree(paper)], made_on=made_on, draft=self.is_draft(paper), sample=self.sample
        )

    def describe_issue(self, paper: DossierPaper, file: bytes) -> StoredPaper:
        """What is to be noted of a paper that is issued now."""
        edition, form = self.file.edition.edition, self.forms.digest_form(paper.code)
        return StoredPaper(
            0, "issued", paper.code, paper.part, self.act_basis(paper), edition, form, count_pages(file)
        )

    def read_scan(self, paper: DossierPaper) -> bytes | None:
        return (
            paper_store.read_content(self.office, self.connection, self.case, paper.scan.n)
            if paper.scan
            else None
        )


def _same_code(code: str, typed: str) -> bool:
    """Whether a typed code means this one; D may stand for Đ."""
    return strip_diacritics(code) == strip_diacritics(typed)
