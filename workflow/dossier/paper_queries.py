"""Queries store papers as files and find them again.

Every function works within the transaction that it is given; nothing here commits.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflow.storage.engine import Transaction
from workflow.storage.tables.cases import PAPERS
from workflow.storage.tables.history import TEXTS

FILE_FIELD = "file"
"""Under this name the bytes of a paper lie among the sealed texts."""


def add_paper(tx: Transaction, **values: Any) -> None:
    tx.connection.execute(sa.insert(PAPERS).values(values))


def list_papers(connection: Connection, case: str) -> Sequence[Any]:
    """The papers of a case, oldest first, without their bytes."""
    return connection.execute(sa.select(PAPERS).where(PAPERS.c.case_id == case).order_by(PAPERS.c.n)).all()


def load_encrypted_file(connection: Connection, n: int) -> Any:
    """The encrypted bytes of a paper and the person whose key encrypts them: person_id, sealed."""
    mine = (TEXTS.c.n == n, TEXTS.c.field == FILE_FIELD)
    return connection.execute(sa.select(TEXTS.c.person_id, TEXTS.c.sealed).where(*mine)).one_or_none()


def load_all_papers(connection: Connection) -> dict[int, dict[str, object]]:
    """Every paper by the number of its event."""
    rows = connection.execute(sa.select(PAPERS)).mappings()
    return {row["n"]: {name: value for name, value in row.items() if name != "n"} for row in rows}
