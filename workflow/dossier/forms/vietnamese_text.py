"""Forms say days, counts and names in Vietnamese words.

Where nothing is known yet, they print dotted blanks.
"""

from collections.abc import Callable, Mapping
from datetime import date
from unicodedata import combining, normalize

from markupsafe import Markup

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
HUNDRED, TEN = 100, 10


def spell_number(number: int) -> str:
    """A whole number from 0 to 9999 in Vietnamese words."""
    thousands, rest = divmod(number, HUNDRED * TEN)
    if thousands:
        head = f"{DIGITS[thousands]} nghìn"
        return f"{head} {_spell_hundreds(rest, whole=True)}" if rest else head
    return _spell_hundreds(rest, whole=False)


def _spell_hundreds(number: int, *, whole: bool) -> str:
    hundreds, rest = divmod(number, HUNDRED)
    if not hundreds and not whole:
        return _spell_tens(rest)
    head = f"{DIGITS[hundreds]} trăm"
    if not rest:
        return head
    return f"{head} lẻ {DIGITS[rest]}" if rest < TEN else f"{head} {_spell_tens(rest)}"


def _spell_tens(number: int) -> str:
    tens, ones = divmod(number, TEN)
    if not tens:
        return DIGITS[ones]
    head = "mười" if tens == 1 else f"{DIGITS[tens]} mươi"
    if not ones:
        return head
    last = {1: "một" if tens == 1 else "mốt", 4: "bốn" if tens == 1 else "tư", 5: "lăm"}.get(
        ones, DIGITS[ones]
    )
    return f"{head} {last}"


def spell_day(day: date | None) -> str:
    """A day as documents say it; days below 10, and January and February, with a zero before them."""
    if day is None:
        return Markup('ngày <blank mm="9"/> tháng <blank mm="9"/> năm <blank mm="13"/>')
    month = f"{day.month:02}" if day.month <= 2 else str(day.month)  # noqa: PLR2004 - as HD 36-HD/VPTW has it
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


def day_in_figures(day: date | None) -> str:
    """A day in figures; nothing where it is not known."""
    return f"{day:%d/%m/%Y}" if day else ""


def or_blank(value: object, mm: int = 30) -> object:
    """A value, or so many millimetres of dots to fill in by hand."""
    return Markup('<blank mm="{}"/>').format(mm) if value in {None, ""} else value


def or_line(value: object) -> object:
    """A value, or dots to the end of the line."""
    return Markup("<blank/>") if value in {None, ""} else value


def spell_count(number: int | None) -> object:
    """A count in figures and words: 12 (mười hai)."""
    return or_blank(None, 20) if number is None else f"{number} ({spell_number(number)})"


def format_share(part: int | None, whole: int | None) -> object:
    """A share with its two digits, as a Vietnamese document writes it: 91,67%."""
    if part is None or not whole:
        return Markup('<blank mm="14"/>%')
    share = f"{100 * part / whole:.2f}".rstrip("0").rstrip(".")
    return f"{share.replace('.', ',')}%"


def format_number(code: str | None, mark: str) -> str:
    """A document's number as it was typed; dots before its mark where it has none yet."""
    return code or f"……-{mark}"


def to_upper(text: str | None) -> str | None:
    """Capitals; what is not known stays unknown."""
    return text.upper() if text is not None else None


def lower_first(text: str | None) -> str | None:
    """Without the capital at the beginning: inside a sentence."""
    return text[:1].lower() + text[1:] if text else text


def capitalize_first(text: str) -> str:
    """With a capital at the beginning of a sentence."""
    made = text[:1].upper() + text[1:]
    return Markup(made) if isinstance(text, Markup) else made  # noqa: S704 - it was markup of ours before


def strip_diacritics(text: str) -> str:
    """Small letters without diacritics: names of files, codes as any keyboard types them."""
    marked = normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(sign for sign in marked if not combining(sign))


FILTERS: Mapping[str, Callable[..., object]] = {
    "written": spell_day,
    "day": day_in_figures,
    "day_or_empty": day_in_figures,
    "day_or_blank": lambda day: or_blank(day_in_figures(day), 40),
    "day_or_line": lambda day: or_line(day_in_figures(day)),
    "or_blank": or_blank,
    "or_line": or_line,
    "counted": spell_count,
    "percent_of": format_share,
    "numbered": format_number,
    "upper": to_upper,
    "lower_first": lower_first,
    "capitalized": capitalize_first,
}
