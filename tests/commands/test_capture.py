"""capture: pictures, videos and folders of both."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from studio.capture import writing
from studio.optics.presets import preset
from tests.commands.conftest import photo
from tests.faces import layouts


def clip(path: Path, size: tuple[int, int] = (64, 48), frames: int = 7, fps: float = 12.0) -> Path:
    """A video that grows brighter; the MJPEG writer keeps odd sides."""
    writer = cv2.VideoWriter(str(path), cv2.CAP_OPENCV_MJPEG, cv2.VideoWriter.fourcc(*"MJPG"), fps, size)
    for i in range(frames):
        writer.write(np.full((size[1], size[0], 3), 30 * i % 256, np.uint8))
    writer.release()
    return path


def means(path: Path) -> list[float]:
    video = cv2.VideoCapture(str(path))
    found = []
    while (frame := video.read())[0]:
        found.append(frame[1].mean())
    return found


def test_captures_of_a_folder_keep_names_and_sizes(project, tmp_path, run_json):
    source = tmp_path / "photos"
    (source / "ann").mkdir(parents=True)
    photo(source / "one.png")
    photo(source / "ann" / "two.jpg", 50, 41)
    photo(source / "three.pgm", 33, 70)
    (source / "broken.png").write_bytes(b"nothing")
    facts = run_json("capture", project, "--input", source, "--out", tmp_path / "out", "--seed", "5", code=1)
    assert sorted(facts["files"]) == ["ann/two.jpg", "one.png", "three.pgm"]
    assert len(facts["problems"]) == 1
    assert "broken.png" in facts["problems"][0]
    assert any("PGM files are grey" in note for note in facts["notes"])
    for name in facts["files"]:
        clear, captured = (cv2.imread(str(folder / name)) for folder in (source, tmp_path / "out"))
        assert captured.shape == clear.shape
        assert captured.std() < clear.std()
    record = json.loads((tmp_path / "out" / "capture.json").read_text())
    assert record["seed"] == 5
    assert record["bits"] == 8
    assert record["studio"] == version("opticaldr-studio")
    assert record["complete"] is False  # one is broken
    two = (source / "ann" / "two.jpg").read_bytes()
    of_two = {"name": "ann/two.jpg", "bytes": len(two), "sha256": sha256(two).hexdigest(), "files": ["ann/two.jpg"]}
    assert of_two in record["inputs"]
    assert len(record["inputs"]) == record["frames"] == 3
    assert record["design"] == json.loads(json.dumps(preset("random-zernike:1").to_dict()))


def test_captures_are_reproducible_and_seeded(tmp_path, run_json):
    photo(tmp_path / "a.png")
    for folder, seed in (("x", 1), ("y", 1), ("z", 2)):
        run_json(
            "capture", "--preset", "focused-1m", "--input", tmp_path / "a.png", "--out", tmp_path / folder,
            "--seed", seed,
        )  # fmt: skip
    x, y, z = ((tmp_path / folder / "a.png").read_bytes() for folder in "xyz")
    assert x == y != z


def test_capture_options_change_the_capture(tmp_path, run_json):
    photo(tmp_path / "a.png", 64, 64)

    def captured(name: str, *options: str) -> np.ndarray:
        run_json(
            "capture", "--preset", "focused-1m", "--input", tmp_path / "a.png", "--out", tmp_path / name,
            "--noise", "0", *options,
        )  # fmt: skip
        return cv2.imread(str(tmp_path / name / "a.png")).astype(int)

    plain = captured("plain")
    assert len(np.unique(captured("bits", "--bits", "2"))) <= 4
    assert np.abs(captured("near", "--depth", "0.2") - plain).mean() > 1
    mosaic = captured("mosaic", "--baseline", "pixelate:16")
    assert np.ptp(mosaic[:16, :16], axis=(0, 1)).max() == 0
    assert captured("gauss", "--baseline", "gaussian:6").std() < plain.std()


def test_a_video_becomes_a_video(tmp_path, run_json):
    facts = run_json(
        "capture", "--preset", "defocus-disc", "--input", clip(tmp_path / "talk.avi"), "--out", tmp_path / "out"
    )
    assert facts["files"] == ["talk.avi"]
    assert facts["frames"] == 7
    assert facts["notes"] == []
    video = cv2.VideoCapture(str(tmp_path / "out" / "talk.avi"))
    assert video.get(cv2.CAP_PROP_FPS) == pytest.approx(12.0)
    assert len(means(tmp_path / "out" / "talk.avi")) == 7
    assert np.all(np.diff(means(tmp_path / "out" / "talk.avi")) > 10)


@pytest.mark.parametrize("size", [(63, 48), (64, 47), (63, 47)])
def test_a_video_with_an_odd_side_keeps_its_size(size, tmp_path, run_json):
    source = clip(tmp_path / "talk.avi", size)
    facts = run_json("capture", "--preset", "ideal", "--noise", "0", "--input", source, "--out", tmp_path / "out")
    assert facts["frames"] == 7
    assert facts["files"] == [f"talk.avi.frames/{number:06d}.png" for number in range(1, 8)]
    assert f"{size[0]} x {size[1]}" in facts["notes"][0]
    frames = [cv2.imread(str(tmp_path / "out" / name)) for name in facts["files"]]
    assert {frame.shape for frame in frames} == {(size[1], size[0], 3)}
    assert [frame.mean() for frame in frames] == pytest.approx(means(source), abs=4)


def test_a_rate_that_is_not_kept_is_noted(tmp_path, run_json):
    arguments = ("capture", "--preset", "ideal", "--input")
    facts = run_json(*arguments, clip(tmp_path / "slow.avi", fps=240), "--out", tmp_path / "slow")
    assert "slow.avi is to be played at 240 frames a second; its capture plays at 30" in facts["notes"]
    facts = run_json(*arguments, clip(tmp_path / "talk.avi"), "--out", tmp_path / "talk")
    assert facts["notes"] == []


def test_a_format_that_cannot_be_written_becomes_another(tmp_path, run_json):
    source = clip(tmp_path / "talk.avi").rename(tmp_path / "talk.mpg")
    facts = run_json("capture", "--preset", "ideal", "--input", source, "--out", tmp_path / "out")
    assert facts["files"] == ["talk.mpg.mp4"]
    assert any("compressed" in note for note in facts["notes"])


@pytest.mark.parametrize("name", ["talk.avi", "talk.mp4"])
def test_a_video_that_lost_a_side_is_not_kept(name, tmp_path):
    frames = [np.zeros((47, 63, 3), np.float32)] * 3
    with pytest.raises(OSError, match="62 x 46"):
        writing.write_video(tmp_path / name, frames, 12.0, (63, 47))
    assert list(tmp_path.iterdir()) == []


def test_videos_of_a_folder_are_captured_with_its_pictures(tmp_path, run_json):
    source = tmp_path / "in"
    (source / "bob").mkdir(parents=True)
    photo(source / "a.png")
    clip(source / "bob" / "talk.avi")
    (source / "broken.mp4").write_bytes(b"nothing")
    facts = run_json("capture", "--preset", "ideal", "--input", source, "--out", tmp_path / "out", code=1)
    assert facts["files"] == ["a.png", "bob/talk.avi"]
    assert facts["frames"] == 8
    assert len(facts["problems"]) == 1
    assert "broken.mp4" in facts["problems"][0]
    assert len(means(tmp_path / "out" / "bob" / "talk.avi")) == 7


def test_what_is_left_out_of_a_folder_is_said(tmp_path, run_json):
    source = tmp_path / "in"
    (source / "bob").mkdir(parents=True)
    photo(source / "a.png")
    for name in ("b.HEIC", "bob/c.heic", "labels.csv", "README", ".hidden.heic"):
        (source / name).touch()
    facts = run_json("capture", "--preset", "ideal", "--input", source, "--out", tmp_path / "out")
    assert facts["files"] == ["a.png"]
    assert any(note.endswith("2 .heic, 1 .csv, 1 README") for note in facts["notes"]), facts["notes"]
    facts = run_json("capture", "--preset", "ideal", "--input", source / "a.png", "--out", tmp_path / "out2")
    assert facts["notes"] == []


def test_more_than_eight_bits_are_kept_where_the_format_can(tmp_path, run_json):
    ramp = np.repeat(np.arange(4096, dtype=np.uint16)[None, :, None] * 16, 8, axis=0)
    (tmp_path / "in").mkdir()
    assert cv2.imwrite(str(tmp_path / "in" / "a.png"), np.repeat(ramp, 3, axis=2))
    photo(tmp_path / "in" / "b.jpg")
    photo(tmp_path / "in" / "c.bmp")
    options = ["--preset", "ideal", "--noise", "0", "--bits", "12"]
    facts = run_json("capture", *options, "--input", tmp_path / "in", "--out", tmp_path / "out")
    captured = cv2.imread(str(tmp_path / "out" / "a.png"), cv2.IMREAD_UNCHANGED)
    assert captured.dtype == np.uint16
    assert len(np.unique(captured)) > 1500
    notes = [note for note in facts["notes"] if "12 bits" in note]
    assert len(notes) == 1
    assert notes[0].startswith("bmp, jpg files hold 8 ")


def test_a_video_says_that_it_holds_eight_bits(tmp_path, run_json):
    options = ["--preset", "ideal", "--bits", "10", "--input", clip(tmp_path / "talk.avi")]
    facts = run_json("capture", *options, "--out", tmp_path / "out")
    assert facts["notes"] == ["avi files hold 8 of the sensor's 10 bits a colour; PNG, TIFF, PGM and PPM hold all"]
    assert json.loads((tmp_path / "out" / "capture.json").read_text())["notes"] == facts["notes"]


def test_the_portrait_is_an_input_like_any_other(tmp_path, run_json):
    facts = run_json("capture", "--preset", "defocus-disc", "--input", "portrait", "--out", tmp_path / "out")
    assert cv2.imread(str(tmp_path / "out" / facts["files"][0])).shape == (512, 512, 3)


@pytest.mark.parametrize("name", ["a.tif", "a.png", "a.webp"])
def test_all_pages_and_frames_of_a_picture_are_captured(name, tmp_path, run_json):
    pages = [np.full((20, 30, 3), 60 * number, np.uint8) for number in range(4)]
    if name == "a.tif":
        assert cv2.imwritemulti(str(tmp_path / name), pages)
    else:
        animation = cv2.Animation()
        animation.frames = [cv2.cvtColor(page, cv2.COLOR_BGR2BGRA) for page in pages]
        animation.durations = [100] * len(pages)
        assert cv2.imwriteanimation(str(tmp_path / name), animation)
    options = ["--preset", "ideal", "--noise", "0", "--input", tmp_path / name]
    facts = run_json("capture", *options, "--out", tmp_path / "out")
    assert facts["files"] == [f"{name}.frames/{number:06d}.png" for number in range(1, 5)]
    assert facts["frames"] == 4
    assert facts["notes"] == [f"{name} holds 4 pictures: PNG frames"]
    shown = [cv2.imread(str(tmp_path / "out" / file)).mean() for file in facts["files"]]
    assert shown == pytest.approx([0, 60, 120, 180], abs=2)


def test_transparent_places_are_noted(tmp_path, run_json):
    assert cv2.imwrite(str(tmp_path / "a.png"), np.full((20, 30, 4), 100, np.uint8))
    facts = run_json("capture", "--preset", "ideal", "--input", tmp_path / "a.png", "--out", tmp_path / "out")
    assert facts["notes"] == ["a.png has transparent places; they are captured in the colours stored there"]


def test_every_input_has_noise_of_its_own(tmp_path, run_json):
    source = tmp_path / "in"
    source.mkdir()
    grey = np.full((32, 32, 3), 128, np.uint8)
    for name in ("a.png", "b.png"):
        cv2.imwrite(str(source / name), grey)
    for name in ("a", "b"):
        folder = source / f"{name}.avi"
        writer = cv2.VideoWriter(str(folder), cv2.VideoWriter.fourcc(*"FFV1"), 12.0, (32, 32))
        for _ in range(2):
            writer.write(grey)
        writer.release()

    def noises(out: Path) -> list[np.ndarray]:
        run_json("capture", "--preset", "ideal", "--noise", "0.02", "--input", source, "--out", out)
        found = [cv2.imread(str(out / name)) for name in ("a.png", "b.png")]
        for name in ("a.avi", "b.avi"):
            video = cv2.VideoCapture(str(out / name))
            found += [video.read()[1] for _ in range(2)]
        return [picture.astype(float) - picture.mean() for picture in found]

    first, second = noises(tmp_path / "x"), noises(tmp_path / "y")
    for i, noise in enumerate(first):
        assert (noise == second[i]).all()
        for other in first[:i]:
            assert abs((noise * other).mean() / noise.var()) < 0.1


def test_a_polite_kill_leaves_whole_files_and_a_record_that_says_so(tmp_path):
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    photo(source / "a.png")
    clip(source / "b.avi", (320, 240), frames=2000)
    arguments = ["capture", "--preset", "defocus-disc", "--input", str(source), "--out", str(out)]
    with subprocess.Popen([sys.executable, "-m", "studio", *arguments], stderr=subprocess.PIPE, text=True) as process:
        deadline_s = time.monotonic() + 60
        while not list(out.glob(".*.avi")):
            assert process.poll() is None, "it ended before the kill"
            assert time.monotonic() < deadline_s
            time.sleep(0.02)
        process.terminate()
        assert process.stderr is not None
        line = process.stderr.read()
        assert process.wait(60) == 1
    assert line.startswith("opticaldr: stopped; ")
    assert "capture.json says that some are missing" in line
    assert sorted(path.name for path in out.iterdir()) == ["a.png", "capture.json"]
    record = json.loads((out / "capture.json").read_text())
    assert record["complete"] is False
    assert record["files"] == ["a.png"]
    assert "1 of 2 inputs" in record["problems"][0]


def test_a_disk_that_fills_up_is_noticed_at_the_next_frame(tmp_path, refused, monkeypatch):
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    photo(source / "a.png")
    clip(source / "b.avi", frames=40)
    asked: list[object] = []

    def room(path: object) -> SimpleNamespace:
        asked.append(path)  # once before the first frame
        return SimpleNamespace(free=1 << 40 if len(asked) < 4 else 1000)

    monkeypatch.setattr(writing.shutil, "disk_usage", room)
    line = refused("capture", "--preset", "ideal", "--input", source, "--out", out, code=1)
    assert "b.avi: the disk is full" in line
    assert "capture.json says that some are missing" in line
    assert len(asked) == 4
    assert sorted(path.name for path in out.iterdir()) == ["a.png", "capture.json"]


def test_a_full_disk_is_named_before_a_video_is_begun(tmp_path, refused, monkeypatch):
    source = clip(tmp_path / "a.avi")
    monkeypatch.setattr(writing.shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
    monkeypatch.setattr(cv2.VideoWriter, "isOpened", lambda _: False)  # all that the writer says
    line = refused("capture", "--preset", "ideal", "--input", source, "--out", tmp_path / "o", code=1)
    assert "a.avi: the disk is full" in line


def test_faces_named_by_a_spec_are_captured_under_their_people(tmp_path, run_json):
    layouts.celeba(tmp_path / "celeba")
    capture = ("capture", "--preset", "ideal", "--noise", "0", "--input")
    facts = run_json(*capture, f"celeba:{tmp_path / 'celeba'}", "--out", tmp_path / "out")
    assert "7/000001.png" in facts["files"]
    assert "9/000004.png" in facts["files"]
    for name in facts["files"]:
        clear = cv2.imread(str(tmp_path / "celeba" / "img_align_celeba" / Path(name).with_suffix(".jpg").name))
        captured = cv2.imread(str(tmp_path / "out" / name))
        assert np.abs(captured.astype(int) - clear).max() <= 12, "8 bits of linear light"


def test_faces_without_people_keep_their_places_apart(tmp_path, run_json):
    layouts.fer2013_folders(tmp_path / "fer")
    layouts.picture(tmp_path / "fer" / "train" / "happy" / "1.jpg")
    facts = run_json(
        "capture", "--preset", "ideal", "--input", f"fer2013:{tmp_path / 'fer'}", "--out", tmp_path / "out"
    )
    assert {"unknown/train_angry_1.png", "unknown/train_happy_1.png"} < set(facts["files"])


def test_pictures_without_files_are_captured_too(tmp_path, run_json):
    source = layouts.fer2013(tmp_path / "fer")
    facts = run_json("capture", "--preset", "ideal", "--input", f"fer2013:{source}", "--out", tmp_path / "out")
    record = json.loads((tmp_path / "out" / "capture.json").read_text())
    assert [of_input["files"] for of_input in record["inputs"]] == [[name] for name in facts["files"]]
    assert all(len(of_input["pixels_sha256"]) == 64 for of_input in record["inputs"])
    assert cv2.imread(str(tmp_path / "out" / facts["files"][0])).shape == (48, 48, 3)


def test_clips_named_by_a_spec_are_captured_as_videos_and_frames(tmp_path, run_json):
    root = tmp_path / "avec"
    (root / "Testing" / "Freeform").mkdir(parents=True)
    clip(root / "Testing" / "Freeform" / "203_2_Freeform_video.avi")
    layouts.picture(root / "Testing" / "Freeform" / "310_1_Freeform_video_aligned" / "frame_det_00_000001.bmp", 90)
    facts = run_json("capture", "--preset", "ideal", "--input", f"avec2014:{root}", "--out", tmp_path / "out")
    assert set(facts["files"]) == {
        "203/203_2_Freeform_video.avi", "310/310_1_Freeform_video_aligned/frame_det_00_000001.png",
    }  # fmt: skip
    assert len(means(tmp_path / "out" / "203" / "203_2_Freeform_video.avi")) == 7


def test_names_from_a_list_lead_nowhere_else(tmp_path, run_json):
    root = layouts.celeba(tmp_path / "celeba")
    people = root / "identity_CelebA.txt"
    people.write_text(people.read_text().replace(" 7", " ../../7"))
    facts = run_json("capture", "--preset", "ideal", "--input", f"celeba:{root}", "--out", tmp_path / "out")
    assert {path.parent for path in (tmp_path / "out").rglob("*.png")} == {
        tmp_path / "out" / Path(name).parent for name in facts["files"]
    }
    assert not list(tmp_path.glob("7*"))


def test_input_is_never_overwritten(tmp_path, refused):
    before = photo(tmp_path / "a.png").read_bytes()
    for out in (tmp_path, tmp_path / "sub"):
        assert "choose another folder" in refused("capture", "--preset", "ideal", "--input", tmp_path, "--out", out)
    refused("capture", "--preset", "ideal", "--input", tmp_path / "a.png", "--out", tmp_path)
    assert (tmp_path / "a.png").read_bytes() == before
    assert not (tmp_path / "sub").exists()


@pytest.mark.parametrize("name", ["a.png", "capture.json", "notes.txt"])
def test_a_folder_that_holds_something_is_left_alone(name, tmp_path, refused):
    photo(tmp_path / "a.png")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / name).write_text("mine")
    line = refused("capture", "--preset", "ideal", "--input", tmp_path / "a.png", "--out", tmp_path / "out")
    assert "is not empty" in line
    assert [(path.name, path.read_text()) for path in (tmp_path / "out").iterdir()] == [(name, "mine")]


def test_what_a_file_manager_leaves_is_nothing(tmp_path, run_json):
    photo(tmp_path / "a.png")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".DS_Store").touch()
    run_json("capture", "--preset", "ideal", "--input", tmp_path / "a.png", "--out", tmp_path / "out")


def test_an_output_below_a_file_is_bad_input(tmp_path, refused):
    arguments = ["capture", "--preset", "ideal", "--input", photo(tmp_path / "a.png")]
    assert "a.png is a file; --out needs a folder" in refused(*arguments, "--out", tmp_path / "a.png" / "x" / "y")


@pytest.mark.parametrize("bad", [["--baseline", "box:3"], ["--noise", "nan"], ["--bits", "40"], ["--depth", "0"]])
def test_unusable_capture_options_are_refused(bad, tmp_path, refused):
    photo(tmp_path / "a.png")
    refused("capture", "--preset", "ideal", "--input", tmp_path / "a.png", "--out", tmp_path / "o", *bad)
    assert not (tmp_path / "o").exists()


def test_a_depth_has_no_meaning_for_a_baseline(tmp_path, refused):
    photo(tmp_path / "a.png")
    arguments = ["capture", "--baseline", "gaussian:3", "--depth", "1", "--input", tmp_path / "a.png"]
    assert "--depth" in refused(*arguments, "--out", tmp_path / "o")


def test_a_depth_has_no_meaning_for_a_perfect_image(tmp_path, refused):
    arguments = ["capture", "--preset", "ideal", "--depth", "1", "--input", photo(tmp_path / "a.png")]
    assert "--depth" in refused(*arguments, "--out", tmp_path / "o")
    assert "--depth" in refused("psf", "--preset", "ideal", "--depth", "1", "--out", tmp_path / "p.npz")


@pytest.mark.parametrize(
    ("spec", "word"),
    [
        ("camera:0", "has no end"),
        ("cohort:faces.h5", "faces.h5 cannot be read as a cohort"),
        ("celeba:faces", "faces is not a folder"),
        ("celeba:", "says no folder; expected celeba:PATH"),
        ("~nosuchuser/x", "no user of that name"),
        ("nowhere.png", "nowhere.png"),
        ("nowhere.mp4", "does not exist"),
        ("nowhere", "does not exist"),
        ("folder:", "names no picture"),
        ("", "names no picture"),
        ("setup.cfg", "setup.cfg"),
    ],
)
def test_inputs_that_cannot_be_captured_are_one_line(spec, word, tmp_path, refused, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert word in refused("capture", "--preset", "ideal", "--input", spec, "--out", "o")
    assert list(tmp_path.iterdir()) == []


def test_links_that_lead_to_themselves_are_one_line(tmp_path, refused):
    photo(tmp_path / "a.png")
    for name in ("loop", "loop.png"):
        (tmp_path / name).symlink_to(tmp_path / name)
        assert name in refused("capture", "--preset", "ideal", "--input", tmp_path / name, "--out", tmp_path / "o")
    arguments = ["capture", "--preset", "ideal", "--input", tmp_path / "a.png"]
    for out in (tmp_path / "loop", tmp_path / "loop" / "o"):
        assert "leads back to itself" in refused(*arguments, "--out", out)
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    assert "leads nowhere" in refused(*arguments, "--out", tmp_path / "gone")


def test_a_folder_of_broken_files_is_refused(tmp_path, refused):
    (tmp_path / "in" / "ann").mkdir(parents=True)
    (tmp_path / "in" / "ann" / "1.png").write_bytes(b"broken")
    (tmp_path / "in" / "2.avi").write_bytes(b"broken")
    assert "none of the 2 pictures and videos" in refused(
        "capture", "--preset", "ideal", "--input", tmp_path / "in", "--out", tmp_path / "a" / "out"
    )
    assert not (tmp_path / "a").exists()


def test_a_capture_that_cannot_be_written_leaves_no_folder(tmp_path, refused, monkeypatch):
    (tmp_path / "in" / "ann").mkdir(parents=True)
    photo(tmp_path / "in" / "ann" / "a.png")

    def full_disk(path: Path, _content: bytes) -> None:
        path.touch()
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    line = refused("capture", "--preset", "ideal", "--input", tmp_path / "in", "--out", tmp_path / "b" / "out", code=1)
    assert "a.png: the disk is full" in line
    assert not (tmp_path / "b").exists()


def test_no_capture_takes_the_place_of_another(tmp_path, run_json):
    source = tmp_path / "in"
    (source / "b.avi.frames").mkdir(parents=True)
    clip(source / "a.avi", frames=3).rename(source / "a.webm")  # becomes a.webm.mp4
    clip(source / "a2.avi", frames=5).rename(source / "a.webm.mp4")
    clip(source / "b.avi", (63, 48), frames=2)  # becomes b.avi.frames/
    photo(source / "b.avi.frames" / "000001.png")
    facts = run_json("capture", "--preset", "ideal", "--input", source, "--out", tmp_path / "out", code=1)
    assert len(set(facts["files"])) == len(facts["files"])
    assert {p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*.*") if p.is_file()} == {
        *facts["files"],
        "capture.json",
    }
    assert len(facts["problems"]) == 2
    assert all("rename" in problem for problem in facts["problems"])


def test_a_video_cut_short_says_how_much_is_missing(tmp_path, run_json):
    whole = clip(tmp_path / "whole.avi", frames=40).read_bytes()
    (tmp_path / "cut.avi").write_bytes(whole[: len(whole) * 6 // 10])
    facts = run_json("capture", "--preset", "ideal", "--input", tmp_path / "cut.avi", "--out", tmp_path / "out", code=1)
    assert facts["frames"] < 40
    assert f"{facts['frames']} of 40 frames" in facts["problems"][0]
    facts = run_json("capture", "--preset", "ideal", "--input", tmp_path / "whole.avi", "--out", tmp_path / "out2")
    assert facts["problems"] == []
