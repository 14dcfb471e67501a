"""The one place where every exception of the program becomes a code and a sentence, for every door alike."""

from collections.abc import Mapping

from workflow.presentation import error_text as words
from workflow.presentation.backup_text import not_backed_up
from workflow.presentation.error_text import Wording, said, unknown_of
from workflow.presentation.problem import BROKEN, MISUSED, REFUSED, SENSELESS


def wording(error: BaseException, table: Mapping[str, Wording]) -> Wording | None:
    """How an exception is worded: by its own class, else by the nearest one above it."""
    for kind in type(error).__mro__:
        found = table.get(f"{kind.__module__}.{kind.__qualname__}")
        if found:
            return found
    return None


WORDINGS: dict[str, Wording] = {
    "workflow.cases.commands.advance.Refused": words.refused,
    "workflow.cases.commands.advance.CaseChanged": words.changed,
    "workflow.storage.writes.Overtaken": words.changed,
    "states.machine.NotOpen": words.not_open,
    "states.machine.UnknownAct": words.unknown_act,
    "workflow.cases.commands.open.AlreadyOpen": words.already_open,
    "workflow.cases.commands.open.NoPost": words.no_post,
    "workflow.core.input.Mistyped": words.mistyped,
    "workflow.cases.views.case_list.UnknownUnit": unknown_of("unit"),
    "workflow.storage.writes.UnknownCase": unknown_of("case"),
    "workflow.reminders.letters.resend.UnknownLetter": unknown_of("letter"),
    "workflow.storage.writes.UnknownPerson": unknown_of("person"),
    "workflow.register.errors.Unregistered": words.unregistered,
    "states.rulebook.loading.NoEdition": said("no_edition", SENSELESS, "day"),
    "states.rulebook.loading.UnknownEdition": said(
        "unknown_edition", SENSELESS, "name", advice="advice.unknown_edition"
    ),
    "states.rulebook.loading.RulebookFaults": words.rulebook,
    "states.calendar.calendar_file.CalendarFaults": words.calendar,
    "states.calendar.working_days.CalendarMissing": said(
        "calendar_missing", SENSELESS, "year", advice="advice.calendar_missing"
    ),
    "workflow.core.config.BadConfig": words.bad_config,
    "workflow.reminders.notices.snooze.UnknownNotice": said(
        "unknown_notice", SENSELESS, "notice", advice="advice.unknown_notice"
    ),
    "notifications.policy.BadPolicy": words.policy,
    "workflow.dossier.papers.UnknownPaper": words.paper,
    "workflow.dossier.forms.BadForms": words.forms,
    "workflow.dossier.papers.NotWritten": said("not_written", SENSELESS, "code", advice="advice.not_written"),
    "workflow.dossier.receive_papers.NotYet": said("not_yet", SENSELESS, "code", advice="advice.not_yet"),
    "workflow.dossier.receive_papers.WhoseIsIt": said(
        "whose_is_it", SENSELESS, "code", "titles", advice="advice.whose_is_it"
    ),
    "workflow.reminders.notices.snooze.NotTheirs": said(
        "not_theirs", SENSELESS, "notice", "user", advice="advice.not_theirs"
    ),
    "workflow.dossier.receive_papers.OnlyReceipt": said(
        "only_receipt", SENSELESS, "code", advice="advice.only_receipt"
    ),
    "workflow.dossier.scans.BadScan": words.scan,
    "workflow.reminders.letters.resend.Settled": words.settled,
    "workflow.reminders.letters.bounces.NotAMailbox": said(
        "not_a_mailbox", SENSELESS, "folder", advice="advice.not_a_mailbox"
    ),
    "notifications.templates.BadTemplates": words.templates,
    "workflow.core.crypto.KeyLost": said("key_lost", SENSELESS, "path", advice="advice.key_lost"),
    "workflow.core.crypto.KeyForeign": said("key_foreign", SENSELESS, "path", advice="advice.key_foreign"),
    "workflow.core.crypto.Unreadable": said("sealed_unreadable", BROKEN, advice="advice.sealed_unreadable"),
    "workflow.storage.errors.DatabaseAway": words.database,
    "workflow.storage.writes.SealForged": said("seal_forged", BROKEN, advice="advice.seal_forged"),
    "workflow.storage.schema.SchemaForeign": words.schema,
    "workflow.operations.create_office.AlreadyThere": said(
        "already_there", SENSELESS, "path", advice="advice.already_there"
    ),
    "workflow.operations.verify.verify.UnknownSeal": said("unknown_seal", MISUSED, writes=False),
    "workflow.operations.sample.scenario.UnknownSample": said("unknown_sample", SENSELESS, "name", "known"),
    "workflow.operations.backup.NotBackedUp": not_backed_up,
    "workflow.accounts.sign_in.SignInRefused": said(
        "sign_in_refused", REFUSED, advice="advice.sign_in_refused", writes=False
    ),
    "workflow.accounts.rate_limit.TooManyTries": said(
        "too_many_tries", REFUSED, "minutes", advice="advice.too_many_tries", writes=False
    ),
    "workflow.accounts.one_time_links.LinkSpent": said(
        "link_spent", SENSELESS, advice="advice.link_spent", writes=False
    ),
    "workflow.accounts.sign_in.OnlyInASample": said("only_in_a_sample", REFUSED, writes=False),
    "workflow.operations.time_machine.NotASample": said("not_a_sample", SENSELESS),
    "workflow.operations.time_machine.NotForward": said("not_forward", SENSELESS, "days", "farthest"),
    "workflow.web.server.PortTaken": said("port_taken", SENSELESS, "host", "port", advice="advice.port_taken"),
    "builtins.OSError": words.disk,
}
"""Every exception that may reach a door, by its full name; one that is not here is worded as the nearest above it."""
