from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from studio.gui.widgets.section import Section


def test_a_section_folds_by_keyboard(qtbot):
    section = Section("Glass", folded=True)
    qtbot.addWidget(section)
    content = QWidget()
    section.rows.addWidget(content)
    section.show()
    assert not content.isVisible()
    header = section.header.itemAt(0).widget()
    QTest.keyClick(header, Qt.Key.Key_Space)
    assert content.isVisible()
    assert not section.folded
