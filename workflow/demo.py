"""One candidate's whole way, played in a throw-away copy of the sample office and told act by act."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from workflow.bootstrap import open_office
from workflow.casebook import case_view
from workflow.cases import Refused
from workflow.office import Office
from workflow.sample.building import make_sample, sample_data
from workflow.sample.people import SEED, Land, seeded_ids
from workflow.sample.playing import Act, Play, plays_of
from workflow.sample.time_machine import move_clock
from workflow.worklist import case_list

SAMPLE = "song-lo-2022"
HERO = "dong-thinh/3"
"""The village whose head's way is told: on the list, and past the office's own ninety days."""

REFUSED = {"act": "branch_proposes", "by": "branch", "set": {
    "resolution_no": "07-NQ/CB", "roll": 10, "present": 9, "absent": 1, "votes_for": 6, "votes_against": 2,
}}  # fmt: skip
"""A vote of which 6 of 10 are for, and one ballot is not accounted for: refused, with every reason."""


@dataclass(frozen=True)
class Told:
    """One act of the way: the case as it stands after it (or, refused, with every reason before it)."""

    on: date
    label: str
    by: str
    view: dict[str, Any]
    refused: list[Any] = field(default_factory=list)
    """The reasons (`states.vocabulary.Reason`) of an act that was refused."""


@contextmanager
def sample_copy(folder: Path) -> Iterator[Office]:
    """The sample office, made in ``folder`` where it is not there yet, as a copy that is thrown away."""
    if not (folder / "config.yaml").is_file():
        make_sample(folder, SAMPLE)
    with tempfile.TemporaryDirectory(prefix="ketnap-") as temporary:
        copy = Path(temporary) / "mau"
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*.lock"))
        office = open_office(copy / "config.yaml")
        try:
            yield office
        finally:
            office.close()


def whole_way(office: Office, language: str) -> Iterator[Told]:
    """Play the hero's case from the list to membership, the clock going along; each act as it is made."""
    play = _hero(office)
    for act in _script(play, office.today()):
        if (days := (act.on - office.today()).days) > 0:
            move_clock(office, days)
        if act.step.get("act") == REFUSED["act"]:
            yield from _refused(office, play, act, language)
        act.play(office)
        yield _told(office, play, act, language)


def _hero(office: Office) -> Play:
    data = sample_data(SAMPLE)
    plays = plays_of(data.cases, Land(data.land, seeded_ids(Random(SEED))))
    play = next(play for play in plays if play.story["who"] == HERO)
    [case] = [one["case"] for one in case_list(office, "vi", unit=HERO)]
    return replace(play, case=case)


def _script(play: Play, today: date) -> list[Act]:
    told = replace(play, story={**play.story, "opened": today, "until": "recognise"}, case=play.case, seqs=play.seqs)
    return [replace(act, of=play) for act in told.acts()][1:]


def _refused(office: Office, play: Play, act: Act, language: str) -> Iterator[Told]:
    try:
        replace(act, step=REFUSED, values=dict(REFUSED["set"])).play(office)  # type: ignore[call-overload] # a mapping
    except Refused as refused:
        yield replace(_told(office, play, act, language), refused=list(refused.reasons))


def _told(office: Office, play: Play, act: Act, language: str) -> Told:
    edition = office.rulebook.edition_on("admission", act.on)
    kind = act.step.get("act") or act.step["entry"]
    rule = edition.moves.get(kind) or edition.entries[kind]
    organ = edition.organs[edition.organ_of(rule, "")] if rule.organ != "turn" else edition.organs["branch"]
    view = case_view(office, play.case, language)
    return Told(act.on, rule.label.in_language(language), organ.label.in_language(language), view)
