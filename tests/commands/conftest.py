"""Commands as a user or a script gives them, within this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from studio import cli


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = tmp_path / "lens.odr"
    assert cli.main(["new", str(path), "--preset", "random-zernike:1"]) == 0
    return path


@pytest.fixture
def run_json(capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Run a command that must end with `code`; returns what it prints with --json."""

    def run(*arguments: object, code: int = 0) -> Any:
        capsys.readouterr()
        ended = cli.main([*map(str, arguments), "--json"])
        out = capsys.readouterr()
        assert ended == code, out.err
        return json.loads(out.out)

    return run


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command that must fail, with 2 unless `code` says otherwise; returns its one line."""

    def run(*arguments: object, code: int = 2) -> str:
        capsys.readouterr()
        assert cli.main(list(map(str, arguments))) == code
        out = capsys.readouterr()
        assert out.out == ""
        assert out.err.count("\n") == 1
        assert "unexpected" not in out.err
        return out.err

    return run


def photo(path: Path, height: int = 40, width: int = 60, seed: int = 0) -> Path:
    """A picture with soft random shapes."""
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    pixels = cv2.GaussianBlur(pixels, (5, 5), 2)
    assert cv2.imwrite(str(path), pixels[..., 1] if path.suffix == ".pgm" else pixels)
    return path
