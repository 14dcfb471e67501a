"""How cases read on a screen: the list, what came of an act, the coverage; one case in full stands in ``case_page``."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workflow.cli.context import Desk
from workflow.cli.output.case_detail import case_page as case_page
from workflow.cli.output.case_detail import history_page as history_page
from workflow.cli.output.case_detail import reason_lines
from workflow.cli.output.tables import Block, Cell, Facts, Heading, Line, Page, Table, Words, printed
from workflow.presentation.deadline_text import until

View = Mapping[str, Any]


def list_page(desk: Desk, cases: Sequence[View], *, stalled: bool) -> Page:
    """Cases in a table, the longest late first."""
    say = desk.say
    if not cases:
        return [Line(say("cases.none_stalled" if stalled else "cases.none"), "good" if stalled else "plain")]
    heads = [say(f"cases.head.{name}") for name in ("case", "name", "place", "state", "turn", "late")]
    late = sum(one["stalled"] for one in cases)
    title = say("cases.title_stalled" if stalled else "cases.title", count=len(cases), late=late)
    return [
        Heading(title),
        Table(heads, [_case_row(desk, one) for one in cases], frozenset({5}), frozenset({4})),
        Line(say("cases.how_to_see"), "dim"),
    ]


def _case_row(desk: Desk, one: View) -> list[Cell]:
    place = ", ".join([one["unit"]["name"], *(unit["name"] for unit in one["above"][:1])])
    days = Words(desk.say("cases.days", days=one["days_late"]), "late") if one["stalled"] else ""
    return [one["case"], one["person"]["name"], place, one["state"]["label"], one["turn_label"] or "", days]


def opened_page(desk: Desk, view: View, key: str) -> Page:
    """A case that has just begun, and what comes first."""
    name, label = view["person"]["name"], view["state"]["label"]
    return [
        Line(desk.say(key, case=view["case"], name=name, unit=view["unit"]["name"], state=label), "good"),
        Line(desk.say("cli.see_case", case=view["case"]), "dim"),
    ]


def acted_page(desk: Desk, view: View) -> Page:
    """What came of an act: where the case stands now, what runs, what was warned of."""
    return list(_acted(desk, view))


def _acted(desk: Desk, view: View) -> Iterator[Block]:
    say = desk.say
    name = view["person"]["name"]
    yield Line(say("cli.recorded", label=view["label"], name=name, case=view["case"]), "good")
    if view["before"]["id"] != view["after"]["id"]:
        yield Line(say("cli.moved", before=view["before"]["label"], after=view["after"]["label"]))
    else:
        yield Line(say("cli.stays", state=view["after"]["label"]))
    if view["carried"]:
        yield Line(say("cli.carried"), "warn")
    yield from (Line(f"{one['label']}: {until(desk, one)}", "plain", 1, "-") for one in view["clocks"])
    if view["warnings"]:
        yield Line(say("cli.warnings"), "warn")
        for one in view["warnings"]:
            yield from reason_lines(desk, one)
    yield Line(say("cli.see_case", case=view["case"]), "dim")


def corrected_page(desk: Desk, view: View) -> Page:
    """What a correction has left hanging."""
    say, flags = desk.say, view["flags"]
    lines: list[Block] = [Line(say("cli.corrected", case=view["case"], event=view["event"]), "good")]
    if not flags:
        return [*lines, Line(say("cli.all_holds"))]
    lines.append(Line(say("cli.no_longer_holds"), "warn"))
    lines += [Line(say("cli.flag", seq=one["seq"], text=one.get("text", one["code"])), "warn", 1, "-") for one in flags]
    return lines


COUNTS = ("posts", "members", "probationary", "combined", "vacant", "remaining")


def coverage_page(desk: Desk, view: View) -> Page:
    """How many heads are members: in all, and per commune."""
    say = desk.say
    total = view["total"]
    heads = [say("coverage.commune"), *(say(f"coverage.{name}") for name in COUNTS), say("coverage.share")]
    rows: list[list[Cell]] = [[one["name"], *_counts(one)] for one in view["communes"]]
    whole: list[Cell] = [Words(printed(cell), "strong") for cell in [say("coverage.total"), *_counts(total)]]
    return [
        Heading(say("coverage.title")),
        Facts(
            [
                (say("coverage.on"), Words(f"{view['on']:%d/%m/%Y}")),
                (
                    say("coverage.as_known_on"),
                    Words(f"{view['as_known_on']:%d/%m/%Y}") if view["as_known_on"] else None,
                ),
            ]
        ),
        Line(say("coverage.sentence", **{name: total[name] for name in COUNTS}, share=_share(total)), "strong"),
        Table(heads, [*rows, whole], frozenset(range(1, len(heads)))),
        Line(say("coverage.note"), "dim"),
    ]


def _counts(one: View) -> list[Cell]:
    numbers: list[Cell] = [one[name] for name in COUNTS]
    if one["remaining"]:
        numbers[-1] = Words(str(one["remaining"]), "warn")
    return [*numbers, _share(one)]


def _share(one: View) -> str:
    return f"{100 * one['members'] / one['posts']:.1f}".replace(".", ",") + "%" if one["posts"] else "–"
