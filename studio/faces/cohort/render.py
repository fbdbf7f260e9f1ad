"""From a person, a scene, face units and a pose to a picture."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from studio.faces.cohort.basis import EYE, LIPS, MOUTH_INSIDE, SKIN, TEETH, TONGUE, HeadBasis
from studio.faces.cohort.face_units import FACE_UNITS, gaze_degrees
from studio.faces.cohort.hair import Ground, Strands, draw_strands, find_ground, grow, in_sight
from studio.faces.cohort.people import Person
from studio.faces.cohort.raster import Fragments, rasterise, vertex_normals
from studio.faces.cohort.scene import Pose, Scene, background
from studio.faces.cohort.skin import Skin, map_pixels, paint_skin, wrapped
from studio.faces.cohort.visibility import harmonics

_OVERSAMPLING = 2
_EYES_APART, _EYES_DOWN = 0.30, 0.46  # of the picture's width and height
_PIVOT_DM = np.array([0.0, 6.35, 0.25])
_SCATTER = np.array([0.32, 0.16, 0.10])  # how far light creeps round into the shade under skin, by colour


@dataclass(frozen=True)
class Body:
    """A person with what stays the same from session to session worked out once."""

    basis: HeadBasis
    person: Person
    skin: Skin
    shape: np.ndarray  # (V, 3)
    ground: Ground


@dataclass(frozen=True)
class Sitter:
    """A body in one session, with what stays the same from frame to frame worked out once."""

    body: Body
    scene: Scene
    strands: Strands
    density: int


def embody(basis: HeadBasis, person: Person) -> Body:
    skin = paint_skin(person)
    shape = basis.shape(person.weights)
    still = basis.move(shape, np.zeros(len(FACE_UNITS), dtype=np.float32))
    return Body(basis, person, skin, shape, find_ground(basis, still, skin))


def seat(body: Body, scene: Scene, density: int = 1) -> Sitter:
    """`density` of the hair as for `grow`."""
    return Sitter(body, scene, grow(body.ground, body.person, scene, density), density)


def render(sitter: Sitter, units: np.ndarray, pose: Pose, height: int, width: int, seed: int = 0) -> np.ndarray:
    """An 8-bit sRGB picture (height, width, 3) with the eyes about 30 % of the shorter side apart."""
    body, scene = sitter.body, sitter.scene
    basis = body.basis
    tall, wide = height * _OVERSAMPLING, width * _OVERSAMPLING
    moved = basis.move(body.shape, _at_rest(body.person, units))
    turn = _rotation(pose)
    posed = _posed(basis, moved, turn)
    camera = _Camera.aim(basis, posed, pose, scene, tall, wide)
    screen, depth = camera.project(posed)
    solid, part = basis.solid
    depth[np.concatenate(basis.eyes)] += 0.012  # lids close over the eyeballs, not into them
    seen = rasterise(screen, depth, solid, tall, wide)

    linear = background(scene, tall, wide).reshape(-1, 3)
    linear[seen.pixel] = _shade(sitter, seen, solid, part[seen.triangle], posed, turn, units)
    picture = _developed(linear, scene).reshape(tall, wide, 3)
    nearest = np.full(tall * wide, np.inf, dtype=np.float32)
    nearest[seen.pixel] = seen.depth
    _draw_lashes(picture, sitter, screen, depth, nearest)
    _draw_hair(picture, sitter, camera, turn, nearest.reshape(tall, wide))
    return _taken(picture, scene, height, width, seed)


def _at_rest(person: Person, units: np.ndarray) -> np.ndarray:
    """The units on top of how this person's lids hang and mouth corners lift; wide eyes and frowns undo it."""
    value = units.copy()
    for side in ("Left", "Right"):
        for unit, opposite, rest in (("eyeBlink", "eyeWide", person.lids), ("mouthSmile", "mouthFrown", person.smile)):
            own = FACE_UNITS.index(f"{unit}{side}")
            rest = rest * (1 - units[FACE_UNITS.index(f"{opposite}{side}")])
            value[own] = rest + (1 - rest) * units[own]
    return value


