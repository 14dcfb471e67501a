"""How the reminders are, at the foot of every page: looked at beside the pages, so that it costs no reader anything."""

import asyncio
import logging
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import anyio.to_thread

from notifications.policy import BadPolicy, Policy
from workflow.office import Office
from workflow.reminders.health import Pulse, read_pulse
from workflow.reminders.settings import load_policy
from workflow.storage.errors import DatabaseUnavailable
from workflow.web.context import RequestContext

View = dict[str, Any]

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
        self._rendered: dict[tuple[str, bool, bool], str] = {}

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
            status = ReminderStatus(read_pulse(self._office, self._policy))
        except (DatabaseUnavailable, BadPolicy):
            status = ReminderStatus(None)
        self._latest, self._rendered = status, {}

    async def keep_refreshing(self) -> None:
        """Look again and again, as long as the pages are served."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await anyio.to_thread.run_sync(self.refresh)
            except Exception:
                logger.exception("nothing could be found out about the reminders")
                self._latest, self._rendered = ReminderStatus(None), {}

    def render_status(self, ctx: RequestContext) -> str:
        """The words for a reader: whether all is well; whoever stands over everything is told what is not."""
        from workflow.web.render import template_environment

        beat, rendered = self._latest, self._rendered
        if beat is None:
            return ""
        in_detail = ctx.access.is_everywhere
        key = (ctx.speaks, in_detail, ctx.access.is_above_branches)
        text = rendered.get(key)
        if text is None:
            values = {"beat": beat, "told": in_detail, "above": ctx.access.is_above_branches}
            zone = self._office.config.zone
            text = rendered[key] = (
                template_environment().get_template("pulse.html").render(t=ctx.say, zone=zone, **values)
            )
        return text
