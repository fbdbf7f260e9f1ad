"""A report as one web page: pictures are inside it as SVG, nothing is loaded from elsewhere. Loads matplotlib."""

from __future__ import annotations

import io
from collections.abc import Sequence
from html import escape

import matplotlib as mpl
from matplotlib.figure import Figure

from studio.report.blocks import Block, Plate, Section, Table
from studio.report.pdf import LOOK

_WIDTH_IN = 7.0
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b; }
table { border-collapse: collapse; font-size: 13px; margin: .5rem 0 1.5rem; display: block; overflow-x: auto; }
th { text-align: left; border-bottom: 1px solid #555; } th, td { padding: .15rem .9rem .15rem 0; vertical-align: top; }
caption { text-align: left; font-weight: 600; padding-bottom: .3rem; } figure { margin: 1rem 0; }
figcaption { font-size: 13px; color: #444; } svg { max-width: 100%; height: auto; }
"""


def html_text(sections: Sequence[Section], title: str) -> str:
    """The whole page."""
    body = "\n".join(_section(section, level=1 if number == 0 else 2) for number, section in enumerate(sections))
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def svg_text(plate: Plate) -> str:
    """A picture of its own."""
    with mpl.rc_context(LOOK):
        figure = Figure(figsize=(_WIDTH_IN, plate.height_in))
        plate.draw(figure, (0.0, 0.0, 1.0, 1.0))
        content = io.StringIO()
        figure.savefig(content, format="svg", metadata={"Date": None})
    return content.getvalue()


def _section(section: Section, level: int) -> str:
    return "\n".join([f"<h{level}>{escape(section.title)}</h{level}>", *map(_block, section.blocks)])


def _block(block: Block) -> str:
    if isinstance(block, Table):
        head = "".join(f"<th>{escape(cell)}</th>" for cell in block.head)
        rows = "\n".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in block.rows)
        return f"<table><caption>{escape(block.caption)}</caption><tr>{head}</tr>\n{rows}</table>"
    if isinstance(block, Plate):
        picture = svg_text(block)
        picture = picture[picture.index("<svg") :]
        return f"<figure>{picture}<figcaption>{escape(block.caption)}</figcaption></figure>"
    return f"<p>{escape(block)}</p>"
