"""The forms: each says where it comes from, an author's typo is told with its line, and every case can be
filled in.

How every paper reads and looks is held by test_golden.py.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.journeys.land import PLAIN, begin, travel
from tests.journeys.test_each_edition import EDITIONS
from tests.reading import list_cases
from workflow.dossier.dossier_paper import DossierPaper
from workflow.dossier.forms.form_set import BadForms, FormSet, load_forms
from workflow.dossier.papers import Dossier
from workflow.dossier.render.to_text import render_text
from workflow.office import Office


def written(dossier: Dossier) -> list[tuple[DossierPaper, str]]:
    every = [one for one in (*dossier.papers, *dossier.other_papers) if one.form is not None]
    return [(one, render_text(dossier.build_tree(one))) for one in every]


def test_a_case_of_which_nothing_is_known_yet_fills_every_form_with_blanks(sqlite_land: Office) -> None:
    start, today = EDITIONS["2021-07"]
    travel(sqlite_land, today)
    journey = begin(sqlite_land, PLAIN, start)
    with sqlite_land.database.read_transaction() as connection:
        dossier = Dossier(sqlite_land, connection, journey.case)
        for one, text in written(dossier):
            assert "None" not in text, one.code
            assert "……" in text, one.code


def test_every_form_names_its_source_and_how_sure_it_is_in_its_head() -> None:
    for form in load_forms().index.forms.values():
        if form.of == "case":
            head = (load_forms().folder / form.file).read_text(encoding="utf-8").partition("#}")[0]
            assert head.startswith("{#"), form.file
            assert any(sure in head for sure in (" H", " M", " L")), form.file


def test_every_paper_that_an_edition_wants_and_the_office_writes_has_a_form(sample: Office) -> None:
    others = {"CN-NTVĐ", "CN-ĐVM", "1-HSĐV"}
    for edition in sample.rulebook.list_editions("admission"):
        wanted = set(sample.rulebook.load_edition("admission", edition).papers) - others
        assert wanted <= set(load_forms().index.forms)
        assert edition in load_forms().index.guides


def test_a_paper_without_a_form_waits_for_a_day_that_editions_know(sample: Office) -> None:
    for edition in map(
        partial(sample.rulebook.load_edition, "admission"), sample.rulebook.list_editions("admission")
    ):
        for code, paper in load_forms().index.supplied.items():
            assert code in edition.papers
            assert paper.since is None or paper.since in {*edition.fields, *edition.move_day_fields}


@pytest.mark.parametrize(
    ("typo", "line", "said"),
    [
        ("<p>Chưa đóng", 8, ""),
        ("<para>Lạ</para>", 8, "<para>"),
        ("{% if %}", 8, ""),
        ("{{ candidate.name | opper }}", 8, "opper"),
        ("{{ candidates.name }}", 1, "candidates"),
    ],
)
def test_a_form_with_a_typo_is_refused_at_load_with_its_line(
    tmp_path: Path, typo: str, line: int, said: str
) -> None:
    folder = copy_of_forms(tmp_path)
    file = folder / "forms" / "6-knd.xml"
    lines = file.read_text(encoding="utf-8").splitlines()
    lines.insert(line - 1, typo)
    file.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(BadForms) as bad:
        FormSet(folder)
    [fault] = bad.value.faults
    assert fault.file == "6-knd.xml"
    assert fault.line >= line
    assert said in fault.what


def test_a_form_that_asks_for_what_there_is_not_is_told_with_its_line(sample: Office, tmp_path: Path) -> None:
    folder = copy_of_forms(tmp_path)
    file = folder / "forms" / "1-knd.xml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("candidate.occupation", "candidate.religion"),
        encoding="utf-8",
    )
    held = FormSet(folder)
    with sample.database.read_transaction() as connection:
        case = next(iter(sample_cases(sample)))
        dossier = Dossier(sample, connection, case)
        with pytest.raises(BadForms) as bad:
            held.fill_form("1-KNĐ", dossier.case_values.build_values(held.index.forms["1-KNĐ"]))
    [fault] = bad.value.faults
    assert (fault.file, fault.line) == ("1-knd.xml", 14)
    assert "religion" in fault.what


def sample_cases(office: Office) -> Iterator[str]:

    return (one.case for one in list_cases(office))


def copy_of_forms(tmp_path: Path) -> Path:
    import shutil

    shutil.copytree(load_forms().folder.parent, tmp_path / "mẫu")
    return tmp_path / "mẫu"


def test_every_open_case_of_the_sample_prints_every_paper_it_has(sample: Office) -> None:
    with sample.database.read_transaction() as connection:
        for case in sample_cases(sample):
            assert written(Dossier(sample, connection, case)), case


def test_every_pipeline_says_what_it_asks_for(sample: Office) -> None:
    assert set(load_forms().index.admit) == set(sample.rulebook.pipelines)
    with sample.database.read_transaction() as connection:
        dossier = Dossier(sample, connection, "KMTXKEKR")
        values = dossier.case_values.build_values(load_forms().index.forms["9-KNĐ"])
        again = replace(values, admit=load_forms().index.admit["readmission"])
        assert "Điều 1. Kết nạp lại quần chúng" in render_text(load_forms().fill_form("9-KNĐ", again))
