"""The report of a month, printed: coverage and its course, where cases stand, what is stalled, was done, falls due."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib import resources
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

import orjson

from workflow import board
from workflow.board.coverage import COURSE_MONTHS, last_of_month
from workflow.board.snapshot.snapshot import Scope
from workflow.core.input import FieldFault, Mistyped
from workflow.core.messages import say
from workflow.core.styled_text import printed
from workflow.dossier.render.font_coverage import FONTS, drawable
from workflow.office import Office
from workflow.storage import reads

if TYPE_CHECKING:
    from typst import Compiler

LAYOUT = Path(str(resources.files("templates"))) / "report" / "monthly.typ"
ONE_AT_A_TIME = Lock()

View = dict[str, Any]

MOST_STALLED, MOST_DONE, MOST_DUE = 200, 200, 200
"""Rows of a table; a printed report that goes on for longer is read by nobody. The rest is said as a number."""


def monthly_report(office: Office, language: str, *, month: date, scope: Scope, unit: str | None = None) -> bytes:
    """The report of the month that a day lies in, as a PDF for A4.

    Raises `UnknownUnit`, and `Mistyped` where the month has not begun.
    """
    with office.database.reading() as connection:
        row = reads.office(connection)
        today = office.day(reads.today(connection))
    first = month.replace(day=1)
    if first > today:
        raise Mistyped([FieldFault("month", "in_the_future", {"value": first, "today": today})])
    until = min(last_of_month(month), today)
    report = _Report(office, language, scope, unit, first, until)
    sample = say(language, "cli.sample_banner", sample=row.sample) if row.sample else ""
    given = _drawable({"office": row.name, "sample": sample, "language": language, **report.all_of_it(today)})
    with ONE_AT_A_TIME:
        made = _compiler().compile(
            format="pdf",
            sys_inputs={"given": orjson.dumps(given).decode()},
            timestamp=datetime.combine(today, time(), UTC),
        )
    return cast("bytes", made)


@cache
def _compiler() -> "Compiler":
    """The typesetter, with our fonts and no others."""
    from typst import Compiler, Fonts

    fonts = Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
    return Compiler(str(LAYOUT), root=str(LAYOUT.parent), font_paths=fonts)


def _drawable(value: Any) -> Any:
    """Every text in letters that our fonts can draw."""
    if isinstance(value, str):
        return drawable(value)
    if isinstance(value, dict):
        return {name: _drawable(one) for name, one in value.items()}
    return [_drawable(one) for one in value] if isinstance(value, list | tuple) else value


class _Report:
    """What the report of one month says."""

    def __init__(self, office: Office, language: str, scope: Scope, unit: str | None, first: date, until: date) -> None:
        self.office, self.language, self.first, self.until = office, language, first, until
        self.narrowed: Any = {"scope": scope, "unit": unit}
        self.dated: Any = {**self.narrowed, "on": until}

    def say(self, key: str, **values: object) -> str:
        """A sentence of the report."""
        return say(self.language, f"report.{key}", **values)

    def day(self, day: date) -> str:
        """A day as people write it."""
        return printed(day, self.language)

    def all_of_it(self, today: date) -> View:
        """All that the layout asks for."""
        coverage = board.coverage_table(self.office, **self.dated)
        funnel = board.funnel(self.office, self.language, **self.dated)
        where = funnel["unit"]["name"] if funnel["unit"] else self.say("whole")
        about = self.say("about", where=where, on=self.day(self.until), made=self.day(today))
        return {
            "title": self.say("title", month=self.first.month, year=self.first.year),
            "about": about,
            "words": {name.replace("_", "-"): self.say(f"head.{name}") for name in HEADS},
            "numbers": self._numbers(coverage["total"], funnel["total"]),
            "course": self._course(),
            "communes": self._communes(coverage["communes"]),
            "funnel": [self._pipeline(one) for one in funnel["pipelines"] if one["total"]["open"]],
            "most": max(step["open"] for one in funnel["pipelines"] for step in one["steps"]),
            "stalled": self._stalled(),
            **self._done(),
            "due": self._due(),
        }

    def _numbers(self, total: View, open_: View) -> list[View]:
        shown = {name: str(total[name]) for name in ("posts", "members", "probationary", "combined", "remaining")}
        shown |= {"share": self._share(total), "open": str(open_["open"]), "late": str(open_["late"])}
        return [{"value": value, "label": self.say(f"number.{name}")} for name, value in shown.items()]

    def _course(self) -> list[View]:
        points = board.coverage_course(self.office, **self.narrowed, months=COURSE_MONTHS, until=self.until)
        return [
            {
                "label": f"{one['on']:%m/%y}",
                "value": one["remaining"],
                "share": self._share(one),
                "last": one is points[-1],
            }
            for one in points
        ]

    def _share(self, counts: View) -> str:
        """How many of the posts are held by members, in per cent."""
        if not counts["posts"]:
            return "–"
        share = f"{counts['members'] / counts['posts']:.1%}"
        return share.replace(".", ",") if self.language == "vi" else share

    def _communes(self, communes: Sequence[View]) -> View:
        counted = ("posts", "members", "probationary", "combined", "remaining")
        rows = [[one["name"], *(str(one[name]) for name in counted), self._share(one)] for one in communes]
        head = [say(self.language, f"board.column.{name}") for name in ("commune", *counted)]
        return self._listing("communes", [*head, self.say("column.share")], rows, (3, 1, 1, 1, 1, 1, 1), right=1)

    def _pipeline(self, one: View) -> View:
        steps = [
            {
                "label": step["label"],
                "open": step["open"],
                "legal": step["legal"],
                "house": step["late"] - step["legal"],
                "rest": step["open"] - step["late"],
                "note": self.say("late_of", count=step["late"]) if step["late"] else "",
            }
            for step in one["steps"]
            if step["open"]
        ]
        return {"label": self.say("pipeline", label=one["label"], count=one["total"]["open"]), "steps": steps}

    def _stalled(self) -> View:
        found = board.standing(self.office, self.language, **self.dated, late="any", limit=MOST_STALLED)
        rows = [
            [*_who(one), one["state"]["label"], one["turn_label"] or "", _late(one, "legal"), _late(one, "house")]
            for one in found["rows"]
        ]
        head = self._heads("name", "village", "step", "turn", "late_legal", "late_house")
        more = found["total"] - len(rows)
        return self._listing("stalled", head, rows, (4, 5, 5, 4, 2.4, 2.4), right=4, more=more)

    def _done(self) -> dict[str, View]:
        span = (self.first, self.until)
        found = board.done_in(self.office, self.language, **self.narrowed, span=span, limit=MOST_DONE)
        counts = [[self._act(one), str(one["count"])] for one in found["acts"]]
        rows = [[self.day(one["on"]), *_who(one), one["label"]] for one in found["rows"]]
        more = found["total"] - len(rows)
        return {
            "acts": self._listing("done", [self.say("column.act"), self.say("column.count")], counts, (8, 1), right=1),
            "done": self._listing("done", self._heads("on", "name", "village", "act"), rows, (2, 4, 5, 6), more=more),
        }

    def _act(self, one: View) -> str:
        first = self.office.rulebook.pipelines[0]
        return one["label"] if one["pipeline"] == first else f"{one['label']} ({self._kind(one['pipeline'])})"

    def _kind(self, pipeline: str) -> str:
        return say(self.language, f"board.pipeline.{pipeline}").lower()

    def _due(self) -> View:
        """What falls due in the month after; of a month long past, by the deadlines that still run."""
        first = self.first + timedelta(days=32)
        span = (first.replace(day=1), last_of_month(first))
        found = board.due_on(self.office, self.language, **self.narrowed, span=span, limit=MOST_DUE)
        rows = [
            [self.day(one["due"]), *_who(one), one["label"], self.say(f"kind.{one['kind']}"), one["organ_label"]]
            for one in found["rows"]
        ]
        head = self._heads("due", "name", "village", "clock", "kind", "turn")
        more = found["total"] - len(rows)
        return self._listing("due", head, rows, (2.4, 4, 5, 5, 3, 4), more=more)

    def _heads(self, *names: str) -> list[str]:
        return [self.say(f"column.{name}") for name in names]

    def _listing(
        self,
        name: str,
        head: Sequence[str],
        rows: Sequence[Sequence[Any]],
        widths: Sequence[float],
        *,
        right: int | None = None,
        more: int = 0,
    ) -> View:
        """A table. ``right``: from this column on there are numbers; ``more``: rows that there was no room for."""
        numbers = list(range(len(head) if right is None else right, len(head)))
        return {
            "head": head,
            "rows": rows,
            "widths": widths,
            "right": numbers,
            "none": self.say(f"none.{name}"),
            "more": self.say("more", count=more) if more else "",
        }


HEADS = ("coverage", "course", "funnel", "legal", "house", "in_time", "no_cases", "stalled", "done", "due")


def _who(one: View) -> tuple[str, str]:
    """Whose case it is, and of which village and commune."""
    unit, commune = one["unit"]["name"], one["commune"]["name"]
    return one["person"]["name"] or one["case"], unit if unit == commune else f"{unit}, {commune}"


def _late(one: View, kind: str) -> Any:
    days = max((clock["days"] for clock in one["late"] if clock["kind"] == kind), default=None)
    return "" if days is None else {"text": str(days), "tone": kind}
