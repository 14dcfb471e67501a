"""Commands show a dossier, write its papers and take signed ones in."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workflow.cli.context import CommandContext
from workflow.cli.output import Block, Cell, Heading, TextLine, TextTable, format_cell
from workflow.cli.parsing.arguments import (
    UnknownName,
    read_day,
    read_optional_day,
    resolve_case,
    resolve_person,
    resolve_unit,
    resolve_user,
)
from workflow.cli.parsing.options import BY, CASE, FILE, OPTIONAL_BY, UNIT
from workflow.cli.parsing.parser import Command, Param, usage_error

if TYPE_CHECKING:
    from workflow.dossier.dossier_view import DossierPaperView, DossierView
    from workflow.dossier.print_papers import FileFormat, PaperFile
    from workflow.office import Office


def run_dossier(
    ctx: CommandContext,
    *,
    case: str | None,
    paper: str | None,
    out: Path | None,
    pdf: bool,
    docx: bool,
    zip: bool,  # noqa: A002 - as it is typed
    unit: str | None,
    state: str | None,
    by: str | None,
) -> None:
    """Tell what a dossier holds and lacks; or write a paper, a dossier, or those of many cases."""
    with ctx.open_office() as office:
        if out is None:
            if paper or pdf or docx or zip or case is None:
                raise usage_error("usage.dossier_out")
            _show_dossier(ctx, office, resolve_case(office, case)[0])
            return
        wanted = _choose_format(out, paper, pdf=pdf, docx=docx, zip_=zip)
        cases = _choose_cases(office, case, unit, state)
        _write_files(ctx, office, cases, paper, wanted, out, by)


def _choose_format(out: Path, paper: str | None, *, pdf: bool, docx: bool, zip_: bool) -> "FileFormat":
    from workflow.dossier.print_papers import FILE_FORMATS

    flags = [name for name, yes in (("pdf", pdf), ("docx", docx), ("zip", zip_)) if yes]
    suffix = out.suffix.lstrip(".").lower()
    name = flags[0] if flags else suffix or "pdf"
    fits = FILE_FORMATS[:3] if paper else (FILE_FORMATS[0], FILE_FORMATS[3])
    for format_name in fits:
        if (
            format_name == name and len(flags) <= 1 and suffix in {"", format_name}
        ):  # another ending would write over somebody's file
            return format_name
    raise usage_error("usage.dossier_format", typed=suffix or name, known=", ".join(fits))


def _choose_cases(office: "Office", case: str | None, unit: str | None, state: str | None) -> list[str]:
    from workflow.board.case_list import list_cases_by_urgency
    from workflow.board.snapshot.snapshot import open_snapshot
    from workflow.cli.commands.cases import resolve_state

    if case is not None:
        if unit or state:
            raise usage_error("usage.dossier_many")
        return [resolve_case(office, case)[0]]
    at = resolve_unit(office, unit) if unit else None
    named = resolve_state(office, state) if state else None
    if at is None and named is None:
        raise usage_error("usage.dossier_which")
    with open_snapshot(office, scope=None) as snapshot:
        return [row.case for row in list_cases_by_urgency(snapshot, "vi", unit=at, state=named)]


def _write_files(
    ctx: CommandContext,
    office: "Office",
    cases: Sequence[str],
    paper: str | None,
    wanted: "FileFormat",
    out: Path,
    by: str | None,
) -> None:
    from workflow.dossier.print_papers import write_dossier, write_papers

    who = ctx.acting_as(resolve_user(office, by) if by else "")
    files: list[WrittenFileView] = []
    with ctx.show_progress("progress.dossier") as on_progress:
        for number, case in enumerate(cases):
            made = (
                write_papers(office, case, paper, wanted, who)
                if paper
                else [write_dossier(office, case, wanted, who)]
            )
            folder = not out.suffix or out.is_dir()
            if not folder and (len(cases) > 1 or len(made) > 1):
                raise usage_error("usage.dossier_folder", out=out.name)
            files += [
                _save_file(case, paper_file, out / paper_file.name if folder else out) for paper_file in made
            ]
            if on_progress:
                on_progress(number + 1, len(cases))
    ctx.show_view({"files": files}, lambda: list(_written_page(ctx, files)))


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFileView:
    """A file that was written; ``issued``: the papers of which it now is the issued form."""

    case: str
    file: str
    bytes: int
    issued: list[str]
    draft: bool


def _save_file(case: str, made: "PaperFile", path: Path) -> WrittenFileView:
    """The whole file or none of it: written beside, and then put in its place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(made.content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    size = len(made.content)
    return WrittenFileView(case=case, file=str(path), bytes=size, issued=list(made.issued), draft=made.draft)


def _written_page(ctx: CommandContext, files: Sequence[WrittenFileView]) -> Iterator[Block]:
    say = ctx.say
    for file in files:
        yield TextLine(say("dossier.written", file=file.file, size=f"{file.bytes / 1024:.0f}"), "good")
        if file.draft:
            yield TextLine(say("dossier.is_draft"), "warn", 1)
        if file.issued:
            yield TextLine(say("dossier.issued", codes=", ".join(dict.fromkeys(file.issued))), "dim", 1)
    if not files:
        yield TextLine(say("dossier.no_cases"))


def _show_dossier(ctx: CommandContext, office: "Office", case: str) -> None:
    from workflow.dossier.dossier_view import load_dossier_view

    view = load_dossier_view(office, case, ctx.speaks)
    ctx.show_view(view, lambda: list(_dossier_page(ctx, view)))


def _dossier_page(ctx: CommandContext, view: "DossierView") -> Iterator[Block]:
    say = ctx.say
    yield Heading(say("dossier.title", case=view.case))
    heads = [say(f"dossier.{name}") for name in ("code", "paper", "number", "dated", "standing", "by")]
    yield TextTable(
        heads, [_paper_row(ctx, paper) for paper in view.papers if paper.bound], spare=frozenset({5})
    )
    others = ", ".join(f"{paper.code} ({paper.title})" for paper in view.papers if not paper.bound)
    yield TextLine(say("dossier.others", papers=others), "dim")
    yield TextLine(say("dossier.guide", guide=view.guide.name), "dim")
    if view.guide.confidence == "L":
        yield TextLine(say("dossier.guide_unverified"), "warn")
    if view.missing:
        yield TextLine(say("dossier.lacking"), "strong")
    papers = {(paper.code, paper.part): paper for paper in view.papers}
    for missing in view.missing:
        paper = papers[missing.code, missing.part]
        text = say(f"dossier.lacking.{missing.why}", code=paper.code, title=paper.title, by=paper.by_label)
        yield TextLine(text, "warn" if missing.why != "not_back" else "plain", 1, "-")
    yield TextLine(say("dossier.how", case=view.case), "dim")


def _paper_row(ctx: CommandContext, paper: "DossierPaperView") -> list[Cell]:
    words = ctx.say(f"dossier.standing.{paper.standing}")
    if paper.stale:
        words = f"{words}; {ctx.say('dossier.stale')}"
    return [paper.code, paper.title, paper.number or "", format_cell(paper.on), words, paper.by_label]


def run_attach(
    ctx: CommandContext,
    *,
    case: str,
    paper: str,
    file: Path,
    on: str,
    dated: str | None,
    part: str | None,
    by: str,
) -> None:
    from workflow.dossier.receive_papers import attach_scan

    with ctx.open_office() as office:
        id_, _ = resolve_case(office, case)
        came = read_day(on)
        bears = read_optional_day(dated, "dated")
        who = ctx.acting_as(resolve_user(office, by))
        whose = resolve_person(office, part) if part else ""
        view = attach_scan(
            office, id_, paper.upper(), file.read_bytes(), who, on=came, dated=bears, part=whose
        )
        line = TextLine(ctx.say("dossier.attached", paper=view.paper, pages=view.pages), "good")
        ctx.show_view(view, lambda: [line])


def run_probationary(ctx: CommandContext, *, unit: str, out: Path) -> None:
    """Write the register of probationary members (18-KNĐ) of a unit."""
    from workflow.dossier.print_papers import write_probationary_register

    with ctx.open_office() as office:
        at = resolve_unit(office, unit)
        if at is None:
            raise UnknownName("unit", unit)
        if out.suffix.lower() not in ("", ".pdf"):
            raise usage_error("usage.dossier_format", typed=out.suffix.lstrip("."), known="pdf")
        made = write_probationary_register(office, at)
        files = [_save_file("", made, out / made.name if not out.suffix or out.is_dir() else out)]
        ctx.show_view({"files": files}, lambda: list(_written_page(ctx, files)))


OUT = Param("--out", "file", "file")
PAPER = Param("--paper", "paper")
COMMANDS = (
    Command(
        "dossier",
        run_dossier,
        (
            Param("case"),
            PAPER,
            OUT,
            Param("--pdf", kind="flag"),
            Param("--docx", kind="flag"),
            Param("--zip", kind="flag"),
            UNIT,
            Param("--state", "state"),
            OPTIONAL_BY,
        ),
        "daily",
    ),
    Command(
        "attach",
        run_attach,
        (
            CASE,
            Param("paper", required=True),
            FILE,
            Param("--on", "date", required=True),
            Param("--dated", "date"),
            Param("--part", "person"),
            BY,
        ),
        "daily",
    ),
    Command(
        "probationary",
        run_probationary,
        (Param("--unit", "unit", required=True), Param("--out", "file", "file", required=True)),
        "register",
    ),
)
