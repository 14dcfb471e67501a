"""A client that a generator makes from the API's description does all that the API does."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from httpx2 import get

from tests.api.generated import ClientProgram, GeneratedClient, generate_client
from tests.api.matrix import ASKED, FILLED, rows
from tests.api.people import CASE, DISTRICT, ELSEWHERE, PROPOSER, SECRETARY, VOTED, nominate
from tests.api.programs import API
from tests.api.test_acts_by_api import photo
from tests.api.test_matrix import send_letter
from tests.browser.conftest import Served, answering
from workflow.accounts.api_tokens import create_token
from workflow.cases.views.history import load_history
from workflow.web.api.routes import build_document

ProgramOf = Callable[[str], ClientProgram]

DOCUMENT = build_document()
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}


@pytest.fixture(scope="module")
def served(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The sample office, served for all tests of this file: each does something with another case."""
    folder = tmp_path_factory.mktemp("chương trình") / "mẫu"
    shutil.copytree(made, folder)
    with answering(folder) as server:
        yield server


@pytest.fixture(scope="module")
def generated(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GeneratedClient]:
    """The client that is made of what the server says about itself."""
    folder = tmp_path_factory.mktemp("client")
    headers = {"authorization": f"Bearer {create_token(served.office, DISTRICT, 'mô tả')}"}
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield generate_client(get(f"{served.address}{API}/openapi.json", headers=headers).content, folder)


@pytest.fixture
def program_of(generated: GeneratedClient, served: Served) -> Iterator[ProgramOf]:
    """A program of somebody's that is built on the client: ``program_of("bithu.ao-truc")``."""
    with ExitStack() as stack:
        yield lambda user: stack.enter_context(
            generated.connect(served.address, create_token(served.office, user, "chương trình thử"))
        )


@pytest.fixture
def district(program_of: ProgramOf) -> ClientProgram:
    """A program of the district's officer."""
    return program_of(DISTRICT)


# --- what is made -------------------------------------------------------------------------------------------


def test_the_client_has_every_operation_and_nothing_is_left_out_of_it(generated: GeneratedClient) -> None:
    assert "WARNING" not in generated.output.upper()
    assert set(generated.operations) == {operation["operationId"] for operation in OPERATIONS.values()}
    assert len(generated.operations) == len(OPERATIONS)


def test_every_schema_has_a_name_of_its_own_that_says_what_it_is(generated: GeneratedClient) -> None:
    names = list(DOCUMENT["components"]["schemas"])
    assert [name for name in names if not re.fullmatch(r"([A-Z][a-z]+){2,}", name)] == []
    assert [generated.model(name).__name__ for name in names] == names


# --- reading ------------------------------------------------------------------------------------------------

READ: dict[str, dict[str, Any]] = {
    "query_cases": {"late": "legal"},
    "get_case": {"case": VOTED},
    "get_case_history": {"case": VOTED},
    "get_dossier": {"case": VOTED},
    "list_case_notices": {"case": VOTED},
    "list_planned_notices": {"days": 60},
    "get_funnel": {},
    "list_units": {"limit": 500},
    "list_posts": {},
    "list_people": {"q": "nguyen"},
    "list_users": {},
    "get_edition": {"edition": "2021-07"},
    "list_letters": {},
    "get_current_user": {},
}


@pytest.mark.parametrize("operation", READ)
def test_what_is_read_comes_whole(district: ClientProgram, operation: str) -> None:
    district.read(operation, **READ[operation])


def test_a_list_of_cases_and_a_case_are_read_as_typed_values(district: ClientProgram) -> None:
    page = district.read("query_cases", limit=5)
    assert len(page.cases) == 5 < page.total
    case = district.read("get_case", VOTED)
    assert case.state.id == "branch_meeting"
    assert case.today == date(2022, 8, 9)
    assert "branch_proposes" in [offer.move for offer in case.moves]


def test_another_branchs_case_is_not_there(program_of: ProgramOf) -> None:
    answer = program_of(SECRETARY).ask("get_case", ELSEWHERE)
    assert (answer.status_code, answer.parsed.error.code) == (404, "hidden")


