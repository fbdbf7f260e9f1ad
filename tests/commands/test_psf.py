from __future__ import annotations

import json
import os

import numpy as np
import pytest

from studio.optics.presets import preset
from studio.optics.psf import psf


def test_psf_file_holds_what_the_design_says(project, tmp_path, run_json):
    facts = run_json("psf", project, "--depth", "0.5", "--size", "48", "--out", tmp_path / "p.npz")
    with np.load(tmp_path / "p.npz", allow_pickle=False) as file:
        assert file["psf"].dtype == np.float32
        expected = psf(preset("random-zernike:1"), object_distance_m=0.5, size=48)
        np.testing.assert_array_equal(file["psf"], expected.values)
        assert file["pitch_m"] == pytest.approx(3.69e-6)
        np.testing.assert_allclose(file["wavelengths_m"], [640e-9, 550e-9, 460e-9])
        assert file["window_energy"].shape == file["strehl"].shape == (3,)
        assert json.loads(str(file["grid"]))["pupil_samples"] == facts["grid"]["pupil_samples"]


@pytest.mark.parametrize("options", [["--size", "0"], ["--depth", "nan"], ["--depth", "-1"], ["--size", "900000"]])
def test_unusable_psf_options_are_refused(options, tmp_path, refused):
    refused("psf", "--preset", "ideal", *options, "--out", tmp_path / "x.npz")
    assert list(tmp_path.iterdir()) == []


def test_bad_names_are_one_line(project, tmp_path, refused):
    assert "preset 'nothing'" in refused("psf", "--preset", "nothing", "--out", tmp_path / "x.npz")
    assert "either" in refused("psf", "--out", tmp_path / "x.npz")
    assert "either" in refused("psf", project, "--preset", "ideal", "--out", tmp_path / "x.npz")
    assert "does not exist" in refused("psf", "--preset", "ideal", "--out", tmp_path / "no" / "x.npz")
    assert not (tmp_path / "x.npz").exists()


def test_a_link_is_followed_and_what_is_no_file_is_left_alone(tmp_path, run_json, refused):
    link, goal, pipe = tmp_path / "link.npz", tmp_path / "goal.npz", tmp_path / "pipe.npz"
    goal.write_bytes(b"old")
    link.symlink_to(goal)
    os.mkfifo(pipe)
    run_json("psf", "--preset", "focused-1m", "--size", "9", "--out", link)
    assert link.is_symlink()
    assert goal.read_bytes()[:2] == b"PK"
    line = refused("psf", "--preset", "focused-1m", "--size", "9", "--out", pipe, code=1)
    assert "not an ordinary file" in line
    assert pipe.is_fifo()


@pytest.mark.parametrize("name", ["p.jpg", "lens-0.5"])
def test_a_format_that_cannot_be_written_is_refused(name, tmp_path, refused):
    assert "only .npz or .png or .svg" in refused("psf", "--preset", "ideal", "--out", tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_a_folder_is_no_name_for_a_file(name, refused):
    assert "no name of a file" in refused("psf", "--preset", "focused-1m", "--size", "9", "--out", name)
