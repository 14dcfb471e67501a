"""Many values go into a statement as one parameter.

Any number of ids, or rows of their own.
"""

from collections.abc import Collection, Sequence
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection


def is_among(
    connection: Connection, column: sa.ColumnElement[Any], values: Collection[Any]
) -> sa.ColumnElement[bool]:
    """Whether a column is one of many values: a driver limits the number of parameters."""
    if connection.dialect.name == "sqlite":
        elements = sa.func.json_each(orjson.dumps(list(values)).decode()).table_valued("value")
        return column.in_(sa.select(elements.c.value))
    return column == sa.any_(sa.bindparam(None, list(values), type_=sa.ARRAY(column.type)))


def rows_as_table(connection: Connection, name: str, rows: Sequence[Sequence[Any]], *columns: str) -> sa.CTE:
    """Rows that a statement is given, as a table of texts; each with its place among them (``at``).

    Laid out once: SQLite would read the parameter again for each row that it is joined to.
    """
    text, places = orjson.dumps([list(row) for row in rows]).decode(), range(len(columns))
    if connection.dialect.name == "sqlite":
        row = sa.func.json_each(text).table_valued("key", "value")
        at, parts = (
            row.c.key,
            [sa.cast(sa.func.json_extract(row.c.value, f"$[{place}]"), sa.String) for place in places],
        )
    else:
        elements = sa.func.json_array_elements(sa.cast(sa.literal(text), sa.JSON))
        read = elements.table_valued(sa.column("value", sa.JSON), with_ordinality="at", name=f"{name}_given")
        row = read.render_derived()
        at, parts = row.c.at, [row.c.value[place].as_string() for place in places]
    named = [part.label(column) for part, column in zip(parts, columns, strict=True)]
    return sa.select(*named, at.label("at")).cte(name).prefix_with("MATERIALIZED")
