"""A real mail server, made to fail where a test wants it."""

from collections.abc import Iterator

import pytest

from tests.letters.smtp_server import Certified, Open, certify, mail_servers


@pytest.fixture
def mail_server() -> Iterator[Open]:
    """Opens mail servers; they are closed when the test is over."""
    with mail_servers() as begin:
        yield begin


@pytest.fixture(scope="session")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    """The certificate of the commune's own mail server."""
    return certify(tmp_path_factory.mktemp("certificate") / "server.pem")
