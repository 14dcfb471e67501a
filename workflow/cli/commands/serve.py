"""``ketnap serve``: the pages and the worker in one process, until it is stopped."""

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from workflow.cli.context import Desk
from workflow.cli.output.tables import Line, show
from workflow.cli.parsing.parser import Command, Param

if TYPE_CHECKING:
    from workflow.office import Office
    from workflow.reminders.worker import Worker

PORT = 8000


def serve(
    desk: Desk,
    *,
    host: str | None,
    port: int | None,
    certificate: Path | None,
    key: Path | None,
    proxy: str | None,
    sample: bool,
    without_worker: bool,
) -> None:
    """Serve the pages; with ``--sample`` those of a sample office, made where there is none yet."""
    from workflow.web.app import application
    from workflow.web.server import Place
    from workflow.web.server import serve as answer

    if sample:
        _sample(desk)
    place = Place(
        host or "127.0.0.1", PORT if port is None else port, certificate=str(certificate) if certificate else None,
        key=str(key) if key else None, proxies=proxy or "127.0.0.1",
    )  # fmt: skip
    with desk.opened() as office, nullcontext() if without_worker else _worker(desk, office).beside():
        answer(application(office), place, lambda address: _ready(desk, address))


def _sample(desk: Desk) -> None:
    from workflow.cli.commands.office import brought_up, config_text
    from workflow.demo import FOLDER, SAMPLE
    from workflow.operations.sample import make_sample

    folder = desk.config.parent if desk.config else FOLDER
    desk.config, desk.sample = folder / "config.yaml", SAMPLE
    if desk.config.exists():
        brought_up(desk)  # a sample made by an older version of the program
        return
    with desk.progress("progress.sample") as told:
        make_sample(folder, SAMPLE, desk.who(), config_text=config_text(SAMPLE), on_progress=told)


def _worker(desk: Desk, office: "Office") -> "Worker":
    """The worker, whose deeds stand on the screen as `ketnap worker` shows them."""
    from workflow.cli.commands.worker import tell_deed
    from workflow.reminders.worker import Worker

    return Worker(office, lambda deed: tell_deed(desk, office, deed))


def _ready(desk: Desk, address: str) -> None:
    if desk.as_json:
        desk.write_json({"address": address})
    else:
        desk.banner()
        show([Line(desk.say("serve.ready", address=address), "good"), Line(desk.say("serve.stop"), "dim")], desk.out)
    desk.out.flush()


COMMANDS = (
    Command(
        "serve",
        serve,
        (
            Param("--host", "address"),
            Param("--port", "number", "number"),
            Param("--certificate", "file", "file"),
            Param("--key", "file", "file"),
            Param("--proxy", "address"),
            Param("--sample", kind="flag"),
            Param("--without-worker", kind="flag"),
        ),
        "office",
    ),
)
