from __future__ import annotations

from PySide6.QtCore import QTimer

from studio.gui.widgets.edit_run import EditRun


def test_a_run_ends_after_a_pause(qtbot):
    run = EditRun()
    first = run.number()
    assert run.number() == first
    with qtbot.waitSignal(run.findChild(QTimer).timeout):
        pass
    assert run.number() != first
