from __future__ import annotations

from studio.gui.widgets.warning_strip import WarningStrip


def test_the_warning_strip_keeps_its_height_and_tells_all(qtbot):
    strip = WarningStrip()
    qtbot.addWidget(strip)
    strip.resize(300, strip.sizeHint().height())
    strip.show()
    height = strip.sizeHint().height()
    assert strip.text() == "No warnings"
    strip.show_warnings([("first", "why"), ("second", "why so"), ("third", "and so")])
    assert strip.sizeHint().height() == height
    assert strip.text() == "⚠ first\n⚠ second  (+1)"
    assert "third. and so" in strip.toolTip()
    assert strip.accessibleDescription() == strip.toolTip()
    strip.show_warnings([])
    assert strip.accessibleDescription() == strip.text() == "No warnings"
