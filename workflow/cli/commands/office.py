"""`ketnap init`, `clock`, `verify`, `upgrade`, `relocate` look after the office itself."""

import contextlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from states.errors import EXIT_BROKEN, EXIT_DONE
from workflow.cli.context import CONFIG, CommandContext
from workflow.cli.output import Block, FactList, Heading, Page, TextLine, TextTable, format_cell
from workflow.cli.parsing.parser import Command, Param, usage_error

if TYPE_CHECKING:
    from workflow.operations.time_machine import ClockMove
    from workflow.presentation.office_text import VerificationView
    from workflow.presentation.rulebook.revision_text import UpgradeView


def config_template() -> Path:
    """The config that every office starts from.

    Inside an installed package, in a checkout at its top (setup.py).
    """
    import workflow

    package = Path(workflow.__path__[0])
    shipped = package / CONFIG
    return shipped if shipped.exists() else package.parent / CONFIG


def run_init(
    ctx: CommandContext, *, folder: Path, name: str | None, database: str | None, sample: str | None
) -> None:
    target = folder.absolute()
    if database is not None:
        from workflow.cli.database_password import add_password

        database = add_password(ctx, database)
    if sample is not None:
        if name is not None:
            raise usage_error("usage.sample_alone")
        from workflow.operations.sample import make_sample

        with ctx.show_progress("progress.sample") as on_progress:
            make_sample(
                target,
                sample,
                ctx.acting_as(),
                config_text=make_config_text(sample, database),
                on_progress=on_progress,
            )
        ctx.sample = sample
    elif (target / CONFIG).is_file() and name is None and database is None:
        _make_database(ctx, target / CONFIG)
    else:
        from workflow.operations.create_office import create_office

        called = name or target.name
        create_office(target, name=called, config=make_config_text(called, database), who=ctx.acting_as())
    view = {"folder": target, "config": target / CONFIG}
    ctx.show_view(view, lambda: _init_page(ctx, folder))


def _init_page(ctx: CommandContext, folder: Path) -> Page:
    config = folder / CONFIG
    return [
        TextLine(ctx.say("init.done", folder=folder), "good"),
        TextLine(ctx.say("init.key")),
        TextLine(ctx.say("init.next_sample" if ctx.sample else "init.next", config=config), "dim"),
    ]


def _make_database(ctx: CommandContext, config: Path) -> None:
    """A folder that has its config gets the database that the config names, if there is none yet."""
    from workflow.core.config import read_config
    from workflow.operations.create_office import initialise_office

    initialise_office(
        config, name=read_config(config).office or config.parent.name, who=ctx.acting_as()
    ).close()


def make_config_text(name: str, database: str | None = None) -> str:
    """The template with the office's own name and database in it."""
    values = {"office": name, "database": database}
    lines = config_template().read_text(encoding="utf-8").splitlines(keepends=True)
    for at, line in enumerate(lines):
        key = line.partition(":")[0]
        if values.get(key) is not None:
            lines[at] = f"{key}: {json.dumps(values[key], ensure_ascii=False)}\n"
    return "".join(lines)


def run_clock(ctx: CommandContext, *, forward: str | None) -> None:
    """Tell the office's day; move that of a sample office."""
    days = re.fullmatch(r"\+?(\d{1,5})d?", forward) if forward is not None else None
    if forward is not None and days is None:
        raise usage_error("usage.clock", typed=forward)
    with ctx.open_office() as office:
        if days is None:
            today = office.read_today()
            key = "clock.sample_today" if ctx.sample else "clock.real_today"
            told_today = [TextLine(ctx.say(key, today=format_cell(today)))]
            ctx.show_view({"today": today}, lambda: told_today)
            return
        from workflow.operations.time_machine import move_clock
        from workflow.reminders.daily_run import DailyRun

        rounds = DailyRun(office)
        rounds.check_settings()
        with ctx.show_progress("progress.clock") as bar:
            moved = move_clock(office, int(days[1]), rounds=rounds, on_progress=bar)
        carried = [{"case": item.case, "from": item.before, "to": item.after} for item in moved.carried]
        key = "clock.moved_carried" if carried else "clock.moved"
        days_ = {"before": format_cell(moved.before), "today": format_cell(moved.after)}
        blocks = [TextLine(ctx.say(key, carried=len(carried), **days_), "good"), *_letter_blocks(ctx, moved)]
        view = {"before": moved.before, "today": moved.after, "carried": carried, "letters": moved.letters}
        ctx.show_view(view, lambda: blocks)


def _letter_blocks(ctx: CommandContext, moved: "ClockMove") -> Iterator[Block]:
    """To whom letters went while the clock moved."""
    from workflow.cli.commands.worker import post_away_text

    yield TextLine(ctx.say("clock.sent", count=moved.sent))
    readers: dict[str, list[int]] = {}
    for letter in moved.letters:
        readers.setdefault(letter.user, []).append(letter.items)
    if readers:
        heads = [ctx.say(f"clock.{name}") for name in ("sent_to", "sent_letters", "sent_items")]
        yield TextTable(
            heads,
            [[user, len(item_counts), sum(item_counts)] for user, item_counts in sorted(readers.items())],
            frozenset({1, 2}),
        )
    if moved.away:
        yield TextLine(post_away_text(ctx, moved.away), "late")


def run_verify(ctx: CommandContext, *, seal: str | None) -> int:
    from workflow.operations.verify.verify import verify_office
    from workflow.presentation.office_text import build_verification_view

    with ctx.open_office() as office:
        with ctx.show_progress("progress.verify") as on_progress:
            result = verify_office(office, seal=seal, on_progress=on_progress)
        view = build_verification_view(ctx, result)
        ctx.show_view(view, lambda: list(_verify_page(ctx, view)))
    return EXIT_DONE if result.holds else EXIT_BROKEN


