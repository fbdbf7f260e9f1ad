"""What paints itself looks as it did when somebody last looked at it: `tests/gui/pictures`, made by `painted.py`."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.gui.painted import FOLDER, PAINTED, picture_of

# Letters differ a little with the fonts of a machine; lines, areas and colours do not.
FAR = 40
MOST_FAR = 0.03  # of all pixels
MOST_MEAN = 4.0


def alike(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two pictures, uint8, are the same but for a few pixels and rounding."""
    if one.shape != other.shape:
        return False
    differences = np.abs(one.astype(int) - other).max(axis=-1)
    return bool(differences.mean() <= MOST_MEAN and (differences > FAR).mean() <= MOST_FAR)


@pytest.mark.parametrize("choice", ["dark", "light"])
@pytest.mark.parametrize("name", PAINTED)
def test_it_looks_as_it_did(qtbot, dressed, name: str, choice: str) -> None:
    dressed(choice)
    stored = cv2.imread(str(FOLDER / f"{name}-{choice}.png"))
    picture = picture_of(name)
    assert alike(picture, stored)
    assert not alike(picture[::-1], stored)
    assert not alike(255 - picture, stored)
