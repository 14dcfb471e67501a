"""The API against its own description: whatever it says may be asked, and more, is answered as it says."""

import re
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.python.asgi import ASGIClient, get_client
from schemathesis.schemas import APIOperation, BaseSchema

from tests.pages.guests import pages_of
from tests.pool import Pool
from workflow.accounts.api_tokens import create_token
from workflow.operations.open_office import open_office
from workflow.operations.sample import make_sample
from workflow.register.writer import Who
from workflow.web.api.routes import build_document

load_all_checks()
HELD = CHECKS.get_by_names(
    [
        "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
        "response_schema_conformance", "negative_data_rejection", "unsupported_method",
    ]
)  # fmt: skip
"""What is held. That well-formed data is taken is not among it: the rules refuse most of what is well formed."""

KNOWN: dict[str, list[str]] = {
    "case": ["K9AFNC5B", "K7Q2M4TX", "KEXQDWWT"],
    "code": ["1-KNĐ", "3-KNĐ", "6-KNĐ"],
    "edition": ["2021-07", "2025-07"],
    "old": ["2016-07"],
    "new": ["2021-07"],
    "pipeline": ["admission", "readmission"],
    "person": ["PFGEFJXZ", "PCM97NRJ"],
    "unit": ["quang-yen", "quang-yen/thon-ao-truc", "hai-luu", "song-lo"],
    "parent": ["quang-yen"],
    "post": ["quang-yen/thon-ao-truc"],
    "move": ["nominate", "suspend", "withdraw", "branch_proposes"],
    "entry": ["receive_paper"],
    "state": ["listed", "member", "branch_meeting"],
    "by": ["vanphong.huyen", "bithu.ao-truc", "canbo.hai-luu"],
    "user": ["bithu.ao-truc", "moi"],
    "role": ["branch_secretary", "commune_officer"],
    "level": ["village", "commune"],
    "on": ["2022-08-01", "2022-08-09", "2021-01-01"],
    "since": ["2022-08-01"],
}
"""Names that mean something in the sample office, put where ones stand that mean nothing."""

Operation = APIOperation[Any, Any, Any, Any]
OPERATIONS = [(path, method) for path, methods in build_document()["paths"].items() for method in methods]


@pytest.fixture(scope="session")
def description() -> BaseSchema:
    return schemathesis.openapi.from_dict(build_document())


@pytest.fixture(params=OPERATIONS, ids=" ".join)
def operation(request: pytest.FixtureRequest, description: BaseSchema) -> Operation:
    path, method = request.param
    return description[path][method]


@pytest.fixture(scope="module")
def client(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ASGIClient]:
    """Whoever asks: the district's officer, of an office that all questions share."""
    folder = tmp_path_factory.mktemp("lược đồ") / "mẫu"
    shutil.copytree(made, folder)
    with asking_of(folder) as asking:
        yield asking


@pytest.fixture(scope="module")
def client_of_postgres(postgres: Pool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ASGIClient]:
    """The same on PostgreSQL, which takes less for a text or a number than SQLite does."""
    folder, url = tmp_path_factory.mktemp("lược đồ") / "mẫu", postgres.create()
    make_sample(folder, "song-lo-2022", Who("", "test"), config_text=f"office: Mẫu\ndatabase: {url}\n")
    with asking_of(folder) as asking:
        yield asking
    postgres.drop(url)


@contextmanager
def asking_of(folder: Path) -> Iterator[ASGIClient]:
    """A program with the district officer's token."""
    with (
        closing(open_office(folder / "config.yaml")) as office,
        pages_of(office) as app,
        get_client(app) as asking,  # type: ignore[arg-type] # it says in other words what an ASGI application is
    ):
        token = create_token(office, "vanphong.huyen", "lược đồ")
        asking.headers["authorization"] = f"Bearer {token}"
        yield asking


def meaningful(values: Any, seed: str) -> None:
    """Put names that mean something in the place of well-formed ones that do not, in every other question."""
    if not isinstance(values, dict):
        return
    for name, value in values.items():
        known, number = KNOWN.get(name), crc32(f"{seed}{name}".encode("utf-8", "replace"))
        if known and isinstance(value, str) and re.fullmatch(r"[\w./-]+", value) and number % 4:
            values[name] = known[number % len(known)]


def held(case: schemathesis.Case[Any], client: ASGIClient) -> None:
    if case.meta and case.meta.generation.mode is GenerationMode.POSITIVE:
        seed = repr((case.path_parameters, case.query, case.body))
        for part in (case.path_parameters, case.query, case.body):
            meaningful(part, seed)
    case.call_and_validate(session=client, checks=HELD)  # type: ignore[arg-type] # they are what the registry gives


QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large, HealthCheck.large_base_example]


def ask(operation: Operation, client: ASGIClient, examples: int, *, derandomize: bool) -> None:
    """Ask whatever comes to mind of one operation.

    It is worked out here, not by a decorator: that would do it for every operation whenever tests are collected.
    """
    phases = [Phase.explicit, Phase.generate]
    test = build_operation_test(
        config=operation.schema.config,
        operation=operation,
        test_func=held,
        given_kwargs={},
        feedback=FeedbackSources(),
        explicit_settings=settings(
            max_examples=examples, phases=phases, derandomize=derandomize, suppress_health_check=QUIET
        ),
    )
    test(client=client)


def test_whatever_is_asked_is_answered_as_described(operation: Operation, client: ASGIClient) -> None:
    ask(operation, client, examples=1, derandomize=True)


@pytest.mark.soak
def test_whatever_is_asked_for_long_is_answered_as_described(
    operation: Operation, client_of_postgres: ASGIClient
) -> None:
    ask(operation, client_of_postgres, examples=60, derandomize=False)
