"""The known-plaintext attack: somebody who has a few clear pictures and their captures works out the PSF from them.

Least squares over all pairs, colour by colour in the Fourier domain (what a point light would give at once), with
pictures faded towards their borders, since what lies beyond them is not known.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.capture.offline import OfflineCamera
from studio.faces.recognisers import Picture
from studio.optics.sensor import srgb_to_linear

_RIDGE = 1e-3  # of the mean power: frequencies that no known picture holds stay 0


def estimated_psf(clear: Sequence[Picture], shown: Sequence[Picture]) -> NDArray[np.float32]:
    """(3, K, K) with K the pictures' shorter side, made odd: the blur between `clear` and `shown`, all of one size."""
    before, after = _spectra(clear), _spectra(shown)
    power = (np.abs(before) ** 2).sum(0)
    transfer = (np.conj(before) * after).sum(0) / (power + _RIDGE * power.mean((-2, -1), keepdims=True))
    height, width = clear[0].shape[:2]
    side = (min(height, width) - 1) // 2 * 2 + 1
    wide = np.fft.fftshift(np.fft.irfft2(transfer, s=(height, width)), axes=(-2, -1))
    top, left = height // 2 - side // 2, width // 2 - side // 2
    psf = wide[:, top : top + side, left : left + side].clip(0)
    return (psf / psf.sum((-2, -1), keepdims=True)).astype(np.float32)


class Eavesdropper:
    """Works out the blur of frames of any size from the first `count` of `known` pictures and their captures."""

    def __init__(self, known: Sequence[Picture], camera: OfflineCamera, count: int) -> None:
        self._known, self._camera = known[:count], camera
        self._psfs: dict[tuple[int, int], NDArray[np.float32]] = {}

    def kernel(self, height: int, width: int) -> NDArray[np.floating]:
        """(3, K, K)"""
        if (height, width) not in self._psfs:
            clear = [cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA) for picture in self._known]
            shown = [self._camera(picture, number, "known") for number, picture in enumerate(clear)]
            captures = [np.rint(255 * np.clip(one, 0, 1)).astype(np.uint8) for one in shown]
            self._psfs[height, width] = estimated_psf(clear, captures)
        return self._psfs[height, width]


def _spectra(pictures: Sequence[Picture]) -> NDArray[np.complexfloating]:
    """(N, 3, H, W // 2 + 1) of linear light around its mean, faded towards the borders."""
    light = srgb_to_linear(np.stack(pictures).transpose(0, 3, 1, 2).astype(np.float32) / 255)
    light = light - light.mean((-2, -1), keepdims=True)
    return np.fft.rfft2(light * np.outer(np.hanning(light.shape[-2]), np.hanning(light.shape[-1])))
