"""These guards look at counts and votes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from states.guards.kinds import Finding, find_untyped, guard
from states.vocabulary import Facts


@guard("value", "minimum")
def at_least(facts: Facts, *, field: str, minimum: int) -> Iterator[Finding]:
    """A count typed with this act reaches a minimum."""
    value = facts.typed_count(field)
    if value is None:
        yield from find_untyped(facts, field)
    elif value < minimum:
        yield {"value": value, "minimum": minimum}


@guard("value", "limit")
def not_more_than(facts: Facts, *, field: str, limit: str) -> Iterator[Finding]:
    """One count does not exceed another."""
    value, bound = facts.typed_count(field), facts.typed_count(limit)
    if value is not None and bound is not None and value > bound:
        yield {"value": value, "limit": bound}


@guard("sum", "whole")
def sum_is(
    facts: Facts, *, parts: list[str], whole: str, exactly: bool = False, if_any: list[str] | None = None
) -> Iterator[Finding]:
    """Parts do not exceed the whole, or make it exactly; ``if_any``: only where one of these is filled in."""
    if if_any is not None and not any(facts.typed_count(part) for part in if_any):
        return
    total, bound = sum(facts.typed_count(part) or 0 for part in parts), facts.typed_count(whole)
    if bound is not None and (total > bound or (exactly and total != bound)):
        yield {"sum": total, "whole": bound}


@dataclass(frozen=True, slots=True)
class VoteShare:
    """The arithmetic of one vote: how many were entitled, how many had to be for, how many were."""

    base: int
    need: int
    votes: int

    @property
    def is_reached(self) -> bool:
        """Whether the vote carries."""
        return self.base > 0 and self.votes >= self.need


def compute_vote_share(
    counts: Mapping[str, Any],
    *,
    numerator: int,
    denominator: int,
    more_than: bool = False,
    excluded: list[str] | None = None,
) -> VoteShare | None:
    """Work a vote out: the share is of all who are entitled, less those excluded, never of those present.

    ``need`` is the ceiling of base x numerator / denominator, or the next whole number above it for
    ``more_than`` (Điều lệ Đảng, Điều 4; Quy định 294-QĐ/TW, 9.3.2). None while the counts are not typed.
    """
    roll, votes = counts.get("roll"), counts.get("votes_for")
    if not isinstance(roll, int) or not isinstance(votes, int):
        return None
    base = max(roll - sum(counts.get(name) or 0 for name in excluded or ()), 0)
    need = base * numerator // denominator + 1 if more_than else -(-base * numerator // denominator)
    return VoteShare(base, need, votes)


@guard("need", "base", "votes")
def share_reached(
    facts: Facts,
    *,
    numerator: int,
    denominator: int,
    more_than: bool = False,
    excluded: list[str] | None = None,
) -> Iterator[Finding]:
    """Enough of those entitled to vote are for it."""
    counted = compute_vote_share(
        facts.act.fields, numerator=numerator, denominator=denominator, more_than=more_than, excluded=excluded
    )
    if counted is None:
        for field in ("roll", "votes_for"):
            yield from find_untyped(facts, field)
    elif not counted.is_reached:
        yield {"need": counted.need, "base": counted.base, "votes": counted.votes}


@guard("need", "base", "votes")
def share_missed(
    facts: Facts,
    *,
    numerator: int,
    denominator: int,
    more_than: bool = False,
    excluded: list[str] | None = None,
) -> Iterator[Finding]:
    """A vote recorded as short really is short."""
    counted = compute_vote_share(
        facts.act.fields, numerator=numerator, denominator=denominator, more_than=more_than, excluded=excluded
    )
    if counted and counted.is_reached:
        yield {"need": counted.need, "base": counted.base, "votes": counted.votes}
