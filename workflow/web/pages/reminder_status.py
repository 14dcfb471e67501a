"""The foot of every page says how the reminders are.

They are looked at beside the pages, so that it costs no reader anything.
"""

import asyncio
import logging
from dataclasses import dataclass
from functools import cached_property

import anyio.to_thread

from notifications.policy import BadPolicy, Policy
from workflow.office import Office
from workflow.reminders.health import Pulse, read_pulse
from workflow.reminders.settings import load_policy
from workflow.storage.errors import DatabaseUnavailable

EVERY_SECONDS = 30

logger = logging.getLogger("ketnap")


@dataclass(frozen=True)
class ReminderStatus:
    """What was found last. ``pulse``: None where nothing could be found out."""

    pulse: Pulse | None

    @property
    def is_well(self) -> bool:
        """Whether nobody has to look after the reminders."""
        return self.pulse is not None and self.pulse.is_well

    @property
    def word(self) -> str:
        """What is said of it: all is well, somebody has to look, or no morning has come yet."""
        health = self.pulse
        return "bad" if not self.is_well else "well" if health and health.swept else "never"

    @property
    def tone(self) -> str:
        """How it is shown."""
        return {"bad": "late", "well": "good", "never": "dim"}[self.word]


class ReminderMonitor:
    """The newest beat of one office."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._latest: ReminderStatus | None = None

    @cached_property
    def _policy(self) -> Policy:
        return load_policy(self._office)

    @property
    def latest(self) -> ReminderStatus | None:
        """What was found last; None before the first look."""
        return self._latest

    def refresh(self) -> None:
        """Look anew."""
        try:
            self._latest = ReminderStatus(read_pulse(self._office, self._policy))
        except (DatabaseUnavailable, BadPolicy):
            self._latest = ReminderStatus(None)

    async def keep_refreshing(self) -> None:
        """Look again and again, as long as the pages are served."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await anyio.to_thread.run_sync(self.refresh)
            except Exception:
                logger.exception("nothing could be found out about the reminders")
                self._latest = ReminderStatus(None)
