"""The roles of a sample office, each a click away."""

from typing import Any

from workflow.cases.views.my_work import Turns
from workflow.office import Office
from workflow.register.permissions import Access
from workflow.register.search import names_of
from workflow.register.session import PIPELINE
from workflow.storage.register_snapshot import holds, on

View = dict[str, Any]


def sample_roles(office: Office, language: str) -> list[View]:
    """One user of every role, whoever has the most to do: user, name, role, unit, and how many cases wait."""
    tree, today = office.tree_read(), office.today()
    edition = office.rulebook.edition_on(PIPELINE, today)
    found: dict[str, View] = {}
    for user, grants in tree.grants.items():
        if on(tree.users.get(user, ()), today) is None:
            continue
        for grant in grants:
            if not holds(grant, today) or grant.role not in edition.roles:
                continue
            waiting = len(Turns(office, Access(tree, user, today, edition)).own(language))
            held = found.get(grant.role)
            if held is None or waiting > held["waiting"]:
                unit = tree.unit(grant.unit_id, today)
                found[grant.role] = {
                    "user": user,
                    "role": edition.roles[grant.role].label.in_language(language),
                    "unit": unit.name if unit else "",
                    "waiting": waiting,
                    "person": tree.users[user][0].person_id,
                }
    names = names_of(office, [one["person"] for one in found.values()])
    return [{**found[role], "name": names[found[role]["person"]]} for role in edition.roles if role in found]
