"""Every paper of every edition, filled in from a case that went its whole way, reads and looks as it was
agreed.

The files under golden/ are what people read and where it stands: all papers of the first edition, and of
the others those that are not, dates aside, as they were in the edition before. `KETNAP_GOLDEN=write`
writes them anew, and then they and the contact sheet under build/papers/ are to be looked at.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pytest
from PIL import Image

from tests.golden import agreed
from tests.journeys.land import PARTED, TRUSTED, Template, begin, opened, travel
from tests.journeys.test_each_edition import EDITIONS, QUICKLY
from tests.papers.reading import characters
from tests.papers.test_forms import written
from workflow.dossier.dossier_paper import DossierPaper
from workflow.dossier.papers import Dossier
from workflow.dossier.render.font_coverage import MISSING_LETTER
from workflow.dossier.render.to_pdf import count_pages

GOLDEN = Path(__file__).parent / "golden"
SHEET = Path("build/papers.png")
MM = 72 / 25.4
LEFT, RIGHT, BOTTOM = 30, 195, 5
MEMBER_BY = {"2016-07": date(2020, 9, 30), "2021-07": date(2023, 9, 29)}
"""Editions under which the whole way fits, to membership."""
MARKS = (
    "ĐẢNG CỘNG SẢN VIỆT NAM",
    "Nơi nhận:",
    "BÍ THƯ",
    "NGƯỜI LÀM ĐƠN",
    "NGƯỜI KHAI",
    "ĐẢNG VIÊN GIỚI THIỆU",
)
DATE = re.compile(
    r"(ngày \d+ tháng \d+ năm|tháng \d+ năm|năm|\d+/\d+/) ?\d{4}|tháng \d+/\d{4}", re.IGNORECASE
)


class Paper(NamedTuple):
    """A paper of an edition. ``differs``: it does not read, dates aside, as it did in the edition before."""

    name: str
    dossier: Dossier
    entry: DossierPaper
    text: str
    differs: bool


def papers(template: Template, folder: Path, village: str) -> Iterator[Paper]:
    """Every paper of every edition, of a case that has gone as far as it can within it."""
    before: dict[str, str] = {}
    for edition, (start, today) in EDITIONS.items():
        with closing(opened(template.sqlite(folder / edition))) as office:
            travel(office, today)
            journey = begin(office, village, start)
            journey.pace = QUICKLY.get(edition, 1)
            case = journey.to("member" if edition in MEMBER_BY else "probation").case
            number = Counter[str]()
            with office.database.read_transaction() as connection:
                dossier = Dossier(office, connection, case)
                for entry, text in written(dossier):
                    number[entry.code] += 1
                    which = f"{entry.code} {number[entry.code]}"
                    undated = DATE.sub("DATE", text)
                    name = f"{edition} {which} ({entry.standing})"
                    yield Paper(name, dossier, entry, text, before.get(which) != undated)
                    before[which] = undated


@pytest.mark.parametrize(("village", "name"), [(PARTED, "parted"), (TRUSTED, "trusted")])
def test_every_paper_reads_as_it_was_agreed(
    land_template: Template, tmp_path: Path, village: str, name: str
) -> None:
    said = [
        f"=== {paper.name}\n{paper.text}"
        if paper.differs
        else f"=== {paper.name}: as in the edition before\n"
        for paper in papers(land_template, tmp_path, village)
    ]
    agreed(GOLDEN / f"{name}.txt", "\n".join(said))


def test_every_paper_that_differs_looks_as_it_was_agreed(land_template: Template, tmp_path: Path) -> None:
    """How many pages, where letterhead and signature stand (in mm); nothing leaves the page, no letter is
    lost.
    """
    files = {
        paper.name: paper.dossier.print_anew(paper.entry)
        for paper in papers(land_template, tmp_path, PARTED)
        if paper.differs
    }
    looks = {name: look(file) for name, file in files.items()}
    agreed(GOLDEN / "look.json", json.dumps(looks, ensure_ascii=False, indent=1) + "\n")
    for name, file in files.items():
        for _, (left, bottom, right, _) in characters(file):
            assert left >= (LEFT - 1) * MM, name
            assert right <= (RIGHT + 1) * MM, name
            assert bottom >= BOTTOM * MM, name
    draw_contact_sheet(list(files.values()))


def look(file: bytes) -> dict[str, object]:
    found: dict[str, object] = {"pages": count_pages(file)}
    for number, page in enumerate(pdfium.PdfDocument(file), start=1):
        text = page.get_textpage()
        assert MISSING_LETTER not in text.get_text_range()
        for mark in MARKS:
            search = text.search(mark, match_case=True)
            if (hit := search.get_next()) is not None:
                left, bottom, _, _ = text.get_charbox(hit[0])
                found[f"{mark} on page {number}"] = [round(left / MM), round(297 - bottom / MM)]
    return found


def draw_contact_sheet(files: list[bytes]) -> None:
    pictures = [page.render(scale=0.5).to_pil() for file in files for page in pdfium.PdfDocument(file)]
    width, height = 300, 424
    sheet = Image.new("RGB", (width * 8, height * ((len(pictures) + 7) // 8)), "grey")
    for number, picture in enumerate(pictures):
        picture.thumbnail((width - 4, height - 4))
        sheet.paste(picture, (number % 8 * width + 2, number // 8 * height + 2))
    SHEET.parent.mkdir(exist_ok=True)
    sheet.save(SHEET)
