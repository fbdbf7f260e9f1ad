"""`opticaldr report`: a project as a PDF or a web page, and its tables and pictures as files of their own."""

from __future__ import annotations

import argparse
from pathlib import Path

from studio.commands.projects import writing
from studio.commands.shared import Answer, check_folder, output_in, project_file
from studio.project import store


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=project_file, metavar="FILE.odr")
    parser.add_argument("--out", type=output_in(".pdf", ".html"), required=True, metavar="F.pdf|F.html")
    parser.add_argument("--parts", type=Path, metavar="DIR", help="every table as CSV and LaTeX, every picture as SVG")


def run(options: argparse.Namespace) -> Answer:
    check_folder(options.out)
    if options.parts is not None:
        check_folder(options.parts)
    project = store.load(options.file)
    from studio.report.write import write_report  # matplotlib: not for a file that cannot be read

    with writing():
        written = [str(path) for path in write_report(project, options.file.stem, options.out, options.parts)]
    return Answer({"files": written}, "\n".join(written))
