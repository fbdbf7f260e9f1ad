"""Writes the example projects and the list that makes them known: `python -m tests.make_examples`.

The same lines give the same bytes, so a rebuilt example differs only when its content does.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from studio.optics.lens import LensDesign
from studio.optics.presets import preset
from studio.project import envelope
from studio.project.model import Edit, Project, Variant
from studio.project.write import encode, minor_of

ROOT = Path(__file__).resolve().parent.parent
CREATED = "2026-11-23T00:00:00Z"


def first_light() -> Project:
    """A lens that dissolves a face by defocus and astigmatism, with the starting lenses beside it as variants."""
    design = (
        preset("focused-1m").with_zernike(4, -27.6).with_zernike(5, 1.1).with_zernike(6, -0.6).with_zernike(7, 0.35)
    )
    variants = [
        ("focused at 1 m", preset("focused-1m"), "In focus at 1 m: identity is plain to see."),
        ("plain defocus", preset("defocus-disc"), "Defocus alone, a blur disc of 15 % of the window."),
        ("paper, literal", preset("paper-literal"), "Z4 = -51 µm as printed: 70 % of the window."),
        ("perfect image", LensDesign(ideal=True), "No lens at all; only the sensor is left."),
    ]
    return Project(
        design=design,
        variants=tuple(Variant(name=name, design=lens, notes=notes, created=CREATED) for name, lens, notes in variants),
        history=(
            Edit("New from focused-1m", CREATED),
            Edit("Change defocus", CREATED),
            Edit("Add astigmatism", CREATED),
        ),
        notes="A first look: a hand-made lens, not a trained one. Nothing here has been measured against an attacker.",
        created=CREATED,
    )


def main() -> None:
    examples = {"first-light.odr": first_light()}
    for name, project in examples.items():
        # sealed with a key nobody keeps: examples are trusted by their hash, not by who wrote them
        (ROOT / "projects" / name).write_bytes(envelope.seal(encode(project), bytes(32), minor_of(project)))
    shipped = sorted((ROOT / "projects").glob("*.odr"))  # those that a command made, too
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" for path in shipped]
    (ROOT / "resources" / "examples.sha256").write_text("\n".join(lines) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
