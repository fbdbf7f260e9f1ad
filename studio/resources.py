"""Where packaged files are, in a wheel and in a checkout alike."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource_path(*parts: str) -> Path:
    """Path of a file below `resources/`; FileNotFoundError names what is missing."""
    return _find("_resources", "resources", parts)


def project_path(*parts: str) -> Path:
    """Path of an example below `projects/`; FileNotFoundError names what is missing."""
    return _find("_projects", "projects", parts)


def _find(in_wheel: str, in_checkout: str, parts: tuple[str, ...]) -> Path:
    # A wheel holds the folder inside the package; an editable install sees only the checkout.
    for folder in (_PACKAGE / in_wheel, _PACKAGE.parent / in_checkout):
        path = folder.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError(f"{in_checkout}/{'/'.join(parts)} is missing from this installation; reinstall the package")
