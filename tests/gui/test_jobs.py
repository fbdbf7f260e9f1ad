"""What the window does about jobs: their results come once, and only into the project they belong to."""

from __future__ import annotations

import errno
from dataclasses import replace

import pytest

from studio.jobs import child, process
from studio.jobs.process import State
from studio.project.model import Project
from studio.project.records import Run
from tests.gui.played_jobs import settle

RUN = Run(id="run-1")


@pytest.fixture
def told(jobs):
    """(Job or None, reason) of everything that failed."""
    told = []
    jobs.failed.connect(lambda job, reason: told.append((job, reason)))
    return told


@pytest.fixture
def saved(document, tmp_path):
    """The path of a project with a file."""
    path = tmp_path / "p.odr"
    document.replace_project(Project(), path)
    return path


def start(qtbot, jobs, title="Training"):
    job = jobs.start("train", title, ("--preset", "trial"))
    qtbot.waitUntil(lambda: not jobs.busy)
    return job


def runs(document) -> list[str]:
    return [run.id for run in document.project.runs]


def test_a_job_begins_on_a_snapshot_of_the_project(qtbot, document, jobs, played, saved):
    job = start(qtbot, jobs)
    assert jobs.running == [job]
    assert job.folder.parent == saved.with_name("p.runs")
    ((folder, arguments),) = played.launched
    given = job.folder / process.GIVEN
    assert (folder, arguments) == (
        job.folder,
        ("train", str(given), "--preset", "trial", "--job", str(job.folder)),
    )
    assert given.is_file()


def test_a_job_asked_for_while_a_project_is_opened(qtbot, document, jobs, played, told, tmp_path):
    """Its folder is there before its process is: whoever looks for lost jobs at that moment finds it."""
    document.replace_project(Project(), tmp_path / "p.odr")
    job = jobs.start("train", "Training", ())
    settle(qtbot, jobs)
    assert jobs.running == [job]
    assert told == []


def test_its_result_comes_once_and_its_folder_goes_when_it_is_saved(qtbot, document, jobs, played, saved):
    job = start(qtbot, jobs)
    played.finish(job, RUN)
    settle(qtbot, jobs)
    assert runs(document) == ["run-1"]
    assert document.dirty
    assert jobs.running == []
    assert job.folder.exists()
    document.mark_saved(saved, document.revision)
    qtbot.waitUntil(lambda: not jobs.busy)
    assert not saved.with_name("p.runs").exists()


def test_a_result_that_was_not_saved_is_found_again(qtbot, document, jobs, played, saved):
    played.finish(start(qtbot, jobs), RUN)
    settle(qtbot, jobs)
    document.replace_project(Project(), saved)
    assert runs(document) == []
    settle(qtbot, jobs)
    assert runs(document) == ["run-1"]


def test_a_result_goes_into_no_other_project(qtbot, document, jobs, played, saved, tmp_path):
    job = start(qtbot, jobs)
    document.replace_project(Project(), tmp_path / "other.odr")
    played.finish(job, RUN)
    settle(qtbot, jobs)
    assert runs(document) == []
    document.replace_project(Project(), saved)
    settle(qtbot, jobs)
    assert runs(document) == ["run-1"]


def test_jobs_at_work_are_found_when_their_project_is_opened(qtbot, document, jobs, played, saved):
    job = start(qtbot, jobs)
    document.replace_project(Project())
    qtbot.waitUntil(lambda: not jobs.busy)
    assert jobs.running == []
    document.replace_project(Project(), saved)
    qtbot.waitUntil(lambda: jobs.running == [job])


def test_a_project_saved_later_finds_the_jobs_it_began_before(qtbot, document, jobs, played, tmp_path):
    job = start(qtbot, jobs)
    assert job.folder.parent == process.jobs_folder(None).resolve()
    path = tmp_path / "p.odr"
    document.mark_saved(path, document.revision)
    document.replace_project(Project())
    document.replace_project(Project(), path)
    qtbot.waitUntil(lambda: jobs.running == [job])


def test_a_folder_that_takes_nothing_sends_jobs_to_the_users_data(qtbot, document, jobs, played, saved):
    saved.with_name("p.runs").write_text("")
    job = start(qtbot, jobs)
    assert job.folder.parent == process.jobs_folder(None).resolve()
    document.replace_project(Project())
    document.replace_project(Project(), saved)
    qtbot.waitUntil(lambda: jobs.running == [job])


