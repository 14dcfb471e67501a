"""What is installed is pinned, checked by hash, and comes from whatever index the machine is set up with."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
NAMES_NO_PLACE = [
    *LOCKS,
    ROOT / "Makefile",
    ROOT / "pyproject.toml",
    ROOT / "setup.py",
    *sorted((ROOT / ".ci").iterdir()),
]


@pytest.mark.parametrize("path", NAMES_NO_PLACE, ids=lambda path: path.name)
def test_no_index_and_no_machine_is_named(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"https?:|file:|--(extra-)?index|--find-links|/(root|home|work|tmp)/", text)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_package_of_a_lock_has_one_version_and_its_hashes(lock: Path) -> None:
    packages = re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8").strip())
    for package in packages:
        assert re.match(r"[a-z0-9._-]+==\S+ ", package), package
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", package), package


def test_the_locks_hold_all_that_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    asked = {"setup": groups["setup"], "bench": groups["bench"]}
    asked["dev"] = groups["dev"] + project["project"]["dependencies"]
    for lock in LOCKS:
        locked = set(re.findall(r"^([a-z0-9._-]+)==", lock.read_text(encoding="utf-8"), re.MULTILINE))
        wanted = {re.split(r"[\[<>=]", name)[0] for name in asked[lock.stem]}
        assert wanted <= locked, f"{lock.name}: run `make lock`"


def make_setup(folder: Path, *, venv: str = ".venv", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `make setup` as a person would, outside this .venv."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if name not in {"VIRTUAL_ENV", "MAKEFLAGS", "MAKELEVEL"}
    }
    command = ["make", "setup", f"PYTHON={sys.base_prefix}/bin/python3", f"VENV={venv}"]
    return subprocess.run(
        command, cwd=folder, env=clean | environment, capture_output=True, encoding="utf-8", check=False
    )


def test_setup_does_nothing_when_all_is_there() -> None:
    venv = Path(sys.prefix)
    ready = venv / "ready"
    before = ready.stat().st_mtime_ns
    done = make_setup(ROOT, venv=venv.name)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert ready.stat().st_mtime_ns == before


NO_NETWORK = {f"{name}_proxy": "127.0.0.1:9" for name in ("http", "https", "all")} | {"no_proxy": ""}


@pytest.mark.soak
def test_setup_in_a_folder_with_spaces_and_vietnamese_letters_and_then_without_a_network(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "Xã Đồng Thịnh" / "kết nạp"
    left_out = shutil.ignore_patterns(
        ".venv*", ".git", ".*_cache", "__pycache__", "*.egg-info", "tests", "bench"
    )
    shutil.copytree(ROOT, folder, ignore=left_out)
    ready = folder / ".venv" / "ready"

    first = make_setup(folder)
    assert first.returncode == 0, first.stderr
    says = ready.read_text(encoding="utf-8")
    where = "import states; print(states.__file__)"
    found = subprocess.run(
        [folder / ".venv/bin/python", "-c", where],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert found.stdout.strip() == str(folder / "states" / "__init__.py")

    assert make_setup(folder, **NO_NETWORK).stdout == ""
    ready.write_text(says.splitlines()[0] + "\ncut short\n", encoding="utf-8")
    again = make_setup(folder, **NO_NETWORK)
    assert again.returncode == 0, again.stderr
    assert ready.read_text(encoding="utf-8") == says

    (folder / "requirements" / "setup.lock").write_text(
        "setuptools==0.0.0 --hash=sha256:00\n", encoding="utf-8"
    )
    failed = make_setup(folder, **NO_NETWORK)
    assert failed.returncode != 0
    assert "make setup" in failed.stderr
    assert (folder / ".venv/bin/ketnap").exists()
