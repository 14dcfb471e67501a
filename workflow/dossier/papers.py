"""The dossier of a case: which papers it needs, how each of them stands, and each of them written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from states.calendar.working_days import add_months
from states.machine import holds
from states.rulebook.edition import Paper
from states.vocabulary import Act as Looked
from workflow.cases.views.case_view import Casefile
from workflow.dossier import paper_store
from workflow.dossier.form_values import Story
from workflow.dossier.forms import Form, Forms, Supplied, forms
from workflow.dossier.organ_names import Organ
from workflow.dossier.paper_store import Kept
from workflow.dossier.render.document import Tree
from workflow.dossier.render.to_pdf import pages, pdf
from workflow.dossier.vietnamese_text import bare
from workflow.office import Office
from workflow.storage.reads import Connection
from workflow.storage.reads import office as office_row

Standing = Literal["received", "made", "noted", "draft", "to_write", "missing"]
"""Received signed; made and not yet back signed; its day is on record, the paper itself not yet here; still to come; a
form to be written by hand; only somebody else can supply it."""


class NotWritten(Exception):
    """A paper that others issue: it can be received, not printed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class UnknownPaper(LookupError):
    """No paper of this code belongs to the case; ``known``: those that do."""

    def __init__(self, code: str, known: Sequence[str]) -> None:
        super().__init__(code)
        self.code, self.known = code, tuple(known)


@dataclass(frozen=True, slots=True)
class Entry:
    """One paper of a dossier. ``part``: the sponsor whose it is, else "". ``by``: the organ that supplies it.

    ``stale``: it has turned too old (months by its edition) before the branch considers. ``scan``: the newest scan.
    """

    code: str
    part: str
    title: str
    by: str
    standing: Standing
    number: str
    on: date | None
    stale: bool = False
    form: Form | None = None
    scan: Kept | None = None
    pages: int | None = None
    bound: bool = True
    kept: Literal["scan", "receipt"] = "scan"
    """Whether the signed paper is kept as a scan, or only that it came."""


def sample_line(sample: str | None) -> str:
    """What stands at the foot of a sample office's papers; nothing in a real one."""
    return f"DỮ LIỆU MẪU ({sample}) – không phải người thật" if sample else ""


