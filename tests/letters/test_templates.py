"""Templates of an office's own: one alone may be changed, and a bad one is refused when it is loaded,
with its line.
"""

from pathlib import Path

import pytest

from notifications.letter_text import MimeLetterWriter
from notifications.settings import MailSettings
from notifications.templates import OWN_TEMPLATES, BadTemplates
from tests.letters.letters import LETTERS, part, read

MAIL = MailSettings(sender="ketnap@xa.example")


def with_own(folder: Path, name: str, text: str) -> MimeLetterWriter:
    (folder / name).write_text(text, encoding="utf-8")
    return MimeLetterWriter(MAIL, "vi", folder)


def test_an_office_may_change_one_template_and_keeps_the_others(tmp_path: Path) -> None:
    writer = with_own(tmp_path, "letter.txt", "Chào đồng chí. Có {{ letter.items | length }} việc.\n")
    message = read(writer.write(LETTERS["three groups"]))
    assert part(message, "plain").strip() == "Chào đồng chí. Có 4 việc."
    assert "K7Q2M4TX" in part(message, "html")


def test_an_office_may_change_one_sentence(tmp_path: Path) -> None:
    writer = with_own(tmp_path, "words.vi.yaml", "greeting: Kính thưa đồng chí.\n")
    text = part(read(writer.write(LETTERS["one soon"])), "plain")
    assert text.startswith("Kính thưa đồng chí.")
    assert "Trong bảy ngày tới".upper() in text


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("letter.txt", "Một\nHai {{ letter.itmes }}\n", 2),
        ("letter.txt", "Một\n\n{{ leter.key }}\n", 3),
        ("letter.txt", "{% if letter.weekly %}\n{{ letter.weekly.sela }}\n{% endif %}", 2),
        ("letter.txt", "Một\n{% for one in groups %}\n", 2),
        ("letter.html", "<p>{{ say('greting') }}</p>", 1),
        ("letter.html", "<p>\n{{ letter.key | uper }}</p>", 2),
        ("letter.html", "<p>\n\n{{ 1 / 0 }}</p>", 3),
        ("letter.html", "{{ letter.__class__.__mro__ }}", 1),
        ("words.vi.yaml", "greeting: [\n", 2),
        ("words.vi.yaml", "greeting: 7\n", 1),
    ],
)
def test_a_bad_template_is_refused_with_its_line(tmp_path: Path, name: str, text: str, line: int) -> None:
    with pytest.raises(BadTemplates) as bad:
        with_own(tmp_path, name, text)
    assert [(one.file, one.line) for one in bad.value.faults] == [(name, line)]


def test_all_bad_templates_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("{{ x }}", encoding="utf-8")
    with pytest.raises(BadTemplates) as bad:
        with_own(tmp_path, "letter.html", "{{ y }}")
    assert [one.file for one in bad.value.faults] == ["letter.txt", "letter.html"]


def test_both_languages_have_the_same_sentences() -> None:
    import yaml

    def keys(language: str) -> set[str]:
        return set(yaml.safe_load((OWN_TEMPLATES / f"words.{language}.yaml").read_text(encoding="utf-8")))

    assert keys("vi") == keys("en")
