"""A whole edition as tables: what `ketnap rulebook show` prints."""

from dataclasses import dataclass

from states.rulebook.edition import ClockRule, Condition, Edition, Move, Recorded
from workflow.presentation.rulebook_terms import Naming, bare

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One table: its key, its title, its headings and rows, in one language."""

    key: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]


def shown(edition: Edition, language: str) -> tuple[Section, ...]:
    """Everything that an edition says, as tables in ``language`` ("vi" or "en")."""
    naming = Naming(edition, language)
    tables: dict[str, tuple[Row, ...]] = {
        "edition": _head(naming),
        "states": _states(naming),
        "moves": _moves(naming),
        "entries": tuple(_act(naming, name, act) for name, act in edition.entries.items()),
        "conditions": tuple(_condition(naming, code, one) for code, one in edition.conditions.items()),
        "clocks": tuple(_clock(naming, name, clock) for name, clock in edition.clocks.items()),
        "papers": _papers(naming),
        "organs": _organs(naming),
        "roles": _roles(naming),
        "carry_over": _carry_over(naming),
    }
    return tuple(
        Section(key, naming.say(f"section.{key}"), tuple(naming.say(f"heads.{key}").split(" | ")), rows)
        for key, rows in tables.items()
    )


def _head(naming: Naming) -> tuple[Row, ...]:
    edition = naming.edition
    values = {
        "label": edition.label.in_language(naming.language),
        "name": edition.name,
        "in_force": naming.day(edition.in_force),
        "regulation": edition.regulation,
        "starts_at": naming.name("states", edition.starts_at),
    }
    return tuple((naming.say(f"attribute.edition.{key}"), value) for key, value in values.items())


def _states(naming: Naming) -> tuple[Row, ...]:
    rows = []
    for name, state in naming.edition.states.items():
        turn = naming.say("ends") if state.end else naming.name("organs", state.turn or "")
        clocks = [naming.name("clocks", clock) for clock in state.clocks]
        if state.house_days is not None:
            clocks.append(naming.say("house_days", days=state.house_days))
        if state.pauses:
            clocks.append(naming.say("pauses"))
        rows.append((name, naming.name("states", name), turn, "; ".join(clocks), naming.when(state.only_where)))
    return tuple(rows)


def _moves(naming: Naming) -> tuple[Row, ...]:
    rows = []
    for name, move in naming.edition.moves.items():
        key, label, organ, source, *rest = _act(naming, name, move)
        rows.append((key, label, organ, source, _ways(naming, move), *rest))
    return tuple(rows)


def _ways(naming: Naming, move: Move) -> str:
    ways = []
    for arrival in move.to:
        beside = [naming.name("fields", field) for field in arrival.needs] + list(arrival.conditions)
        way = naming.arrival(arrival)
        ways.append(naming.say("way_asks", way=way, asks="; ".join(beside)) if beside else way)
    return "\n".join(ways)


def _act(naming: Naming, name: str, act: Recorded) -> Row:
    edition = naming.edition
    if isinstance(act.from_, str):
        source = naming.say(f"from.{act.from_}")
        if act.except_:
            source = naming.say("from_except", source=source, states=naming.names("states", act.except_))
    else:
        source = naming.names("states", act.from_)
    common = edition.every_move if isinstance(act, Move) else edition.every_entry
    conditions = (*common, *act.conditions)
    return (
        name,
        act.label.in_language(naming.language),
        naming.name("organs", act.organ),
        source,
        naming.name("fields", act.dated),
        naming.names("fields", act.needs),
        naming.names("fields", act.may),
        ", ".join(conditions),
    )


def _condition(naming: Naming, code: str, condition: Condition) -> Row:
    return (
        code,
        bare(condition.says.in_language(naming.language)),
        naming.when(condition.when),
        naming.say(f"effect_is.{condition.effect}"),
        naming.say(f"basis.{condition.basis}") if condition.basis != "law" else _grounds(naming, condition),
        naming.citation(condition.citation) if condition.basis == "law" else condition.citation or "",
    )


def _grounds(naming: Naming, rule: Condition | ClockRule) -> str:
    return naming.say("verified_is.yes" if rule.verified else "verified_is.no")


def _clock(naming: Naming, name: str, clock: ClockRule) -> Row:
    start = naming.name("fields", clock.from_)
    if clock.after:
        start = naming.say("after", start=start, length=naming.length(clock.after))
    if clock.or_from:
        start = naming.say("or_from", start=start, others=naming.names("fields", clock.or_from))
    length = naming.length(clock.length)
    if clock.length_by:
        for option, amount in clock.length_by.values.items():
            other = naming.option(clock.length_by.field, option)
            length = naming.say("length_by", length=length, option=other, amount=amount)
    if clock.extended_by:
        length = naming.say("extended_by", length=length, amount=clock.extended_by.working_days)
    return (
        name,
        clock.label.in_language(naming.language),
        naming.say(f"value.kind.{clock.kind}"),
        naming.name("organs", clock.organ),
        start,
        length,
        naming.names("fields", (*clock.until, *clock.also_until)),
        _grounds(naming, clock),
        naming.citation(clock.citation),
    )


def _papers(naming: Naming) -> tuple[Row, ...]:
    papers = sorted(naming.edition.papers.items(), key=lambda one: one[1].order)
    return tuple(
        (
            code,
            paper.title.in_language(naming.language),
            naming.say(f"value.part.{paper.part}"),
            naming.name("organs", paper.by),
            naming.name("fields", paper.dated) if paper.dated else "",
            naming.when(paper.when),
        )
        for code, paper in papers
    )


def _organs(naming: Naming) -> tuple[Row, ...]:
    return tuple(
        (
            key,
            naming.name("organs", key),
            naming.name("levels", organ.level),
            naming.names("roles", organ.roles),
            naming.say("optional") if organ.optional else "",
        )
        for key, organ in naming.edition.organs.items()
    )


def _roles(naming: Naming) -> tuple[Row, ...]:
    roles = naming.edition.roles
    return tuple((key, naming.name("roles", key), naming.name("levels", role.level)) for key, role in roles.items())


def _carry_over(naming: Naming) -> tuple[Row, ...]:
    return tuple(
        (
            state,
            "\n".join(naming.arrival(arrival) for arrival in carry.to),
            carry.because.in_language(naming.language),
        )
        for state, carry in naming.edition.carry_over.items()
    )
