"""How the reminders are, at the foot of every page: looked at beside the pages, so that it costs no reader anything."""

import asyncio
import logging
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import anyio.to_thread

from notifications.policy import BadPolicy, Policy
from workflow.office import Office
from workflow.reminders.health import Pulse, pulse
from workflow.reminders.settings import policy_of
from workflow.storage.errors import DatabaseAway
from workflow.web.context import Visit

View = dict[str, Any]

EVERY_SECONDS = 30

logger = logging.getLogger("ketnap")


@dataclass(frozen=True)
class Beat:
    """What was found last. ``pulse``: None where nothing could be found out."""

    pulse: Pulse | None

    @property
    def is_well(self) -> bool:
        """Whether nobody has to look after the reminders."""
        return self.pulse is not None and self.pulse.is_well

    @property
    def word(self) -> str:
        """What is said of it: all is well, somebody has to look, or no morning has come yet."""
        found = self.pulse
        return "bad" if not self.is_well else "well" if found and found.swept else "never"

    @property
    def tone(self) -> str:
        """How it is shown."""
        return {"bad": "late", "well": "good", "never": "dim"}[self.word]


class Heartbeat:
    """The newest beat of one office."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._beat: Beat | None = None
        self._drawn: dict[tuple[str, bool, bool], str] = {}

    @cached_property
    def _policy(self) -> Policy:
        return policy_of(self._office)

    @property
    def beat(self) -> Beat | None:
        """What was found last; None before the first look."""
        return self._beat

    def look(self) -> None:
        """Look anew."""
        try:
            found = Beat(pulse(self._office, self._policy))
        except (DatabaseAway, BadPolicy):
            found = Beat(None)
        self._beat, self._drawn = found, {}

    async def keep(self) -> None:
        """Look again and again, as long as the pages are served."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await anyio.to_thread.run_sync(self.look)
            except Exception:
                logger.exception("nothing could be found out about the reminders")
                self._beat, self._drawn = Beat(None), {}

    def drawn(self, here: Visit) -> str:
        """The words for a reader: whether all is well; whoever stands over everything is told what is not."""
        from workflow.web.render import environment

        beat, kept = self._beat, self._drawn
        if beat is None:
            return ""
        told = here.access.is_everywhere
        key = (here.speaks, told, here.access.is_above_branches)
        text = kept.get(key)
        if text is None:
            values = {"beat": beat, "told": told, "above": here.access.is_above_branches}
            zone = self._office.config.zone
            text = kept[key] = environment().get_template("pulse.html").render(t=here.say, zone=zone, **values)
        return text
