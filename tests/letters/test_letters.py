"""Letters as people get them: agreed word for word, the same bytes each time, and nothing in them about a
person.
"""

from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from notifications.letter import Letter
from notifications.letter_text import MAX_ITEMS, MimeLetterWriter
from notifications.settings import MailSettings
from states.vocabulary import Text
from tests.golden import agreed
from tests.letters.letters import ENTRIES, LATE, LETTER, LETTERS, SOON, calendars, part, read

GOLDEN = Path(__file__).with_name("golden")
MAIL = MailSettings(sender="ketnap@xa.example", link="https://ketnap.example/")
WRITER, ENGLISH = MimeLetterWriter(MAIL, "vi"), MimeLetterWriter(MAIL, "en")
HEADS = {
    "Message-ID",
    "Date",
    "From",
    "To",
    "Subject",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
}


def shown(letter: Letter, writer: MimeLetterWriter = WRITER) -> str:
    message = read(writer.write(letter))
    heads = "".join(f"{name}: {message[name]}\n" for name in ("From", "To", "Subject", "List-Unsubscribe"))
    files = "".join(f"\n--- {method}\n{text}" for method, text in calendars(message).items())
    return f"{heads}\n{part(message, 'plain')}{files}".replace("\r\n", "\n")


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_reads_as_it_was_agreed(name: str) -> None:
    agreed(GOLDEN / f"{name}.txt", shown(LETTERS[name]))
    agreed(GOLDEN / f"{name}.html", part(read(WRITER.write(LETTERS[name])), "html").replace("\r\n", "\n"))


def test_a_letter_in_english_reads_as_it_was_agreed() -> None:
    agreed(GOLDEN / "in english.txt", shown(LETTERS["the week"], ENGLISH))


@pytest.mark.parametrize("name", LETTERS)
def test_the_same_letter_has_the_same_bytes(name: str) -> None:
    assert WRITER.write(LETTERS[name]) == MimeLetterWriter(MAIL, "vi").write(LETTERS[name])


@pytest.mark.parametrize("name", LETTERS)
def test_no_line_of_a_letter_is_too_long_for_any_server(name: str) -> None:
    lines = WRITER.write(LETTERS[name]).split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert all(b"\n" not in line and line.isascii() for line in lines)


def test_only_what_is_no_duty_can_be_unsubscribed() -> None:
    assert read(WRITER.write(LETTERS["one soon"]))["List-Unsubscribe"] is None
    asked = read(WRITER.write(LETTERS["optional"]))["List-Unsubscribe"]
    assert asked == "<mailto:ketnap@xa.example?subject=thoi%20T1234567>"


def test_of_ten_thousand_things_a_letter_tells_the_most_urgent_and_how_many_more_there_are() -> None:
    message = WRITER.write(replace(LETTER, items=(*[SOON] * 9_999, LATE)))
    text = part(read(message), "plain")
    assert text.count("K6VVBTHZ (") + text.count("lượt xét K6VVBTHZ)") == MAX_ITEMS - 1
    assert text.index("K7Q2M4TX") < text.index("K6VVBTHZ")
    assert f"Còn {10_000 - MAX_ITEMS} việc nữa" in text
    assert len(part(read(message), "html").encode()) < 200_000


ANY = st.text(st.characters(codec="utf-8"), max_size=60)
SOME = ANY.filter(bool)


@given(name=SOME, place=SOME, about=ANY, office=ANY)
def test_whatever_stands_in_a_name_makes_no_other_head_and_no_other_markup(
    name: str, place: str, about: str, office: str
) -> None:
    strange = replace(LATE, name=name, place=place, about=Text(about, about))
    message = read(WRITER.write(replace(LETTER, office=office, items=(strange,))))
    assert set(message.keys()) == HEADS
    assert message["To"] == LETTER.to
    assert tags(message) == tags(read(WRITER.write(replace(LETTER, items=(NEUTRAL,)))))


NEUTRAL = replace(LATE, name="a", place="b")


def tags(message: EmailMessage) -> int:
    return part(message, "html").count("<")


@pytest.mark.parametrize(
    "wicked", ["<script>alert(1)</script>", "{{ 7 * 7 }}", "a\r\nBcc: x@y.example", "\u202eđảo"]
)
def test_wicked_names_stay_words(wicked: str) -> None:
    letter = replace(LETTER, office=wicked, items=(replace(LATE, name=wicked, about=Text(wicked, wicked)),))
    message = read(WRITER.write(letter))
    assert set(message.keys()) == HEADS
    assert "49" not in part(message, "plain").replace("K7Q2M4TX", "")
    assert "<script>" not in part(message, "html")


# --- the calendar -------------------------------------------------------------------------------------------


def test_what_is_new_is_published_and_what_is_over_is_cancelled_under_the_same_name() -> None:
    files = calendars(read(WRITER.write(LETTERS["moved and cancelled"])))
    assert set(files) == {"PUBLISH", "CANCEL"}
    for method, entry in zip(("PUBLISH", "CANCEL"), ENTRIES, strict=True):
        [event] = Calendar.from_ical(files[method]).walk("VEVENT")
        assert str(event["UID"]) == f"{entry.uid}@xa.example"
        assert event.decoded("SEQUENCE") == entry.sequence
        assert event.decoded("DTSTART") == entry.day
        assert str(entry.case) in str(event["SUMMARY"])
    assert "STATUS:CANCELLED" in files["CANCEL"]


@given(about=ANY)
def test_whatever_an_entry_is_called_its_file_can_be_read(about: str) -> None:
    entry = replace(ENTRIES[0], about=Text(about, about))
    [text] = calendars(read(WRITER.write(replace(LETTER, entries=(entry,))))).values()
    [event] = Calendar.from_ical(text).walk("VEVENT")
    assert str(event["UID"]) == f"{entry.uid}@xa.example"
