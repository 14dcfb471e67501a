"""What is shipped is what is tested: a wheel, in a fresh environment, run from another folder."""

import json
import signal
import subprocess
import tomllib
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default as rfc5322
from pathlib import Path

import httpx2
import pytest
import yaml

from tests.house.wheels import ROOT, Installed, build_wheel, fetch_dependencies, install, link_dependencies

OFFICE, SAMPLE = "cơ quan/config.yaml", "mẫu/config.yaml"
PACKAGES = ("states", "workflow", "notifications", "templates")


@pytest.mark.parametrize(
    "bring_dependencies", [link_dependencies, pytest.param(fetch_dependencies, marks=pytest.mark.soak)]
)
def test_a_wheel_in_a_fresh_environment_does_all_that_an_office_needs(
    tmp_path: Path, bring_dependencies: Callable[[Installed, Path], None]
) -> None:
    shipped = install(build_wheel(tmp_path), tmp_path, bring_dependencies)
    assert_the_checkout_is_out_of_sight(shipped)
    assert_it_holds_every_file_of_the_tree(shipped)
    assert_it_says_what_it_is(shipped)
    assert_it_makes_an_office(shipped)
    assert_it_makes_a_sample_office_and_sends_its_letters(shipped)
    assert_it_prints_a_dossier(shipped)
    assert_it_serves_pages(shipped)
    for config in (OFFICE, SAMPLE):
        assert json.loads(shipped.run("ketnap", "--config", config, "verify", "--json"))["holds"]


def assert_the_checkout_is_out_of_sight(shipped: Installed) -> None:
    show = "import sys, states, workflow; print(*sys.path, states.__file__, workflow.__file__, sep='\\n')"
    *path, states, workflow = shipped.run("python", "-c", show).splitlines()
    assert str(ROOT) not in path
    assert Path(states).is_relative_to(shipped.site)
    assert Path(workflow).is_relative_to(shipped.site)


def assert_it_holds_every_file_of_the_tree(shipped: Installed) -> None:
    left = [
        file.relative_to(ROOT)
        for package in PACKAGES
        for file in (ROOT / package).rglob("*")
        if file.is_file() and file.suffix != ".pyc" and not (shipped.site / file.relative_to(ROOT)).is_file()
    ]
    assert left == []
    assert (shipped.site / "workflow" / "config.yaml").read_bytes() == (ROOT / "config.yaml").read_bytes()


def assert_it_says_what_it_is(shipped: Installed) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    says = shipped.metadata.metadata
    assert (says["Name"], says["Version"]) == ("ketnap", project["version"])
    assert says["License-Expression"] == "MIT AND OFL-1.1"
    assert says.get_all("License-File") == ["LICENSE", "templates/dossier/fonts/LICENSE.txt"]
    assert says["Author"] == "the ketnap authors"
    assert says.json["description"] == (ROOT / "README.md").read_text(encoding="utf-8")
    told = f"ketnap {project['version']}\n"
    assert shipped.run("ketnap", "--version") == told
    assert shipped.run("python", "-m", "workflow.cli", "--version") == told


def assert_it_makes_an_office(shipped: Installed) -> None:
    shipped.run("ketnap", "init", "cơ quan", "--name", "Văn phòng Huyện ủy")
    config = (shipped.folder / OFFICE).read_text(encoding="utf-8")
    assert yaml.safe_load(config)["office"] == "Văn phòng Huyện ủy"
    assert "# Tệp chìa khóa, nằm cạnh tệp này." in config


def assert_it_makes_a_sample_office_and_sends_its_letters(shipped: Installed) -> None:
    shipped.run("ketnap", "init", "mẫu", "--sample", "song-lo-2022")
    moved = json.loads(shipped.run("ketnap", "--config", SAMPLE, "clock", "+7d", "--json"))
    letters = [
        message_from_bytes(path.read_bytes(), policy=rfc5322) for path in shipped.folder.rglob("*.eml")
    ]
    assert len(letters) == len(moved["letters"]) > 0
    assert all("Ketnap:" in letter["Subject"] for letter in letters)
    shipped.run("ketnap", "--config", SAMPLE, "worker", "--once")


def assert_it_prints_a_dossier(shipped: Installed) -> None:
    cases = json.loads(shipped.run("ketnap", "--config", SAMPLE, "cases", "--json"))["cases"]
    case = next(case["case"] for case in cases if case["state"]["id"] == "probation")
    shipped.run("ketnap", "--config", SAMPLE, "dossier", case, "--out", "hồ sơ.pdf")
    assert (shipped.folder / "hồ sơ.pdf").read_bytes().startswith(b"%PDF-")


def assert_it_serves_pages(shipped: Installed) -> None:
    with shipped.start("ketnap", "--config", SAMPLE, "serve", "--port", "0", "--json") as server:
        try:
            assert server.stdout
            says = "".join(iter(server.stdout.readline, "}\n")) + "}"
            address = json.loads(says)["address"]
            assert httpx2.get(f"{address}/healthz", timeout=20).json()["database"]
            page = httpx2.get(f"{address}/", timeout=20, follow_redirects=True).text
            style = page.split('rel="stylesheet" href="')[1].split('"')[0]
            assert "Sông Lô" in page
            assert httpx2.get(address + style, timeout=20).headers["content-type"].startswith("text/css")
        finally:
            err = stop(server)
    assert (server.returncode, err) == (0, "")


def stop(server: "subprocess.Popen[str]") -> str:
    """What it complained of until it was stopped by Ctrl-C; one that does not stop is ended, and fails
    the test.
    """
    server.send_signal(signal.SIGINT)
    try:
        return server.communicate(timeout=30)[1]
    except subprocess.TimeoutExpired:
        server.kill()
        raise
