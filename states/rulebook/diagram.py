"""A Mermaid state diagram draws the steps and moves of an edition."""

from collections.abc import Iterator
from typing import NamedTuple

from states.rulebook.edition import BACK, Arrival, Edition, Move

SHADES = ("#e8f1fa", "#fdf1dc", "#e9f5e6", "#f6e8f2", "#eeeeee", "#fbe9e7")
"""One for each organ whose turn a step may be, in the edition's order; the rest share the last."""


class Captions(NamedTuple):
    """The words of the diagram that are not the edition's own.

    ``back`` has a place for {move}; ``everywhere_to`` for {move} and {target}, ``everywhere_except`` for
    {states} too.
    """

    everywhere: str
    everywhere_to: str
    everywhere_except: str
    back: str


def draw_mermaid(edition: Edition, language: str, captions: Captions) -> str:
    """The edition as the text of a Mermaid ``stateDiagram-v2``, labels in ``language`` ("vi" or "en").

    Steps are shaded by the organ whose turn they are. Every way of every move is one arrow; moves open from
    everywhere, and moves that lead back to wherever a case came from, are notes instead of an arrow to each
    step.
    """
    lines = ["stateDiagram-v2", "direction TB"]
    lines += _state_lines(edition, language)
    lines += [f"[*] --> {edition.starts_at}"]
    lines += _arrow_lines(edition, language)
    lines += [f"{name} --> [*]" for name, state in edition.states.items() if state.end]
    lines += _note_lines(edition, language, captions)
    lines += _shade_lines(edition)
    return "\n".join(lines) + "\n"


def _state_lines(edition: Edition, language: str) -> Iterator[str]:
    for name, state in edition.states.items():
        yield f'state "{_escape_label(state.label.in_language(language))}" as {name}'


def _arrow_lines(edition: Edition, language: str) -> Iterator[str]:
    for move in edition.moves.values():
        if move.from_ == "open":
            continue
        targets = dict.fromkeys(target for arrival in move.to for target in _arrow_targets(arrival))
        label = _escape_label(move.label.in_language(language))
        for source in edition.source_states(move):
            for target in targets:
                yield f"{source} --> {target} : {label}"


def _arrow_targets(arrival: Arrival) -> tuple[str, ...]:
    if arrival.state != BACK:
        return (arrival.state,)
    return () if arrival.forget else arrival.when.came_from


def _note_lines(edition: Edition, language: str, captions: Captions) -> Iterator[str]:
    notes: dict[str, list[str]] = {edition.starts_at: []}
    for move in edition.moves.values():
        label = move.label.in_language(language)
        if move.from_ == "open":
            notes[edition.starts_at].append(_everywhere_note(edition, language, move, captions))
        elif any(arrival.state == BACK and not _arrow_targets(arrival) for arrival in move.to):
            for source in edition.source_states(move):
                notes.setdefault(source, []).append(captions.back.format(move=label))
    if notes[edition.starts_at]:
        notes[edition.starts_at].insert(0, captions.everywhere)
    for state, texts in notes.items():
        if texts:
            yield f"note right of {state}"
            yield from (f"    {_escape_label(line)}" for line in texts)
            yield "end note"


def _everywhere_note(edition: Edition, language: str, move: Move, captions: Captions) -> str:
    label = move.label.in_language(language)
    targets = ", ".join(edition.states[arrival.state].label.in_language(language) for arrival in move.to)
    if not move.except_:
        return captions.everywhere_to.format(move=label, target=targets)
    states = ", ".join(edition.states[name].label.in_language(language) for name in move.except_)
    return captions.everywhere_except.format(move=label, target=targets, states=states)


def _shade_lines(edition: Edition) -> Iterator[str]:
    for number, organ in enumerate(edition.organs):
        states = [name for name, state in edition.states.items() if state.turn == organ]
        if states:
            yield f"classDef {organ} fill:{SHADES[min(number, len(SHADES) - 1)]}"
            yield f"class {','.join(states)} {organ}"


def _escape_label(label: str) -> str:
    """A label without the signs that mean something to Mermaid."""
    return "".join(f"#{ord(sign)};" if sign in '#;:"{}<>' else sign for sign in label)
