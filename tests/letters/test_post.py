"""Letters on their way to a mail server: each arrives as it was written, and one that is refused harms no
other.
"""

from contextlib import closing
from dataclasses import replace

import pytest

from notifications.transport import LetterDeferred, LetterRefused, TransportUnavailable
from tests.letters.parcels import HOA, OFFICE, TUAN, id_of, letter, to_server
from tests.letters.smtp_server import READY, TO_DATA, Open, Script

# --- all is well --------------------------------------------------------------------------------------------


def test_fifty_letters_go_over_one_connection_each_once(mail_server: Open) -> None:
    server = mail_server()
    letters = [letter() for _ in range(50)]
    with to_server(server.port) as post:
        for one in letters:
            post.send(one)
    assert [id_of(one.message) for one in server.clerk.letters] == [one.message_id for one in letters]
    assert server.connections == 1


def test_without_letters_nobody_is_called(mail_server: Open) -> None:
    server = mail_server()
    with to_server(server.port):
        pass
    assert server.connections == 0


BODIES = {
    "dots": b".\r\n..\r\n.dot\r\n.\r\n\r\nafter the dots\r\n",
    "8 bits": "Chị Hòa được nhắc việc.\r\n".encode(),
    "as long as lines may be": b"x" * 998 + b"\r\n" + b"." * 998 + b"\r\n",
    "nothing": b"",
    "empty lines at the end": b"\r\n\r\n\r\n",
    "odd bytes": bytes(range(1, 10)) + b"\x0b\x0c\x7f\x80\xff\r\n",
    "two megabytes": b"Two cases wait for you.\r\n" * 80_000,
}


@pytest.mark.parametrize("what", BODIES)
def test_what_is_written_arrives_unchanged(mail_server: Open, what: str) -> None:
    server = mail_server()
    sent = letter(body=BODIES[what])
    with to_server(server.port) as post:
        post.send(sent)
    (arrived,) = server.clerk.letters
    assert arrived.message == sent.message
    assert (arrived.sender, arrived.to) == (OFFICE, [HOA])


def test_a_lone_line_feed_ends_no_letter_and_starts_no_other(mail_server: Open) -> None:
    server = mail_server()
    smuggled = b"MAIL FROM:<x@example>\r\nRCPT TO:<y@example>\r\nDATA\r\nboo\r\n.\r\n"
    sent = letter(body=b"a\n.\nb\r.\rc\n.\r\n" + smuggled)
    with to_server(server.port) as post:
        post.send(sent)
    (arrived,) = server.clerk.letters
    assert arrived.message.endswith(b"\r\na\r\n.\r\nb\r\n.\r\nc\r\n.\r\n" + smuggled)


def test_addresses_with_vietnamese_letters_go_where_the_server_takes_them(mail_server: Open) -> None:
    takes, takes_not = mail_server(enable_SMTPUTF8=True), mail_server(enable_SMTPUTF8=False)
    with to_server(takes.port) as post:
        post.send(letter("hòa@xã-đồng-quê.example"))
    assert takes.clerk.letters[0].to == ["hòa@xã-đồng-quê.example"]
    with to_server(takes_not.port) as post:
        with pytest.raises(LetterRefused, match="SMTPUTF8"):
            post.send(letter("hòa@xã-đồng-quê.example"))
        post.send(letter(TUAN))
    assert [one.to for one in takes_not.clerk.letters] == [[TUAN]]


def test_a_server_that_takes_seven_bits_only_is_sent_nothing_else() -> None:
    steps = [*TO_DATA, b"250 taken\r\n", b"221 bye\r\n"]
    with closing(Script([b"220 here\r\n", b"250 here\r\n", b"250 reset\r\n", *steps[2:]])) as old:
        with to_server(old.port) as post:
            with pytest.raises(LetterRefused, match="8BITMIME"):
                post.send(letter(body="Chị Hòa\r\n".encode()))
            post.send(letter(body=b"Chi Hoa\r\n"))
        heard = [line.lower() for line in old.heard]
        assert [line for line in heard if line.startswith(b"mail")] == [
            b"mail from:<%b>\r\n" % OFFICE.encode()
        ]


# --- the server says no -------------------------------------------------------------------------------------

NO = {
    "RCPT": ["550 5.1.1 no such mailbox", "553 name not allowed", "501 what is that"],
    "DATA": ["554 5.7.1 not wanted", "552 too big"],
    "MAIL": ["552 too big"],
}
LATER = {
    "MAIL": ["451 not now", "452 no room"],
    "RCPT": ["450 mailbox busy", "452 no room"],
    "DATA": ["451 not now", "452 no room"],
}


@pytest.mark.parametrize(("verb", "said"), [(verb, said) for verb, answers in NO.items() for said in answers])
def test_one_letter_is_refused_and_the_next_goes_over_the_same_connection(
    mail_server: Open, verb: str, said: str
) -> None:
    server = mail_server()
    server.clerk.will_say(verb, said)
    with to_server(server.port) as post:
        with pytest.raises(LetterRefused) as refused:
            post.send(letter(HOA))
        post.send(letter(TUAN))
    assert f"{refused.value.code} {refused.value.text}" == said
    assert [one.to for one in server.clerk.letters] == [[TUAN]]
    assert server.connections == 1


