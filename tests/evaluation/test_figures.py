from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_curve

from studio.evaluation import figures, reading
from studio.evaluation.pairs import draw_pairs
from studio.evaluation.roc_band import FMR_GRID, roc_curves
from tests.evaluation.made import made_evaluation


def made_figures():
    record = made_evaluation()
    lines = figures.roc_lines(record)
    pictures = reading.strip(record)
    assert pictures is not None
    return {
        "roc": figures.roc_figure(lines),
        "det": figures.det_figure(lines),
        "noise": figures.sweep_figure(record, reading.NOISE),
        "strip": figures.strip_figure(pictures),
    }


@pytest.mark.parametrize("suffix", figures.FORMATS)
def test_every_figure_is_written_in_every_format(tmp_path: Path, suffix: str) -> None:
    begins = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}[suffix]
    for name, figure in made_figures().items():
        path = figures.save(figure, tmp_path / f"{name}{suffix}")
        content = path.read_bytes()
        assert content.startswith(begins)
        if suffix == ".pdf":
            assert b"/FontFile2" in content  # TrueType, embedded
        if suffix == ".svg":
            assert b"<text" not in content  # letters are drawn: no font is needed


def test_the_same_figure_gives_the_same_file(tmp_path: Path) -> None:
    lines = figures.roc_lines(made_evaluation())
    one, other = (figures.save(figures.roc_figure(lines), tmp_path / f"{n}.svg").read_bytes() for n in "ab")
    assert one == other


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        figures.save(made_figures()["roc"], tmp_path / "missing" / "roc.png")


def test_lines_that_share_a_colour_differ_in_their_dashes() -> None:
    lines = figures.roc_lines(made_evaluation())
    (axes,) = figures.roc_figure(lines).axes
    looks = [(line.get_color(), str(line._unscaled_dash_pattern)) for line in axes.lines]
    assert len(set(looks)) == len(lines) + 1  # and chance


def test_the_kept_curve_is_that_of_scikit_learn_and_lies_in_its_band() -> None:
    rng = np.random.default_rng(1)
    identities = np.repeat(np.arange(20), 5)
    pairs = draw_pairs(identities, 200, 400, seed=1)
    scores = rng.normal(np.where(pairs.genuine, 1.0, 0.0), 1.0)
    curves = roc_curves("a/b/c", scores, pairs, draws=200)
    fmr, tmr, _ = roc_curve(pairs.genuine, scores, drop_intermediate=False)
    expected = [tmr[fmr <= limit].max() for limit in FMR_GRID]
    np.testing.assert_allclose(curves["a/b/c/roc"][:, 1], expected, atol=1e-12)
    low, high = curves["a/b/c/roc_low"][:, 1], curves["a/b/c/roc_high"][:, 1]
    inside = (low <= curves["a/b/c/roc"][:, 1]) & (curves["a/b/c/roc"][:, 1] <= high)
    assert inside.mean() > 0.95
    assert (high - low).max() > 0.05
