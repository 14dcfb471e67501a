"""One case is laid out on a screen."""

from collections.abc import Iterator

from states.rulebook.edition import FieldRule
from workflow.cases.views.case_parts import CasePersonView, SponsorView
from workflow.cases.views.history import EventView
from workflow.cases.views.open_acts import ActFieldView, OpenActView, ReasonView
from workflow.cli.context import CommandContext
from workflow.cli.output import (
    Block,
    Cell,
    FactList,
    Heading,
    Page,
    StyledText,
    TextLine,
    TextTable,
    format_cell,
)
from workflow.core.tone import Tone
from workflow.core.views import fields_of
from workflow.presentation.condition_text import describe_condition
from workflow.presentation.deadline_text import clock_name, clock_tone, describe_basis, describe_until
from workflow.presentation.error_text import REASON_MARKS, citation_text, reason_tone
from workflow.presentation.notice_text import describe_step
from workflow.reminders.history import CaseReport, FullCaseView, NoticeView, SnoozeView


def build_case_page(ctx: CommandContext, view: CaseReport) -> Page:
    """Everything of a case that a clerk needs before doing something."""
    parts = (
        _head_blocks,
        _flag_blocks,
        _clock_blocks,
        _vote_blocks,
        _consent_blocks,
        _people_blocks,
        _paper_blocks,
        _stopped_clock_blocks,
        _notice_blocks,
        _entry_blocks,
        _move_blocks,
    )
    return [block for part in parts for block in part(ctx, view)]


def _head_blocks(ctx: CommandContext, view: CaseReport) -> Iterator[Block]:
    say, state, person = ctx.say, view.state, view.person
    yield Heading(say("case.title", name=person.name, case=view.case))
    stands = say("case.since", state=state.label, since=format_cell(state.since))
    yield FactList(
        [
            (say("case.place"), view.unit.name),
            (say("case.born"), format_cell(person.born)),
            (say("case.state"), StyledText(stands, "strong")),
            (say("case.turn"), state.turn_label),
            (say("case.edition"), view.edition.label),
            (say("case.opened"), format_cell(view.opened_on)),
            (say("case.closed"), format_cell(view.closed_on)),
            (say("case.today"), format_cell(view.today)),
        ]
    )
    if view.adopted:
        yield TextLine(say("case.adopted"), "dim", 1)
    if due := view.carried_over:
        yield TextLine(say("case.carried_over", on=format_cell(due.on), because=due.because), "warn", 1)
    if view.stalled:
        yield TextLine(say("case.stalled"), "late", 1)


NEWEST = 5
"""So many of the last things told stand on a case's page; `ketnap notices CASE` has them all."""


def _notice_blocks(ctx: CommandContext, view: CaseReport) -> Iterator[Block]:
    """Who was told what, and whether it arrived."""
    if view.told:
        yield Heading(ctx.say("case.told", count=len(view.told)))
        heads = [
            ctx.say(f"notices.{name}")
            for name in ("number", "about", "step", "due", "user", "swept", "arrived")
        ]
        yield TextTable(heads, [notice_row(ctx, notice) for notice in view.told[-NEWEST:]], frozenset({0}))


def _flag_blocks(ctx: CommandContext, view: CaseReport) -> Iterator[Block]:
    if not view.flags:
        return
    yield Heading(ctx.say("case.flags"))
    for flag in view.flags:
        words = ctx.say("case.flag", act=flag.act, on=format_cell(flag.on), text=flag.text or flag.code)
        text = f"{flag.flag} {words}"
        settled = flag.settled
        yield TextLine(text, "dim" if settled else "warn", 1, "-")
        if settled:
            yield TextLine(ctx.say("case.settled", seq=settled), "dim", 2)


# --- clocks -------------------------------------------------------------------------------------------------


def _clock_blocks(ctx: CommandContext, view: CaseReport) -> Iterator[Block]:
    going = [clock for clock in view.clocks if clock.state != "stopped"]
    if going:
        yield Heading(ctx.say("case.clocks"))
    for clock in going:
        yield TextLine(f"{clock_name(ctx, clock)}: {describe_until(ctx, clock)}", clock_tone(clock), 1, "-")
        yield TextLine(describe_basis(ctx, clock), "dim", 2)