@pytest.mark.parametrize(
    ("verb", "said"), [(verb, said) for verb, answers in LATER.items() for said in answers]
)
def test_one_letter_is_put_off_and_the_next_goes_over_the_same_connection(
    mail_server: Open, verb: str, said: str
) -> None:
    server = mail_server()
    server.clerk.will_say(verb, said)
    with to_server(server.port) as post:
        with pytest.raises(LetterDeferred) as later:
            post.send(letter(HOA))
        post.send(letter(TUAN))
    assert f"{later.value.code} {later.value.text}" == said
    assert [one.to for one in server.clerk.letters] == [[TUAN]]
    assert server.connections == 1


def test_of_fifty_letters_only_those_to_the_bad_address_stay_behind(mail_server: Open) -> None:
    server = mail_server()
    server.clerk.will_say(TUAN, *["550 no such mailbox"] * 25)
    refused = 0
    with to_server(server.port) as post:
        for number in range(50):
            try:
                post.send(letter(TUAN if number % 2 else HOA))
            except LetterRefused:
                refused += 1
    assert (refused, len(server.clerk.letters), server.connections) == (25, 25, 1)


def test_an_overlong_line_is_the_letters_own_fault(mail_server: Open) -> None:
    server = mail_server()
    with to_server(server.port) as post:
        with pytest.raises(LetterRefused) as refused:
            post.send(letter(body=b"x" * 5000 + b"\r\n"))
        post.send(letter(TUAN))
    assert refused.value.code == 500
    assert [one.to for one in server.clerk.letters] == [[TUAN]]


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
def test_a_server_that_closes_with_421_is_called_anew_for_the_next_letter(
    mail_server: Open, verb: str
) -> None:
    server = mail_server()
    server.clerk.will_say(verb, "421 closing for the night")
    with to_server(server.port) as post:
        with pytest.raises(LetterDeferred) as later:
            post.send(letter(HOA))
        post.send(letter(TUAN))
    assert (later.value.code, later.value.text) == (421, "closing for the night")
    assert [one.to for one in server.clerk.letters] == [[TUAN]]
    assert server.connections == 2


@pytest.mark.parametrize(("code", "what"), [(554, LetterRefused), (451, LetterDeferred)])
def test_a_no_before_the_letter_itself_is_no_less_a_no(code: int, what: type[Exception]) -> None:
    answers = [*TO_DATA[:4], b"%d no\r\n" % code, b"250 reset\r\n", *TO_DATA[2:], b"250 taken\r\n"]
    with closing(Script(answers)) as server, to_server(server.port) as post:
        with pytest.raises(what) as no:
            post.send(letter())
        post.send(letter())
    assert no.value.args == ("no", code)
    assert server.connections == 1


@pytest.mark.parametrize("said", ["550 5.7.1 not from you", "553 who are you"])
def test_a_server_that_refuses_the_offices_own_address_blames_no_letter(mail_server: Open, said: str) -> None:
    server = mail_server()
    server.clerk.will_say("MAIL", said)
    with to_server(server.port) as post, pytest.raises(TransportUnavailable) as away:
        post.send(letter())
    assert (away.value.why, away.value.text) == ("sender", said)


def test_what_a_server_says_is_fit_to_be_shown() -> None:
    rude = b"550-\x1b[2Jno\r\n550-\x00\x07\xff " + b"x" * 600 + b"\r\n550 end\r\n"
    with (
        closing(Script([*READY, b"250 ok\r\n", rude, b"250 reset\r\n"])) as server,
        to_server(server.port) as post,
        pytest.raises(LetterRefused) as refused,
    ):
        post.send(letter())
    assert refused.value.text == ("[2Jno � " + "x" * 600)[:300]


@pytest.mark.parametrize("address", ["a.b+c=1!#$%&'*/?^_`{|}~-@x.example", "a@[127.0.0.1]", "A@X"])
def test_an_odd_address_is_said_as_it_is(mail_server: Open, address: str) -> None:
    server = mail_server()
    with to_server(server.port) as post:
        post.send(letter(address))
    assert server.clerk.letters[0].to == [address]


BREAKS = ["\r\n", "\n", "\r", "\0", "\u2028", "\x85", "\x0b"]
SMUGGLERS = [
    *(f"hoa@x.example{sign}RCPT TO:<tuan@x.example>" for sign in BREAKS),
    *(f"hoa{sign}@x.example" for sign in BREAKS),
    "hoa@x.example> NOTIFY=NEVER",
    "Hoa <hoa@x.example>",
    "hoa@x.example,tuan@x.example",
    "hoa@x.example tuan@x.example",
    '"hoa"@x.example',
    "hoa",
    "@x.example",
    "hoa@",
    "",
    "hoa\ud800@x.example",
]


@pytest.mark.parametrize("address", SMUGGLERS)
def test_what_is_no_address_is_refused_before_anybody_is_called(mail_server: Open, address: str) -> None:
    server = mail_server()
    with to_server(server.port) as post:
        for bad in (replace(letter(), to=address), replace(letter(), sender=address)):
            with pytest.raises(LetterRefused) as refused:
                post.send(bad)
            assert refused.value.code == 0
            assert refused.value.text.isprintable()
        assert server.connections == 0
        post.send(letter())
    assert server.connections == 1


@pytest.mark.parametrize("sign", BREAKS)
def test_a_message_id_in_two_lines_is_refused_before_anybody_is_called(mail_server: Open, sign: str) -> None:
    server = mail_server()
    with to_server(server.port) as post, pytest.raises(LetterRefused):
        post.send(replace(letter(), message_id=f"1{sign}Bcc: tuan@x.example"))
    assert server.connections == 0
