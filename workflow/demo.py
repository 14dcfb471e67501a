"""The demo: one invented candidate's whole way, told act by act, and where the sample office stands."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from states.rulebook.edition import ActRule, Edition
from workflow.board.case_list import CaseSummary, list_cases_by_urgency, summarize_case
from workflow.board.coverage import CoverageView, count_coverage
from workflow.board.snapshot.snapshot import open_snapshot
from workflow.cases.commands.advance import ActRefused
from workflow.cases.views.case_view import load_case_view
from workflow.core.messages import say
from workflow.core.styled_text import (
    StoryLine,
    format_day,
    list_clock_lines,
    list_opening_lines,
    list_reason_lines,
    list_warning_lines,
    summarise_case,
)
from workflow.office import Office
from workflow.operations.open_office import open_office
from workflow.operations.sample import make_sample
from workflow.operations.sample.player import SamplePlayer
from workflow.operations.sample.scenario import Happening, load_story
from workflow.operations.time_machine import NotASample, move_clock
from workflow.operations.verify.verify import verify_office
from workflow.register.writer import Who
from workflow.storage import reads

Progress = Callable[[int, int], None]
View = dict[str, Any]

SAMPLE = "song-lo-2022"
FOLDER = Path("office-mau")
"""Where the demo's sample office stands, if nothing else is said."""


@dataclass(frozen=True, slots=True)
class DemoScene:
    """One part of what is told. The last two carry what the board says, for whoever prints it in a table."""

    title: str
    lines: tuple[StoryLine, ...] = ()
    coverage: CoverageView | None = None
    stalled: list[CaseSummary] | None = None


def play_demo(
    language: str, who: Who, *, config_text: str, folder: Path = FOLDER, on_progress: Progress | None = None
) -> Iterator[DemoScene]:
    """Tell it scene by scene.

    The sample office in ``folder`` is made, or reused as it stands; the story happens in another one, made alike and
    thrown away. ``config_text``: that of an office with the embedded database. ``on_progress``: as for `make_sample`,
    once for each that is made. Raises what `make_sample` and `open_office` raise, and `NotASample` where a real office
    stands in ``folder``.
    """
    yield DemoScene(say(language, "demo.title"), (StoryLine(say(language, "demo.about")),))
    made = not (folder / "config.yaml").exists()
    if made:
        make_sample(folder, SAMPLE, who, config_text=config_text, on_progress=on_progress)
    with closing(open_office(folder / "config.yaml")) as office:
        _check_sample(office)
        with tempfile.TemporaryDirectory(prefix="ketnap-", ignore_cleanup_errors=True) as scratch:
            stage = make_sample(Path(scratch) / "sample", SAMPLE, who, config_text=config_text, on_progress=on_progress)
            with closing(open_office(Path(scratch) / "sample" / "config.yaml")) as copy:
                stage.use_office(copy)
                yield from _DemoStory(stage, copy, language).play_scenes()
        key = "demo.made" if made else "demo.reused"
        lines = (StoryLine(say(language, key, folder=folder, day=format_day(office.read_today(), language))),)
        with open_snapshot(office, scope=None) as snapshot:
            coverage = count_coverage(snapshot)
            stalled = [summarize_case(row) for row in list_cases_by_urgency(snapshot, language, stalled=True)]
        yield DemoScene(say(language, "demo.coverage"), lines, coverage=coverage)
        yield DemoScene(say(language, "demo.stalled"), stalled=stalled)


def _check_sample(office: Office) -> None:
    with office.database.read_transaction() as connection:
        if reads.load_office(connection).sample is None:
            raise NotASample


class _DemoStory:
    """The way of one candidate, played on a stage whose clock is moved from act to act."""

    def __init__(self, stage: SamplePlayer, office: Office, language: str) -> None:
        self.stage, self.office, self.language = stage, office, language
        self.village, self.acts = load_story(SAMPLE)
        self.played_case = stage.played_cases[self.village]

    def play_scenes(self) -> Iterator[DemoScene]:
        """How it stands, every act in its turn, and what has come of it."""
        view = self._load_view()
        yield DemoScene(
            self._get_message("story.begin", name=view["person"]["name"]), list_opening_lines(view, self.language)
        )
        for act in self.acts:
            if (ahead := (act.recorded - self.office.read_today()).days) > 0:
                move_clock(self.office, ahead)
            yield self._play_scene(act)
        yield self._closing_scene()

    def _play_scene(self, act: Happening) -> DemoScene:
        before = self._load_view()
        lines = [
            StoryLine(
                self._get_message(f"story.{act.details.get('tell', act.act)}", name=before["person"]["name"]), "dim"
            )
        ]
        if self._find_rule(act):
            lines.append(self._actor_line(act))
        try:
            done = self.stage.perform_act(self.village, act)
        except ActRefused as refused:
            return DemoScene(self._scene_title(act), (*lines, *list_reason_lines(refused.reasons, self.language)))
        after = self._load_view()
        if before["state"]["id"] != after["state"]["id"]:
            steps = {"before": before["state"]["label"], "after": after["state"]["label"]}
            lines.append(StoryLine(self._get_message("story.step", **steps), "good", 1))
        lines += list_warning_lines(done.warnings if done else (), self.language)
        return DemoScene(self._scene_title(act), (*lines, *list_clock_lines(before, after, self.language)))

    def _edition(self, act: Happening) -> Edition:
        return self.office.rulebook.edition_on(self.played_case.candidate.pipeline, act.day)

    def _find_rule(self, act: Happening) -> ActRule | None:
        """The move or entry that an act is; None for what is only said in the register."""
        edition = self._edition(act)
        return edition.moves.get(act.act) or edition.entries.get(act.act)

    def _scene_title(self, act: Happening) -> str:
        rule = self._find_rule(act)
        label = rule.label.in_language(self.language) if rule else self._get_message(f"story.title.{act.act}")
        return self._get_message("story.title", day=format_day(act.day, self.language), label=label)

    def _actor_line(self, act: Happening) -> StoryLine:
        """Whose act it is, who did it, and who typed it when."""
        organ, who = self.stage.find_actor(self.village, act)
        label = self._edition(act).organs[organ].label.in_language(self.language)
        key = "story.did" if who.by == who.typed else "story.did_and_typed"
        recorded = format_day(act.recorded, self.language)
        return StoryLine(self._get_message(key, organ=label, by=who.by, typed=who.typed, recorded=recorded), depth=1)

    def _closing_scene(self) -> DemoScene:
        proof = verify_office(self.office)
        with open_snapshot(self.office, scope=None) as snapshot:
            total = asdict(count_coverage(snapshot).total)
        lines = (
            StoryLine(summarise_case(self._load_view(), self.language), "strong"),
            StoryLine(self._get_message("story.counted", **total)),
            StoryLine(self._get_message("story.proved" if proof.holds else "story.not_proved", events=proof.events)),
        )
        return DemoScene(self._get_message("story.end", day=format_day(self.office.read_today(), self.language)), lines)

    def _load_view(self) -> View:
        return load_case_view(self.office, self.played_case.case, self.language)

    def _get_message(self, key: str, **values: object) -> str:
        return say(self.language, key, **values)
