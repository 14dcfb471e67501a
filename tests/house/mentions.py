"""What a page of the docs mentions, and what of it the tree does not have."""

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

from workflow.cli.app import GLOBAL_OPTIONS, collect_commands
from workflow.cli.parsing.parser import UsageError, find_command

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("states", "workflow", "notifications", "templates", "tests", "bench", "docs", "requirements", ".ci")
PRODUCT = ROOMS[:4]
FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
PAST = re.compile(r"\bwas `[^`\n]+`")
"""How a page speaks of what is no longer: (was `workflow/old.py`), (was `make old`)."""
FILE = re.compile(r"\.(py|yaml|xml|css|js|html|txt|typ|md|lock|toml)$")
SYMBOL = re.compile(r"^(\S+\.py): ?([\w.]+)$")
COMMAND = re.compile(r"^\s*(?:\$ )?ketnap (.+)$", re.MULTILINE)
TARGET = re.compile(r"`make (\w+)")


def spans(text: str) -> list[str]:
    """What stands in backticks, but in no block of code and not as a thing of the past."""
    return SPAN.findall(PAST.sub("", FENCE.sub("", text)))


# --- paths ------------------------------------------------------------------------------------------


def missing_paths(text: str) -> list[str]:
    """Paths that lead nowhere."""
    return [path for path in _paths(text) if not _is_there(path)]


def _paths(text: str) -> Iterator[str]:
    for span in spans(text):
        for word in span.split():
            path = word.rstrip(":,;")
            inside = _room(path) in ROOMS and "/" in path
            looks_like_one = inside or FILE.search(path) or path.endswith("/")
            if looks_like_one and path[0] not in "/…<" and "://" not in path:
                yield path


def _room(path: str) -> str:
    return path.partition("/")[0]


def _is_there(path: str) -> bool:
    """At that place; a name alone (``tables.py``) anywhere; what git ignores is there after a run."""
    if (ROOT / path).exists() or any(path.startswith(ignored) for ignored in _ignored()):
        return True
    if _room(path) in ROOMS and "*" not in path:
        return False
    return any(fnmatch(f"/{place}", f"*/{path.rstrip('/')}") for place in _places())


@cache
def _places() -> tuple[str, ...]:
    inside = [path for room in ROOMS for path in (ROOT / room).rglob("*") if "__pycache__" not in path.parts]
    return tuple(path.relative_to(ROOT).as_posix() for path in (*ROOT.iterdir(), *inside))


@cache
def _ignored() -> tuple[str, ...]:
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    return tuple(line.strip("/") for line in lines if line.startswith("/"))


def broken_links(page: Path) -> list[str]:
    """Links from one page of the tree to another that is not there."""
    links = LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
    return [link for link in links if "://" not in link and not (page.parent / link).exists()]


# --- commands ---------------------------------------------------------------------------------------


def wrong_commands(text: str) -> list[str]:
    """Lines ``ketnap …`` and words ``make …`` that nobody can type."""
    lines = COMMAND.findall(text.replace("\\\n", " "))
    lines += [command for span in spans(text) for command in COMMAND.findall(span)]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = TARGET.findall(PAST.sub("", text))
    no_target = [name for name in targets if not re.search(rf"^{name}:", makefile, re.MULTILINE)]
    return [line for line in lines if not _can_be_typed(line)] + [f"make {name}" for name in no_target]


def _can_be_typed(line: str) -> bool:
    words = re.sub(r'"[^"]*"', "WORDS", re.split(" #|;", line, maxsplit=1)[0]).split()
    while words[:1] == ["--config"]:
        words = words[2:]
    options = {word.split("=")[0] for word in words if word.startswith("--")}
    below = [path for path in collect_commands() if path.startswith(f"{words[0]} ")]
    if len(words) == 1 and (below or words[0] in {"--help", "--version"}):
        return True
    try:
        command, _ = find_command(collect_commands(), words)
    except UsageError:
        return False
    return options <= {param.name for param in command.params} | {*GLOBAL_OPTIONS, "--json", "--help"}


# --- names ------------------------------------------------------------------------------------------


def unknown_names(text: str) -> list[str]:
    """Names that are nowhere in the product: ``file.py: name``, ``Class.member``, ``name``, ``name()``."""
    return [span for span in spans(text) if not _is_known(span)]


def _is_known(span: str) -> bool:
    if found := SYMBOL.match(span):
        path, name = found.groups()
        places = [place for place in _places() if f"/{place}".endswith(f"/{path}")]
        return any(f".{known}".endswith(f".{name}") for place in places for known in _definitions(place))
    name = span.removesuffix("()")
    if not re.fullmatch(r"[A-Za-z_][\w.]*", name) or FILE.search(name):
        return True  # a path, a command, a piece of SQL: not for us
    if "." in name:
        return any(name in _definitions(place) for place in _sources()) or _is_module(name)
    return name in _words()


def _is_module(name: str) -> bool:
    """``workflow.cli`` and ``workflow.cli.app.main`` alike."""
    path, _, last = name.replace(".", "/").rpartition("/")
    places = (f"{path}/{last}", f"{path}/{last}.py")
    return any(place in _places() for place in places) or last in _definitions(f"{path}.py")


@cache
def _sources() -> tuple[str, ...]:
    return tuple(place for place in _places() if place.endswith(".py") and _is_product(place))


@cache
def _definitions(place: str) -> frozenset[str]:
    """What a module defines: ``name``, and ``Class.name`` for what a class has."""
    path = ROOT / place
    return (
        frozenset(_defined(ast.parse(path.read_text(encoding="utf-8")).body))
        if path.is_file()
        else frozenset()
    )


def _defined(body: list[ast.stmt], inside: str = "") -> Iterator[str]:
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield inside + node.name
            case ast.ClassDef():
                yield inside + node.name
                yield from _defined(node.body, f"{inside}{node.name}.")
            case ast.Assign():
                yield from (inside + target.id for target in node.targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield inside + name


@cache
def _words() -> frozenset[str]:
    """All words of the product's code and data, with pyproject.toml, which names packages and tools."""
    texts = [ROOT / "pyproject.toml", *(ROOT / place for place in _places() if _is_product(place))]
    return frozenset(word for path in texts for word in _words_of(path))


def _is_product(place: str) -> bool:
    return _room(place) in PRODUCT and place.endswith((".py", ".yaml"))


def _words_of(path: Path) -> set[str]:
    """Comments and docstrings do not count: they may speak of what is gone."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        text = re.sub(r'""".*?"""', "", text, flags=re.DOTALL)
    return set(re.findall(r"\w+", re.sub(r"#.*", "", text)))
