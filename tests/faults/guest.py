"""The program run by somebody who owns nothing: `python -m tests.faults.guest OFFICE KEY WORDS ...`.

OFFICE is the folder of an office with which all that is needed is read first, as long as everything may be
read; then root steps down. WORDS are command lines in JSON; what each said comes back in JSON.
"""

import json
import os
import shutil
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.doors.ketnap import Ketnap


def warm_up(office: Path, key: Path) -> None:
    """Back up and restore once."""
    with tempfile.TemporaryDirectory() as warm:
        home = Path(warm) / "ấm"
        shutil.copytree(office, home)
        file = Ketnap(home / "config.yaml").done("backup", "--json").json["file"]
        Ketnap().done("restore", file, "--folder", home.with_name("lại"), "--key-file", key)
        Ketnap()("restore", file, "--folder", key / "không có", "--key-file", key)


def main(office: str, key: str, *commands: str) -> None:
    warm_up(Path(office), Path(key))
    if os.geteuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    said = [asdict(Ketnap()(*json.loads(words))) for words in commands]
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
