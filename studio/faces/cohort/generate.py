"""Renders a cohort: pictures of every person in sessions of their own, and clips with a simulated severity."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from studio.faces.cohort.basis import HeadBasis
from studio.faces.cohort.face_units import EXPRESSIONS, express
from studio.faces.cohort.people import Person, draw_person
from studio.faces.cohort.render import render, seat
from studio.faces.cohort.scene import Pose, draw_pose, draw_scene
from studio.faces.cohort.severity import act, draw_severity
from studio.faces.cohort.skin import Skin, paint_skin

_SHARES = (0.5, 0.25, 0.25)


@dataclass(frozen=True)
class CohortPlan:
    """What to render. Clips go round the people in turn; each picture and each clip is a session of its own."""

    seed: int = 1
    people: int = 200
    pictures: int = 10  # a person
    clips: int = 150
    frames: int = 40  # a clip
    frames_per_second: float = 8.0
    side_px: int = 128

    def __post_init__(self) -> None:
        if self.people < 1 or self.pictures < 0 or self.clips < 0 or self.frames < 1:
            raise ValueError("a cohort needs at least one person, and one frame a clip")
        if self.side_px < 32:
            raise ValueError(f"pictures of {self.side_px} px are too small; take at least 32")


@dataclass(frozen=True)
class Picture:
    """One rendered picture (side, side, 3) uint8 sRGB and what is true of it."""

    person: int
    session: int
    expression: int  # index into EXPRESSIONS
    units: np.ndarray  # (52,)
    pose_deg: np.ndarray  # (3,): yaw, pitch, roll
    pixels: np.ndarray


@dataclass(frozen=True)
class Clip:
    """One rendered session: `pixels` (T, side, side, 3), `units` (T, 52), `pose_deg` (T, 3) and its severity."""

    person: int
    session: int
    severity: int
    units: np.ndarray
    pose_deg: np.ndarray
    pixels: np.ndarray


def person_seeds(plan: CohortPlan) -> np.ndarray:
    """The seed of every person (P,): far apart for every seed of the plan, so that two cohorts share nobody."""
    return np.arange(plan.people) + plan.seed * 1_000_000


def splits(plan: CohortPlan) -> np.ndarray:
    """Index into SPLITS of every person (P,); nobody is in two."""
    order = np.random.default_rng([plan.seed, 8]).permutation(plan.people)
    ends = np.rint(np.cumsum(_SHARES) * plan.people).astype(int)
    result = np.empty(plan.people, dtype=np.int64)
    result[order] = np.searchsorted(ends, np.arange(plan.people), side="right")
    return result


def render_cohort(
    basis: HeadBasis, plan: CohortPlan, advance: Callable[[int, int], None] = lambda done, total: None
) -> Iterator[Picture | Clip]:
    """Every picture and clip, person by person; `advance(done, total)` counts rendered frames."""
    done, total = 0, plan.people * plan.pictures + plan.clips * plan.frames
    for index, seed in enumerate(person_seeds(plan)):
        person = draw_person(basis, int(seed))
        skin = paint_skin(person)
        sessions = [*range(plan.pictures), *range(plan.pictures, plan.pictures + clips_of(plan, index))]
        for session in sessions:
            rendered = (_picture if session < plan.pictures else _clip)(basis, plan, person, skin, index, session)
            done += 1 if isinstance(rendered, Picture) else plan.frames
            advance(done, total)
            yield rendered


def clips_of(plan: CohortPlan, person: int) -> int:
    """How many clips show this person."""
    return plan.clips // plan.people + (person < plan.clips % plan.people)


def _picture(basis: HeadBasis, plan: CohortPlan, person: Person, skin: Skin, index: int, session: int) -> Picture:
    seed = session_seed(person.seed, session)
    rng = np.random.default_rng([seed, 9])
    expression = int(rng.integers(len(EXPRESSIONS)))
    units = express(EXPRESSIONS[expression], float(rng.uniform(0.5, 1.0)), rng)
    pose = draw_pose(seed)
    sitter = seat(basis, person, draw_scene(person, seed), skin)
    pixels = render(sitter, units, pose, plan.side_px, plan.side_px)
    return Picture(index, session, expression, units, _degrees(pose), pixels)


def _clip(basis: HeadBasis, plan: CohortPlan, person: Person, skin: Skin, index: int, session: int) -> Clip:
    seed = session_seed(person.seed, session)
    rng = np.random.default_rng([seed, 10])
    severity = draw_severity(rng)
    track = act(severity, plan.frames, plan.frames_per_second, rng, draw_pose(seed))
    sitter = seat(basis, person, draw_scene(person, seed), skin)
    pixels = [
        render(sitter, units, pose, plan.side_px, plan.side_px, frame)
        for frame, (units, pose) in enumerate(zip(track.units, track.poses, strict=True))
    ]
    return Clip(
        index, session, severity, track.units, np.stack([_degrees(pose) for pose in track.poses]), np.stack(pixels)
    )


def session_seed(person_seed: int, session: int) -> int:
    """The seed of everything that changes from one session to the next."""
    return person_seed * 1000 + session


def _degrees(pose: Pose) -> np.ndarray:
    return np.array([pose.yaw_deg, pose.pitch_deg, pose.roll_deg], dtype=np.float32)
