"""A diagram draws an edition, with the catalogue's words around its own."""

from dataclasses import dataclass

from states.rulebook.diagram import Captions, draw_mermaid
from states.rulebook.edition import Edition
from workflow.core.messages import load_messages


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagramView:
    """An edition drawn, in the words of Mermaid."""

    edition: str
    mermaid: str


def draw_edition(edition: Edition, language: str) -> DiagramView:
    """The edition in ``language`` ("vi" or "en")."""
    words = load_messages(language)
    captions = Captions(*(words[f"rulebook.diagram.{name}"] for name in Captions._fields))
    return DiagramView(edition=edition.name, mermaid=draw_mermaid(edition, language, captions))
