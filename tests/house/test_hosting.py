"""Every command of docs/hosting.md does what it says, as it stands there."""

import os
import re
import shlex
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import openpyxl
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

ROOT = Path(__file__).parents[2]
KETNAP = Path(sys.executable).with_name("ketnap")
NOBODY, OK = 65534, 200


def list_blocks(heading: str = "## Backup and restore") -> list[list[str]]:
    """The commands of each block of a section."""
    text = (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8")
    section = text[text.index(heading) :].split("\n## ")[0]
    blocks = re.findall(r"```\n(.*?)```", section, re.DOTALL)
    return [[line.partition(" #")[0].strip() for line in block.splitlines()] for block in blocks]


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that everybody may enter."""
    place = Path(tempfile.mkdtemp())
    place.chmod(0o755)
    yield place
    for path in (place, *place.rglob("*")):
        if path.is_dir():
            path.chmod(0o700)
    shutil.rmtree(place)


class Administrator:
    """Somebody who types what the page says, with their own words for those in capitals."""

    def __init__(self, folder: Path, home: Path, user: int | None = None) -> None:
        self.folder, self.home, self.user = folder, home, user
        self.words: dict[str, str] = {}

    def types(self, line: str, typed: str = "") -> str:
        for name, value in self.words.items():
            line = re.sub(rf"\b{name}\b", value, line)
        command = shlex.split(line)
        assert command[0] == "ketnap"
        environment = {**os.environ, "HOME": str(self.home), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            [KETNAP, *command[1:]],
            cwd=self.folder,
            env=environment,
            input=typed,
            capture_output=True,
            encoding="utf-8",
            check=False,
            user=self.user,
        )
        assert done.returncode == 0, (line, done.stdout, done.stderr)
        return done.stdout

    def serves(self, line: str) -> None:
        """Start what serves pages, read one, and stop it as a service is stopped."""
        words = shlex.split(line)
        at = words.index("--port") + 1
        words[at] = str(free_port())
        secure = "--certificate" in words
        with subprocess.Popen([KETNAP, *words[1:]], cwd=self.folder, stdout=subprocess.DEVNULL) as server:
            try:
                assert read_page(f"http{'s' if secure else ''}://127.0.0.1:{words[at]}/healthz") == OK
            finally:
                server.send_signal(signal.SIGINT)
        assert server.returncode == 0


def free_port() -> int:
    with closing(socket.socket()) as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def read_page(address: str) -> int:
    """The status of a page, as soon as all is well; the certificate is the machine's own."""
    status = 0
    for _ in range(300):
        with suppress(httpx.TransportError):
            status = httpx.get(address, verify=False).status_code  # noqa: S501 - nobody else has signed it
        if status == OK:
            break
        time.sleep(0.1)
    return status


def another_user(home: Path) -> int | None:
    """Somebody else on this machine, where one may become somebody else and they may read the program."""
    if os.name == "nt" or os.geteuid() != 0:
        return None
    try:
        subprocess.run([KETNAP, "--version"], cwd=home, capture_output=True, check=True, user=NOBODY)
    except (OSError, subprocess.CalledProcessError):
        return None
    return NOBODY


def read_rows(shown: str) -> str:
    """The key as somebody copies it from the paper."""
    return "\n".join(re.findall(r"^ *[1-4]\.  (.+)$", shown, re.MULTILINE))


def test_what_the_page_says_brings_an_office_back_elsewhere_and_over_a_broken_one(
    made: Path, place: Path
) -> None:
    paper, by_hand, elsewhere, over = list_blocks()
    shutil.copytree(made, place / "co-quan")
    first = Administrator(place / "co-quan", place)
    shown = first.types(paper[0])
    key = read_rows(shown)
    assert (place / "co-quan" / "khoa.pdf").read_bytes().startswith(b"%PDF")
    group = int(re.findall(r"nhóm thứ (\d+)", shown)[-1])
    first.words["LETTERS"] = [word for row in key.splitlines() for word in row.split()[:-1]][group - 1]
    first.types(paper[1])
    for line in by_hand[:2]:
        first.types(line)
    (backup,) = (place / "usb").iterdir()
    first.words["FILE"] = backup.name
    for line in by_hand[2:]:
        first.types(line)
    cases = first.types("ketnap cases")

    # Somebody else, with another HOME; the first office cannot be read any more, nor be found (by root).
    mode = stat.S_IMODE((place / "co-quan").stat().st_mode)
    (place / "co-quan").chmod(0)
    (place / "co-quan").rename(place / "away")
    desk = place / "ban"
    for folder in (desk, desk / "viec", desk / "nha"):
        folder.mkdir()
    shutil.copytree(place / "usb", desk / "usb")
    user = another_user(desk)
    for path in (desk, *desk.rglob("*")):
        if user is not None:
            os.chown(path, user, user)
    second = Administrator(desk / "viec", desk / "nha", user)
    second.words["FILE"] = backup.name
    second.types(elsewhere[0], typed=key)
    for line in elsewhere[1:]:
        second.types(line)
    assert second.types("ketnap --config ../co-quan-moi/config.yaml cases") == cases
    (place / "away").rename(place / "co-quan")
    (place / "co-quan").chmod(mode)

    (place / "co-quan" / "ketnap.db").write_bytes(b"broken" * 1000)
    first.types(over[0], typed=key)
    for line in over[1:]:
        first.types(line)
    assert first.types("ketnap cases") == cases
    assert list((place / "co-quan").glob("cat-di-*")) == []


ROSTER = [
    ["Xã", "Thôn", "Họ và tên", "Ngày sinh", "Đảng viên", "Giữ chức từ"],
    ["Đồng Thịnh", "Thôn Áng", "Lê Thị Hoà", "05/03/1985", "chính thức", "01/06/2021"],
    ["Đồng Thịnh", "Thôn Yên Bình", "Nguyễn Văn Mẫu", "01/05/1980", "chưa", "01/01/2020"],
]
"""Invented people."""


def write_roster(file: Path) -> None:
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet()
    for row in ROSTER:
        sheet.append(row)
    workbook.save(file)


def write_certificate(folder: Path) -> None:
    """A certificate that the machine itself has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "ketnap.example")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "ketnap.crt").write_bytes(certificate.public_bytes(pem))
    plain = serialization.NoEncryption()
    (folder / "ketnap.key").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))


def test_the_first_day_goes_as_the_page_says_to_a_server_and_to_a_newer_program(
    place: Path, bare_postgres_url: str
) -> None:
    (first_day,) = list_blocks("## One PC in the office")
    administrator = Administrator(place, place)
    administrator.types(first_day.pop(0))
    assert first_day.pop(0) == "cd co-quan"
    administrator.folder = place / "co-quan"
    write_roster(administrator.folder / "danh-sach.xlsx")
    write_certificate(administrator.folder)
    shown = ""
    for line in first_day[:-1]:
        shown = administrator.types(line)
        if line.endswith("--dry-run"):
            assert "Mới đọc thử" in shown
            administrator.types(line.removesuffix("--dry-run"))
    assert "/link/" in shown
    assert "1 đảng viên" in administrator.types("ketnap coverage")
    administrator.serves(first_day[-1])

    ((local,),) = list_blocks("## A server of the district")
    administrator.serves(local)
    ((relocate,),) = list_blocks("## From one PC to a server, and back")
    administrator.types(relocate.replace("postgresql://ten@may-chu/ketnap", bare_postgres_url))
    assert "1 đảng viên" in administrator.types("ketnap coverage")
    ((upgrade,),) = list_blocks("## When rules were corrected")
    assert "không phải làm gì" in administrator.types(upgrade)
