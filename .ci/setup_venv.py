"""Makes .venv, with all that the locks pin and the `ketnap` command in it.

Does nothing when all is there and neither pyproject.toml, the locks nor the folder's own path has changed.
Needs only the standard library; on Windows: `py .ci/setup_venv.py`. Another name than .venv may be given.
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / (sys.argv[1] if len(sys.argv) > 1 else ".venv")
READY = VENV / "ready"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
EXE = ".exe" if os.name == "nt" else ""
PYTHON = BIN / f"python{EXE}"
SETUP_LOCK, DEV_LOCK = "requirements/setup.lock", "requirements/dev.lock"
PACKAGES = ("states", "workflow", "notifications", "templates")


def wanted() -> str:
    """What .venv/ready says once everything is done: the folder's path, then a sum over what was
    installed.
    """
    parts = [(ROOT / name).read_bytes() for name in ("pyproject.toml", SETUP_LOCK, DEV_LOCK)]
    return f"{ROOT}\n{hashlib.sha256(b''.join(parts)).hexdigest()}\n"


def standing() -> str:
    """What .venv/ready says now; empty when there is none."""
    return READY.read_text(encoding="utf-8") if READY.exists() else ""


def run(*command: str | Path) -> bool:
    """Run a command in the project's folder; its own words tell what went wrong. False when it failed."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


def install() -> bool:
    """Install what the locks pin, every file checked against its hash, then the project itself in place.

    uv is several times faster than pip; where it finds no packages (an index that only pip.conf names),
    pip does it. In place by a path (compat): by an import hook, which setuptools prefers, every command
    starts 15 ms later.
    """
    pip = (PYTHON, "-m", "pip", "install", "--quiet", "--no-warn-script-location")
    locked = ("--no-deps", "--require-hashes", "-r")
    uv = (BIN / f"uv{EXE}", "pip", "install", "--quiet", "--python", VENV, "--compile-bytecode")
    here = ("--no-index", "--no-deps", "--no-build-isolation", "--config-settings", "editable_mode=compat")
    return (
        run(*pip, *locked, SETUP_LOCK)
        and (run(*uv, *locked, DEV_LOCK) or run(*pip, *locked, DEV_LOCK))
        and run(*pip, *here, "--editable", ".")
        and run(PYTHON, "-m", "compileall", "-q", *PACKAGES)
    )


def wait_for_others() -> None:
    """Let one setup at a time work on this folder; the lock is let go when the process ends, however it
    ends.
    """
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(os.open(ROOT, os.O_RDONLY), fcntl.LOCK_EX)


def main() -> int:
    """Bring .venv to what is wanted.

    While that is under way nothing says ready: a run that was killed begins again. One that failed on a
    .venv that was whole before (no network for a changed lock, say) leaves it standing.
    """
    wait_for_others()
    want, have = wanted(), standing()
    if want == have and PYTHON.exists() and (BIN / f"ketnap{EXE}").exists():
        return 0
    print("Making .venv ready ...", flush=True)
    here = f"{ROOT}\n"
    whole = have.startswith(here) and PYTHON.exists()
    READY.unlink(missing_ok=True)
    if not whole:
        venv.create(VENV, clear=True, symlinks=os.name != "nt", with_pip=True)
    done = install()
    if done or whole:
        READY.write_text(want if done else here, encoding="utf-8")
    if not done:
        print(
            "`make setup` did not finish; the reason stands above. `make clean setup` begins anew.",
            file=sys.stderr,
        )
    return 0 if done else 1


if sys.version_info < (3, 11):  # noqa: UP036 - this script is what meets an older Python
    sys.exit(
        f"ketnap needs Python 3.11 or newer; this is {sys.version.split()[0]}. "
        "`make PYTHON=python3.12 setup`?"
    )
if __name__ == "__main__":
    sys.exit(main())
