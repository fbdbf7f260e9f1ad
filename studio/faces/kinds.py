"""The kinds of data there are, by the names that people type; which module reads them is another matter (`specs`)."""

from __future__ import annotations

KINDS = {
    "cohort": "Synthetic people that ship with the studio",
    "orl": "ORL/AT&T: 40 people, 10 pictures each",
    "folder": "Folder of people: ROOT/PERSON/*.jpg",
    "celeba": "CelebA",
    "lfw": "LFW",
    "rafdb": "RAF-DB",
    "affectnet": "AffectNet",
    "fer2013": "FER2013",
    "avec2013": "AVEC 2013",
    "avec2014": "AVEC 2014",
}
WITHOUT_PLACE = ("cohort", "orl")
"""Kinds that need no folder to be named."""


def check_spec(spec: str) -> str:
    """`spec`, KIND:PATH or a kind alone, without blanks around it; ValueError in one line when it is neither."""
    spec = spec.strip()
    kind, colon, place = spec.partition(":")
    if kind not in KINDS:
        known = ", ".join(name if name in WITHOUT_PLACE else f"{name}:PATH" for name in KINDS)
        raise ValueError(f"data “{spec}” are unknown; expected {known}")
    if not place and (colon or kind not in WITHOUT_PLACE):
        raise ValueError(f"{kind} says no folder; expected {kind}:PATH")
    return spec
