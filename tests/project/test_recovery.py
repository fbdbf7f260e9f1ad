from __future__ import annotations

import json
import os
from dataclasses import replace
from functools import cache

import pytest

from studio.optics.presets import preset
from studio.project import atomic, recovery, store
from studio.project.lock import Owner
from studio.project.model import Project
from studio.project.records import ProjectError, Run
from tests.project.samples import full_project, same


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "a.odr"
    store.save(full_project(), path)
    return path


@cache
def edited() -> Project:
    project = full_project().with_design(preset("ideal"), "Apply preset")
    return project.with_record(Run(id="run-2")).with_record(Run(id="run-3"))


def test_after_a_crash_the_edits_come_back(path):
    file = recovery.autosave(edited(), path)
    assert file == path.with_name("a.odr.recovery")
    offer = recovery.find(path)
    assert same(offer.project, edited())
    assert offer.gains == ("1 edit, the last one: Apply preset", "2 new runs")
    assert offer.describe() == f"a.odr, as of {offer.saved_at}: 1 edit, the last one: Apply preset, 2 new runs"
    assert same(store.load(path), full_project())


def test_the_recovery_file_is_an_ordinary_project(path):
    file = recovery.autosave(edited(), path)
    assert "sound" in store.verify(file)


def test_what_the_file_holds_already_is_not_offered(path):
    recovery.autosave(full_project(), path)
    assert recovery.find(path) is None


def test_small_changes_are_offered_too(path):
    recovery.autosave(full_project().with_view("psf.log", False), path)
    assert recovery.find(path).gains == ("small changes, as the arrangement of the window",)
    recovery.autosave(replace(full_project(), notes="other"), path)
    assert recovery.find(path).gains == ("changed notes",)


def test_a_file_that_was_saved_since_is_mentioned(path):
    recovery.autosave(edited(), path)
    assert not recovery.find(path).outdated
    store.save(Project(), path)
    assert recovery.find(path).outdated
    assert "its file was saved again meanwhile" in recovery.find(path).describe()


def test_a_lost_or_damaged_file_can_be_recovered(path):
    recovery.autosave(edited(), path)
    path.write_bytes(b"")
    assert same(recovery.find(path).project, edited())
    path.unlink()
    assert same(recovery.find(path).project, edited())


def test_discarded_it_is_gone(path):
    recovery.autosave(edited(), path)
    recovery.find(path).discard()
    assert recovery.find(path) is None
    recovery.autosave(edited(), path)
    recovery.discard(path)
    recovery.discard(path)
    assert sorted(os.listdir(path.parent)) == ["a.odr"]


def test_a_damaged_recovery_file_is_left_alone_and_logged(path, caplog):
    file = recovery.autosave(edited(), path)
    file.write_bytes(file.read_bytes()[:-1])
    assert recovery.find(path) is None
    assert file.exists()
    assert "recovery file left alone" in caplog.text


def test_the_recovery_file_of_another_project_is_not_offered(path):
    file = recovery.autosave(edited(), path)
    other = path.with_name("b.odr")
    store.save(Project(), other)
    os.rename(file, other.with_name("b.odr.recovery"))
    assert recovery.find(other) is None


def test_beside_a_read_only_project_the_data_folder_is_used(path, user_data, monkeypatch):
    real = atomic.write

    def write(place, *rest):
        if place.parent == path.parent:
            raise PermissionError(13, "Permission denied")
        real(place, *rest)

    monkeypatch.setattr(atomic, "write", write)
    file = recovery.autosave(edited(), path)
    assert file.parent == user_data / "recovery"
    assert same(recovery.find(path).project, edited())
    recovery.discard(path)
    assert recovery.find(path) is None


def test_when_neither_place_can_be_written_it_says_so(path, monkeypatch):
    def write(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic, "write", write)
    with pytest.raises(ProjectError, match="the disk is full"):
        recovery.autosave(edited(), path)


def test_an_unsaved_project_is_offered_once_its_process_is_gone(user_data, monkeypatch):
    file = recovery.autosave(edited(), None)
    assert recovery.find_unsaved() == []
    monkeypatch.setattr(Owner, "may_live", lambda owner: False)
    (offer,) = recovery.find_unsaved()
    assert (offer.file, offer.path) == (file, None)
    assert same(offer.project, edited())
    assert offer.describe().startswith("untitled, never saved, as of ")
    recovery.discard(None)
    assert recovery.find_unsaved() == []


def test_work_on_an_example_is_only_what_came_after_it(monkeypatch):
    monkeypatch.setattr(Owner, "may_live", lambda owner: False)
    example = full_project()
    recovery.autosave(example, None, name="first-light", start=example)
    assert recovery.find_unsaved() == []
    recovery.autosave(edited(), None, name="first-light", start=example)
    (offer,) = recovery.find_unsaved()
    assert offer.name == "first-light"
    assert offer.gains == ("1 edit, the last one: Apply preset", "2 new runs")
    assert offer.describe().startswith("first-light, never saved, as of ")
    recovery.autosave(replace(example, notes="mine"), None, name="first-light", start=example)
    assert recovery.find_unsaved()[0].gains == ("changed notes",)


def test_after_a_second_crash_the_work_of_the_first_still_counts(monkeypatch):
    monkeypatch.setattr(Owner, "may_live", lambda owner: False)
    recovery.autosave(edited(), None, start=full_project())
    (offer,) = recovery.find_unsaved()
    recovery.autosave(offer.project, None, name=offer.name, start=offer.start)
    assert recovery.find_unsaved()[0].gains == offer.gains


@pytest.mark.parametrize("start", [None, 3, {}, {"design": {}, "edits": "x"}])
def test_work_that_does_not_say_what_it_started_from_is_offered_whole(start, monkeypatch):
    monkeypatch.setattr(Owner, "may_live", lambda owner: False)
    monkeypatch.setattr(recovery, "_outline", lambda _: start)
    recovery.autosave(full_project(), None, start=full_project())
    assert any("new variant" in gain for gain in recovery.find_unsaved()[0].gains)


def test_a_recovered_project_saves_without_a_trace_of_the_recovery(path):
    recovery.autosave(edited(), path)
    store.save(recovery.find(path).project, path)
    assert same(store.load(path), edited())
    assert "recovery" not in json.dumps(store.load(path).extra)
