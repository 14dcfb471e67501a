"""Papers kept as files, by intent. Every function works within the transaction of the `Work` it is given, or reads."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflow.storage.engine import Work
from workflow.storage.tables import PaperRow, table_of
from workflow.storage.writes import TEXTS

PAPERS = table_of(PaperRow)
FIELD = "file"
"""Under this name the bytes of a paper lie among the sealed texts."""


def add(work: Work, **values: Any) -> None:
    """A paper more."""
    work.connection.execute(sa.insert(PAPERS).values(values))


def of_case(connection: Connection, case: str) -> Sequence[Any]:
    """The papers of a case, oldest first, without their bytes."""
    return connection.execute(sa.select(PAPERS).where(PAPERS.c.case_id == case).order_by(PAPERS.c.n)).all()


def sealed(connection: Connection, n: int) -> Any:
    """The sealed bytes of a paper, and whose key they are sealed under: person_id, sealed."""
    mine = (TEXTS.c.n == n, TEXTS.c.field == FIELD)
    return connection.execute(sa.select(TEXTS.c.person_id, TEXTS.c.sealed).where(*mine)).one_or_none()


def everything(connection: Connection) -> dict[int, dict[str, Any]]:
    """Every paper by the number of its event."""
    rows = connection.execute(sa.select(PAPERS)).mappings()
    return {row["n"]: {name: value for name, value in row.items() if name != "n"} for row in rows}
