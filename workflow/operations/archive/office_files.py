"""These files are an office's own, and go into its backup.

Logs, locks and this machine's key do not. A file that config.yaml names somewhere else is put beside it, and
the config in the backup names it there: a backup holds the whole office and refers to nothing outside.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import yaml

from workflow.core.backup_keys import RECOVERY_FILE
from workflow.core.config import LOADER, Config
from workflow.operations.archive.manifest import CONFIG, DATABASE
from workflow.reminders.told_before import TOLD_BEFORE


@dataclass(frozen=True, slots=True)
class OfficeFiles:
    """The files of an office by their names in a backup, and its config as it stands there."""

    config: bytes
    key: str
    paths: dict[str, Path]


@dataclass(frozen=True, slots=True)
class _NamedPath:
    """A path that config.yaml names: under which key, and how it is written there."""

    key: str
    text: str


def collect_office_files(config: Config) -> OfficeFiles:
    """All files of the office but the database. Raises `OSError`."""
    paths: dict[str, Path] = {}
    renamed: dict[str, str] = {}
    key_name = config.key_file
    for named in _list_named_paths(config):
        path = config.folder / named.text
        inside = _name_inside(config.folder, path)
        name = inside or _free_name(path.name, paths)
        if name != PurePosixPath(named.text).as_posix():
            renamed[named.key] = name
        if named.key == "key_file":
            key_name = name
        paths |= {PurePosixPath(name, part).as_posix(): file for part, file in _walk_files(path)}
    for name in (RECOVERY_FILE, TOLD_BEFORE):
        if (config.folder / name).is_file():
            paths[name] = config.folder / name
    if config.database.startswith("sqlite") and config.database != f"sqlite:///{DATABASE}":
        renamed["database"] = f"sqlite:///{DATABASE}"
    text = config.path.read_text(encoding="utf-8")
    return OfficeFiles(replace_config_values(text, renamed).encode(), key_name, paths)


def _list_named_paths(config: Config) -> Iterator[_NamedPath]:
    mail = config.mail
    yield _NamedPath("key_file", config.key_file)
    for key, text in (
        ("reminders", config.reminders),
        ("letters", config.letters),
        ("mail.folder", mail.folder),
        ("mail.bounces", mail.bounces),
        ("mail.smtp.password_file", mail.smtp.password_file if mail.smtp else ""),
    ):
        if text:
            yield _NamedPath(key, text)
    for text in config.backup.also:
        yield _NamedPath("", text)


def _name_inside(folder: Path, path: Path) -> str | None:
    """The name of a path in the office's folder; None for one that lies elsewhere."""
    # links stay as they are
    relative = os.path.relpath(os.path.abspath(path), os.path.abspath(folder))  # noqa: PTH100 - as above
    name = PurePosixPath(*Path(relative).parts)
    return None if name.is_absolute() or name.parts[:1] in ((), ("..",)) else name.as_posix()


def _free_name(name: str, names: dict[str, Path]) -> str:
    tops = {PurePosixPath(each).parts[0] for each in names} | {CONFIG, DATABASE}
    free = name
    number = 2
    while free in tops:
        free, number = f"{number}-{name}", number + 1
    return free


def _walk_files(path: Path) -> Iterator[tuple[str, Path]]:
    """A file itself, or all files below a folder, with their path in it."""
    if path.is_file():
        yield "", path
        return
    for folder, _, names in os.walk(path):
        for name in sorted(names):
            file = Path(folder, name)
            if file.is_file():
                yield file.relative_to(path).as_posix(), file


def replace_config_values(text: str, values: dict[str, str]) -> str:
    """The text of a config.yaml with other values under some keys (``mail.folder``); all else stays as it is.

    A key that is not there gets a line at the end; one below another is only replaced.
    """
    root = yaml.compose(text, LOADER)
    places = []
    added = []
    for key, value in values.items():
        node = _find_node(root, key.split("."))
        quoted = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        if node is not None:
            places.append((node.start_mark.index, node.end_mark.index, quoted))
        elif key and "." not in key:
            added.append(f"{key}: {quoted}\n")
    for start, end, quoted in sorted(places, reverse=True):
        text = text[:start] + quoted + text[end:]
    return text if not added else text.rstrip("\n") + "\n" + "".join(added)


def _find_node(node: yaml.Node | None, keys: list[str]) -> yaml.Node | None:
    for key in keys:
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        node = next((value for name, value in pairs if name.value == key), None)
    return node
