"""The command line as a user or a script meets it: every call is a process of its own where that matters."""

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from studio import cli
from studio.optics.presets import preset
from studio.optics.psf import psf
from studio.project import store


@pytest.fixture
def project(tmp_path) -> Path:
    path = tmp_path / "lens.odr"
    assert cli.main(["new", str(path), "--preset", "random-zernike:1"]) == 0
    return path


def run_json(capsys, *arguments: object):
    capsys.readouterr()
    code = cli.main([*map(str, arguments), "--json"])
    out = capsys.readouterr()
    assert code == 0, out.err
    return json.loads(out.out)


def refused(capsys, *arguments: object) -> str:
    """The one line on standard error of a command that must exit with 2."""
    capsys.readouterr()
    assert cli.main(list(map(str, arguments))) == 2
    out = capsys.readouterr()
    assert out.out == ""
    assert out.err.count("\n") == 1
    return out.err


def photo(path: Path, height: int = 40, width: int = 60, seed: int = 0) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    pixels = cv2.GaussianBlur(pixels, (5, 5), 2)
    cv2.imwrite(str(path), pixels[..., 1] if path.suffix == ".pgm" else pixels)


def test_new_get_set_info_verify(project, capsys):
    assert run_json(capsys, "set", project, "zernike.5=0.8", "sensor.noise=0.02", "object_distance_m=1.0") == {
        "zernike.5": 0.8,
        "sensor.noise": 0.02,
        "object_distance_m": 1.0,
    }
    assert run_json(capsys, "get", project, "zernike.5") == {"zernike.5": 0.8}
    assert run_json(capsys, "get", project)["sensor.noise"] == 0.02
    facts = run_json(capsys, "info", project)
    assert set(facts) == {"schema", "design", "variants", "runs", "evaluations", "trials", "bytes"}
    assert facts["bytes"] == project.stat().st_size
    assert facts["design"]["zernike_um"][4] == 0.8
    assert run_json(capsys, "verify", project)["sound"] is True
    assert [edit.label for edit in store.load(project).history][-1].startswith("Set zernike.5")


def test_set_changes_all_or_nothing(project, capsys):
    before = project.read_bytes()
    for changes in (["zernike.5=1", "zernike.6=nan"], ["zernike.5=1", "focus=3"], ["zernike.5"], ["zernike.4=1e9"]):
        assert changes[-1].partition("=")[0] in refused(capsys, "set", project, *changes)
    assert project.read_bytes() == before


def test_new_never_overwrites(project, capsys):
    before = project.read_bytes()
    assert "exists already" in refused(capsys, "new", project)
    assert project.read_bytes() == before


def test_bad_files_and_names_are_one_line(tmp_path, capsys):
    garbage = tmp_path / "garbage.odr"
    garbage.write_bytes(b"not a project" * 100)
    for command in ("info", "verify", "get"):
        assert "garbage.odr" in refused(capsys, command, garbage)
        assert "no such file" in refused(capsys, command, tmp_path / "missing.odr")
    assert "preset 'nothing'" in refused(capsys, "psf", "--preset", "nothing", "--out", tmp_path / "x.npz")
    assert "either" in refused(capsys, "psf", "--out", tmp_path / "x.npz")
    assert not (tmp_path / "x.npz").exists()


