"""Every word on a page stands in the catalogue, and none lies there unused; templates hold none of their
own.
"""

import re
from pathlib import Path

import pytest

from workflow.core.messages import load_messages

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates" / "pages").glob("*.html"))
CODE = sorted((ROOT / "workflow" / "web").rglob("*.py"))
SAID = re.compile(r"""\bt\(\s*"([\w.-]+)"\s*[,)]""")
BEGUN = re.compile(r"""\bt\(\s*"([\w.-]+)"\s*\+""")
EITHER = re.compile(r"""\bt\(\s*"([\w.-]+)" if [^)]*? else "([\w.-]+)\"""")
OWN_WORDS = re.compile(r">[^<>{}]*[A-Za-zÀ-ỹ]{2,}[^<>{}]*<")
ALLOWED = {"Word"}
"""What is called so in every language."""


def keys_of(template: Path) -> set[str]:
    text = template.read_text(encoding="utf-8")
    return set(SAID.findall(text)) | {key for pair in EITHER.findall(text) for key in pair}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_key_of_a_template_is_in_the_catalogue(template: Path) -> None:
    known = load_messages("vi")
    assert sorted(keys_of(template) - set(known)) == []
    begun = BEGUN.findall(template.read_text(encoding="utf-8"))
    assert [start for start in begun if not any(key.startswith(start) for key in known)] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_holds_no_words_of_its_own(template: Path) -> None:
    text = re.sub(
        r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "{}", template.read_text(encoding="utf-8"), flags=re.DOTALL
    )
    own = [found.strip("><").strip() for found in OWN_WORDS.findall(text)]
    assert [one for one in own if one not in ALLOWED] == []


def test_no_sentence_of_the_pages_lies_unused() -> None:
    texts = "\n".join(path.read_text(encoding="utf-8") for path in (*TEMPLATES, *CODE))
    quoted = set(re.findall(r"""["']([\w.-]+)["']""", texts))
    begun = {start for start in re.findall(r"""["']f?(page\.[\w.-]*[._])[{"']""", texts) if start != "page."}
    said = {f"page.said.{key}" for key in re.findall(r"said=([\w-]+)", texts)}
    error = {f"page.{part}.{key}" for part in ("error", "advice") for key in quoted}
    keys = [key for key in load_messages("vi") if key.startswith("page.")]
    unused = [key for key in keys if key not in quoted | said | error and not any(map(key.startswith, begun))]
    assert unused == []


OF_COMMANDS = re.compile(r"ketnap [a-z]|(?:^|[\s(])--[a-z]")
SAID_ON_PAGES = re.compile(r"(error|advice|field|page)\.|recovery\.(none|unconfirmed|confirmed)$")
NEVER_ON_PAGES = {
    f"advice.{code}"
    for code in (
        *("config_missing", "port_taken", "rules_changed", "database_gone"),
        *(
            "recovery_key_exists",
            "wrong_letters",
            "restore_in_use",
            "restore_foreign",
            "restore_broken_record",
            "trial_faults",
        ),
    )
}
"""What goes wrong before there is any page, where an office is restored, or a table of trials is read."""


def test_no_sentence_that_pages_say_speaks_of_commands() -> None:
    for language in ("vi", "en"):
        words = load_messages(language)
        shown = {
            key: words.get(f"on_page.{key}", told) for key, told in words.items() if SAID_ON_PAGES.match(key)
        }
        assert {key for key, told in shown.items() if OF_COMMANDS.search(told)} <= NEVER_ON_PAGES


def test_every_sentence_that_pages_say_otherwise_is_one_that_the_command_line_says() -> None:
    words = load_messages("vi")
    assert [
        key for key in words if key.startswith("on_page.") and key.removeprefix("on_page.") not in words
    ] == []
