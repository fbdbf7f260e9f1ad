from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

from studio.capture.drawer import make_drawer
from studio.capture.recorder import Recorder
from tests.capture.doubles import grey_frame

RECORDS_FOR_EVER = """
import sys, threading
from studio.capture.recorder import Recorder
from tests.capture.doubles import grey_frame
recorder = Recorder(sys.argv[1])
recorder.add(grey_frame(), 0.0)
print("recording", flush=True)
threading.Event().wait()
"""


def test_what_a_killed_recording_left_goes_with_the_next_one_there(tmp_path):
    command = [sys.executable, "-c", RECORDS_FOR_EVER, str(tmp_path / "a.mkv")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "recording\n"
        process.send_signal(signal.SIGKILL)
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".a.mkv.")
    with Recorder(tmp_path / "b.mkv") as recorder:
        recorder.add(grey_frame(), 0.0)
    assert [p.name for p in tmp_path.iterdir()] == ["b.mkv"]


def test_folders_of_the_living_and_of_strangers_stay(tmp_path):
    mine = make_drawer(tmp_path / "a.mkv")
    elsewhere = tmp_path / ".b.mkv.0123456789ab.tmp"
    elsewhere.mkdir()
    owner = {"pid": os.getpid(), "host": "another-computer", "started_after_boot_s": 1.0}
    (elsewhere / "owner.json").write_text(json.dumps(owner))
    unknown = tmp_path / ".c.mkv.0123456789ab.tmp"
    unknown.mkdir()
    named_alike = tmp_path / ".notes.tmp"
    named_alike.write_text("mine")
    made = make_drawer(tmp_path / "d.mkv")
    assert {*tmp_path.iterdir()} == {mine, elsewhere, unknown, named_alike, made}
