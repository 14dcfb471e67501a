"""What editions say now is released: `python -m tests.house.release`.

It is kept beside all that they ever said (`states/rulebook/released.py`), once they are changed for good.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from states.rulebook.loading import Rulebook
from states.rulebook.released import ALL, FIRST, INDEX, RELEASED, EditionKey, compute_revision, load_index


def release_revisions(texts: Mapping[EditionKey, str], folder: Path = RELEASED) -> list[str]:
    """Keep what the editions say, where it is not kept yet; the files that are new."""
    index = load_index(folder)
    released = {key: list(revisions) for key, revisions in index.revisions.items()}
    new: list[str] = []
    for key, text in texts.items():
        revision = compute_revision(text)
        if revision not in released.setdefault(key, []):
            released[key].append(revision)
            file = folder.joinpath(*key, f"{revision}.json")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text + "\n", encoding="utf-8")
            new.append(file.relative_to(folder).as_posix())
    content = {FIRST: _by_pipeline(index.first), ALL: _by_pipeline(released)}
    (folder / INDEX).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    load_index.cache_clear()
    return new


def _by_pipeline(values: Mapping[EditionKey, Any]) -> dict[str, dict[str, Any]]:
    content: dict[str, dict[str, Any]] = {}
    for (pipeline, edition), value in sorted(values.items()):
        content.setdefault(pipeline, {})[edition] = value
    return content


if __name__ == "__main__":
    for name in release_revisions(Rulebook().texts):
        print(name)  # noqa: T201 - what is new
