"""Tables print a whole edition for `ketnap rulebook show`."""

from dataclasses import dataclass

from states.law.clock_rule import ClockRule
from states.rulebook.edition import ActRule, Condition, Edition, Move, When
from workflow.presentation.rulebook.terms import RulebookTerms, blank_places

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RulebookTable:
    """One table: its key, its title, its headings and rows, in one language."""

    key: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]


def build_tables(edition: Edition, language: str) -> tuple[RulebookTable, ...]:
    """Everything that an edition says, as tables in ``language`` ("vi" or "en")."""
    naming = RulebookTerms(edition, language)
    tables: dict[str, tuple[Row, ...]] = {
        "edition": _edition_rows(naming),
        "states": _state_rows(naming),
        "moves": _move_rows(naming),
        "entries": tuple(_act_row(naming, name, act) for name, act in edition.entries.items()),
        "conditions": tuple(
            _condition_row(naming, code, condition) for code, condition in edition.conditions.items()
        ),
        "clocks": tuple(_clock_row(naming, name, clock) for name, clock in edition.clocks.items()),
        "papers": _paper_rows(naming),
        "organs": _organ_rows(naming),
        "roles": _role_rows(naming),
        "carry_over": _carry_over_rows(naming),
        "requirements": _requirement_rows(naming),
        "texts": _text_rows(naming),
    }
    return tuple(
        RulebookTable(key, naming.say(f"section.{key}"), tuple(naming.say(f"heads.{key}").split(" | ")), rows)
        for key, rows in tables.items()
    )


def _edition_rows(naming: RulebookTerms) -> tuple[Row, ...]:
    edition = naming.edition
    values = {
        "label": edition.label.in_language(naming.language),
        "name": edition.name,
        "in_force": naming.day_text(edition.in_force),
        "regulation": edition.regulation,
        "starts_at": naming.name_of("states", edition.starts_at),
    }
    return tuple((naming.say(f"attribute.edition.{key}"), value) for key, value in values.items())


def _state_rows(naming: RulebookTerms) -> tuple[Row, ...]:
    rows = []
    for name, state in naming.edition.states.items():
        turn = naming.say("ends") if state.end else naming.name_of("organs", state.turn or "")
        clocks = [naming.name_of("clocks", clock) for clock in state.clocks]
        if state.house_days is not None:
            clocks.append(naming.say("house_days", days=state.house_days))
        if state.pauses:
            clocks.append(naming.say("pauses"))
        rows.append(
            (
                name,
                naming.name_of("states", name),
                turn,
                "; ".join(clocks),
                naming.when_text(state.only_where),
            )
        )
    return tuple(rows)


def _move_rows(naming: RulebookTerms) -> tuple[Row, ...]:
    rows = []
    for name, move in naming.edition.moves.items():
        key, label, organ, source, *rest = _act_row(naming, name, move)
        rows.append((key, label, organ, source, _arrivals_text(naming, move), *rest))
    return tuple(rows)


def _arrivals_text(naming: RulebookTerms, move: Move) -> str:
    lines = []
    for arrival in move.to:
        asks = [naming.name_of("fields", field) for field in arrival.needs] + list(arrival.conditions)
        line = naming.arrival_text(arrival)
        lines.append(naming.say("way_asks", way=line, asks="; ".join(asks)) if asks else line)
    return "\n".join(lines)


def _act_row(naming: RulebookTerms, name: str, act: ActRule) -> Row:
    edition = naming.edition
    if isinstance(act.from_, str):
        source = naming.say(f"from.{act.from_}")
        if act.except_:
            source = naming.say("from_except", source=source, states=naming.join_names("states", act.except_))
    else:
        source = naming.join_names("states", act.from_)
    common = edition.every_move if isinstance(act, Move) else edition.every_entry
    conditions = dict.fromkeys((*common, *edition.list_own_conditions(name)))
    return (
        name,
        act.label.in_language(naming.language),
        naming.name_of("organs", act.organ),
        source,
        naming.name_of("fields", act.dated),
        naming.join_names("fields", act.needs),
        naming.join_names("fields", act.may),
        ", ".join(conditions),
    )