@dataclass(frozen=True)
class _Camera:
    eye: np.ndarray  # (3,) the point it looks at, in decimetres
    distance: float
    focal_px: float
    centre: np.ndarray  # (2,) of that point on screen

    @staticmethod
    def aim(basis: HeadBasis, posed: np.ndarray, pose: Pose, scene: Scene, height: int, width: int) -> _Camera:
        right, left = (posed[eye].mean(axis=0) for eye in basis.eyes)
        apart = np.linalg.norm(left - right)
        side = min(height, width)
        focal = _EYES_APART * pose.zoom * side * scene.distance_dm / apart
        centre = np.array([width * 0.5 + pose.shift[0] * side, height * _EYES_DOWN + pose.shift[1] * side])
        return _Camera((right + left) / 2, scene.distance_dm, float(focal), centre)

    def project(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Pixels (..., 2) and depths (...) of points (..., 3)."""
        offset = points - self.eye
        depth = self.distance - offset[..., 2]
        screen = offset[..., :2] * [1, -1] * (self.focal_px / depth)[..., None] + self.centre
        return screen, depth


def _rotation(pose: Pose) -> np.ndarray:
    yaw, pitch, roll = np.radians([pose.yaw_deg, pose.pitch_deg, pose.roll_deg])
    about_y = [[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]]
    about_x = [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
    about_z = [[np.cos(roll), np.sin(roll), 0], [-np.sin(roll), np.cos(roll), 0], [0, 0, 1]]
    return np.array(about_z) @ np.array(about_y) @ np.array(about_x)


def _posed(basis: HeadBasis, moved: np.ndarray, turn: np.ndarray) -> np.ndarray:
    """The head turned about the neck; the shoulders stay."""
    share = np.clip((basis.home[:, 1:2] - 5.35) / 0.9, 0, 1)
    share = share * share * (3 - 2 * share)
    return moved + share * ((moved - _PIVOT_DM) @ (turn.T - np.eye(3)))


def _shade(
    sitter: Sitter, seen: Fragments, triangles: np.ndarray, part: np.ndarray, posed: np.ndarray, turn: np.ndarray,
    units: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Linear colour (N, 3) of each fragment."""
    body, scene = sitter.body, sitter.scene
    basis, skin = body.basis, body.skin
    in_head = turn.T @ scene.key_direction
    reached = np.clip(basis.light[:, 1:] @ harmonics(in_head[None])[0], 0, 1)
    reached = reached * reached * (3 - 2 * reached)
    values = np.column_stack([vertex_normals(posed, triangles), basis.home, basis.masks, basis.light[:, 0], reached])
    at = seen.interpolate(triangles, values.astype(np.float32))
    normal = at[:, :3] / np.maximum(np.linalg.norm(at[:, :3], axis=1, keepdims=True), 1e-6)
    home, masks, open_sky, key_share = at[:, 3:6], at[:, 6:9], at[:, 9].copy(), at[:, 10].copy()

    pixels = map_pixels(wrapped(home))
    fields = (skin.colour, skin.scalp, skin.near_hair, skin.gloss)
    albedo, scalp, near_hair, gloss = (_sampled(field, pixels) for field in fields)
    albedo = _with_features(sitter, albedo, scalp, home, masks, part == SKIN)
    open_sky *= 1 - 0.30 * np.clip(near_hair - scalp, 0, 1)
    mouth = _mouth_light(units)
    inside = (part == TEETH) | (part == TONGUE)
    albedo[part == TEETH] = [0.52, 0.46, 0.38]
    albedo[part == TONGUE] = [0.35, 0.10, 0.09]
    open_sky[inside], key_share[inside] = 0.5 * mouth, 0.3 * mouth
    gloss[inside] = 0.2
    eye = part == EYE
    albedo[eye] = _eye_colour(sitter, home[eye], units)
    open_sky[eye] = 0.35 + 0.6 * open_sky[eye]

    towards = normal @ scene.key_direction
    spread = np.where((part == SKIN)[:, None], _SCATTER * (1 - 0.5 * body.person.melanin), 0.05)
    direct = np.clip((towards[:, None] + spread) / (1 + spread), 0, 1) * key_share[:, None]
    upward = 0.5 + 0.5 * normal[:, 1:2]
    ambient = (scene.sky * upward + scene.ground * (1 - upward)) * open_sky[:, None] ** 1.3
    half = _half_way(scene)
    toward_half = np.clip(normal @ half, 0, 1)
    grazing = 0.04 + 0.96 * (1 - np.clip(normal[:, 2], 0, 1)) ** 5
    shine = (
        (1.6 * toward_half**18 + 2.5 * toward_half**60)
        * np.clip(towards, 0, 1)
        * gloss
        * (1 + masks[:, LIPS])
        * (1 - scalp)
    )
    shine = np.where(eye, 60 * toward_half**400 + 2 * toward_half**30, shine) * grazing * key_share
    sheen = 0.25 * grazing[:, None] * scene.sky * open_sky[:, None] * ~inside[:, None]
    return albedo * (scene.key * direct + ambient) + shine[:, None] * scene.key * 0.45 + sheen


def _half_way(scene: Scene) -> np.ndarray:
    """Unit direction between the light and the camera."""
    half = scene.key_direction + np.array([0.0, 0.0, 1.0])
    return np.asarray(half / np.linalg.norm(half))


def _with_features(
    sitter: Sitter, albedo: np.ndarray, scalp: np.ndarray, home: np.ndarray, masks: np.ndarray, skin: np.ndarray
) -> np.ndarray:
    """Lips, the inside of the mouth, the scalp under its hair, and clothes over the skin."""
    person, scene = sitter.body.person, sitter.scene
    lips = np.clip(masks[:, LIPS : LIPS + 1] * 1.25, 0, 1) * 0.85
    albedo = albedo * (1 - lips) + person.lips * lips
    albedo = albedo * (1 - 0.85 * masks[:, MOUTH_INSIDE : MOUTH_INSIDE + 1] * [0.7, 1, 1])
    cover = (0.9 * scalp)[:, None]
    albedo = albedo * (1 - cover) + person.hair * scene.hair_tint * 0.5 * cover
    collar = scene.collar_dm + 0.10 * np.abs(home[:, 0]) - 0.12 * np.clip(home[:, 2] - 0.3, 0, 1)
    clothed = skin & (home[:, 1] < collar)
    pattern = (np.sin(home[:, 1] * 40) > 0.6) & (scene.seed % 3 == 0)
    albedo[clothed] = np.where(pattern[clothed, None], scene.clothes[1], scene.clothes[0])
    return albedo


def _mouth_light(units: np.ndarray) -> float:
    value = dict(zip(FACE_UNITS, units, strict=True))
    opened = 1.6 * value["jawOpen"] + 0.5 * value["mouthUpperUpLeft"] + 0.5 * value["mouthLowerDownLeft"]
    return float(np.clip(0.12 + opened + 0.2 * value["mouthSmileLeft"], 0, 1))


def _eye_colour(sitter: Sitter, home: np.ndarray, units: np.ndarray) -> np.ndarray:
    """Sclera, iris and pupil by the angle to the line of sight."""
    person, basis = sitter.body.person, sitter.body.basis
    colour = np.empty((len(home), 3))
    for side, (eye, gaze) in enumerate(zip(basis.eyes, np.radians(gaze_degrees(units)), strict=True)):
        here = (home[:, 0] > 0) == bool(side)
        direction = home[here] - basis.home[eye].mean(axis=0)
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        sight = np.array([np.sin(gaze[0]), np.sin(gaze[1]), np.cos(gaze[0]) * np.cos(gaze[1])])
        angle = np.degrees(np.arccos(np.clip(direction @ sight, -1, 1)))
        around = np.arctan2(direction[:, 1] - sight[1], direction[:, 0] - sight[0])
        streaks = 1 + 0.25 * np.sin(around * 17 + person.seed) * np.sin(around * 7 + 1)
        ring = np.clip(1.25 - np.abs(angle - 15) / 14, 0.25, 1.1)
        iris = person.iris * (streaks * ring)[:, None]
        white = np.array([0.62, 0.56, 0.53]) * (1 - np.clip((angle - 40) / 60, 0, 0.5))[:, None]
        edge = np.clip((angle - 24.5) / 3, 0, 1)[:, None]
        pupil = np.clip((angle - 8.5) / 2, 0.03, 1)[:, None]
        colour[here] = white * edge + iris * pupil * (1 - edge)
    return colour


def _sampled(field: np.ndarray, pixels: np.ndarray) -> np.ndarray:
    """Bilinear values of a map (H, W, ...) at columns and rows (N, 2)."""
    rows = 30000  # cv2.remap takes at most 32767 a side
    parts = [
        cv2.remap(
            field, pixels[None, start : start + rows, 0], pixels[None, start : start + rows, 1], cv2.INTER_LINEAR
        )[0]
        for start in range(0, len(pixels), rows)
    ]
    return np.concatenate(parts) if parts else np.empty((0, *field.shape[2:]), dtype=field.dtype)


def _developed(linear: np.ndarray, scene: Scene) -> np.ndarray:
    """Exposure, white balance, a soft shoulder and the sRGB curve: 8-bit, the channels as they were."""
    gain = (-1.25 * scene.exposure * scene.white_balance).astype(np.float32)
    light = 1 - np.exp(np.minimum(linear.astype(np.float32) * gain, 0))
    encoded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.rint(encoded * 255).astype(np.uint8)


def _draw_lashes(
    picture: np.ndarray, sitter: Sitter, screen: np.ndarray, depth: np.ndarray, nearest: np.ndarray
) -> None:
    basis = sitter.body.basis
    height, width = picture.shape[:2]
    seen = rasterise(screen, depth - 0.01, basis.lashes, height, width)
    home = seen.interpolate(basis.lashes, basis.home)
    centre = basis.home[basis.eyes[1]].mean(axis=0)
    reach = np.linalg.norm(np.abs(home) - centre, axis=1)
    upper = home[:, 1] > 7.277
    strength = np.where(upper, 0.85 if sitter.body.person.sex == "female" else 0.6, 0.18)
    alpha = np.clip((0.235 - reach) / 0.06, 0, 1) * strength * (seen.depth < nearest[seen.pixel] + 0.02)
    flat = picture.reshape(-1, 3)
    flat[seen.pixel] = (flat[seen.pixel] * (1 - 0.9 * alpha[:, None])).astype(np.uint8)


def _draw_hair(picture: np.ndarray, sitter: Sitter, camera: _Camera, turn: np.ndarray, nearest: np.ndarray) -> None:
    strands, scene = sitter.strands, sitter.scene
    points = (strands.points - _PIVOT_DM) @ turn.T + _PIVOT_DM
    screen, depth = camera.project(points)
    strand, step = np.nonzero(in_sight(screen, depth, nearest))
    along = _unit(points[strand, step + 1] - points[strand, step])
    outward = strands.outward[strand, step + 1] @ turn.T
    colour = strands.colour[strand]
    across_key = np.sqrt(np.clip(1 - (along @ scene.key_direction) ** 2, 0, 1))
    across_half = np.sqrt(np.clip(1 - (along @ _half_way(scene)) ** 2, 0, 1))
    lit = np.clip((outward @ scene.key_direction + 0.35) / 1.35, 0, 1)
    depth_in_coat = np.linspace(0.5, 1, points.shape[1] - 1)[step]
    upward = (0.5 + 0.5 * outward[:, 1])[:, None]
    ambient = scene.sky * upward + scene.ground * (1 - upward)
    body = colour * (scene.key * (lit * across_key)[:, None] + ambient) * depth_in_coat[:, None]
    gleam = (0.10 * across_half**40 * lit * depth_in_coat)[:, None] * scene.key * colour**0.5
    ends = np.stack([screen[strand, step], screen[strand, step + 1]], axis=1)
    far = depth[strand, step] + depth[strand, step + 1]
    draw_strands(picture, ends, far, _developed(body + gleam, scene), sitter.density)


def _unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors (N, 3) of length 1; a zero stays zero."""
    length = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    return np.asarray(vectors / np.maximum(length, 1e-9)[:, None])


def _taken(picture: np.ndarray, scene: Scene, height: int, width: int, seed: int) -> np.ndarray:
    """Down to size, a touch of lens blur, sensor noise."""
    rng = np.random.default_rng([scene.seed, seed, 7])
    small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    if scene.blur_px > 0.2:
        small = cv2.GaussianBlur(small, (0, 0), scene.blur_px)
    small += rng.normal(0, 255 * scene.noise, small.shape).astype(np.float32)
    return np.clip(np.rint(small), 0, 255).astype(np.uint8)