def _stopped_clock_blocks(ctx: CommandContext, view: CaseReport) -> Iterator[Block]:
    done = [clock for clock in view.clocks if clock.state == "stopped"]
    if done:
        yield Heading(ctx.say("case.clocks_done"))
        rows: list[list[Cell]] = [
            [
                clock_name(ctx, clock),
                format_cell(clock.start),
                format_cell(clock.due),
                format_cell(clock.stopped),
            ]
            for clock in done
        ]
        yield TextTable([ctx.say(f"case.clock_{name}") for name in ("name", "start", "due", "stopped")], rows)


# --- papers, people, votes ----------------------------------------------------------------------------------


def _paper_blocks(ctx: CommandContext, view: CaseReport) -> Iterator[Block]:
    say = ctx.say
    later = view.person.membership != "none"
    for part in ("admission", "recognition"):
        mine = [paper for paper in view.papers if paper.part == part]
        if not mine or (part == "recognition" and not (later or any(paper.dated for paper in mine))):
            continue
        missing = sum(paper.status != "present" for paper in mine)
        yield Heading(say(f"case.papers_{part}", missing=missing, count=len(mine)))
        tones: dict[str, Tone] = {"missing": "warn", "noted": "plain", "stale": "late", "present": "good"}
        rows: list[list[Cell]] = [
            [
                StyledText(say(f"paper.{paper.status}"), tones[paper.status]),
                format_cell(paper.dated),
                paper.code,
                paper.title,
            ]
            for paper in mine
        ]
        yield TextTable(("", "", "", ""), rows)


def _people_blocks(ctx: CommandContext, view: CaseReport) -> Iterator[Block]:
    for key, people in (("sponsors", view.sponsors), ("helpers", view.helpers)):
        if people:
            yield Heading(ctx.say(f"case.{key}"))
            yield from (TextLine(_person_words(ctx, person), "plain", 1, "-") for person in people)


def _person_words(ctx: CommandContext, person: CasePersonView) -> str:
    parts = [f"{person.name} ({person.id})"]
    days = {"official_since": person.official_since, "together_since": person.together_since}
    parts += [ctx.say(f"case.{key}", day=format_cell(day)) for key, day in days.items() if day]
    if isinstance(person, SponsorView) and person.replacement:
        parts.append(ctx.say("case.replacement"))
    return " · ".join(parts)


def _consent_blocks(ctx: CommandContext, view: CaseReport) -> Iterator[Block]:
    if not view.consents:
        return
    yield Heading(ctx.say("case.consents"))
    fields = ctx.edition(view.pipeline).fields
    for consent in view.consents:
        kind = _option_label(ctx, fields.get("consent_kind"), consent.kind)
        organ = _option_label(ctx, fields.get("consent_organ"), consent.organ)
        text = ctx.say("case.consent", on=format_cell(consent.on), no=consent.no, kind=kind, organ=organ)
        yield TextLine(text, "plain", 1, "-")


def _option_label(ctx: CommandContext, rule: FieldRule | None, option: str) -> str:
    words = rule.options.get(option) if rule else None
    return words.in_language(ctx.speaks) if words else option


def _vote_blocks(ctx: CommandContext, view: CaseReport) -> Iterator[Block]:
    if view.votes:
        yield Heading(ctx.say("case.votes"))
    for vote in view.votes:
        key = "case.vote_reached" if vote.reached else "case.vote_short"
        words = {"on": format_cell(vote.on), "body": organ_label(ctx, view, vote.body)}
        text = ctx.say(key, **fields_of(vote) | words)
        yield TextLine(text, "plain" if vote.reached else "warn", 1, "-")


def organ_label(ctx: CommandContext, view: CaseReport, key: str) -> str:
    """What the edition calls an organ."""
    edition = ctx.edition(view.pipeline)
    return edition.organs[key].label.in_language(ctx.speaks) if key in edition.organs else key


# --- what can be done ---------------------------------------------------------------------------------------


def _move_blocks(ctx: CommandContext, view: CaseReport) -> Iterator[Block]:
    say = ctx.say
    if view.state.end:
        return
    yield Heading(say("case.moves"))
    for number, move in enumerate(view.moves, start=1):
        ready = say("case.ready") if move.allowed else say("case.not_ready")
        title = f"{move.label} [{move.move}] – {organ_label(ctx, view, move.organ)}: {ready}"
        yield TextLine(title, "strong" if move.allowed else "warn", 1, f"{number}.")
        for reason in move.reasons:
            yield from reason_blocks(ctx, reason, depth=3)
        yield from _field_blocks(ctx, move)
    yield TextLine(say("case.how_to_advance", case=view.case), "dim", 1)


