"""Opening, saving, locking and recovering: nothing is lost, and a refusal touches nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from studio.gui.document import Document
from studio.gui.files import Files
from studio.gui.opening import what_answers_do, what_comes_back
from studio.optics.presets import preset
from studio.project import recovery, store
from studio.project.model import Project
from studio.project.recovery import Offer
from studio.project.store import ProjectError


@pytest.fixture
def files(document, settings, dialogs, qtbot) -> Iterator[Files]:
    files = Files(document, settings, dialogs)
    yield files
    idle(files, qtbot)
    files.close()


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "lens.odr"
    store.save(Project(design=preset("paper-literal")), path)
    return path


@pytest.fixture
def held(saved: Path) -> Iterator[Path]:
    """`saved`, while another live process has it open."""
    code = (
        "import sys; from studio.project.store import ProjectLock; ProjectLock(sys.argv[1]).acquire();"
        "print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(saved)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "held\n"
        yield saved
        owner.communicate()


def idle(files: Files, qtbot) -> None:
    qtbot.waitUntil(lambda: not files.busy, timeout=10_000)


def change(document: Document, z4_um: float = -20.0) -> None:
    document.edit_design(document.design.with_zernike(4, z4_um), "Change defocus")


def open_and_wait(files: Files, path: Path, qtbot) -> None:
    files.open_path(path)
    idle(files, qtbot)


def lock_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")


def test_open_shows_the_project_locks_it_and_remembers_it(files, document, settings, saved, qtbot) -> None:
    open_and_wait(files, saved, qtbot)
    assert document.path == saved
    assert document.design == preset("paper-literal")
    assert not document.dirty
    assert json.loads(lock_of(saved).read_text())["pid"] == os.getpid()
    assert settings.recent == [saved]


def test_save_as_then_save_then_reopen(files, document, dialogs, tmp_path, qtbot) -> None:
    change(document)
    dialogs.place = tmp_path / "new.odr"
    files.save()  # it has no place yet, so it asks for one
    idle(files, qtbot)
    assert document.path == dialogs.place
    assert not document.dirty
    change(document, -25.0)
    files.save()
    idle(files, qtbot)
    assert store.load(dialogs.place).design.zernike_um[3] == -25.0
    assert dialogs.asked == ["save as untitled.odr"]


def test_saving_elsewhere_moves_the_lock(files, document, dialogs, saved, tmp_path, qtbot) -> None:
    open_and_wait(files, saved, qtbot)
    dialogs.place = tmp_path / "other.odr"
    files.save_as()
    idle(files, qtbot)
    assert not lock_of(saved).exists()
    assert lock_of(dialogs.place).exists()


def test_a_copy_leaves_the_open_file_alone(files, document, dialogs, saved, tmp_path, qtbot) -> None:
    open_and_wait(files, saved, qtbot)
    change(document)
    dialogs.place = tmp_path / "copy.odr"
    files.save_copy()
    idle(files, qtbot)
    assert document.path == saved
    assert document.dirty
    assert store.load(dialogs.place).design == document.design
    assert store.load(saved).design == preset("paper-literal")


def test_saving_and_opening_leave_the_gui_thread(files, document, saved, qtbot, monkeypatch) -> None:
    threads = []
    real_save, real_load = store.save, store.load
    monkeypatch.setattr(store, "save", lambda *a, **k: threads.append(threading.current_thread()) or real_save(*a, **k))
    monkeypatch.setattr(store, "load", lambda *a, **k: threads.append(threading.current_thread()) or real_load(*a, **k))
    open_and_wait(files, saved, qtbot)
    change(document)
    files.save()
    idle(files, qtbot)
    assert len(threads) == 2
    assert threading.main_thread() not in threads


def test_edits_during_a_save_keep_the_document_dirty(files, document, saved, qtbot, monkeypatch) -> None:
    open_and_wait(files, saved, qtbot)
    gate, real = threading.Event(), store.save

    def slow(*args, **kwargs):
        assert gate.wait(10)
        return real(*args, **kwargs)

    monkeypatch.setattr(store, "save", slow)
    change(document, -20.0)
    files.save()
    change(document, -21.0)
    assert files.saving
    gate.set()
    idle(files, qtbot)
    assert document.dirty
    assert store.load(saved).design.zernike_um[3] == -20.0


@pytest.mark.parametrize("content", [b"", b"no project", None])
def test_a_refused_file_leaves_everything_as_it_was(files, document, dialogs, tmp_path, qtbot, content) -> None:
    change(document)
    dialogs.unsaved = "discard"
    path = tmp_path / "bad.odr"
    if content is not None:
        path.write_bytes(content)
    before = document.project
    open_and_wait(files, path, qtbot)
    assert document.project is before
    assert document.dirty
    (problem,) = dialogs.problems
    assert "bad.odr" in problem.happened
    assert "stays open" in problem.kept
    assert str(path) in problem.details
    assert not lock_of(path).exists()
    assert content is None or path.read_bytes() == content


def test_a_failed_save_keeps_work_and_file(files, document, dialogs, saved, qtbot, monkeypatch) -> None:
    open_and_wait(files, saved, qtbot)
    change(document)
    before = saved.read_bytes()

    def full(*_args, **_kwargs):
        raise ProjectError("the disk is full; free some space")

    monkeypatch.setattr(store, "save", full)
    reached = []
    files.save(then=lambda: reached.append(True))
    idle(files, qtbot)
    assert document.dirty
    assert saved.read_bytes() == before
    assert "disk is full" in dialogs.problems[0].details
    assert not reached


@pytest.mark.parametrize(
    ("answer", "goes_on", "on_disk"), [("save", True, -20.0), ("discard", True, -51.0), ("cancel", False, -51.0)]
)
def test_unsaved_changes_are_asked_about(files, document, dialogs, saved, qtbot, answer, goes_on, on_disk) -> None:
    open_and_wait(files, saved, qtbot)
    change(document)
    dialogs.unsaved = answer
    files.new("ideal")
    idle(files, qtbot)
    assert dialogs.asked == ["unsaved lens"]
    assert document.design.ideal is goes_on
    assert (document.path is None) is goes_on
    assert store.load(saved).design.zernike_um[3] == on_disk


def test_an_unforeseen_error_is_raised_in_the_gui_thread_and_work_goes_on(
    files, document, saved, qtbot, monkeypatch
) -> None:
    def broken(_path):
        raise ZeroDivisionError("lens of no thickness")

    with monkeypatch.context() as patch, qtbot.capture_exceptions() as errors:
        patch.setattr(store, "load", broken)
        open_and_wait(files, saved, qtbot)
    assert [kind for kind, *_ in errors] == [ZeroDivisionError]
    assert files.opening == ""
    open_and_wait(files, saved, qtbot)
    assert document.path == saved


def test_an_unforeseen_error_of_a_save_leaves_the_window_free_to_close(
    files, document, saved, qtbot, monkeypatch
) -> None:
    def broken(*_args, **_options):
        raise MemoryError("no room for the arrays")

    open_and_wait(files, saved, qtbot)
    document.edit_design(document.design.with_zernike(4, -20.0), "Change defocus")
    closed = []
    with monkeypatch.context() as patch, qtbot.capture_exceptions() as errors:
        patch.setattr(store, "save", broken)
        files.save()
        files.when_saved(lambda: closed.append("closed"))
        idle(files, qtbot)
    assert [kind for kind, *_ in errors] == [MemoryError]
    assert not files.saving
    assert document.dirty
    files.save()
    idle(files, qtbot)
    assert not document.dirty
    assert closed == []  # what waited for the save that failed


def test_a_clean_document_is_left_without_a_question(files, document, dialogs, saved, qtbot) -> None:
    open_and_wait(files, saved, qtbot)
    files.new("ideal")
    assert document.design.ideal
    assert dialogs.asked == []
    assert not lock_of(saved).exists()


def test_a_project_in_use_opens_as_a_copy_only(files, document, dialogs, held, qtbot) -> None:
    open_and_wait(files, held, qtbot)
    assert document.path is None
    assert "In use by another" in dialogs.asked[0]
    assert document.design != preset("paper-literal")
    dialogs.read_only = True
    open_and_wait(files, held, qtbot)
    assert document.design == preset("paper-literal")
    assert document.path is None  # saving asks for a place
    assert document.name == "lens"


def test_an_example_is_a_template(files, document, dialogs, saved, tmp_path, qtbot, monkeypatch) -> None:
    monkeypatch.setattr("studio.gui.opening.project_path", lambda *parts: tmp_path.joinpath(*parts))
    open_and_wait(files, saved, qtbot)
    assert document.path is None
    assert document.name == "lens"
    assert document.source == saved, "what lies beside it belongs to it"
    assert not lock_of(saved).exists()
    before = saved.read_bytes()
    change(document)
    dialogs.place = saved
    files.save()
    idle(files, qtbot)
    assert saved.read_bytes() == before
    assert "example" in dialogs.problems[0].details


def test_a_missing_example_begins_a_new_project(files, document, qtbot, monkeypatch) -> None:
    def missing(*parts: str) -> Path:
        raise FileNotFoundError("projects/first-light.odr")

    monkeypatch.setattr("studio.gui.files.project_path", missing)
    files.open_example()
    assert document.design == preset("focused-1m")
    assert document.name == "untitled"


@pytest.mark.parametrize("over", [True, False])
def test_a_file_changed_by_others_is_asked_about(files, document, dialogs, saved, qtbot, over) -> None:
    open_and_wait(files, saved, qtbot)
    store.save(Project(design=preset("ideal")), saved)  # the lock is this process' own
    change(document)
    dialogs.overwrite_changed = over
    files.save()
    qtbot.waitUntil(lambda: bool(dialogs.asked) and not files.busy)
    assert dialogs.asked[0].startswith("changed")
    assert store.load(saved).design.ideal is not over
    assert document.dirty is not over


def test_unsaved_work_goes_to_the_recovery_file_and_leaves_with_a_save(files, document, saved, qtbot) -> None:
    open_and_wait(files, saved, qtbot)
    change(document)
    autosave(files, qtbot)
    offer = recovery.find(saved)
    assert offer is not None
    assert offer.project.design == document.design
    files.save()
    idle(files, qtbot)
    assert recovery.find(saved) is None


def test_work_taken_back_is_not_offered_after_a_crash(files, document, saved, qtbot) -> None:
    open_and_wait(files, saved, qtbot)
    change(document)
    autosave(files, qtbot)
    document.undo_stack.undo()
    assert recovery.find(saved) is None
    document.undo_stack.redo()
    autosave(files, qtbot)
    assert recovery.find(saved) is not None


def test_work_taken_back_while_it_is_written_is_not_offered(files, document, saved, qtbot) -> None:
    open_and_wait(files, saved, qtbot)
    change(document)
    files.autosave.write()
    document.undo_stack.undo()
    qtbot.waitUntil(lambda: not files.autosave.busy)
    assert recovery.find(saved) is None


def test_giving_up_work_that_is_being_written_does_not_wait(files, document, saved, qtbot, monkeypatch) -> None:
    open_and_wait(files, saved, qtbot)
    change(document)
    gate, real = threading.Event(), recovery.autosave
    monkeypatch.setattr(recovery, "autosave", lambda *args, **options: gate.wait(10) and real(*args, **options))
    files.autosave.write()
    files.autosave.forget()  # would hang here for as long as the gate is shut
    assert not gate.is_set()
    gate.set()
    qtbot.waitUntil(lambda: not files.autosave.busy)
    assert recovery.find(saved) is None
    autosave(files, qtbot)
    assert recovery.find(saved) is not None  # and the next one is written again


def autosave(files: Files, qtbot) -> None:
    files.autosave.write()
    qtbot.waitUntil(lambda: not files.autosave.busy)


@pytest.mark.parametrize(("answer", "z4_um", "dirty"), [("recover", -20.0, True), ("discard", -51.0, False)])
def test_recovery_is_offered_when_the_project_opens(
    files, document, dialogs, saved, qtbot, answer, z4_um, dirty
) -> None:
    crashed = store.load(saved)
    recovery.autosave(crashed.with_design(crashed.design.with_zernike(4, -20.0), "Change defocus"), saved)
    dialogs.recover = answer
    open_and_wait(files, saved, qtbot)
    assert "Change defocus" in dialogs.asked[0]
    assert document.design.zernike_um[3] == z4_um
    assert document.dirty is dirty
    assert document.path == saved
    assert (recovery.find(saved) is not None) is dirty  # kept until the recovered work is saved
    if dirty:
        files.save()
        idle(files, qtbot)
        assert recovery.find(saved) is None
        assert store.load(saved).design.zernike_um[3] == -20.0


def test_cancelling_a_recovery_opens_nothing_and_keeps_both(files, document, dialogs, saved, qtbot) -> None:
    crashed = store.load(saved)
    recovery.autosave(crashed.with_design(crashed.design.with_zernike(4, -20.0), "Change defocus"), saved)
    before = document.project
    open_and_wait(files, saved, qtbot)
    assert document.project is before
    assert recovery.find(saved) is not None
    assert not lock_of(saved).exists()


def test_work_that_never_had_a_file_is_offered_at_the_start(files, document, dialogs, qtbot) -> None:
    code = (
        "from studio.optics.presets import preset; from studio.project import recovery;"
        "from studio.project.model import Project; recovery.autosave(Project(design=preset('ideal')), None)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    dialogs.recover = "recover"
    files.offer_unsaved()
    idle(files, qtbot)
    assert document.design.ideal
    assert document.dirty
    assert document.path is None


def test_closing_gives_the_lock_back(document, settings, dialogs, saved, qtbot) -> None:
    files = Files(document, settings, dialogs)
    open_and_wait(files, saved, qtbot)
    files.close()
    assert not lock_of(saved).exists()


def test_work_on_the_example_is_offered_by_its_name_and_without_what_the_example_holds(
    files, document, dialogs, qtbot, monkeypatch
) -> None:
    files.open_example()
    idle(files, qtbot)
    change(document)
    autosave(files, qtbot)
    monkeypatch.setattr("studio.project.lock.Owner.may_live", lambda _: False)
    (offer,) = recovery.find_unsaved()
    assert offer.name == "first-light"
    assert len(offer.gains) == 1
    assert offer.gains[0].startswith("1 edit, the last one: ")
    dialogs.recover = "recover"
    files._recover(offer)
    change(document, -10.0)
    autosave(files, qtbot)
    assert document.name == "first-light"
    assert recovery.find_unsaved()[0].gains[0].startswith("2 edits")


def an_offer(path: Path | None, saved_at: str, gains: tuple[str, ...], *, outdated: bool) -> Offer:
    return Offer(
        file=Path("a"),
        project=Project(),
        path=path,
        name="a",
        start=Project(),
        saved_at=saved_at,
        gains=gains,
        owner=None,
        outdated=outdated,
    )


@pytest.mark.parametrize(("path", "said"), [(Path("a.odr"), "the saved project stays"), (None, "no file of its own")])
def test_every_answer_to_a_recovery_is_explained(path, said) -> None:
    text = what_answers_do(an_offer(path, "", (), outdated=False))
    assert said in text
    assert [line.split()[0] for line in text.splitlines()] == ["Recover", "Discard", "Cancel"]


def test_what_comes_back_is_listed_with_a_local_time() -> None:
    kept = datetime.now(UTC) - timedelta(minutes=1)
    gains = ("2 edits, the last one: Change defocus", "1 new variant")
    offer = an_offer(Path("lens.odr"), kept.isoformat(), gains, outdated=True)
    when, *listed, warning = what_comes_back(offer).splitlines()
    assert f"{kept.astimezone():%H:%M}" in when
    assert listed == [f"• {gain}" for gain in gains]
    assert "saved again" in warning


def test_a_time_that_cannot_be_read_is_said_to_be_unknown() -> None:
    offer = an_offer(None, "", ("another lens",), outdated=False)
    assert what_comes_back(offer) == "Kept at an unknown time. What comes back:\n• another lens"


def damaged_with_backup(saved: Path) -> Path:
    """A project whose backup holds the first lens, and whose file was cut short."""
    store.save(Project(design=preset("ideal")), saved)
    saved.write_bytes(saved.read_bytes()[:-100])
    return saved


def test_a_damaged_file_offers_its_backup(files, document, dialogs, saved, qtbot) -> None:
    damaged_with_backup(saved)
    raw = saved.read_bytes()
    dialogs.way_out = True
    reached = []
    files.open_path(saved, then=lambda: reached.append(True))
    idle(files, qtbot)
    (problem,) = dialogs.problems
    assert problem.way_out == "Open the backup"
    assert "lens.odr.bak" in problem.to_do
    assert document.design == preset("paper-literal")
    assert (document.path, document.name, document.dirty) == (None, "lens", True)
    assert reached
    assert saved.read_bytes() == raw
    assert not lock_of(saved).exists()


def test_a_backup_that_is_declined_or_damaged_changes_nothing(files, document, dialogs, saved, qtbot) -> None:
    damaged_with_backup(saved)
    before = document.project
    open_and_wait(files, saved, qtbot)
    assert document.project is before
    saved.with_name("lens.odr.bak").write_bytes(b"")
    dialogs.way_out = True
    open_and_wait(files, saved, qtbot)
    assert document.project is before
    assert [problem.happened for problem in dialogs.problems[1:]] == [
        "lens.odr could not be opened.",
        "The backup, lens.odr.bak, could not be opened either.",
    ]


def test_what_cannot_be_opened_says_what_to_do(files, dialogs, tmp_path, qtbot) -> None:
    (tmp_path / "bad.odr").write_bytes(b"no project")
    for name in ("bad.odr", "gone.odr"):
        open_and_wait(files, tmp_path / name, qtbot)
    assert "no backup" in dialogs.problems[0].to_do
    assert "moved or renamed" in dialogs.problems[1].to_do


def test_a_save_can_be_cancelled_and_leaves_the_file_as_it_was(
    files, document, dialogs, saved, qtbot, monkeypatch
) -> None:
    open_and_wait(files, saved, qtbot)
    before = saved.read_bytes()
    gate, real = threading.Event(), store.save

    def slow(*args, **options) -> str:
        gate.wait(10)
        return real(*args, **options)

    monkeypatch.setattr(store, "save", slow)
    change(document)
    said = []
    files.message.connect(said.append)
    files.save()
    files.cancel_saving()
    gate.set()
    idle(files, qtbot)
    assert saved.read_bytes() == before
    assert document.dirty
    assert dialogs.problems == []
    assert said[-1].startswith("Saving was cancelled")
    files.save()
    idle(files, qtbot)
    assert not document.dirty


def test_what_is_wanted_while_a_file_opens_comes_instead(files, document, dialogs, saved, qtbot, monkeypatch) -> None:
    gate, real, done = threading.Event(), store.load, []
    monkeypatch.setattr(store, "load", lambda path: gate.wait(10) and real(path))
    files.new()
    files.open_path(saved)
    change(document)
    dialogs.unsaved = "cancel"
    files.when_settled(lambda: done.append("never"))
    assert dialogs.asked == ["unsaved untitled"]
    dialogs.unsaved = "discard"
    files.when_settled(lambda: done.append("once"))
    gate.set()
    qtbot.waitUntil(lambda: not lock_of(saved).exists())  # the file was let go of
    assert done == ["once"]
    assert document.path is None


def test_what_is_wanted_during_a_save_comes_after_it(files, document, dialogs, saved, qtbot, monkeypatch) -> None:
    open_and_wait(files, saved, qtbot)
    gate, real, done = threading.Event(), store.save, []
    monkeypatch.setattr(store, "save", lambda *args, **options: gate.wait(10) and real(*args, **options))
    change(document)
    files.save()
    files.when_settled(lambda: done.append("after"))
    assert done == []
    gate.set()
    qtbot.waitUntil(lambda: done == ["after"])
    assert dialogs.asked == []


def leave_work_on(saved: Path) -> None:
    """What a studio leaves that was killed with unsaved work on `saved`."""
    code = (
        "import sys; from studio.optics.presets import preset; from studio.project import recovery;"
        "from studio.project.model import Project;"
        "recovery.autosave(Project(design=preset('ideal')), sys.argv[1])"
    )
    subprocess.run([sys.executable, "-c", code, str(saved)], check=True)


def test_work_left_on_a_recent_project_is_mentioned_and_offered_with_it(
    files, document, settings, dialogs, saved, qtbot
) -> None:
    settings.add_recent(saved)
    leave_work_on(saved)
    files.new()
    found = []
    files.unsaved_found.connect(lambda said, look: found.append((said, look)))
    files.offer_unsaved()
    idle(files, qtbot)
    ((said, look),) = found
    assert said.startswith("Unsaved work on lens is kept, as it was today at ")
    dialogs.recover = "recover"
    look()
    idle(files, qtbot)
    assert document.path == saved
    assert document.design.ideal
    assert document.dirty


def test_the_project_that_is_open_is_not_mentioned(files, settings, dialogs, saved, qtbot) -> None:
    settings.add_recent(saved)
    leave_work_on(saved)
    dialogs.recover = "later"
    open_and_wait(files, saved, qtbot)
    found = []
    files.unsaved_found.connect(lambda said, look: found.append(said))
    files.offer_unsaved()
    idle(files, qtbot)
    assert found == []


def test_recent_files_can_be_forgotten(files, settings, saved, qtbot) -> None:
    settings.add_recent(saved)
    with qtbot.waitSignal(files.recent_changed):
        files.clear_recent()
    assert settings.recent == []


def test_the_log_tells_of_opening_saving_and_refusals(files, document, saved, tmp_path, qtbot, caplog) -> None:
    caplog.set_level("INFO")
    open_and_wait(files, saved, qtbot)
    change(document)
    files.save()
    idle(files, qtbot)
    lines = [record.getMessage() for record in caplog.records if record.name == "studio.gui.files"]
    assert lines == [f"opened {saved}", f"saved {saved}"]
