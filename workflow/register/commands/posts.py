"""Posts of heads are added, held and left.

With plans for them, and the extended meetings that heads are invited to.
"""

from collections.abc import Sequence
from datetime import date

from workflow.office import Office
from workflow.register.acts import (
    PLAN_KINDS,
    POST_KINDS,
    AddPost,
    EndPost,
    HoldPost,
    LeavePost,
    LogMeeting,
    SetPlan,
)
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
from workflow.register.views.outcomes import (
    EndedTenureView,
    EndResultView,
    LoggedMeetingView,
    NewPostView,
    SetPlanResultView,
    TenureView,
)
from workflow.register.writer import Who
from workflow.storage import reads
from workflow.storage.register_snapshot import BRANCH_ORGAN, find_row_on
from workflow.storage.tables.register import MeetingRow, PlanRow, TenureRow


def add_post(office: Office, act: AddPost, who: Who) -> NewPostView:
    """The post of head of a village.

    Raises `InvalidInput`, `UnknownUnit`, `WrongLevel`, `AlreadyKnown` (one head).
    """
    with open_register(office, who) as register:
        register.check_days(since=act.since)
        check_option(act.kind, "kind", POST_KINDS)
        wanted = register_edition_on(office, act.since).organs[BRANCH_ORGAN].level
        unit = register.get_unit(act.unit, act.since)
        if unit.level != wanted:
            raise WrongLevel(unit=act.unit, level=unit.level, wanted=wanted)
        id_ = check_id(act.id, "post") if act.id else act.unit
        for known in register.posts.values():
            if find_overlap([row for row in known if row.unit_id == act.unit or row.id == id_], act.since):
                raise AlreadyKnown(id=known[0].id)
        register.writer.add_row("posts", act.since, id=id_, unit_id=act.unit, kind=act.kind)
        return NewPostView(id=id_, unit=act.unit)


def end_post(office: Office, act: EndPost, who: Who) -> EndResultView:
    """A post ends after its last day. Whoever holds it then leaves it, and what was planned for it ends.

    Raises `InvalidInput`, `UnknownPost`, `AlreadyEnded`, `ChangedLater`.
    """
    with open_register(office, who) as register:
        register.check_days(on=act.on)
        post = find_last_row(register.posts.get(act.post, ()), act.on, act.post)
        if post is None:
            raise UnknownPost(post=act.post, on=act.on)
        register.writer.end_row("posts", post, act.on)
        _end_rows_of_post(register, "tenures", register.tenures.get(act.post, ()), act)
        _end_rows_of_post(register, "plans", register.plans.get(act.post, ()), act)
        return EndResultView(id=act.post, last=act.on)


def _end_rows_of_post(
    register: RegisterSession, table: str, rows: Sequence[TenureRow | PlanRow], act: EndPost
) -> None:
    later = [row.valid_from for row in rows if row.valid_from > act.on]
    if later:
        raise ChangedLater(id=act.post, since=later[0])
    for row in rows:
        if find_overlap([row], act.on + DAY):
            register.writer.end_row(table, row, act.on)


def hold_post(office: Office, act: HoldPost, who: Who) -> TenureView:
    """From a day on somebody holds a post. For who holds it already only ``secretary`` changes.

    Raises `InvalidInput`, `UnknownPost`, `UnknownPerson`, `PostHeld` (whoever holds it has to leave it
    first), `ChangedLater`, `NotAMember` (a secretary is in the Party).
    """
    with open_register(office, who) as register:
        register.check_days(since=act.since)
        register.get_post(act.post, act.since)
        register.get_person_key(act.person)
        if act.secretary and register.snapshot.get_membership(act.person, act.since) == "none":
            raise NotAMember(person=act.person, on=act.since)
        _write_tenure(register, act)
        return TenureView(id=act.post, person=act.person, since=act.since)


