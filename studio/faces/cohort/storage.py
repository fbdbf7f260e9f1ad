"""A cohort on disk: one HDF5 file of WebP pictures and of tables, written while rendering, read one by one."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from types import TracebackType

import cv2
import h5py
import numpy as np

from studio.faces.cohort.basis import HeadBasis
from studio.faces.cohort.face_units import EXPRESSIONS, FACE_UNITS
from studio.faces.cohort.generate import Clip, CohortPlan, Picture, person_seeds, render_cohort, splits
from studio.faces.face_set import SPLITS, FacesError

_FORMAT = 1
_CHUNKS = (1 << 18,)
_LAYOUT = ("webp", "frame_ends", "ends")  # the other datasets are tables
PICTURE_QUALITY, _CLIP_QUALITY = 90, 80  # of WebP


def write_cohort(
    path: Path,
    basis: HeadBasis,
    plan: CohortPlan,
    rendered: Callable[[], None] = lambda: None,
    people: Iterable[int] | None = None,
) -> None:
    """Render `plan`, or a part of its `people`, into `path`; `rendered` is called a frame.

    The file appears when it is whole, and an error or an interruption leaves none.
    """
    with _new_file(path, plan) as file:
        pictures, clips = _Pile(file, "pictures"), _Pile(file, "clips")
        for item in render_cohort(basis, plan, range(plan.people) if people is None else people, rendered):
            if isinstance(item, Picture):
                pictures.add([encode(item.pixels, PICTURE_QUALITY)], _row(item, expression=item.expression))
            else:
                encoded = [encode(frame, _CLIP_QUALITY) for frame in item.pixels]
                clips.add(encoded, _row(item, severity=item.severity))
        pictures.close()
        clips.close()


def join_cohorts(path: Path, parts: Sequence[Path]) -> None:
    """One cohort file of `parts`, which hold the people of one plan in their order; it appears when it is whole."""
    with ExitStack() as opened:
        cohorts = [opened.enter_context(Cohort(part)) for part in parts]
        file = opened.enter_context(_new_file(path, cohorts[0].plan))
        pictures, clips = _Pile(file, "pictures"), _Pile(file, "clips")
        for cohort in cohorts:
            pictures.extend(cohort.pictures)
            clips.extend(cohort.clips)
        pictures.close()
        clips.close()


def shrink_cohort(path: Path, source: Path, side_px: int, quality: int = _CLIP_QUALITY) -> None:
    """The pictures of the cohort file `source`, made smaller, without its clips; `path` appears when it is whole."""
    with Cohort(source) as large, _new_file(path, replace(large.plan, clips=0, side_px=side_px)) as file:
        pile, columns = _Pile(file, "pictures"), large.pictures.columns()
        for index in range(len(large.pictures)):
            small = cv2.resize(large.pictures.frame(index), (side_px, side_px), interpolation=cv2.INTER_AREA)
            pile.add([encode(small, quality)], {name: column[index] for name, column in columns.items()})
        pile.close()
        _Pile(file, "clips").close()


@contextmanager
def _new_file(path: Path, plan: CohortPlan) -> Iterator[h5py.File]:
    """A cohort file with all but its pictures and clips, moved to `path` when they are in."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with h5py.File(partial, "w") as file:
            file.attrs.update(format=_FORMAT, plan=json.dumps(asdict(plan)), simulated=True)
            file["people/seed"], file["people/split"] = person_seeds(plan), splits(plan)
            yield file
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


