"""The letter as a paper in the official form of NĐ 30/2020: A4, serif, signed by nobody.

The number is left blank and the last line says that it was generated automatically. Drawn by
fpdf2; HarfBuzz joins Arabic letters and stacks Vietnamese accents; the fonts come with matplotlib.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ops_center import i18n
from ops_center.figures import tokens
from ops_center.mail import words
from ops_center.mail.message import REPORT
from ops_center.mail.words import said
from ops_center.store.letters import Part

if TYPE_CHECKING:
    from typing import Literal

    from fpdf import FPDF

    from ops_center.mail.edition import Block, Cell, Edition, Table
    from ops_center.mail.reading import Reading

    Style = Literal["", "B", "I"]

TOP, BOTTOM, LEFT, RIGHT = 20.0, 20.0, 30.0, 15.0  # millimetres, as the decree has them
_WIDE = 210 - LEFT - RIGHT
_BODY, _SMALL = 12, 9.5
_SERIF = {"": "DejaVuSerif", "B": "DejaVuSerif-Bold", "I": "DejaVuSerif-Italic"}
_SANS = {"": "DejaVuSans", "B": "DejaVuSans-Bold", "I": "DejaVuSans"}  # its italic lacks Arabic


def part(reading: Reading, edition: Edition) -> Part:
    """The report as a file that comes along."""
    name = f"{reading.ward.id}-{reading.today.isoformat()}-{edition.language}.pdf"
    return Part(name, REPORT, written(reading, edition))


def written(reading: Reading, edition: Edition) -> bytes:
    """Its bytes."""
    paper = _Paper(reading, edition)
    paper.head()
    paper.body()
    return bytes(paper.pdf.output())


@cache
def _font_folder() -> Path:
    import matplotlib

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf"


class _Paper:
    """One report being written."""

    def __init__(self, reading: Reading, edition: Edition) -> None:
        self.reading, self.edition = reading, edition
        self.right = edition.direction == "rtl"
        self.start = "R" if self.right else "L"
        self.pdf = self._opened()

    def _opened(self) -> FPDF:
        from fpdf import FPDF

        paper, foot = self, said("letter.foot.automatic", self.edition.language,
                                 ward=self.reading.ward.name)  # fmt: skip

        class Pages(FPDF):
            def footer(self) -> None:
                self.set_y(-14)
                paper.font("", 8)
                self.cell(0, 4, f"{foot}  –  {self.page_no()}/{{nb}}", align="C")

        pdf = Pages(format="A4")
        pdf.set_margins(LEFT, TOP, RIGHT)
        pdf.set_auto_page_break(True, BOTTOM)
        # The serif font has no Arabic: a name in that script is written in the other.
        for style, file in (_SANS if self.right else _SERIF).items():
            pdf.add_font("main", style, str(_font_folder() / f"{file}.ttf"))
        if not self.right:
            pdf.add_font("other", "", str(_font_folder() / f"{_SANS['']}.ttf"))
            pdf.set_fallback_fonts(["other"], exact_match=False)
        pdf.set_text_shaping(True, direction=self.edition.direction)
        pdf.set_title(self.edition.subject)
        pdf.set_lang(self.edition.language)
        pdf.set_creation_date(self.reading.as_of)
        self.pdf = pdf
        pdf.add_page()
        return pdf

    def font(self, style: Style, size: float) -> None:
        self.pdf.set_font("main", style, size)

    # --- the head ------------------------------------------------------------------------

    def head(self) -> None:
        """Issuing body and the country's name side by side, each with its rule."""
        half, top = _WIDE / 2, self.pdf.get_y()
        first, second = LEFT, LEFT + half
        if self.right:
            first, second = second, first
        body = self.reading.ward.issuing_body or said(
            "letter.report.issuing", self.edition.language, ward=self.reading.ward.name
        )
        *above, last = _lines_of(body)
        y = self._heading(first, top, half, [*((one, "") for one in above), (last, "B")])
        self._rule(first + half / 2, y, half / 3)
        self.font("", 11)
        self.pdf.set_xy(first, y + 2)
        self.pdf.cell(half, 6, said("letter.report.number", self.edition.language), align="C")
        republic = said("letter.report.republic", self.edition.language)
        motto = said("letter.report.motto", self.edition.language)
        y2 = self._heading(second, top, half, [(republic, "B"), (motto, "B")])
        self.font("B", 11)
        self._rule(second + half / 2, y2, self.pdf.get_string_width(motto))
        self.pdf.set_xy(second, y2 + 2)
        self.font("I", 11)
        self.pdf.cell(half, 6, self._place_and_day(), align="C")
        self.pdf.set_y(max(y, y2) + 14)
        self.font("B", 14)
        self._paragraph(said("letter.report.title", self.edition.language), "C", 7)
        self.font("B", 12)
        self._paragraph(f"{self.edition.title} – {self.edition.subtitle}", "C", 6)
        self.pdf.ln(3)

    def _heading(self, x: float, y: float, width: float, lines: list[tuple[str, Style]]) -> float:
        for line, style in lines:
            size = 11.0
            self.font(style, size)
            while self.pdf.get_string_width(line) > width - 2 and size > 7:
                size -= 0.25
                self.font(style, size)
            self.pdf.set_xy(x, y)
            self.pdf.cell(width, 5.5, line, align="C")
            y += 5.5
        return y

    def _rule(self, middle: float, y: float, width: float) -> None:
        self.pdf.set_line_width(0.3)
        self.pdf.line(middle - width / 2, y + 0.8, middle + width / 2, y + 0.8)

    def _place_and_day(self) -> str:
        today = self.reading.today
        month = f"{today.month:02d}" if today.month < 3 else str(today.month)
        day = i18n.text("letter.report.day", self.edition.language, day=f"{today.day:02d}",
                        month=month, year=str(today.year))  # fmt: skip
        return said("letter.report.place", self.edition.language, day=day,
                    place=_short_name(self.reading.ward.name))  # fmt: skip

    # --- what it says --------------------------------------------------------------------

    def body(self) -> None:
        for one in self.edition.warnings:
            self.pdf.set_text_color(tokens.colour("light", "bad"))
            self.font("B", _BODY)
            self._paragraph(f"▲ {one}")
            self.pdf.set_text_color(0)
        self.font("", _BODY)
        for one in self.edition.news:
            self._paragraph(one)
        for number, block in enumerate(self.edition.blocks, 1):
            self._block(number, block)
        self._table(self.edition.sources)
        self.font("I", _SMALL)
        for one in self.edition.foot:
            self._paragraph(one, height=4.6)

    def _block(self, number: int, block: Block) -> None:
        self.pdf.ln(2)
        if self.pdf.will_page_break(24):
            self.pdf.add_page()
        self.font("B", 13)
        self._paragraph(f"{number}. {block.title}", height=7)
        self.font("", _BODY)
        for one in block.lead:
            self._paragraph(one)
        if block.picture is not None:
            self._picture(block)
        for table in block.tables:
            self._table(table)
        self.font("I", _SMALL)
        for one in block.notes:
            self._paragraph(one, height=4.6)

    def _picture(self, block: Block) -> None:
        import io

        assert block.picture is not None
        wide = min(_WIDE, 140)
        tall = wide * block.picture.height / block.picture.width
        if self.pdf.will_page_break(tall + 4):
            self.pdf.add_page()
        self.pdf.image(io.BytesIO(block.picture.png), x=LEFT + (_WIDE - wide) / 2, w=wide,
                       alt_text=block.picture.alt)  # fmt: skip
        self.pdf.ln(2)

    def _table(self, table: Table) -> None:
        from fpdf.enums import TableBordersLayout
        from fpdf.fonts import FontFace

        self.pdf.ln(1.5)
        if table.caption:
            self.font("B", _SMALL + 1)
            self._paragraph(table.caption, height=5.5)
        self.font("", _SMALL)
        order: Any = reversed if self.right else list
        aligns = ["R" if column.number != self.right else "L" for column in table.columns]
        with self.pdf.table(
            col_widths=tuple(order(_widths(table))), text_align=tuple(order(aligns)),
            line_height=4.6, padding=0.8, headings_style=FontFace(emphasis="BOLD"),
            borders_layout=TableBordersLayout.HORIZONTAL_LINES, width=_WIDE, align="LEFT",
        ) as drawn:  # fmt: skip
            head = drawn.row()
            for column in order(table.columns):
                head.cell(column.name)
            for row in table.rows:
                line = drawn.row()
                for cell in order(row):
                    line.cell(self._told(cell), style=self._look(cell))
        self.pdf.ln(1.5)

    def _told(self, cell: Cell) -> str:
        """Numbers and codes keep their order among letters from the right."""
        text = words.apart(cell.text) if cell.own and cell.text and self.right else cell.text
        return "\n".join(part for part in (text, cell.note) if part)

    def _look(self, cell: Cell) -> Any:
        from fpdf.fonts import FontFace

        if cell.state not in ("good", "watch", "bad"):
            return None
        return FontFace(color=tokens.colour("light", cell.state))

    def _paragraph(self, text: str, align: str = "", height: float = 6) -> None:
        self.pdf.set_x(LEFT)
        self.pdf.multi_cell(_WIDE, height, text, align=align or self.start,
                            new_x="LMARGIN", new_y="NEXT")  # fmt: skip


def _widths(table: Table) -> list[int]:
    """The first column holds names, the others what is said of them."""
    others = len(table.columns) - 1
    first = max(26, 100 - 19 * others)
    return [first, *([round((100 - first) / others)] * others)]


def _lines_of(body: str) -> list[str]:
    """`ỦY BAN NHÂN DÂN PHƯỜNG ĐÔNG NGẠC` stands on two lines, in capitals."""
    body = body.upper()
    for start in ("ỦY BAN NHÂN DÂN", "UBND"):
        if body.startswith(start) and len(body) > len(start) + 1:
            return [body[: len(start)], body[len(start) :].strip()]
    return [body]


def _short_name(name: str) -> str:
    """Where the paper was written: the ward's name without its kind."""
    for kind in ("Phường ", "Xã ", "Đặc khu "):
        if name.startswith(kind):
            return name.removeprefix(kind)
    return name
