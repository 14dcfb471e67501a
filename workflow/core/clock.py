"""Only this module asks for the time."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """This instant, aware, UTC; for leases, retries and times of recording."""
    return datetime.now(UTC)


def today_in(zone: str) -> date:
    """Today in the office's zone. Only the rules use it; a sample office has its time machine instead."""
    return datetime.now(ZoneInfo(zone)).date()
