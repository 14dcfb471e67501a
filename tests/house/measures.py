"""The house is measured: `python -m tests.house.measures` prints what `test_measures.py` holds."""

import ast
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("states", "notifications", "workflow")
DATA_FOLDERS = frozenset({"editions", "released", "versions", "song_lo_2022"})
"""Folders of data (editions and their revisions, migrations, a sample's cast).

They grow with the world, not with the program.
"""
BANNED_NAMES = frozenset(
    [
        "asked",
        "found",
        "given",
        "held",
        "here",
        "kept",
        "one",
        "opened",
        "said",
        "standing",
        "standings",
        "told",
        "untold",
    ]
)
"""Participles that stand alone, and placeholders: what was asked, found, given?"""
UNTYPED = frozenset({"dict[str, Any]", "Mapping[str, Any]", "MutableMapping[str, Any]"})
ENTRY_LIMIT = 13
LINE_LIMIT = 400
COLUMN_LIMIT = 110

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One module of the program: its dotted name, its text and its syntax."""

    name: str
    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def room(self) -> str:
        """The room it stands in: workflow/<room>/, or the package itself."""
        parts = self.name.split(".")
        return ".".join(parts[:2]) if parts[0] == "workflow" else parts[0]

    def walk(self) -> Iterator[ast.AST]:
        return ast.walk(self.tree)


@cache
def list_modules() -> dict[str, Module]:
    """Every module by its dotted name; a package by its folder's."""
    modules = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if DATA_FOLDERS.isdisjoint(path.relative_to(ROOT).parts):
                name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
                modules[name] = Module(name, path)
    return modules


def count_entries() -> dict[str, int]:
    """Modules and folders with modules in each folder, `__init__.py` not counted."""
    entries = defaultdict[str, set[str]](set)
    for module in list_modules().values():
        parts = module.path.relative_to(ROOT).parts
        for depth in range(1, len(parts)):
            if parts[depth] != "__init__.py":
                entries["/".join(parts[:depth])].add(parts[depth])
    return {folder: len(names) for folder, names in entries.items()}


def count_lines() -> dict[str, int]:
    """Lines of each file."""
    return {
        str(module.path.relative_to(ROOT)): len(module.text.splitlines())
        for module in list_modules().values()
    }


def list_long_lines() -> list[str]:
    """Lines of more columns than a screen of two files side by side has."""
    return [
        f"{module.path.relative_to(ROOT)}:{number}"
        for module in list_modules().values()
        for number, line in enumerate(module.text.splitlines(), start=1)
        if len(line) > COLUMN_LIMIT
    ]


def list_public_functions() -> list[str]:
    """Every public function and method, by module."""
    return [
        node.name
        for module in list_modules().values()
        for node in module.walk()
        if isinstance(node, Function) and not node.name.startswith("_")
    ]


def list_one_word_functions() -> list[str]:
    """Public functions and methods whose name is a single word."""
    return [name for name in list_public_functions() if "_" not in name]


def list_classes() -> Counter[str]:
    """How often each class name is given."""
    return Counter(
        node.name
        for module in list_modules().values()
        for node in module.walk()
        if isinstance(node, ast.ClassDef)
    )


def list_shared_class_names() -> list[str]:
    """Class names that more than one class bears."""
    return [name for name, times in list_classes().items() if times > 1]


def list_banned_names() -> list[str]:
    """Participles and placeholders that stand as the name of a module, class, function, parameter or
    variable.

    Fields of a class may bear them: some are keys of documents that programs outside read.
    """
    found = []
    for module in list_modules().values():
        names = [(module.name.rsplit(".", 1)[-1], 1), *_list_given_names(module.tree)]
        found += [
            f"{module.path.relative_to(ROOT)}:{line} {name}" for name, line in names if _is_banned(name)
        ]
    return found


def _is_banned(name: str) -> bool:
    return name.lower().strip("_") in BANNED_NAMES


