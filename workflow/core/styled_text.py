"""How a step of a case is put into sentences: what was refused, what was warned of, which clocks turn."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from states.vocabulary import Reason
from workflow.core.messages import say

View = dict[str, Any]
Tone = Literal["plain", "late", "warn", "good", "dim", "strong"]


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence, how it is meant, and how far it stands in."""

    text: str
    tone: Tone = "plain"
    depth: int = 0


def at_first(view: View, language: str) -> tuple[Line, ...]:
    """Where a case stands before anything is told of it: who, where, since when, and what is late."""
    late = next(clock for clock in view["clocks"] if clock["late"])
    words = {
        "unit": view["unit"]["name"],
        "state": view["state"]["label"],
        "since": printed(view["state"]["since"], language),
        "due": printed(late["due"], language),
        "days": (view["today"] - late["due"]).days,
    }
    return (Line(say(language, "story.stands", **words)), Line(say(language, "story.late", **words), "late"))


def in_short(view: View, language: str) -> str:
    """What has come of a case in one sentence."""
    words = {"name": view["person"]["name"], "state": view["state"]["label"]}
    return say(language, "story.came_to", **words, since=printed(_full_since(view), language))


def _full_since(view: View) -> date:
    """Full membership counts from the end of probation."""
    day: date = next(clock["due"] for clock in view["clocks"] if clock["kind"] == "period")
    return day


def reasons_lines(reasons: Iterable[Reason], language: str) -> Iterator[Line]:
    """An act that was not recorded, and every reason with its article."""
    held = list(reasons)
    yield Line(say(language, "story.refused", count=sum(one.effect == "refuse" for one in held)), "late", 1)
    for reason in held:
        yield from _reason(reason, "late" if reason.effect == "refuse" else "warn", language)


def warning_lines(reasons: Iterable[Reason], language: str) -> Iterator[Line]:
    """What let the act through and stays on the record."""
    for reason in reasons:
        yield from _reason(reason, "warn", language)


def _reason(reason: Reason, tone: Tone, language: str) -> Iterator[Line]:
    yield Line(f"- {reason.text.in_language(language)}", tone, 2)
    if reason.citation:
        key = "story.article" if reason.verified else "story.article_unverified"
        yield Line(say(language, key, citation=reason.citation), "dim", 3)


def clock_lines(before: View, after: View, language: str) -> Iterator[Line]:
    """Clocks that stopped between two views of a case, that started, and that wait for their start."""
    held = {_key(clock): clock for clock in before["clocks"]}
    for clock in after["clocks"]:
        was = held.get(_key(clock))
        if was is not None and was["state"] == clock["state"]:
            continue
        if clock["state"] != "stopped":
            yield Line(_started(clock, language), depth=1)
        elif was is not None:
            yield _stopped(clock, language)


def _key(clock: View) -> tuple[Any, ...]:
    return (clock["name"], clock["basis"], clock["of"])


def _started(clock: View, language: str) -> str:
    words = _words(clock, language)
    if clock["start"] is None:
        return say(language, "story.clock_waits", **words)
    if clock["kind"] != "legal":
        return say(language, f"story.clock_{clock['kind']}", **words)
    text = say(language, "story.clock_later" if clock["state"] == "not_started" else "story.clock_starts", **words)
    return text + (say(language, "story.clock_skips", days=_days_off(clock, language)) if clock["skipped"] else "")


def _stopped(clock: View, language: str) -> Line:
    words = _words(clock, language)
    if clock["due"] is None or clock["kind"] in ("validity", "period"):
        return Line(say(language, "story.clock_over", **words), "good", 1)
    left = (clock["due"] - clock["stopped"]).days
    if left < 0:
        return Line(say(language, "story.clock_too_late", **words, days=-left), "warn", 1)
    return Line(say(language, "story.clock_in_time", **words, days=left), "good", 1)


def _days_off(clock: View, language: str) -> str:
    """The holidays passed over in counting, each name once."""
    spans: dict[str, list[str]] = {}
    for one in clock["skipped"]:
        ends = [day.strftime("%d/%m" if language == "vi" else "%m-%d") for day in (one["first"], one["last"])]
        spans.setdefault(one["label"], []).append("–".join(dict.fromkeys(ends)))
    return "; ".join(f"{label} {', '.join(days)}" for label, days in spans.items())


def _words(clock: View, language: str) -> dict[str, object]:
    label = clock["label"]
    return {
        "label": say(language, "story.house", label=label) if clock["kind"] == "house" else label,
        "amount": clock["amount"],
        "unit": say(language, f"story.unit.{clock['unit']}"),
        "start": printed(clock["start"], language),
        "due": printed(clock["due"], language),
        "stopped": printed(clock["stopped"], language),
    }


def printed(day: date | None, language: str) -> str:
    """A day as people write it."""
    if day is None:
        return "…"
    return f"{day:%d/%m/%Y}" if language == "vi" else f"{day:%Y-%m-%d}"
