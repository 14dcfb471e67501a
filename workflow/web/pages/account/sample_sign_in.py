"""The roles of a sample office, each a click away."""

from typing import Any

from workflow.cases.views.my_work import MyWork
from workflow.office import Office
from workflow.register.permissions import Access
from workflow.register.session import PIPELINE
from workflow.register.views.people import load_names
from workflow.storage.register_snapshot import find_row_on, holds_on

View = dict[str, Any]


def list_sample_roles(office: Office, language: str) -> list[View]:
    """One user of every role, whoever has the most to do: user, name, role, unit, and how many cases wait."""
    tree, today = office.read_snapshot(), office.read_today()
    edition = office.rulebook.edition_on(PIPELINE, today)
    by_role: dict[str, View] = {}
    for user, grants in tree.grants.items():
        if find_row_on(tree.users.get(user, ()), today) is None:
            continue
        for grant in grants:
            if not holds_on(grant, today) or grant.role not in edition.roles:
                continue
            waiting = len(MyWork(office, Access(tree, user, today, edition)).list_own(language))
            best = by_role.get(grant.role)
            if best is None or waiting > best["waiting"]:
                unit = tree.find_unit(grant.unit_id, today)
                by_role[grant.role] = {
                    "user": user,
                    "role": edition.roles[grant.role].label.in_language(language),
                    "unit": unit.name if unit else "",
                    "waiting": waiting,
                    "person": tree.users[user][0].person_id,
                }
    names = load_names(office, [view["person"] for view in by_role.values()])
    return [{**by_role[role], "name": names[by_role[role]["person"]]} for role in edition.roles if role in by_role]