def _field_blocks(ctx: CommandContext, act: OpenActView) -> Iterator[Block]:
    """What is to be typed with an act, and what may be."""
    needed = [_field_words(ctx, field) for field in act.fields if field.needed]
    if needed:
        yield TextLine(ctx.say("case.to_write", fields="; ".join(needed)), "plain", 3)
    other = [field.field for field in act.fields if not field.needed]
    if other:
        yield TextLine(ctx.say("case.may_write", fields=", ".join(other)), "dim", 3)


def _field_words(ctx: CommandContext, field: ActFieldView) -> str:
    if not field.options:
        return f"{field.label} ({field.field})"
    options = ", ".join(f"{key} = {words}" for key, words in field.options.items())
    return ctx.say("case.options", label=field.label, field=field.field, options=options)


def _entry_blocks(ctx: CommandContext, view: CaseReport) -> Iterator[Block]:
    if not view.entries:
        return
    yield Heading(ctx.say("case.entries"))
    for entry in view.entries:
        needed = "; ".join(field.field for field in entry.fields if field.needed)
        yield TextLine(f"{entry.label} [{entry.entry}]" + (f": {needed}" if needed else ""), "plain", 1, "-")
    yield TextLine(ctx.say("case.how_to_record", case=view.case), "dim", 1)


def reason_blocks(ctx: CommandContext, reason: ReasonView, depth: int = 1) -> Iterator[Block]:
    """A reason with the mark of its answer, and its article."""
    yield TextLine(reason.text, reason_tone(reason), depth, REASON_MARKS[reason.answer])
    if source := citation_text(ctx, reason):
        yield TextLine(source, "dim", depth + 1)


# --- history ------------------------------------------------------------------------------------------------


def build_history_page(ctx: CommandContext, view: FullCaseView) -> Page:
    """Every act of a case, oldest first."""
    title = ctx.say("case.history", name=view.person.name, case=view.case)
    blocks: list[Block] = [Heading(title)]
    for event in view.history:
        blocks += _event_blocks(ctx, view.pipeline, event)
    for snooze in view.snoozed:
        blocks += _snooze_blocks(ctx, snooze)
    return blocks


def _snooze_blocks(ctx: CommandContext, snooze: SnoozeView) -> Iterator[Block]:
    values = {name: format_cell(value) or "–" for name, value in fields_of(snooze).items()}
    yield TextLine(ctx.say("case.snoozed", **values), "strong", 1)
    if snooze.reason:
        yield TextLine(ctx.say("case.snoozed_because", **values), "plain", 3)
    yield TextLine(ctx.say("case.snoozed_who", **values, recorded=values["recorded_on"]), "dim", 3)


def _event_blocks(ctx: CommandContext, pipeline: str, event: EventView) -> Iterator[Block]:
    say = ctx.say
    label = event.label or say(f"cli.kind.{event.kind}")
    if event.of:
        label = say("case.correction_of", label=label, seq=event.of)
    to = f" → {event.to_label}" if event.to_label else ""
    yield TextLine(f"{format_cell(event.on)}  {label}{to}", "strong", 1, f"{event.seq}.")
    values = [f"{item.label}: {format_cell(item.text)}" for item in event.fields]
    if values:
        yield TextLine("; ".join(values), "plain", 3)
    allowed = say("case.allowed_by", who=event.allowed_by) if event.allowed_by else ""
    who = say(
        "case.who",
        by=event.by or "–",
        typed=event.typed or "–",
        recorded=format_cell(event.recorded_on),
        edition=event.edition,
    )
    yield TextLine(who + allowed, "dim", 3)
    if event.because:
        yield TextLine(event.because, "plain", 3)
    for code in event.warnings:
        yield TextLine(say("case.warned", text=describe_condition(ctx, pipeline, event, code)), "warn", 3)
    for item in event.flags:
        text = describe_condition(ctx, pipeline, event, item.code)
        yield TextLine(say("cli.flag", seq=item.seq, text=text), "warn", 3)


def notice_row(ctx: CommandContext, notice: NoticeView) -> list[Cell]:
    """One notice in a table: its number, what, when, due, who, told on, arrived."""
    user, via = notice.user, notice.via
    return [
        notice.id,
        notice.about,
        describe_step(ctx, notice.step),
        format_cell(notice.due),
        user if via == user else ctx.say("notices.by_way_of", user=user, via=via),
        format_cell(notice.swept_on),
        ctx.say(f"notices.state.{notice.state}"),
    ]
