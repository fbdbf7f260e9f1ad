"""Attackers that learn, on people made of stripes: each has a pattern of their own, in another light every time."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from studio.evaluation import learned_inversion, retrained
from studio.evaluation.pairs import draw_pairs
from studio.evaluation.practice import Practice
from studio.evaluation.scenes import Embedder, Scenes
from studio.evaluation.trained_cache import cached
from studio.faces.detector import Face
from studio.faces.recognisers import ARCFACE_POINTS, Picture
from studio.listener import SILENT, Listener

SIDE, EACH = 112, 4


def people(count: int, seed: int) -> Scenes:
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:SIDE, :SIDE] / SIDE
    pictures = []
    for _ in range(count):
        wave, turn = rng.uniform(2, 6), rng.uniform(0, np.pi)
        for _ in range(EACH):
            phase, light = rng.uniform(0, 2 * np.pi), rng.uniform(0.5, 1, 3)
            stripes = 0.5 + 0.5 * np.sin(2 * np.pi * wave * (x * np.cos(turn) + y * np.sin(turn)) + phase)
            pictures.append((255 * stripes[..., None] * light).astype(np.uint8))
    face = Face((0, 0, SIDE, SIDE), ARCFACE_POINTS.astype(np.float32), 1.0)
    total = count * EACH
    who = np.repeat(np.arange(count), EACH).astype(np.int32)
    return Scenes(pictures, who, [face] * total, total, 0, np.arange(total))


def dimmed(pictures: list[Picture]) -> list[Picture]:
    """What a poor camera makes of them."""
    rng = np.random.default_rng(5)
    return [np.clip(p // 3 + 80 + rng.normal(0, 8, p.shape), 0, 255).astype(np.uint8) for p in pictures]


def auc(weights: dict, scenes: Scenes, probes: list[Picture], references: list[Picture]) -> float:
    attacker = retrained.recogniser(retrained.SMALL, weights)
    embed, pairs = Embedder(attacker, scenes), draw_pairs(scenes.identities, 200, 200)
    one, other = embed(probes), embed(references)
    return float(roc_auc_score(pairs.genuine, attacker.similarity(one[pairs.probes], other[pairs.references])))


@pytest.fixture(scope="module")
def practice() -> Practice:
    scenes = people(60, 1)
    return Practice(scenes, dimmed(scenes.pictures))


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(retrained, "RECIPES", {retrained.SMALL: (retrained.Phase(24, 8, 2e-3),)})


def test_a_parrot_tells_apart_whom_it_never_saw(practice, brief) -> None:
    others = people(20, 2)
    seen = dimmed(others.pictures)
    weights = retrained.learn(retrained.SMALL, practice, False, 0, SILENT)
    assert auc(weights, others, seen, seen) > 0.7


def test_with_clear_pictures_a_capture_meets_a_clear_gallery(practice, brief) -> None:
    others = people(20, 2)
    weights = retrained.learn(retrained.SMALL, practice, True, 0, SILENT)
    assert auc(weights, others, dimmed(others.pictures), others.pictures) > 0.65


def test_equal_seeds_train_equal_attackers(practice, monkeypatch) -> None:
    monkeypatch.setattr(retrained, "RECIPES", {retrained.SMALL: (retrained.Phase(2, 4, 1e-3),)})
    one, same, other = (retrained.learn(retrained.SMALL, practice, True, seed, SILENT) for seed in (0, 0, 1))
    assert all(np.array_equal(one[name], same[name]) for name in one)
    assert not all(np.array_equal(one[name], other[name]) for name in one)


def test_only_the_people_asked_for_are_trained_on(practice) -> None:
    few = practice.of_people(3)
    assert set(few.people) == {0, 1, 2}
    assert len(few.captured) == len(few.scenes.faces) == 3 * EACH


def test_a_learned_inversion_brings_the_light_back(practice, monkeypatch) -> None:
    monkeypatch.setattr(learned_inversion, "BATCHES", 80)
    monkeypatch.setattr(learned_inversion, "SIZE_PX", 40)
    weights = learned_inversion.learn(practice, practice.captured, 0, SILENT)
    others = people(6, 3)
    seen = dimmed(others.pictures)
    back = learned_inversion.invert(weights, seen, seen)

    def error(found: list[Picture]) -> float:
        return float(np.mean([np.abs(f.astype(int) - c).mean() for f, c in zip(found, others.pictures, strict=True)]))

    assert back[0].shape == seen[0].shape
    assert error(back) < 0.75 * error(seen)


class Impatient(Listener):
    def stopping(self) -> bool:
        return True


def test_stopped_training_keeps_nothing(practice, tmp_path) -> None:
    def train():
        return retrained.learn(retrained.SMALL, practice, False, 0, Impatient())

    assert cached({"lens": 1}, train, tmp_path) is None
    assert not list(tmp_path.iterdir())
    assert learned_inversion.learn(practice, practice.captured, 0, Impatient()) is None


def test_weights_are_found_again_by_what_they_depend_on(tmp_path) -> None:
    trained = []

    def train():
        trained.append(1)
        return {"w": np.arange(3.0)}

    for key in ({"a": 1}, {"a": 1}, {"a": 2}):
        np.testing.assert_array_equal(cached(key, train, tmp_path)["w"], np.arange(3.0))
    assert len(trained) == 2
    next(tmp_path.glob("*.npz")).write_bytes(b"half a file")
    for key in ({"a": 1}, {"a": 2}):
        assert cached(key, train, tmp_path) is not None
    assert len(trained) == 3
