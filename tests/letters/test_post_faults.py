"""Mail servers that are not there, do not greet, fall silent, hang up and talk nonsense."""

import socket
import time
from contextlib import closing

import pytest

from notifications.transport import LetterDeferred, TransportUnavailable
from tests.letters.parcels import BODY, HOA, TUAN, id_of, letter, to_server
from tests.letters.smtp_server import HANG, HANG_UP, HERE, READY, TO_DATA, Open, Script, Steps

# --- nobody is there ----------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.create_server((HERE, 0)) as listening:
        return int(listening.getsockname()[1])


@pytest.mark.parametrize(
    ("host", "why"),
    [
        (HERE, "connection"),
        ("no-such-host.invalid", "host"),
        ("x" * 70 + ".example", "host"),
        ("a..b", "host"),
    ],
)
def test_nobody_is_there(host: str, why: str) -> None:
    port = free_port()
    with to_server(port, host=host) as post, pytest.raises(TransportUnavailable) as away:
        post.send(letter())
    assert away.value.why == why
    assert away.value.text.startswith(f"{host}:{port}: ")


GOOD = [*TO_DATA, b"250 taken\r\n"]
GREETINGS: dict[str, Steps] = {
    "greets too slowly": [((1.5, b"220 here at last\r\n"),), *GOOD[1:]],
    "never greets": [HANG],
    "drips": [((0.0, b"2"), (0.6, b"2"), (0.6, b"0 here\r\n")), *GOOD[1:]],
    "hangs up": [b""],
    "is full": [b"421 too many\r\n"],
    "is closed": [b"554 go away\r\n"],
    "is no mail server": [b"HTTP/1.1 400 Bad Request\r\n\r\n"],
    "says hello and nothing more": [b"220 here\r\n", HANG],
    "does not know us": [b"220 here\r\n", b"550 who?\r\n", b"550 who?\r\n"],
    "garbles its offers": [b"220 here\r\n", b"250-here\r\n220 what\r\n"],
}


@pytest.mark.parametrize("what", GREETINGS)
def test_a_server_that_does_not_greet_properly_blames_no_letter(what: str) -> None:
    with closing(Script(GREETINGS[what])) as server, to_server(server.port) as post:
        began = time.monotonic()
        with pytest.raises(TransportUnavailable) as away:
            post.send(letter())
        assert time.monotonic() - began < 1.4
    assert away.value.why == "connection"


@pytest.mark.parametrize("said", [b"220-here\r\n" * 1000, b"220 " + b"x" * 100_000])
def test_a_server_that_talks_without_end_is_not_heard_out(said: bytes) -> None:
    with (
        closing(Script([said, HANG])) as server,
        to_server(server.port) as post,
        pytest.raises(TransportUnavailable, match=r"here here|xxxx"),
    ):
        post.send(letter())


# --- in the middle of a letter ------------------------------------------------------------------------------

FAULTS: dict[str, Steps] = {
    "falls silent": [HANG],
    "hangs up": [b""],
    "is cut off in its answer": [b"250 o"],
    "answers garbage": [b"\x00\xff\x7fGET\r\n"],
    "answers what was not asked": [b"334 VXNlcg==\r\n"],
    "answers in two minds": [b"250-yes\r\n550 no\r\n"],
}
MOMENTS = {"MAIL": 2, "RCPT": 3, "DATA": 4, "the letter": 5}


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("what", FAULTS)
def test_a_letter_in_whose_middle_the_server_fails_is_put_off_and_the_next_one_goes(
    what: str, moment: str
) -> None:
    with (
        closing(Script([*GOOD[: MOMENTS[moment]], *FAULTS[what]], GOOD)) as server,
        to_server(server.port) as post,
    ):
        began = time.monotonic()
        with pytest.raises(LetterDeferred) as later:
            post.send(letter(HOA))
        assert time.monotonic() - began < 1.4
        assert (later.value.code, server.connections) == (0, 1)
        post.send(letter(TUAN))
    heard = [line.lower() for line in server.heard]
    assert [line for line in heard if line.startswith(b"rcpt")][-1] == b"rcpt to:<%b>\r\n" % TUAN.encode()
    assert server.connections == 2


EARLY: dict[str, Steps] = {
    "no invitation": [b"250 fine\r\n"],
    "before the letter was heard": [b"354 go on\r\n250 taken\r\n", HANG],
}


@pytest.mark.parametrize("what", EARLY)
def test_a_yes_to_data_is_no_yes_to_the_letter(what: str) -> None:
    with (
        closing(Script([*TO_DATA[:4], *EARLY[what]])) as server,
        to_server(server.port) as post,
        pytest.raises(LetterDeferred),
    ):
        post.send(letter())
    assert not any(BODY in line for line in server.heard)


@pytest.mark.parametrize("taken", [False, True])
def test_a_letter_cut_off_before_the_yes_is_sent_again_only_when_asked_and_with_the_same_id(
    mail_server: Open, *, taken: bool
) -> None:
    server = mail_server()
    server.clerk.after_taking = taken
    server.clerk.will_say("DATA", HANG_UP)
    sent = letter()
    with to_server(server.port) as post:
        with pytest.raises(LetterDeferred):
            post.send(sent)
        assert (len(server.clerk.letters), server.connections) == (int(taken), 1)
        post.send(sent)
    assert [id_of(one.message) for one in server.clerk.letters] == [sent.message_id] * (1 + taken)


# --- between two letters ------------------------------------------------------------------------------------


@pytest.mark.parametrize("saying", [b"", b"421 4.4.2 idle for too long\r\n"])
def test_after_a_pause_in_which_the_server_hung_up_the_next_letter_goes_once(
    mail_server: Open, saying: bytes
) -> None:
    server = mail_server()
    first, second = letter(HOA), letter(TUAN)
    with to_server(server.port) as post:
        post.send(first)
        server.close_idle(saying)
        post.send(second)
    assert [id_of(one.message) for one in server.clerk.letters] == [first.message_id, second.message_id]
    assert server.connections == 2


def test_a_connection_that_died_unheard_is_given_up_after_one_wait() -> None:
    with closing(Script([*GOOD, HANG], GOOD)) as server, to_server(server.port) as post:
        post.send(letter(HOA))
        post.send(letter(TUAN))
    assert server.connections == 2
    assert sum(BODY in line for line in server.heard) == 2


def test_a_server_that_takes_one_letter_per_call_is_called_for_each() -> None:
    with closing(Script(GOOD, GOOD, GOOD)) as server, to_server(server.port) as post:
        for _ in range(3):
            post.send(letter())
    assert server.connections == 3


def test_a_server_that_hangs_up_again_and_again_is_called_anew_once() -> None:
    with closing(Script(GOOD, READY, GOOD)) as server, to_server(server.port) as post:
        post.send(letter())
        with pytest.raises(LetterDeferred):
            post.send(letter())
        assert server.connections == 2


def test_a_server_that_went_away_between_two_letters_is_away() -> None:
    with closing(Script(GOOD)) as server:
        post = to_server(server.port)
        post.send(letter())
    with post, pytest.raises(TransportUnavailable) as away:
        post.send(letter())
    assert away.value.why == "connection"


def test_a_goodbye_that_is_not_answered_harms_nobody() -> None:
    with closing(Script([*GOOD, HANG])) as server, to_server(server.port) as post:
        post.send(letter())
