"""The bare driver: the very statements that ketnap ran, with the same values, one commit for each step.

`Tape` notes them down while ketnap works on one copy of the database; `Driver` plays them into another,
and `Raw` writes nothing but the event's row: the price of a durable commit.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple
from unittest.mock import patch

import sqlalchemy as sa

from workflow.storage.engine import Connection, Database, PreparedStatement, Transaction

EVENT = "INSERT INTO events "


class Statement(NamedTuple):
    """The driver's text and parameters; ``many``: a list of parameters for each row."""

    text: str
    values: Any
    many: bool = False


Step = list[Statement]


class Tape:
    """Notes down every statement of every transaction."""

    def __init__(self, database: Database) -> None:
        self.engine = database.engine
        self.steps: list[Step] = []

    @contextmanager
    def noting(self) -> Iterator[None]:
        """While inside, what ketnap's transactions run goes onto the tape, whichever way it runs it."""
        begin, run, run_many, dialect = (
            Transaction.begin,
            Transaction.run,
            Transaction.run_many,
            self.engine.dialect,
        )

        def begun(work: Transaction) -> None:
            self.steps.append([])
            begin(work)

        def noted(work: Transaction, prepared: PreparedStatement, values: Mapping[str, Any]) -> Any:
            text, bind = prepared.compile_for(dialect)
            self.steps[-1].append(Statement(text, bind(values)))
            return run(work, prepared, values)

        def noted_many(
            work: Transaction, prepared: PreparedStatement, rows: Sequence[Mapping[str, Any]]
        ) -> None:
            if len(rows) > 1:
                text, bind = prepared.compile_for(dialect)
                self.steps[-1].append(Statement(text, [bind(values) for values in rows], many=True))
            run_many(work, prepared, rows)

        def noted_core(
            _on: Connection, _cursor: Any, text: str, values: Any, _context: Any, many: Any
        ) -> None:
            self.steps[-1].append(Statement(text, values, many))

        sa.event.listen(self.engine, "before_cursor_execute", noted_core)
        try:
            with patch.multiple(Transaction, begin=begun, run=noted, run_many=noted_many):
                yield
        finally:
            sa.event.remove(self.engine, "before_cursor_execute", noted_core)


class Driver:
    """Contender: plays a tape, one transaction for each step."""

    def __init__(self, database: Database, steps: Sequence[Step]) -> None:
        self.database, self.steps = database, steps
        self._held = database.engine.connect()
        pooled: Any = self._held.connection
        self._bare = pooled.driver_connection
        self._cursor = self._bare.cursor()

    def run(self, part: slice) -> int:
        """Play a part of the tape; the number of steps made durable."""
        cursor, sqlite = self._cursor, self.database.is_sqlite
        for step in self.steps[part]:
            if sqlite:
                cursor.execute("BEGIN IMMEDIATE")
            for statement in step:
                if statement.many:
                    cursor.executemany(statement.text, statement.values)
                    continue
                cursor.execute(statement.text, statement.values)
                if cursor.description:
                    cursor.fetchall()
            self._bare.commit()
        return len(self.steps[part])

    def close(self) -> None:
        self._held.close()
        self.database.close()


def events_only(steps: Sequence[Step]) -> list[Step]:
    """Of every step the row of its own event alone."""
    return [[next(one for one in step if one.text.startswith(EVENT))] for step in steps]
