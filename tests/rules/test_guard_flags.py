"""What no longer holds after a correction warns at every move and refuses at deciding acts."""

from datetime import date

import pytest

from states.vocabulary import OpenFlag, Text
from tests.rules.scene import EVERY_EDITION, edition, judged, refusing, said, warning

FLAG = OpenFlag(
    "9:VOTE_BRANCH",
    Text("Chi bộ đề nghị kết nạp", "Branch proposes admission"),
    date(2022, 3, 21),
    Text("Cần 7/10 tán thành, được 3.", "7 of 10 must be for; 3 were."),
)
OPEN = {"9:VOTE_BRANCH": None}


@pytest.mark.parametrize("kind", ["decide", "hold_ceremony", "recognise", "strike_off"])
def test_a_deciding_act_is_refused_until_the_flag_is_settled(kind: str) -> None:
    known = {"ceremony_on": "2021-01-01", "decision_received_on": "2022-01-01"}
    verdict = judged(
        kind, "2022-04-15", known=known, state=_state(kind), flags=OPEN, describe_flags=lambda: (FLAG,)
    )
    assert refusing(verdict)[:1] == ["FLAGS_SETTLED"]
    assert "FLAGS_AHEAD" not in warning(verdict)
    text = said(verdict, "FLAGS_SETTLED")
    for words in ("9:VOTE_BRANCH", "“Chi bộ đề nghị kết nạp” ngày 21/03/2022", FLAG.text.vi):
        assert words in text
    settled = judged(kind, "2022-04-15", known=known, state=_state(kind), flags={"9:VOTE_BRANCH": 12})
    assert "FLAGS_SETTLED" not in refusing(settled)


def _state(kind: str) -> str:
    return edition("2021-07").moves[kind].from_[0]


@pytest.mark.parametrize("kind", ["committee_proposes", "committee_recognises"])
@pytest.mark.parametrize("authorised", [True, False])
def test_a_committee_that_decides_itself_is_refused_and_one_that_proposes_is_warned(
    kind: str, authorised: bool
) -> None:
    verdict = judged(
        kind,
        "2022-04-15",
        authorised=authorised,
        known={"ceremony_on": "2021-01-01"},
        flags=OPEN,
        describe_flags=lambda: (FLAG,),
    )
    assert ("FLAGS_SETTLED" in refusing(verdict)) == authorised
    assert ("FLAGS_AHEAD" in warning(verdict)) != authorised


@pytest.mark.parametrize(("pipeline", "name"), EVERY_EDITION)
def test_every_move_in_every_edition_says_what_is_flagged(pipeline: str, name: str) -> None:
    rules = edition(name, pipeline)
    assert "FLAGS_AHEAD" in rules.every_move
    deciding = {
        kind
        for kind, move in rules.moves.items()
        if "FLAGS_SETTLED" in move.conditions
        or any("FLAGS_SETTLED" in arrival.conditions for arrival in move.to)
    }
    assert deciding == {
        "decide",
        "committee_proposes",
        "hold_ceremony",
        "recognise",
        "committee_recognises",
        "strike_off",
    }


@pytest.mark.parametrize(
    ("flag", "refused"),
    [("9:VOTE_BRANCH", []), ("9:VOTE_BASE", ["FLAG_KNOWN"]), ("7:AGE_MIN", ["FLAG_NOT_SETTLED"])],
)
def test_a_flag_is_settled_by_its_name(flag: str, refused: list[str]) -> None:
    verdict = judged(
        "settle_flag",
        "2022-04-15",
        {"flag": flag},
        state="decision",
        flags={**OPEN, "7:AGE_MIN": 11},
        describe_flags=lambda: (FLAG,),
    )
    assert refusing(verdict) == refused
    for code in refused:
        assert "9:VOTE_BRANCH (Chi bộ đề nghị kết nạp, 21/03/2022)" in said(verdict, code)
