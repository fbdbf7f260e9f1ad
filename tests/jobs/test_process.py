"""Jobs as processes of their own: started, heard, stopped, killed, found again. Folders are broken on purpose."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import asdict
from pathlib import Path

import psutil
import pytest

from studio.jobs import child, process
from studio.jobs.messages import MESSAGES, JobListener
from studio.jobs.process import Job, JobError, Request, State, find, find_for, jobs_folder, start
from studio.project import store
from studio.project.lock import Owner
from studio.project.model import Project
from studio.project.records import Run
from tests.jobs.conftest import heard, until

WAIT = "listener.progress('Waiting', 0.5); signal.pause()"
REQUEST = Request("train", "A job", tuple(process.command("train", "--steps", "nonsense")))


def pid_of(job: Job) -> int:
    return json.loads((job.folder / child.PROCESS).read_text())["pid"]


def over(job: Job) -> bool:
    return job.state() is not State.RUNNING


def test_a_command_that_is_refused_says_why(tmp_path):
    job = start(REQUEST, Project(), tmp_path)
    until(lambda: over(job))
    assert job.state() is State.FAILED
    assert job.reason().startswith("--steps nonsense: give some of")


def test_a_job_that_leaves_its_result(start_job):
    job = start_job(
        "from studio.project import store; from studio.project.model import Project; "
        "from studio.project.records import Run\n"
        "store.save(Project(runs=(Run(id='run-1'),)), Path(sys.argv[-1]) / 'result.odr'); listener.say('finished')"
    )
    until(lambda: over(job))
    assert job.state() is State.FINISHED
    assert [run.id for run in job.result()] == ["run-1"]
    assert heard(job, "finished")


def test_it_is_gentle_and_apart_from_the_window(start_job):
    job = start_job(WAIT)
    until(lambda: heard(job, "progress"))
    running = psutil.Process(pid_of(job))
    assert running.nice() > psutil.Process().nice()
    assert os.getsid(running.pid) == running.pid
    assert running.environ()["OMP_WAIT_POLICY"] == "PASSIVE"


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("import os; os.kill(os.getpid(), signal.SIGKILL)", "killed (SIGKILL), perhaps because the memory ran out"),
        ("import os; os.kill(os.getpid(), signal.SIGSEGV)", "killed (SIGSEGV)"),
        ("listener.say('failed', reason='no faces'); sys.exit(2)", "no faces"),
        ("raise SystemExit('opticaldr: torch is missing')", "torch is missing"),
    ],
)
def test_why_a_job_failed(start_job, end, said):
    job = start_job(end)
    until(lambda: over(job))
    assert job.state() is State.FAILED
    assert said in job.reason()


def test_a_job_that_died_while_nobody_looked(start_job):
    job = start_job(WAIT)
    until(lambda: heard(job, "progress"))
    os.kill(pid_of(job), signal.SIGKILL)
    until(lambda: over(job))
    (job.folder / child.EXIT).unlink()  # as when the window was gone, too
    assert job.reason() == "it ended at “Waiting” without a word: it was killed, or the computer went down"


def test_cancel_kills_all_that_it_started_and_leaves_nothing(start_job):
    job = start_job(f"import subprocess; listener.note(str(subprocess.Popen(['sleep', '300']).pid))\n{WAIT}")
    until(lambda: heard(job, "note"))
    grandchild = int(heard(job, "note")[0]["text"])
    job.cancel()
    until(lambda: not psutil.pid_exists(grandchild) or psutil.Process(grandchild).status() == psutil.STATUS_ZOMBIE)
    assert not job.folder.parent.exists()
    assert job.state() is State.FAILED


def test_stop_and_pause_are_heard(start_job):
    job = start_job("listener.note('begun')\nwhile not listener.stopping(): pass\nlistener.note('stopped')")
    until(lambda: heard(job, "note"))
    job.pause(True)
    assert job.pausing
    job.pause(False)
    job.stop()
    until(lambda: over(job))
    assert [note["text"] for note in heard(job, "note")] == ["begun", "stopped"]


def test_jobs_of_one_place_take_turns(start_job):
    first = start_job("listener.note('begun')\nwhile not listener.stopping(): pass", "First")
    second = start_job("listener.note('begun')", "Second")
    until(lambda: heard(second, "progress"))
    assert heard(second, "progress")[0]["stage"] == "Waiting for First"
    assert second.state() is State.RUNNING
    assert not heard(second, "note")
    first.stop()
    until(lambda: over(second))
    assert heard(second, "note")


def test_a_job_that_waits_can_be_stopped(start_job):
    start_job(WAIT, "First")
    second = start_job("listener.note('begun')", "Second")
    until(lambda: heard(second, "progress"))
    second.stop()
    until(lambda: over(second))


def test_what_was_killed_goes_on_where_it_was(start_job, monkeypatch):
    job = start_job("(Path(sys.argv[-1]) / 'checkpoint.pt').touch(); signal.pause()")
    assert not job.can_go_on()
    until(lambda: (job.folder / process.CHECKPOINT).exists())
    os.kill(pid_of(job), signal.SIGKILL)
    until(lambda: over(job))
    (found,) = find(job.folder.parent)
    assert found.can_go_on()
    launched = []
    monkeypatch.setattr(child, "launch", lambda folder, arguments: launched.append((folder, arguments)))
    found.stop()
    found.go_on()
    project = str(job.folder / process.GIVEN)
    assert launched == [(job.folder, ["train", project, "--job", str(job.folder), "--resume"])]
    assert not found.stopping


def test_a_request_from_elsewhere_is_never_run(tmp_path):
    """Somebody sent a project with a folder of runs beside it; one button must not run what it asks for."""
    folder = tmp_path / "p.runs" / "train-1"
    folder.mkdir(parents=True)
    (folder / process.CHECKPOINT).touch()
    for mark in ("", "f" * 64, "é", None, 3):
        (folder / process.REQUEST).write_text(json.dumps({**asdict(REQUEST), "mark": mark}))
        (job,) = find(folder.parent)
        assert not job.can_go_on()
        with pytest.raises(JobError, match="nothing to go on from"):
            job.go_on()


# Found again


def test_jobs_are_found_again_by_another_window(start_job):
    jobs = [start_job(WAIT, title) for title in ("First", "Second")]
    found = find(jobs[0].folder.parent)
    assert found == jobs
    assert [job.state() for job in found] == [State.RUNNING] * 2


def test_the_jobs_of_a_project(tmp_path, monkeypatch):
    path = tmp_path / "p.odr"
    monkeypatch.setattr(child, "launch", lambda folder, arguments: None)
    beside, before, lost = (start(REQUEST, Project(), jobs_folder(place)) for place in (path, None, None))
    assert find_for(None) == []  # the window that began them is here
    before.belongs_to(path)
    for job in (before, lost):
        (job.folder / process.WINDOW).write_text(json.dumps(asdict(Owner(os.getpid(), Owner.current().host, -1e6))))
    assert find_for(path) == [beside, before]
    assert find_for(None) == [lost]
    assert find_for(tmp_path / "other.odr") == []


def test_folders_that_hold_no_job_are_passed_over(tmp_path):
    texts = ("{", "[]", '{"kind": "train"}', '{"arguments": 3}', '{"arguments": [3]}', '{"arguments": [], "title": 1}')
    for number, text in enumerate((*texts, '{"arguments": [], "revision": "x"}', "[" * 99_999, "\0")):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / process.REQUEST).write_text(text)
    (tmp_path / "pipe").mkdir()
    os.mkfifo(tmp_path / "pipe" / process.REQUEST)
    (tmp_path / "file").write_text("")
    sound = tmp_path.parent / f"{tmp_path.name}-sound"
    sound.mkdir()
    (sound / process.REQUEST).write_text(json.dumps(asdict(REQUEST)))
    (tmp_path / "link").symlink_to(sound)
    assert find(tmp_path) == []
    assert find(tmp_path / "missing") == []
    assert find(tmp_path / "file") == []


def test_a_folder_that_names_another_process_does_it_no_harm(tmp_path, start_job):
    """By chance, when the number was given away again, or on purpose."""
    victim = start_job(WAIT)
    until(lambda: heard(victim, "progress"))
    (tmp_path / child.PROCESS).write_text((victim.folder / child.PROCESS).read_text())
    forged = Job(tmp_path, REQUEST)
    assert forged.state() is State.FAILED
    assert child.kill(tmp_path)
    assert victim.state() is State.RUNNING


@pytest.mark.parametrize("text", ["{", "[]", '{"pid": "x"}', '{"pid": -1, "host": "", "started_after_boot_s": 0}'])
def test_a_job_whose_process_is_not_told_has_failed(tmp_path, text):
    (tmp_path / child.PROCESS).write_text(text)
    job = Job(tmp_path, REQUEST)
    assert job.state() is State.FAILED
    assert job.reason()


def test_a_job_on_another_computer_is_not_cancelled_here(tmp_path):
    owner = Owner(1, "another-computer", 1.0)
    (tmp_path / child.PROCESS).write_text(json.dumps(asdict(owner)))
    job = Job(tmp_path, REQUEST)
    assert job.state() is State.RUNNING
    with pytest.raises(JobError, match="another computer"):
        job.cancel()
    assert tmp_path.exists()


def test_a_result_that_is_damaged_is_a_clear_error(tmp_path):
    (tmp_path / process.RESULT).write_bytes(b"nonsense")
    job = Job(tmp_path, REQUEST)
    assert job.state() is State.FINISHED
    with pytest.raises(store.ProjectError):
        job.result()


def test_a_place_that_takes_no_folder_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(JobError, match="A job could not be started"):
        start(REQUEST, Project(), tmp_path / "file")


def test_what_cannot_be_started_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(child, "executable", "/nowhere/python")
    with pytest.raises(JobError, match="could not be started"):
        start(REQUEST, Project(runs=(Run(id="a"),)), tmp_path)
    assert not [path for path in Path(tmp_path).iterdir() if path.name.startswith("train")]


def test_the_last_word_of_a_long_run_is_found(tmp_path):
    listener = JobListener(tmp_path)
    (tmp_path / MESSAGES).write_bytes(b'{"kind": "note", "text": "x"}\n' * 100_000)
    listener.say("failed", reason="the loss became nan")
    assert Job(tmp_path, REQUEST).reason() == "the loss became nan"
