"""Renders a cohort: pictures of every person in sessions of their own, and clips with a simulated severity."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from studio.faces.cohort.basis import HeadBasis
from studio.faces.cohort.face_units import EXPRESSIONS, express
from studio.faces.cohort.people import draw_person
from studio.faces.cohort.render import Body, embody, render, seat
from studio.faces.cohort.scene import Pose, draw_pose, draw_scene
from studio.faces.cohort.severity import act, draw_severity

_SHARES = (0.5, 0.25, 0.25)
_SEEDS_A_COHORT = 1_000_000
_SESSIONS_A_PERSON = 1000
_PIXELS_A_CLIP = 100_000_000  # of one colour; a clip is rendered in memory


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
        if not 0 <= self.seed < _SEEDS_A_COHORT or self.people > _SEEDS_A_COHORT:
            raise ValueError(f"a cohort has a seed below {_SEEDS_A_COHORT:,} and at most as many people")
        if self.pictures + clips_of(self, 0) > _SESSIONS_A_PERSON:
            raise ValueError(f"{self.pictures} pictures and {clips_of(self, 0)} clips of one person are too many")
        if not 32 <= self.side_px <= 1024:
            raise ValueError(f"pictures of {self.side_px} px cannot be rendered; take 32 to 1024")
        if self.frames * self.side_px**2 > _PIXELS_A_CLIP:
            raise ValueError(f"clips of {self.frames:,} frames of {self.side_px} px are too large; ask for less")

    @property
    def total_frames(self) -> int:
        """Frames to render, of pictures and of clips."""
        return self.people * self.pictures + self.clips * self.frames

    def frames_of(self, people: Iterable[int]) -> int:
        """Frames to render of these people."""
        return sum(self.pictures + clips_of(self, person) * self.frames for person in people)


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
    return np.arange(plan.people) + plan.seed * _SEEDS_A_COHORT


def splits(plan: CohortPlan) -> np.ndarray:
    """Index into SPLITS of every person (P,); nobody is in two."""
    order = np.random.default_rng([plan.seed, 8]).permutation(plan.people)
    ends = np.rint(np.cumsum(_SHARES) * plan.people).astype(int)
    result = np.empty(plan.people, dtype=np.int64)
    result[order] = np.searchsorted(ends, np.arange(plan.people), side="right")
    return result


def render_cohort(
    basis: HeadBasis, plan: CohortPlan, people: Iterable[int], rendered: Callable[[], None] = lambda: None
) -> Iterator[Picture | Clip]:
    """Every picture and clip of these of the plan's people, person by person; `rendered` is called a frame."""
    for index in people:
        body = embody(basis, draw_person(basis, int(person_seeds(plan)[index])))
        for session in range(plan.pictures + clips_of(plan, index)):
            show = _picture if session < plan.pictures else _clip
            yield show(body, plan, index, session, rendered)


def clips_of(plan: CohortPlan, person: int) -> int:
    """How many clips show this person."""
    return plan.clips // plan.people + (person < plan.clips % plan.people)


def _picture(body: Body, plan: CohortPlan, index: int, session: int, rendered: Callable[[], None]) -> Picture:
    seed = session_seed(body.person.seed, session)
    rng = np.random.default_rng([seed, 9])
    expression = int(rng.integers(len(EXPRESSIONS)))
    units = express(EXPRESSIONS[expression], float(rng.uniform(0.5, 1.0)), rng)
    pose = draw_pose(seed)
    sitter = seat(body, draw_scene(body.person, seed))
    pixels = render(sitter, units, pose, plan.side_px, plan.side_px)
    rendered()
    return Picture(index, session, expression, units, _degrees(pose), pixels)


def _clip(body: Body, plan: CohortPlan, index: int, session: int, rendered: Callable[[], None]) -> Clip:
    seed = session_seed(body.person.seed, session)
    rng = np.random.default_rng([seed, 10])
    severity = draw_severity(rng)
    track = act(severity, plan.frames, plan.frames_per_second, rng, draw_pose(seed))
    sitter = seat(body, draw_scene(body.person, seed))
    pixels = np.empty((plan.frames, plan.side_px, plan.side_px, 3), dtype=np.uint8)
    for frame, (units, pose) in enumerate(zip(track.units, track.poses, strict=True)):
        pixels[frame] = render(sitter, units, pose, plan.side_px, plan.side_px, frame)
        rendered()
    pose_deg = np.stack([_degrees(pose) for pose in track.poses])
    return Clip(index, session, severity, track.units, pose_deg, pixels)


def session_seed(person_seed: int, session: int) -> int:
    """The seed of everything that changes from one session to the next."""
    return person_seed * _SESSIONS_A_PERSON + session


def _degrees(pose: Pose) -> np.ndarray:
    return np.array([pose.yaw_deg, pose.pitch_deg, pose.roll_deg], dtype=np.float32)
