"""The one place where every exception of the program becomes a code and a sentence, for every door alike."""

from collections.abc import Mapping

from workflow.presentation import error_text as words
from workflow.presentation.backup_text import describe_not_backed_up
from workflow.presentation.error_text import Wording, word_by_key, word_unknown
from workflow.presentation.problem import EXIT_BAD_INPUT, EXIT_BROKEN, EXIT_MISUSED, EXIT_REFUSED


def find_wording(error: BaseException, table: Mapping[str, Wording]) -> Wording | None:
    """How an exception is worded: by its own class, else by the nearest one above it."""
    for kind in type(error).__mro__:
        word = table.get(f"{kind.__module__}.{kind.__qualname__}")
        if word:
            return word
    return None


WORDINGS: dict[str, Wording] = {
    "workflow.cases.commands.advance.ActRefused": words.describe_refusal,
    "workflow.cases.commands.advance.CaseChanged": words.describe_case_changed,
    "workflow.storage.writes.CaseOvertaken": words.describe_case_changed,
    "states.machine.NotOpen": words.describe_not_open,
    "states.machine.UnknownAct": words.describe_unknown_act,
    "workflow.cases.commands.open.AlreadyOpen": words.describe_already_open,
    "workflow.cases.commands.open.NoPost": words.describe_no_post,
    "workflow.core.input.InvalidInput": words.describe_mistyped,
    "workflow.cases.views.case_list.NoSuchUnit": word_unknown("unit"),
    "workflow.storage.writes.UnknownCase": word_unknown("case"),
    "workflow.reminders.letters.resend.UnknownLetter": word_unknown("letter"),
    "workflow.storage.writes.UnknownPerson": word_unknown("person"),
    "workflow.register.errors.RegisterError": words.describe_unregistered,
    "states.rulebook.loading.NoEdition": word_by_key("no_edition", EXIT_BAD_INPUT, "day"),
    "states.rulebook.loading.UnknownEdition": word_by_key(
        "unknown_edition", EXIT_BAD_INPUT, "name", advice="advice.unknown_edition"
    ),
    "states.rulebook.loading.RulebookFaults": words.describe_rulebook_faults,
    "states.calendar.calendar_file.CalendarFaults": words.describe_calendar_faults,
    "states.calendar.working_days.CalendarMissing": word_by_key(
        "calendar_missing", EXIT_BAD_INPUT, "year", advice="advice.calendar_missing"
    ),
    "workflow.core.config.BadConfig": words.describe_bad_config,
    "workflow.reminders.notices.snooze.UnknownNotice": word_by_key(
        "unknown_notice", EXIT_BAD_INPUT, "notice", advice="advice.unknown_notice"
    ),
    "notifications.policy.BadPolicy": words.describe_bad_policy,
    "workflow.dossier.papers.UnknownPaper": words.describe_unknown_paper,
    "workflow.dossier.forms.form_set.BadForms": words.describe_bad_forms,
    "workflow.dossier.papers.NotWritten": word_by_key(
        "not_written", EXIT_BAD_INPUT, "code", advice="advice.not_written"
    ),
    "workflow.dossier.receive_papers.NotYet": word_by_key("not_yet", EXIT_BAD_INPUT, "code", advice="advice.not_yet"),
    "workflow.dossier.receive_papers.WhoseIsIt": word_by_key(
        "whose_is_it", EXIT_BAD_INPUT, "code", "titles", advice="advice.whose_is_it"
    ),
    "workflow.reminders.notices.snooze.NotTheirs": word_by_key(
        "not_theirs", EXIT_BAD_INPUT, "notice", "user", advice="advice.not_theirs"
    ),
    "workflow.dossier.receive_papers.OnlyReceipt": word_by_key(
        "only_receipt", EXIT_BAD_INPUT, "code", advice="advice.only_receipt"
    ),
    "workflow.dossier.scans.limits.BadScan": words.describe_bad_scan,
    "workflow.reminders.letters.resend.LetterSettled": words.describe_letter_settled,
    "workflow.reminders.letters.bounces.NotAMailbox": word_by_key(
        "not_a_mailbox", EXIT_BAD_INPUT, "folder", advice="advice.not_a_mailbox"
    ),
    "notifications.templates.BadTemplates": words.describe_bad_templates,
    "workflow.core.crypto.KeyLost": word_by_key("key_lost", EXIT_BAD_INPUT, "path", advice="advice.key_lost"),
    "workflow.core.crypto.WrongKey": word_by_key("key_foreign", EXIT_BAD_INPUT, "path", advice="advice.key_foreign"),
    "workflow.core.crypto.DecryptionFailed": word_by_key(
        "sealed_unreadable", EXIT_BROKEN, advice="advice.sealed_unreadable"
    ),
    "workflow.storage.errors.DatabaseUnavailable": words.describe_database_away,
    "workflow.storage.writes.SealForged": word_by_key("seal_forged", EXIT_BROKEN, advice="advice.seal_forged"),
    "workflow.storage.schema.WrongSchemaVersion": words.describe_foreign_schema,
    "workflow.operations.create_office.AlreadyThere": word_by_key(
        "already_there", EXIT_BAD_INPUT, "path", advice="advice.already_there"
    ),
    "workflow.operations.verify.verify.UnknownSeal": word_by_key("unknown_seal", EXIT_MISUSED, writes=False),
    "workflow.operations.sample.scenario.UnknownSample": word_by_key("unknown_sample", EXIT_BAD_INPUT, "name", "known"),
    "workflow.operations.backup.NotBackedUp": describe_not_backed_up,
    "workflow.accounts.sign_in.SignInRefused": word_by_key(
        "sign_in_refused", EXIT_REFUSED, advice="advice.sign_in_refused", writes=False
    ),
    "workflow.accounts.rate_limit.TooManyTries": word_by_key(
        "too_many_tries", EXIT_REFUSED, "minutes", advice="advice.too_many_tries", writes=False
    ),
    "workflow.accounts.one_time_links.LinkSpent": word_by_key(
        "link_spent", EXIT_BAD_INPUT, advice="advice.link_spent", writes=False
    ),
    "workflow.accounts.sign_in.OnlyInASample": word_by_key("only_in_a_sample", EXIT_REFUSED, writes=False),
    "workflow.operations.time_machine.NotASample": word_by_key("not_a_sample", EXIT_BAD_INPUT),
    "workflow.operations.time_machine.NotForward": word_by_key("not_forward", EXIT_BAD_INPUT, "days", "farthest"),
    "workflow.web.server.PortTaken": word_by_key(
        "port_taken", EXIT_BAD_INPUT, "host", "port", advice="advice.port_taken"
    ),
    "builtins.OSError": words.describe_disk_error,
}
"""Every exception that may reach a door, by its full name; one that is not here is worded as the nearest above it."""
