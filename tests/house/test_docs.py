"""The docs cannot drift: what they name is there, what they tell people to type can be typed."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.house.mentions import ROOT, broken_links, missing_paths, unknown_names, wrong_commands

PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
DECISIONS = ROOT / "docs" / "decisions"
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


@each_page
def test_every_path_that_a_page_names_is_there(page: Path) -> None:
    assert missing_paths(page.read_text(encoding="utf-8")) == []


@each_page
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    assert broken_links(page) == []


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.parent != DECISIONS], ids=lambda page: page.name
)
def test_every_command_of_a_page_can_be_typed(page: Path) -> None:
    assert wrong_commands(page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", ["tour.md", "glossary.md"])
def test_every_name_of_the_tour_and_the_glossary_is_in_the_code(name: str) -> None:
    assert unknown_names((ROOT / "docs" / name).read_text(encoding="utf-8")) == []


def _list_terms(half: int) -> list[list[str]]:
    """Rows of one half of the glossary: 1, words of the work (Vietnamese, English, what); 2, technical
    words.
    """
    rows = re.findall(r"^\| (?!-)(.+) \|$", _split_glossary()[half], re.MULTILINE)
    return [row.split(" | ") for row in rows[1:]]


def _split_glossary() -> list[str]:
    return re.split(r"^## ", (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_every_technical_word_names_where_it_is_in_the_code() -> None:
    assert [
        term for term, _, place in _list_terms(2) if not re.fullmatch(r"`[^`]+`(, `[^`]+`)*", place)
    ] == []


def test_the_glossary_has_one_word_for_a_thing_and_each_word_once() -> None:
    words = [word for row in _list_terms(1) for word in row[1].split(", ")]
    words += [word for term, _, _ in _list_terms(2) for word in term.split(", ")]
    assert len(words) > 100
    assert [word for word, times in Counter(words).items() if times > 1] == []


WRONG = """
`workflow/nowhere.py`, `nowhere.yaml`, `workflow/nowhere/`, `pytest -k x tests/nowhere`, [x](nowhere.md),
`ketnap advanse K7Q2M4TX`, `ketnap cases --stalde`, `make nothing`,
`states/rulebook/loading.py: Nowhere`, `Rulebook.nowhere`, `nowhere_at_all`,
(was `workflow/before.py`, was `make before`)

```
$ ketnap cases --unit "Xã --nowhere" --no-such   # cut short
$ ketnap nowhere
```
"""
RIGHT = """
`states/rulebook/loading.py: Rulebook`, `states/rulebook/loading.py: Rulebook.load_edition`,
`Rulebook.load_edition`, `loading.py`,
`states/editions/`, `templates/words/*.vi.yaml`, `build/papers/`, `transitions`, `says`, `workflow.cli`,
`INSERT … ON CONFLICT DO NOTHING`, `GET /cases/{case}`, `make test`,
`ketnap account`, `ketnap --version`, `ketnap notices --policy FILE --diff`

```
ketnap --config office-mau/config.yaml advance K7Q2M4TX branch_proposes --on 2022-08-01 --by bithu \\
    --set roll=10
```
"""


def test_the_searches_find_what_is_wrong(tmp_path: Path) -> None:
    assert missing_paths(WRONG) == [
        "workflow/nowhere.py",
        "nowhere.yaml",
        "workflow/nowhere/",
        "tests/nowhere",
    ]
    assert unknown_names(WRONG) == [
        "states/rulebook/loading.py: Nowhere",
        "Rulebook.nowhere",
        "nowhere_at_all",
    ]
    assert wrong_commands(WRONG) == [
        'cases --unit "Xã --nowhere" --no-such   # cut short',
        *("nowhere", "advanse K7Q2M4TX", "cases --stalde", "make nothing"),
    ]
    (tmp_path / "page.md").write_text(WRONG, encoding="utf-8")
    assert broken_links(tmp_path / "page.md") == ["nowhere.md"]


def test_the_searches_let_pass_what_is_right() -> None:
    assert missing_paths(RIGHT) + unknown_names(RIGHT) + wrong_commands(RIGHT) == []
