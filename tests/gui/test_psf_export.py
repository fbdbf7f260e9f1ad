from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

from studio.exchange.psf_picture import PsfLook
from studio.gui.docks.psf_export import KINDS, PsfExport
from studio.optics.lens import LensDesign
from studio.optics.psf import psf, window_for


class Asked:
    """Stands in for the file dialog."""

    def __init__(self) -> None:
        self.place: Path | None = None
        self.suggested: list[Path] = []

    def __call__(self, _parent, suggestion, suffixes):
        assert (suggestion.suffix,) == suffixes
        self.suggested.append(suggestion)
        return self.place


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def told() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def export(document, asked, told, qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    export = PsfExport(document, lambda: PsfLook(1, colour_map="viridis"), parent, asked)
    export.told.connect(lambda text, token: told.append((text, token)))
    yield export
    assert export.stop()


@pytest.fixture
def choose(export, asked, told, qtbot):
    """Pick the format of that number in the menu and wait for the outcome."""

    def pick(number, place):
        asked.place = place
        export.menu.actions()[number].trigger()
        qtbot.waitUntil(lambda: export.button.isEnabled())
        return told[-1]

    return pick


def test_every_format_is_written(document, choose, tmp_path):
    for number, kind in enumerate(KINDS):
        place = tmp_path / f"{number}{kind.suffixes[0]}"
        text, token = choose(number, place)
        assert (place.is_file(), token) == (True, "success"), text
        assert place.name in text
    expected = psf(document.design, size=max(33, window_for(document.design)))
    with np.load(tmp_path / "3.npz") as file:
        np.testing.assert_array_equal(file["psf"], expected.values)
    eight, sixteen = (cv2.imread(str(tmp_path / f"{n}.png"), cv2.IMREAD_UNCHANGED) for n in (0, 1))
    assert (eight.dtype, eight.ndim) == (np.uint8, 3)
    assert (sixteen.dtype, sixteen.ndim) == (np.uint16, 2)
    assert QSvgRenderer(str(tmp_path / "2.svg")).isValid()


def test_the_suggestion_is_named_after_the_project(document, export, asked, tmp_path):
    document.mark_saved(tmp_path / "lens.odr", document.revision)
    export.menu.actions()[0].trigger()
    assert asked.suggested == [tmp_path / "lens-psf.png"]


def test_nothing_happens_when_no_place_is_chosen(export, asked, told):
    export.menu.actions()[0].trigger()
    assert len(asked.suggested) == 1
    assert told == []
    assert export.button.isEnabled()


def test_what_cannot_be_written_is_told_in_one_line(choose, tmp_path):
    text, token = choose(0, tmp_path / "missing" / "p.png")
    assert token == "error"
    assert text == "p.png was not exported: the folder does not exist; choose another place"


def test_a_lens_without_a_psf_is_told(document, choose, tmp_path):
    document.edit_design(LensDesign(aperture_diameter_mm=50.0, sensor_distance_mm=10.0), "Too much")
    text, token = choose(3, tmp_path / "p.npz")
    assert token == "error"
    assert text.startswith("p.npz was not exported: ")
    assert not (tmp_path / "p.npz").exists()


def test_formats_have_tips_and_a_name(export):
    assert all(action.toolTip() for action in export.menu.actions())
    assert export.button.accessibleName() == "Export"
