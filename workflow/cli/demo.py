"""``ketnap demo``, which ``make run`` shows: one candidate's whole way, and where the sample office stands."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow.cli.commands.office import make_config_text
from workflow.cli.context import CommandContext
from workflow.cli.output.case_tables import build_coverage_page, build_list_page
from workflow.cli.output.tables import Block, Heading, TextLine, print_page
from workflow.cli.parsing.parser import Command, Param

if TYPE_CHECKING:
    from workflow.demo import DemoScene


def demo(desk: CommandContext, *, folder: Path | None) -> None:
    """Tell it, scene by scene as it happens."""
    from workflow.demo import FOLDER, SAMPLE, play_demo

    where, desk.sample = folder or FOLDER, SAMPLE
    scenes = play_demo(desk.speaks, desk.acting_as(), config_text=make_config_text(SAMPLE), folder=where)
    if desk.as_json:
        desk.write_json({"scenes": [_view(scene) for scene in scenes]})
        return
    desk.write_banner()
    for scene in scenes:
        print_page(list(_page(desk, scene)), desk.out)
        print_page([TextLine("")], desk.out)
        desk.out.flush()
    print_page([TextLine(desk.say("cli.demo_next", config=where / "config.yaml"), "dim")], desk.out)


def _view(scene: "DemoScene") -> dict[str, Any]:
    lines = [line.text for line in scene.lines]
    return {"title": scene.title, "lines": lines, "coverage": scene.coverage, "stalled": scene.stalled}


def _page(desk: CommandContext, scene: "DemoScene") -> Iterator[Block]:
    yield Heading(scene.title)
    yield from (TextLine(line.text, line.tone, line.depth) for line in scene.lines)
    if scene.coverage is not None:
        yield from build_coverage_page(desk, scene.coverage)
    if scene.stalled is not None:
        yield from build_list_page(desk, scene.stalled, stalled=True)


COMMANDS = (Command("demo", demo, (Param("folder", kind="file"),), "office"),)
