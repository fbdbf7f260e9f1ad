from __future__ import annotations

import csv
import io
import re
from functools import reduce

import pytest

from studio.cli import main
from studio.optics.lens import LensDesign
from studio.project import store
from studio.project.model import Project
from studio.project.records import Run, Trial
from studio.report.blocks import Plate, Section, Table, plates, tables, to_csv, to_latex
from studio.report.contents import chosen_measures, contents
from studio.report.html import html_text
from studio.report.pdf import pdf_bytes
from tests.evaluation.made import made_evaluation

RUN = Run(
    id="run-1",
    label="First <run>",
    metrics={"adversary_auc": 0.71, "expression_r2": 0.4},
    curves={"adversary_auc": [[0, 0.9], [100, 0.71]], "expression_r2": [[0, 0.1], [100, 0.4]]},
    seed=3,
)
TRIALS = (
    *(
        Trial(id=f"s/{i}", study="s", metrics={"worst_auc": leak, "expression_r2": read}, wall_time_s=60.0)
        for i, (leak, read) in enumerate(((0.6, 0.2), (0.7, 0.4), (0.9, 0.41), (0.8, 0.3)))
    ),
    Trial(id="b/0", study="s", config={"baseline": "gaussian:4"}, metrics={"worst_auc": 0.8, "expression_r2": 0.1}),
    Trial(id="s/9", study="s", state="failed", reason="it diverged"),
)


@pytest.fixture(scope="module")
def full() -> Project:
    records = (RUN, made_evaluation(id="e1", label="Ours"), made_evaluation(id="e2", config={"baseline": "gaussian:4"}))
    return reduce(Project.with_record, (*records, *TRIALS), Project(design=LensDesign().with_zernike(5, 1.1)))


@pytest.fixture(scope="module")
def sections(full) -> list[Section]:
    return contents(full, "study", "study.odr")


def table(sections: list[Section], name: str) -> Table:
    return next(table for table in tables(sections) if table.name == name)


def words(sections: list[Section]) -> str:
    return "\n".join(block for section in sections for block in section.blocks if isinstance(block, str))


def test_an_empty_project_says_what_there_is_and_no_more():
    sections = contents(Project(), "new", "new.odr")
    titles = [section.title for section in sections]
    assert titles == ["OpticalDR Studio: new", "Lens", "What it does to a face", "Provenance", "Model card and limits"]
    assert "0 training runs, 0 evaluations, 0 trials" in words(sections)
    assert "Not a medical device" in words(sections)


def test_every_number_comes_from_the_project(sections):
    assert table(sections, "training").rows == (("First <run>", "lens", "0.400", "0.710"),)
    assert ("Z5", "oblique astigmatism", "1.1000") in table(sections, "zernike").rows
    recognition = table(sections, "recognition")
    assert [row[0] for row in recognition.rows] == ["Ours", "gaussian:4"]
    assert recognition.rows[0][recognition.head.index("sface")] == "0.520 [0.500, 0.540]"
    assert len(table(sections, "trials").rows) == len(TRIALS)
    assert "failed" in [row[2] for row in table(sections, "trials").rows]


def test_sweeps_have_a_picture_and_a_table_of_their_own(sections):
    swept = table(sections, "sweeps-e1").rows
    assert ("Bits", "6", "reconstructed-clear, A3 wiener, sface", "0.830 [0.800, 0.860]") in swept
    assert not any(row[0].startswith(("noise:", "bits:")) for row in table(sections, "grid-e1").rows)
    assert "sweeps-e1" in [plate.name for plate in plates(sections)]


def test_what_the_network_of_a_run_reads_has_a_row(full):
    scores = {"affect/severity_mae": (9.0, 8.0, 10.0), "affect/constant/severity_mae": (13.0, 12.0, 14.0)}
    record = made_evaluation(id="e3", label="Mine", scores=scores, config={"affect_data": "cohort"})
    found = table(contents(full.with_record(record), "p", "p.odr"), "affect")
    assert found.head == ("method", "simulated severity, MAE")
    assert found.rows == (("Mine", "9.000 [8.000, 10.000], 13.000 without looking"),)


