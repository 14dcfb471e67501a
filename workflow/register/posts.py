"""Posts of heads: who holds them, what is planned for them, and the extended meetings that heads are invited to."""

from collections.abc import Sequence
from datetime import date

from workflow.office import Office
from workflow.register.errors import (
    AlreadyAMember,
    AlreadyKnown,
    ChangedLater,
    Ended,
    Held,
    NotAMember,
    UnknownPost,
    Vacant,
    WrongLevel,
)
from workflow.register.session import DAY, Register, edition_on, fit_id, last_row, one_of, opened, overlaps
from workflow.register.writer import Who
from workflow.storage import reads
from workflow.storage.register_snapshot import HEADED, on
from workflow.storage.tables import MeetingRow, TenureRow

POST_KINDS = ("village", "residential_group")
"""A post is that of a village's head (thôn), or of a residential group's (tổ dân phố)."""

PLAN_KINDS = ("admit", "replace", "combine", "not_now")
"""Admit the present head, have another elected, let the branch secretary hold both, or leave the head alone."""


def add_post(
    office: Office, unit: str, since: date, who: Who, *, kind: str = "village", post: str | None = None
) -> str:
    """The post of head of a village; its id comes back, by default that of the village.

    Raises `Mistyped`, `UnknownUnit`, `WrongLevel`, `AlreadyKnown` (a village has one head).
    """
    with opened(office, who) as register:
        register.past(since=since)
        one_of(kind, "kind", POST_KINDS)
        row, wanted = register.unit(unit, since), edition_on(office, since).organs[HEADED].level
        if row.level != wanted:
            raise WrongLevel(unit=unit, level=row.level, wanted=wanted)
        id_ = fit_id(post, "post") if post else unit
        for known in register.posts.values():
            if overlaps([one for one in known if one.unit_id == unit or one.id == id_], since):
                raise AlreadyKnown(id=known[0].id)
        register.pen.add("posts", since, id=id_, unit_id=unit, kind=kind)
        return id_


def end_post(office: Office, post: str, last: date, who: Who) -> None:
    """A post ends; ``last`` is its last day. Whoever holds it then leaves it, and what was planned for it ends.

    Raises `Mistyped`, `UnknownPost`, `Ended`, `ChangedLater`.
    """
    with opened(office, who) as register:
        register.past(on=last)
        row = last_row(register.posts.get(post, ()), last, post)
        if row is None:
            raise UnknownPost(post=post, on=last)
        register.pen.end("posts", row, last)
        for table, rows in (("tenures", register.tenures), ("plans", register.plans)):
            held: Sequence[TenureRow] = rows.get(post, ())  # type: ignore[assignment] # tenures or plans: both are dated
            late = [one for one in held if one.valid_from > last]
            if late:
                raise ChangedLater(id=post, since=late[0].valid_from)
            for one in held:
                if overlaps([one], last + DAY):
                    register.pen.end(table, one, last)


def hold_post(office: Office, post: str, person: str, since: date, who: Who, *, secretary: bool = False) -> None:
    """From ``since`` on somebody holds a post; ``secretary``: and is secretary of the branch as well.

    For who holds it already only ``secretary`` changes. Raises `Mistyped`, `UnknownPost`, `UnknownPerson`, `Held`
    (whoever holds it has to leave it first), `ChangedLater`, `NotAMember` (a secretary is in the Party).
    """
    with opened(office, who) as register:
        register.past(since=since)
        register.post(post, since)
        register.person(person)
        if secretary and register.tree.membership(person, since) == "none":
            raise NotAMember(person=person, on=since)
        rows = register.tenures.get(post, ())
        holder = on(rows, since)
        if holder is not None and holder.person_id == person:
            if holder.secretary != secretary:
                register.replace("tenures", holder, since, secretary=secretary)
            return
        if holder is not None:
            raise Held(post=post, person=holder.person_id, since=holder.valid_from)
        if late := overlaps(rows, since):
            raise ChangedLater(id=post, since=late.valid_from)
        register.pen.add("tenures", since, post_id=post, person_id=person, secretary=secretary)


def leave_post(office: Office, post: str, last: date, who: Who) -> str:
    """Whoever holds a post leaves it after ``last``; the person's id comes back.

    Raises `Mistyped`, `UnknownPost`, `Vacant`, `Ended`, `ChangedLater`.
    """
    with opened(office, who) as register:
        register.past(on=last)
        register.post(post, last)
        rows = register.tenures.get(post, ())
        held = on(rows, last)
        if held is None:
            raise Vacant(post=post, on=last)
        if held.valid_to is not None:
            raise Ended(id=post, last=held.valid_to)
        register.pen.end("tenures", held, last)
        return held.person_id


def plan_for(office: Office, post: str, kind: str, since: date, who: Who) -> bool:
    """What the commune plans for a post from a day on; False when that is the plan already.

    Raises `Mistyped`, `UnknownPost`, `AlreadyAMember` (plans are for heads who are not), `ChangedLater`.
    """
    with opened(office, who) as register:
        register.past(on=since)
        one_of(kind, "kind", PLAN_KINDS)
        register.post(post, since)
        holder = on(register.tenures.get(post, ()), since)
        if holder and register.tree.membership(holder.person_id, since) == "member":
            raise AlreadyAMember(person=holder.person_id, on=since)
        rows = register.plans.get(post, ())
        if late := next((row for row in rows if row.valid_from > since), None):
            raise ChangedLater(id=post, since=late.valid_from)
        plan = on(rows, since)
        if plan is None:
            register.pen.add("plans", since, post_id=post, kind=kind)
        elif plan.kind != kind:
            register.replace("plans", plan, since, kind=kind)
        return plan is None or plan.kind != kind


def log_meeting(office: Office, unit: str, day: date, who: Who, *, came: bool) -> str:
    """An extended meeting of a branch to which the head of the day was invited; the head's id comes back.

    Said again for the same day, it is said anew. Raises `Mistyped`, `UnknownUnit`, `UnknownPost`, `Vacant`,
    `AlreadyAMember`.
    """
    with opened(office, who) as register:
        register.past(on=day)
        head = _head_of(register, unit, day)
        if register.tree.membership(head, day) != "none":
            raise AlreadyAMember(person=head, on=day)
        rows = reads.register(register.work.connection, MeetingRow)
        known = next((row for row in rows if (row.unit_id, row.valid_from) == (unit, day)), None)
        if known and (known.person_id, known.came) == (head, came):
            return head
        if known:
            register.pen.retire("meetings", known)
        register.pen.add("meetings", day, day, unit_id=unit, person_id=head, came=came)
        return head


def _head_of(register: Register, unit: str, day: date) -> str:
    register.unit(unit, day)
    post = next((row.id for rows in register.posts.values() if (row := on(rows, day)) and row.unit_id == unit), None)
    if post is None:
        raise UnknownPost(post=unit, on=day)
    holder = on(register.tenures.get(post, ()), day)
    if holder is None:
        raise Vacant(post=post, on=day)
    return holder.person_id
