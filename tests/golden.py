"""Texts that people have agreed on. `KETNAP_GOLDEN=write` writes them anew; then they are to be read."""

import os
from pathlib import Path


def agreed(file: Path, text: str) -> None:
    """A text is as it was agreed."""
    if os.environ.get("KETNAP_GOLDEN") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
    assert text == file.read_text(encoding="utf-8")
