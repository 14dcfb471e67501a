"""A whole dossier printed: beside the same papers by WeasyPrint, and by docxtpl with LibreOffice; many
dossiers.

The peers are given the same text: WeasyPrint our pages with our style sheet, docxtpl our Word files as
templates.
"""

import io
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from tests.journeys.land import PARTED, Template, begin, opened, travel
from workflow.dossier.papers import Dossier
from workflow.dossier.render.document import PaperTree
from workflow.dossier.render.docx.to_docx import render_docx
from workflow.dossier.render.to_html import render_html
from workflow.dossier.render.to_pdf import render_pdf

PAPERS = 15
START, TODAY = date(2022, 1, 4), date(2023, 9, 29)
ROUNDS = 5
MANY = 1000
STYLE = Path("templates/dossier/paper.css")


def make_case(folder: Path) -> tuple[Path, str]:
    """A case that has gone its whole way: config and id."""
    config = Template(folder).sqlite(folder / "office")
    with closing(opened(config)) as office:
        travel(office, TODAY)
        return config, begin(office, PARTED, START).to("member").case


def trees_of(config: Path, case: str) -> list[PaperTree]:
    """The fifteen papers of the admission dossier and what comes with it."""
    with closing(opened(config)) as office, office.database.read_transaction() as connection:
        dossier = Dossier(office, connection, case)
        every = [one for one in (*dossier.papers, *dossier.other_papers) if one.form is not None]
        return [dossier.build_tree(one) for one in every][:PAPERS]


def contenders(folder: Path) -> dict[str, float]:
    """Seconds for one dossier of each; from the record on for us, from ready text on for the peers."""
    config, case = make_case(folder)
    seconds = {"ketnap, from the record": _ours(config, case)}
    trees = trees_of(config, case)
    seconds["ketnap, print alone"] = _best(lambda: [render_pdf([tree], made_on=TODAY) for tree in trees])
    seconds["WeasyPrint"] = _best(lambda: _weasyprint(trees), 2)
    if shutil.which("soffice"):
        seconds["docxtpl and LibreOffice"] = _best(lambda: _libreoffice(trees), 2)
    return seconds


def _best(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    work()
    found = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        found.append(time.perf_counter() - begun)
    return sorted(found)[len(found) // 2]


def _ours(config: Path, case: str) -> float:
    with closing(opened(config)) as office:

        def dossier() -> None:
            with office.database.read_transaction() as connection:
                held = Dossier(office, connection, case)
                every = [one for one in (*held.papers, *held.other_papers) if one.form is not None]
                for one in every[:PAPERS]:
                    held.print_anew(one)

        return _best(dossier)


def _weasyprint(trees: list[PaperTree]) -> None:
    from weasyprint import CSS, HTML

    style = CSS(string=STYLE.read_text(encoding="utf-8"))
    for tree in trees:
        HTML(string=render_html(tree)).write_pdf(stylesheets=[style])


def _libreoffice(trees: list[PaperTree]) -> None:
    from docxtpl import DocxTemplate

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = []
        for number, tree in enumerate(trees):
            template: Any = DocxTemplate(io.BytesIO(render_docx(tree, made_on=TODAY)))
            template.render({})
            template.save(folder / f"{number}.docx")
            files.append(str(folder / f"{number}.docx"))
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", name, *files]
        subprocess.run(command, check=True, capture_output=True)


def many(folder: Path) -> tuple[float, list[int]]:
    """Dossiers printed by two processes: how many a second, and the memory (MB) of one on its way."""
    config, case = make_case(folder)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        begun = time.perf_counter()
        found = list(pool.map(_batch, [(config, case, MANY // 20)] * 20))
        seconds = time.perf_counter() - begun
    by_process: dict[int, list[int]] = {}
    for process, megabytes in found:
        by_process.setdefault(process, []).append(megabytes)
    longest = max(by_process.values(), key=len)
    return MANY / seconds, longest


def _batch(asked: tuple[Path, str, int]) -> tuple[int, int]:
    config, case, count = asked
    with closing(opened(config)) as office, office.database.read_transaction() as connection:
        for number in range(count):
            held = Dossier(office, connection, case)
            every = [one for one in (*held.papers, *held.other_papers) if one.form is not None]
            for one in every[:PAPERS]:
                render_pdf([held.build_tree(one)], made_on=TODAY, sample=f"{number} {time.time()}")
    return os.getpid(), _memory()


def _memory() -> int:
    """Resident megabytes of this process (Linux); 0 where that is not told."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096 // 1_000_000
    except OSError:
        return 0
