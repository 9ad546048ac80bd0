"""The PDF of a copy: the same words as its page, the watermark on every sheet, nobody's data in its metadata."""

from io import BytesIO
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from hub.domain.errors import ConflictError
from hub.services.court_copy import COLUMNS, Copy
from hub.services.signing_copy import BOLD, PLAIN, PRINTABLE

_WIDTHS: Final = (16 * mm, 27 * mm, 96 * mm, 35 * mm)
_TITLE: Final = ParagraphStyle("title", fontName=BOLD, fontSize=15, leading=20, alignment=TA_LEFT)
_TEXT: Final = ParagraphStyle("text", fontName=PLAIN, fontSize=8.5, leading=11.5, spaceBefore=2, splitLongWords=1)
_NAMES: Final = ParagraphStyle("names", fontName=BOLD, fontSize=8.5, leading=11.5)
_GRID: Final = TableStyle(
    [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.HexColor("#b1b4b6")),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ]
)
_PALE: Final = colors.HexColor("#e3e5e6")


def print_copy(copy: Copy) -> bytes:
    """Return the PDF; ConflictError `letter_not_printable` when the font lacks a letter: the page itself prints it."""
    words = [*copy.words(), copy.watermark]
    if any(ord(letter) not in PRINTABLE for text in words for letter in text):
        raise ConflictError("letter_not_printable", next_step="print_the_page")
    target = BytesIO()
    document = SimpleDocTemplate(
        target,
        pagesize=A4,
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=18 * mm,
        bottomMargin=20 * mm,
        title="Chronology",
        author="Family Safeguarding hub",
        lang="en-GB",
        invariant=1,
    )

    def mark(canvas: Any, _document: Any) -> None:  # noqa: ANN401  reportlab publishes no types
        _mark(canvas, copy.watermark)

    document.build(_flowing(copy), onFirstPage=mark, onLaterPages=mark)
    return target.getvalue()


def _mark(canvas: Any, words: str) -> None:  # noqa: ANN401  see print_copy
    """Draw the mark under the words, and plainly at the foot: a pale photocopy loses the one, a cut edge the other."""
    width, height = A4
    canvas.saveState()
    canvas.setFillColor(_PALE)
    canvas.translate(width / 2, height / 2)
    canvas.rotate(52)
    canvas.setFont(BOLD, min(26, 30 * 52 / max(len(words), 1)))
    canvas.drawCentredString(0, 0, words)
    canvas.restoreState()
    canvas.saveState()
    canvas.setFont(PLAIN, 7)
    canvas.drawString(18 * mm, 11 * mm, words)
    canvas.restoreState()


def _flowing(copy: Copy) -> list[Any]:
    flow: list[Any] = [Paragraph(escape(line), _TEXT) for line in copy.address]
    flow.append(Paragraph(escape(copy.title), _TITLE))
    flow += [
        Paragraph(f'<font name="{BOLD}">{escape(name)}</font> {escape(value)}', _TEXT) for name, value in copy.head
    ]
    flow.append(Spacer(1, 4 * mm))
    if copy.rows:
        body = [
            [_cell(row.number), _cell(row.date), [_cell(line) for line in row.event], _cell(row.reference)]
            for row in copy.rows
        ]
        names = [Paragraph(name, _NAMES) for name in COLUMNS]
        flow.append(Table([names, *body], colWidths=_WIDTHS, repeatRows=1, style=_GRID, splitInRow=1))
        flow.append(Spacer(1, 4 * mm))
    return [*flow, *(Paragraph(escape(line), _TEXT) for line in copy.closing)]


def _cell(words: str) -> Paragraph:
    return Paragraph(escape(words), _TEXT)
