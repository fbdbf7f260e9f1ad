from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def user_data(tmp_path_factory, monkeypatch):
    """A data folder of the test's own: the writer's key and recovery files go there."""
    folder = tmp_path_factory.mktemp("user-data")
    monkeypatch.setattr("studio.project.trust.user_folder", lambda: folder)
    monkeypatch.setattr("studio.project.recovery.user_folder", lambda: folder)
    return folder
