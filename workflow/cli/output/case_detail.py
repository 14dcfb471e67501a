"""One case on a screen: where it stands, what runs till when, what is missing, what can be done next."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from workflow.cli.context import Desk
from workflow.cli.output.tables import Block, Cell, Facts, Heading, Line, Page, Table, Words, printed
from workflow.core.messages import knows
from workflow.core.styled_text import Tone
from workflow.presentation.deadline_text import basis, name_of, tone_of_clock, until
from workflow.presentation.error_text import citation, tone_of

View = Mapping[str, Any]


def case_page(desk: Desk, view: View) -> Page:
    """Everything of a case that a clerk needs before doing something."""
    parts = (_head, _flags, _clocks, _votes, _consents, _people, _papers, _clocks_done, _told, _entries, _moves)
    return [block for part in parts for block in part(desk, view)]


def _head(desk: Desk, view: View) -> Iterator[Block]:
    say, state, person = desk.say, view["state"], view["person"]
    yield Heading(say("case.title", name=person["name"], case=view["case"]))
    stands = say("case.since", state=state["label"], since=printed(state["since"]))
    yield Facts(
        [
            (say("case.place"), view["unit"]["name"]),
            (say("case.born"), printed(person["born"])),
            (say("case.state"), Words(stands, "strong")),
            (say("case.turn"), state["turn_label"]),
            (say("case.edition"), view["edition"]["label"]),
            (say("case.opened"), printed(view["opened_on"])),
            (say("case.closed"), printed(view["closed_on"])),
            (say("case.today"), printed(view["today"])),
        ]
    )
    if view["adopted"]:
        yield Line(say("case.adopted"), "dim", 1)
    if due := view["carried_over"]:
        yield Line(say("case.carried_over", on=printed(due["on"]), because=due["because"]), "warn", 1)
    if view["stalled"]:
        yield Line(say("case.stalled"), "late", 1)


NEWEST = 5
"""So many of the last things told stand on a case's page; `ketnap notices CASE` has them all."""


def _told(desk: Desk, view: View) -> Iterator[Block]:
    """Who was told what, and whether it arrived."""
    from workflow.cli.commands.notices import told_row

    if view["told"]:
        yield Heading(desk.say("case.told", count=len(view["told"])))
        heads = [desk.say(f"notices.{name}") for name in ("number", "about", "step", "due", "user", "swept", "arrived")]
        yield Table(heads, [told_row(desk, one) for one in view["told"][-NEWEST:]], frozenset({0}))


def _flags(desk: Desk, view: View) -> Iterator[Block]:
    if not view["flags"]:
        return
    yield Heading(desk.say("case.flags"))
    for one in view["flags"]:
        text = desk.say("cli.flag", seq=one["seq"], text=one.get("text", one["code"]))
        settled = one["settled"]
        yield Line(text, "dim" if settled else "warn", 1, "-")
        if settled:
            yield Line(desk.say("case.settled", seq=settled), "dim", 2)


# --- clocks ------------------------------------------------------------------------------------------------------


def _clocks(desk: Desk, view: View) -> Iterator[Block]:
    going = [one for one in view["clocks"] if one["state"] != "stopped"]
    if going:
        yield Heading(desk.say("case.clocks"))
    for one in going:
        yield Line(f"{name_of(desk, one)}: {until(desk, one)}", tone_of_clock(one), 1, "-")
        yield Line(basis(desk, one), "dim", 2)


def _clocks_done(desk: Desk, view: View) -> Iterator[Block]:
    done = [one for one in view["clocks"] if one["state"] == "stopped"]
    if done:
        yield Heading(desk.say("case.clocks_done"))
        rows: list[list[Cell]] = [
            [name_of(desk, one), printed(one["start"]), printed(one["due"]), printed(one["stopped"])] for one in done
        ]
        yield Table([desk.say(f"case.clock_{name}") for name in ("name", "start", "due", "stopped")], rows)


# --- papers, people, votes ---------------------------------------------------------------------------------------


