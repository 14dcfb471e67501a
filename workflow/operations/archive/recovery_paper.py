"""The recovery key is printed on one page.

It is the only place where the key's secret half stands.
"""

import io
from datetime import UTC, date, datetime, time
from importlib import resources
from pathlib import Path
from typing import cast

import orjson
import segno

from workflow.core.key_text import list_key_rows
from workflow.core.messages import say
from workflow.dossier.render.font_coverage import FONT_FOLDER, to_drawable

LAYOUT = Path(str(resources.files("templates"))) / "report" / "recovery.typ"


def build_recovery_paper(language: str, office: str, secret: str, day: date) -> bytes:
    """The page as a PDF for A4."""
    from typst import Compiler, Fonts

    rows = [row.split(" ") for row in list_key_rows(secret)]
    values = {
        "language": language,
        "title": say(language, "recovery.title"),
        "office": to_drawable(office),
        "made_on": say(language, "recovery.made_on", day=f"{day:%d/%m/%Y}"),
        "rows": [{"groups": row[:-1], "check": row[-1]} for row in rows],
        "qr": _draw_code(secret),
        "keep": say(language, "recovery.keep"),
        "use": say(language, "recovery.use"),
    }
    fonts = Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONT_FOLDER)])
    pdf = Compiler(str(LAYOUT), root=str(LAYOUT.parent), font_paths=fonts).compile(
        format="pdf",
        sys_inputs={"given": orjson.dumps(values).decode()},
        timestamp=datetime.combine(day, time(), UTC),
    )
    return cast("bytes", pdf)


def _draw_code(secret: str) -> str:
    drawn = io.BytesIO()
    segno.make(secret, micro=False, error="m").save(drawn, kind="svg", xmldecl=False, svgns=True)
    return drawn.getvalue().decode()
