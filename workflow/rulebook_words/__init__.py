"""Editions of the rules in the words of the people who keep them: faults, differences, drawings, whole editions."""

from workflow.rulebook_words.changes import changes_told
from workflow.rulebook_words.drawing import drawn
from workflow.rulebook_words.faults import fault_words
from workflow.rulebook_words.pages import Section, shown

__all__ = ["Section", "changes_told", "drawn", "fault_words", "shown"]
