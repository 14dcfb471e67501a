"""Coming in and leaving: signing in, a first or forgotten password by a one-time link, the roles of a sample office."""

from typing import NamedTuple
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from workflow import accounts
from workflow.accounts import LinkSpent, SignedIn, SignInRefused, TooManyTries
from workflow.core.input import FieldFault, Mistyped
from workflow.office import Office
from workflow.web.context import DEVICE, LANGUAGE, LANGUAGES, SESSION, Hidden, language_of, own_form, visit
from workflow.web.error_pages import Voice
from workflow.web.field_errors import field_faults
from workflow.web.form_data import Form, Sent
from workflow.web.idempotency import sent_once
from workflow.web.pages.account.sample_sign_in import sample_roles
from workflow.web.render import page, plain_page, sample_of

KEPT = "kept:"
"""Fields of the sign-in form that hold what was typed into another form when its session ended."""

DEVICE_SECONDS = 400 * 24 * 3600
"""As long as browsers keep any cookie (RFC 6265bis)."""

router = APIRouter(include_in_schema=False)


@router.get("/sign-in")
def sign_in_page(request: Request) -> Response:
    """The form to sign in."""
    return _asked(request, Form(), request.query_params.get("next", ""))


def asked_again(request: Request, typed: Form, back: str) -> Response:
    """A session ended while somebody was typing: the form to sign in, which carries what was typed."""
    kept = {f"{KEPT}{name}": value for name, value in typed.typed.items()}
    return _asked(request, Form(kept), back, status=401)


def _asked(request: Request, form: Form, back: str, *, status: int = 200, **said: object) -> Response:
    office: Office = request.app.state.office
    kept = {name: value for name, value in form.values.items() if name.startswith(KEPT)}
    roles = sample_roles(office, language_of(request)) if sample_of(request) else []
    return plain_page(
        "sign_in.html", request, status=status, back=_inside(back), user=form.text("user"), kept=kept, roles=roles,
        **{"refused": None, **said},
    )  # fmt: skip


@router.post("/sign-in")
def sign_in(request: Request, form: Sent) -> Response:
    """Sign in; what was typed before a session ended is put back into its form."""
    office: Office = request.app.state.office
    back, machine = form.text("next"), _machine(request)
    try:
        done = accounts.sign_in(
            office,
            form.text("user").strip().lower(),
            form.text("password"),
            device=machine.device,
            address=machine.address,
            agent=machine.agent,
        )
    except SignInRefused:
        return _asked(request, form, back, status=401, refused="wrong")
    except TooManyTries as error:
        return _asked(request, form, back, status=429, refused="too_many", until=error.until)
    _keep(office, done.user, _inside(back), form)
    return _let_in(request, done, "/password" if done.must_change else _inside(back))


def _keep(office: Office, user: str, path: str, form: Form) -> None:
    fields = {name.removeprefix(KEPT): value for name, value in form.values.items() if name.startswith(KEPT)}
    typed = Form(fields).typed
    if typed:
        accounts.keep_draft(office, user, path, typed)


def _let_in(request: Request, done: SignedIn, path: str) -> Response:
    answer = RedirectResponse(path, 303)
    secure = request.url.scheme == "https"
    answer.set_cookie(SESSION, done.token, httponly=True, samesite="lax", secure=secure)
    if done.device:
        answer.set_cookie(DEVICE, done.device, DEVICE_SECONDS, httponly=True, samesite="lax", secure=secure)
    return answer


class _From(NamedTuple):
    """From which machine somebody comes, as far as it says."""

    device: str | None
    address: str
    agent: str


def _machine(request: Request) -> _From:
    address = request.client.host if request.client else ""
    return _From(request.cookies.get(DEVICE), address, request.headers.get("user-agent", ""))


def _inside(path: str) -> str:
    """A path of ours, never another site's."""
    try:
        parts = urlsplit(path)
    except ValueError:
        return "/"
    fits = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.netloc and path.isprintable()
    return path if fits and not parts.path.startswith(("/sign-", "/api/")) else "/"


@router.post("/enter/{user}")
def enter(request: Request, user: str, form: Sent) -> Response:  # noqa: ARG001 - the form proves the page is ours
    """Enter a sample office as one of its roles. Raises `Hidden` in a real one."""
    if not sample_of(request):
        raise Hidden
    return _let_in(request, accounts.enter_sample(request.app.state.office, user), "/")


@router.post("/sign-out")
def sign_out(request: Request, form: Sent) -> Response:
    """Leave."""
    here = visit(request, changing=True)
    own_form(here, form.values)
    accounts.sign_out(here.office, here.token)
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(SESSION)
    # What scripts kept of half-typed forms goes as well (Clear-Site-Data, W3C).
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


@router.post("/language/{language}")
def choose_language(request: Request, language: str, form: Sent) -> Response:
    """Read the pages in another language."""
    if language not in LANGUAGES:
        raise Hidden
    answer = RedirectResponse(_inside(form.text("next")), 303)
    answer.set_cookie(LANGUAGE, language, DEVICE_SECONDS, samesite="lax", secure=request.url.scheme == "https")
    return answer


# --- passwords ---------------------------------------------------------------------------------------------------


@router.get("/password")
def password_page(request: Request) -> Response:
    """The form for another password."""
    return page("password.html", visit(request, changing=True), faults={})


@router.post("/password")
def change_password(request: Request, form: Sent) -> Response:
    """Take another password; other devices are signed out."""
    here = visit(request, changing=True)
    own_form(here, form.values)
    with sent_once(here, form, "/") as first:
        if first.answer is None:
            try:
                _check_twice(form)
                passwords = form.text("old"), form.text("password")
                accounts.change_password(here.office, here.user, *passwords, keep=here.token)
            except Mistyped as error:
                return page("password.html", here, status=422, faults=field_faults(here, error))
            first.done = "/?said=password_changed"
    return RedirectResponse(first.answer or first.done or "/", 303)


def _check_twice(form: Form) -> None:
    if form.text("password") != form.text("again"):
        raise Mistyped([FieldFault("again", "not_the_same", {})])


@router.get("/link/{secret}")
def link_page(request: Request, secret: str) -> Response:
    """The form behind a one-time link. Raises `Hidden` once it was used, or is over."""
    user = accounts.link_user(request.app.state.office, secret)
    if user is None:
        return plain_page("link_over.html", request, status=404)
    return plain_page("link.html", request, user=user, secret=secret, faults={})


@router.post("/link/{secret}")
def use_link(request: Request, secret: str, form: Sent) -> Response:
    """Take a password by a one-time link."""
    office: Office = request.app.state.office
    user = accounts.link_user(office, secret)
    if user is None:
        return plain_page("link_over.html", request, status=404)
    try:
        _check_twice(form)
        machine, password = _machine(request), form.text("password")
        done = accounts.use_link(
            office, secret, password, device=machine.device, address=machine.address, agent=machine.agent
        )
    except LinkSpent:
        return plain_page("link_over.html", request, status=404)
    except Mistyped as error:
        faults = field_faults(Voice(language_of(request), office), error)
        return plain_page("link.html", request, status=422, user=user, secret=secret, faults=faults)
    return _let_in(request, done, "/")
