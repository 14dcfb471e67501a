"""Acts of the register become endpoints.

Body, permission and answer follow from the act.
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar, get_type_hints

from fastapi import APIRouter
from pydantic import Field, create_model

from workflow.core.input import FieldFault, InvalidInput
from workflow.office import Office
from workflow.register.acts import ActField, FieldKind, build_act, list_fields
from workflow.register.commands.people import LONGEST_TEXT
from workflow.register.writer import Who
from workflow.web.api.authentication import WriteContext
from workflow.web.api.schemas import (
    ONE_LINE,
    WRITING,
    ActorId,
    Day,
    PersonId,
    PostId,
    RequestBody,
    RuleName,
    ShortText,
    UnitId,
    UserId,
    YesNo,
)
from workflow.web.visibility.act_permissions import authorize_act

A = TypeVar("A")

FIELD_TYPES: dict[FieldKind, Any] = {
    "line": Annotated[str, Field(max_length=LONGEST_TEXT, pattern=ONE_LINE)],
    "name": ShortText,
    "day": Day,
    "yes_no": YesNo,
    "unit": UnitId,
    "post": PostId,
    "new_unit": UnitId,
    "new_post": PostId,
    "person": PersonId,
    "user": UserId,
    "rule_name": RuleName,
    "rule_names": Annotated[list[RuleName], Field(max_length=20)],
}
"""What a program may send for a field, with its bounds."""

NOT_IN_BODIES = frozenset({("AddUser", "contact")})
"""A program says it of the person (``/people/set``)."""


def build_body(act: type) -> type[RequestBody]:
    """The body of an act: its fields, and whose it is."""
    wanted = (field for field in list_fields(act) if (act.__name__, field.name) not in NOT_IN_BODIES)
    fields: dict[str, Any] = {field.name: _describe_field(field) for field in wanted}
    return create_model(
        f"{act.__name__}Request", __base__=RequestBody, __doc__=act.__doc__, **fields, by=(ActorId, None)
    )


def _describe_field(field: ActField) -> tuple[Any, object]:
    of = Literal[field.options] if field.kind == "choice" else FIELD_TYPES[field.kind]
    needed = field.required and not field.is_detail
    return (
        of | None if field.optional and not field.required else of
    ), ... if needed or field.required else field.default


def post_act(
    router: APIRouter, path: str, act: type[A], command: Callable[[Office, A, Who], object], description: str
) -> None:
    """An endpoint that enters an act.

    Its body is read, whose it is looked up, and what has become of it answered.
    """
    body_type = build_body(act)

    def enter_act(ctx: WriteContext, body: Any) -> object:
        sent = {name: getattr(body, name) for name in body.model_fields_set if name != "by"}
        try:
            entry = build_act(act, sent)
        except ValueError:  # fields that go together, or stand for each other
            raise InvalidInput([FieldFault("body", "not_as_described", {})]) from None
        return command(ctx.office, entry, authorize_act(ctx, entry, body.by))

    enter_act.__annotations__["body"] = body_type
    router.post(
        path,
        responses=WRITING,
        response_model=get_type_hints(command)["return"],
        name=command.__name__,
        description=description,
    )(enter_act)