def _list_given_names(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names of functions, classes, parameters and variables; those of fields are left out."""
    fields = {
        id(statement.target)
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for statement in node.body
        if isinstance(statement, ast.AnnAssign)
    }
    for node in ast.walk(tree):
        if isinstance(node, Function | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in fields:
            yield node.id, node.lineno
        elif isinstance(node, ast.alias) and node.asname:
            yield node.asname, node.lineno
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs) and node.name:
            yield node.name, node.lineno


def find_imports(module: Module) -> set[str]:
    """The modules of the program that a module imports, in whichever place of it."""
    modules = list_modules()
    imported = set()
    for node in module.walk():
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                imported.add(name if name in modules else node.module)
        elif isinstance(node, ast.Import):
            imported.update(alias.name for alias in node.names)
    return {name for name in imported if name in modules and name != module.name}


def find_circles() -> list[list[str]]:
    """Modules, and rooms within each room, that import one another in a circle."""
    imports = {name: find_imports(module) for name, module in list_modules().items()}
    circles = _find_components(imports)
    for room in {name.rsplit(".", depth)[0] for name in imports for depth in range(1, name.count(".") + 1)}:
        circles += _find_components(_imports_between_children(room, imports))
    return sorted(circles)


def _imports_between_children(room: str, imports: dict[str, set[str]]) -> dict[str, set[str]]:
    def child_of(name: str) -> str | None:
        return ".".join(name.split(".")[: room.count(".") + 2]) if name.startswith(f"{room}.") else None

    between = defaultdict[str, set[str]](set)
    for name, imported in imports.items():
        if child := child_of(name):
            between[child] |= {other for other in map(child_of, imported) if other and other != child}
    return between


def _find_components(imports: dict[str, set[str]]) -> list[list[str]]:
    """The sets of more than one name that reach one another."""
    reached = {name: _reach(name, imports) for name in imports}
    circles = {
        tuple(sorted({name} | {other for other in reached[name] if name in reached.get(other, ())}))
        for name in imports
        if name in reached[name]
    }
    return [list(circle) for circle in circles if len(circle) > 1]


def _reach(start: str, imports: dict[str, set[str]]) -> set[str]:
    reached, waiting = set[str](), list(imports[start])
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += imports.get(name, ())
    return reached


def find_untyped_crossings() -> list[str]:
    """Untyped mappings that cross from one room of workflow/ into another, or into a page.

    A signature or field that says `dict[str, Any]`, by whatever alias, of something that another room
    imports; and any in the modules that fill in templates.
    """
    aliases, users = _find_untyped_aliases(), _find_rooms_that_import()
    crossings = set()
    for name, module in list_modules().items():
        for owner, label, annotation in _list_signatures(module.tree):
            outside = (users[name, owner] | users[name, ""]) - {module.room}
            crosses = name.startswith("workflow.web.pages") or (name.startswith("workflow.") and outside)
            if crosses and _is_untyped(annotation, aliases[name]):
                crossings.add(f"{module.path.relative_to(ROOT)} {label}: {ast.unparse(annotation)}")
    return sorted(crossings)


def _find_rooms_that_import() -> dict[tuple[str, str], set[str]]:
    """The rooms that import a name of a module, or, under an empty name, the module itself."""
    modules = list_modules()
    users = defaultdict[tuple[str, str], set[str]](set)
    for module in modules.values():
        for node in module.walk():
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    whole = f"{node.module}.{alias.name}"
                    users[(whole, "") if whole in modules else (node.module, alias.name)].add(module.room)
    return users


def _find_untyped_aliases() -> dict[str, frozenset[str]]:
    """The names by which each module calls an untyped mapping, its own and imported ones."""
    modules = list_modules()
    own: dict[str, set[str]] = {}
    for name, module in modules.items():
        own[name] = {
            target.id
            for node in module.tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name) and _is_untyped(node.value, frozenset())
        }
    return {
        name: frozenset(own[name])
        | {
            alias.asname or alias.name
            for node in module.walk()
            if isinstance(node, ast.ImportFrom) and node.module in own
            for alias in node.names
            if alias.name in own[node.module]
        }
        for name, module in modules.items()
    }


def _list_signatures(tree: ast.Module) -> Iterator[tuple[str, str, ast.expr]]:
    """What is public of a module: the name imported, what is annotated, and how."""
    for node in tree.body:
        if isinstance(node, Function) and not node.name.startswith("_"):
            for label, annotation in _list_annotations(node):
                yield node.name, label, annotation
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for part in node.body:
                if isinstance(part, Function) and (not part.name.startswith("_") or part.name == "__init__"):
                    for label, annotation in _list_annotations(part):
                        yield node.name, f"{node.name}.{label}", annotation
                elif isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                    yield node.name, f"{node.name}.{part.target.id}", part.annotation


def _list_annotations(function: Function) -> Iterator[tuple[str, ast.expr]]:
    every = function.args
    for argument in (*every.posonlyargs, *every.args, *every.kwonlyargs):
        if argument.annotation:
            yield f"{function.name}({argument.arg})", argument.annotation
    if function.returns:
        yield f"{function.name}()", function.returns


def _is_untyped(annotation: ast.expr, aliases: Iterable[str]) -> bool:
    for node in ast.walk(annotation):
        if isinstance(node, ast.Subscript) and ast.unparse(node) in UNTYPED:
            return True
        if isinstance(node, ast.Name) and node.id in aliases:
            return True
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and any(word in node.value for word in UNTYPED)
        ):
            return True
    return False


def count_statements(package: str) -> int:
    """Statements of a package's code, docstrings left out."""
    return sum(
        1
        for module in list_modules().values()
        if module.name.split(".")[0] == package
        for node in module.walk()
        if isinstance(node, ast.stmt)
        and not (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        )
    )


def list_wordy_openings() -> list[str]:
    """Module docstrings whose first line is not one sentence of at most twelve words."""
    found = []
    for module in list_modules().values():
        first = (ast.get_docstring(module.tree) or "").split("\n")[0]
        if not first or len(first.split()) > 12 or not first.endswith("."):
            found.append(f"{module.path.relative_to(ROOT)}: {first or 'none'}")
    return found


def _print_list(title: str, found: list[str] | list[list[str]]) -> None:
    print(f"{title}: {len(found)}")  # noqa: T201 - a report for the terminal
    for line in found[:400]:
        print(f"    {line}")  # noqa: T201


def _print_share(title: str, part: int, whole: int) -> None:
    print(f"{title}: {part} of {whole} ({part / whole:.1%})")  # noqa: T201


def _print_largest(title: str, counts: dict[str, int]) -> None:
    print(title)  # noqa: T201
    for name, count in sorted(counts.items(), key=lambda pair: -pair[1])[:12]:
        print(f"    {count:5} {name}")  # noqa: T201


def main() -> None:
    """Print the measures of the house."""
    _print_largest(f"entries of a folder (at most {ENTRY_LIMIT})", count_entries())
    _print_largest(f"lines of a file (at most {LINE_LIMIT})", count_lines())
    _print_share("one-word public functions", len(list_one_word_functions()), len(list_public_functions()))
    classes = list_classes()
    _print_share(
        "classes that share a name", sum(classes[name] for name in list_shared_class_names()), classes.total()
    )
    lists: list[tuple[str, Callable[[], list[str]]]] = [
        ("banned words", list_banned_names),
        ("untyped values across rooms", find_untyped_crossings),
        (f"lines over {COLUMN_LIMIT} columns", list_long_lines),
        ("module docstrings of more than one plain line", list_wordy_openings),
    ]
    for title, find in lists:
        _print_list(title, find())
    _print_list("import circles", find_circles())
    lines = count_lines()
    for package in PACKAGES:
        total = sum(count for path, count in lines.items() if path.split("/")[0] == package)
        print(f"{package}: {total} lines, {count_statements(package)} statements")  # noqa: T201


if __name__ == "__main__":
    main()
