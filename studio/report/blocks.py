"""What a report is made of, before it becomes a PDF or a web page."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Box = tuple[float, float, float, float]
"""Left, bottom, width and height as shares of a figure."""


@dataclass(frozen=True)
class Table:
    """Every cell is a text. `name` is that of its files."""

    name: str
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Plate:
    """A picture, `height_in` high: `draw(figure, box)` puts it into a part of a matplotlib figure."""

    name: str
    caption: str
    height_in: float
    draw: Callable[[Any, Box], None]


Block = str | Table | Plate
"""A text is a paragraph."""


@dataclass(frozen=True)
class Section:
    title: str
    blocks: tuple[Block, ...]


def tables(sections: Sequence[Section]) -> list[Table]:
    """All tables, in their order."""
    return [block for section in sections for block in section.blocks if isinstance(block, Table)]


def plates(sections: Sequence[Section]) -> list[Plate]:
    """All pictures, in their order."""
    return [block for section in sections for block in section.blocks if isinstance(block, Plate)]


def to_csv(table: Table) -> str:
    """Head and rows."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([table.head, *table.rows])
    return text.getvalue()


def to_latex(table: Table) -> str:
    """A table float for the package booktabs."""
    lines = [" & ".join(map(_latex, row)) + r" \\" for row in table.rows]
    columns = "l" + "r" * (len(table.head) - 1)
    return "\n".join(
        [
            r"\begin{table}",
            rf"\caption{{{_latex(table.caption)}}}",
            rf"\label{{tab:{table.name}}}",
            rf"\begin{{tabular}}{{{columns}}}",
            r"\toprule",
            " & ".join(map(_latex, table.head)) + r" \\",
            r"\midrule",
            *lines,
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
            "",
        ]
    )


_ESCAPES = str.maketrans(
    {c: f"\\{c}" for c in "&%$#_{}"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    | {"µ": r"$\mu$", "²": r"$^2$", "±": r"$\pm$", "–": "--", "′": "'"}
)


def _latex(text: str) -> str:
    return text.translate(_ESCAPES)
