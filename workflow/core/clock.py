"""The only place that asks the time."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """This instant, aware, UTC. Leases, retries and records of the moment use it."""
    return datetime.now(UTC)


def today_in(zone: str) -> date:
    """The day it is in the office's zone.

    Only rules go by it; in a sample office its time machine stands in for it.
    """
    return datetime.now(ZoneInfo(zone)).date()
