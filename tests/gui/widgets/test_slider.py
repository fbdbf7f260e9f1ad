from __future__ import annotations

import pytest
from PySide6.QtGui import QColor

from studio.gui.theme import tokens
from studio.gui.widgets.slider import Slider, SoftRange


@pytest.mark.parametrize(
    ("value", "filled"), [(2.0, (0.6, 0.7)), (-2.0, (0.3, 0.4)), (0.0, ()), (9.0, (0.6, 0.7, 0.9))]
)
def test_a_slider_with_negative_values_is_filled_from_zero(qtbot, dressed, value, filled):
    dressed("dark")
    slider = Slider("Coma", SoftRange(-3.0, 3.0, 0.01))
    qtbot.addWidget(slider)
    slider.resize(200, 24)
    slider.show()
    slider.show_value(value)
    picture = slider.grab().toImage()
    accent = QColor(tokens().accent)
    places = (0.1, 0.3, 0.4, 0.6, 0.7, 0.9)
    assert tuple(s for s in places if picture.pixelColor(round(s * 200), 12) == accent) == filled


def test_a_logarithmic_slider_and_back():
    soft = SoftRange(0.2, 5.0, 0.05, log=True)
    assert soft.value(0.5) == pytest.approx(1.0)
    assert soft.share(1.0) == pytest.approx(0.5)
    assert soft.share(100.0) == 1.0
