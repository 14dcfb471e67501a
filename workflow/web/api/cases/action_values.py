"""This type defines the fields of an act by name.

The edition says which fields there are.
"""

from typing import Annotated

from pydantic import Field

from workflow.web.api.schemas import NAME

MOST_FIELDS = 100
MOST_LINES = 200
LONGEST = 20_000
LARGEST_COUNT = 10**9

ValueText = Annotated[str, Field(strict=True, max_length=LONGEST)]
ValueCount = Annotated[int, Field(strict=True, ge=-LARGEST_COUNT, le=LARGEST_COUNT)]
FieldName = Annotated[str, Field(pattern=NAME)]
ActionValues = Annotated[
    dict[FieldName, ValueText | ValueCount | Annotated[list[ValueText], Field(max_length=MOST_LINES)] | None],
    Field(
        max_length=MOST_FIELDS,
        description="The act's fields by name, as `fields` of the case's `moves` and `entries` list them: "
        "words, days (2022-08-09), whole numbers, people by their ids.",
        examples=[{"roll": 10, "present": 9, "votes_for": 7, "resolution_no": "08-NQ/CB"}],
    ),
]
