"""Pieces of the page."""

import base64
import html
from collections.abc import Iterable, Mapping, Sequence

Images = Mapping[str, Mapping[str, bytes]]


def escaped(text: str) -> str:
    """Figures stay on one line with what they count."""
    return html.escape(text).replace(" %", "\u00a0%").replace(" ms", "\u00a0ms")


def paragraph(text: str, kind: str = "") -> str:
    return f"<p{f' class={kind!r}' if kind else ''}>{escaped(text)}</p>\n"


def figure(images: Images, name: str, title: str, text: str) -> str:
    """Both pictures; the browser shows the one that suits the page."""
    light, dark = (base64.b64encode(images[name][theme]).decode() for theme in ("light", "dark"))
    return (
        f"<figure>\n<figcaption><strong>{escaped(title)}</strong> {escaped(text)}</figcaption>\n<picture>"
        f'<source media="(prefers-color-scheme: dark)" srcset="data:image/png;base64,{dark}">'
        f'<img alt="{escaped(title)}" src="data:image/png;base64,{light}"></picture>\n</figure>\n'
    )


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: set[int]) -> str:
    """`numbers` are the columns that stand right-aligned."""

    def line(cells: Sequence[str], tag: str) -> str:
        marked = (
            f"<{tag}{' class=number' if index in numbers else ''}>{escaped(cell)}</{tag}>"
            for index, cell in enumerate(cells)
        )
        return f"<tr>{''.join(marked)}</tr>\n"

    body = "".join(line(row, "td") for row in rows)
    if not body:
        return ""
    return f'<div class="table"><table>\n<thead>{line(heads, "th")}</thead>\n<tbody>\n{body}</tbody>\n</table></div>\n'


def card(value: str, text: str, note: str, is_met: bool) -> str:
    word, mark = ("met", "✓") if is_met else ("not met here", "✗")
    return (
        f'<div class="card {"met" if is_met else "missed"}"><p class="value">{value}</p><p>{escaped(text)}</p>'
        f'<p class="note">{escaped(note)}</p><p class="mark">{mark} {word}</p></div>\n'
    )