@pytest.mark.soak
def test_every_list_and_every_view_is_read_whole(district: ClientProgram, served: Served) -> None:
    known = FILLED | send_letter(served.office)
    reads = {row.name: row.path for row in rows() if row.method == "GET" and row.name in OPERATIONS}
    assert len(reads) == len([name for name in OPERATIONS if name.startswith("GET")])
    for name, path in reads.items():
        asked = {part: known[part] for part in re.findall(r"{(\w+)}", path)} | ASKED.get(name, {})
        typed = {part: parse_if_day(value) for part, value in asked.items()}
        operation = OPERATIONS[name]
        if "application/json" in operation["responses"]["200"]["content"]:
            district.read(operation["operationId"], **typed)
        else:
            assert district.ask(operation["operationId"], **typed).parsed.payload.read().startswith(b"%PDF")


def parse_if_day(value: str) -> date | str:
    return date.fromisoformat(value) if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else value


# --- files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "begins"), [("pdf", b"%PDF"), ("docx", b"PK"), ("html", b"<!")])
def test_a_paper_comes_as_a_file(district: ClientProgram, kind: str, begins: bytes) -> None:
    kinds = district.generated.model("DownloadPaperFileFormat")
    answer = district.ask("download_paper_file", ELSEWHERE, "1-KNĐ", format_=kinds(kind))
    content = answer.parsed.payload.read()
    assert content.startswith(begins)
    assert content == answer.content


def test_a_photo_of_a_signed_paper_is_sent_and_read_again(
    program_of: ProgramOf, generated: GeneratedClient
) -> None:
    officer = program_of("canbo.hai-luu")
    file = generated.package.types.File(payload=photo(), file_name="ảnh.jpg", mime_type="image/jpeg")
    days = {"on": date(2022, 8, 8), "dated": date(2022, 1, 14)}
    sent = generated.model("UploadScanRequest")(file=file, by="bithu.ben-mo", **days)
    answer = officer.ask("upload_scan", ELSEWHERE, "CN-NTVĐ", body=sent)
    assert answer.parsed.to_dict() == {"case": ELSEWHERE, "paper": "CN-NTVĐ", "pages": 1}
    assert officer.ask("download_scan_file", ELSEWHERE, "CN-NTVĐ").parsed.payload.read().startswith(b"%PDF")


# --- doing --------------------------------------------------------------------------------------------------


def test_an_act_is_recorded(program_of: ProgramOf, generated: GeneratedClient, served: Served) -> None:
    act = generated.model("AdvanceCaseRequest").from_dict(nominate(served.office, seen=1))
    answer = program_of(SECRETARY).ask("advance_case", CASE, body=act)
    assert (answer.parsed.before.id, answer.parsed.after.id, answer.parsed.version) == (
        "listed",
        "nominated",
        2,
    )
    assert load_history(served.office, CASE, "vi")[-1].kind == "nominate"


def test_a_refusal_is_read_with_every_reason_and_its_article(
    program_of: ProgramOf, generated: GeneratedClient
) -> None:
    values = {"roll": 10, "present": 9, "votes_for": 6, "votes_against": 2, "resolution_no": "08-NQ/CB"}
    act = {"move": "branch_proposes", "on": "2022-08-01", "values": values}
    body = generated.model("AdvanceCaseRequest").from_dict(act)
    answer = program_of(PROPOSER).ask("advance_case", VOTED, body=body)
    assert (answer.status_code, answer.parsed.error.code) == (422, "refused")
    assert answer.parsed.reasons[-1].text == "Cần 7/10 đảng viên chính thức tán thành, được 6."
    assert answer.parsed.reasons[-1].citation.startswith("Điều lệ Đảng, Điều 4")


def test_a_slip_is_read_by_field(program_of: ProgramOf, generated: GeneratedClient) -> None:
    body = generated.model("AdvanceCaseRequest")(move="branch_proposes", on=date(1899, 1, 1))
    answer = program_of(PROPOSER).ask("advance_case", VOTED, body=body)
    assert (answer.status_code, answer.parsed.error.code) == (422, "mistyped")
    assert [(detail["field"], detail["code"]) for detail in answer.parsed.error.details] == [
        ("on", "not_a_day")
    ]


def test_who_comes_second_is_told_what_was_recorded_meanwhile(
    program_of: ProgramOf, generated: GeneratedClient
) -> None:
    act = {"move": "suspend", "on": "2022-08-09", "values": {"reason": "đi làm xa"}, "seen": 1}
    body = generated.model("AdvanceCaseRequest").from_dict(act)
    answer = program_of(PROPOSER).ask("advance_case", VOTED, body=body)
    assert (answer.status_code, answer.parsed.error.code, answer.parsed["seen"]) == (409, "case_changed", 1)
    assert answer.parsed.error.details
