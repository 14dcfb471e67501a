"""Letters laid into a folder: whole or not at all, each once, under names that every system takes."""

import json
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from notifications.settings import MailSettings
from notifications.transport import Envelope, LetterRefused, TransportUnavailable, build_transport
from notifications.transport.folder import FolderTransport
from tests.letters.parcels import HOA, OFFICE, TUAN, letter

ROOT = Path(__file__).parents[2]
LINUX = sys.platform != "win32"
DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def test_without_a_server_letters_lie_in_a_folder_beside_the_config(tmp_path: Path) -> None:
    sent = letter(body="Chị Hòa\r\n.\r\nhết\r\n".encode())
    with build_transport(MailSettings(), tmp_path) as post:
        post.send(sent)
    assert [path.name for path in tmp_path.iterdir()] == ["thu-gui"]
    (file,) = (tmp_path / "thu-gui").iterdir()
    assert file.name == f"{sent.message_id}.eml"
    assert file.read_bytes() == sent.message


def test_a_letter_laid_twice_is_there_once(tmp_path: Path) -> None:
    sent = letter()
    for way in (FolderTransport(tmp_path), FolderTransport(tmp_path)):
        way.send(sent)
        way.send(replace(sent, message_id=f"<{sent.message_id}>"))
    assert len(list(tmp_path.iterdir())) == 1


def test_a_letter_laid_by_many_at_once_is_there_once_and_whole(tmp_path: Path) -> None:
    sent = letter(body=b"Two cases wait for you.\r\n" * 5000)
    with ThreadPoolExecutor(8) as workers:
        list(workers.map(FolderTransport(tmp_path).send, [sent] * 40))
    (file,) = tmp_path.iterdir()
    assert file.read_bytes() == sent.message


IDS = [
    "a@x.example",
    "A@x.example",
    "con@x.example",
    "con",
    "NUL.txt",
    "com1.x@y",
    "../../etc/passwd@x",
    "..",
    ".",
    "/",
    "\\\\server\\share",
    "C:\\x@y",
    "a@x.",
    "a@x",
    "a:b@x",
    'a<b>"|?*@x',
    "x" * 500 + "@y.example",
    "x" * 501 + "@y.example",
    "hòa@xã.example",
    "hoà@xã.example",
    "a b@x",
    "a%b@x",
]


def test_every_id_has_a_file_of_its_own_that_windows_takes_as_well(tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    for number, message_id in enumerate(IDS):
        FolderTransport(folder).send(Envelope(message_id, OFFICE, HOA, str(number).encode()))
    files = list(folder.iterdir())
    assert len({file.name.lower() for file in files}) == len(IDS)
    assert sorted(file.read_bytes() for file in files) == sorted(
        str(number).encode() for number in range(len(IDS))
    )
    assert [path.name for path in tmp_path.iterdir()] == ["letters"]
    for file in files:
        assert re.fullmatch(r"[a-z0-9@._-]{1,150}\.eml", file.name)
        assert not DEVICE.fullmatch(file.name)


@pytest.mark.parametrize("bad", ["1\r\nBcc: tuan@x.example", "1\n", "\0", "", "<>", " "])
def test_an_id_that_is_none_is_refused(tmp_path: Path, bad: str) -> None:
    with pytest.raises(LetterRefused):
        FolderTransport(tmp_path).send(replace(letter(), message_id=bad))
    with pytest.raises(LetterRefused):
        FolderTransport(tmp_path).send(replace(letter(), to=f"{TUAN}\r\nBcc: {HOA}"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["is-a-file", "is-a-file/inside", "a\0b"])
def test_where_no_folder_can_be_the_post_is_away(tmp_path: Path, name: str) -> None:
    (tmp_path / "is-a-file").write_bytes(b"mine")
    with pytest.raises(TransportUnavailable) as away:
        FolderTransport(tmp_path / name).send(letter())
    assert away.value.why == "folder"
    assert (tmp_path / "is-a-file").read_bytes() == b"mine"


def test_what_stands_in_the_way_of_a_letter_stays_and_nothing_half_written_beside_it(tmp_path: Path) -> None:
    sent = letter()
    (tmp_path / f"{sent.message_id}.eml" / "mine").mkdir(parents=True)
    with pytest.raises(TransportUnavailable):
        FolderTransport(tmp_path).send(sent)
    assert [path.name for path in tmp_path.iterdir()] == [f"{sent.message_id}.eml"]


LAY = """
import json, os, resource, signal, sys
from pathlib import Path
from notifications.transport import Envelope, TransportUnavailable
from notifications.transport.folder import FolderTransport
what, folder, size = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
if what == "full":
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
if what == "killed":
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
if what == "read-only" and os.getuid() == 0:
    os.setuid(65534)
try:
    FolderTransport(folder).send(Envelope("1@x.example", "a@x.example", "b@x.example", b"x" * size))
    sys.stdout.write("laid")
except TransportUnavailable as away:
    sys.stdout.write(away.why)
"""


def lay(what: str, folder: Path, size: int) -> tuple[int, str]:
    words = [sys.executable, "-c", LAY, what, str(folder), str(size)]
    run = subprocess.run(words, capture_output=True, encoding="utf-8", cwd=ROOT, check=False)
    assert run.stderr == ""
    return run.returncode, run.stdout


if LINUX:

    def test_on_a_full_disk_nothing_is_left_half_written(tmp_path: Path) -> None:
        assert lay("full", tmp_path, 5000) == (0, "folder")
        assert list(tmp_path.iterdir()) == []
        assert lay("full", tmp_path, 500) == (0, "laid")

    def test_killed_in_the_middle_of_a_letter_it_is_no_letter_and_is_laid_again(tmp_path: Path) -> None:
        code, _ = lay("killed", tmp_path, 5000)
        assert code < 0
        assert list(tmp_path.glob("*.eml")) == []
        assert lay("in peace", tmp_path, 5000) == (0, "laid")
        assert [file.stat().st_size for file in tmp_path.glob("*.eml")] == [5000]

    def test_a_folder_one_may_only_read_makes_the_post_away() -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            folder.chmod(0o555)
            assert lay("read-only", folder, 500) == (0, "folder")
            assert list(folder.iterdir()) == []


HEAVY = """
import json, sys
import notifications.transport
print(json.dumps(sorted({"smtplib", "notifications.transport.smtp", "notifications.transport.folder"} & set(sys.modules))))
"""


def test_who_sends_nothing_loads_nothing_for_it() -> None:
    run = subprocess.run(
        [sys.executable, "-c", HEAVY], capture_output=True, encoding="utf-8", cwd=ROOT, check=True
    )
    assert json.loads(run.stdout) == []
