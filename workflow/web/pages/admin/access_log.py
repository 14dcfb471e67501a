"""Who looked at what: the log of looks, of one user, or at one case and its candidate."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from workflow import accounts
from workflow.core.messages import knows
from workflow.storage import reads
from workflow.web.context import Visit, visit
from workflow.web.filters import FARTHEST, Word, above_branches
from workflow.web.render import page
from workflow.web.visibility.subordinates import is_theirs, parted, subjects, who_are

View = dict[str, Any]

PER_PAGE = 100

router = APIRouter(include_in_schema=False)


@router.get("/admin/looks")
def looks_page(
    request: Request, user: Word = "", case: Word = "", at: Annotated[int, Query(ge=0, le=FARTHEST)] = 0
) -> HTMLResponse:
    """Looks at what is in the reader's units, whoever looked; all looks of one who is below."""
    here = visit(request)
    above_branches(here)
    name, wanted = user.strip().lower(), case.strip().upper()
    here.looked("looks", wanted or name)
    faults, of_case = dict[str, list[str]](), _case(here, wanted)
    if name and not is_theirs(here, name):
        faults["user"] = [here.say("page.looks.unknown_user")]
    if wanted and of_case is None:
        faults["case"] = [here.say("page.looks.unknown_case")]
    units = None if name or here.access.is_everywhere else here.access.scope
    found = accounts.LookPage((), 0)
    if not faults:
        found = accounts.look_list(
            here.office, subject=of_case, user=name or None, units=units, limit=PER_PAGE, offset=at
        )
    return page(
        "admin_looks.html", here, status=422 if faults else 200, faults=faults, typed={"user": user, "case": case},
        rows=[{"look": one, "what": _what(here, one.what)} for one in found.rows], total=found.total,
        about=subjects(here, {one.subject for one in found.rows}), zone=here.office.config.zone,
        people=who_are(here, {one.user for one in found.rows}),
        paged=parted("/admin/looks", at, len(found.rows), found.total, PER_PAGE, user=name, case=wanted),
    )  # fmt: skip


def _case(here: Visit, case: str) -> list[str] | None:
    """A case and its candidate; None for one that is not there, or not the reader's."""
    if not case.isascii() or not case.isalnum():
        return None
    with here.office.database.reading() as connection:
        row = reads.case(connection, case)
    return [row.id, row.person_id] if row is not None and here.access.sees(row.unit_id) else None


def _what(here: Visit, what: str) -> str:
    """The kind of page in words, with what it was of: ``paper:6-KNĐ``."""
    kind, _, of = what.partition(":")
    key = f"look.{kind}"
    return f"{here.say(key) if knows(key) else kind} {of}".strip()