MOST_SHOWN = 20


def _verify_page(ctx: CommandContext, result: "VerificationView") -> Iterator[Block]:
    say = ctx.say
    if result.holds:
        yield TextLine(say("verify.holds"), "good")
    else:
        yield TextLine(say("verify.broken"), "late")
        yield TextLine(say("verify.first", text=result.broken[0].text), "late")
        if len(result.broken) > 1:
            yield Heading(say("verify.all", count=len(result.broken)))
        for fault in result.broken[1:MOST_SHOWN]:
            yield TextLine(fault.text, "warn", 1, "-")
    yield FactList(
        [
            (say("verify.events"), result.events),
            (say("verify.cases"), result.cases),
            (say("verify.seal"), result.seal),
        ]
    )
    yield TextLine(say("verify.keep_seal" if result.holds else "verify.what_now"), "dim")


def run_upgrade(ctx: CommandContext) -> None:
    from workflow.operations.open_office import assemble_office
    from workflow.operations.upgrade.upgrade import upgrade_office
    from workflow.presentation.rulebook.revision_text import UpgradeView, build_revision_view

    ctx.language = ctx.language or read_language(ctx)
    with ctx.show_progress("progress.verify") as on_progress:
        upgrade = upgrade_office(ctx.config_path, ctx.acting_as(), on_progress=on_progress)
    with contextlib.closing(assemble_office(ctx.config_path)) as office:
        rules = build_revision_view(office, upgrade.revision, ctx.speaks)
    view = UpgradeView(
        before=upgrade.before,
        now=upgrade.now,
        backup=upgrade.backup,
        events=upgrade.events,
        pairs=upgrade.pairs,
        rules=rules,
    )
    ctx.show_view(view, lambda: list(_upgrade_page(ctx, view)))


def _upgrade_page(ctx: CommandContext, view: "UpgradeView") -> Iterator[Block]:
    """Which version the database is of now, and what other rules have changed."""
    from workflow.presentation.rulebook.revision_text import has_changes

    changed = has_changes(view.rules)
    if view.before != view.now or not changed:
        key = "upgrade.done" if view.before != view.now else "upgrade.nothing"
        yield TextLine(ctx.say(key, before=view.before, now=view.now, events=view.events), "good")
    if view.backup is not None:
        yield TextLine(ctx.say("upgrade.backup", file=view.backup))
    yield from _list_pairs(ctx, view)
    if not changed:
        return
    yield TextLine(ctx.say("upgrade.rules", day=format_cell(view.rules.on)), "good")
    for edition in view.rules.editions:
        if edition.sentences or edition.change != "corrected":
            names = {"pipeline": edition.pipeline, "edition": edition.edition}
            yield Heading(ctx.say(f"upgrade.edition.{edition.change}", **names))
        for sentence in edition.sentences:
            yield TextLine(sentence, "plain", 1, "-")
    likewise = [
        f"{item.pipeline}/{item.edition}"
        for item in view.rules.editions
        if item.change == "corrected" and not item.sentences
    ]
    if likewise:
        yield TextLine(ctx.say("upgrade.likewise", editions=", ".join(likewise)), "dim")
    yield Heading(ctx.say("upgrade.cases", count=len(view.rules.cases)))
    for case in view.rules.cases:
        yield TextLine(f"{case.case}: {' '.join(case.sentences)}", "plain", 1, "-")


def _list_pairs(ctx: CommandContext, view: "UpgradeView") -> Iterator[Block]:
    """The days of sponsors and helpers that were carried over to their pair, and those that could not be."""
    if view.pairs.carried:
        yield TextLine(ctx.say("upgrade.pairs_carried", count=view.pairs.carried))
    if view.pairs.left_open:
        yield Heading(ctx.say("upgrade.pairs_open", count=len(view.pairs.left_open)))
    for pair in view.pairs.left_open:
        values = {"person": pair.person, "name": pair.name or pair.person, "cases": ", ".join(pair.cases)}
        yield TextLine(ctx.say("upgrade.pair_open", since=format_cell(pair.since), **values), "warn", 1, "-")


def run_relocate(ctx: CommandContext, *, to: str) -> None:
    from workflow.cli.database_password import add_password
    from workflow.operations.relocate import relocate_office

    ctx.language = ctx.language or read_language(ctx)
    to = add_password(ctx, to)
    with ctx.show_progress("progress.relocate") as on_progress:
        view = relocate_office(ctx.config_path, to, on_progress)
    values = {name: getattr(view, name) for name in ("before", "now", "rows", "events", "seal")}
    page = [
        TextLine(ctx.say("relocate.done", **values), "good"),
        TextLine(ctx.say("relocate.compared", **values)),
        TextLine(ctx.say("relocate.closed", **values), "strong"),
    ]
    ctx.show_view(view, lambda: list(page))


def read_language(ctx: CommandContext) -> str:
    """The language of an office that is not opened yet."""
    from workflow.core.config import read_config

    return read_config(ctx.config_path).language


FOLDER = Param("folder", kind="file", required=True)
COMMANDS = (
    Command("init", run_init, (FOLDER, Param("--name"), Param("--database"), Param("--sample")), "office"),
    Command("clock", run_clock, (Param("forward"),), "office"),
    Command("verify", run_verify, (Param("--seal"),), "office"),
    Command("upgrade", run_upgrade, (), "office"),
    Command("relocate", run_relocate, (Param("--to", "database", required=True),), "office"),
)
