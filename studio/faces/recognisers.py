"""Recognisers behind one interface: where the face is comes from the clear picture, what is compared from any.

A recogniser takes crops of one size. `place` finds, on the *clear* picture, the transform that takes a picture to
that crop; the same transform then crops the captured one, so that a poor score is never a failed detector.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.faces import dlib_network, models
from studio.faces.detector import Face

if TYPE_CHECKING:
    from onnx import ModelProto

Picture = NDArray[np.uint8]
Transform = NDArray[np.float64]

ARCFACE_PX = 112
ARCFACE_POINTS = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]]
)
"""Where eyes, nose and corners of the mouth belong in a crop of 112 px (Deng et al., ArcFace, 2019)."""
DLIB_PX = 150
FACENET_PX, FACENET_MARGIN = 160, 0.15


@dataclass(frozen=True)
class Recogniser:
    """`embed` takes crops (N, size, size, 3) uint8 RGB and gives (N, D) float32."""

    name: str
    size_px: int
    place: Callable[[Picture, Face], Transform]
    """(2, 3) from picture to crop."""
    embed: Callable[[Picture], NDArray[np.float32]]
    metric: str = "cosine"
    """ "cosine", or "euclidean" for those whose threshold is a distance."""

    def crop(self, picture: Picture, transform: Transform) -> Picture:
        """What the recogniser is to see of `picture`, (size, size, 3)."""
        return cropped(picture, transform, self.size_px)

    def similarity(self, one: NDArray[np.floating], other: NDArray[np.floating]) -> NDArray[np.float64]:
        """Higher is more alike; (N, D) and (N, D) give (N,)."""
        one, other = one.astype(float), other.astype(float)
        if self.metric == "euclidean":
            return -np.linalg.norm(one - other, axis=-1)
        norms = np.linalg.norm(one, axis=-1) * np.linalg.norm(other, axis=-1)
        return np.einsum("...i,...i->...", one, other) / np.maximum(norms, 1e-12)


def load(name: str) -> Recogniser:
    """One of models.RECOGNISERS, or the path of a card for an ONNX file of the user's. ModelError when missing."""
    if name in _LOADERS:
        return _LOADERS[name]()
    if name.endswith(".json"):
        return from_card(Path(name))
    raise models.ModelError(f"unknown recogniser {name}: expected {', '.join(_LOADERS)} or a card CARD.json")


def installed() -> tuple[str, ...]:
    """Names of the recognisers whose files are in the cache."""
    return tuple(name for name in models.RECOGNISERS if models.MODELS[name].folder().is_dir())


def similarity_transform(source: NDArray[np.floating], target: NDArray[np.floating]) -> Transform:
    """Least-squares rotation, scale and shift of points (N, 2) onto (N, 2), without reflection (Umeyama 1991)."""
    source, target = np.asarray(source, float), np.asarray(target, float)
    from_mean, to_mean = source.mean(0), target.mean(0)
    u, s, vt = np.linalg.svd((target - to_mean).T @ (source - from_mean) / len(source))
    sign = np.array([1.0, np.sign(np.linalg.det(u @ vt))])
    rotation = u @ np.diag(sign) @ vt
    scale = (s * sign).sum() / ((source - from_mean) ** 2).sum(1).mean()
    return np.column_stack((scale * rotation, to_mean - scale * rotation @ from_mean))


