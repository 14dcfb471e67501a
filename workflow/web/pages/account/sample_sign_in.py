"""This module lists the roles to enter a sample office by."""

from dataclasses import dataclass, replace

from workflow.cases.views.my_work import MyWork
from workflow.office import Office
from workflow.register.permissions import Access
from workflow.register.session import PIPELINE
from workflow.register.views.people import load_names
from workflow.storage.register_snapshot import find_row_on, holds_on


@dataclass(frozen=True, slots=True)
class SampleRole:
    """A role of a sample office, with the user who has the most to do in it; ``waiting``: so many cases."""

    user: str
    name: str
    role: str
    unit: str
    waiting: int


def list_sample_roles(office: Office, language: str) -> list[SampleRole]:
    """One user of every role."""
    tree, today = office.read_snapshot(), office.read_today()
    edition = office.rulebook.edition_on(PIPELINE, today)
    by_role: dict[str, SampleRole] = {}
    for user, grants in tree.grants.items():
        if find_row_on(tree.users.get(user, ()), today) is None:
            continue
        for grant in grants:
            if not holds_on(grant, today) or grant.role not in edition.roles:
                continue
            with office.database.read_transaction() as connection:
                waiting = len(
                    MyWork(office, Access(tree, user, today, edition), connection).list_own(language)
                )
            best = by_role.get(grant.role)
            if best is None or waiting > best.waiting:
                unit = tree.find_unit(grant.unit_id, today)
                label = edition.roles[grant.role].label.in_language(language)
                by_role[grant.role] = SampleRole(user, "", label, unit.name if unit else "", waiting)
    person_of = {role.user: tree.users[role.user][0].person_id for role in by_role.values()}
    names = load_names(office, list(person_of.values()))
    shown = [by_role[role] for role in edition.roles if role in by_role]
    return [replace(role, name=names[person_of[role.user]]) for role in shown]
