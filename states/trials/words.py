"""Tables of trials are written in these words of two languages."""

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from states.vocabulary import Effect, Text

COLUMNS: Mapping[str, Text] = {
    "id": Text("mã", "id"),
    "situation": Text("tình huống", "situation"),
    "pipeline": Text("quy trình", "pipeline"),
    "day": Text("ngày", "day"),
    "act": Text("việc", "act"),
    "clock": Text("thời hạn", "clock"),
    "state": Text("bước", "state"),
    "came_from": Text("từ bước", "came from"),
    "to": Text("đến bước", "to"),
    "born": Text("sinh", "born"),
    "education": Text("học vấn", "education"),
    "membership": Text("là", "membership"),
    "left_on": Text("từng là đảng viên đến", "member until"),
    "record": Text("đã ghi", "record"),
    "typed": Text("nay ghi", "typed"),
    "votes": Text("phiếu", "votes"),
    "people": Text("người", "people"),
    "replaced": Text("thay thế", "replaced"),
    "consents": Text("đồng ý", "consents"),
    "papers": Text("giấy tờ", "papers"),
    "units": Text("cơ quan", "units"),
    "authorised": Text("ủy quyền", "authorised"),
    "earlier": Text("lượt trước", "earlier"),
    "expect": Text("kết quả", "expect"),
    "source": Text("nguồn", "source"),
    "article": Text("điều", "article"),
    "rows": Text("hàng", "rows"),
}
"""What a row may say, and what each is called."""

PERSON_COLUMNS: Mapping[str, Text] = {
    "name": Text("tên", "name"),
    "official_since": Text("chính thức", "official"),
    "together_since": Text("cùng nơi", "together"),
    "membership": Text("là", "membership"),
}
MEMBERSHIPS = {
    "none": Text("quần chúng", "none"),
    "probationary": Text("dự bị", "probationary"),
    "member": Text("đảng viên", "member"),
}
ANSWERS = {"yes": Text("có", "yes"), "no": Text("không", "no")}
UNKNOWN = Text("không rõ", "unknown")
CANDIDATE = Text("người xin vào", "candidate")

ALLOWED = Text("được", "allowed")
NOT_OPEN = Text("chưa mở", "not open")
NO_DEADLINE = Text("chưa chạy", "not started")
DUE = Text("hạn", "due")
EFFECTS: Mapping[Effect, Text] = {
    "refuse": Text("từ chối", "refused"),
    "warn": Text("cảnh báo", "warned"),
}
WITHOUT = Text("thiếu", "without")

_BEFORE = re.compile(
    r"(?:trước (?P<vi>\d{1,4}) (?P<vi_unit>tháng|ngày)|(?P<en>\d{1,4}) (?P<en_unit>month|day)s? before)\Z"
)


class TimeBefore(NamedTuple):
    """So long before the day of the row."""

    amount: int
    unit: str


def fold_words(text: str) -> str:
    """Words as they are compared: composed letters, single spaces, small."""
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def find_word(typed: str, words: Mapping[str, Text]) -> str | None:
    """The key that is called so in one of the languages, or by itself."""
    wanted = fold_words(typed)
    return next((key for key, text in words.items() if wanted in map(fold_words, (key, *text))), None)


def is_unknown(typed: str) -> bool:
    """Whether somebody says that a fact is not known."""
    return fold_words(typed) in UNKNOWN


def read_time_before(typed: str) -> TimeBefore | None:
    """So long before the day of the row, as in ``trước 1 tháng``; None where it says something else."""
    match = _BEFORE.match(fold_words(typed))
    if match is None:
        return None
    unit = match["vi_unit"] or match["en_unit"]
    amount = int(match["vi"] or match["en"])
    return TimeBefore(amount, "months" if unit in ("tháng", "month") else "days")
