"""Whether the program is well: for machines that watch it, without a login and without a word about anybody."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from workflow.office import Office
from workflow.reminding.pulse import Pulse, pulse
from workflow.reminding.settings import policy_of
from workflow.store.away import DatabaseAway

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def healthz(request: Request) -> JSONResponse:
    """200 while the database answers and no morning was missed, else 503."""
    office: Office = request.app.state.office
    try:
        found = pulse(office, policy_of(office))
    except DatabaseAway:
        return JSONResponse({"well": False, "database": "away"}, 503)
    return JSONResponse({"well": not found.late, "database": "there", "late": found.late}, 503 if found.late else 200)


def is_well(found: Pulse) -> bool:
    """Whether nobody has to look after the reminders."""
    return not (found.late or found.letters.get("stuck") or found.unreachable)


def counted(found: Pulse) -> dict[str, Any]:
    """How many letters are in which state, every state named."""
    return {state: found.letters.get(state, 0) for state in ("waiting", "sent", "stuck", "returned", "cancelled")}
