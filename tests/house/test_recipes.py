"""The recipes in docs/ are run as they stand, so that they cannot drift from the program."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from states.guards import GUARDS
from states.rulebook.loading import EDITIONS, Rulebook
from tests.journeys.fixtures import land_template as land_template
from tests.journeys.fixtures import sqlite_land as sqlite_land
from tests.journeys.land import PLAIN, begin, travel
from tests.pages.guests import guest, pages_of, words
from workflow.cli import main
from workflow.core.config import read_config
from workflow.dossier.forms.form_set import FormSet, load_forms
from workflow.dossier.papers import Dossier
from workflow.dossier.render.to_text import render_text
from workflow.office import Office
from workflow.operations.open_office import open_office
from workflow.operations.sample import make_sample
from workflow.register.writer import Who
from workflow.web import render

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def blocks(kind: str) -> list[tuple[str, str]]:
    text = (DOCS / "recipes.md").read_text(encoding="utf-8")
    return [(name, body) for found, name, body in BLOCK.findall(text) if found == kind]


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Rulebook]:
    """The editions with every recipe laid over them."""
    folder = tmp_path / "editions"
    shutil.copytree(EDITIONS, folder)
    for name, body in blocks("yaml"):
        if "/" in name:
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(body, encoding="utf-8")
    before = dict(GUARDS)
    for name, body in blocks("python"):
        if not name:
            exec(compile(body, "recipes.md", "exec"), {})  # noqa: S102 - the recipe is our own
    yield Rulebook(folder)
    GUARDS.clear()
    GUARDS.update(before)


def test_every_edition_of_the_recipes_is_a_good_one(book: Rulebook) -> None:
    book.check_editions()
    assert book.list_editions("admission")[-4:] == ("2027-01", "2027-02", "2027-03", "2027-04")


def test_the_recipes_change_what_they_say_they_change(book: Rulebook) -> None:
    first, second, third, fourth = (book.load_edition("admission", f"2027-0{n}") for n in (1, 2, 3, 4))
    assert first.clocks["DEC_ADMIT"].length.working_days == 40
    assert [arrival.state for arrival in second.moves["summarise_opinions"].to] == ["interview"]
    assert third.conditions["THREE_ORGANISATIONS"].effect == "warn"
    assert "NO_SUNDAY" in fourth.moves["branch_proposes"].conditions
    assert book.edition_on("transfer", date(2027, 5, 1)).states["listed"].label.vi == "Đã tiếp nhận"


def test_without_a_recipe_the_real_editions_stand(book: Rulebook) -> None:
    assert book.edition_on("admission", date(2026, 12, 31)).edition == "2026-07"


def test_every_command_of_the_recipes_runs_in_a_fresh_sample_office(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", str(tmp_path / "mau"), "--sample", "song-lo-2022"]) == 0
    monkeypatch.chdir(tmp_path / "mau")
    for name, body in blocks("yaml"):
        if "/" not in name and name not in ("config.yaml", "forms.yaml"):
            (tmp_path / "mau" / name).write_text(body, encoding="utf-8")
    lines = [line.removeprefix("$ ketnap ") for _, body in blocks("console") for line in body.splitlines()]
    assert len(lines) == 4
    for line in lines:
        assert main(line.split()) == 0, line
    assert "2028" in capsys.readouterr().out


def test_the_new_field_of_a_person_is_asked_for_at_every_door(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    for room in ("states", "notifications", "templates", "workflow"):
        shutil.copytree(root / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    [(name, line)] = [(name, body) for name, body in blocks("python") if "/" in name]
    source = (tmp_path / name).read_text(encoding="utf-8")
    last = "    posts: str | None = None\n"
    (tmp_path / name).write_text(source.replace(last, last + line), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-c", DOORS],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert ran.stdout.split() == ["2021-03-04", "date", "--class-attended"]


DOORS = """
from workflow.cli.parsing.act_options import act_params
from workflow.core.crypto import Vault, make_key_file
from workflow.register.acts import AddPerson
from workflow.register.commands.people import _parse_details
from workflow.register.person_record import decrypt_person, encrypt_person
from workflow.web.api.register.act_body import build_body
from states.vocabulary import Person
from datetime import date
from pathlib import Path

path = Path("key")
make_key_file(path)
vault = Vault(path)
key = vault.new_person_key()
typed = _parse_details({"name": "Hoa", "class_attended": "04/03/2021"}, date(2022, 1, 1))
sealed, _ = encrypt_person(vault, key, Person("P1", **typed))
print(decrypt_person(vault, "P1", key, sealed).class_attended)
body = build_body(AddPerson)
print(body.model_json_schema()["properties"]["class_attended"]["anyOf"][0]["format"])
print([param.name for param in act_params(AddPerson)][-1])
"""


def test_the_paper_of_the_recipes_is_filled_in_like_any_other(sqlite_land: Office, tmp_path: Path) -> None:
    folder = shutil.copytree(load_forms().folder.parent, tmp_path / "dossier")
    [(name, source)] = blocks("xml")
    (folder / "forms" / name).write_text(source, encoding="utf-8")
    [line] = [body for name, body in blocks("yaml") if name == "forms.yaml"]
    with (folder / "forms.yaml").open("a", encoding="utf-8") as index:
        index.write(f"  {line}")
    travel(sqlite_land, date(2022, 12, 30))
    case = begin(sqlite_land, PLAIN, date(2022, 1, 4)).to("probation").case
    held = FormSet(folder)
    with sqlite_land.database.read_transaction() as connection:
        told = Dossier(sqlite_land, connection, case).case_values.build_values(held.index.forms["THU-MOI"])
        assert "kính mời đồng chí" in render_text(held.fill_form("THU-MOI", told))


def test_the_page_of_the_recipes_opens_for_whoever_enters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_sample(tmp_path / "mau", "song-lo-2022", Who("", "test"), config_text="office: Mẫu\n")
    templates = tmp_path / "pages"
    shutil.copytree(render.PAGES, templates)
    ((name, template),) = blocks("html")
    (templates / name).write_text(template, encoding="utf-8")
    monkeypatch.setattr(render, "PAGES", templates)
    module: dict[str, Any] = {}
    code = next(body for name, body in blocks("python") if name == "waiting.py")
    exec(compile(code, "waiting.py", "exec"), module)  # noqa: S102 - the recipe is our own
    render.template_environment.cache_clear()
    with closing(open_office(tmp_path / "mau" / "config.yaml")) as office, pages_of(office) as app:
        app.include_router(module["router"])
        assert "Chi bộ: 1" in words(guest(app).enter("bithu.ao-truc").get("/waiting"))
        assert guest(app).client.get("/waiting", follow_redirects=False).status_code == 303
    render.template_environment.cache_clear()


def test_the_config_of_the_recipes_is_a_good_one(tmp_path: Path) -> None:
    [(_, body)] = [one for one in blocks("yaml") if one[0] == "config.yaml"]
    (tmp_path / "config.yaml").write_text(body, encoding="utf-8")
    assert read_config(tmp_path / "config.yaml").database.startswith("postgresql")