def test_a_locked_file_names_its_owner(project, capsys):
    holder = (
        "import sys; from studio.project.store import ProjectLock\n"
        "ProjectLock(sys.argv[1]).acquire(); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(project)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        assert str(other.pid) in refused(capsys, "set", project, "zernike.5=1")
        assert run_json(capsys, "get", project, "zernike.4")  # reading stays possible
        other.communicate()


def test_psf_file_holds_what_the_design_says(project, tmp_path, capsys):
    facts = run_json(capsys, "psf", project, "--depth", "0.5", "--size", "48", "--out", tmp_path / "p.npz")
    with np.load(tmp_path / "p.npz", allow_pickle=False) as file:
        assert file["psf"].dtype == np.float32
        expected = psf(preset("random-zernike:1"), object_distance_m=0.5, size=48)
        np.testing.assert_array_equal(file["psf"], expected.values)
        assert file["pitch_m"] == pytest.approx(3.69e-6)
        np.testing.assert_allclose(file["wavelengths_m"], [640e-9, 550e-9, 460e-9])
        assert file["window_energy"].shape == file["strehl"].shape == (3,)
        assert json.loads(str(file["grid"]))["pupil_samples"] == facts["grid"]["pupil_samples"]


@pytest.mark.parametrize("options", [["--size", "0"], ["--depth", "nan"], ["--depth", "-1"], ["--size", "900000"]])
def test_unusable_psf_options_are_refused(options, tmp_path, capsys):
    refused(capsys, "psf", "--preset", "ideal", *options, "--out", tmp_path / "x.npz")
    assert list(tmp_path.iterdir()) == []


def test_captures_of_a_folder_keep_names_and_sizes(project, tmp_path, capsys):
    source = tmp_path / "photos"
    (source / "ann").mkdir(parents=True)
    photo(source / "one.png")
    photo(source / "ann" / "two.jpg", 50, 41)
    photo(source / "three.pgm", 33, 70)
    (source / "broken.png").write_bytes(b"nothing")
    facts = run_json(capsys, "capture", project, "--input", source, "--out", tmp_path / "out", "--seed", "5")
    assert sorted(facts["files"]) == ["ann/two.jpg", "one.png", "three.pgm"]
    assert len(facts["problems"]) == 1
    assert "broken.png" in facts["problems"][0]
    for name in facts["files"]:
        clear, captured = (cv2.imread(str(folder / name)) for folder in (source, tmp_path / "out"))
        assert captured.shape == clear.shape
        assert captured.std() < clear.std()
    record = json.loads((tmp_path / "out" / "capture.json").read_text())
    assert record["seed"] == 5
    assert record["bits"] == 8
    assert record["design"] == json.loads(json.dumps(preset("random-zernike:1").to_dict()))


def test_captures_are_reproducible_and_seeded(tmp_path, capsys):
    photo(tmp_path / "a.png")
    for folder, seed in (("x", 1), ("y", 1), ("z", 2)):
        run_json(
            capsys, "capture", "--preset", "focused-1m", "--input", tmp_path / "a.png", "--out", tmp_path / folder,
            "--seed", seed,
        )  # fmt: skip
    x, y, z = ((tmp_path / folder / "a.png").read_bytes() for folder in "xyz")
    assert x == y != z


def test_capture_options_change_the_capture(tmp_path, capsys):
    photo(tmp_path / "a.png", 64, 64)

    def captured(name: str, *options: str) -> np.ndarray:
        run_json(
            capsys, "capture", "--preset", "focused-1m", "--input", tmp_path / "a.png", "--out", tmp_path / name,
            "--noise", "0", *options,
        )  # fmt: skip
        return cv2.imread(str(tmp_path / name / "a.png")).astype(int)

    plain = captured("plain")
    assert len(np.unique(captured("bits", "--bits", "2"))) <= 4
    assert np.abs(captured("near", "--depth", "0.2") - plain).mean() > 1
    mosaic = captured("mosaic", "--baseline", "pixelate:16")
    assert np.ptp(mosaic[:16, :16], axis=(0, 1)).max() == 0
    assert captured("gauss", "--baseline", "gaussian:6").std() < plain.std()


def test_a_video_becomes_a_video(tmp_path, capsys):
    clip = tmp_path / "talk.avi"
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"MJPG"), 12.0, (64, 48))
    for i in range(7):
        writer.write(np.full((48, 64, 3), 30 * i, np.uint8))
    writer.release()
    facts = run_json(capsys, "capture", "--preset", "defocus-disc", "--input", clip, "--out", tmp_path / "out")
    assert facts["files"] == ["talk.avi"]
    assert facts["frames"] == 7
    video = cv2.VideoCapture(str(tmp_path / "out" / "talk.avi"))
    assert video.get(cv2.CAP_PROP_FPS) == pytest.approx(12.0)
    means = []
    while (frame := video.read())[0]:
        means.append(frame[1].mean())
    assert len(means) == 7
    assert np.all(np.diff(means) > 10)


