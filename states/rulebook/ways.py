"""Ways lead through an edition, straight on or back."""

from states.rulebook.edition import BACK, Arrival, Edition
from states.vocabulary import UnitLine


def find_next_move(edition: Edition, state: str, line: UnitLine) -> tuple[str, str] | None:
    """The first move that takes a case further in the pipeline, and the state it leads to; None at an end.

    Steps stand in an edition in the order of the pipeline. From a pause the way on is where it came from:
    ``back``.
    """
    if edition.states[state].end:
        return None
    order = {name: number for number, name in enumerate(edition.states)}
    moves = [(name, move) for name, move in edition.moves.items() if state in edition.source_states(move)]
    if edition.states[state].pauses:
        return next(
            ((name, BACK) for name, move in moves if any(option.state == BACK for option in move.to)), None
        )
    for number, (name, move) in enumerate(moves):
        arrival = next((option for option in move.to if _arrival_fits(option, line)), None)
        if arrival is None or order.get(arrival.state, -1) < order[state]:
            continue
        target = edition.states[arrival.state]
        # Ends can be reached from nearly everywhere: only the one that is meant, or that makes a member, is
        # the way on.
        if not target.pauses and (not target.end or number == 0 or arrival.membership == "member"):
            return name, arrival.state
    return None


def _arrival_fits(arrival: Arrival, line: UnitLine) -> bool:
    """Whether a case of this line arrives there, as far as its units alone decide."""
    when = arrival.when
    if arrival.state == BACK or when.came_from or when.field or when.every:
        return False
    return (when.has is None or when.has in line.organs) and when.authorised in (None, line.authorised)


def needs_return(edition: Edition, state: str) -> bool:
    """Whether a case at ``state`` cannot go on unless it is known where it came from."""
    moves = [
        move
        for move in edition.moves.values()
        if move.from_ != "open" and state in edition.source_states(move)
    ]
    return any(
        any(arrival.state == BACK and not arrival.when.came_from for arrival in move.to)
        or all(arrival.when.came_from for arrival in move.to)
        for move in moves
    )


def return_states(edition: Edition, state: str) -> tuple[str, ...]:
    """The states at which a case may have been remembered on its way to ``state``."""
    returns: set[str] = set()
    seen, todo = {state}, [state]
    while todo:
        current = todo.pop()
        into = [
            (source, arrival)
            for move in edition.moves.values()
            for arrival in move.to
            if arrival.state == current
            for source in edition.source_states(move)
        ]
        remembered = {source for source, arrival in into if arrival.remember}
        returns |= remembered
        passing = {source for source, arrival in into if not remembered and not arrival.forget}
        before = {source for source in passing - seen if needs_return(edition, source)}
        seen |= before
        todo += before
    return tuple(name for name in edition.states if name in returns)