def test_what_a_window_that_crashed_left_comes_to_the_next(qtbot, document, jobs, played):
    job = start(qtbot, jobs)
    (job.folder / process.WINDOW).unlink()
    document.replace_project(Project())
    qtbot.waitUntil(lambda: jobs.running == [job])
    document.replace_project(Project())
    qtbot.waitUntil(lambda: not jobs.busy)
    assert jobs.running == []  # it has a window: this one


def test_a_job_that_cannot_begin_says_why_and_leaves_nothing(qtbot, jobs, played, saved, told):
    played.refusal = OSError(errno.ENOSPC, "No space left on device")
    start(qtbot, jobs)
    ((_, reason),) = told
    assert "the disk is full" in reason
    assert jobs.running == []
    assert not saved.with_name("p.runs").exists()


def test_messages_are_told_in_order_before_the_end(qtbot, document, jobs, played, saved):
    heard = []
    jobs.message.connect(lambda _, message: heard.append(message["kind"]))
    jobs.finished.connect(lambda _: heard.append("taken in"))
    job = start(qtbot, jobs)
    listener = played.listener(job)
    for step in range(3000):  # more than is read at once
        listener.values(step, {"loss": 1.0 / (step + 1), "adversary_auc": 0.5})
    listener.say("finished")
    played.finish(job, RUN)
    qtbot.waitUntil(lambda: "taken in" in heard)
    assert heard == ["started", *["values"] * 3000, "finished", "taken in"]


def test_a_killed_job_rests_and_goes_on(qtbot, document, jobs, played, saved, told):
    job = start(qtbot, jobs)
    played.die(job, checkpoint=True)
    settle(qtbot, jobs)
    assert [failed for failed, _ in told] == [job]
    assert jobs.resting == [job]
    jobs.go_on(job)
    qtbot.waitUntil(lambda: not jobs.busy)
    assert jobs.running == [job]
    assert played.launched[-1][1][-1] == "--resume"
    played.finish(job, RUN)
    settle(qtbot, jobs)
    assert runs(document) == ["run-1"]


def test_a_killed_job_is_told_once_and_found_resting(qtbot, document, jobs, played, saved, told):
    job = start(qtbot, jobs)
    played.die(job, checkpoint=True)
    settle(qtbot, jobs)
    document.replace_project(Project(), saved)
    qtbot.waitUntil(lambda: jobs.resting == [job])
    assert len(told) == 1
    jobs.forget({job.id})
    qtbot.waitUntil(lambda: not jobs.busy)
    assert not job.folder.exists()


def test_a_stopped_run_is_kept_and_can_go_on_after_saving(qtbot, document, jobs, played, saved):
    job = start(qtbot, jobs)
    (job.folder / process.CHECKPOINT).touch()
    jobs.stop_job(job)
    assert job.stopping
    played.finish(job, replace(RUN, id=job.id, state="stopped"))
    settle(qtbot, jobs)
    document.mark_saved(saved, document.revision)
    document.replace_project(document.project, saved)
    settle(qtbot, jobs)
    assert jobs.resting == [job]
    assert runs(document) == [job.id]
    jobs.go_on(job)
    qtbot.waitUntil(lambda: not jobs.busy)
    assert not job.stopping
    played.finish(job, replace(RUN, id=job.id))
    settle(qtbot, jobs)
    assert [run.state for run in document.project.runs] == ["finished"]


def test_cancel_leaves_nothing_even_at_once(qtbot, jobs, played, saved):
    job = jobs.start("train", "Training", ())
    jobs.cancel(job)
    qtbot.waitUntil(lambda: not jobs.busy)
    assert jobs.running == []
    assert not job.folder.exists()
    assert played.alive == set()


def test_a_result_that_cannot_be_read_stays_and_is_told(qtbot, document, jobs, played, saved, told):
    job = start(qtbot, jobs)
    played.finish(job)
    (job.folder / process.RESULT).write_bytes(b"nonsense")
    settle(qtbot, jobs)
    assert len(told) == 1
    assert job.folder.exists()


def test_a_folder_that_went_away_is_a_job_that_failed(qtbot, jobs, played, saved, told, monkeypatch):
    monkeypatch.setattr(child, "alive", lambda folder: False)
    job = start(qtbot, jobs)
    job.discard()
    settle(qtbot, jobs)
    assert job.state() is State.FAILED
    assert len(told) == 1
    jobs.stop_job(job)
    assert len(told) == 2  # there is nobody to hear it
