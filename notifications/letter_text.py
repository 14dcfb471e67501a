"""Letters are put into words: subject, text, HTML, calendar entries.

The same letter gives the same bytes.

Made with the standard library's `email.mime`: its `EmailMessage` loses spaces where it folds a Vietnamese
head, and takes twice as long. Whatever stands in a letter's values goes into templates as data, escaped, and
into heads only without line breaks.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from notifications.invitation import render_calendar
from notifications.letter import CalendarEntry, Letter, LetterItem, Urgency
from notifications.settings import MailSettings
from notifications.templates import BadTemplates as BadTemplates
from notifications.templates import LetterTemplates, format_day, load_own_templates
from states.vocabulary import Text

GROUPS: tuple[Urgency, ...] = ("late", "soon", "later", "news")
MAX_ITEMS = 100
"""Things that one letter lists; of more it says how many there are."""
SLIP_REASONS = ("no_address",)


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One thing as a template takes it: every value in the reader's language, None where nothing is said."""

    about: str
    todo: str
    why: str
    slip: bool
    case: str | None
    link: str | None
    when: str | None
    moved: str | None
    whose: str | None
    citation: str | None


@dataclass(frozen=True, slots=True)
class LetterGroup:
    """Things of one urgency, the most urgent first."""

    urgency: Urgency
    lines: list[LetterLine]


