"""The register: units, posts and their heads, plans, extended meetings, users, people, the working calendar.

Every verb is one transaction: all of it is written, or nothing. Days are office-zone dates, ends are inclusive, and
nothing lies in the future.
"""

from workflow.register.errors import Unregistered
from workflow.register.people import add_person, set_membership, set_person
from workflow.register.posts import (
    PLAN_KINDS,
    POST_KINDS,
    add_post,
    end_post,
    hold_post,
    leave_post,
    log_meeting,
    plan_for,
)
from workflow.register.queries import meeting_list, plan_list, post_list, term_list, unit_list, user_list
from workflow.register.search import people_found
from workflow.register.units import add_unit, begin_term, change_unit, end_unit
from workflow.register.users import add_grant, add_user, end_grant, end_user

__all__ = [
    "PLAN_KINDS",
    "POST_KINDS",
    "Unregistered",
    "add_grant",
    "add_person",
    "add_post",
    "add_unit",
    "add_user",
    "begin_term",
    "change_unit",
    "end_grant",
    "end_post",
    "end_unit",
    "end_user",
    "hold_post",
    "leave_post",
    "log_meeting",
    "meeting_list",
    "people_found",
    "plan_for",
    "plan_list",
    "post_list",
    "set_membership",
    "set_person",
    "term_list",
    "unit_list",
    "user_list",
]
