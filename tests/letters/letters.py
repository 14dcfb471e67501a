"""Letters that tests read: everything in them is invented."""

from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from notifications.letter import (
    BackupSummary,
    CalendarEntry,
    CommuneCoverage,
    Letter,
    LetterItem,
    MovedCase,
    RecipientReason,
    StalledCase,
    Urgency,
    WeeklySummary,
)
from states.vocabulary import Text

DAY = date(2022, 8, 9)
DO = Text("Mở lượt xét, làm bước đến lượt và ghi lại.", "Open the case, take its step and record it.")
MEETING = Text("Chi bộ xét kết nạp", "Branch considers admission")
DECISION = Text("Xét, quyết định kết nạp", "Decide on admission")
CERTIFICATE = Text("Giấy chứng nhận lớp nhận thức còn giá trị", "Awareness certificate valid")


def item(urgency: Urgency, about: Text, case: str, days: int, why: RecipientReason = "turn") -> LetterItem:
    """One thing to be told, so many days from its day."""
    return LetterItem(urgency, about, DO, why, case, date.fromordinal(DAY.toordinal() + days), days)


LATE = item("late", MEETING, "K7Q2M4TX", -6)
SOON = replace(
    item("soon", DECISION, "K6VVBTHZ", 3),
    citation=Text("Quy định 24-QĐ/TW, 4.3.1", "Quy định 24-QĐ/TW, 4.3.1"),
    duty=True,
)
LATER = item("later", CERTIFICATE, "KW9282GR", 31)
SLIP = item("late", MEETING, "K9AFNC5B", -51, "no_address")
MOVED = replace(SOON, moved_from=date(2022, 8, 10))
NEWS = LetterItem("news", Text("Sắp quá tuổi kết nạp", "The age limit is near"), DO, "turn", "KP3D82QM")
OPTIONAL = replace(item("later", MEETING, "K3YKJBMF", 20, "above"), duty=False)
NAMED = replace(LATE, name="Nguyễn Văn Mẫu", place="Thôn Bịa")

LETTER = Letter(
    "T1234567", "bithu@xa.example", DAY, datetime(2022, 8, 9, 0, 30, tzinfo=UTC), "Đảng ủy xã Bịa", ()
)
WEEKLY = WeeklySummary(
    since=date(2022, 8, 1),
    total=CommuneCoverage("", 22, 20, 1, 4, 2),
    communes=(CommuneCoverage("Xã Bịa", 13, 12, 1, 4, 1), CommuneCoverage("Xã Đặt", 9, 8, 0, 0, 1)),
    moved=(MovedCase("K6VVBTHZ", DECISION, date(2022, 8, 4)),),
    stalled=(StalledCase("K7Q2M4TX", MEETING, Text("Chi bộ", "Branch"), 6),),
    seal="812 8ebb7c6fe8bc84dd",
    backup=BackupSummary("held", date(2022, 8, 8), second_away=True, recovery="unconfirmed"),
)
ENTRIES = (
    CalendarEntry("L0000001", 1, date(2022, 8, 12), DECISION, "K6VVBTHZ"),
    CalendarEntry("L0000002", 2, date(2022, 8, 3), MEETING, "K7Q2M4TX", cancelled=True),
)
LETTERS = {
    "one soon": replace(LETTER, items=(SOON,)),
    "three groups": replace(LETTER, items=(LATER, SOON, LATE, NEWS)),
    "a slip": replace(LETTER, items=(SLIP, LATE)),
    "moved and cancelled": replace(LETTER, items=(MOVED,), entries=ENTRIES),
    "the week": replace(LETTER, items=(LATE,), weekly=WEEKLY, worker_late=2),
    "a sample's": replace(LETTER, items=(LATE,), sample="song-lo-2022"),
    "names wanted": replace(LETTER, items=(NAMED,)),
    "optional": replace(LETTER, items=(OPTIONAL,)),
}


def read(message: bytes) -> EmailMessage:
    """A message as a mail program reads it."""
    found = message_from_bytes(message, policy=default)
    assert isinstance(found, EmailMessage)
    return found


def part(message: EmailMessage, kind: str) -> str:
    """The text of its plain or html part."""
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def calendars(message: EmailMessage) -> dict[str, str]:
    """The calendar files beside it, by their method."""
    files = (one for one in message.iter_attachments() if one.get_content_type() == "text/calendar")
    return {str(one.get_param("method")): str(one.get_content()) for one in files}