def test_the_area_is_that_of_lenses_over_that_of_baselines(full, sections):
    """From the corner (0.9, 0.1) the blur at (0.8, 0.1) covers nothing. One at (0.8, 0.3) covers .1 x .2 = .02; lenses
    cover .1 x .1 + .2 x .3 = .07, and .41 at the corner's own leak nothing."""
    assert "Hypervolume of the lenses over that of the baselines: undefined" in words(sections)
    better = Trial(id="b/1", config={"baseline": "pixelate:4"}, metrics={"worst_auc": 0.8, "expression_r2": 0.3})
    assert "of the baselines: 3.50, from" in words(contents(full.with_record(better), "p", "p.odr"))


def test_measures_are_those_that_trials_have():
    assert [m.name for m in chosen_measures(TRIALS)] == ["worst_auc", "expression_r2"]
    assert chosen_measures(TRIALS[-1:]) is None


def test_tables_as_csv_and_latex():
    made = Table("t", "100 % of A_1", ("a & b", "AUC"), (("x_1", "0.5 ± 0.1"), ("ü", "")))
    assert list(csv.reader(io.StringIO(to_csv(made)))) == [["a & b", "AUC"], ["x_1", "0.5 ± 0.1"], ["ü", ""]]
    latex = to_latex(made)
    assert r"a \& b & AUC \\" in latex
    assert r"x\_1 & 0.5 $\pm$ 0.1 \\" in latex
    assert r"\caption{100 \% of A\_1}" in latex
    assert latex.count(r"\begin") == latex.count(r"\end")


def test_the_pdf_embeds_its_fonts_and_is_the_same_every_day(sections):
    content = pdf_bytes(sections, "study")
    assert content.startswith(b"%PDF")
    assert b"/FontFile2" in content
    assert b"/CreationDate" not in content
    assert content == pdf_bytes(sections, "study")
    assert content.count(b"/Type /Page\n") + content.count(b"/Type /Page ") >= 3


def test_a_long_table_goes_on_on_the_next_page():
    rows = tuple((str(i), "text " * 60) for i in range(90))
    content = pdf_bytes([Section("Long", (Table("t", "Many rows", ("number", "words"), rows),))], "long")
    assert len(re.findall(rb"/Type /Page\b", content)) >= 5


def test_the_page_is_one_file_and_names_are_no_markup(sections):
    page = html_text(sections, "study & more")
    assert "study &amp; more" in page
    assert "First &lt;run&gt;" in page
    assert "<run>" not in page
    assert page.count("<svg") == len(plates(sections))
    assert not re.search(r'(src|href)="http', page)


@pytest.mark.parametrize("name", ["r.pdf", "r.html"])
def test_the_command_writes_the_report_and_its_parts(tmp_path, full, sections, capsys, name):
    store.save(full, tmp_path / "p.odr")
    code = main(["report", str(tmp_path / "p.odr"), "--out", str(tmp_path / name), "--parts", str(tmp_path / "parts")])
    assert code == 0
    assert (tmp_path / name).stat().st_size > 10_000
    found = {path.suffix for path in (tmp_path / "parts").iterdir()}
    assert found == {".csv", ".tex", ".svg"}
    assert len(list((tmp_path / "parts").glob("*.svg"))) == len(plates(sections))
    assert str(tmp_path / name) in capsys.readouterr().out


def test_other_formats_are_refused(tmp_path, capsys):
    store.save(Project(), tmp_path / "p.odr")
    assert main(["report", str(tmp_path / "p.odr"), "--out", str(tmp_path / "r.docx")]) == 2
    assert ".pdf or .html" in capsys.readouterr().err


def test_what_a_plate_draws_stays_in_its_box():
    """A box of a figure is all a drawing may use: axes and texts within it."""
    boxes = []
    made = Plate("p", "c", 2.0, lambda figure, box: boxes.append(box))
    pdf_bytes([Section("One", (made,))], "one")
    ((left, bottom, width, height),) = boxes
    assert 0 < left < left + width < 1
    assert 0 < bottom < bottom + height < 1
