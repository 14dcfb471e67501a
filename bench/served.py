"""Serves an office for the measurement, with constants beside its pages, and acts. Prints its port."""

import sys
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path

import orjson
import sqlalchemy as sa
from fastapi.responses import HTMLResponse

from workflow.office import Office
from workflow.operations.open_office import open_office
from workflow.storage import reads, writes
from workflow.storage.tables.cases import CASES
from workflow.web.app import create_app
from workflow.web.server import ServerAddress, run_server


@cache
def _text(size: int) -> str:
    return "x" * size


def _constant(size: int) -> HTMLResponse:
    return HTMLResponse(_text(size))


def _recorder(office: Office) -> Callable[[str], HTMLResponse]:
    """Records the last act of a case once more: the statements of an act, durable; the rules are not
    asked.
    """

    def record(case: str) -> HTMLResponse:
        with office.case_transaction(case) as (tx, ledger, locked_case):
            seen, seq = locked_case.version, locked_case.version + 1
            row = tx.connection.execute(sa.select(CASES).where(CASES.c.id == case)).one()
            *_, last = reads.load_events(tx.connection, case)
            ledger.append_event({**orjson.loads(last.body), "seq": seq}, case, seq)
            values = {"unit": row.unit_id, "to": row.state, "json": row.record, "closed": row.closed_on}
            writes.update_case(tx, case=case, seen=seen, seq=seq, **values)
        return HTMLResponse("recorded")

    return record


def main() -> None:
    """Serve until told to stop."""
    with closing(open_office(Path(sys.argv[1]) / "config.yaml")) as office:
        app = create_app(office)
        app.add_api_route("/constant/{size}", _constant)
        app.add_api_route("/record/{case}", _recorder(office), methods=["POST"])
        run_server(app, ServerAddress(port=0), lambda address: print(address.rsplit(":", 1)[1], flush=True))


if __name__ == "__main__":
    main()
