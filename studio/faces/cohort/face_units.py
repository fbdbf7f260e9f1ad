"""The 52 face units (ARKit names) and the expressions made of them."""

from __future__ import annotations

import numpy as np

FACE_UNITS = (
    "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight", "cheekPuff",
    "cheekSquintLeft", "cheekSquintRight", "eyeBlinkLeft", "eyeBlinkRight", "eyeLookDownLeft", "eyeLookDownRight",
    "eyeLookInLeft", "eyeLookInRight", "eyeLookOutLeft", "eyeLookOutRight", "eyeLookUpLeft", "eyeLookUpRight",
    "eyeSquintLeft", "eyeSquintRight", "eyeWideLeft", "eyeWideRight", "jawForward", "jawLeft", "jawOpen", "jawRight",
    "mouthClose", "mouthDimpleLeft", "mouthDimpleRight", "mouthFrownLeft", "mouthFrownRight", "mouthFunnel",
    "mouthLeft", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthPressLeft", "mouthPressRight", "mouthPucker",
    "mouthRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper", "mouthSmileLeft",
    "mouthSmileRight", "mouthStretchLeft", "mouthStretchRight", "mouthUpperUpLeft", "mouthUpperUpRight",
    "noseSneerLeft", "noseSneerRight", "tongueOut",
)  # fmt: skip

EXPRESSIONS = ("neutral", "happiness", "sadness", "surprise", "fear", "disgust", "anger")

# Full-strength recipes after the action units usually named for each expression; `Left` and `Right` both.
_RECIPES: dict[str, dict[str, float]] = {
    "neutral": {},
    "happiness": {"mouthSmile": 1.0, "cheekSquint": 0.7, "eyeSquint": 0.25, "mouthUpperUp": 0.4, "jawOpen": 0.15},
    "sadness": {"browInnerUp": 0.9, "mouthFrown": 0.8, "mouthShrugLower": 0.35, "eyeSquint": 0.2, "eyeLookDown": 0.3},
    "surprise": {"browInnerUp": 0.8, "browOuterUp": 0.9, "eyeWide": 0.8, "jawOpen": 0.5, "mouthFunnel": 0.15},
    "fear": {
        "browInnerUp": 0.9, "browOuterUp": 0.4, "browDown": 0.3, "eyeWide": 0.9, "mouthStretch": 0.8, "jawOpen": 0.2,
    },
    "disgust": {"noseSneer": 0.9, "mouthUpperUp": 0.6, "browDown": 0.5, "eyeSquint": 0.4, "mouthFrown": 0.3},
    "anger": {"browDown": 1.0, "eyeSquint": 0.35, "noseSneer": 0.35, "mouthPress": 0.8, "jawForward": 0.3},
}  # fmt: skip


def units_from(values: dict[str, float]) -> np.ndarray:
    """Face units (52,) from names; a name without its side sets both sides. KeyError names an unknown unit."""
    units = np.zeros(len(FACE_UNITS), dtype=np.float32)
    for name, value in values.items():
        found = [index for index, unit in enumerate(FACE_UNITS) if unit in (name, f"{name}Left", f"{name}Right")]
        if not found:
            raise KeyError(f"no face unit is called {name}")
        units[found] = value
    return units


def express(expression: str, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Face units (52,) of one of EXPRESSIONS at a strength of 0..1, its units a little different every time."""
    varied = {
        name: value * float(np.clip(rng.normal(1, 0.18), 0.4, 1.6)) for name, value in _RECIPES[expression].items()
    }
    units = strength * units_from(varied)
    units *= rng.normal(1, 0.05, len(units))  # no face is quite even
    return np.clip(units, 0, 1).astype(np.float32)


def gaze_degrees(units: np.ndarray) -> np.ndarray:
    """Where the eyes look, (2, 2): right and left eye, each (to the person's left, up)."""
    value = dict(zip(FACE_UNITS, units, strict=True))
    return 28 * np.array(
        [
            [value["eyeLookInRight"] - value["eyeLookOutRight"], value["eyeLookUpRight"] - value["eyeLookDownRight"]],
            [value["eyeLookOutLeft"] - value["eyeLookInLeft"], value["eyeLookUpLeft"] - value["eyeLookDownLeft"]],
        ]
    )
