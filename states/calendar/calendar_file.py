"""An office writes its working calendar; all faults are named at once.

It holds years with their days off and the weekends worked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from states.calendar.working_days import Calendar
from states.errors import UserError
from states.vocabulary import Text

_SATURDAY = 5
_YEARS = range(1990, 2101)  # a year outside is a slip of the pen
_OFF_WORDS = frozenset({"off", "nghỉ"})
_WORKED_WORDS = frozenset({"worked", "làm", "làm bù"})


@dataclass(frozen=True, slots=True)
class CalendarFault:
    """One thing wrong with a calendar.

    `code` is the key of its text in the catalogue, `values` fill that text.
    """

    place: str
    code: str
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return " ".join(
            [f"{self.place}:", self.code, *(f"{name}={value}" for name, value in self.values.items())]
        )


class CalendarFaults(UserError, ValueError):
    """A calendar cannot be used; `faults` has all that is wrong with it."""

    code = "calendar_faults"

    def __init__(self, faults: Sequence[CalendarFault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


def parse_calendar_yaml(text: str) -> Calendar:
    """A calendar from the text of its YAML file, see `parse_calendar`.

    Raises CalendarFaults, also for broken YAML.
    """
    import yaml

    # built with or without C
    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """Leaves dates as they were written: 30 February is to be named beside the other faults."""

        yaml_implicit_resolvers = {  # noqa: RUF012 - so PyYAML is told
            first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
            for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

    try:
        mapping = yaml.load(text, Loader)  # noqa: S506 - the loader above is the safe one
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = str(mark.line + 1) if mark else "calendar"
        raise CalendarFaults([CalendarFault(place, "calendar.broken_yaml")]) from error
    return parse_calendar(mapping)


def parse_calendar(mapping: object) -> Calendar:
    """A calendar from what its YAML holds: `reasons` (code: {vi, en}) and the list `years`.

    A year has `year`, `verified`, `days_off` and `days_worked`, the last two lists of `date: reason`; a
    reason is a code, plain words, or {vi, en}. Raises CalendarFaults.
    """
    draft = _CalendarDraft()
    top = draft.read_mapping(mapping, "calendar", known={"reasons", "years"})
    for code, words in draft.read_mapping(top.get("reasons") or {}, "reasons").items():
        draft.reasons[str(code)] = draft.read_label(words, f"reasons.{code}")
    for number, entry in enumerate(draft.read_list(top.get("years"), "years"), start=1):
        draft.read_year(entry, f"years[{number}]")
    if not draft.years:
        draft.add_fault("years", "calendar.empty")
    return draft.build_calendar()


def parse_calendar_rows(rows: Iterable[Sequence[str]]) -> Calendar:
    """A calendar from the rows of a CSV file: date, off|worked, reason, reason in English if wanted.

    The file names the years it brings by its dates; they count as announced. A heading and empty rows are
    passed over. Raises CalendarFaults.
    """
    draft = _CalendarDraft()
    for number, row in enumerate(rows, start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and not any(sign.isdigit() for sign in cells[0])):
            continue
        day, kind, vi, en = [*cells, "", "", "", ""][:4]
        draft.read_row(f"{number}", day, kind.lower(), {"vi": vi or kind, "en": en or vi or kind})
    if not draft.years:
        draft.add_fault("years", "calendar.empty")
    return draft.build_calendar()


@dataclass(slots=True)
class _CalendarDraft:
    """A calendar being read, with the faults found so far."""

    reasons: dict[str, Text] = field(default_factory=dict)
    years: dict[int, bool] = field(default_factory=dict)
    off: dict[date, Text] = field(default_factory=dict)
    worked: dict[date, Text] = field(default_factory=dict)
    faults: list[CalendarFault] = field(default_factory=list)

    def build_calendar(self) -> Calendar:
        if self.faults:
            raise CalendarFaults(self.faults)
        return Calendar(dict(sorted(self.years.items())), self.off, self.worked)

    def add_fault(self, place: str, code: str, **values: str) -> None:
        self.faults.append(CalendarFault(place, code, values))

    def read_mapping(
        self, value: object, place: str, known: set[str] | None = None
    ) -> Mapping[object, object]:
        if not isinstance(value, Mapping):
            self.add_fault(place, "calendar.not_a_mapping")
            return {}
        for key in value:
            if known is not None and key not in known:
                self.add_fault(f"{place}.{key}", "calendar.unknown_key", key=str(key))
        return value

    def read_list(self, value: object, place: str) -> list[object]:
        if value is None or isinstance(value, list):
            return value or []
        self.add_fault(place, "calendar.not_a_list")
        return []

    def read_label(self, words: object, place: str) -> Text:
        if isinstance(words, Mapping) and {str(key) for key in words} == {"vi", "en"}:
            return Text(str(words["vi"]), str(words["en"]))
        if isinstance(words, str) and words.strip():
            return self.reasons.get(words) or Text(words, words)
        self.add_fault(place, "calendar.bad_reason")
        return Text("", "")

    def read_year(self, entry: object, place: str) -> None:
        parts = self.read_mapping(entry, place, known={"year", "verified", "days_off", "days_worked"})
        year, verified = parts.get("year"), parts.get("verified")
        if not isinstance(verified, bool):
            self.add_fault(f"{place}.verified", "calendar.verified_missing")
        if not isinstance(year, int) or year not in _YEARS:
            self.add_fault(f"{place}.year", "calendar.bad_year", year=str(year))
        elif year in self.years:
            self.add_fault(f"{place}.year", "calendar.year_twice", year=str(year))
        else:
            self.years[year] = verified is True
            self.read_entries(year, "days_off", parts, place)
            self.read_entries(year, "days_worked", parts, place)

    def read_entries(self, year: int, kind: str, parts: Mapping[object, object], place: str) -> None:
        for number, entry in enumerate(self.read_list(parts.get(kind), f"{place}.{kind}"), start=1):
            entry_place = f"{place}.{kind}[{number}]"
            if not isinstance(entry, Mapping) or len(entry) != 1:
                self.add_fault(entry_place, "calendar.bad_entry")
                continue
            [(raw, reason)] = entry.items()
            day, label = self.read_day(raw, entry_place), self.read_label(reason, entry_place)
            if day and day.year != year:
                self.add_fault(entry_place, "calendar.wrong_year", day=day.isoformat(), year=str(year))
            elif day:
                self.add_day(day, label, entry_place, off=kind == "days_off")

    def read_row(self, place: str, raw: str, kind: str, words: Mapping[str, str]) -> None:
        day = self.read_day(raw, place)
        if kind not in _OFF_WORDS | _WORKED_WORDS:
            self.add_fault(place, "calendar.bad_kind", kind=kind)
        elif day and day.year not in _YEARS:
            self.add_fault(place, "calendar.bad_year", year=str(day.year))
        elif day:
            self.years[day.year] = True
            self.add_day(day, self.read_label(words, place), place, off=kind in _OFF_WORDS)

    def read_day(self, raw: object, place: str) -> date | None:
        if isinstance(raw, date) and not isinstance(raw, datetime):
            return raw
        for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
            try:
                return datetime.strptime(str(raw), pattern).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
        self.add_fault(place, "calendar.bad_date", day=str(raw))
        return None

    def add_day(self, day: date, label: Text, place: str, *, off: bool) -> None:
        """Keep a day; on a weekend only work is news, on another day only rest."""
        weekend = day.weekday() >= _SATURDAY
        if off and weekend:
            self.add_fault(place, "calendar.off_on_weekend", day=day.isoformat())
        elif not off and not weekend:
            self.add_fault(place, "calendar.worked_not_weekend", day=day.isoformat())
        elif day in self.off or day in self.worked:
            self.add_fault(place, "calendar.day_twice", day=day.isoformat())
        else:
            (self.off if off else self.worked)[day] = label
