"""The dossier at the door: what it holds and lacks, its papers written, signed ones taken in."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow.cli.context import Desk
from workflow.cli.output.tables import Block, Heading, Line, Table, printed
from workflow.cli.parsing.arguments import case_of, day, person_of, some_day, unit_of, user_of
from workflow.cli.parsing.options import BY, CASE, FILE, SOME_BY, UNIT
from workflow.cli.parsing.parser import Command, Param, misused
from workflow.cli.problems import Unknown

if TYPE_CHECKING:
    from workflow.dossier.print_papers import Format, Made
    from workflow.office import Office


def dossier(
    desk: Desk,
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
    """Tell what a dossier holds and lacks; or write one paper, all of them bound, or the dossiers of many cases."""
    with desk.opened() as office:
        if out is None:
            if paper or pdf or docx or zip or case is None:
                raise misused("usage.dossier_out")
            _told(desk, office, case_of(office, case)[0])
            return
        wanted = _format(out, paper, pdf=pdf, docx=docx, zip_=zip)
        cases = _cases(office, case, unit, state)
        _written(desk, office, cases, paper, wanted, out, by)


def _format(out: Path, paper: str | None, *, pdf: bool, docx: bool, zip_: bool) -> "Format":
    from workflow.dossier.print_papers import FORMATS

    asked = [name for name, yes in (("pdf", pdf), ("docx", docx), ("zip", zip_)) if yes]
    suffix = out.suffix.lstrip(".").lower()
    name = asked[0] if asked else suffix or "pdf"
    fits = FORMATS[:3] if paper else (FORMATS[0], FORMATS[3])
    for one in fits:
        if one == name and len(asked) <= 1 and suffix in {"", one}:  # another ending would write over somebody's file
            return one
    raise misused("usage.dossier_format", typed=suffix or name, known=", ".join(fits))


def _cases(office: "Office", case: str | None, unit: str | None, state: str | None) -> list[str]:
    from workflow.cases.views.case_list import case_list
    from workflow.cli.commands.cases import state_of

    if case is not None:
        if unit or state:
            raise misused("usage.dossier_many")
        return [case_of(office, case)[0]]
    at = unit_of(office, unit) if unit else None
    named = state_of(office, state) if state else None
    if at is None and named is None:
        raise misused("usage.dossier_which")
    return [one["case"] for one in case_list(office, "vi", unit=at, state=named, stalled=False)]


def _written(
    desk: Desk, office: "Office", cases: Sequence[str], paper: str | None, wanted: "Format", out: Path, by: str | None
) -> None:
    from workflow.dossier.print_papers import papers, whole

    who = desk.who(user_of(office, by) if by else "")
    files: list[dict[str, Any]] = []
    with desk.progress("progress.dossier") as told:
        for number, case in enumerate(cases):
            made = papers(office, case, paper, wanted, who) if paper else [whole(office, case, wanted, who)]
            folder = not out.suffix or out.is_dir()
            if not folder and (len(cases) > 1 or len(made) > 1):
                raise misused("usage.dossier_folder", out=out.name)
            files += [_saved(case, one, out / one.name if folder else out) for one in made]
            if told:
                told(number + 1, len(cases))
    desk.show({"files": files}, lambda: list(_written_page(desk, files)))


def _saved(case: str, made: "Made", path: Path) -> dict[str, Any]:
    """The whole file or none of it: written beside, and then put in its place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(made.content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    size = len(made.content)
    return {"case": case, "file": str(path), "bytes": size, "issued": list(made.issued), "draft": made.draft}


def _written_page(desk: Desk, files: Sequence[dict[str, Any]]) -> Iterator[Block]:
    say = desk.say
    for one in files:
        yield Line(say("dossier.written", file=one["file"], size=f"{one['bytes'] / 1024:.0f}"), "good")
        if one["draft"]:
            yield Line(say("dossier.is_draft"), "warn", 1)
        if one["issued"]:
            yield Line(say("dossier.issued", codes=", ".join(dict.fromkeys(one["issued"]))), "dim", 1)
    if not files:
        yield Line(say("dossier.no_cases"))


def _told(desk: Desk, office: "Office", case: str) -> None:
    from workflow.dossier.bind import missing_of
    from workflow.dossier.papers import Dossier

    with office.database.reading() as connection:
        held = Dossier(office, connection, case)
        organs = {name: one.label.in_language(desk.speaks) for name, one in held.file.edition.organs.items()}
        organs["candidate"] = desk.say("dossier.candidate")
        papers = [
            {
                "code": one.code,
                "part": one.part or None,
                "title": one.title,
                "by": one.by,
                "by_label": organs.get(one.by, one.by),
                "standing": one.standing,
                "number": one.number or None,
                "on": one.on,
                "stale": one.stale,
                "scan_pages": one.pages,
                "bound": one.bound,
                "form": one.form is not None,
            }
            for one in (*held.entries(), *held.others())
        ]
        lacking = [{"code": one.code, "part": one.part or None, "why": why} for one, why in missing_of(held)]
        guide, regulation = held.story.guide, held.file.edition.regulation
    view = {
        "case": case,
        "regulation": regulation,
        "guide": {"name": guide.name, "confidence": guide.confidence},
        "papers": papers,
        "missing": lacking,
    }
    desk.show(view, lambda: list(_dossier_page(desk, view)))


def _dossier_page(desk: Desk, view: dict[str, Any]) -> Iterator[Block]:
    say = desk.say
    yield Heading(say("dossier.title", case=view["case"]))
    heads = [say(f"dossier.{name}") for name in ("code", "paper", "number", "dated", "standing", "by")]
    rows = [one for one in view["papers"] if one["bound"]]
    yield Table(heads, [_row(desk, one) for one in rows], spare=frozenset({5}))
    others = ", ".join(f"{one['code']} ({one['title']})" for one in view["papers"] if not one["bound"])
    yield Line(say("dossier.others", papers=others), "dim")
    unsure = view["guide"]["confidence"] == "L"
    yield Line(say("dossier.guide", guide=view["guide"]["name"]), "dim")
    if unsure:
        yield Line(say("dossier.guide_unverified"), "warn")
    named = {(one["code"], one["part"]): one for one in view["papers"]}
    lacking = [(named[one["code"], one["part"]], one["why"]) for one in view["missing"]]
    if lacking:
        yield Line(say("dossier.lacking"), "strong")
    for one, why in lacking:
        values = {"code": one["code"], "title": one["title"], "by": one["by_label"]}
        yield Line(say(f"dossier.lacking.{why}", **values), "warn" if why != "not_back" else "plain", 1, "-")
    yield Line(say("dossier.how", case=view["case"]), "dim")


def _row(desk: Desk, one: dict[str, Any]) -> list[Any]:
    standing = desk.say(f"dossier.standing.{one['standing']}")
    standing = f"{standing}; {desk.say('dossier.stale')}" if one["stale"] else standing
    return [one["code"], one["title"], one["number"] or "", printed(one["on"]), standing, one["by_label"]]


def attach(
    desk: Desk, *, case: str, paper: str, file: Path, on: str, dated: str | None, part: str | None, by: str
) -> None:
    """Keep the scan of a signed paper that has come back."""
    from workflow.dossier.receive_papers import attach as take_in

    with desk.opened() as office:
        id_, _ = case_of(office, case)
        came = day(on)
        bears = some_day(dated, "dated")
        who = desk.who(user_of(office, by))
        whose = person_of(office, part) if part else ""
        pages = take_in(office, id_, paper.upper(), file.read_bytes(), who, on=came, dated=bears, part=whose)
        said = Line(desk.say("dossier.attached", paper=paper.upper(), pages=pages), "good")
        desk.show({"case": id_, "paper": paper.upper(), "pages": pages}, lambda: [said])


def probationary(desk: Desk, *, unit: str, out: Path) -> None:
    """Write the register of probationary members (18-KNĐ) of a unit."""
    from workflow.dossier.print_papers import register_of_probationary

    with desk.opened() as office:
        at = unit_of(office, unit)
        if at is None:
            raise Unknown("unit", unit)
        if out.suffix.lower() not in ("", ".pdf"):
            raise misused("usage.dossier_format", typed=out.suffix.lstrip("."), known="pdf")
        made = register_of_probationary(office, at)
        files = [_saved("", made, out / made.name if not out.suffix or out.is_dir() else out)]
        desk.show({"files": files}, lambda: list(_written_page(desk, files)))


OUT = Param("--out", "file", "file")
PAPER = Param("--paper", "paper")
COMMANDS = (
    Command(
        "dossier",
        dossier,
        (
            Param("case"),
            PAPER,
            OUT,
            Param("--pdf", kind="flag"),
            Param("--docx", kind="flag"),
            Param("--zip", kind="flag"),
            UNIT,
            Param("--state", "state"),
            SOME_BY,
        ),
        "daily",
    ),
    Command(
        "attach",
        attach,
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
        probationary,
        (Param("--unit", "unit", required=True), Param("--out", "file", "file", required=True)),
        "register",
    ),
)