def test_input_is_never_overwritten(tmp_path, capsys):
    photo(tmp_path / "a.png")
    before = (tmp_path / "a.png").read_bytes()
    for out in (tmp_path, tmp_path / "sub"):
        assert "choose another folder" in refused(
            capsys, "capture", "--preset", "ideal", "--input", tmp_path, "--out", out
        )
    refused(capsys, "capture", "--preset", "ideal", "--input", tmp_path / "a.png", "--out", tmp_path)
    assert (tmp_path / "a.png").read_bytes() == before


@pytest.mark.parametrize("bad", [["--baseline", "box:3"], ["--noise", "nan"], ["--bits", "40"], ["--depth", "0"]])
def test_unusable_capture_options_are_refused(bad, tmp_path, capsys):
    photo(tmp_path / "a.png")
    refused(capsys, "capture", "--preset", "ideal", "--input", tmp_path / "a.png", "--out", tmp_path / "o", *bad)
    assert not (tmp_path / "o").exists()


def test_presets_name_their_sources(capsys):
    rows = run_json(capsys, "presets")
    assert {"paper-literal", "focused-1m", "paper-peak", "defocus-disc", "ideal"} <= {row["name"] for row in rows}
    assert all(len(row["source"]) > 40 for row in rows)


def test_doctor_lists_what_is_there(capsys):
    cli.main(["doctor", "--json"])
    findings = {row["name"]: row for row in json.loads(capsys.readouterr().out)["findings"]}
    assert findings["numpy"]["ok"]
    assert findings["example"]["ok"]
    assert all(row["ok"] or row["mend"] for row in findings.values())


def test_doctor_names_the_line_that_installs_what_is_missing(monkeypatch, capsys):
    from importlib.metadata import PackageNotFoundError, version

    def without_h5py(name: str) -> str:
        if name == "h5py":
            raise PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr("studio.doctor.metadata.version", without_h5py)
    assert cli.main(["doctor"]) == 1
    out = capsys.readouterr().out
    assert "MISSING   h5py" in out
    assert "pip install h5py" in out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["--version"], 0), (["frobnicate"], 2), (["psf"], 2), (["verify", "missing.odr"], 2), (["-h"], 0)],
)
def test_exit_codes_of_the_process(arguments, code, tmp_path):
    done = subprocess.run([sys.executable, "-m", "studio", *arguments], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == code
    assert "Traceback" not in done.stderr


def test_unknown_options_are_one_line(capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(["psf", "--preset", "ideal", "--size", "abc", "--out", "x.npz"])
    assert left.value.code == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "'abc' is not a whole number" in err


def test_outputs_that_cannot_be_written_are_named(tmp_path, capsys):
    photo(tmp_path / "a.png")
    assert "does not exist" in refused(capsys, "psf", "--preset", "ideal", "--out", tmp_path / "no" / "x.npz")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "a.png").mkdir()
    arguments = ["capture", "--preset", "ideal", "--input", tmp_path / "a.png", "--out", tmp_path / "taken"]
    capsys.readouterr()
    assert cli.main(list(map(str, arguments))) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "a.png" in err


def test_endless_or_missing_inputs_are_refused(tmp_path, capsys):
    for spec in ("camera:0", "cohort"):
        assert spec in refused(capsys, "capture", "--preset", "ideal", "--input", spec, "--out", tmp_path / "o")


def test_debug_shows_the_traceback(tmp_path):
    command = [sys.executable, "-m", "studio", "info", "missing.odr", "--debug"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode != 0
    assert "Traceback" in done.stderr
