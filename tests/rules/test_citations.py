"""What a rule rests on: texts with their days, shown as they were in force, refused where they were not."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from states.law.sourced_rule import SourcedRule
from states.law.texts import Cite, LawText, describe_citation
from states.rulebook.edition import Condition
from states.rulebook.loading import Rulebook, RulebookFaults
from states.rulebook.released import load_index, load_released_edition
from states.vocabulary import Text
from tests.rules.scene import EVERY_EDITION, RULES, day, edition, judged
from tests.rules.test_bad_editions import amended, first_edition_alone

TEXTS = {
    "OLD": LawText.model_validate({"name": "Hướng dẫn 12", "from": "2022-01-18", "until": "2025-09-28"}),
    "NEW": LawText.model_validate({"name": "Hướng dẫn 38", "from": "2025-09-29"}),
}
BOTH = (
    Cite.model_validate({"text": "OLD", "at": "I.1", "until": "2025-09-28"}),
    Cite.model_validate({"text": "NEW", "at": "I.2", "from": "2025-09-29"}),
)


@pytest.mark.parametrize(
    ("on", "told"), [("2025-09-28", "Hướng dẫn 12, I.1"), ("2025-09-29", "Hướng dẫn 38, I.2")]
)
def test_of_an_act_only_what_was_in_force_on_its_day_is_shown(on: str, told: str) -> None:
    assert describe_citation(BOTH, TEXTS, day(on)) == Text(told, told)


def test_of_an_edition_all_is_shown_with_from_and_until_when_it_stands() -> None:
    assert describe_citation(BOTH, TEXTS, None) == Text(
        "Hướng dẫn 12, I.1 (đến 28/09/2025); Hướng dẫn 38, I.2 (từ 29/09/2025)",
        "Hướng dẫn 12, I.1 (until 2025-09-28); Hướng dẫn 38, I.2 (from 2025-09-29)",
    )


def test_on_a_day_on_which_nothing_cited_was_in_force_none_is_shown() -> None:
    assert describe_citation(BOTH[1:], TEXTS, date(2025, 9, 28)) is None


def test_what_nobody_could_read_says_from_which_text_it_is_kept() -> None:
    kept = Cite.model_validate(
        {"text": "NEW", "force": "continuity", "continues": {"text": "OLD", "at": "I.1"}}
    )
    assert describe_citation((kept,), TEXTS, date(2026, 1, 1)) == Text(
        "Hướng dẫn 38 (chưa đọc được toàn văn, giữ nguyên theo tính liên tục từ Hướng dẫn 12, I.1)",
        "Hướng dẫn 38 (its text was not read, kept by continuity from Hướng dẫn 12, I.1)",
    )


@pytest.mark.parametrize(("on", "effect"), [("2025-09-28", "refuse"), ("2025-09-29", "warn")])
def test_what_is_kept_by_continuity_warns_from_the_day_on_which_nothing_else_holds_it(
    on: str, effect: str
) -> None:
    cites = [BOTH[0], {"text": "NEW", "from": "2025-09-29", "force": "continuity"}]
    rests_on = {"citation": cites, "sources": ["S1"], "confidence": "H"}
    condition = Condition.model_validate(
        {"guard": "not_a_member", "says": {"vi": "…", "en": "…"}, **rests_on}
    )
    assert condition.effect_on(day(on)) == effect
    assert condition.is_verified_on(day(on)) == (effect == "refuse")
    assert condition.is_by_continuity_on(day(on)) == (effect == "warn")


def test_what_no_text_that_was_read_says_on_any_day_is_not_verified_however_sure_it_was() -> None:
    kept = {"text": "NEW", "force": "continuity"}
    for cites, verified in (([kept], False), ([BOTH[0], kept], True)):
        rule = SourcedRule.model_validate({"citation": cites, "sources": ["S1"], "confidence": "H"})
        assert rule.verified == verified


def test_the_reason_of_an_act_names_the_guide_of_its_day() -> None:
    helper = {"helpers": ["moi"]}
    cited = [
        reason.citation.vi if reason.citation else ""
        for on in ("2025-09-26", "2025-09-29")
        for reason in judged("nominate", on, helper).reasons
    ]
    assert cited == [
        "Hướng dẫn 12-HD/BTCTW ngày 18/1/2022, I.1.1",
        "Hướng dẫn 38-HD/BTCTW ngày 29/9/2025, I.1.1d",
    ]


@pytest.mark.parametrize(
    ("key", "revision"), [(k, r) for k, rs in load_index().revisions.items() for r in rs]
)
def test_editions_that_were_released_before_are_still_read(key: tuple[str, str], revision: str) -> None:
    released = load_released_edition(*key, revision)
    for rule in (*released.conditions.values(), *released.clocks.values()):
        cited = released.cite(rule, released.in_force)
        if isinstance(rule.citation, str):
            assert cited == Text(rule.citation, rule.citation)


# --- what the program's own editions cite -------------------------------------------------------------------

IN_FORCE = {
    "DL": ("2011-01-19", None),
    "QD29": ("2016-07-25", "2021-07-29"),
    "QD24": ("2021-07-30", "2025-01-19"),
    "QD232": ("2025-01-20", "2025-06-30"),
    "QD294": ("2025-07-01", "2026-04-07"),
    "QD20": ("2026-04-08", "2026-07-25"),
    "QD208": ("2026-07-26", None),
    "HD01_2016": ("2016-09-20", "2021-09-27"),
    "HD01_2021": ("2021-09-28", "2025-06-08"),
    "HD06": ("2025-06-09", "2026-05-18"),
    "HD01_2026": ("2026-05-19", None),
    "HD09": ("2017-06-05", "2022-01-17"),
    "HD12": ("2022-01-18", "2025-09-28"),
    "HD38": ("2025-09-29", None),
    "HD36_VP": ("2018-04-03", "2026-05-26"),
    "HD05_VP": ("2026-05-27", None),
}
"""From and until when each text stands, written down from the two pages of law and not from the editions."""


def days_of(pipeline: str, name: str) -> list[date]:
    """The first and the last day of an edition, and the days on which texts change within it."""
    names = RULES.list_editions(pipeline)
    start = edition(name, pipeline).in_force
    later = names[names.index(name) + 1 :]
    end = edition(later[0], pipeline).in_force - timedelta(days=1) if later else date(2030, 1, 1)
    turns = [date.fromisoformat(one) for span in IN_FORCE.values() for one in span if one]
    near = [turn + timedelta(days=step) for turn in turns for step in (-1, 0, 1)]
    return sorted({start, end, *(one for one in near if start <= one <= end)})


@pytest.mark.parametrize(("pipeline", "name"), EVERY_EDITION)
def test_no_edition_cites_a_text_on_a_day_on_which_it_was_not_in_force(pipeline: str, name: str) -> None:
    rules = edition(name, pipeline)
    for on in days_of(pipeline, name):
        for code, rule in (*rules.conditions.items(), *rules.clocks.items()):
            assert not isinstance(rule.citation, str), code
            for cite in rule.citation or ():
                first, last = IN_FORCE[cite.text]
                if cite.covers(on):
                    assert first <= on.isoformat() <= (last or "9999"), (code, on)


@pytest.mark.parametrize(("pipeline", "name"), EVERY_EDITION)
def test_whatever_refuses_by_law_shows_a_text_that_was_in_force(pipeline: str, name: str) -> None:
    rules = edition(name, pipeline)
    for on in days_of(pipeline, name):
        for code, rule in rules.conditions.items():
            if rule.basis == "law" and rule.effect_on(on) == "refuse":
                assert rules.cite(rule, on), (code, on)


# --- editions that cite what they may not -------------------------------------------------------------------

NEW_TEXT = """\
texts:
  NEW: {name: Quy định mới, from: 2017-01-01, until: 2017-06-30}
