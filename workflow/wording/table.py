"""The one place where every exception of the program becomes a code and a sentence, for every door alike."""

from collections.abc import Mapping

from workflow.wording import sentences as words
from workflow.wording.backups import not_backed_up
from workflow.wording.problems import BROKEN, MISUSED, REFUSED, SENSELESS
from workflow.wording.sentences import Wording, said, unknown_of


def wording(error: BaseException, table: Mapping[str, Wording]) -> Wording | None:
    """How an exception is worded: by its own class, else by the nearest one above it."""
    for kind in type(error).__mro__:
        found = table.get(f"{kind.__module__}.{kind.__qualname__}")
        if found:
            return found
    return None


WORDINGS: dict[str, Wording] = {
    "workflow.cases.Refused": words.refused,
    "workflow.cases.CaseChanged": words.changed,
    "workflow.store.store.Overtaken": words.changed,
    "states.machine.NotOpen": words.not_open,
    "states.machine.UnknownAct": words.unknown_act,
    "workflow.opening.AlreadyOpen": words.already_open,
    "workflow.opening.NoPost": words.no_post,
    "workflow.fields.Mistyped": words.mistyped,
    "workflow.worklist.UnknownUnit": unknown_of("unit"),
    "workflow.store.store.UnknownCase": unknown_of("case"),
    "workflow.reminding.settling.UnknownLetter": unknown_of("letter"),
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
    "workflow.reminding.settling.Settled": words.settled,
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
    "workflow.backup.NotBackedUp": not_backed_up,
    "workflow.accounts.signing.SignInRefused": said(
        "sign_in_refused", REFUSED, advice="advice.sign_in_refused", writes=False
    ),
    "workflow.accounts.tries.TooManyTries": said(
        "too_many_tries", REFUSED, "minutes", advice="advice.too_many_tries", writes=False
    ),
    "workflow.accounts.links.LinkSpent": said("link_spent", SENSELESS, advice="advice.link_spent", writes=False),
    "workflow.accounts.signing.OnlyInASample": said("only_in_a_sample", REFUSED, writes=False),
    "workflow.time_machine.NotASample": said("not_a_sample", SENSELESS),
    "workflow.time_machine.NotForward": said("not_forward", SENSELESS, "days", "farthest"),
    "workflow.web.serving.PortTaken": said("port_taken", SENSELESS, "host", "port", advice="advice.port_taken"),
    "builtins.OSError": words.disk,
}
"""Every exception that may reach a door, by its full name; one that is not here is worded as the nearest above it."""
