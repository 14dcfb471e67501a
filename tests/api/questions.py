"""Whatever may be asked of an operation of the API by its description, and more, and what every answer
must hold.
"""

import re
from functools import cache
from typing import Any
from zlib import crc32

import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.python.asgi import ASGIClient
from schemathesis.schemas import BaseSchema

from workflow.web.api.routes import build_document

load_all_checks()
HELD = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "negative_data_rejection",
        "unsupported_method",
    ]
)
"""What is held. That well-formed data is taken is not among it: the rules refuse most of what is well
formed.
"""
QUIET = [
    HealthCheck.too_slow,
    HealthCheck.filter_too_much,
    HealthCheck.data_too_large,
    HealthCheck.large_base_example,
]

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


@cache
def read_description() -> BaseSchema:
    return schemathesis.openapi.from_dict(build_document())


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
    # they are what the registry gives
    case.call_and_validate(session=client, checks=HELD)  # type: ignore[arg-type]


def ask(path: str, method: str, client: ASGIClient, *, examples: int, derandomize: bool) -> None:
    """Ask whatever comes to mind of one operation."""
    operation = read_description()[path][method]
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
