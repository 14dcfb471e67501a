"""The house stays easy to enter: its folders, files, names and walls, as `measures.py` counts them."""

from pathlib import Path

import pytest

from tests.house import measures
from tests.house.measures import ENTRY_LIMIT, LINE_LIMIT, Module

KEYS_OF_OTHERS = {"standing"}
"""Names that programs outside use in addresses: they stay."""
OPEN_BY_NATURE = ["workflow/core/views.py fields_of(): dict[str, Any]"]
"""What takes any dataclass apart knows no types of it."""


def test_no_folder_has_more_doors_than_a_newcomer_takes_in_at_a_glance() -> None:
    assert {folder: count for folder, count in measures.count_entries().items() if count > ENTRY_LIMIT} == {}


def test_no_file_is_longer_than_one_sitting() -> None:
    assert {path: count for path, count in measures.count_lines().items() if count > LINE_LIMIT} == {}


def test_at_most_a_quarter_of_the_functions_have_a_name_of_one_word() -> None:
    assert len(measures.list_one_word_functions()) <= 0.25 * len(measures.list_public_functions())


def test_hardly_a_class_shares_its_name_with_another() -> None:
    classes = measures.list_classes()
    assert sum(classes[name] for name in measures.list_shared_class_names()) <= 0.05 * classes.total()


def test_no_participle_and_no_placeholder_stands_as_a_name() -> None:
    assert [place for place in measures.list_banned_names() if place.split()[-1] not in KEYS_OF_OTHERS] == []


def test_what_crosses_from_room_to_room_has_a_type() -> None:
    assert measures.find_untyped_crossings() == OPEN_BY_NATURE


def test_no_module_and_no_room_imports_itself_by_a_detour() -> None:
    assert measures.find_circles() == []


def test_no_line_is_wider_than_half_a_screen() -> None:
    assert measures.list_long_lines() == []


def test_every_module_says_in_one_plain_line_what_it_is_for() -> None:
    assert measures.list_wordy_openings() == []


# --- that each measure finds what it looks for --------------------------------------------------------------


@pytest.fixture
def crooked_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rooms with every fault."""
    sources = {
        "workflow/cases/shelf.py": '''"""Shelf."""
from typing import Any
View = dict[str, Any]
def told(one: int) -> View: return {"x": one}
class Twin: held: int
''',
        "workflow/web/shelf.py": """from workflow.cases.shelf import told
from workflow.web.wall import brick
class Twin: pass
""",
        "workflow/web/wall.py": f"""from workflow.web.shelf import Twin
brick = "{"x" * 120}"
""",
    }
    modules = {}
    for place, source in sources.items():
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
        name = ".".join(Path(place).with_suffix("").parts)
        modules[name] = Module(name, path)
    monkeypatch.setattr(measures, "ROOT", tmp_path)
    monkeypatch.setattr(measures, "list_modules", lambda: modules)


@pytest.mark.usefixtures("crooked_house")
def test_the_measures_find_every_fault_of_a_crooked_house() -> None:
    assert measures.list_banned_names() == ["workflow/cases/shelf.py:4 told", "workflow/cases/shelf.py:4 one"]
    assert measures.find_untyped_crossings() == ["workflow/cases/shelf.py told(): View"]
    assert measures.find_circles() == [["workflow.web.shelf", "workflow.web.wall"]] * 2
    assert measures.list_long_lines() == ["workflow/web/wall.py:2"]
    assert measures.list_shared_class_names() == ["Twin"]
    assert measures.list_one_word_functions() == ["told"]
    assert len(measures.list_wordy_openings()) == 2
    assert measures.count_entries()["workflow/web"] == 2