class Cohort:
    """A cohort file, open for reading; tables are arrays, pictures are decoded when asked for.

    FacesError says what is wrong with a file that is not a cohort.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file = h5py.File(path, "r")
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else str(error).splitlines()[0]
            raise FacesError(f"{path} cannot be read as a cohort: {reason}") from error
        if self._file.attrs.get("format") != _FORMAT:
            self._file.close()
            raise FacesError(f"{path} is not a cohort of format {_FORMAT}; make one with `opticaldr cohort generate`")
        try:
            self.plan = CohortPlan(**json.loads(self._file.attrs["plan"]))
            self.pictures = Frames(self._file["pictures"])
            self.clips = Frames(self._file["clips"])
            self.seeds = np.asarray(self._file["people/seed"])  # (P,) no two different people share one
            self.split = np.asarray(self._file["people/split"])  # (P,) index into SPLITS
        except (KeyError, TypeError, ValueError) as error:
            self._file.close()
            raise FacesError(f"{path} is a damaged cohort; generate it anew ({error})") from error

    def __enter__(self) -> Cohort:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()

    def split_counts(self) -> dict[str, int]:
        """How many people are in each split."""
        return dict(zip(SPLITS, np.bincount(self.split, minlength=len(SPLITS)).tolist(), strict=True))

    def info(self) -> dict[str, object]:
        """Counts for `opticaldr cohort info`."""
        return {
            "people": len(self.split),
            "pictures": len(self.pictures),
            "sessions": len(self.clips),
            "frames_per_session": self.plan.frames,
            "side_px": self.plan.side_px,
            "splits": self.split_counts(),
            "expressions": list(EXPRESSIONS),
            "face_units": list(FACE_UNITS),
            "severity": "simulated, 0-63; not clinical",
        }


@dataclass(frozen=True)
class Frames:
    """The pictures (one frame each) or the clips of a cohort, with their tables."""

    group: h5py.Group

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, index: int) -> np.ndarray:
        """Frames (T, side, side, 3) uint8 RGB of one picture or clip."""
        return np.stack([_decode(frame) for frame in self.encoded(index)])

    def encoded(self, index: int) -> list[np.ndarray]:
        """The frames of one picture or clip as they are stored: WebP."""
        first = int(self.ends[index - 1]) if index else 0
        bounds = [int(self.frame_ends[first - 1]) if first else 0, *self.frame_ends[first : int(self.ends[index])]]
        stored = self.group["webp"][bounds[0] : bounds[-1]]
        return np.split(stored, np.array(bounds[1:-1], dtype=int) - bounds[0])

    def frame(self, index: int, number: int = 0) -> np.ndarray:
        """One frame (side, side, 3) uint8 RGB of one picture or clip, without decoding the others."""
        at = (int(self.ends[index - 1]) if index else 0) + number
        start = int(self.frame_ends[at - 1]) if at else 0
        return _decode(self.group["webp"][start : int(self.frame_ends[at])])

    def table(self, name: str) -> np.ndarray:
        """A column: person, session, units, pose_deg; of pictures also expression, of clips severity."""
        return np.asarray(self.group[name])

    def columns(self) -> dict[str, np.ndarray]:
        """All tables by their names; none when there is no picture or clip."""
        return {name: self.table(name) for name in self.group if name not in _LAYOUT}

    @cached_property
    def ends(self) -> np.ndarray:
        """One past the last frame of each entry."""
        return np.asarray(self.group["ends"])

    @cached_property
    def frame_ends(self) -> np.ndarray:
        """One past the last byte of each frame."""
        return np.asarray(self.group["frame_ends"])


class _Pile:
    """Frames and rows of one kind on their way to the file: bytes at once, tables at the end."""

    def __init__(self, file: h5py.File, name: str) -> None:
        self._group = file.create_group(name)
        self._webp = self._group.create_dataset("webp", (0,), np.uint8, maxshape=(None,), chunks=_CHUNKS)
        self._frame_ends: list[int] = []
        self._ends: list[int] = []
        self._rows: list[dict[str, np.ndarray]] = []

    def add(self, encoded: list[np.ndarray], row: dict[str, np.ndarray]) -> None:
        """One picture or clip: its frames as WebP, and what is true of it."""
        for frame in encoded:
            start = len(self._webp)
            self._webp.resize((start + len(frame),))
            self._webp[start:] = frame
            self._frame_ends.append(len(self._webp))
        self._ends.append(len(self._frame_ends))
        self._rows.append(row)

    def extend(self, frames: Frames) -> None:
        """All pictures or clips of another file."""
        columns = frames.columns()
        for index in range(len(frames)):
            self.add(frames.encoded(index), {name: column[index] for name, column in columns.items()})

    def close(self) -> None:
        self._group["frame_ends"] = np.array(self._frame_ends, dtype=np.int64)
        self._group["ends"] = np.array(self._ends, dtype=np.int64)
        for name in self._rows[0] if self._rows else ():
            self._group.create_dataset(name, data=np.stack([row[name] for row in self._rows]), compression="gzip")


def _row(item: Picture | Clip, **labels: int) -> dict[str, np.ndarray]:
    whole = {"person": item.person, "session": item.session, **labels}
    measured = {"units": item.units.astype(np.float16), "pose_deg": item.pose_deg.astype(np.float16)}
    return {name: np.array(value, dtype=np.int64) for name, value in whole.items()} | measured


def encode(frame: np.ndarray, quality: int) -> np.ndarray:
    """A frame (H, W, 3) uint8 RGB as WebP: bytes (N,) uint8."""
    done, encoded = cv2.imencode(".webp", frame[..., ::-1], [cv2.IMWRITE_WEBP_QUALITY, quality])
    if not done:
        raise RuntimeError("OpenCV could not encode a picture as WebP")
    return np.asarray(encoded).ravel()


def _decode(encoded: np.ndarray) -> np.ndarray:
    frame = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    if frame is None:
        raise FacesError("a picture of the cohort is damaged; generate the cohort anew")
    return np.asarray(frame[..., ::-1])
