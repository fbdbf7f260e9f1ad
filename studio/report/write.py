"""A report as files: the whole as a PDF or a web page, and its tables and pictures one by one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from studio.project import atomic
from studio.project.model import Project
from studio.report.blocks import plates, tables, to_csv, to_latex
from studio.report.contents import contents
from studio.report.html import html_text, svg_text
from studio.report.pdf import pdf_bytes

PDF, HTML = ".pdf", ".html"
FORMATS = (PDF, HTML)


def write_report(
    project: Project,
    name: str,
    out: Path,
    parts: Path | None = None,
    progress: Callable[[float], object] = lambda _share: None,
) -> list[Path]:
    """Write the report on `project`, called `name`, to `out` (one of FORMATS, PDF otherwise), and into the folder
    `parts` every table as CSV and LaTeX and every picture as SVG. The files; OSError when one cannot be written.

    `progress(share)` is called while the report is made, and may raise to stop it.
    """
    progress(0.0)
    sections, title = contents(project, name, f"{name}.odr"), f"OpticalDR Studio: {name}"
    page = out.suffix.lower() == HTML
    files = {out: html_text(sections, title).encode() if page else pdf_bytes(sections, title, progress)}
    if parts is not None:
        for table in tables(sections):
            files[parts / f"{table.name}.csv"] = to_csv(table).encode()
            files[parts / f"{table.name}.tex"] = to_latex(table).encode()
        files |= {parts / f"{plate.name}.svg": svg_text(plate).encode() for plate in plates(sections)}
        parts.mkdir(exist_ok=True)
    for path, content in files.items():
        progress(1.0)
        atomic.write(path, content, verify=lambda _: None)
    return list(files)
