from __future__ import annotations

import numpy as np

from studio.gui.widgets.psf_view import PsfView, psf_picture
from studio.optics.lens import LensDesign
from studio.optics.psf import psf


def test_row_0_of_the_psf_is_on_top():
    values = np.zeros((3, 5, 5), np.float32)
    values[:, 0, 3] = 1.0
    picture = psf_picture(values)
    assert picture[0, 3].tolist() == [255, 255, 255]
    assert picture[1:].max() == 0


def test_channels_and_logarithm_of_the_psf_picture():
    values = np.zeros((3, 3, 3), np.float32)
    values[0, 0, 0], values[1, 0, 0], values[1, 2, 2] = 0.5, 1.0, 0.01
    assert psf_picture(values)[0, 0].tolist() == [128, 255, 0]
    assert psf_picture(values, 0)[0, 0].tolist() == [255, 255, 255]
    assert psf_picture(values, 1, log=True)[2, 2, 0] == round(255 / 2)
    assert psf_picture(values, 1, log=True)[1, 1, 0] == 0


def test_a_tilt_moves_the_spot_down_the_screen(qtbot):
    """+y is down, for the PSF as for the picture."""
    view = PsfView()
    qtbot.addWidget(view)
    view.resize(300, 300)
    view.show_psf(psf(LensDesign().with_zernike(3, 4.0), size=65))
    image = view.grab().toImage()
    rows = [max(image.pixelColor(x, y).lightness() for x in range(300)) for y in range(240)]
    assert int(np.argmax(rows)) > 160
