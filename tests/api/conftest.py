"""A sample office made once, served to programs from a copy of each test's own."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI

from tests.api.programs import Program, program
from tests.pages.conftest import app as app
from tests.pages.conftest import office as office


@pytest.fixture
def of(app: FastAPI) -> Callable[[str], Program]:
    """A program of somebody's: ``of("bithu.ao-truc")``."""
    return lambda user: program(app, user)
