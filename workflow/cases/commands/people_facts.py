"""Facts about people are set right, and their cases judged again.

One transaction does both: a fact is never on record without what follows from it.
"""

from pathlib import Path
from typing import Any

from workflow.cases.commands.rejudge import rejudge_people
from workflow.office import Office
from workflow.register.acts import ChangePerson, SetMembership, SetTogether
from workflow.register.commands.people import put_membership, put_together, update_person
from workflow.register.roster import import_roster as rosters
from workflow.register.roster.import_result import ImportResult
from workflow.register.session import open_register
from workflow.register.views.outcomes import ChangeResultView, MembershipView, TogetherView
from workflow.register.writer import Who


def change_person(office: Office, act: ChangePerson, who: Who) -> ChangeResultView:
    """Say anew some of what is kept of a person; the open cases that name them are judged again.

    Raises as `update_person` does.
    """
    with open_register(office, who) as register:
        changed = update_person(register, act.person, act.details)
        flagged = rejudge_people(register, {act.person}) if changed else ()
        return ChangeResultView(id=act.person, changed=changed, flagged=flagged)


def set_membership(office: Office, act: SetMembership, who: Who) -> MembershipView:
    """Say what a person is from a day on; the open cases that name them are judged again.

    Raises as `put_membership` does.
    """
    with open_register(office, who) as register:
        changed = put_membership(register, act)
        flagged = rejudge_people(register, {act.person}) if changed else ()
        return MembershipView(id=act.person, membership=act.status, since=act.since, flagged=flagged)


def set_together(office: Office, act: SetTogether, who: Who) -> TogetherView:
    """Say since when a pair has been together; the candidate's open cases are judged again.

    Raises as `put_together` does.
    """
    with open_register(office, who) as register:
        changed = put_together(register, act)
        flagged = rejudge_people(register, {act.candidate}) if changed else ()
        return TogetherView(
            id=act.person, candidate=act.candidate, since=act.since, changed=changed, flagged=flagged
        )


def bring_in_roster(office: Office, path: Path, who: Who, **choices: Any) -> ImportResult:
    """`import_roster`; the open cases of whoever it speaks of are judged again."""
    return rosters.import_roster(office, path, who, follow=rejudge_people, **choices)