def _write_tenure(register: RegisterSession, act: HoldPost) -> None:
    rows = register.tenures.get(act.post, ())
    holder = find_row_on(rows, act.since)
    if holder is not None and holder.person_id != act.person:
        raise PostHeld(post=act.post, person=holder.person_id, since=holder.valid_from)
    if holder is not None:
        if holder.secretary != act.secretary:
            register.replace_row("tenures", holder, act.since, secretary=act.secretary)
        return
    if late := find_overlap(rows, act.since):
        raise ChangedLater(id=act.post, since=late.valid_from)
    register.writer.add_row(
        "tenures", act.since, post_id=act.post, person_id=act.person, secretary=act.secretary
    )


def leave_post(office: Office, act: LeavePost, who: Who) -> EndedTenureView:
    """Whoever holds a post leaves it.

    Raises `InvalidInput`, `UnknownPost`, `PostVacant`, `AlreadyEnded`.
    """
    with open_register(office, who) as register:
        register.check_days(on=act.on)
        register.get_post(act.post, act.on)
        tenure = find_row_on(register.tenures.get(act.post, ()), act.on)
        if tenure is None:
            raise PostVacant(post=act.post, on=act.on)
        if tenure.valid_to is not None:
            raise AlreadyEnded(id=act.post, last=tenure.valid_to)
        register.writer.end_row("tenures", tenure, act.on)
        return EndedTenureView(id=act.post, person=tenure.person_id, last=act.on)


def set_plan(office: Office, act: SetPlan, who: Who) -> SetPlanResultView:
    """What the commune plans for a post from a day on.

    Raises `InvalidInput`, `UnknownPost`, `AlreadyAMember` (plans are for heads who are not), `ChangedLater`.
    """
    with open_register(office, who) as register:
        register.check_days(on=act.on)
        check_option(act.kind, "kind", PLAN_KINDS)
        register.get_post(act.post, act.on)
        holder = find_row_on(register.tenures.get(act.post, ()), act.on)
        if holder and register.snapshot.get_membership(holder.person_id, act.on) == "member":
            raise AlreadyAMember(person=holder.person_id, on=act.on)
        rows = register.plans.get(act.post, ())
        if late := next((row for row in rows if row.valid_from > act.on), None):
            raise ChangedLater(id=act.post, since=late.valid_from)
        plan = find_row_on(rows, act.on)
        if plan is None:
            register.writer.add_row("plans", act.on, post_id=act.post, kind=act.kind)
        elif plan.kind != act.kind:
            register.replace_row("plans", plan, act.on, kind=act.kind)
        return SetPlanResultView(id=act.post, kind=act.kind, changed=plan is None or plan.kind != act.kind)


def log_meeting(office: Office, act: LogMeeting, who: Who) -> LoggedMeetingView:
    """An extended meeting of a branch to which the head of the day was invited.

    Said again for the same day, it is said anew. Raises `InvalidInput`, `UnknownUnit`, `UnknownPost`,
    `PostVacant`, `AlreadyAMember`.
    """
    with open_register(office, who) as register:
        register.check_days(on=act.on)
        head = _find_head(register, act.unit, act.on)
        if register.snapshot.get_membership(head, act.on) != "none":
            raise AlreadyAMember(person=head, on=act.on)
        rows = reads.load_register_rows(register.tx.connection, MeetingRow)
        known = next((row for row in rows if (row.unit_id, row.valid_from) == (act.unit, act.on)), None)
        if known is None or (known.person_id, known.came) != (head, act.came):
            if known:
                register.writer.retire_row("meetings", known)
            register.writer.add_row(
                "meetings", act.on, act.on, unit_id=act.unit, person_id=head, came=act.came
            )
        return LoggedMeetingView(unit=act.unit, on=act.on, person=head, came=act.came)


def _find_head(register: RegisterSession, unit: str, day: date) -> str:
    register.get_unit(unit, day)
    post = next(
        (
            row.id
            for rows in register.posts.values()
            if (row := find_row_on(rows, day)) and row.unit_id == unit
        ),
        None,
    )
    if post is None:
        raise UnknownPost(post=unit, on=day)
    holder = find_row_on(register.tenures.get(post, ()), day)
    if holder is None:
        raise PostVacant(post=post, on=day)
    return holder.person_id