def cropped(picture: Picture, transform: Transform, size_px: int) -> Picture:
    """The square of `size_px` that `transform` (2, 3) makes of a picture (H, W, 3); its edges go on beyond it."""
    shrink = float(np.hypot(transform[0, 0], transform[1, 0]))
    if shrink < 0.5:  # halve first: bilinear sampling would skip pixels
        half = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        doubled = transform.copy()
        doubled[:, :2] *= 2
        doubled[:, 2] += transform[:, :2] @ [0.5, 0.5]  # centres of pixels, not corners, keep their place
        return cropped(half, doubled, size_px)
    size = (size_px, size_px)
    return cv2.warpAffine(picture, transform, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def place_by_points(size_px: int) -> Callable[[Picture, Face], Transform]:
    """The five points where ArcFace and its kin expect them."""
    return lambda _, face: similarity_transform(face.points, ARCFACE_POINTS * size_px / ARCFACE_PX)


def place_by_box(size_px: int, margin: float) -> Callable[[Picture, Face], Transform]:
    """The box as a square, larger by `margin` on each side."""

    def place(_: Picture, face: Face) -> Transform:
        left, top, width, height = face.box
        side = max(width, height) * (1 + 2 * margin)
        scale = size_px / side
        x, y = left + width / 2 - side / 2, top + height / 2 - side / 2
        return np.array([[scale, 0, -scale * x], [0, scale, -scale * y]])

    return place


def _load_sface() -> Recogniser:
    import onnx

    model = onnx.load(str(models.path("sface", "face_recognition_sface_2021dec_int8bq.onnx")))
    for declared in [i for i in model.graph.input if i.name != "data"]:
        model.graph.input.remove(declared)  # weights listed as inputs: no runtime takes them
    for tensor in (*model.graph.input, *model.graph.output):
        tensor.type.tensor_type.shape.dim[0].dim_param = "batch"
    run = _onnx(model.SerializeToString(), unpacked=True)
    return Recogniser("sface", ARCFACE_PX, place_by_points(ARCFACE_PX), lambda crops: run(_planar(crops)))


def _load_facenet() -> Recogniser:
    net = cv2.dnn.readNetFromTensorflow(str(models.path("facenet", "graph_final.pb")))

    def embed(crops: Picture) -> NDArray[np.float32]:
        return np.concatenate([one(crop[None].astype(np.float32)) for crop in crops])  # OpenCV 5 fails on batches here

    def one(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        spread = max(float(pixels.std()), pixels.size**-0.5)
        net.setInput(_planar((pixels - pixels.mean()) / spread))
        return net.forward().copy()

    return Recogniser("facenet", FACENET_PX, place_by_box(FACENET_PX, FACENET_MARGIN), embed)


def _dlib_model() -> ModelProto:
    try:
        return dlib_network.onnx_model(models.path("dlib", "dlib_face_recognition_resnet_model_v1.dat"))
    except ValueError as error:
        raise models.ModelError(f"{error}: opticaldr models fetch dlib") from error


def _load_dlib() -> Recogniser:
    import dlib

    shape = dlib.shape_predictor(str(models.path("dlib", "shape_predictor_5_face_landmarks.dat")))
    run = _onnx(_dlib_model().SerializeToString())

    def place(clear: Picture, face: Face) -> Transform:
        left, top, width, height = face.box
        side = (width + height) / 2  # dlib's own detector gives squares
        x, y = left + width / 2 - side / 2, top + height / 2 - side / 2 + 0.08 * side
        found = shape(np.ascontiguousarray(clear), dlib.rectangle(*map(round, (x, y, x + side, y + side))))
        points = np.array([(found.part(i).x, found.part(i).y) for i in range(5)])
        return similarity_transform(points, DLIB_POINTS * DLIB_PX)

    return Recogniser("dlib", DLIB_PX, place, lambda crops: run(_planar(crops)), metric="euclidean")


DLIB_POINTS = (
    0.25
    + np.array(
        [
            [0.8595674595992, 0.2134981538014],
            [0.6460604764104, 0.2289674387677],
            [0.1205750620789, 0.2137274526848],
            [0.3340850613712, 0.2290642403242],
            [0.4901123135679, 0.6277975316475],
        ]
    )
) / 1.5
"""Corners of the eyes and base of the nose in dlib's chip with its padding of 0.25, as shares of its side."""

_LOADERS: dict[str, Callable[[], Recogniser]] = {"dlib": _load_dlib, "sface": _load_sface, "facenet": _load_facenet}


def from_card(card: Path) -> Recogniser:
    """A recogniser of the user's: an ONNX file beside a JSON card.

    {"file": "net.onnx", "size": 112, "colour": "rgb" | "bgr", "mean": 127.5, "scale": 0.0078125,
    "metric": "cosine" | "euclidean", "place": "points" | "box"}; pixels become (value - mean) * scale.
    """
    try:
        said = json.loads(card.read_text(encoding="utf-8"))
        file, size = card.parent / str(said["file"]), int(said["size"])
        reverse = {"rgb": False, "bgr": True}[said.get("colour", "rgb")]
        mean, scale = np.float32(said.get("mean", 0.0)), np.float32(said.get("scale", 1.0))
        metric = {"cosine": "cosine", "euclidean": "euclidean"}[said.get("metric", "cosine")]
        place = {"points": place_by_points(size), "box": place_by_box(size, FACENET_MARGIN)}[
            said.get("place", "points")
        ]
        run = _onnx(file.read_bytes())
    except OSError as error:
        raise models.ModelError(f"{error.filename} cannot be read: {error.strerror}") from None
    except (KeyError, TypeError, ValueError) as error:
        raise models.ModelError(f"{card}: the card is not usable: {error}") from None

    def embed(crops: Picture) -> NDArray[np.float32]:
        pixels = crops[..., ::-1] if reverse else crops
        return run(_planar((pixels.astype(np.float32) - mean) * scale))

    return Recogniser(card.stem, size, place, embed, metric)


def _planar(crops: NDArray) -> NDArray[np.float32]:
    """(N, H, W, 3) as contiguous float32 (N, 3, H, W)."""
    return np.ascontiguousarray(np.moveaxis(crops, -1, 1), np.float32)


def _onnx(content: bytes, unpacked: bool = False) -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    """The network in `content` as a function of its one input; `unpacked` weights of 8 bits are made floats once, not
    at every call."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # its warnings are about how the file was made
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # idle threads leave the cores to others
    if unpacked:
        options.add_session_config_entry("session.disable_quant_qdq", "1")
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own errors share no base class but this
        raise models.ModelError(f"the network cannot be loaded: {str(error).splitlines()[0]}") from None
    (declared,) = session.get_inputs()
    return lambda batch: session.run(None, {declared.name: batch})[0]


def embeddings(
    recogniser: Recogniser, pictures: Sequence[Picture], transforms: Sequence[Transform], batch: int = 32
) -> NDArray[np.float32]:
    """(N, D) for pictures cropped by their transforms, a batch at a time."""
    parts = []
    for start in range(0, len(pictures), batch):
        chosen = slice(start, start + batch)
        crops = [recogniser.crop(p, t) for p, t in zip(pictures[chosen], transforms[chosen], strict=True)]
        parts.append(recogniser.embed(np.stack(crops)))
    return np.concatenate(parts)