conditions:
  MIN_BRANCH:
    citation: [{text: NEW, at: "1"}]
"""
AFTER = """\
pipeline: admission
edition: 2017-07
amends: 2017-01
in_force: 2017-07-01
states:
  opinions: {house_days: 45}
"""


def faults_of(folder: Path) -> list[tuple[str, str]]:
    with pytest.raises(RulebookFaults) as found:
        Rulebook(folder).check_editions()
    return [(fault.file, fault.code) for fault in found.value.faults]


def test_the_last_edition_has_no_end_so_a_text_that_ends_is_not_enough(tmp_path: Path) -> None:
    folder = amended(first_edition_alone(tmp_path), NEW_TEXT)
    assert faults_of(folder) == [("admission/2017-01.yaml", "not_in_force_all_days")]


def test_an_edition_ends_the_day_before_the_next_which_may_not_go_on_citing(tmp_path: Path) -> None:
    folder = amended(first_edition_alone(tmp_path), NEW_TEXT)
    (folder / "admission/2017-07.yaml").write_text(AFTER, encoding="utf-8")
    (fault,) = faults_of(folder)
    assert fault[1] == "not_in_force_all_days"
    with pytest.raises(RulebookFaults):
        Rulebook(folder).load_edition("admission", "2017-07")
    assert Rulebook(folder).load_edition("admission", "2017-01").edition == "2017-01"


def test_a_cite_that_says_until_when_it_stands_passes(tmp_path: Path) -> None:
    text = NEW_TEXT.replace('at: "1"', 'at: "1", until: 2017-06-30')
    Rulebook(amended(first_edition_alone(tmp_path), text)).check_editions()
