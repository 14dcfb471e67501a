"""Serves an office for the measurement, with constants beside its pages. Prints its port."""

import sys
from contextlib import closing
from functools import cache
from pathlib import Path

from fastapi.responses import HTMLResponse

from workflow.operations.open_office import open_office
from workflow.web.app import create_app
from workflow.web.server import ServerAddress, run_server


@cache
def _text(size: int) -> str:
    return "x" * size


def _constant(size: int) -> HTMLResponse:
    return HTMLResponse(_text(size))


def main() -> None:
    """Serve until told to stop."""
    with closing(open_office(Path(sys.argv[1]) / "config.yaml")) as office:
        app = create_app(office)
        app.add_api_route("/constant/{size}", _constant)
        run_server(app, ServerAddress(port=0), lambda address: print(address.rsplit(":", 1)[1], flush=True))


if __name__ == "__main__":
    main()
