"""TLS and the login: what is secret is told to nobody but the server that was meant."""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from notifications.settings import MailSettings, SmtpSettings
from notifications.transport import LetterDeferred, TransportUnavailable, build_transport
from tests.letters.parcels import letter, to_server
from tests.letters.smtp_server import (
    HANG,
    HERE,
    READY,
    START_TLS,
    TO_DATA,
    USER,
    Certified,
    Open,
    Script,
    certify,
)

SECRET = "only-the-office-knows"  # noqa: S105 - and this test


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_that_can_be_trusted_is_spoken_to_in_secret(
    mail_server: Open, certified: Certified, security: str
) -> None:
    known = {"tls_context": certified.server, "require_starttls": True}
    server = mail_server(**known if security == "starttls" else {"ssl_context": certified.server})
    with to_server(server.port, security=security, trusting=certified.client) as post:
        for _ in range(3):
            post.send(letter())
    assert (len(server.clerk.letters), server.connections) == (3, 1)


BAD_CERTIFICATES: dict[str, Callable[[Path], Certified]] = {
    "nobody vouches for it": certify,
    "it is another server's": lambda file: certify(file, "192.0.2.7"),
    "it has run out": lambda file: certify(file, days=-1),
}


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("what", BAD_CERTIFICATES)
def test_a_server_whose_certificate_is_no_good_hears_nothing(
    mail_server: Open, tmp_path: Path, what: str, security: str
) -> None:
    shown = BAD_CERTIFICATES[what](tmp_path / "server.pem")
    trusting = None if what == "nobody vouches for it" else shown.client
    server = mail_server(**{"tls_context" if security == "starttls" else "ssl_context": shown.server})
    with (
        to_server(server.port, security=security, trusting=trusting) as post,
        pytest.raises(TransportUnavailable) as away,
    ):
        post.send(letter())
    assert away.value.why == "tls"
    assert server.clerk.letters == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_that_cannot_keep_a_secret_is_told_none(security: str) -> None:
    with closing(Script([*READY, b"250 ok\r\n"])) as server:
        post = to_server(server.port, SECRET, security=security, user=USER)
        with post, pytest.raises(TransportUnavailable) as away:
            post.send(letter())
    assert away.value.why == "tls"
    assert [line for line in server.heard if not line.startswith(b"ehlo")] == []


def test_what_somebody_slipped_in_before_the_secret_began_is_not_believed(certified: Certified) -> None:
    offers = b"250-here\r\n250 STARTTLS\r\n"
    slipped_in = START_TLS + b"250-here\r\n250 AUTH PLAIN\r\n"
    with closing(Script([b"220 here\r\n", offers, slipped_in, HANG], tls=certified.server)) as server:
        post = to_server(server.port, SECRET, security="starttls", user=USER, trusting=certified.client)
        with post, pytest.raises(TransportUnavailable):
            post.send(letter())
    assert [line[:4] for line in server.heard] == [b"ehlo", b"STAR"]


@pytest.mark.parametrize("password", [SECRET, "mật khẩu của xã"])
def test_the_office_logs_in_with_its_password_and_no_other(
    mail_server: Open, certified: Certified, password: str
) -> None:
    server = mail_server(tls_context=certified.server, password=password)
    known: dict[str, Any] = {"security": "starttls", "user": USER, "trusting": certified.client}
    with to_server(server.port, password, **known) as post:
        post.send(letter())
    with to_server(server.port, f"{password}?", **known) as post, pytest.raises(TransportUnavailable) as away:
        post.send(letter())
    assert away.value.why == "login"
    assert "535" in away.value.text
    assert password not in away.value.text
    assert len(server.clerk.letters) == 1


def test_a_server_that_wants_a_login_of_an_office_without_one_blames_no_letter(
    mail_server: Open, certified: Certified
) -> None:
    server = mail_server(tls_context=certified.server, password=SECRET)
    with (
        to_server(server.port, security="starttls", trusting=certified.client) as post,
        pytest.raises(TransportUnavailable) as away,
    ):
        post.send(letter())
    assert away.value.why == "login"


def test_a_server_that_knows_no_login_is_not_sent_without_one(mail_server: Open) -> None:
    server = mail_server()
    with to_server(server.port, SECRET, user=USER) as post, pytest.raises(TransportUnavailable) as away:
        post.send(letter())
    assert away.value.why == "login"
    assert server.clerk.letters == []


# --- as the office has set it -------------------------------------------------------------------------------


FILE = "mail.password"


def set_up(port: int, file: str = FILE) -> MailSettings:
    return MailSettings(smtp=SmtpSettings(host=HERE, port=port, user=USER, password_file=file, seconds=1))


@pytest.mark.parametrize("written", ["{}", "{}\n", "{}\r\n", "\ufeff{}\n"])
def test_the_password_is_read_from_its_file_and_the_machine_says_whom_to_trust(
    mail_server: Open, certified: Certified, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certified.file))
    server = mail_server(tls_context=certified.server, password=SECRET)
    (tmp_path / FILE).write_bytes(written.format(SECRET).encode())
    with build_transport(set_up(server.port), tmp_path) as post:
        post.send(letter())
    assert len(server.clerk.letters) == 1


NO_PASSWORDS = {
    "missing": None,
    "empty": b"",
    "a blank line": b"\n",
    "two lines": b"a\nb\n",
    "no text": b"\xff\xfe\n",
}


@pytest.mark.parametrize("what", NO_PASSWORDS)
def test_without_a_password_that_can_be_read_the_post_is_away(tmp_path: Path, what: str) -> None:
    if (content := NO_PASSWORDS[what]) is not None:
        (tmp_path / FILE).write_bytes(content)
    with pytest.raises(TransportUnavailable) as away:
        build_transport(set_up(25), tmp_path)
    assert away.value.why == "password"


@pytest.mark.parametrize("name", ["", ".", "a\0b"])
def test_what_names_no_file_holds_no_password(tmp_path: Path, name: str) -> None:
    with pytest.raises(TransportUnavailable) as away:
        build_transport(set_up(25, name), tmp_path)
    assert away.value.why == "password"


def test_an_office_without_a_login_needs_no_password(mail_server: Open, tmp_path: Path) -> None:
    server = mail_server()
    smtp = SmtpSettings(host=HERE, port=server.port, security="none", password_file=FILE, seconds=1)
    with build_transport(MailSettings(smtp=smtp), tmp_path) as post:
        post.send(letter())
    assert len(server.clerk.letters) == 1


# --- called off ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("security", ["none", "starttls"])
def test_whoever_waits_for_a_silent_server_can_be_called_off_and_the_letter_is_put_off(
    certified: Certified, security: str
) -> None:
    offers = [b"220 here\r\n", b"250-here\r\n250 STARTTLS\r\n", START_TLS]
    steps = [*(offers if security == "starttls" else TO_DATA[:1]), *TO_DATA[1:], HANG]
    began = time.monotonic()
    with (
        closing(Script(steps, tls=certified.server if security == "starttls" else None)) as server,
        to_server(server.port, security=security, trusting=certified.client, seconds=60) as post,
    ):
        threading.Timer(0.5, post.interrupt).start()
        with pytest.raises(LetterDeferred):
            post.send(letter())
    assert time.monotonic() - began < 10
