"""Every exception class of the program, and those of them that doors tell."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from functools import cache

import notifications
import states
import workflow
from states.errors import UserError


def modules() -> Iterator[str]:
    for room in (states, notifications, workflow):
        yield room.__name__
        for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if ".migrations" not in found.name:
                yield found.name


@cache
def exceptions() -> dict[str, type[BaseException]]:
    """Every public exception class that the program defines, by its full name."""
    found: dict[str, type[BaseException]] = {}
    for name in modules():
        for _, kind in inspect.getmembers(importlib.import_module(name), inspect.isclass):
            if (
                issubclass(kind, BaseException)
                and kind.__module__ == name
                and not kind.__name__.startswith("_")
            ):
                found[f"{kind.__module__}.{kind.__qualname__}"] = kind
    return found


def user_errors() -> dict[str, type[UserError]]:
    """Those that doors tell, but for the two that only others build upon."""
    return {
        name: kind
        for name, kind in exceptions().items()
        if issubclass(kind, UserError) and hasattr(kind, "code")
    }
