from __future__ import annotations

from PySide6.QtCore import Qt

from studio.gui.widgets.labels import ElidedLabel, TokenLabel


def test_labels_follow_the_theme(qtbot, dressed):
    dressed("dark")
    label = TokenLabel("careful", "warning")
    qtbot.addWidget(label)
    label.show()
    before = label.palette().windowText().color()
    dressed("light")
    assert label.palette().windowText().color() != before


def test_a_line_without_room_ends_in_dots(qtbot):
    words = "a long text of many words " * 6
    label, cut = ElidedLabel(words), ElidedLabel("a")
    for made in (label, cut):
        qtbot.addWidget(made)
        made.resize(200, 20)
        made.show()
    assert label.text() == label.toolTip() == words
    cut.setText(cut.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, 200))
    assert cut.text().endswith("…")
    assert label.grab().toImage() == cut.grab().toImage()
