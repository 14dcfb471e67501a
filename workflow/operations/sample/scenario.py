"""A sample's scenario is read from its folder."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from states.errors import UserError

SAMPLES_FOLDER = Path(__file__).parent
SAMPLES = ("song-lo-2022",)
LOADER: type[yaml.CSafeLoader | yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Values = Mapping[str, Any]


class UnknownSample(UserError, LookupError):
    code = "unknown_sample"
    message_values = ("name", "known")

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name, self.known = name, SAMPLES


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened on a day.

    An act or something for the register, what is said of it, and beside it.
    """

    day: date
    act: str
    values: Values
    details: Values

    @property
    def recorded(self) -> date:
        """The day on which it was typed."""
        day: date = self.details.get("recorded", self.day)
        return day


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody with a case. ``head``: since when, and until when, they held the post; empty: never."""

    village: str
    person: Values
    acts: tuple[Happening, ...]
    case: str | None = None
    pipeline: str = "admission"
    head: Values = field(default_factory=dict)
    members: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole sample.

    ``office``: places and users; ``usual``: what is usually said of an act; both as in the files.
    """

    office: Values
    names: Values
    usual: Values
    candidates: tuple[Candidate, ...]

    @property
    def name(self) -> str:
        """What the office is called."""
        return str(self.office["name"])

    @property
    def live(self) -> date:
        """The first day on which something was recorded."""
        day: date = self.office["live"]
        return day

    @property
    def today(self) -> date:
        """The day on which the sample's clock stands when it is made."""
        day: date = self.office["today"]
        return day


def read_scenario(name: str) -> Scenario:
    """The scenario of a sample. Raises `UnknownSample`."""
    folder = _sample_folder(name)
    cases = [case for file in sorted((folder / "cases").glob("*.yaml")) for case in _read_yaml(file)]
    office, names, usual = (_read_yaml(folder / f"{part}.yaml") for part in ("office", "names", "usual"))
    return Scenario(office, names, usual, tuple(_parse_candidate(case) for case in cases))


def load_later_changes(name: str) -> Mapping[date, Values]:
    """What the register of a sample learns on days to come; nothing for a sample that has no such file."""
    file = SAMPLES_FOLDER / name.replace("-", "_") / "later.yaml"
    return {changes["day"]: changes for changes in _read_yaml(file)} if name in SAMPLES else {}


def parse_happenings(rows: list[list[Any]]) -> tuple[Happening, ...]:
    """Rows ``[day, what, {what is said of it}, {what stands beside it}]``; the last two may be left out."""
    return tuple(Happening(row[0], row[1], *[*row[2:], {}, {}][:2]) for row in rows)


def _parse_candidate(case: dict[str, Any]) -> Candidate:
    return Candidate(**{**case, "acts": parse_happenings(case["acts"])})


def _sample_folder(name: str) -> Path:
    if name not in SAMPLES:
        raise UnknownSample(name)
    return SAMPLES_FOLDER / name.replace("-", "_")


def _read_yaml(file: Path) -> Any:
    return yaml.load(file.read_text(encoding="utf-8"), LOADER)  # noqa: S506 - a safe loader, either one
