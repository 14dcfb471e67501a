"""The board as the API tells it."""

from datetime import date
from typing import Literal

from workflow.web.api.schemas import Named, Paged, Told

Kind = Literal["legal", "house", "validity", "period"]
Overdue = Literal["week", "month", "quarter", "older"]
NotTold = Literal["waiting", "in_outbox", "stuck", "returned", "cancelled", "void"]


class Looked(Told):
    """What a view of the board was asked for."""

    today: date
    on: date
    as_known_on: date | None
    unit: Named | None


class Counted(Told):
    """Open cases, and of them those past a deadline: of the law, of the house, of either."""

    open: int
    legal: int
    house: int
    late: int


class Step(Counted):
    """A step, and whose turn it is there."""

    state: str
    label: str
    turn: str | None
    turn_label: str | None


class Way(Told):
    """A way with its steps in their order."""

    pipeline: str
    label: str
    steps: list[Step]
    total: Counted


class Funnel(Looked):
    """Open cases at each step."""

    pipelines: list[Way]
    total: Counted


class OverdueFor(Told):
    """Cases past a deadline for so many days, from and to (null: or more)."""

    overdue: Overdue
    days: list[int | None]
    count: int


class ByOverdue(Looked):
    """Cases past a deadline by how long ago it was: of the law, of the house, of either."""

    legal: list[OverdueFor]
    house: list[OverdueFor]
    any: list[OverdueFor]


class OfOrgan(Counted):
    """Cases that wait for an organ."""

    turn: str
    label: str


class OfUnit(Counted):
    """Cases of a commune."""

    unit: str
    name: str


class Waiting(Looked):
    """For whom cases wait, and where."""

    organs: list[OfOrgan]
    communes: list[OfUnit]
    total: Counted


class Running(Told):
    """A deadline to come."""

    case: str
    person: Named
    unit: Named
    commune: Named
    name: str
    label: str
    of: str | None
    kind: str
    organ: str
    organ_label: str
    due: date
    days: int


class DueDay(Told):
    """What falls due on a day."""

    on: date
    legal: int
    house: int
    validity: int
    period: int
    total: int
    clocks: list[Running]


class Due(Looked):
    """What falls due, day by day."""

    first: date
    last: date
    days: list[DueDay]
    total: int


class DueList(Looked, Paged):
    """A page of what falls due."""

    rows: list[Running]


class RoleAt(Told):
    """A role held at a unit."""

    role: str
    label: str
    unit: Named


class Reader(Told):
    """A user by name, with the roles held today."""

    user: str
    name: str
    roles: list[RoleAt]


class Missed(Reader):
    """Somebody whom something has not reached, how often, and since when."""

    waiting: int
    in_outbox: int
    stuck: int
    returned: int
    cancelled: int
    void: int
    since: date


class UntoldCounts(Told):
    """Notices by what became of them."""

    waiting: int
    in_outbox: int
    stuck: int
    returned: int
    cancelled: int
    void: int


class Untold(Looked):
    """Who has not been told of something."""

    total: UntoldCounts
    people: list[Missed]
    people_total: int
    no_address: list[Reader]
    no_address_total: int


class UntoldRow(Told):
    """A notice that has not arrived, and the server's last word."""

    id: int
    subject: str
    about: str
    step: str
    due: date | None
    user: Reader
    via: Reader
    why: str
    swept_on: date
    standing: str
    letter: str | None
    code: int | None
    said: str | None


class UntoldList(Looked, Paged):
    """A page of notices that have not arrived."""

    rows: list[UntoldRow]


class Kinds(Told):
    """How often an act was made."""

    pipeline: str
    kind: str
    label: str
    count: int


class DoneRow(Told):
    """An act that was made."""

    case: str
    on: date
    kind: str
    label: str
    person: Named
    unit: Named
    commune: Named


class Done(Looked):
    """What was done in a while."""

    acts: list[Kinds]
    rows: list[DoneRow]
    total: int


class Covered(Told):
    """Heads counted; posts = members + remaining + vacant, and probationary ones are among the members."""

    posts: int
    members: int
    probationary: int
    combined: int
    vacant: int
    remaining: int


class OfCommune(Covered):
    """Heads of a commune."""

    unit: str
    name: str


class Coverage(Told):
    """How many heads are members, in all and per commune."""

    on: date
    as_known_on: date | None
    total: Covered
    communes: list[OfCommune]


class Point(Covered):
    """Coverage on a day."""

    on: date


class Course(Told):
    """Coverage over the months."""

    course: list[Point]
