"""Displays that answer, that do not, and those that are not needed."""

from __future__ import annotations

import socket
import sys

import pytest

from studio import display

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="about X and Wayland")


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)


def test_no_display_at_all_names_both_settings():
    line = display.trouble()
    assert line.startswith("there is no display: WAYLAND_DISPLAY is not set, DISPLAY is not set;")
    assert "--screenshot" in line


@pytest.mark.parametrize("name", [":98765", "nonsense", "localhost:98765"])
def test_an_x_server_that_does_not_answer_is_named(name, monkeypatch):
    monkeypatch.setenv("DISPLAY", name)
    line = display.trouble()
    assert f"DISPLAY={name}" in line or "libxcb" in line
    assert "\n" not in line


def test_a_platform_without_a_display_needs_none(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":98765")
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert display.trouble() == ""


@pytest.mark.parametrize(("name", "line"), [("bogus", "QT_QPA_PLATFORM=bogus cannot be used here"), ("minimal", "")])
def test_a_rare_platform_is_tried_elsewhere(name, line, monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", name)
    assert display.trouble().partition(";")[0] == (line and f"there is no display: {line}")


def test_one_platform_of_several_will_do(monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb;offscreen:configfile=none")
    assert display.trouble() == ""


def test_a_chosen_platform_needs_its_own_display(monkeypatch, tmp_path):
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    assert "DISPLAY is not set" in display.trouble()
    assert "WAYLAND" not in display.trouble()


def test_a_wayland_socket_that_listens_will_do(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("WAYLAND_DISPLAY", "wl-0")
    assert "WAYLAND_DISPLAY=wl-0" in display.trouble()
    monkeypatch.chdir(tmp_path)  # a socket's path may have 100 characters only
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("wl-0")
        server.listen()
        monkeypatch.setenv("XDG_RUNTIME_DIR", ".")
        assert display.trouble() == ""
