"""What supervisors read once a week: how many heads are members, what moved, what is stalled, the seal."""

from datetime import date, timedelta

import orjson

from notifications.letter import Commune, Moved, Stalled, Weekly
from states.vocabulary import Text
from workflow.cases.views.case_list import View, case_list, coverage
from workflow.office import Office
from workflow.storage import reads
from workflow.storage.tables import CaseRow

WEEK = timedelta(days=7)
NOBODY = Text("", "")


def weekly_of(office: Office, day: date) -> Weekly:
    """The summary of the week before a day."""
    since = day - WEEK
    counted = coverage(office, on=day)
    with office.database.reading() as connection:
        head = reads.head(connection)
        moved = tuple(one for row in reads.cases(connection) if (one := _moved(office, row, since, day)))
    return Weekly(
        since=since,
        total=_commune("", counted["total"]),
        communes=tuple(_commune(one["name"], one) for one in counted["communes"]),
        moved=moved,
        stalled=tuple(_stalled(office, one, day) for one in case_list(office, "vi", stalled=True)),
        seal=f"{head[0].n} {head[0].hash.hex()[:16]}" if head else "",
    )


def _commune(name: str, counts: View) -> Commune:
    return Commune(name, *(counts[key] for key in ("posts", "members", "probationary", "combined", "remaining")))


def _moved(office: Office, row: CaseRow, since: date, day: date) -> Moved | None:
    last = orjson.loads(row.record)["last_on"]
    state = office.rulebook.edition_on(row.pipeline, day).states.get(row.state)
    return Moved(row.id, state.label if state else NOBODY, date.fromisoformat(last)) if last >= str(since) else None


def _stalled(office: Office, one: View, day: date) -> Stalled:
    edition = office.rulebook.edition_on(one["pipeline"], day)
    turn = edition.organs[one["turn"]].label if one["turn"] else NOBODY
    return Stalled(one["case"], edition.states[one["state"]["id"]].label, turn, one["days_late"])
