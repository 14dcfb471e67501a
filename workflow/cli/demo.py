"""``ketnap demo``, which ``make run`` shows: one candidate's whole way, and where the sample office stands."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow.cli.commands.office import config_text
from workflow.cli.context import Desk
from workflow.cli.output.case_tables import coverage_page, list_page
from workflow.cli.output.tables import Block, Heading, Line, show
from workflow.cli.parsing.parser import Command, Param

if TYPE_CHECKING:
    from workflow.demo import Scene


def demo(desk: Desk, *, folder: Path | None) -> None:
    """Tell it, scene by scene as it happens."""
    from workflow.demo import FOLDER, SAMPLE, tell

    where, desk.sample = folder or FOLDER, SAMPLE
    scenes = tell(desk.speaks, desk.who(), config_text=config_text(SAMPLE), folder=where)
    if desk.as_json:
        desk.write_json({"scenes": [_view(scene) for scene in scenes]})
        return
    desk.banner()
    for scene in scenes:
        show(list(_page(desk, scene)), desk.out)
        show([Line("")], desk.out)
        desk.out.flush()
    show([Line(desk.say("cli.demo_next", config=where / "config.yaml"), "dim")], desk.out)


def _view(scene: "Scene") -> dict[str, Any]:
    lines = [line.text for line in scene.lines]
    return {"title": scene.title, "lines": lines, "coverage": scene.coverage, "stalled": scene.stalled}


def _page(desk: Desk, scene: "Scene") -> Iterator[Block]:
    yield Heading(scene.title)
    yield from (Line(line.text, line.tone, line.depth) for line in scene.lines)
    if scene.coverage is not None:
        yield from coverage_page(desk, scene.coverage)
    if scene.stalled is not None:
        yield from list_page(desk, scene.stalled, stalled=True)


COMMANDS = (Command("demo", demo, (Param("folder", kind="file"),), "office"),)
