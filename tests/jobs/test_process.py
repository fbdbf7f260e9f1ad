"""Jobs as processes of their own: started, heard, stopped, killed, found again. Folders are broken on purpose."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from studio.jobs import process
from studio.jobs.messages import MESSAGES, JobListener, read_messages
from studio.jobs.process import Job, JobError, Request, State, find, start
from studio.project.model import Project

REQUEST = Request("train", "A job", ("get", "{project}", "object_distance_m"))


def until(true, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def sleeper(monkeypatch, tmp_path):
    """Jobs that only wait, in the place of `python -m studio`."""
    script = tmp_path / "sleeper"
    script.write_text(f"#!{sys.executable}\nimport signal\nprint('waiting', flush=True)\nsignal.pause()\n")
    script.chmod(0o755)
    monkeypatch.setattr(process.sys, "executable", str(script))
    return script


def test_a_job_that_leaves_no_result_failed_with_its_last_line(tmp_path):
    job = start(Request("train", "A job", ("get", "{project}", "nonsense")), Project(), tmp_path)
    until(lambda: job.state() is not State.RUNNING)
    assert job.state() is State.FAILED
    assert "nonsense" in job.reason()


def test_a_killed_job_says_so_and_is_no_zombie(sleeper, tmp_path):
    job = start(REQUEST, Project(), tmp_path)
    until(lambda: (job.folder / process.LOG).read_text() == "waiting\n")
    assert job.state() is State.RUNNING
    pid = json.loads((job.folder / process.PROCESS).read_text())["pid"]
    os.kill(pid, signal.SIGKILL)
    until(lambda: job.state() is State.FAILED)
    (job.folder / process.LOG).write_text("")
    assert "killed" in job.reason()


def test_cancel_kills_and_leaves_nothing(sleeper, tmp_path):
    job = start(REQUEST, Project(), tmp_path / "runs")
    job.cancel()
    assert not job.folder.exists()
    assert job.state() is State.FAILED


def test_jobs_are_found_again_by_another_window(sleeper, tmp_path):
    job = start(REQUEST, Project(), tmp_path / "runs")
    (found,) = find(tmp_path / "runs")
    assert (found.id, found.request, found.state()) == (job.id, REQUEST, State.RUNNING)
    found.cancel()


def test_folders_that_hold_no_job_are_passed_over(tmp_path):
    for name, text in (("a", "{"), ("b", "[]"), ("c", '{"kind": "train"}'), ("d", '{"arguments": 3, "kind": 1}')):
        (tmp_path / name).mkdir()
        (tmp_path / name / process.REQUEST).write_text(text)
    (tmp_path / "file").write_text("")
    assert find(tmp_path) == []
    assert find(tmp_path / "missing") == []


def test_a_process_number_given_to_another_process_is_not_the_job(tmp_path):
    (tmp_path / process.PROCESS).write_text(
        json.dumps({"pid": os.getpid(), "host": process.Owner.of(os.getpid()).host, "started_after_boot_s": 1.0})
    )
    assert Job(tmp_path, REQUEST).state() is State.FAILED


def test_a_place_that_takes_no_folder_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(JobError, match="could not be started"):
        start(REQUEST, Project(), tmp_path / "file")


def test_messages_are_read_as_they_come_and_half_lines_wait(tmp_path):
    listener = JobListener(tmp_path)
    listener.values(3, {"loss": 0.5, "bad": float("nan")})
    messages, offset = read_messages(tmp_path)
    assert [message["kind"] for message in messages] == ["started", "values"]
    assert messages[1]["values"] == {"loss": 0.5, "bad": None}
    with open(tmp_path / MESSAGES, "ab") as file:
        file.write(b'not json\n[1]\n{"kind": "unheard of"}\n{"kind": "note", "te')
    assert read_messages(tmp_path, offset)[0] == []
    with open(tmp_path / MESSAGES, "ab") as file:
        file.write(b'xt": "whole"}\n')
    (note,), _ = read_messages(tmp_path, offset)
    assert note["text"] == "whole"
    assert read_messages(Path("/nowhere"), 7) == ([], 7)


def test_a_file_asks_a_job_to_stop(tmp_path):
    listener = JobListener(tmp_path)
    assert not listener.stopping()
    Job(tmp_path, REQUEST).stop()
    assert listener.stopping()
