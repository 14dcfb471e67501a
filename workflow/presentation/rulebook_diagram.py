"""An edition drawn, with the catalogue's words around its own."""

from collections.abc import Mapping

from states.rulebook.diagram import Captions, draw_mermaid
from states.rulebook.edition import Edition
from workflow.core.messages import load_messages


def draw_edition(edition: Edition, language: str, counts: Mapping[str, int] | None = None) -> str:
    """The edition as Mermaid text in ``language``; ``counts``: cases by the step at which they stand."""
    words = load_messages(language)
    return draw_mermaid(
        edition, language, counts, Captions(*(words[f"rulebook.diagram.{name}"] for name in Captions._fields))
    )
