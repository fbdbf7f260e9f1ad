"""What a trained network says of live faces, and how its run reaches the process that reads."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import asdict

import numpy as np
import pytest

from studio.faces import models
from studio.faces.detector import Face
from studio.faces.recognisers import ARCFACE_POINTS, ARCFACE_PX
from studio.project.records import Run
from studio.training import reader_process
from studio.training.predict import FaceReader
from studio.training.reader_process import LEAST_FRAMES, LOST_FRAMES, LiveReader
from studio.training.readout import MODULE, Readout, newest_reader, packed, unpacked

SIDE = 96
FRAME = np.random.default_rng(0).integers(0, 256, (SIDE, 2 * SIDE, 3), np.uint8)


class Finds:
    """A detector that finds a face of half the frame's height in its left half, wherever something is bright."""

    def find(self, picture):
        points = (ARCFACE_POINTS / ARCFACE_PX * SIDE / 2 + 10).astype(np.float32)
        return Face((10.0, 10.0, SIDE / 2, SIDE / 2), points, 1.0) if picture.max() else None


@pytest.fixture
def reader(run) -> LiveReader:
    return LiveReader(Finds(), FaceReader(run))


def test_the_captured_face_is_read_where_the_clear_one_is(reader, run):
    readout = reader.look(np.full_like(FRAME, 255), FRAME)
    alone = FaceReader(run).read(FRAME[None, 10 : 10 + SIDE // 2, 10 : 10 + SIDE // 2])
    assert readout.expression[0][0] == FaceReader(run).class_names[int(alone.expression[0].argmax())]
    assert readout.expression[0][1] == pytest.approx(alone.expression[0].max(), abs=0.1)
    assert [value for _, value in readout.units] == sorted((v for _, v in readout.units), reverse=True)
    assert readout.face_share == pytest.approx(0.5, rel=0.01)


def test_without_a_face_in_the_clear_frame_nothing_is_read(reader):
    assert reader.look(np.zeros_like(FRAME), FRAME) == Readout()


def test_severity_waits_for_enough_faces_and_a_lost_face_begins_anew(reader):
    clear = np.full_like(FRAME, 255)
    told = [reader.look(clear, FRAME) for _ in range(LEAST_FRAMES)]
    assert [readout.severity is None for readout in told] == [True] * (LEAST_FRAMES - 1) + [False]
    assert 0 <= told[-1].severity <= 63
    reader.look(np.zeros_like(FRAME), FRAME)
    assert reader.look(clear, FRAME).frames == LEAST_FRAMES + 1, "one frame without a face is forgiven"
    for _ in range(LOST_FRAMES):
        reader.look(np.zeros_like(FRAME), FRAME)
    assert reader.look(clear, FRAME).frames == 1


def test_a_readout_survives_json(reader):
    readout = reader.look(np.full_like(FRAME, 255), FRAME)
    assert Readout.from_answer(json.loads(json.dumps(asdict(readout)))) == readout


def test_a_packed_run_comes_back_with_the_same_network(run):
    back = unpacked(io.BytesIO(packed(run) + b"what follows"))
    assert (back.id, back.config) == (run.id, run.config)
    assert set(back.weights) == set(run.weights)
    assert all(np.array_equal(back.weights[name], run.weights[name]) for name in run.weights)


def test_a_cut_run_is_refused_in_one_line(run):
    with pytest.raises(reader_process.CannotServe, match="did not arrive whole"):
        reader_process.begin(io.BytesIO(packed(run)[:-100]))


def test_the_newest_run_with_a_network_reads(run):
    bare = Run(id="run-2")
    assert newest_reader((run, bare)) is run
    assert newest_reader((bare,)) is None


@pytest.mark.skipif(not models.MODELS["yunet"].folder().is_dir(), reason="opticaldr models fetch")
def test_the_process_answers_frames_and_ends_with_its_input(run):
    head = json.dumps({"height": SIDE, "width": 2 * SIDE}).encode() + b"\n"
    asked = packed(run) + 2 * (head + np.zeros_like(FRAME).tobytes() + FRAME.tobytes())
    ended = subprocess.run([sys.executable, "-m", MODULE], input=asked, capture_output=True, timeout=120, check=True)
    assert [Readout.from_answer(json.loads(line)) for line in ended.stdout.splitlines()] == [Readout()] * 2


def test_the_window_packs_a_run_without_torch():
    line = "import sys, studio.training.readout, studio.gui.docks.readout_strip; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", line], timeout=120, check=False).returncode == 0
