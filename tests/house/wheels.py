"""A wheel of the tree, installed where the checkout cannot be seen."""

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = (".*", "__pycache__", "*.egg-info", "build", "dist", "tests", "bench", "office-mau")


@dataclass(frozen=True)
class Installed:
    """The program in an environment of its own; it is run in ``folder``, far from the checkout."""

    environment: Path
    folder: Path

    @property
    def site(self) -> Path:
        """Where its packages are."""
        return self.environment / f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"

    @property
    def metadata(self) -> Distribution:
        """What the wheel says of itself."""
        return next(iter(Distribution.discover(name="ketnap", path=[str(self.site)])))

    def start(self, *words: object) -> "subprocess.Popen[str]":
        """Start one of the environment's programs."""
        program, *rest = map(str, words)
        clean = {
            name: value for name, value in os.environ.items() if not name.startswith(("KETNAP", "PYTHON"))
        }
        return subprocess.Popen(
            [self.environment / "bin" / program, *rest],
            cwd=self.folder,
            env=clean,
            encoding="utf-8",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *words: object) -> str:
        """What it prints. It must end well and complain of nothing."""
        with self.start(*words) as process:
            out, err = process.communicate(timeout=120)
        assert (process.returncode, err) == (0, ""), (words, out, err)
        return out


def build_wheel(to: Path) -> Path:
    """Build the archive of sources, and the wheel from that archive: neither may lack anything."""
    tree = shutil.copytree(ROOT, to / "tree", ignore=shutil.ignore_patterns(*LEFT_OUT))
    build = "import sys; from setuptools import build_meta; build_meta.build_sdist(sys.argv[1])"
    run_quietly(sys.executable, "-c", build, to, folder=tree)
    (sources,) = to.glob("*.tar.gz")
    offline = ("--no-index", "--no-deps", "--no-build-isolation")
    run_quietly(sys.executable, "-m", "pip", "wheel", *offline, "--wheel-dir", to, sources, folder=to)
    (wheel,) = to.glob("*.whl")
    return wheel


def install(wheel: Path, to: Path, bring_dependencies: Callable[[Installed, Path], None]) -> Installed:
    """Install a wheel and what it needs, and nothing else, into a fresh environment."""
    folder = to / "nơi làm việc"
    folder.mkdir()
    installed = Installed(to / "environment", folder)
    venv.create(installed.environment)
    bring_dependencies(installed, wheel)
    return installed


def link_dependencies(installed: Installed, wheel: Path) -> None:
    """Show it the packages that the tests run with: those that the wheel asks for, no others."""
    pip = (sys.executable, "-m", "pip", "--python", installed.environment)
    run_quietly(*pip, "install", "--no-index", "--no-deps", wheel, folder=installed.folder)
    for name in sorted(_closure(installed.metadata)):
        for path in {Path(file.parts[0]) for file in distribution(name).files or () if file.parts[0] != ".."}:
            (installed.site / path).symlink_to(str(distribution(name).locate_file(str(path))))


def _closure(of: Distribution) -> set[str]:
    found: set[str] = set()
    waiting = list(_required(of, frozenset()))
    while waiting:
        name, extras = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _required(distribution(name), extras)
    return found


def _required(of: Distribution, extras: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    for text in of.requires or ():
        asked = Requirement(text)
        if asked.marker is None or any(asked.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield canonicalize_name(asked.name), frozenset(asked.extras)


def fetch_dependencies(installed: Installed, wheel: Path) -> None:
    """Install it as people do, from the package index, in the versions of the lock."""
    lock = ROOT / "requirements" / "dev.lock"
    uv = (Path(sys.executable).with_name("uv"), "pip", "install", "--python", installed.environment)
    run_quietly(*uv, "--constraint", lock, wheel, folder=installed.folder)


def run_quietly(*words: object, folder: Path) -> None:
    """Run a program; what it has to say is told where it fails."""
    ran = subprocess.run(
        list(map(str, words)), cwd=folder, capture_output=True, encoding="utf-8", check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
