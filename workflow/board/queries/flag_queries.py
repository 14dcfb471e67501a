"""These queries find the cases that a correction left flagged."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflow.storage.tables.cases import CASES

_FLAGGED = '"flags":[{'
"""How the record of a case begins its flags, if it holds any: canonical JSON, in which quotes are escaped."""


def is_flagged(connection: Connection) -> sa.ColumnElement[bool]:
    """Whether a case holds a flag that nobody has settled; only records that hold any are parsed."""
    record = CASES.c.record
    settled: sa.ColumnElement[str]
    if connection.dialect.name == "sqlite":
        flags = sa.func.json_each(record, "$.flags").table_valued("value").alias("flag")
        settled = sa.func.json_extract(flags.c.value, "$.settled")
        has_flags = sa.func.instr(record, _FLAGGED) > 0
    else:
        elements = sa.func.json_array_elements(sa.cast(record, sa.JSON)["flags"])
        flags = elements.table_valued(sa.column("value", sa.JSON)).alias("flag")
        settled = flags.c.value["settled"].as_string()
        has_flags = sa.func.strpos(record, _FLAGGED) > 0
    unsettled = sa.exists(sa.select(sa.literal(1)).select_from(flags).where(settled.is_(None)))
    return sa.case((has_flags, unsettled), else_=sa.false())


def list_flagged(connection: Connection) -> frozenset[str]:
    """The cases that are flagged now."""
    return frozenset(connection.execute(sa.select(CASES.c.id).where(is_flagged(connection))).scalars())
