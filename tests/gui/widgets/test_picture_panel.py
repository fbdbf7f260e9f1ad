from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget

from studio.gui.widgets.picture_panel import PicturePanel


def test_a_picture_panel_gives_the_picture_the_most_room(qtbot):
    picture, figures = QWidget(), QLabel("Strehl 0.9")
    panel = PicturePanel(picture, figures)
    qtbot.addWidget(panel)
    panel.show()
    for width, height in ((600, 300), (300, 700), (300, 300)):
        panel.resize(width, height)
        assert panel.rect().contains(picture.geometry())
        assert panel.rect().contains(figures.geometry())
        assert not picture.geometry().intersects(figures.geometry())
        assert picture.width() == picture.height()
    panel.resize(600, 300)
    assert picture.width() == 300
    assert figures.x() > 300
    panel.resize(300, 700)
    assert picture.width() == 300
    assert figures.y() > 300
