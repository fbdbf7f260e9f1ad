from __future__ import annotations

import numpy as np
import pytest

from studio.networks.face_network import FaceNetwork, NetworkSpec
from studio.training import start
from studio.training.config import TrainingConfig
from studio.training.start import PARTS, StartError, of_part, start_networks


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A file of networks like the shipped one, of small ones."""
    network, recogniser = FaceNetwork(NetworkSpec("resnet-small", 3, 2)), FaceNetwork(NetworkSpec("resnet-small"))
    parts = dict(zip(PARTS, (network, recogniser), strict=True))
    weights = {f"{part}/{name}": array for part, own in parts.items() for name, array in own.to_arrays().items()}
    path = tmp_path / "start.npz"
    np.savez(path, trunk="resnet-small", size_px=64, **weights)
    monkeypatch.setattr(start, "resource_path", lambda *_: path)
    return parts


def test_networks_begin_with_what_was_kept(kept):
    fresh = {part: FaceNetwork(own.spec) for part, own in kept.items()}
    start_networks(**fresh)
    for part, own in kept.items():
        for name, array in own.to_arrays().items():
            assert np.array_equal(fresh[part].to_arrays()[name], array)


def test_others_are_refused_with_the_way_out(kept):
    with pytest.raises(StartError, match=r"a resnet-small for pictures of 64 px .* start = scratch"):
        start_networks(network=FaceNetwork(NetworkSpec("sanet-tiny", 3, 2)))


def test_a_damaged_file_is_told(kept, tmp_path):
    (tmp_path / "start.npz").write_bytes(b"PK no")
    with pytest.raises(StartError, match="start = scratch"):
        start_networks(network=kept["network"])


def test_the_shipped_networks_fit_the_default_run():
    config = TrainingConfig()
    recogniser = FaceNetwork(NetworkSpec(config.adversary))
    before = recogniser.to_arrays()
    start_networks(recogniser=recogniser)
    after = recogniser.to_arrays()
    assert any(not np.array_equal(before[name], after[name]) for name in before)
    assert all(np.isfinite(array).all() for array in after.values())


def test_parts_are_told_apart():
    weights = {"network/a": np.zeros(1), "networks/a": np.ones(1), "recogniser/a": np.ones(2)}
    assert list(of_part(weights, "network")) == ["a"]
    assert len(of_part(weights, "recogniser")["a"]) == 2
