"""Two editions differ in attributes that were added, removed or changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from states.rulebook.edition import Edition
from states.rulebook.plain import edition_to_plain

ChangeKind = Literal["added", "removed", "changed"]
SECTIONS = (
    "levels",
    "roles",
    "organs",
    "states",
    "moves",
    "entries",
    "conditions",
    "clocks",
    "papers",
    "fields",
    "carry_over",
    "texts",
    "requirements",
    "person_facts",
)  # fmt: skip - one line of words
"""The parts of an edition that hold things by name, in the order in which a reader wants to hear of them."""
_IDENTITY = ("pipeline", "edition", "amends", "builds_on")


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One difference. Values are plain (`states.rulebook.plain`).

    ``section`` is one of `SECTIONS`, or "edition" for what stands at its head; ``name`` what it is about
    there. ``attribute`` is the path below the name (``length.working_days``, ``to.ceremony``): empty when all
    came or went.
    """

    kind: ChangeKind
    section: str
    name: str
    attribute: str
    old: Any = None
    new: Any = None


def compare_editions(old: Edition, new: Edition) -> tuple[RuleChange, ...]:
    """Every difference from ``old`` to ``new``: the head, then section by section."""
    before, after = index_edition(old), index_edition(new)
    head = [name for name in after if name not in (*SECTIONS, *_IDENTITY)]
    changes = [
        RuleChange("changed", "edition", name, "", before[name], after[name])
        for name in head
        if before[name] != after[name]
    ]
    for section in SECTIONS:
        for name, path, was, now in _walk_section(before[section], after[section]):
            kind: ChangeKind = "added" if was is _NOTHING else "removed" if now is _NOTHING else "changed"
            changes.append(
                RuleChange(kind, section, name, ".".join(path), _value_or_none(was), _value_or_none(now))
            )
    return tuple(changes)


def index_edition(edition: Edition) -> dict[str, Any]:
    """The edition's plain values, with the arrivals of moves under the state they lead to."""
    parts: dict[str, Any] = edition_to_plain(edition)
    for section in ("moves", "carry_over"):
        for item in parts[section].values():
            item["to"] = _index_arrivals(item["to"])
    return parts


def _index_arrivals(arrivals: list[dict[str, Any]]) -> dict[str, Any]:
    """Arrivals by their state, a second one to it as ``state 2``; their order in ``order``."""
    indexed: dict[str, Any] = {}
    for number, arrival in enumerate(arrivals):
        again = sum(earlier["state"] == arrival["state"] for earlier in arrivals[:number])
        indexed[f"{arrival['state']} {again + 1}" if again else arrival["state"]] = arrival
    return {**indexed, "order": list(indexed)} if len(indexed) > 1 else indexed


_NOTHING = object()
Difference = tuple[str, tuple[str, ...], Any, Any]


def _walk_section(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    for name in dict.fromkeys((*new, *old)):
        for path, was, now in _differing_leaves(old.get(name, _NOTHING), new.get(name, _NOTHING), ()):
            yield name, path, was, now


def _differing_leaves(
    old: Any, new: Any, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    if old == new:
        return
    if not (_has_parts(old) and _has_parts(new)):
        yield path, old, new
        return
    for key in dict.fromkeys((*new, *old)):
        yield from _differing_leaves(old.get(key, _NOTHING), new.get(key, _NOTHING), (*path, key))


def _has_parts(value: Any) -> bool:
    """Whether a value is walked into; the two languages of a text are one value."""
    return isinstance(value, dict) and set(value) != {"vi", "en"}


def _value_or_none(value: Any) -> Any:
    return None if value is _NOTHING else value
