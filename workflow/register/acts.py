"""Each act of the register declares what it takes, once.

The API's bodies, the pages' forms and the commands' options are made from these declarations: a field's type
says how it is typed. The command line reads them for its help, so nothing heavy is imported.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from datetime import date
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

from states.vocabulary import Membership, Person

FieldKind = Literal[
    "line",
    "name",
    "day",
    "yes_no",
    "choice",
    "unit",
    "post",
    "person",
    "user",
    "new_unit",
    "new_post",
    "rule_name",
    "rule_names",
    "details",
]

UnitId = Annotated[str, "unit"]
PostId = Annotated[str, "post"]
PersonId = Annotated[str, "person"]
UserId = Annotated[str, "user"]
NewUnitId = Annotated[str, "new_unit"]
NewPostId = Annotated[str, "new_post"]
RuleName = Annotated[str, "rule_name"]
"""A level, a role or an organ, as the rules in force call it."""

PersonDetails = Annotated[Mapping[str, object], "details"]
"""Fields of `Person` by name: typed, or as somebody wrote them."""

PostKind = Literal["village", "residential_group"]
"""A post is that of a village's head (thôn), or of a residential group's (tổ dân phố)."""

PlanKind = Literal["admit", "replace", "combine", "not_now"]
"""Admit the head, have another elected, let the branch secretary hold both, or leave it for now."""

POST_KINDS: tuple[str, ...] = get_args(PostKind)
PLAN_KINDS: tuple[str, ...] = get_args(PlanKind)
MEMBERSHIPS: tuple[str, ...] = get_args(Membership)


# --- units --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class AddUnit:
    """A new unit. ``organs``: left out, those that the rules give every unit of its level."""

    name: str
    level: RuleName
    since: date
    parent: UnitId | None = None
    id: NewUnitId | None = None
    organs: list[RuleName] | None = None
    authorised: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeUnit:
    """What is another from a day on; what is left out stays. ``parent``: "" for none."""

    unit: UnitId
    since: date
    name: str | None = None
    level: RuleName | None = None
    parent: UnitId | None = None
    organs: list[RuleName] | None = None
    authorised: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndUnit:
    """``on``: the last day; ``successor``: the unit that takes its place."""

    unit: UnitId
    on: date
    successor: UnitId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginTerm:
    """The first day of a new term."""

    unit: UnitId
    on: date


# --- posts --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPost:
    """The post of a village's head; its id is the village's, if no other is given."""

    unit: UnitId
    since: date
    kind: PostKind = "village"
    id: NewPostId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPost:
    """Who holds a post from a day on; ``secretary``: and is secretary of the branch as well."""

    post: PostId
    person: PersonId
    since: date
    secretary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavePost:
    """``on``: the last day on which whoever holds the post does."""

    post: PostId
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPost:
    """``on``: the last day of a post."""

    post: PostId
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPlan:
    """What is planned for a post from a day on."""

    post: PostId
    kind: PlanKind
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LogMeeting:
    """An extended meeting of a branch, and whether its head came."""

    unit: UnitId
    on: date
    came: bool


# --- people -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPerson:
    """Somebody new."""

    details: PersonDetails


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePerson:
    """What is said anew of somebody; what is left out stays, what is null is forgotten."""

    person: PersonId
    details: PersonDetails


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMembership:
    """What somebody is in the Party from a day on."""

    person: PersonId
    status: Membership
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTogether:
    """Since when a sponsor or helper has worked or lived together with a candidate."""

    person: PersonId
    candidate: PersonId
    since: date


# --- users --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class AddUser:
    """A new user: of somebody who is known (``person``), or of somebody new (``name``)."""

    user: UserId
    name: str | None = None
    person: PersonId | None = None
    role: RuleName
    unit: UnitId
    since: date
    contact: str | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for both, and for neither."""
        if (self.name is None) == (self.person is None):
            raise ValueError(self.name, self.person)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddGrant:
    """A role at a unit, from a day on."""

    user: UserId
    role: RuleName
    unit: UnitId
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EndUser:
    """``on``: the last day, for all their roles; with a role and a unit, for that one."""

    user: UserId
    on: date
    role: RuleName | None = None
    unit: UnitId | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for a role without its unit."""
        if (self.role is None) != (self.unit is None):
            raise ValueError(self.role, self.unit)


# --- what the doors read of them ----------------------------------------------------------------------------


class ActField(NamedTuple):
    """One field of an act. ``options``: of a choice; ``is_detail``: of `Person`, within the act's details."""

    name: str
    kind: FieldKind
    required: bool
    optional: bool
    default: object
    options: tuple[str, ...]
    is_detail: bool = False


A = TypeVar("A")


def list_fields(act: type) -> tuple[ActField, ...]:
    """The fields of an act in their order, those of a person in the place of its details."""
    return tuple(_walk_fields(act))


def _walk_fields(act: type) -> Iterator[ActField]:
    hints = get_type_hints(act, include_extras=True)
    for each in fields(act):
        field = _describe_field(each, hints[each.name])
        if field.kind == "details":
            name_needed = act is AddPerson
            yield from (
                detail._replace(is_detail=True, required=name_needed and detail.name == "name", optional=True)
                for detail in PERSON_FIELDS
            )
        else:
            yield field


def _describe_field(each: Field[Any], hint: Any) -> ActField:
    optional = get_origin(hint) in (Union, UnionType) and NoneType in get_args(hint)
    of = next(arg for arg in get_args(hint) if arg is not NoneType) if optional else hint
    options = get_args(of) if get_origin(of) is Literal else ()
    required = each.default is MISSING
    return ActField(
        each.name, _kind_of(each.name, of), required, optional, None if required else each.default, options
    )


def _kind_of(name: str, of: Any) -> FieldKind:
    if get_origin(of) is Annotated:
        kind: FieldKind = of.__metadata__[0]
        return kind
    if get_origin(of) is list:
        return "rule_names"
    if get_origin(of) is Literal:
        return "choice"
    if of is str:
        return "name" if name == "name" else "line"
    return _KINDS_BY_TYPE[of]


_KINDS_BY_TYPE: dict[type, FieldKind] = {date: "day", bool: "yes_no"}

PERSON_FIELDS = tuple(
    _describe_field(each, get_type_hints(Person)[each.name])
    for each in fields(Person)
    if each.name not in ("id", "membership", "together_since")
)
"""All that is kept of a person, a closed list: the fields of `Person` that are about nobody else."""


def build_act(act: type[A], values: Mapping[str, object]) -> A:
    """An act of values by the names of its fields; those that it does not know are passed over."""
    known = {field.name: field for field in list_fields(act) if field.name in values}
    own = {name: values[name] for name, field in known.items() if not field.is_detail}
    details = {name: values[name] for name, field in known.items() if field.is_detail}
    make: Callable[..., A] = act
    return make(**own, details=details) if any(field.is_detail for field in list_fields(act)) else make(**own)
