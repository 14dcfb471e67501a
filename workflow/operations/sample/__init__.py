"""Sample offices are played day by day, with invented people."""

from collections.abc import Callable
from pathlib import Path

from workflow.office import Office
from workflow.operations.create_office import create_office
from workflow.operations.sample.player import SamplePlayer
from workflow.operations.sample.scenario import SAMPLES as SAMPLES
from workflow.operations.sample.scenario import UnknownSample as UnknownSample
from workflow.operations.sample.scenario import read_scenario
from workflow.register.writer import Who

Progress = Callable[[int, int], None]


def make_sample(
    folder: Path, name: str, who: Who, *, config_text: str, on_progress: Progress | None = None
) -> None:
    """Create the sample office ``name`` in a new folder: all of it, or nothing.

    Every run makes the same people, ids, cases and days. ``on_progress`` gets days played and their total.
    Raises `UnknownSample`, `AlreadyThere`, `BadConfig`, `DatabaseUnavailable`.
    """
    scenario = read_scenario(name)
    stage = SamplePlayer(scenario)

    def fill(office: Office) -> None:
        stage.use_office(office)
        stage.write_first_day(who)
        stage.play_all_days(on_progress)

    create_office(
        folder, name=scenario.name, config=config_text, who=who, sample=name, today=scenario.live, fill=fill
    )
