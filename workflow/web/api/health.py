"""The health check tells machines whether the program is well.

Without a login, and without a word about anybody.
"""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from workflow.core.clock import now
from workflow.reminders.health import is_awake
from workflow.reminders.notices import notice_queries
from workflow.storage.errors import DatabaseUnavailable
from workflow.web.context import get_state

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def check_health(request: Request) -> JSONResponse:
    """200 while the database answers and reminders run; else 503, and which of the two does not."""
    database, worker = True, False
    try:
        worker = _worker_is_well(request)
    except DatabaseUnavailable:
        database = False
    well = database and worker
    return JSONResponse({"well": well, "database": database, "worker": worker}, 200 if well else 503)


def _worker_is_well(request: Request) -> bool:
    """Whether the worker's next look is still to come.

    Where none ever ran here, whether no morning went by unswept.

    There reminders are run by a timer of the system (`ketnap worker --once`), or not yet.
    """
    state = get_state(request.app)
    with state.office.database.read_transaction() as connection:
        worker = notice_queries.find_beat(connection, "worker")
    if worker is not None:
        return is_awake(worker, now())
    status = state.reminders.latest
    return status is None or status.pulse is None or not status.pulse.late
