from __future__ import annotations

import pytest
from PySide6.QtCore import QObject

from studio.gui.pace import Pace


@pytest.fixture
def parent(qapp):
    return QObject()


def test_the_first_request_is_met_at_once_and_the_last_one_in_the_end(parent, qtbot):
    value, seen = [0], []
    pace = Pace(lambda: seen.append(value[0]), parent)
    for value[0] in range(1, 6):
        pace.request()
    assert seen == [1]
    assert pace.waiting
    qtbot.waitUntil(lambda: not pace.waiting)
    assert seen == [1, 5]
