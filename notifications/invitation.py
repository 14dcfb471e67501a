"""Calendar entries go beside a letter (RFC 5545, RFC 5546).

An entry keeps its UID for ever; a higher SEQUENCE says that it has changed, so calendars replace what they
hold.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from notifications.letter import CalendarEntry

PRODUCT_ID = "-//ketnap//reminders//VI"


def render_calendar(
    entries: Iterable[CalendarEntry],
    *,
    cancelled: bool,
    at: datetime,
    domain: str,
    words: Callable[[CalendarEntry], str],
) -> bytes | None:
    """The file of all entries that are (or are not) cancelled; None where there is none.

    ``at``: aware, UTC.
    """
    chosen_entries = [entry for entry in entries if entry.cancelled is cancelled]
    if not chosen_entries:
        return None
    from icalendar import Alarm, Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", PRODUCT_ID)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    for entry in chosen_entries:
        event = Event()
        event.add("uid", f"{entry.uid}@{domain}")
        event.add("sequence", entry.sequence)
        event.add("dtstamp", at)
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
        event.add("summary", words(entry))
        event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
        event.add("transp", "TRANSPARENT")
        if not cancelled:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", words(entry))
            alarm.add("trigger", timedelta(hours=-16))  # eight in the morning of the day before
            event.add_component(alarm)
        calendar.add_component(event)
    return bytes(calendar.to_ical())