def _papers(desk: Desk, view: View) -> Iterator[Block]:
    say = desk.say
    later = view["person"]["membership"] != "none"
    for part in ("admission", "recognition"):
        mine = [one for one in view["papers"] if one["part"] == part]
        if not mine or (part == "recognition" and not (later or any(one["dated"] for one in mine))):
            continue
        missing = sum(one["status"] != "present" for one in mine)
        yield Heading(say(f"case.papers_{part}", missing=missing, count=len(mine)))
        tones: dict[str, Tone] = {"missing": "warn", "noted": "plain", "stale": "late", "present": "good"}
        rows: list[list[Cell]] = [
            [
                Words(say(f"paper.{one['status']}"), tones[one["status"]]),
                printed(one["dated"]),
                one["code"],
                one["title"],
            ]
            for one in mine
        ]
        yield Table(("", "", "", ""), rows)


def _people(desk: Desk, view: View) -> Iterator[Block]:
    for key in ("sponsors", "helpers"):
        if view[key]:
            yield Heading(desk.say(f"case.{key}"))
            yield from (Line(_introduced(desk, one), "plain", 1, "-") for one in view[key])


def _introduced(desk: Desk, one: View) -> str:
    parts = [f"{one['name']} ({one['id']})"]
    days = [key for key in ("official_since", "together_since") if one[key]]
    parts += [desk.say(f"case.{key}", day=printed(one[key])) for key in days]
    if one.get("replacement"):
        parts.append(desk.say("case.replacement"))
    return " · ".join(parts)


def _consents(desk: Desk, view: View) -> Iterator[Block]:
    if not view["consents"]:
        return
    yield Heading(desk.say("case.consents"))
    fields = desk.edition(view["pipeline"]).fields
    for one in view["consents"]:
        said = {"on": printed(date.fromisoformat(one["on"])), "no": one["no"]}
        for name in ("kind", "organ"):
            rule = fields.get(f"consent_{name}")
            words = rule.options.get(one[name]) if rule else None
            said[name] = words.in_language(desk.speaks) if words else one[name]
        yield Line(desk.say("case.consent", **said), "plain", 1, "-")


def _votes(desk: Desk, view: View) -> Iterator[Block]:
    if view["votes"]:
        yield Heading(desk.say("case.votes"))
    for one in view["votes"]:
        key = "case.vote_reached" if one["reached"] else "case.vote_short"
        counts = {name: one[name] for name in ("need", "base", "votes_for", "votes_against", "votes_blank", "present")}
        text = desk.say(key, on=printed(one["on"]), body=organ(desk, view, one["body"]), **counts)
        yield Line(text, "plain" if one["reached"] else "warn", 1, "-")


def organ(desk: Desk, view: View, key: str) -> str:
    """What the edition calls an organ."""
    edition = desk.edition(view["pipeline"])
    return edition.organs[key].label.in_language(desk.speaks) if key in edition.organs else key


# --- what can be done --------------------------------------------------------------------------------------------


def _moves(desk: Desk, view: View) -> Iterator[Block]:
    say = desk.say
    if view["state"]["end"]:
        return
    yield Heading(say("case.moves"))
    for number, one in enumerate(view["moves"], start=1):
        ready = say("case.ready") if one["allowed"] else say("case.not_ready")
        title = f"{one['label']} [{one['move']}] – {organ(desk, view, one['organ'])}: {ready}"
        yield Line(title, "strong" if one["allowed"] else "warn", 1, f"{number}.")
        for reason in one["reasons"]:
            yield from reason_lines(desk, reason, depth=3)
        yield from _asked(desk, one)
    yield Line(say("case.how_to_advance", case=view["case"]), "dim", 1)


def _asked(desk: Desk, act: View) -> Iterator[Block]:
    """What is to be typed with an act, and what may be."""
    needed = [_field(desk, one) for one in act["fields"] if one["needed"]]
    if needed:
        yield Line(desk.say("case.to_write", fields="; ".join(needed)), "plain", 3)
    other = [one["field"] for one in act["fields"] if not one["needed"]]
    if other:
        yield Line(desk.say("case.may_write", fields=", ".join(other)), "dim", 3)


