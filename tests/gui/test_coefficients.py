"""Coefficients as text: what is copied can be pasted, and what spreadsheets and papers hold, too."""

from __future__ import annotations

import pytest

from studio.gui.docks.coefficients import NUMBERINGS, format_coefficients, parse_coefficients
from studio.optics.lens import LensDesign
from studio.optics.presets import preset

NOLL = NUMBERINGS["noll"]
FOCUSED = LensDesign().zernike_um


def changed(text: str, numbering=NOLL) -> dict[int, float]:
    """The Noll terms that `text` changes in a focused lens."""
    terms = parse_coefficients(text, FOCUSED, numbering)
    return {j: a for j, (a, b) in enumerate(zip(terms, FOCUSED, strict=True), 1) if a != b}


@pytest.mark.parametrize("copied", NUMBERINGS)
@pytest.mark.parametrize("pasted", NUMBERINGS)
def test_what_is_copied_comes_back_whatever_the_numbering_in_use(copied: str, pasted: str) -> None:
    terms = preset("random-zernike:1").zernike_um
    text = format_coefficients(terms, NUMBERINGS[copied])
    assert parse_coefficients(text, FOCUSED, NUMBERINGS[pasted]) == pytest.approx(terms, rel=1e-15)


def test_a_copy_is_a_line_a_term() -> None:
    lines = format_coefficients(FOCUSED, NOLL).splitlines()
    assert lines[0] == "# Noll, RMS 1, um of surface height"
    assert lines[4] == "Z4 -30.42"
    assert len(lines) == 16


def test_fringe_coefficients_belong_to_peak_1_polynomials() -> None:
    assert "Z4 -52.68" in format_coefficients(FOCUSED, NUMBERINGS["fringe"])
    assert changed("Z9 1", NUMBERINGS["fringe"]) == {11: pytest.approx(5**-0.5)}
    assert changed("Z12 1", NUMBERINGS["ansi"]) == {11: 1.0}


@pytest.mark.parametrize(
    "text",
    ["Z5 0.3\nZ8 −0.1", "z5=0.3\nz8 = -0.1 um", "Z5: 0.3\n\nZ8: -100 nm", "5\t0.3\n8\t-0.1", "5; 0.3\n8; -0.1"],
)
def test_lines_set_their_terms_and_leave_the_others(text: str) -> None:
    assert changed(text) == {5: 0.3, 8: pytest.approx(-0.1)}


@pytest.mark.parametrize("text", ["0, 0, 0, -26, 0.5", "0;0;0;-26;0.5;", "0\n0\n0\n-26\n0.5\n", "0\t0\t0\t-26\t0.5"])
def test_a_bare_list_or_column_is_the_whole_surface(text: str) -> None:
    terms = parse_coefficients(text, preset("random-zernike:1").zernike_um, NOLL)
    assert terms == (0, 0, 0, -26, 0.5, *[0.0] * 10)


def test_terms_beyond_the_stored_ones_make_the_list_longer() -> None:
    assert len(parse_coefficients("Z20 0.1", FOCUSED, NOLL)) == 20
    assert len(parse_coefficients(" ".join(["0"] * 37), FOCUSED, NUMBERINGS["fringe"])) <= 66


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no text"),
        ("hello", "4 numbers or more"),
        ("0,5", "4 numbers or more"),
        ("1,5\n2\n3\n4", "a point"),
        ("Z4 abc", "Z4: type a number"),
        ("Z5 1 kg", "does not fit"),
        ("Z4 1\nZ4 2", "twice"),
        ("Z99 1", "beyond the first 66"),
        ("Z0 1", "Z0"),
        ("Z5 " + "9" * 400, "too large"),
    ],
)
def test_bad_text_is_refused_in_one_line(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=r"\S") as refusal:
        parse_coefficients(text, FOCUSED, NOLL)
    assert reason in str(refusal.value)
    assert "\n" not in str(refusal.value)
