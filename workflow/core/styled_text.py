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
class StoryLine:
    """One sentence, how it is meant, and how far it stands in."""

    text: str
    tone: Tone = "plain"
    depth: int = 0


def list_opening_lines(view: View, language: str) -> tuple[StoryLine, ...]:
    """Where a case stands before anything is told of it: who, where, since when, and what is late."""
    late = next(clock for clock in view["clocks"] if clock["late"])
    words = {
        "unit": view["unit"]["name"],
        "state": view["state"]["label"],
        "since": format_day(view["state"]["since"], language),
        "due": format_day(late["due"], language),
        "days": (view["today"] - late["due"]).days,
    }
    return (StoryLine(say(language, "story.stands", **words)), StoryLine(say(language, "story.late", **words), "late"))


def summarise_case(view: View, language: str) -> str:
    """What has come of a case in one sentence."""
    words = {"name": view["person"]["name"], "state": view["state"]["label"]}
    return say(language, "story.came_to", **words, since=format_day(_full_since(view), language))


def _full_since(view: View) -> date:
    """Full membership counts from the end of probation."""
    day: date = next(clock["due"] for clock in view["clocks"] if clock["kind"] == "period")
    return day


def list_reason_lines(reasons: Iterable[Reason], language: str) -> Iterator[StoryLine]:
    """An act that was not recorded, and every reason with its article."""
    all_reasons = list(reasons)
    yield StoryLine(
        say(language, "story.refused", count=sum(item.effect == "refuse" for item in all_reasons)), "late", 1
    )
    for reason in all_reasons:
        yield from _reason_lines(reason, "late" if reason.effect == "refuse" else "warn", language)


def list_warning_lines(reasons: Iterable[Reason], language: str) -> Iterator[StoryLine]:
    """What let the act through and stays on the record."""
    for reason in reasons:
        yield from _reason_lines(reason, "warn", language)


def _reason_lines(reason: Reason, tone: Tone, language: str) -> Iterator[StoryLine]:
    yield StoryLine(f"- {reason.text.in_language(language)}", tone, 2)
    if reason.citation:
        key = "story.article" if reason.verified else "story.article_unverified"
        yield StoryLine(say(language, key, citation=reason.citation), "dim", 3)


def list_clock_lines(before: View, after: View, language: str) -> Iterator[StoryLine]:
    """Clocks that stopped between two views of a case, that started, and that wait for their start."""
    clocks_before = {_clock_key(clock): clock for clock in before["clocks"]}
    for clock in after["clocks"]:
        was = clocks_before.get(_clock_key(clock))
        if was is not None and was["state"] == clock["state"]:
            continue
        if clock["state"] != "stopped":
            yield StoryLine(_started_text(clock, language), depth=1)
        elif was is not None:
            yield _stopped_line(clock, language)


def _clock_key(clock: View) -> tuple[Any, ...]:
    return (clock["name"], clock["basis"], clock["of"])


def _started_text(clock: View, language: str) -> str:
    words = _clock_values(clock, language)
    if clock["start"] is None:
        return say(language, "story.clock_waits", **words)
    if clock["kind"] != "legal":
        return say(language, f"story.clock_{clock['kind']}", **words)
    text = say(language, "story.clock_later" if clock["state"] == "not_started" else "story.clock_starts", **words)
    return text + (say(language, "story.clock_skips", days=_days_off_text(clock, language)) if clock["skipped"] else "")


def _stopped_line(clock: View, language: str) -> StoryLine:
    words = _clock_values(clock, language)
    if clock["due"] is None or clock["kind"] in ("validity", "period"):
        return StoryLine(say(language, "story.clock_over", **words), "good", 1)
    left = (clock["due"] - clock["stopped"]).days
    if left < 0:
        return StoryLine(say(language, "story.clock_too_late", **words, days=-left), "warn", 1)
    return StoryLine(say(language, "story.clock_in_time", **words, days=left), "good", 1)


def _days_off_text(clock: View, language: str) -> str:
    """The holidays passed over in counting, each name once."""
    spans: dict[str, list[str]] = {}
    for period_off in clock["skipped"]:
        ends = [
            day.strftime("%d/%m" if language == "vi" else "%m-%d") for day in (period_off["first"], period_off["last"])
        ]
        spans.setdefault(period_off["label"], []).append("–".join(dict.fromkeys(ends)))
    return "; ".join(f"{label} {', '.join(days)}" for label, days in spans.items())


def _clock_values(clock: View, language: str) -> dict[str, object]:
    label = clock["label"]
    return {
        "label": say(language, "story.house", label=label) if clock["kind"] == "house" else label,
        "amount": clock["amount"],
        "unit": say(language, f"story.unit.{clock['unit']}"),
        "start": format_day(clock["start"], language),
        "due": format_day(clock["due"], language),
        "stopped": format_day(clock["stopped"], language),
    }


def format_day(day: date | None, language: str) -> str:
    """A day as people write it."""
    if day is None:
        return "…"
    return f"{day:%d/%m/%Y}" if language == "vi" else f"{day:%Y-%m-%d}"
