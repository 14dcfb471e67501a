"""The one place where every exception of the program becomes a code, an exit and a sentence. Never a traceback."""

import os
import sys
import traceback
from pathlib import Path

from workflow.cli import wordings as words
from workflow.cli.desk import Desk
from workflow.cli.problems import BROKEN, DONE, MISUSED, SENSELESS, Problem, tell
from workflow.cli.wordings import Wording, said, unknown_of

LOG = "ketnap-error.log"


def answer(desk: Desk, error: BaseException) -> int:
    """Word whatever went wrong, and give the exit code."""
    if isinstance(error, BrokenPipeError):
        return _reader_left()
    try:
        return tell(desk, wording(error)(desk, error))
    except BrokenPipeError:
        return _reader_left()
    except Exception as worse:  # noqa: BLE001 - the last resort: what failed while wording is told like any bug
        return tell(desk, _unforeseen(desk, worse))


def wording(error: BaseException) -> Wording:
    """How an exception is worded: by its own class, else by the nearest one above it."""
    for kind in type(error).__mro__:
        found = WORDINGS.get(f"{kind.__module__}.{kind.__qualname__}")
        if found:
            return found
    return _unforeseen


def _reader_left() -> int:
    """Whoever read our output has gone: nothing more is said, not even at the interpreter's end."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 - a device, not a path
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    return DONE


def _unforeseen(desk: Desk, error: BaseException) -> Problem:
    log = _logged(desk, error)
    advice = desk.say("advice.unforeseen", log=log) if log else desk.say("advice.unforeseen_no_log")
    message = desk.say("error.unforeseen", kind=type(error).__name__)
    return Problem("unforeseen", SENSELESS, message, advice=advice, writes=False)


def _logged(desk: Desk, error: BaseException) -> Path | None:
    """The whole trace goes into a file beside the config, for whoever looks after the program."""
    folder = desk.config_path.parent
    path = (folder if folder.is_dir() else Path()) / LOG
    try:
        with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"--- {' '.join(sys.argv[1:3])}\n")
            file.writelines(traceback.format_exception(error))
    except OSError:
        return None
    return path


WORDINGS: dict[str, Wording] = {
    "workflow.cases.Refused": words.refused,
    "workflow.cases.CaseChanged": words.changed,
    "workflow.store.store.Overtaken": words.changed,
    "states.machine.NotOpen": words.not_open,
    "states.machine.UnknownAct": words.unknown_act,
    "workflow.opening.AlreadyOpen": words.already_open,
    "workflow.opening.NoPost": words.no_post,
    "workflow.fields.Mistyped": words.mistyped,
    "workflow.cli.problems.Unknown": words.unknown,
    "workflow.cli.commands.Misused": words.misused,
    "workflow.worklist.UnknownUnit": unknown_of("unit"),
    "workflow.store.store.UnknownCase": unknown_of("case"),
    "workflow.store.store.UnknownPerson": unknown_of("person"),
    "workflow.register.unregistered.Unregistered": words.unregistered,
    "states.loading.NoEdition": said("no_edition", SENSELESS, "day"),
    "states.loading.UnknownEdition": said("unknown_edition", SENSELESS, "name", advice="advice.unknown_edition"),
    "states.loading.RulebookFaults": words.rulebook,
    "states.calendar_file.CalendarFaults": words.calendar,
    "states.working_days.CalendarMissing": said(
        "calendar_missing", SENSELESS, "year", advice="advice.calendar_missing"
    ),
    "workflow.config.BadConfig": words.bad_config,
    "workflow.reminding.snoozing.UnknownNotice": said(
        "unknown_notice", SENSELESS, "notice", advice="advice.unknown_notice"
    ),
    "notifications.policy.BadPolicy": words.policy,
    "workflow.dossier.dossier.UnknownPaper": words.paper,
    "workflow.dossier.forms.BadForms": words.forms,
    "workflow.dossier.dossier.NotWritten": said("not_written", SENSELESS, "code", advice="advice.not_written"),
    "workflow.dossier.receiving.NotYet": said("not_yet", SENSELESS, "code", advice="advice.not_yet"),
    "workflow.dossier.receiving.WhoseIsIt": said(
        "whose_is_it", SENSELESS, "code", "titles", advice="advice.whose_is_it"
    ),
    "workflow.reminding.snoozing.NotTheirs": said(
        "not_theirs", SENSELESS, "notice", "user", advice="advice.not_theirs"
    ),
    "workflow.dossier.receiving.OnlyReceipt": said("only_receipt", SENSELESS, "code", advice="advice.only_receipt"),
    "workflow.dossier.scans.BadScan": words.scan,
    "workflow.cli.problems.Settled": words.settled,
    "workflow.reminding.bounces.NotAMailbox": said("not_a_mailbox", SENSELESS, "folder", advice="advice.not_a_mailbox"),
    "notifications.templates.BadTemplates": words.templates,
    "workflow.vault.KeyLost": said("key_lost", SENSELESS, "path", advice="advice.key_lost"),
    "workflow.vault.KeyForeign": said("key_foreign", SENSELESS, "path", advice="advice.key_foreign"),
    "workflow.vault.Unreadable": said("sealed_unreadable", BROKEN, advice="advice.sealed_unreadable"),
    "workflow.store.away.DatabaseAway": words.database,
    "workflow.store.store.SealForged": said("seal_forged", BROKEN, advice="advice.seal_forged"),
    "workflow.store.schema.SchemaForeign": words.schema,
    "workflow.making.AlreadyThere": said("already_there", SENSELESS, "path", advice="advice.already_there"),
    "workflow.verifying.UnknownSeal": said("unknown_seal", MISUSED, writes=False),
    "workflow.sample.scenario.UnknownSample": said("unknown_sample", SENSELESS, "name", "known"),
    "workflow.time_machine.NotASample": said("not_a_sample", SENSELESS),
    "workflow.time_machine.NotForward": said("not_forward", SENSELESS, "days", "farthest"),
    "builtins.KeyboardInterrupt": words.interrupted,
    "builtins.OSError": words.disk,
}
"""Every exception that may reach a door, by its full name; one that is not here is worded as the nearest above it."""
