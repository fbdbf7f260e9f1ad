"""The welcome page and the tour."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from studio.gui.docks.lens_dock import LensDock
from studio.gui.main_window import MainWindow
from studio.gui.settings import Settings
from studio.gui.tour import STOPS
from studio.optics.presets import PRESETS, preset
from studio.project import store
from studio.project.model import Project
from tests.gui.conftest import ScriptedDialogs, trigger


def choice(window: MainWindow, title: str) -> QPushButton:
    return next(b for b in window.welcome.findChildren(QPushButton) if b.accessibleName() == title)


@pytest.fixture
def empty_window(settings: Settings, qtbot) -> Iterator[MainWindow]:
    """A window in which nothing was opened yet."""
    window = MainWindow(settings, ScriptedDialogs)
    window.show()
    yield window
    qtbot.waitUntil(lambda: not window.files.busy)
    window.close()
    window.deleteLater()


def test_it_lists_examples_presets_and_recent_files(window: MainWindow, tmp_path: Path, qtbot) -> None:
    trigger(window, "welcome")
    names = [b.accessibleName() for b in window.welcome.findChildren(QPushButton, "choice")]
    assert {"First light", "Trade off", "Open a project ..."} <= set(names)
    assert len(names) == 3 + len(PRESETS)
    window.dialogs.place = tmp_path / "mine.odr"
    trigger(window, "save-as")
    qtbot.waitUntil(lambda: not window.files.busy)
    trigger(window, "welcome")
    assert choice(window, "mine").accessibleDescription().startswith(f"{tmp_path}, saved today at ")


def test_a_preset_begins_a_project_and_the_page_goes(window: MainWindow, qtbot) -> None:
    trigger(window, "welcome")
    button = next(b for b in window.welcome.findChildren(QPushButton, "choice") if "literal" in b.accessibleName())
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.document.design.zernike_um == preset("paper-literal").zernike_um
    assert not window.welcome.isVisible()


def test_an_example_opens_from_the_page(window: MainWindow, qtbot) -> None:
    trigger(window, "welcome")
    with qtbot.waitSignal(window.document.project_replaced):
        qtbot.mouseClick(choice(window, "First light"), Qt.MouseButton.LeftButton)
    assert window.document.name == "first-light"
    assert not window.welcome.isVisible()


def test_examples_say_what_is_written_about_them(window: MainWindow, tmp_path: Path, monkeypatch, qtbot) -> None:
    store.save(Project(notes="A lens of\nthree terms."), tmp_path / "trained-lens.odr")
    store.save(Project(), tmp_path / "bare.odr")
    (tmp_path / "broken.odr").write_bytes(b"no project")
    monkeypatch.setattr("studio.gui.welcome.project_path", lambda: tmp_path)
    trigger(window, "welcome")
    qtbot.waitUntil(lambda: choice(window, "Trained lens").toolTip() == "A lens of three terms.")
    assert choice(window, "Bare").toolTip() == "An example without a note"
    assert "Not an OpticalDR Studio project" in choice(window, "Broken").toolTip()


def test_without_examples_and_recent_files_it_still_offers_a_way(window: MainWindow, monkeypatch) -> None:
    def missing() -> Path:
        raise FileNotFoundError("projects")

    monkeypatch.setattr("studio.gui.welcome.project_path", missing)
    trigger(window, "welcome")
    names = [b.accessibleName() for b in window.welcome.findChildren(QPushButton, "choice")]
    assert names[0] == "Open a project ..."
    assert any("listed here" in label.text() for label in window.welcome.findChildren(QLabel))


def test_it_stays_through_a_change_of_theme(window: MainWindow, dressed, qtbot) -> None:
    trigger(window, "welcome")
    qtbot.waitUntil(lambda: "hand-made" in choice(window, "First light").toolTip())
    before = window.welcome.widget()
    dressed("light")
    qtbot.waitUntil(lambda: window.welcome.widget() is not before)
    assert "hand-made" in choice(window, "First light").toolTip()


def test_escape_closes_it(window: MainWindow, qtbot) -> None:
    trigger(window, "welcome")
    qtbot.keyClick(choice(window, "First light"), Qt.Key.Key_Escape)
    assert not window.welcome.isVisible()


def test_it_covers_the_docks_and_nothing_else(window: MainWindow, qtbot) -> None:
    trigger(window, "welcome")
    window.resize(1400, 900)
    page, rail, bottom = window.welcome.geometry(), window.rail.geometry(), window.statusBar().geometry()
    assert page.left() > rail.right() - 1
    assert not page.intersects(bottom)
    qtbot.waitUntil(lambda: window.welcome.geometry().right() == window.width() - 1)


def test_it_stands_where_a_first_project_was_refused(empty_window: MainWindow, tmp_path: Path, qtbot) -> None:
    empty_window.files.open_path(tmp_path / "missing.odr")
    qtbot.waitUntil(lambda: empty_window.welcome.isVisible())
    (problem,) = empty_window.dialogs.problems
    assert "stays open" not in problem.kept


def test_a_refused_second_project_leaves_the_first_in_sight(window: MainWindow, tmp_path: Path, qtbot) -> None:
    window.files.open_path(tmp_path / "missing.odr")
    qtbot.waitUntil(lambda: not window.files.busy)
    qtbot.waitUntil(lambda: bool(window.dialogs.problems))
    assert not window.welcome.isVisible()


def test_the_tour_points_at_real_widgets_and_ends(window: MainWindow, qtbot) -> None:
    trigger(window, "tour")
    for number, stop in enumerate(STOPS):
        assert window.tour.stop is stop
        assert window.tour._target.objectName() == stop.target
        assert window.tour._target.isVisible()
        assert window.rect().contains(window.tour.geometry())
        assert window.tour.accessibleName().startswith(f"Tour, {number + 1} of {len(STOPS)}")
        qtbot.keyClick(window.tour, Qt.Key.Key_Right)
    assert not window.tour.isVisible()


def test_the_tour_goes_back_and_escape_ends_it(window: MainWindow, qtbot) -> None:
    trigger(window, "tour")
    qtbot.keyClick(window.tour, Qt.Key.Key_Right)
    qtbot.keyClick(window.tour, Qt.Key.Key_Left)
    assert window.tour.stop is STOPS[0]
    qtbot.keyClick(window.tour, Qt.Key.Key_Left)
    assert window.tour.stop is STOPS[0]
    qtbot.keyClick(window.tour, Qt.Key.Key_Escape)
    assert not window.tour.isVisible()
    assert not window.tour._ring.isVisible()


def test_a_closed_dock_is_shown_when_the_tour_comes_to_it(window: MainWindow, qtbot) -> None:
    dock = window.findChild(object, "dock-lens")
    dock.hide()
    trigger(window, "tour")
    window.tour.go_on()
    assert dock.isVisible()


def test_enter_and_space_turn_the_pages_and_the_last_one_ends_it(window: MainWindow, qtbot) -> None:
    trigger(window, "tour")
    qtbot.keyClick(window.tour, Qt.Key.Key_Return)
    qtbot.keyClick(window.tour, Qt.Key.Key_Space)
    assert window.tour.stop is STOPS[2]
    with qtbot.waitActive(window):
        window.activateWindow()
    window.tour.back.setFocus()
    qtbot.keyClick(window.tour.back, Qt.Key.Key_Return)  # a button with the focus is what Enter presses
    assert window.tour.stop is STOPS[1]
    window.tour.next.setFocus()
    for _ in STOPS[1:]:
        qtbot.keyClick(window.tour.next, Qt.Key.Key_Return)
    assert not window.tour.isVisible()


def test_escape_ends_the_tour_wherever_the_focus_is_and_gives_it_back(window: MainWindow, qtbot) -> None:
    with qtbot.waitActive(window):
        window.activateWindow()
    field = window.findChild(LensDock).rows["zernike.4"].field
    field.setFocus()
    trigger(window, "tour")
    assert not field.hasFocus()
    qtbot.keyClick(window.tour, Qt.Key.Key_Escape)
    assert field.hasFocus()
    trigger(window, "tour")
    field.setFocus()  # to try what the tour speaks of
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not window.tour.isVisible()


def test_a_page_that_nobody_turns_goes_away(window: MainWindow, qtbot) -> None:
    window.tour._forgotten.setInterval(1)
    trigger(window, "tour")
    qtbot.waitUntil(lambda: not window.tour.isVisible())
    assert not window.tour._ring.isVisible()


@pytest.mark.parametrize("size", [(1024, 700), (1280, 800), (1920, 1080)])
def test_the_tour_covers_no_dock_it_speaks_of(window: MainWindow, size, qtbot) -> None:
    window.resize(*size)
    trigger(window, "tour")
    for _ in STOPS:
        QApplication.processEvents()
        target = window.tour._target
        place = QRect(target.mapTo(window, QPoint(0, 0)), target.size())
        assert not place.intersects(window.tour.geometry()), window.tour.stop.target
        window.tour.go_on()


def test_the_tour_is_offered_until_it_was_taken_or_declined(window: MainWindow, settings: Settings) -> None:
    window.tour.offer()
    (toast,) = window.toasts.shown
    assert not toast.runs_down
    assert not settings.tour_offered  # a session that ends without an answer asks again
    toast.dismiss.click()
    settings.flush()
    assert settings.tour_offered
    window.tour.offer()
    assert window.toasts.shown == []


def test_the_offer_goes_when_the_tour_is_begun_elsewhere(window: MainWindow) -> None:
    window.tour.offer()
    trigger(window, "tour")
    assert window.toasts.shown == []


def test_the_tour_is_taken_from_its_offer(window: MainWindow, settings: Settings) -> None:
    window.tour.offer()
    window.toasts.shown[0].button.click()
    assert window.tour.isVisible()
    assert settings.tour_offered
