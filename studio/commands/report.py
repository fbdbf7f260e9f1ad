"""`opticaldr report`: a project as a PDF or a web page, and its tables and pictures as files of their own."""

from __future__ import annotations

import argparse
from pathlib import Path

from studio.commands.projects import writing
from studio.commands.shared import Answer, check_folder, output_in, project_file
from studio.project import atomic, store

FORMATS = (".pdf", ".html")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=project_file, metavar="FILE.odr")
    parser.add_argument("--out", type=output_in(*FORMATS), required=True, metavar="F.pdf|F.html")
    parser.add_argument("--parts", type=Path, metavar="DIR", help="every table as CSV and LaTeX, every picture as SVG")


def run(options: argparse.Namespace) -> Answer:
    if options.parts is not None:
        check_folder(options.parts)
    from studio.report.blocks import plates, tables, to_csv, to_latex  # matplotlib, moocore: not for the other commands
    from studio.report.contents import contents
    from studio.report.html import html_text, svg_text
    from studio.report.pdf import pdf_bytes

    name = options.file.stem
    sections = contents(store.load(options.file), name, options.file.name)
    title = f"OpticalDR Studio: {name}"
    whole = pdf_bytes(sections, title) if options.out.suffix.lower() == ".pdf" else html_text(sections, title).encode()
    files = {options.out: whole}
    if options.parts is not None:
        for table in tables(sections):
            files[options.parts / f"{table.name}.csv"] = to_csv(table).encode()
            files[options.parts / f"{table.name}.tex"] = to_latex(table).encode()
        files |= {options.parts / f"{plate.name}.svg": svg_text(plate).encode() for plate in plates(sections)}
    with writing():
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            atomic.write(path, content, verify=lambda _: None)
    written = [str(path) for path in files]
    return Answer({"files": written}, "\n".join(written))
