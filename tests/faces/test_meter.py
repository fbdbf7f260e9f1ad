"""What the live meter measures, and how it talks with the window."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import numpy as np
import pytest

from studio.faces import models, recognisers
from studio.faces.detector import Face
from studio.faces.frame_service import serve
from studio.faces.meter import Meter, Reading
from studio.faces.meter_process import answering
from studio.faces.recognisers import Recogniser
from studio.faces.thresholds import THRESHOLDS

CLEAR = np.full((8, 8, 3), 200, np.uint8)
CLEAR[:4] = 10
DARK = np.full((8, 8, 3), 10, np.uint8)
FACE = Face((0.0, 0.0, 8.0, 8.0), np.zeros((5, 2)), 1.0)


class Finds:
    """A detector that finds a face wherever something is bright."""

    def find(self, picture):
        return FACE if picture.max() > 100 else None


def by_halves(crops):
    """An embedding: brightness above and below."""
    return np.stack([crops[:, :4].mean((1, 2, 3)), crops[:, 4:].mean((1, 2, 3))], axis=1).astype(np.float32) + 1


@pytest.fixture
def meter() -> Meter:
    whole = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    cosine = Recogniser("sface", 8, lambda _picture, _face: whole, by_halves)
    return Meter(Finds(), [cosine, replace(cosine, name="own", metric="euclidean")])


def test_the_same_picture_is_as_like_as_can_be(meter):
    cosine, distance = meter.measure(CLEAR, CLEAR)
    assert (cosine.similarity, cosine.best) == (pytest.approx(1.0), 1.0)
    assert (distance.similarity, distance.best) == (pytest.approx(0.0), 0.0)
    assert cosine.threshold == THRESHOLDS["sface"].value
    assert np.isnan(distance.threshold), "nobody has measured that one"


def test_another_picture_is_less_alike(meter):
    assert meter.measure(CLEAR, CLEAR[::-1])[0].similarity < 0.5


def test_the_face_is_looked_for_in_the_clear_picture(meter):
    assert meter.measure(DARK, CLEAR) == []
    assert len(meter.measure(CLEAR, DARK)) == 2


def test_an_enrolled_face_is_compared_with_later_ones_until_it_is_forgotten(meter):
    assert meter.measure(CLEAR, CLEAR)[0].enrolled is None
    meter.measure(CLEAR, DARK, enrol=True)
    assert meter.enrolled
    turned = np.ascontiguousarray(CLEAR[::-1])
    reading = meter.measure(turned, turned)[0]
    assert reading.similarity == pytest.approx(1.0)
    assert reading.enrolled == pytest.approx(meter.measure(CLEAR, turned)[0].similarity)
    meter.forget()
    assert meter.measure(turned, turned)[0].enrolled is None


def request(clear, capture, **more) -> bytes:
    head = {"height": len(clear), "width": clear.shape[1], **more}
    return json.dumps(head).encode() + b"\n" + clear.tobytes() + capture.tobytes()


def answers(meter, asked: bytes) -> list[dict]:
    told = io.BytesIO()
    serve(answering(meter), io.BytesIO(asked), told)
    return [json.loads(line) for line in told.getvalue().splitlines()]


def test_each_request_has_its_answer_in_order(meter):
    told = answers(meter, request(CLEAR, CLEAR, enrol=True) + request(DARK, DARK) + request(CLEAR, DARK, forget=True))
    assert [answer["enrolled"] for answer in told] == [True, True, False]
    assert [len(answer["readings"]) for answer in told] == [2, 0, 2]
    assert Reading(**told[0]["readings"][0]).similarity == pytest.approx(1.0)


def test_a_request_that_is_cut_is_not_answered(meter):
    assert answers(meter, request(CLEAR, CLEAR)[:-1]) == []


@pytest.mark.parametrize("size", [(0, 8), (100_000, 100_000), (-1, 8)])
def test_sizes_that_make_no_sense_are_refused_before_anything_is_read(meter, size):
    head = json.dumps({"height": size[0], "width": size[1]}).encode() + b"\n"
    with pytest.raises(ValueError, match="are not looked at"):
        answers(meter, head)


@pytest.mark.skipif("sface" not in recognisers.installed(), reason="opticaldr models fetch")
def test_thresholds_are_known_of_all_that_can_be_fetched():
    assert set(THRESHOLDS) == set(models.RECOGNISERS)
    assert all(recognisers.load(name).metric == "euclidean" for name, t in THRESHOLDS.items() if t.value < 0)
