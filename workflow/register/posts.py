"""Posts of heads: who holds them, what is planned for them, and the extended meetings that heads are invited to."""

from collections.abc import Sequence
from datetime import date

from workflow.office import Office
from workflow.register.errors import (
    AlreadyAMember,
    AlreadyEnded,
    AlreadyKnown,
    ChangedLater,
    NotAMember,
    PostHeld,
    PostVacant,
    UnknownPost,
    WrongLevel,
)
from workflow.register.session import (
    DAY,
    RegisterSession,
    check_id,
    check_option,
    find_last_row,
    find_overlap,
    open_register,
    register_edition_on,
)
from workflow.register.writer import Who
from workflow.storage import reads
from workflow.storage.register_snapshot import BRANCH_ORGAN, find_row_on
from workflow.storage.tables.register import MeetingRow, TenureRow

POST_KINDS = ("village", "residential_group")
"""A post is that of a village's head (thôn), or of a residential group's (tổ dân phố)."""

PLAN_KINDS = ("admit", "replace", "combine", "not_now")
"""Admit the present head, have another elected, let the branch secretary hold both, or leave the head alone."""


def add_post(
    office: Office, unit: str, since: date, who: Who, *, kind: str = "village", post: str | None = None
) -> str:
    """The post of head of a village; its id comes back, by default that of the village.

    Raises `InvalidInput`, `UnknownUnit`, `WrongLevel`, `AlreadyKnown` (a village has one head).
    """
    with open_register(office, who) as register:
        register.check_days(since=since)
        check_option(kind, "kind", POST_KINDS)
        row, wanted = register.get_unit(unit, since), register_edition_on(office, since).organs[BRANCH_ORGAN].level
        if row.level != wanted:
            raise WrongLevel(unit=unit, level=row.level, wanted=wanted)
        id_ = check_id(post, "post") if post else unit
        for known in register.posts.values():
            if find_overlap([post_row for post_row in known if post_row.unit_id == unit or post_row.id == id_], since):
                raise AlreadyKnown(id=known[0].id)
        register.writer.add_row("posts", since, id=id_, unit_id=unit, kind=kind)
        return id_


def end_post(office: Office, post: str, last: date, who: Who) -> None:
    """A post ends; ``last`` is its last day. Whoever holds it then leaves it, and what was planned for it ends.

    Raises `InvalidInput`, `UnknownPost`, `Ended`, `ChangedLater`.
    """
    with open_register(office, who) as register:
        register.check_days(on=last)
        row = find_last_row(register.posts.get(post, ()), last, post)
        if row is None:
            raise UnknownPost(post=post, on=last)
        register.writer.end_row("posts", row, last)
        for table, rows in (("tenures", register.tenures), ("plans", register.plans)):
            dated_rows: Sequence[TenureRow] = rows.get(post, ())  # type: ignore[assignment] # tenures or plans: both are dated
            late = [dated_row for dated_row in dated_rows if dated_row.valid_from > last]
            if late:
                raise ChangedLater(id=post, since=late[0].valid_from)
            for dated_row in dated_rows:
                if find_overlap([dated_row], last + DAY):
                    register.writer.end_row(table, dated_row, last)


def hold_post(office: Office, post: str, person: str, since: date, who: Who, *, secretary: bool = False) -> None:
    """From ``since`` on somebody holds a post; ``secretary``: and is secretary of the branch as well.

    For who holds it already only ``secretary`` changes. Raises `InvalidInput`, `UnknownPost`, `UnknownPerson`, `Held`
    (whoever holds it has to leave it first), `ChangedLater`, `NotAMember` (a secretary is in the Party).
    """
    with open_register(office, who) as register:
        register.check_days(since=since)
        register.get_post(post, since)
        register.get_person_key(person)
        if secretary and register.snapshot.get_membership(person, since) == "none":
            raise NotAMember(person=person, on=since)
        rows = register.tenures.get(post, ())
        holder = find_row_on(rows, since)
        if holder is not None and holder.person_id == person:
            if holder.secretary != secretary:
                register.replace_row("tenures", holder, since, secretary=secretary)
            return
        if holder is not None:
            raise PostHeld(post=post, person=holder.person_id, since=holder.valid_from)
        if late := find_overlap(rows, since):
            raise ChangedLater(id=post, since=late.valid_from)
        register.writer.add_row("tenures", since, post_id=post, person_id=person, secretary=secretary)


def leave_post(office: Office, post: str, last: date, who: Who) -> str:
    """Whoever holds a post leaves it after ``last``; the person's id comes back.

    Raises `InvalidInput`, `UnknownPost`, `PostVacant`, `Ended`, `ChangedLater`.
    """
    with open_register(office, who) as register:
        register.check_days(on=last)
        register.get_post(post, last)
        rows = register.tenures.get(post, ())
        tenure = find_row_on(rows, last)
        if tenure is None:
            raise PostVacant(post=post, on=last)
        if tenure.valid_to is not None:
            raise AlreadyEnded(id=post, last=tenure.valid_to)
        register.writer.end_row("tenures", tenure, last)
        return tenure.person_id


def set_plan(office: Office, post: str, kind: str, since: date, who: Who) -> bool:
    """What the commune plans for a post from a day on; False when that is the plan already.

    Raises `InvalidInput`, `UnknownPost`, `AlreadyAMember` (plans are for heads who are not), `ChangedLater`.
    """
    with open_register(office, who) as register:
        register.check_days(on=since)
        check_option(kind, "kind", PLAN_KINDS)
        register.get_post(post, since)
        holder = find_row_on(register.tenures.get(post, ()), since)
        if holder and register.snapshot.get_membership(holder.person_id, since) == "member":
            raise AlreadyAMember(person=holder.person_id, on=since)
        rows = register.plans.get(post, ())
        if late := next((row for row in rows if row.valid_from > since), None):
            raise ChangedLater(id=post, since=late.valid_from)
        plan = find_row_on(rows, since)
        if plan is None:
            register.writer.add_row("plans", since, post_id=post, kind=kind)
        elif plan.kind != kind:
            register.replace_row("plans", plan, since, kind=kind)
        return plan is None or plan.kind != kind


def log_meeting(office: Office, unit: str, day: date, who: Who, *, came: bool) -> str:
    """An extended meeting of a branch to which the head of the day was invited; the head's id comes back.

    Said again for the same day, it is said anew. Raises `InvalidInput`, `UnknownUnit`, `UnknownPost`, `PostVacant`,
    `AlreadyAMember`.
    """
    with open_register(office, who) as register:
        register.check_days(on=day)
        head = _find_head(register, unit, day)
        if register.snapshot.get_membership(head, day) != "none":
            raise AlreadyAMember(person=head, on=day)
        rows = reads.load_register_rows(register.tx.connection, MeetingRow)
        known = next((row for row in rows if (row.unit_id, row.valid_from) == (unit, day)), None)
        if known and (known.person_id, known.came) == (head, came):
            return head
        if known:
            register.writer.retire_row("meetings", known)
        register.writer.add_row("meetings", day, day, unit_id=unit, person_id=head, came=came)
        return head


def _find_head(register: RegisterSession, unit: str, day: date) -> str:
    register.get_unit(unit, day)
    post = next(
        (row.id for rows in register.posts.values() if (row := find_row_on(rows, day)) and row.unit_id == unit), None
    )
    if post is None:
        raise UnknownPost(post=unit, on=day)
    holder = find_row_on(register.tenures.get(post, ()), day)
    if holder is None:
        raise PostVacant(post=post, on=day)
    return holder.person_id
