from __future__ import annotations

import pytest

from studio.faces.cohort.basis import HeadBasis, shipped_basis


@pytest.fixture(scope="session")
def basis() -> HeadBasis:
    return shipped_basis()