def _condition_row(naming: RulebookTerms, code: str, condition: Condition) -> Row:
    return (
        code,
        blank_places(condition.says.in_language(naming.language)),
        naming.when_text(condition.when),
        naming.effect_text(condition),
        naming.say(f"basis.{condition.basis}")
        if condition.basis != "law"
        else _verified_text(naming, condition),
        naming.citation_text(condition) if condition.basis == "law" or condition.citation else "",
    )


def _verified_text(naming: RulebookTerms, rule: Condition | ClockRule) -> str:
    return naming.say("verified_is.yes" if rule.verified else "verified_is.no")


def _clock_row(naming: RulebookTerms, name: str, clock: ClockRule) -> Row:
    start = naming.name_of("fields", clock.from_)
    if clock.after:
        start = naming.say("after", start=start, length=naming.length_text(clock.after))
    if clock.or_from:
        start = naming.say("or_from", start=start, others=naming.join_names("fields", clock.or_from))
    if clock.anew_from:
        start = naming.say("anew_from", start=naming.name_of("fields", clock.anew_from), other=start)
    length = naming.length_text(clock.length)
    if clock.length_by:
        for option, amount in clock.length_by.values.items():
            other = naming.option_label(clock.length_by.field, option)
            length = naming.say("length_by", length=length, option=other, amount=amount)
    if clock.extended_by:
        length = naming.say("extended_by", length=length, amount=clock.extended_by.working_days)
    return (
        name,
        clock.label.in_language(naming.language),
        naming.say(f"value.kind.{clock.kind}"),
        naming.name_of("organs", clock.organ),
        start,
        length,
        naming.join_names("fields", (*clock.until, *clock.also_until, *clock.broken_off_by)),
        _verified_text(naming, clock),
        naming.citation_text(clock),
    )


def _paper_rows(naming: RulebookTerms) -> tuple[Row, ...]:
    papers = sorted(naming.edition.papers.items(), key=lambda pair: pair[1].order)
    return tuple(
        (
            code,
            paper.title.in_language(naming.language),
            naming.say(f"value.part.{paper.part}"),
            naming.name_of("organs", paper.by),
            naming.name_of("fields", paper.dated) if paper.dated else "",
            naming.when_text(paper.when),
        )
        for code, paper in papers
    )


def _organ_rows(naming: RulebookTerms) -> tuple[Row, ...]:
    return tuple(
        (
            key,
            naming.name_of("organs", key),
            naming.name_of("levels", organ.level),
            naming.join_names("roles", organ.roles),
            naming.say("optional") if organ.optional else "",
        )
        for key, organ in naming.edition.organs.items()
    )


def _role_rows(naming: RulebookTerms) -> tuple[Row, ...]:
    roles = naming.edition.roles
    return tuple(
        (key, naming.name_of("roles", key), naming.name_of("levels", role.level))
        for key, role in roles.items()
    )


def _carry_over_rows(naming: RulebookTerms) -> tuple[Row, ...]:
    return tuple(
        (
            state,
            "\n".join(naming.arrival_text(arrival) for arrival in carry.to),
            carry.because.in_language(naming.language),
        )
        for state, carry in naming.edition.carry_over.items()
    )


def _requirement_rows(naming: RulebookTerms) -> tuple[Row, ...]:
    edition = naming.edition
    return tuple(
        (
            name,
            rule.label.in_language(naming.language),
            naming.say(f"value.becomes.{rule.becomes}"),
            "; ".join(naming.name_of("moves", act) for act in (*rule.acts, *rule.or_acts)),
            ", ".join(code for code in rule.conditions if code in edition.conditions),
            naming.name_of("states", rule.ruled_from) if rule.ruled_from else "",
            naming.when_text(When(has=rule.has, authorised=rule.authorised)),
            naming.join_names("fields", (*rule.stated, *rule.shown)),
        )
        for name, rule in edition.requirements.items()
    )


def _text_rows(naming: RulebookTerms) -> tuple[Row, ...]:
    days = naming.say("nothing")
    return tuple(
        (
            key,
            text.name,
            naming.day_text(text.from_) if text.from_ else days,
            naming.day_text(text.until) if text.until else days,
        )
        for key, text in naming.edition.texts.items()
    )
