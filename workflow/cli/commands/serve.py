"""`ketnap serve` runs the pages and the worker in one process."""

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from workflow.cli.context import CommandContext
from workflow.cli.output import TextLine, print_page
from workflow.cli.parsing.parser import Command, Param

if TYPE_CHECKING:
    from workflow.office import Office
    from workflow.reminders.stop import Stop
    from workflow.reminders.worker import Worker

PORT = 8000
FOLDER, SAMPLE = Path("office-mau"), "song-lo-2022"
"""Where the sample office of ``--sample`` stands, if no other is named, and which it is."""


def run_serve(
    ctx: CommandContext,
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
    from workflow.reminders.stop import Stop
    from workflow.web.app import create_app
    from workflow.web.server import ServerAddress
    from workflow.web.server import run_server as answer

    if sample:
        _prepare_sample(ctx)
    place = ServerAddress(
        host or "127.0.0.1",
        PORT if port is None else port,
        certificate=str(certificate) if certificate else None,
        key=str(key) if key else None,
        proxies=proxy or "127.0.0.1",
    )
    stop = Stop()
    with ctx.open_office() as office:
        stop.listen()
        beside = nullcontext() if without_worker else _make_worker(ctx, office, stop).run_in_background()
        answer(
            create_app(office), place, lambda address: _show_address(ctx, address), stop=stop, beside=beside
        )
        stop.raise_reason()


def _prepare_sample(ctx: CommandContext) -> None:
    from workflow.cli.commands.office import make_config_text
    from workflow.operations.sample import make_sample
    from workflow.operations.upgrade.upgrade import upgrade_office

    folder = ctx.config.parent if ctx.config else FOLDER
    ctx.config, ctx.sample = folder / "config.yaml", SAMPLE
    if ctx.config.exists():
        upgrade_office(ctx.config_path, ctx.acting_as())  # a sample made by an older version of the program
        return
    with ctx.show_progress("progress.sample") as on_progress:
        make_sample(
            folder, SAMPLE, ctx.acting_as(), config_text=make_config_text(SAMPLE), on_progress=on_progress
        )


def _make_worker(ctx: CommandContext, office: "Office", stop: "Stop") -> "Worker":
    """The worker, whose deeds stand on the screen as `ketnap worker` shows them."""
    from workflow.cli.commands.worker import write_deed
    from workflow.operations.nightly_backup import run_nightly_backup
    from workflow.reminders.worker import Worker

    return Worker(office, lambda deed: write_deed(ctx, office, deed), stop, backup=run_nightly_backup)


def _show_address(ctx: CommandContext, address: str) -> None:
    if ctx.as_json:
        ctx.write_json({"address": address})
    else:
        ctx.write_banner()
        print_page(
            [
                TextLine(ctx.say("serve.ready", address=address), "good"),
                TextLine(ctx.say("serve.stop"), "dim"),
            ],
            ctx.out,
        )
    ctx.out.flush()


COMMANDS = (
    Command(
        "serve",
        run_serve,
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
