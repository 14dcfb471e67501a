"""Posts, plans for them and extended meetings are listed by place."""

from dataclasses import dataclass
from datetime import date

from states.vocabulary import Person
from workflow.core.views import NamedRef
from workflow.office import Office
from workflow.register.place_names import place_order
from workflow.register.session import load_rows_on
from workflow.register.views.people import load_people
from workflow.register.views.places import list_units_below, name_commune, name_unit, read_snapshot
from workflow.storage import reads
from workflow.storage.register_snapshot import RegisterSnapshot
from workflow.storage.tables.register import MeetingRow, PlanRow, PostRow, TenureRow


@dataclass(frozen=True, slots=True, kw_only=True)
class PostHolderView(NamedRef):
    """Who holds a post, and what they are in the Party."""

    membership: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostView:
    """A post, with who holds it."""

    id: str
    kind: str
    unit: NamedRef
    commune: NamedRef | None
    holder: PostHolderView | None
    since: date | None
    secretary: bool
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostWithPlanView(PostView):
    """A post, with what is planned for it: told from the commune upward only."""

    plan: str | None
    plan_since: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """What is planned for a post."""

    post: str
    unit: NamedRef
    commune: NamedRef | None
    kind: str
    since: date
    holder: PostHolderView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingView:
    """An extended meeting, and whether the head came."""

    unit: NamedRef
    commune: NamedRef | None
    on: date
    person: NamedRef
    came: bool


def list_posts(office: Office, day: date | None = None, *, unit: str | None = None) -> list[PostWithPlanView]:
    """Posts by commune and village, at and below ``unit``. Raises `UnknownUnit`."""
    with office.database.read_transaction() as connection:
        snapshot, day = read_snapshot(office, connection, day)
        wanted = list_units_below(snapshot, unit, day)
        rows = [row for row in load_rows_on(connection, PostRow, day, "id").values() if row.unit_id in wanted]
        tenures = load_rows_on(connection, TenureRow, day, "post_id")
        plans = load_rows_on(connection, PlanRow, day, "post_id")
        heads = {tenures[row.id].person_id for row in rows if row.id in tenures}
        people = load_people(office, connection, heads, snapshot=snapshot, day=day)
    views = [_build_post(snapshot, row, tenures.get(row.id), plans.get(row.id), people, day) for row in rows]
    return sorted(views, key=_place_sort_key)


def _build_post(
    snapshot: RegisterSnapshot,
    row: PostRow,
    tenure: TenureRow | None,
    plan: PlanRow | None,
    people: dict[str, Person],
    day: date,
) -> PostWithPlanView:
    head = people.get(tenure.person_id) if tenure else None
    return PostWithPlanView(
        id=row.id,
        kind=row.kind,
        unit=name_unit(snapshot, row.unit_id, day),
        commune=name_commune(snapshot, row.unit_id, day),
        holder=PostHolderView(id=head.id, name=head.name, membership=head.membership or "none")
        if head
        else None,
        since=tenure.valid_from if tenure else None,
        secretary=tenure.secretary if tenure else False,
        plan=plan.kind if plan else None,
        plan_since=plan.valid_from if plan else None,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def _place_sort_key(post: PostView) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    return place_order(post.commune.name) if post.commune else (), place_order(post.unit.name), post.id


def list_plans(office: Office, day: date | None = None, *, unit: str | None = None) -> list[PlanView]:
    """Plans by place, at and below ``unit``. Raises `UnknownUnit`."""
    return [
        PlanView(
            post=post.id,
            unit=post.unit,
            commune=post.commune,
            kind=post.plan,
            since=post.plan_since,
            holder=post.holder,
        )
        for post in list_posts(office, day, unit=unit)
        if post.plan and post.plan_since
    ]


def list_meetings(office: Office, day: date | None = None, *, unit: str | None = None) -> list[MeetingView]:
    """Extended meetings until a day, newest first, at and below ``unit``. Raises `UnknownUnit`."""
    with office.database.read_transaction() as connection:
        snapshot, day = read_snapshot(office, connection, day)
        wanted = list_units_below(snapshot, unit, day) if unit else None
        rows = [row for row in reads.load_register_rows(connection, MeetingRow) if row.valid_from <= day]
        rows = [row for row in rows if wanted is None or row.unit_id in wanted]
        people = load_people(office, connection, {row.person_id for row in rows}, snapshot=snapshot)
    return [
        MeetingView(
            unit=name_unit(snapshot, row.unit_id, row.valid_from),
            commune=name_commune(snapshot, row.unit_id, row.valid_from),
            on=row.valid_from,
            person=NamedRef(id=row.person_id, name=people[row.person_id].name),
            came=row.came,
        )
        for row in sorted(rows, key=lambda meeting: (meeting.valid_from, meeting.n), reverse=True)
    ]