def _field(desk: Desk, one: View) -> str:
    if not one["options"]:
        return f"{one['label']} ({one['field']})"
    options = ", ".join(f"{key} = {words}" for key, words in one["options"].items())
    return desk.say("case.options", label=one["label"], field=one["field"], options=options)


def _entries(desk: Desk, view: View) -> Iterator[Block]:
    if not view["entries"]:
        return
    yield Heading(desk.say("case.entries"))
    for one in view["entries"]:
        needed = "; ".join(field["field"] for field in one["fields"] if field["needed"])
        yield Line(f"{one['label']} [{one['entry']}]" + (f": {needed}" if needed else ""), "plain", 1, "-")
    yield Line(desk.say("case.how_to_record", case=view["case"]), "dim", 1)


def reason_lines(desk: Desk, reason: View, depth: int = 1) -> Iterator[Block]:
    """A reason and its article."""
    yield Line(reason["text"], tone_of(reason), depth, "-")
    if source := citation(desk, reason):
        yield Line(source, "dim", depth + 1)


# --- history -----------------------------------------------------------------------------------------------------


def history_page(desk: Desk, view: View) -> Page:
    """Every act of a case, oldest first."""
    title = desk.say("case.history", name=view["person"]["name"], case=view["case"])
    blocks: list[Block] = [Heading(title)]
    for event in view["history"]:
        blocks += _event(desk, view["pipeline"], event)
    for one in view["snoozed"]:
        blocks += _snoozed(desk, one)
    return blocks


def _snoozed(desk: Desk, one: View) -> Iterator[Block]:
    said = {name: printed(value) or "–" for name, value in one.items()}
    yield Line(desk.say("case.snoozed", **said), "strong", 1)
    if one["reason"]:
        yield Line(desk.say("case.snoozed_because", **said), "plain", 3)
    yield Line(desk.say("case.snoozed_who", **said, recorded=said["recorded_on"]), "dim", 3)


def _event(desk: Desk, pipeline: str, event: View) -> Iterator[Block]:
    say = desk.say
    label = event["label"] or say(f"cli.kind.{event['kind']}")
    if event["of"]:
        label = say("case.correction_of", label=label, seq=event["of"])
    to = f" → {event['to_label']}" if event["to_label"] else ""
    yield Line(f"{printed(event['on'])}  {label}{to}", "strong", 1, f"{event['seq']}.")
    values = [f"{one['label']}: {printed(one['text'])}" for one in event["fields"]]
    if values:
        yield Line("; ".join(values), "plain", 3)
    allowed = say("case.allowed_by", who=event["allowed_by"]) if event["allowed_by"] else ""
    who = say(
        "case.who", by=event["by"] or "–", typed=event["typed"] or "–", recorded=printed(event["recorded_on"]),
        edition=event["edition"],
    )  # fmt: skip
    yield Line(who + allowed, "dim", 3)
    if event["because"]:
        yield Line(event["because"], "plain", 3)
    for code in event["warnings"]:
        yield Line(say("case.warned", text=_condition(desk, pipeline, event["edition"], code)), "warn", 3)
    for one in event["flags"]:
        text = _condition(desk, pipeline, event["edition"], one["code"])
        yield Line(say("cli.flag", seq=one["seq"], text=text), "warn", 3)


def _condition(desk: Desk, pipeline: str, edition: str, code: str) -> str:
    """What a condition says, with its places left open: in the history only its code stands."""
    from workflow.presentation.rulebook_terms import bare

    if knows(f"correct.{code}"):
        return desk.say(f"correct.{code}")
    conditions = desk.office.edition_of(pipeline, edition).conditions if desk.office else {}
    return bare(conditions[code].says.in_language(desk.speaks)) if code in conditions else code
