from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.gui.widgets.segments import Choice, Segments


def test_segments_report_the_users_choice_only(qtbot):
    segments = Segments("View", (Choice("a", "A"), Choice("b", "B")))
    qtbot.addWidget(segments)
    with qtbot.assertNotEmitted(segments.chosen):
        segments.choose("b")
        segments.choose("from another version")
    assert segments.choice == "b"
    with qtbot.waitSignal(segments.chosen) as caught:
        segments.buttons["a"].click()
    assert caught.args == ["a"]
    segments.show()
    segments.buttons["a"].setFocus()
    qtbot.waitUntil(segments.buttons["a"].hasFocus)
    with qtbot.waitSignal(segments.chosen):
        QTest.keyClick(segments.buttons["a"], Qt.Key.Key_Right)
    assert segments.choice == "b"
