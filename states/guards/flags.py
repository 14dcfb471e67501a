"""These guards ask for what no longer holds after a correction."""

from collections.abc import Iterator

from states.guards.kinds import Finding, guard
from states.vocabulary import Facts, OpenFlag, Text


@guard()
def something_unsettled(facts: Facts) -> Iterator[Finding]:
    """A correction has left a flag that nobody has dealt with yet."""
    if not any(settled is None for settled in facts.flags.values()):
        yield {}


@guard("flag", "open")
def flag_known(facts: Facts, *, field: str) -> Iterator[Finding]:
    """The flag that the act names is one of the case's."""
    flag = facts.field_value(field)
    if flag is not None and flag not in facts.flags:
        yield {"flag": str(flag), "open": _name_open(facts)}


@guard("flag", "open")
def flag_not_settled(facts: Facts, *, field: str) -> Iterator[Finding]:
    """Nobody has dealt with the flag that the act names."""
    flag = str(facts.field_value(field))
    if facts.flags.get(flag) is not None:
        yield {"flag": flag, "open": _name_open(facts)}


@guard("flag", "act", "on", "words")
def nothing_flagged(facts: Facts) -> Iterator[Finding]:
    """Nothing is flagged that nobody has dealt with."""
    for flag in _list_open(facts):
        yield {"flag": flag.key, "act": flag.act, "on": flag.on, "words": flag.text}


@guard("flag", "act", "on", "words")
def nothing_flagged_before(facts: Facts, *, deciding: list[str], authorised: list[str]) -> Iterator[Finding]:
    """As `nothing_flagged`, at acts that decide nothing: where it refuses, it is not said twice."""
    kind = facts.act.kind
    if kind not in deciding and not (kind in authorised and facts.line.authorised):
        yield from nothing_flagged(facts)


def _list_open(facts: Facts) -> Iterator[OpenFlag]:
    if any(settled is None for settled in facts.flags.values()):
        yield from facts.describe_flags()


def _name_open(facts: Facts) -> Text:
    """The open flags in a sentence, or that there is none."""
    flags = list(_list_open(facts))
    if not flags:
        return Text("không còn điểm nào", "none")
    return Text(
        "; ".join(f"{flag.key} ({flag.act.vi}, {flag.on:%d/%m/%Y})" for flag in flags),
        "; ".join(f"{flag.key} ({flag.act.en}, {flag.on.isoformat()})" for flag in flags),
    )
