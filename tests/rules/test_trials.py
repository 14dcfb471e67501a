"""The table of trials that comes with the program: every row came from the law pages, and the rules answer so."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from states.calendar import months
from states.errors import UserError
from states.guards import papers, people, votes
from states.rulebook.loading import load_own_rulebook
from states.trials.judging import judge_trials
from states.trials.table import read_own_table, read_trials
from states.trials.trial import Trial, TrialFaults, TrialResult
from states.vocabulary import Facts
from tests.rules.scene import RULES, vietnam

ROOT = Path(__file__).parents[2]
NOT_YET: dict[str, str] = {}
"""Rows that the law pages ask for and the rules do not answer yet, each with what is missing."""


@cache
def own_trials() -> tuple[Trial, ...]:
    return tuple(read_own_table(load_own_rulebook()))


def judged_trials() -> list[TrialResult]:
    return judge_trials(own_trials(), load_own_rulebook(), vietnam())


def failing() -> set[str]:
    return {result.trial.id for result in judged_trials() if not result.holds}


def told(result: TrialResult) -> str:
    trial = result.trial
    return f"{trial.id}: {trial.expected.describe_in('en')} expected, {result.outcome.describe_in('en')} came"


def test_the_rules_answer_every_row_as_the_law_pages_say() -> None:
    wrong = [
        told(result) for result in judged_trials() if not result.holds and result.trial.id not in NOT_YET
    ]
    assert wrong == []


def test_what_is_not_answered_yet_is_not_answered_yet() -> None:
    assert set(NOT_YET) - failing() == set()


def test_the_table_is_large_and_speaks_of_every_edition_and_of_what_cannot_be_told() -> None:
    trials = own_trials()
    assert len(trials) >= 150
    editions = Counter(load_own_rulebook().edition_on(one.pipeline, one.day).edition for one in trials)
    assert set(editions) == set(RULES.list_editions("admission"))
    assert min(editions.values()) >= 10
    assert sum(any(finding.fact for finding in one.expected.findings) for one in trials) >= 30


def test_every_row_names_a_source_that_is_known_and_an_article() -> None:
    known = set(re.findall(r"\bS\d+[a-z]?\b", (ROOT / "docs/sources.md").read_text(encoding="utf-8")))
    named = {key for trial in own_trials() for key in re.findall(r"\bS\d+[a-z]?\b", trial.source)}
    assert named
    assert all(trial.source and trial.article for trial in own_trials())
    assert named - known - sources_to_come() == set()


def sources_to_come() -> set[str]:
    """S66 to S92 are listed by the branch that brought the law."""
    return {f"S{number}" for number in range(66, 93)}


LAW_NAMES = re.compile(r"Điều lệ Đảng|Quy định \d+-QĐ/TW|Hướng dẫn \d+-HD/(TW|BTCTW) ngày \d+/\d+/\d{4}")


def test_every_article_names_a_text_by_kind_and_number() -> None:
    assert [trial.id for trial in own_trials() if not LAW_NAMES.match(trial.article)] == []


# --- boundaries that something has to hold: each is moved by one, and a row has to fail ----------------------


def test_a_paper_of_exactly_twelve_months_is_held_by_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        papers, "is_older_than", lambda dated, amount, on: on >= months.add_months(dated, amount)
    )
    assert {"STALE-294-1", "STALE-294-3", "CERT-294-1", "STALE-UNION-1"} <= failing()


def test_the_last_day_of_twelve_months_together_is_held_by_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "add_months", lambda day, amount: months.add_months(day, amount + 1))
    assert {"SPONSOR-12M-29-1", "SPONSOR-12M-LEAP-1"} <= failing()


@pytest.mark.parametrize(("more", "row"), [(-1, "VOTE-BRANCH-10-2"), (1, "VOTE-BRANCH-10-1")])
def test_two_thirds_are_held_by_a_row(monkeypatch: pytest.MonkeyPatch, more: int, row: str) -> None:
    real = votes.compute_vote_share

    def moved(*args: object, **options: object) -> votes.VoteShare | None:
        share = real(*args, **options)  # type: ignore[arg-type] # passed on as they came
        return share and votes.VoteShare(share.base, share.need + more, share.votes)

    monkeypatch.setattr(votes, "compute_vote_share", moved)
    assert row in failing()


@pytest.mark.parametrize("excluded", ["suspended", "prosecuted"])
def test_each_exclusion_is_held_by_a_row(monkeypatch: pytest.MonkeyPatch, excluded: str) -> None:
    real = votes.compute_vote_share

    def without(counts: dict[str, object], **options: object) -> votes.VoteShare | None:
        return real({**counts, f"excluded_{excluded}": 0}, **options)  # type: ignore[arg-type] # as above

    monkeypatch.setattr(votes, "compute_vote_share", without)
    assert {"VOTE-EXCLUDED-4", "VOTE-BASE-4"} <= failing()


def test_blank_votes_are_held_by_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Facts.typed_count
    monkeypatch.setattr(
        Facts, "typed_count", lambda facts, name: 0 if name == "votes_blank" else real(facts, name)
    )
    assert "VOTE-BLANK-2" in failing()


# --- whoever adds a row ------------------------------------------------------------------------------------

GOOD = "- {id: A, situation: s, day: 2022-03-15, act: decide, expect: allowed, source: s, article: a}"


def write(folder: Path, text: str) -> Path:
    file = folder / "cases.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_row_reads_the_same_in_vietnamese_and_in_english(tmp_path: Path) -> None:
    vi = "- {mã: A, tình huống: s, ngày: 15/03/2022, việc: decide, phiếu: 5/10, kết quả: từ chối VOTE_UPPER, nguồn: s, điều: a}"
    en = "- {id: A, situation: s, day: 2022-03-15, act: decide, votes: 5/10, expect: refused VOTE_UPPER, source: s, article: a}"
    rulebook = load_own_rulebook()
    assert read_trials([write(tmp_path, vi)], rulebook) == read_trials([write(tmp_path, en)], rulebook)


def test_acts_fields_and_steps_may_be_called_as_the_pages_call_them(tmp_path: Path) -> None:
    row = (
        "- {mã: A, tình huống: s, ngày: 15/09/2022, việc: Tổ chức lễ kết nạp, đến bước: Đảng viên dự bị,"
        " đã ghi: {Ngày chi bộ nhận quyết định: 01/09/2022}, kết quả: được, nguồn: s, điều: a}"
    )
    label = RULES.edition_on("admission", own_trials()[0].day).moves["hold_ceremony"].label.vi
    (trial,) = read_trials([write(tmp_path, row.replace("Tổ chức lễ kết nạp", label))], load_own_rulebook())
    assert (trial.act, trial.to, trial.record["decision_received_on"]) == (
        "hold_ceremony",
        "probation",
        "2022-09-01",
    )


def test_the_rows_of_the_recipe_hold(tmp_path: Path) -> None:
    recipe = (ROOT / "docs/recipes.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"^```yaml table\n(.*?)^```$", recipe, re.DOTALL | re.MULTILINE)
    trials = read_trials([write(tmp_path, text)], load_own_rulebook())
    assert [told(one) for one in judge_trials(trials, load_own_rulebook(), vietnam()) if not one.holds] == []


def faults_of(folder: Path, text: str) -> list[tuple[int, str, str]]:
    try:
        read_trials([write(folder, text)], load_own_rulebook())
    except TrialFaults as error:
        return [(fault.line, fault.code, fault.name) for fault in error.faults]
    return []


BAD_CELLS = [
    ("act: decide", "act: decidex", "unknown_act", "decidex"),
    ("act: decide", "clock: DEC", "unknown_clock", "DEC"),
    ("act: decide", "act: decide, clock: DEC_ADMIT", "act_or_clock", ""),
    ("2022-03-15", "2022-02-30", "not_a_day", "2022-02-30"),
    ("2022-03-15", "2016-07-24", "before_first_edition", "2016-07-24"),
    ("expect: allowed", "expect: refused FOO", "unknown_code", "FOO"),
    ("expect: allowed", "expect: perhaps", "not_expected", "perhaps"),
    ("expect: allowed", "expect: refused AGE_MIN without hat", "unknown_fact", "hat"),
    ("source: s", "sauce: s", "unknown_column", "sauce"),
    ("source: s", "source: s, source: t", "key_twice", "source"),
    ("source: s", "source: s, votes: seven", "not_votes", "seven"),
    ("source: s", "source: s, typed: {roll: -1}", "not_a_count", "-1"),
    ("source: s", "source: s, typed: {sponsors: [an]}", "not_typed_here", "sponsors"),
    ("source: s", "source: s, record: {sponsors: [zed]}", "unknown_person", "zed"),
    ("source: s", "source: s, record: {hat: 1}", "unknown_field", "hat"),
    ("source: s", "source: s, record: {route: boat}", "unknown_option", "boat"),
    ("source: s", "source: s, consents: [over60]", "not_a_consent", "over60"),
    ("source: s", "source: s, papers: {99-KNĐ: 2022-01-01}", "unknown_paper", "99-KNĐ"),
    ("source: s", "source: s, units: [moon]", "unknown_organ", "moon"),
    ("source: s", "source: s, education: maybe", "not_an_answer", "maybe"),
    ("source: s", "source: s, membership: boss", "unknown_membership", "boss"),
    ("source: s", "source: s, pipeline: war", "unknown_pipeline", "war"),
    ("source: s", "source: s, to: moon", "unknown_state", "moon"),
    ("situation: s, ", "", "missing_column", "situation"),
]


@pytest.mark.parametrize(("good", "bad", "code", "name"), BAD_CELLS)
def test_what_is_wrong_in_a_row_is_said_with_its_line(
    tmp_path: Path, good: str, bad: str, code: str, name: str
) -> None:
    text = f"# mine\n{GOOD.replace(good, bad, 1)}\n"
    assert (2, code, name) in faults_of(tmp_path, text)


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    text = "\n".join(GOOD.replace(good, bad, 1) for good, bad, _, _ in BAD_CELLS)
    found = faults_of(tmp_path, text)
    assert {code for _, _, code, _ in BAD_CELLS} <= {code for _, code, _ in found}
    assert {code for _, code, _ in found} & {"id_twice"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "no_rows"),
        ("- [", "not_yaml"),
        ("a: b", "not_a_list"),
        ("- 5", "not_a_row"),
        ("- {? [a] : b}", "key_not_text"),
        ("- &x {id: A}\n- *x", "alias"),
        ("- &x [*x]", "alias"),
        ("[" * 5000, "not_yaml"),
        ("- {rows: 5}", "not_a_list"),
        ("\x00", "not_yaml"),
    ],
)
def test_a_file_that_is_no_table_is_told_so(tmp_path: Path, text: str, code: str) -> None:
    assert code in {found for _, found, _ in faults_of(tmp_path, text)}


def test_a_file_that_is_no_text_is_told_so(tmp_path: Path) -> None:
    file = tmp_path / "cases.yaml"
    file.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(UserError) as refused:
        read_trials([file], load_own_rulebook())
    assert isinstance(refused.value, TrialFaults)


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ("votes: 5/10, expect: allowed, article: Hướng dẫn 01-HD/TW ngày 28/9/2021", "outcome"),
        ("votes: 5/10, expect: refused VOTE_UPPER, article: 'Quy định 24-QĐ/TW, 9.9'", "article"),
        ("expect: allowed, to: declined, article: a", "state"),
    ],
)
def test_a_row_fails_by_its_outcome_its_article_or_where_it_leads(
    tmp_path: Path, cells: str, why: str
) -> None:
    row = f"- {{id: A, situation: s, day: 2022-03-15, act: decide, source: s, {cells}}}"
    trials = read_trials([write(tmp_path, row)], load_own_rulebook())
    (result,) = judge_trials(trials, load_own_rulebook(), vietnam())
    told_apart = {
        "outcome": result.outcome != result.trial.expected,
        "article": not result.cites,
        "state": not result.leads_there,
    }
    assert [name for name, wrong in told_apart.items() if wrong] == [why]
    assert not result.holds
