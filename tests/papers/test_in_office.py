"""Every Word file opens in a real word processor (Debian: libreoffice-writer-nogui) with its text, on as
many pages.
"""

import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.journeys.land import PARTED, begin, travel
from tests.journeys.test_each_edition import EDITIONS
from tests.papers.reading import bare, of_pdf
from tests.papers.test_golden import MEMBER_BY
from workflow.dossier.papers import Dossier
from workflow.dossier.render.docx.to_docx import render_docx
from workflow.dossier.render.to_pdf import count_pages
from workflow.dossier.render.to_text import render_text
from workflow.office import Office

HOW_TO_INSTALL = "soffice is missing: apt-get install --no-install-recommends libreoffice-writer-nogui"
FONTS = Path("templates/dossier/fonts")


def to_pdf(files: list[Path], folder: Path) -> None:
    """All files through LibreOffice, in one start; our fonts stand in for Times New Roman there."""
    command = shutil.which("soffice")
    assert command, HOW_TO_INSTALL
    home = folder / "home"
    (home / ".fonts").mkdir(parents=True)
    for font in FONTS.glob("*.ttf"):
        shutil.copy(font, home / ".fonts")
    (home / ".config" / "fontconfig").mkdir(parents=True)
    (home / ".config" / "fontconfig" / "fonts.conf").write_text(
        '<?xml version="1.0"?><fontconfig><alias binding="same"><family>Times New Roman</family>'
        "<prefer><family>Liberation Serif</family></prefer></alias></fontconfig>",
        encoding="utf-8",
    )
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    run = [command, "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder), *map(str, files)]
    subprocess.run(
        run, check=True, capture_output=True, timeout=300, env={"HOME": str(home), "PATH": "/usr/bin:/bin"}
    )


@pytest.mark.soak
@pytest.mark.parametrize("edition", ["2021-07", "2026-07"])
def test_a_word_processor_shows_the_same_text_on_as_many_pages(
    sqlite_land: Office, tmp_path: Path, edition: str
) -> None:
    start, today = EDITIONS[edition]
    travel(sqlite_land, today)
    journey = begin(sqlite_land, PARTED, start).to("member" if edition in MEMBER_BY else "probation")
    said: dict[str, tuple[str, int]] = {}
    with sqlite_land.database.read_transaction() as connection:
        dossier = Dossier(sqlite_land, connection, journey.case)
        for number, one in enumerate((*dossier.papers, *dossier.other_papers)):
            if one.form is None or dossier.is_draft(one):
                continue
            tree = dossier.build_tree(one)
            name = f"{number:02}-{re.sub('[^A-Z0-9]', '', one.code)}"
            (tmp_path / f"{name}.docx").write_bytes(render_docx(tree, made_on=today))
            said[name] = render_text(tree), count_pages(dossier.print_anew(one))
    to_pdf(sorted(tmp_path.glob("*.docx")), tmp_path)
    shown = {name: (tmp_path / f"{name}.pdf").read_bytes() for name in said}
    assert [name for name, (text, _) in said.items() if not same(shown[name], text)] == []
    counts = {name: (count_pages(made), said[name][1]) for name, made in shown.items()}
    assert {name: both for name, both in counts.items() if both[0] != both[1]} == {}


def same(made: bytes, text: str) -> bool:
    """All letters of a text are there, and no others but page numbers."""
    found, wanted = Counter(bare(of_pdf(made))), Counter(bare(text))
    return not wanted - found and set(found - wanted) <= set("23456789")
