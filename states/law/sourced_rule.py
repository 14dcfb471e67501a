"""A rule says what it rests on and how sure that is."""

from datetime import date
from typing import Literal

from states.law.texts import Citation, StrictModel, cites_on

Confidence = Literal["H", "M", "L"]


class SourcedRule(StrictModel):
    """Something that rests on a source: how sure it is decides what it may do."""

    citation: Citation
    sources: tuple[str, ...] = ()
    confidence: Confidence | None = None

    @property
    def verified(self) -> bool:
        """Known at confidence H or M from at least one source beyond general knowledge (MEM).

        What no text that was read says on any day of the edition is not, however sure it was before.
        """
        cites = cites_on(self.citation, None)
        unread = bool(cites) and all(cite.force == "continuity" for cite in cites)
        sure = self.confidence in ("H", "M") and any(source != "MEM" for source in self.sources)
        return sure and not unread

    @property
    def by_continuity(self) -> bool:
        """Whether a text that nobody could read keeps it, on some day at least."""
        return any(cite.force == "continuity" for cite in cites_on(self.citation, None))

    def is_by_continuity_on(self, day: date) -> bool:
        """Whether on that day nothing but continuity keeps it."""
        cites = cites_on(self.citation, day)
        return bool(cites) and all(cite.force == "continuity" for cite in cites)

    def is_verified_on(self, day: date) -> bool:
        """Whether it is verified, and a text that was read was in force on that day."""
        if not self.verified or self.citation is None or isinstance(self.citation, str):
            return self.verified
        return any(cite.force != "continuity" for cite in cites_on(self.citation, day))
