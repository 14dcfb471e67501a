"""People sign in, set passwords by link, or enter a sample."""

from typing import NamedTuple
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from workflow.accounts.form_submissions import save_draft
from workflow.accounts.one_time_links import LinkSpent, find_link_user, use_link
from workflow.accounts.rate_limit import TooManyTries
from workflow.accounts.sessions import NewSession, sign_out
from workflow.accounts.sign_in import SignInRefused, change_password, enter_sample, sign_in
from workflow.core.input import FieldFault, InvalidInput
from workflow.office import Office
from workflow.web.context import (
    DEVICE,
    LANGUAGE,
    LANGUAGES,
    SESSION,
    AnonymousSpeaker,
    Hidden,
    check_csrf,
    detect_language,
    get_state,
    load_context,
)
from workflow.web.form_data import FormBody, SentForm, describe_faults
from workflow.web.idempotency import submit_once
from workflow.web.pages.account.sample_sign_in import list_sample_roles
from workflow.web.render import render_page, render_plain_page

DRAFT_PREFIX = "kept:"
"""Fields of the sign-in form that hold what was typed into another form when its session ended."""

DEVICE_SECONDS = 400 * 24 * 3600
"""As long as browsers keep any cookie (RFC 6265bis)."""

router = APIRouter(include_in_schema=False)


@router.get("/sign-in")
def sign_in_page(request: Request) -> Response:
    return _render_sign_in(request, SentForm(), request.query_params.get("next", ""))


def ask_sign_in_again(request: Request, typed: SentForm, back: str) -> Response:
    """The sign-in form after a session ended; it carries what the reader had typed."""
    draft_fields = {f"{DRAFT_PREFIX}{name}": value for name, value in typed.user_values.items()}
    return _render_sign_in(request, SentForm(draft_fields), back, status=401)


def _render_sign_in(
    request: Request, form: SentForm, back: str, *, status: int = 200, **extra: object
) -> Response:
    office = get_state(request.app).office
    draft_fields = {name: value for name, value in form.values.items() if name.startswith(DRAFT_PREFIX)}
    roles = list_sample_roles(office, detect_language(request)) if get_state(request.app).sample else []
    return render_plain_page(
        "sign_in.html",
        request,
        status=status,
        back=_safe_path(back),
        user=form.get_text("user"),
        kept=draft_fields,
        roles=roles,
        **{"refused": None, **extra},
    )


@router.post("/sign-in")
def submit_sign_in(request: Request, form: FormBody) -> Response:
    """Sign in; what was typed before a session ended returns to its form."""
    office = get_state(request.app).office
    back, machine = form.get_text("next"), _read_machine(request)
    try:
        session = sign_in(
            office,
            form.get_text("user").strip().lower(),
            form.get_text("password"),
            device=machine.device,
            address=machine.address,
            agent=machine.agent,
        )
    except SignInRefused:
        return _render_sign_in(request, form, back, status=401, refused="wrong")
    except TooManyTries as error:
        return _render_sign_in(request, form, back, status=429, refused="too_many", until=error.until)
    _save_draft(office, session.user, _safe_path(back), form)
    return _start_session(request, session, "/password" if session.must_change else _safe_path(back))


def _save_draft(office: Office, user: str, path: str, form: SentForm) -> None:
    fields = {
        name.removeprefix(DRAFT_PREFIX): value
        for name, value in form.values.items()
        if name.startswith(DRAFT_PREFIX)
    }
    typed = SentForm(fields).user_values
    if typed:
        save_draft(office, user, path, typed)


def _start_session(request: Request, session: NewSession, path: str) -> Response:
    answer = RedirectResponse(path, 303)
    secure = request.url.scheme == "https"
    answer.set_cookie(SESSION, session.token, httponly=True, samesite="lax", secure=secure)
    if session.device:
        answer.set_cookie(
            DEVICE, session.device, DEVICE_SECONDS, httponly=True, samesite="lax", secure=secure
        )
    return answer


class _ClientMachine(NamedTuple):
    """From which machine somebody comes, as far as it says."""

    device: str | None
    address: str
    agent: str


