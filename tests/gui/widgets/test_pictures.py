from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSizeF

from studio.gui.widgets.pictures import fit, nice_length, to_image


def test_nice_lengths():
    assert [nice_length(x) for x in (1.0, 1.9, 2.0, 49.0, 50.0, 0.07, 999.0)] == [1, 1, 2, 20, 50, 0.05, 500]


def test_pictures_keep_their_shape():
    place = fit(QSizeF(640, 480), QRectF(0, 0, 1000, 480))
    assert (place.width(), place.height()) == (640, 480)
    assert place.center().x() == 500


def test_an_image_owns_its_pixels():
    rgb = np.zeros((2, 3, 3), np.uint8)
    rgb[1, 2] = (1, 2, 3)
    image = to_image(rgb)
    rgb[:] = 255
    assert image.pixelColor(2, 1).getRgb()[:3] == (1, 2, 3)
    assert image.pixelColor(0, 0).getRgb()[:3] == (0, 0, 0)
