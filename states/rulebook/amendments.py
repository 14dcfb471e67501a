"""An amendment is merged into the edition that it amends.

Mappings merge, anything else replaces. ``name+`` appends to a list, ``name-`` takes items out of a list or
keys out of a mapping. A new mapping that says ``behind: name`` stands behind that one, as a new step does.
An amendment that changes nothing is a mistake of its author; so is one that removes what is not there.
"""

from collections.abc import Mapping
from typing import Any

EditionData = Mapping[str, Any]
KeyPath = tuple[str, ...]
BEHIND = "behind"
"""The key under which something new names what it stands behind."""
HEAD_KEYS = frozenset({"pipeline", "edition", "amends", "builds_on", "in_force", "label", "regulation"})


def merge_changes(
    base: EditionData, changes: EditionData, faults: list[tuple[KeyPath, str]], parent: KeyPath = ()
) -> dict[str, Any]:
    """``base`` with ``changes`` applied; what the changes get wrong is added to ``faults`` with its path."""
    result = dict(base)
    for key, change in changes.items():
        key_path = (*parent, key)
        if key[-1:] in "+-" and key[:-1] in base and key not in base:
            result[key[:-1]] = _change_list(result[key[:-1]], key[-1], change, faults, key_path)
        elif key[-1:] == "-" or (key[-1:] == "+" and key not in base):
            faults.append((key_path, "nothing_there"))
        elif isinstance(change, Mapping) and isinstance(result.get(key), Mapping):
            if not change:
                faults.append((key_path, "amends_nothing"))
            result[key] = merge_changes(result[key], change, faults, key_path)
        elif key in base and base[key] == change and not (not parent and key in HEAD_KEYS):
            faults.append((key_path, "amends_nothing"))
        elif isinstance(change, Mapping) and BEHIND in change:
            result = _place_behind(result, key, change, faults, key_path)
        else:
            result[key] = change
    return result


def _place_behind(
    known: dict[str, Any],
    key: str,
    change: EditionData,
    faults: list[tuple[KeyPath, str]],
    key_path: KeyPath,
) -> dict[str, Any]:
    """What is known, with a new mapping behind the one that it names."""
    before, added = change[BEHIND], {name: value for name, value in change.items() if name != BEHIND}
    if before not in known or key in known:
        faults.append(((*key_path, BEHIND), "nothing_there"))
        return known | {key: added}
    placed: dict[str, Any] = {}
    for name, value in known.items():
        placed[name] = value
        if name == before:
            placed[key] = added
    return placed


def _change_list(
    old: Any, sign: str, change: Any, faults: list[tuple[KeyPath, str]], key_path: KeyPath
) -> Any:
    if not isinstance(old, list) and not (sign == "-" and isinstance(old, Mapping)):
        faults.append((key_path, "not_a_list"))
        return old
    wanted = change if isinstance(change, list) else [change]
    if not wanted:
        faults.append((key_path, "amends_nothing"))
    code = "amends_nothing" if sign == "+" else "nothing_there"
    faults.extend(((*key_path, str(item)), code) for item in wanted if (item in old) == (sign == "+"))
    if sign == "+":
        return [*old, *(item for item in wanted if item not in old)]
    if isinstance(old, Mapping):
        return {key: value for key, value in old.items() if key not in wanted}
    return [item for item in old if item not in wanted]