class MimeLetterWriter:
    """Writes an office's letters.

    Raises `BadTemplates` when it is made, with every fault of every template.
    """

    def __init__(self, mail: MailSettings, language: str, overrides: Path | None = None) -> None:
        self.mail, self.language = mail, language
        self.templates = LetterTemplates(language, overrides) if overrides else load_own_templates(language)
        self.templates.check_rendering(self._template_values)

    def write(self, letter: Letter) -> bytes:
        """The letter as it goes out (RFC 5322)."""
        values = self._template_values(letter)
        body = MIMEMultipart("alternative")
        body.attach(_text_part(self.templates.render("letter.txt", values), "plain"))
        body.attach(_text_part(self._inline_styles(values), "html"))
        files = list(self._calendar_parts(letter))
        message: MIMEMultipart = MIMEMultipart("mixed") if files else body
        for part in [body, *files] if files else []:
            message.attach(part)
        for name, value in self._build_headers(letter, values["subject"]).items():
            message[name] = value
        _fix_boundaries(message, letter.key)
        return message.as_bytes(policy=compat32.clone(linesep="\r\n"))

    def _calendar_parts(self, letter: Letter) -> Iterator[MIMEText]:
        """The calendar entries: those that stand, and those that are cancelled."""
        for method, name in (("PUBLISH", "lich.ics"), ("CANCEL", "huy.ics")):
            file = render_calendar(
                letter.entries,
                cancelled=method == "CANCEL",
                at=letter.written_at,
                domain=self._domain,
                words=self._calendar_text,
            )
            if file:
                part = MIMEText(file.decode(), "calendar", "utf-8")
                part.set_param("method", method)
                part.add_header("Content-Disposition", "attachment", filename=name)
                yield part

    @cached_property
    def _domain(self) -> str:
        return self.mail.sender.partition("@")[2]

    def _build_headers(self, letter: Letter, subject: str) -> dict[str, Any]:
        """Text, and words as `Header`, which the library folds."""
        sender = _encode_header(_one_line(letter.office), "From")
        sender.append(f"<{self.mail.sender}>", "us-ascii")
        head: dict[str, Any] = {
            "Message-ID": f"<{letter.key}@{self._domain}>",
            "Date": format_datetime(letter.written_at),
            "From": sender,
            "To": _one_line(letter.to),
            "Subject": _encode_header(subject, "Subject"),
            "Auto-Submitted": "auto-generated",
        }
        if letter.optional:
            head["List-Unsubscribe"] = f"<mailto:{self.mail.sender}?subject=thoi%20{letter.key}>"
        return head

    def _inline_styles(self, values: Mapping[str, Any]) -> str:
        """HTML with its style on each element, as mail programs keep it."""
        import css_inline

        inliner = css_inline.CSSInliner(keep_style_tags=False, load_remote_stylesheets=False)
        return inliner.inline(self.templates.render("letter.html", values))

    # --- values of the templates ---------------------------------------------------------------------------

    def _template_values(self, letter: Letter) -> dict[str, Any]:
        listed = sorted(letter.items, key=_urgency_order)[:MAX_ITEMS]
        groups = [
            LetterGroup(urgency, [self._build_line(item) for item in listed if item.urgency == urgency])
            for urgency in GROUPS
        ]
        return {
            "letter": letter,
            "groups": [group for group in groups if group.lines],
            "more": len(letter.items) - len(listed),
            "subject": self._build_subject(letter),
            "language": self.language,
        }

    def _say(self, key: str, **values: object) -> str:
        return self.templates.say(key, **values)

    def _build_subject(self, letter: Letter) -> str:
        """How many things, the nearest day; what is overdue goes first."""
        count, late = len(letter.items), sum(item.urgency == "late" for item in letter.items)
        nearest = min(
            (item for item in letter.items if item.due), key=lambda item: abs(item.days or 0), default=None
        )
        day = format_day(nearest.due) if nearest and nearest.due else ""
        parts = []
        if count:
            key = "late" if 0 < late < count else "late_only" if late else "due" if day else "news"
            parts.append(self._say(f"subject.{key}", late=late, count=count, day=day))
        parts += [self._say("subject.weekly")] if letter.weekly else []
        parts += [self._say("subject.late_worker")] if letter.worker_late else []
        sample = "[MẪU] " if letter.sample else ""
        return _one_line(f"{sample}Ketnap: {'; '.join(parts)}")

    def _build_line(self, item: LetterItem) -> LetterLine:
        return LetterLine(
            about=self._in_language(item.about),
            todo=self._in_language(item.todo),
            why=self._say(f"why.{item.why}"),
            slip=item.why in SLIP_REASONS,
            case=item.case,
            link=f"{self.mail.link.rstrip('/')}/cases/{item.case}" if self.mail.link and item.case else None,
            when=self._due_text(item),
            moved=self._say("moved", before=format_day(item.moved_from)) if item.moved_from else None,
            whose=", ".join(filter(None, (item.name, item.place))) or None,
            citation=self._in_language(item.citation) if item.citation else None,
        )

    def _due_text(self, item: LetterItem) -> str | None:
        if item.due is None or item.days is None:
            return None
        key = "when.late" if item.days < 0 else "when.ahead" if item.days else "when.today"
        return self._say(key, day=format_day(item.due), days=abs(item.days))

    def _in_language(self, text: Text) -> str:
        return text.in_language(self.language)

    def _calendar_text(self, entry: CalendarEntry) -> str:
        key = "calendar" if entry.case else "calendar_plain"
        return self._say(key, about=self._in_language(entry.about), case=entry.case)


def _urgency_order(item: LetterItem) -> tuple[int, date, str]:
    return GROUPS.index(item.urgency), item.due or date.max, item.case or ""


def _text_part(text: str, kind: str) -> MIMEText:
    """A text part with CRLF line ends (RFC 2046, 4.1.1)."""
    return MIMEText("\r\n".join([*text.splitlines(), ""]), kind, "utf-8")


def _encode_header(text: str, name: str) -> Header:
    """Header words as encoded words (RFC 2047)."""
    return Header(text, "utf-8", header_name=name)


def _one_line(text: str) -> str:
    """Text without line breaks and without characters that reverse the writing direction."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _fix_boundaries(message: MIMEMultipart, key: str) -> None:
    """Derive part boundaries from the letter's key, so that the same letter has the same bytes."""
    parts: Iterable[Any] = (part for part in message.walk() if part.is_multipart())
    for number, part in enumerate(parts):
        part.set_boundary(f"=_{key}_{number}")
