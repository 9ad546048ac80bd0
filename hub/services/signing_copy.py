"""The PDF of a signing page: the same lines, in print, with the digests on every sheet. Works offline, own font."""

from io import BytesIO
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

import reportlab
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate

from hub.policy.page import Line, page_digest

PLAIN, BOLD = "HubVera", "HubVeraBold"
"""The fonts of everything the hub prints: they come with reportlab."""
_FONTS: Final = Path(reportlab.__file__).parent / "fonts"
for _name, _file in ((PLAIN, "Vera.ttf"), (BOLD, "VeraBd.ttf")):
    pdfmetrics.registerFont(TTFont(_name, str(_FONTS / _file)))
PRINTABLE: Final = frozenset(pdfmetrics.getFont(PLAIN).face.charToGlyph) & frozenset(
    pdfmetrics.getFont(BOLD).face.charToGlyph
)
"""The code points both fonts can print; a page with any other is not offered for signing."""


def _style(name: str, font: str, size: float, before: float, indent: float = 0) -> ParagraphStyle:
    return ParagraphStyle(
        name,
        fontName=font,
        fontSize=size,
        leading=size * 1.35,
        spaceBefore=before,
        leftIndent=indent,
        alignment=TA_LEFT,
        splitLongWords=0,
    )


_STYLES: Final = {
    "title": _style("title", BOLD, 15, 0),
    "heading": _style("heading", BOLD, 11.5, 12),
    "rule": _style("rule", PLAIN, 9, 7),
    "row": _style("row", PLAIN, 8, 1, indent=10),
}


def signing_copy(lines: tuple[Line, ...], text: str) -> bytes:
    """Return the PDF of a page; the foot of every sheet carries the digest of `text`, the page as it is signed."""
    target, shown = BytesIO(), page_digest(text)

    def foot(canvas: Any, document: Any) -> None:  # noqa: ANN401  reportlab publishes no types
        canvas.saveState()
        canvas.setFont(PLAIN, 6.5)
        canvas.drawString(18 * mm, 10 * mm, f"Sheet {document.page} of the page with SHA-256 {shown}")
        canvas.restoreState()

    document = SimpleDocTemplate(
        target,
        pagesize=A4,
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=16 * mm,
        bottomMargin=18 * mm,
        title=lines[0].words,
        author="Family Safeguarding hub",
        lang="en-GB",
        invariant=1,
    )
    document.build(
        [Paragraph(_markup(line), _STYLES[line.kind]) for line in lines], onFirstPage=foot, onLaterPages=foot
    )
    return target.getvalue()


def _markup(line: Line) -> str:
    words = escape(line.words)
    return f'<font name="{BOLD}">{escape(line.label)}:</font> {words}' if line.label else words
