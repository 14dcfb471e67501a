"""openapi-python-client makes a client of the API, and it is used here."""

import importlib
import json
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

PACKAGE = "ketnap_client"


@dataclass(frozen=True)
class GeneratedClient:
    """The generated package, and what the generator said while it made it."""

    output: str
    package: ModuleType

    @property
    def operations(self) -> dict[str, ModuleType]:
        """The module of each operation, by the operation's id."""
        api = importlib.import_module(f"{PACKAGE}.api")
        found = pkgutil.walk_packages(api.__path__, f"{api.__name__}.")
        return {
            entry.name.rsplit(".", 1)[-1]: importlib.import_module(entry.name)
            for entry in found
            if not entry.ispkg
        }

    def model(self, name: str) -> Any:
        """What is generated for a schema of the document."""
        return getattr(importlib.import_module(f"{PACKAGE}.models"), name)

    @contextmanager
    def connect(self, address: str, token: str) -> "Iterator[ClientProgram]":
        """A program with a token, until the block ends."""
        options = {"base_url": address, "token": token, "raise_on_unexpected_status": True}
        with self.package.AuthenticatedClient(**options) as client:
            yield ClientProgram(self, client)


@dataclass(frozen=True)
class ClientProgram:
    """A program that asks a server by way of the generated client."""

    generated: GeneratedClient
    client: Any

    def ask(self, operation: str, *path: str, **query: Any) -> Any:
        """What the client makes of an answer: `parsed`, beside its `status_code`, `content` and `headers`."""
        return self.generated.operations[operation].sync_detailed(*path, client=self.client, **query)

    def read(self, operation: str, *path: str, **query: Any) -> Any:
        """An answer as the client reads it, which is all that the server said."""
        answer = self.ask(operation, *path, **query)
        assert answer.status_code == 200, answer.content
        assert answer.parsed.to_dict() == json.loads(answer.content)
        return answer.parsed


def generate_client(document: bytes, folder: Path) -> GeneratedClient:
    """Make a client as docs/api.md says; only what would make its code prettier is left out."""
    description, config = folder / "openapi.json", folder / "config.yaml"
    description.write_bytes(document)
    config.write_text("post_hooks: []\n", encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "openapi_python_client",
        "generate",
        "--meta",
        "none",
        "--fail-on-warning",
    ]
    places = {"--path": description, "--config": config, "--output-path": folder / PACKAGE}
    options = [str(part) for option in places.items() for part in option]
    made = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    return GeneratedClient(made.stdout + made.stderr, importlib.import_module(PACKAGE))
