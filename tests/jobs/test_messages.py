"""What jobs write is read whole, in pieces, and whatever else is in the file."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from studio.jobs import messages
from studio.jobs.messages import MESSAGES, PAUSE, STOP, JobListener, last_messages, read_messages


def kinds(folder: Path) -> list[str]:
    return [message["kind"] for message in read_messages(folder)[0]]


def test_what_is_not_a_number_becomes_nothing(tmp_path):
    listener = JobListener(tmp_path)
    listener.values(3, {"loss": 0.5, "bad": float("nan")})
    listener.score("auc", (0.5, float("-inf"), 0.6))
    _, values, score = read_messages(tmp_path)[0]
    assert values["values"] == {"loss": 0.5, "bad": None}
    assert score["value"] == [0.5, None, 0.6]


def test_half_a_line_waits_for_its_other_half(tmp_path):
    (tmp_path / MESSAGES).write_bytes(b'{"kind": "note", "te')
    found, offset = read_messages(tmp_path)
    assert (found, offset) == ([], 0)
    with open(tmp_path / MESSAGES, "ab") as file:
        file.write(b'xt": "whole"}\n')
    assert read_messages(tmp_path, offset)[0][0]["text"] == "whole"


def test_a_listener_in_the_folder_of_a_killed_one_begins_a_line(tmp_path):
    (tmp_path / MESSAGES).write_bytes(b'{"kind": "note", "te')
    JobListener(tmp_path).note("here")
    assert kinds(tmp_path) == ["started", "note"]


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[" * 100_000,
        "7",
        '{"kind": "unheard of"}',
        '{"kind": ["note"]}',
        '{"kind": "progress", "stage": 3, "share": 0.1}',
        '{"kind": "progress", "stage": "", "share": NaN}',
        '{"kind": "progress", "stage": "", "share": 1e999}',
        '{"kind": "progress", "stage": "", "share": true}',
        '{"kind": "values", "step": 1, "values": [1]}',
        '{"kind": "values", "step": 1, "values": {"loss": "1"}}',
        '{"kind": "values", "step": null, "values": {}}',
        f'{{"kind": "values", "step": 1{"0" * 400}, "values": {{}}}}',
        '{"kind": "score", "name": "auc", "value": [1, 2]}',
        '{"kind": "note"}',
        '{"kind": "failed", "reason": {}}',
    ],
)
def test_foreign_lines_are_passed_over(tmp_path, line):
    (tmp_path / MESSAGES).write_text(f'{line}\n{{"kind": "note", "text": "mine"}}\n')
    assert kinds(tmp_path) == ["note"]


def test_garbage_without_lines_is_skipped_piece_by_piece(tmp_path):
    (tmp_path / MESSAGES).write_bytes(os.urandom(10).replace(b"\n", b"") + b"x" * messages._MOST_BYTES * 2)
    with open(tmp_path / MESSAGES, "ab") as file:
        file.write(b'\n{"kind": "finished"}\n')
    found, offset, before = [], 0, -1
    while offset != before:
        before = offset
        more, offset = read_messages(tmp_path, before)
        found += more
    assert [message["kind"] for message in found] == ["finished"]
    assert last_messages(tmp_path)[-1]["kind"] == "finished"


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: path.symlink_to(path)])
def test_what_is_no_file_holds_no_messages(tmp_path, make):
    make(tmp_path / MESSAGES)
    assert read_messages(tmp_path, 5) == ([], 5)
    assert last_messages(tmp_path) == []


def test_steps_that_follow_fast_are_not_all_told(tmp_path, monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(messages.time, "monotonic", lambda: clock[0])
    listener = JobListener(tmp_path)
    for share in (0.0, 0.1, 0.2):
        listener.progress("one", share)
    listener.progress("two", 0.3)
    clock[0] += 2.0
    for share in (0.4, 0.4, 0.5, 1.0):
        listener.progress("two", share)
    told = [(m["stage"], m["share"]) for m in read_messages(tmp_path)[0] if m["kind"] == "progress"]
    assert told == [("one", 0.0), ("two", 0.3), ("two", 0.4), ("two", 1.0)]


def test_a_pause_is_spent_between_steps_and_stop_ends_it(tmp_path, monkeypatch):
    listener = JobListener(tmp_path)
    (tmp_path / PAUSE).touch()
    rests = []

    def rest(seconds: float) -> None:
        rests.append(seconds)
        if len(rests) == 3:
            (tmp_path / PAUSE).unlink()

    monkeypatch.setattr(messages.time, "sleep", rest)
    assert not listener.stopping()
    assert len(rests) == 3
    (tmp_path / PAUSE).touch()
    (tmp_path / STOP).touch()
    assert listener.stopping()
    assert len(rests) == 3


def test_a_full_disk_costs_messages_and_not_the_work(tmp_path):
    """The limit on the size of files stands in for the disk; it ends in the middle of a line."""
    limit = 600
    script = (
        "import signal, sys; from pathlib import Path; from studio.jobs.messages import JobListener\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "listener = JobListener(Path(sys.argv[1]))\n"
        "for step in range(40): listener.values(step, {'loss': 1.0})\n"
        "print('through')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "through\n", done.stderr
    assert (tmp_path / MESSAGES).stat().st_size == limit
    listener = JobListener(tmp_path)  # there is room again
    listener.note("room")
    told = kinds(tmp_path)
    assert told[:2] == ["started", "values"]
    assert told[-2:] == ["started", "note"]
    assert json.loads((tmp_path / MESSAGES).read_bytes().splitlines()[0])["pid"] > 0
