"""One's own page: where one is signed in, one's tokens."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from workflow import accounts
from workflow.register.opened import PIPELINE
from workflow.web.forms import Sent
from workflow.web.pages import page
from workflow.web.visit import Hidden, Visit, own_form, visit

LONGEST_NAME = 60

router = APIRouter(include_in_schema=False)


@router.get("/me")
def me(request: Request) -> HTMLResponse:
    """My sessions, my tokens, my roles."""
    return _page(visit(request))


def _page(here: Visit, *, token: str | None = None) -> HTMLResponse:
    roles = here.edition(PIPELINE).roles
    held = [
        (roles[role].label.in_language(here.speaks) if role in roles else role, unit.name if unit else place)
        for place, names in here.access.places.items()
        for unit in [here.tree.unit(place, here.today)]
        for role in sorted(names)
    ]
    return page(
        "me.html", here, sessions=accounts.sessions(here.office, here.user), own=here.session.session_id,
        tokens=accounts.tokens(here.office, here.user), token=token, roles=held, zone=here.office.config.zone,
    )  # fmt: skip


@router.post("/me/tokens")
def make_token(request: Request, form: Sent) -> HTMLResponse:
    """A token by which a program acts for me; it is shown once."""
    here = visit(request)
    own_form(here, form.values)
    name = " ".join(form.text("name").split())[:LONGEST_NAME]
    return _page(here, token=accounts.make_token(here.office, here.user, name) if name else None)


@router.post("/me/tokens/{token}/end")
def end_token(request: Request, token: str, form: Sent) -> Response:
    """Use a token no longer."""
    here = visit(request)
    own_form(here, form.values)
    if token not in {one.id for one in accounts.tokens(here.office, here.user)}:
        raise Hidden
    accounts.end_token(here.office, token)
    return RedirectResponse("/me?said=token_ended", 303)
