"""Tiny data sets in the layouts that labs have on disk, each with one broken entry of every kind."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np


def picture(path: Path, shade: int = 128, size: tuple[int, int] = (8, 6)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.full(size if path.suffix == ".pgm" else (*size, 3), shade, np.uint8)
    path.write_bytes(cv2.imencode(path.suffix, pixels)[1].tobytes())


def text(path: Path, *lines: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")


def celeba(root: Path, kaggle: bool = False) -> Path:
    names = [f"{i:06d}.jpg" for i in range(1, 7)]
    for i, name in enumerate(names[:5]):  # 000006.jpg is listed, not there
        picture(root / "img_align_celeba" / name, 20 * i)
    picture(root / "img_align_celeba" / "stray.jpg")
    splits, people = (0, 0, 1, 1, 2, 2), (7, 7, 7, 9, 9, 9)
    attributes, points = "1 -1", " ".join("10" for _ in range(10))
    if kaggle:
        text(root / "list_eval_partition.csv", "image_id,partition", *map("{},{}".format, names, splits))
        text(root / "list_attr_celeba.csv", "image_id,Smiling,Young", *(f"{n},1,-1" for n in names))
    else:
        text(root / "list_eval_partition.txt", *map("{} {}".format, names, splits))
        text(root / "list_attr_celeba.txt", "6", "Smiling Young", *(f"{n}  {attributes}" for n in names))
    text(root / "identity_CelebA.txt", *map("{} {}".format, names, people), "broken line here")
    columns = " ".join(f"c{i}" for i in range(10))
    text(
        root / "list_landmarks_align_celeba.txt",
        "6",
        columns,
        *(f"{n}  {points}" for n in names[:4]),
        f"{names[4]} 1 x",
    )
    return root


def lfw(root: Path) -> Path:
    for person, count in (("Ann_Lee", 3), ("Bob", 2), ("Cy", 1)):
        for i in range(1, count + 1):
            picture(root / "lfw" / person / f"{person}_{i:04d}.jpg")
    text(
        root / "pairs.txt",
        "2\t1",
        "Ann_Lee\t1\t2",
        "Ann_Lee\t1\tBob\t2",
        "Bob\t1\t2",
        "Bob\t1\tNobody\t1",  # not on disk
    )
    text(root / "pairsDevTrain.txt", "1", "Ann_Lee\t1\t3", "Ann_Lee\tx\tBob\t1")
    text(root / "pairsDevTest.txt", "1", "Bob\t1\t2", "Bob\t2\tCy\t1")
    return root


def rafdb(root: Path) -> Path:
    base = root / "basic"
    for name in ("train_00001", "train_00002", "test_0001"):
        picture(base / "Image" / "aligned" / f"{name}_aligned.jpg")
    text(
        base / "EmoLabel" / "list_patition_label.txt",
        "train_00001.jpg 5",
        "train_00002.jpg 9",
        "test_0001.jpg 7",
        "test_0002.jpg 1",
        "nonsense",
    )
    return root


def affectnet_tables(root: Path) -> Path:
    for name in ("1/a.jpg", "1/b.jpg", "2/c.jpg"):
        picture(root / "Manually_Annotated_Images" / name)
    text(
        root / "training.csv",
        "subDirectory_filePath,face_x,face_y,face_width,face_height,facial_landmarks,expression,valence,arousal",
        "1/a.jpg,0,0,9,9,1;2,1,0.5,-0.25",
        "1/b.jpg,0,0,9,9,1;2,9,-2,-2",
        "1/lost.jpg,0,0,9,9,1;2,2,0.1,0.1",
        "1/x.jpg,short",
    )
    text(root / "validation.csv", "2/c.jpg,0,0,9,9,1;2,7,-2,-2")
    return root


def affectnet_arrays(root: Path) -> Path:
    for number, expression in (("1", 3), ("2", 8), ("3", None)):
        picture(root / "train_set" / "images" / f"{number}.jpg")
        (root / "train_set" / "annotations").mkdir(exist_ok=True)
        if expression is not None:
            for kind, value in (("exp", str(expression)), ("val", "0.5"), ("aro", "-2.0")):
                np.save(root / "train_set" / "annotations" / f"{number}_{kind}.npy", np.array(value))
    np.save(root / "train_set" / "annotations" / "3_exp.npy", np.array([{"an": "object"}]), allow_pickle=True)
    return root


def fer2013(root: Path) -> Path:
    pixels = " ".join(str(i % 256) for i in range(48 * 48))
    text(
        root / "fer2013.csv",
        "emotion, pixels, Usage",
        f'0,"{pixels}",Training',
        f"3,{pixels},PublicTest",
        f"3,{pixels} 7,Training",  # one pixel too many
        f"6,{pixels},PrivateTest",
        f"9,{pixels},Training",
        "2",
    )
    return root


def fer2013_folders(root: Path) -> Path:
    for place in ("train/angry/1.jpg", "train/happy/2.jpg", "test/neutral/3.jpg", "test/confused/4.jpg"):
        picture(root / place)
    return root


def avec2014(root: Path) -> Path:
    """203 is in two splits; 310_1 has no label; the label of 400_1 is broken; 203_1 has aligned frames as well."""
    clips = {
        "Training/Freeform": ("203_1_Freeform_video.mp4", "310_1_Freeform_video.mp4", "notes.txt"),
        "Training/Northwind": ("203_1_Northwind_video.mp4",),
        "Development/Freeform": ("400_1_Freeform_video.mp4",),
        "Testing/Freeform": ("203_2_Freeform_video.mp4",),
    }
    for folder, names in clips.items():
        for name in names:
            text(root / "AVEC2014_AudioVisual" / folder / name, "not really a video")
    frames = root / "AVEC2014_AudioVisual" / "Training" / "Freeform" / "203_1_Freeform_video_aligned"
    for i in (1, 2):
        picture(frames / f"frame_det_00_{i:06d}.bmp", 100 * i)
    text(root / "DepressionLabels" / "Training_DepressionLabels" / "203_1_Depression.csv", "14")
    text(root / "DepressionLabels" / "Development_DepressionLabels" / "400_1_Depression.csv", "fourteen")
    text(root / "AVEC2014_Labels_Testset" / "Testing" / "DepressionLabels" / "203_2_Depression.csv", "3")
    return root


def avec2013(root: Path) -> Path:
    text(root / "Training" / "203_1_cut_combined.mp4", "not really a video")
    text(root / "Training" / "DepressionLabels" / "203_1_Depression.csv", "63")
    return root


def plain(root: Path) -> Path:
    for place in ("ann/10.png", "ann/2.png", "bob/1.jpg", "stray.png"):
        picture(root / place)
    text(root / "ann" / "readme.txt", "not a picture")
    return root


def orl(root: Path) -> Path:
    for person in (1, 2, 10):
        for i in (1, 2):
            picture(root / f"s{person}" / f"{i}.pgm")
    picture(root / "s10" / "target.jpg")
    return root
