"""What recorded acts were warned of is put into words."""

from workflow.cases.views.history import EventView
from workflow.core.messages import has_message
from workflow.presentation.problem import Speaker
from workflow.presentation.rulebook.terms import blank_places


def describe_condition(speaker: Speaker, pipeline: str, event: EventView, code: str) -> str:
    """What a condition says, by the rules of its event, with its places left open; else its code."""
    if has_message(f"correct.{code}"):
        return speaker.say(f"correct.{code}")
    if speaker.office is None:
        return code
    conditions = speaker.office.edition_of(pipeline, event.edition, event.revision).conditions
    return blank_places(conditions[code].says.in_language(speaker.speaks)) if code in conditions else code


def describe_warnings(speaker: Speaker, pipeline: str, event: EventView) -> list[str]:
    """What an act was warned of."""
    return [describe_condition(speaker, pipeline, event, code) for code in event.warnings]
