"""The demo: one invented candidate's whole way, told act by act, and where the sample office stands."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from states.rulebook.edition import Edition, Recorded
from workflow.cases.commands.advance import Refused
from workflow.cases.views.case_list import case_list, coverage
from workflow.cases.views.case_view import case_view
from workflow.core.messages import say
from workflow.core.styled_text import (
    Line,
    at_first,
    clock_lines,
    in_short,
    printed,
    reasons_lines,
    warning_lines,
)
from workflow.office import Office
from workflow.operations.open_office import open_office
from workflow.operations.sample import make_sample
from workflow.operations.sample.player import Stage
from workflow.operations.sample.scenario import Happening, story
from workflow.operations.time_machine import NotASample, move_clock
from workflow.operations.verify.verify import verify
from workflow.register.writer import Who
from workflow.storage import reads

Progress = Callable[[int, int], None]
View = dict[str, Any]

SAMPLE = "song-lo-2022"
FOLDER = Path("office-mau")
"""Where the demo's sample office stands, if nothing else is said."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One part of what is told. The last two carry what `worklist` gives, for whoever prints it in a table."""

    title: str
    lines: tuple[Line, ...] = ()
    coverage: View | None = None
    stalled: list[View] | None = None


def tell(
    language: str, who: Who, *, config_text: str, folder: Path = FOLDER, on_progress: Progress | None = None
) -> Iterator[Scene]:
    """Tell it scene by scene.

    The sample office in ``folder`` is made, or reused as it stands; the story happens in another one, made alike and
    thrown away. ``config_text``: that of an office with the embedded database. ``on_progress``: as for `make_sample`,
    once for each that is made. Raises what `make_sample` and `open_office` raise, and `NotASample` where a real office
    stands in ``folder``.
    """
    yield Scene(say(language, "demo.title"), (Line(say(language, "demo.about")),))
    made = not (folder / "config.yaml").exists()
    if made:
        make_sample(folder, SAMPLE, who, config_text=config_text, on_progress=on_progress)
    with closing(open_office(folder / "config.yaml")) as office:
        _check_sample(office)
        with tempfile.TemporaryDirectory(prefix="ketnap-", ignore_cleanup_errors=True) as scratch:
            stage = make_sample(Path(scratch) / "sample", SAMPLE, who, config_text=config_text, on_progress=on_progress)
            with closing(open_office(Path(scratch) / "sample" / "config.yaml")) as copy:
                stage.light(copy)
                yield from _Story(stage, copy, language).scenes()
        key = "demo.made" if made else "demo.reused"
        lines = (Line(say(language, key, folder=folder, day=printed(office.today(), language))),)
        yield Scene(say(language, "demo.coverage"), lines, coverage=coverage(office))
        yield Scene(say(language, "demo.stalled"), stalled=case_list(office, language, stalled=True))


def _check_sample(office: Office) -> None:
    with office.database.reading() as connection:
        if reads.office(connection).sample is None:
            raise NotASample


class _Story:
    """The way of one candidate, played on a stage whose clock is moved from act to act."""

    def __init__(self, stage: Stage, office: Office, language: str) -> None:
        self.stage, self.office, self.language = stage, office, language
        self.village, self.acts = story(SAMPLE)
        self.standing = stage.standings[self.village]

    def scenes(self) -> Iterator[Scene]:
        """How it stands, every act in its turn, and what has come of it."""
        view = self._view()
        yield Scene(self._say("story.begin", name=view["person"]["name"]), at_first(view, self.language))
        for act in self.acts:
            if (ahead := (act.recorded - self.office.today()).days) > 0:
                move_clock(self.office, ahead)
            yield self._scene(act)
        yield self._end()

    def _scene(self, act: Happening) -> Scene:
        before = self._view()
        lines = [Line(self._say(f"story.{act.beside.get('tell', act.act)}", name=before["person"]["name"]), "dim")]
        if self._rule(act):
            lines.append(self._who(act))
        try:
            done = self.stage.perform(self.village, act)
        except Refused as refused:
            return Scene(self._title(act), (*lines, *reasons_lines(refused.reasons, self.language)))
        after = self._view()
        if before["state"]["id"] != after["state"]["id"]:
            steps = {"before": before["state"]["label"], "after": after["state"]["label"]}
            lines.append(Line(self._say("story.step", **steps), "good", 1))
        lines += warning_lines(done.warnings if done else (), self.language)
        return Scene(self._title(act), (*lines, *clock_lines(before, after, self.language)))

    def _edition(self, act: Happening) -> Edition:
        return self.office.rulebook.edition_on(self.standing.candidate.pipeline, act.day)

    def _rule(self, act: Happening) -> Recorded | None:
        """The move or entry that an act is; None for what is only said in the register."""
        edition = self._edition(act)
        return edition.moves.get(act.act) or edition.entries.get(act.act)

    def _title(self, act: Happening) -> str:
        rule = self._rule(act)
        label = rule.label.in_language(self.language) if rule else self._say(f"story.title.{act.act}")
        return self._say("story.title", day=printed(act.day, self.language), label=label)

    def _who(self, act: Happening) -> Line:
        """Whose act it is, who did it, and who typed it when."""
        organ, who = self.stage.actor(self.village, act)
        label = self._edition(act).organs[organ].label.in_language(self.language)
        key = "story.did" if who.by == who.typed else "story.did_and_typed"
        recorded = printed(act.recorded, self.language)
        return Line(self._say(key, organ=label, by=who.by, typed=who.typed, recorded=recorded), depth=1)

    def _end(self) -> Scene:
        proof, total = verify(self.office), coverage(self.office)["total"]
        lines = (
            Line(in_short(self._view(), self.language), "strong"),
            Line(self._say("story.counted", **total)),
            Line(self._say("story.proved" if proof.holds else "story.not_proved", events=proof.events)),
        )
        return Scene(self._say("story.end", day=printed(self.office.today(), self.language)), lines)

    def _view(self) -> View:
        return case_view(self.office, self.standing.case, self.language)

    def _say(self, key: str, **values: object) -> str:
        return say(self.language, key, **values)