class Dossier:
    """The papers of one case, opened for reading. Raises `UnknownCase`, `BadForms`."""

    def __init__(self, office: Office, connection: Connection, case: str) -> None:
        self.office, self.connection, self.case = office, connection, case
        self.forms: Forms = forms()
        self.file = Casefile(office, connection, case)
        self.story = Story(self.file, self.forms.index)
        self.kept = paper_store.kept_of(connection, case)
        self.sample = sample_line(office_row(connection).sample)

    # --- what there is -------------------------------------------------------------------------------------------

    def entries(self) -> list[Entry]:
        """The papers of the dossier in the official order, as the edition in force wants them."""
        return list(self._in_order)

    @cached_property
    def _in_order(self) -> list[Entry]:
        facts = self.file.scene.facts(Looked("look", self.file.today, {}), None, self.file.edition)
        found: list[Entry] = []
        for code, paper in sorted(self.file.edition.papers.items(), key=lambda one: one[1].order):
            if holds(paper.when, facts):
                found += self._entries(code, paper)
        return found

    def others(self) -> list[Entry]:
        """Papers that are made for the case and stand in no dossier: letters, the agenda, certificates."""
        bound = self.file.edition.papers
        codes = [code for code, form in self.forms.index.forms.items() if code not in bound and form.of == "case"]
        return [one for code in codes if "KNĐ" not in code for one in self._entries(code, None) if self._fits(one)]

    def _fits(self, entry: Entry) -> bool:
        """Whether a paper makes sense as the case stands."""
        acts, form = self.story.acts, entry.form
        if form is None:
            return False
        return not (form.after and not acts[form.after]["on"]) and not (form.before and acts[form.before]["on"])

    def entry(self, code: str, part: str = "") -> Entry:
        """One paper. Raises `UnknownPaper`."""
        every = [*self.entries(), *self.others()]
        fits = [one for one in every if _same_code(one.code, code) and part in {"", one.part}]
        if not fits:
            raise UnknownPaper(code, sorted({one.code for one in every}))
        return fits[0]

    def all_of(self, code: str) -> list[Entry]:
        """Every paper of a code: one of each sponsor, for some. Raises `UnknownPaper`."""
        self.entry(code)
        return [one for one in (*self.entries(), *self.others()) if _same_code(one.code, code)]

    def _entries(self, code: str, paper: Paper | None) -> Iterator[Entry]:
        form = self.forms.index.forms.get(code)
        if form and form.organ == "subcommittee" and self._organs(form)["subcommittee"] is None:
            return
        if form and form.unless_authorised and self.file.scene.line(self.story.day(form) or self.file.today).authorised:
            return
        parts = self.file.record.fields.get("sponsors", [""]) if form and form.each == "sponsor" else [""]
        for part in parts:
            yield self._one(code, paper, form, part)

    def _organs(self, form: Form) -> dict[str, Organ | None]:
        return self.story.organs(self.story.day(form) or self.file.today)

    def _one(self, code: str, paper: Paper | None, form: Form | None, part: str) -> Entry:
        record = self.file.record
        received = code in record.papers and self._is_back(code, part)
        act = self.story.act(form) if form else None
        noted = record.fields.get(paper.dated) if paper and paper.dated else None
        dated = (record.papers.get(code) if received else None) or noted
        scan = paper_store.newest(self.kept, "received", code, part)
        number = act[form.number] if form and act and form.number else None
        title = paper.title.vi if paper else form.title if form else code
        if part:
            title = f"{title} ({self.file.person(part).name})"
        return Entry(
            code=code,
            part=part,
            title=title,
            by=paper.by if paper else form.organ if form else "",
            standing=self._standing(code, form, received=received, acted=act is not None, noted=bool(dated)),
            number=number or "",
            on=date.fromisoformat(dated) if dated else (self.story.day(form) if form and act else None),
            stale=self._is_stale(paper, dated),
            form=form,
            scan=scan,
            pages=scan.pages if scan else None,
            bound=paper is not None,
            kept=form.kept if form else self._supplied(code).kept,
        )

    def _is_back(self, code: str, part: str) -> bool:
        """Of papers of each sponsor, whether this one's is; as they were recorded by hand, all of them are."""
        scans = {one.part for one in self.kept if (one.what, one.code) == (paper_store.RECEIVED, code)}
        return not part or not scans or part in scans

    def _standing(self, code: str, form: Form | None, *, received: bool, acted: bool, noted: bool) -> Standing:
        if received:
            return "received"
        if form is None or form.act is None:
            if noted:
                return "noted"
            if form is None:
                since = self._supplied(code).since
                return "missing" if since is None or since in self.file.record.fields else "draft"
            return "to_write" if form.due is None or self.story.acts[form.due]["on"] else "draft"
        return "made" if acted else "draft"

    def _supplied(self, code: str) -> Supplied:
        return self.forms.index.supplied.get(code, Supplied())

    def _is_stale(self, paper: Paper | None, dated: str | None) -> bool:
        if paper is None or dated is None or not paper.stale_months:
            return False
        considered = self.file.record.fields.get("branch_resolution_on")
        until = date.fromisoformat(considered) if considered else self.file.today
        return add_months(date.fromisoformat(dated), paper.stale_months) < until

    # --- written -------------------------------------------------------------------------------------------------

    def tree(self, entry: Entry) -> Tree:
        """A paper as a tree, filled in from the record as it stands. Raises `BadForms`, `UnknownPaper`."""
        if entry.form is None:
            raise NotWritten(entry.code)
        sponsors = self.file.record.fields.get("sponsors", [])
        number = sponsors.index(entry.part) if entry.part in sponsors else 0
        return self.forms.fill(entry.code, self.story.values(entry.form, number))

    def is_draft(self, entry: Entry) -> bool:
        """Whether a paper is still one to come: its act is not on record."""
        return entry.form is not None and entry.form.act is not None and self.story.act(entry.form) is None

    def basis(self, entry: Entry) -> str:
        """The act, and its newest correction, whose facts a paper prints."""
        act = self.story.act(entry.form) if entry.form else None
        return str(act["basis"]) if act else ""

    def issued(self, entry: Entry) -> Kept | None:
        """The paper as it was issued for the facts that stand now."""
        return paper_store.newest(self.kept, "issued", entry.code, entry.part, self.basis(entry) or None)

    def pdf(self, entry: Entry) -> bytes:
        """A paper in print: as it was issued, or as it reads today."""
        kept = self.issued(entry)
        held = paper_store.content(self.office, self.connection, self.case, kept.n) if kept else None
        return held if held is not None else self.fresh(entry)

    def fresh(self, entry: Entry) -> bytes:
        """A paper in print from the record and the forms of today."""
        day = self.story.day(entry.form) if entry.form else None
        made_on = day or self.file.today  # not the day of printing: a paper that says the same is the same
        return pdf([self.tree(entry)], made_on=made_on, draft=self.is_draft(entry), sample=self.sample)

    def as_kept(self, entry: Entry, file: bytes) -> Kept:
        """What is to be noted of a paper that is issued now."""
        edition, form = self.file.edition.edition, self.forms.digest(entry.code)
        return Kept(0, "issued", entry.code, entry.part, self.basis(entry), edition, form, pages(file))

    def scan(self, entry: Entry) -> bytes | None:
        """The newest scan of the signed paper."""
        return paper_store.content(self.office, self.connection, self.case, entry.scan.n) if entry.scan else None


def _same_code(one: str, typed: str) -> bool:
    """Whether a code is meant, as keyboards without Đ write it as well."""
    return bare(one) == bare(typed)
