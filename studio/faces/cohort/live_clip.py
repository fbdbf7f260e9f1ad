"""Makes the clip that the live view starts with: `python -m studio.faces.cohort.live_clip OUT.mp4` (some minutes)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from studio.faces.cohort.basis import HeadBasis, shipped_basis
from studio.faces.cohort.face_units import units_from
from studio.faces.cohort.people import draw_person
from studio.faces.cohort.render import embody, render, seat
from studio.faces.cohort.scene import Pose, draw_scene

WIDTH, HEIGHT, FPS, FRAMES = 640, 480, 30.0, 300
_PERSON = 3_000_174  # not in the shipped cohort nor in a crowd; looks and moves are tuned by eye
_HAIR_DENSITY = 3


def frames(basis: HeadBasis) -> Iterator[np.ndarray]:
    """Frames (480, 640, 3) uint8 RGB of somebody who talks, smiles and looks about; the last leads to the first."""
    person = draw_person(basis, _PERSON)
    light = np.array([-0.45, 0.45, 0.8])
    scene = replace(
        draw_scene(person, 63),
        key_direction=light / np.linalg.norm(light),
        key=np.array([1.5, 1.42, 1.3]),
        sky=np.array([0.5, 0.53, 0.58]),
        ground=np.array([0.3, 0.28, 0.25]),
        exposure=0.7,
        white_balance=np.ones(3),
        clothes=np.array([[0.05, 0.12, 0.2], [0.05, 0.12, 0.2]]),
        collar_dm=5.65,
        hairstyle="parted",
        hair_length=0.9,
        parting=0.3,
        hair_tint=np.ones(3),
        distance_dm=12.0,
        blur_px=0.4,
        noise=0.002,
    )
    sitter = seat(embody(basis, person), scene, _HAIR_DENSITY)
    for number in range(FRAMES):
        units, pose = _moment(number / FRAMES)
        yield render(sitter, units, pose, HEIGHT, WIDTH, number)


def _moment(turn: float) -> tuple[np.ndarray, Pose]:
    """Face units (52,) and pose at a share of the loop: whole numbers of waves, and bumps that know no end."""
    talking = _bump(turn, 0.10, 0.07) + _bump(turn, 0.33, 0.11)
    smile = _bump(turn, 0.62, 0.10) + 0.35 * _bump(turn, 0.95, 0.05)
    blink = sum(_bump(turn, at, 0.006) for at in (0.05, 0.24, 0.47, 0.73, 0.88))
    syllable = max(0.0, 0.45 + 0.4 * _wave(turn, 37, 0.1) + 0.3 * _wave(turn, 23, 0.6))
    aside = _bump(turn, 0.80, 0.05)
    units = units_from(
        {
            "jawOpen": 0.20 * talking * syllable + 0.06 * smile,
            "mouthFunnel": 0.25 * talking * max(0.0, _wave(turn, 17, 0.3)),
            "mouthSmile": 0.15 + 0.65 * smile + 0.12 * talking * max(0.0, _wave(turn, 13, 0.5)),
            "cheekSquint": 0.1 + 0.5 * smile,
            "mouthUpperUp": 0.2 * smile + 0.1 * talking * syllable,
            "browInnerUp": 0.15 + 0.2 * talking * max(0.0, _wave(turn, 5, 0.0)) + 0.3 * aside,
            "browOuterUp": 0.3 * _bump(turn, 0.30, 0.03) + 0.2 * _bump(turn, 0.14, 0.02),
            "eyeBlink": min(blink, 1.0),
            "eyeWide": 0.2 * (1 - smile),
            "eyeLookOutLeft": 0.5 * aside,
            "eyeLookInRight": 0.5 * aside,
        }
    )
    yaw = 7 * _wave(turn, 1, 0.1) + 2.5 * _wave(turn, 3, 0.4) + 5 * aside
    pitch = 2 + 2 * _wave(turn, 2, 0.2) + 1.2 * talking * _wave(turn, 9, 0.0)
    roll = 2 * _wave(turn, 2, 0.7) + 1 * _wave(turn, 3, 0.2)
    return np.clip(units, 0, 1), Pose(yaw, pitch, roll, zoom=0.72, shift=(0.02 * _wave(turn, 1, 0.3), -0.01))


def _wave(turn: float, waves: int, phase: float) -> float:
    return float(np.sin(2 * np.pi * (waves * turn + phase)))


def _bump(turn: float, at: float, width: float) -> float:
    away = (turn - at + 0.5) % 1 - 0.5
    return float(np.exp(-((away / width) ** 2)))


def main(target: Path) -> None:
    """Render the clip into `target`; OSError when it cannot be written."""
    writer = cv2.VideoWriter(str(target), cv2.VideoWriter.fourcc(*"mp4v"), FPS, (WIDTH, HEIGHT))
    if not writer.isOpened():
        raise OSError(f"{target} cannot be written")
    for frame in frames(shipped_basis()):
        writer.write(frame[..., ::-1])
    writer.release()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
