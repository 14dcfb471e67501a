"""The way of a case: the steps it has been at with their days, the one it is at, and those that lie ahead."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from states.rulebook.edition import BACK, Edition
from states.rulebook.ways import find_next_move
from states.vocabulary import UnitLine

View = dict[str, Any]


def build_timeline(view: View, events: Sequence[View], edition: Edition, line: UnitLine, language: str) -> list[View]:
    """Steps in order. Each: its label, ``when`` (past, now, ahead), the days it began and ended.

    ``view`` and ``events`` are what `load_case_view` and `history` give, the days as they read after corrections.
    """
    past = list(_past_steps(events))
    state = view["state"]
    if past and past[-1]["id"] != state["id"]:
        past.append({"id": state["id"], "label": state["label"], "since": state["since"]})
    for step, after in pairwise(past):
        step |= {"when": "past", "until": after["since"]}
    if past:
        past[-1] |= {"when": "past" if state["end"] else "now", "until": None}
    ahead = [] if state["end"] else list(_future_steps(edition, state["id"], line, language))
    return past + ahead


def _past_steps(events: Sequence[View]) -> Iterator[View]:
    at = None
    for event in events:
        if event["to"] and event["to"] != at:
            at = event["to"]
            yield {"id": at, "label": event["to_label"] or at, "since": event["on"]}


def _future_steps(edition: Edition, state: str, line: UnitLine, language: str) -> Iterator[View]:
    seen = {state}
    while (step := find_next_move(edition, state, line)) is not None and step[1] not in {*seen, BACK}:
        state = step[1]
        seen.add(state)
        label = edition.states[state].label.in_language(language)
        yield {"id": state, "label": label, "since": None, "until": None, "when": "ahead"}
        if edition.states[state].end:
            return
