"""What somebody can do who opens the database beside the program: any SQL at all, foreign keys or not."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import orjson
import sqlalchemy as sa
from sqlmodel import SQLModel

from workflow.core.crypto import canonical_json
from workflow.office import Office
from workflow.storage.ledger import GENESIS, ChainHead, compute_seal, hash_event

TABLES = SQLModel.metadata.tables
Copy = dict[str, list[dict[str, Any]]]


class Hand:
    """Somebody who knows SQL and the tables, within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection

    def rows(self, table: str, **where: Any) -> list[dict[str, Any]]:
        """The rows of a table, or some of them, by their first column."""
        rows = TABLES[table]
        statement = sa.select(rows).where(*_is(rows, where)).order_by(*rows.primary_key.columns)
        return [dict(row) for row in self.connection.execute(statement).mappings()]

    def set(self, table: str, where: Mapping[str, Any], **values: Any) -> int:
        """Write over some rows; how many."""
        rows = TABLES[table]
        return self.connection.execute(sa.update(rows).where(*_is(rows, where)).values(values)).rowcount

    def add(self, table: str, **values: Any) -> None:
        """Put a row in."""
        self.connection.execute(sa.insert(TABLES[table]).values(values))

    def take(self, table: str, **where: Any) -> int:
        """Take some rows out, or all; how many."""
        rows = TABLES[table]
        return self.connection.execute(sa.delete(rows).where(*_is(rows, where))).rowcount

    def type(self, statement: str) -> None:
        """Any SQL."""
        self.connection.execute(sa.text(statement))

    def events(self) -> list[dict[str, Any]]:
        """Every event, read."""
        return [orjson.loads(row["body"]) for row in self.rows("events")]

    def number(self, at: int = 0, **said: Any) -> int:
        """The number of the event that says this: the first of them, or with ``at`` -1 the last."""
        return int([one["n"] for one in self.events() if said.items() <= one.items()][at])

    def reword(self, n: int, *, chained: bool = False, **said: Any) -> None:
        """Let an event say something else; ``chained``: with the hash that fits it."""
        body = canonical_json(self.events()[n - 1] | said)
        self.set("events", {"n": n}, body=body)
        if chained:
            self.set("events", {"n": n}, hash=hash_event(self.rows("events", n=n - 1)[0]["hash"], body))

    def rewrite(self, events: Iterable[Mapping[str, Any]]) -> ChainHead:
        """Put other events in place of the history, numbered and chained as it should be; the seal stays
        as it was.
        """
        self.take("events")
        head = ChainHead(0, GENESIS, 0)
        for n, event in enumerate(events, 1):
            body = canonical_json({**event, "n": n})
            head = ChainHead(n, hash_event(head.hash, body), head.register_n if event.get("case") else n)
            self.add(
                "events", n=n, case_id=event.get("case"), seq=event.get("seq"), body=body, hash=head.hash
            )
        return head

    def cut(self, n: int) -> None:
        """Take out every event after number ``n``."""
        self.connection.execute(sa.delete(TABLES["events"]).where(TABLES["events"].c.n > n))

    def set_seal(self, head: ChainHead, mac: bytes) -> None:
        """Write the row of the seal."""
        self.set("seal", {}, n=head.n, hash=head.hash, register_n=head.register_n, mac=mac)

    def seal_with_key(self, office: Office, head: ChainHead) -> None:
        """Seal as only somebody with the office's key can."""
        self.set_seal(head, compute_seal(office.vault, head))


def _is(table: sa.Table, where: Mapping[str, Any]) -> list[sa.ColumnElement[bool]]:
    return [table.c[name] == value for name, value in where.items()]


@contextmanager
def by_hand(office: Office) -> Iterator[Hand]:
    """Open the office's database beside the program; foreign keys are not looked at."""
    engine = sa.create_engine(office.database.engine.url)
    try:
        with engine.begin() as connection:
            if not office.database.is_sqlite:
                connection.execute(sa.text("SET session_replication_role = replica"))
            yield Hand(connection)
    finally:
        engine.dispose()


def copied(office: Office) -> Copy:
    """Every row of every table."""
    with by_hand(office) as hand:
        return {table: hand.rows(table) for table in TABLES}


def restore(office: Office, copy: Copy) -> None:
    """Every row as it was."""
    with by_hand(office) as hand:
        for name, rows in copy.items():
            hand.connection.execute(sa.delete(TABLES[name]))
            if rows:
                hand.connection.execute(sa.insert(TABLES[name]), rows)
