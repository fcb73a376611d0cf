"""The sheet itself: one HTML page, and one PNG with the text under each picture."""

import html
import textwrap
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

COLUMNS, CELL, LINE, LINES, TITLE = 6, 310, 15, 5, 34
CHARACTERS = 44
LARGEST = 300


@dataclass(frozen=True)
class Cell:
    """A picture and what was asked; without a picture, why there is none."""

    text: str
    facts: str
    # A Pillow picture without transparency, or None.
    picture: object = None
    # The file of the answer as it came, relative to the page.
    file: str = ""

    def caption(self):
        return [*textwrap.wrap(self.text, CHARACTERS)[: LINES - 1], self.facts[:CHARACTERS]]


def reduced(picture, largest=LARGEST):
    small = picture.copy()
    small.thumbnail((largest, largest), Image.Resampling.LANCZOS)
    return small


def write_png(path, sections):
    """`sections`: titles and their cells."""
    bands = [band for title, cells in sections.items() for band in section_bands(title, cells)]
    sheet = Image.new("RGB", (COLUMNS * CELL, sum(band.height for band in bands)), "white")
    top = 0
    for band in bands:
        sheet.paste(band, (0, top))
        top += band.height
    sheet.save(path, compress_level=4)


def section_bands(title, cells):
    heading = Image.new("RGB", (COLUMNS * CELL, TITLE), "white")
    ImageDraw.Draw(heading).text((5, 8), title, fill="black", font=ImageFont.load_default(20))
    yield heading
    for start in range(0, len(cells), COLUMNS):
        yield row_band(cells[start : start + COLUMNS])


def row_band(cells):
    pictures = [reduced(cell.picture) if cell.picture else None for cell in cells]
    height = max((picture.height for picture in pictures if picture), default=0)
    band = Image.new("RGB", (COLUMNS * CELL, height + LINES * LINE + 12), "white")
    drawing, font = ImageDraw.Draw(band), ImageFont.load_default(12)
    for column, (cell, picture) in enumerate(zip(cells, pictures, strict=True)):
        left = column * CELL + 5
        if picture:
            band.paste(picture, (left, 0))
        for number, line in enumerate(cell.caption()):
            drawing.text((left, height + 3 + number * LINE), line, fill="black" if picture else "red", font=font)
    return band


PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Apus: contact sheet</title>
<style>
body {{ font: 13px sans-serif; margin: 16px; }}
section {{ display: flex; flex-wrap: wrap; gap: 14px; }}
figure {{ margin: 0; width: 310px; }}
img {{ max-width: 300px; max-height: 300px;
  background: repeating-conic-gradient(#ccc 0 25%, #fff 0 50%) 0 / 16px 16px; }}
figcaption {{ overflow-wrap: anywhere; }}
.missing {{ color: #c00; }}
</style>
{body}
</html>
"""


def write_html(path, sections):
    body = []
    for title, cells in sections.items():
        body += [f"<h2>{html.escape(title)}</h2>", "<section>", *map(figure, cells), "</section>"]
    path.write_text(PAGE.format(body="\n".join(body)), encoding="utf-8")


def figure(cell):
    image = f'<a href="{cell.file}"><img src="{cell.file}" alt=""></a><br>' if cell.picture else ""
    kind = "" if cell.picture else ' class="missing"'
    facts = f"<br><small>{html.escape(cell.facts)}</small>"
    return f"<figure>{image}<figcaption{kind}><code>{html.escape(cell.text)}</code>{facts}</figcaption></figure>"