def _read_machine(request: Request) -> _ClientMachine:
    address = request.client.host if request.client else ""
    return _ClientMachine(request.cookies.get(DEVICE), address, request.headers.get("user-agent", ""))


def _safe_path(path: str) -> str:
    """A path of this site, never another site's address."""
    try:
        parts = urlsplit(path)
    except ValueError:
        return "/"
    fits = (
        path.startswith("/")
        and not path.startswith(("//", "/\\"))
        and not parts.netloc
        and path.isprintable()
    )
    return path if fits and not parts.path.startswith(("/sign-", "/api/")) else "/"


@router.post("/enter/{user}")
# the form proves the page is ours
def sign_in_as_role(request: Request, user: str, form: FormBody) -> Response:  # noqa: ARG001 - as above
    """Enter a sample office as one of its roles. Raises `Hidden` in a real one."""
    if not get_state(request.app).sample:
        raise Hidden
    return _start_session(request, enter_sample(get_state(request.app).office, user), "/")


@router.post("/sign-out")
def submit_sign_out(request: Request, form: FormBody) -> Response:
    ctx = load_context(request, allow_password_change=True)
    check_csrf(ctx, form.values)
    sign_out(ctx.office, ctx.token)
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(SESSION)
    # What scripts kept of half-typed forms goes as well (Clear-Site-Data, W3C).
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


@router.post("/language/{language}")
def choose_language(request: Request, language: str, form: FormBody) -> Response:
    if language not in LANGUAGES:
        raise Hidden
    answer = RedirectResponse(_safe_path(form.get_text("next")), 303)
    answer.set_cookie(
        LANGUAGE, language, DEVICE_SECONDS, samesite="lax", secure=request.url.scheme == "https"
    )
    return answer


# --- passwords --------------------------------------------------------------------------------------------


@router.get("/password")
def password_page(request: Request) -> Response:
    return render_page("password.html", load_context(request, allow_password_change=True), faults={})


@router.post("/password")
def submit_password(request: Request, form: FormBody) -> Response:
    """Change the password; other devices are signed out."""
    ctx = load_context(request, allow_password_change=True)
    check_csrf(ctx, form.values)
    with submit_once(ctx, form, "/") as submission:
        if submission.earlier_location is None:
            try:
                _check_password_repeat(form)
                passwords = form.get_text("old"), form.get_text("password")
                change_password(ctx.office, ctx.user, *passwords, keep=ctx.token)
            except InvalidInput as error:
                return render_page("password.html", ctx, status=422, faults=describe_faults(ctx, error))
            submission.location = "/?said=password_changed"
    return RedirectResponse(submission.earlier_location or submission.location or "/", 303)


def _check_password_repeat(form: SentForm) -> None:
    if form.get_text("password") != form.get_text("again"):
        raise InvalidInput([FieldFault("again", "not_the_same", {})])


@router.get("/link/{secret}")
def link_page(request: Request, secret: str) -> Response:
    """The form of a one-time link. Raises `Hidden` once it is used or expired."""
    user = find_link_user(get_state(request.app).office, secret)
    if user is None:
        return render_plain_page("link_over.html", request, status=404)
    return render_plain_page("link.html", request, user=user, secret=secret, faults={})


@router.post("/link/{secret}")
def set_password_by_link(request: Request, secret: str, form: FormBody) -> Response:
    """Take a password by a one-time link."""
    office = get_state(request.app).office
    user = find_link_user(office, secret)
    if user is None:
        return render_plain_page("link_over.html", request, status=404)
    try:
        _check_password_repeat(form)
        machine, password = _read_machine(request), form.get_text("password")
        session = use_link(
            office, secret, password, device=machine.device, address=machine.address, agent=machine.agent
        )
    except LinkSpent:
        return render_plain_page("link_over.html", request, status=404)
    except InvalidInput as error:
        faults = describe_faults(AnonymousSpeaker(detect_language(request), office), error)
        return render_plain_page("link.html", request, status=422, user=user, secret=secret, faults=faults)
    return _start_session(request, session, "/")
