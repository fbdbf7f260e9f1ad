"""The learned inversion (A4): a U-Net that is trained to give back the clear picture, through this very lens.

It is given the capture and what a Wiener filter with the true PSF makes of it, so that it begins where the classical
inversion ends. Size, batches and rates are our choice, the same for every lens.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from studio.evaluation.practice import SIZE_PX, Practice
from studio.evaluation.trained_cache import Weights
from studio.faces.recognisers import Picture
from studio.listener import Listener
from studio.networks.unet import UNet

BATCHES, BATCH, RATE = 500, 12, 2e-3
_RESTORE_BATCH = 32


def learn(practice: Practice, restored: Sequence[Picture], seed: int, listener: Listener) -> Weights | None:
    """Weights of a U-Net trained on `practice`, whose captures a Wiener filter has made into `restored`; None when
    stopped."""
    torch.manual_seed(seed)
    network = UNet().train()
    given, wanted = _given(practice.captured, restored), _squares(practice.scenes.pictures)
    optimiser = torch.optim.Adam(network.parameters(), RATE)
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, BATCHES)
    rng = np.random.default_rng(seed)
    for number in range(BATCHES):
        if listener.stopping():
            return None
        listener.progress("training the inversion", number / BATCHES)
        chosen = np.sort(rng.choice(len(given), min(BATCH, len(given)), replace=False))
        inputs, targets = _tensor(given[chosen]), _tensor(wanted[chosen])
        loss = functional.l1_loss(network(inputs), targets)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        falling.step()
    return {name: value.numpy().copy() for name, value in network.state_dict().items()}


@torch.inference_mode()
def invert(weights: Weights, shown: Sequence[Picture], restored: Sequence[Picture]) -> list[Picture]:
    """What the network makes of captures `shown` and their Wiener estimates: pictures of the same sizes."""
    network = UNet()
    network.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in weights.items()})
    network.eval()
    given = _given(shown, restored)
    parts = [network(_tensor(given[i : i + _RESTORE_BATCH])) for i in range(0, len(given), _RESTORE_BATCH)]
    squares = torch.cat(parts).clamp(0, 1).mul(255).round().byte().permute(0, 2, 3, 1).numpy()
    return [_resized(square, picture.shape[1::-1]) for square, picture in zip(squares, shown, strict=True)]


def _given(shown: Sequence[Picture], restored: Sequence[Picture]) -> NDArray[np.uint8]:
    """(N, S, S, 6): capture, then its estimate."""
    return np.concatenate((_squares(shown), _squares(restored)), axis=3)


def _squares(pictures: Sequence[Picture]) -> NDArray[np.uint8]:
    return np.stack([_resized(picture, (SIZE_PX, SIZE_PX)) for picture in pictures])


def _resized(picture: Picture, size: tuple[int, int]) -> Picture:
    """`size` is (width, height), as OpenCV has it."""
    if picture.shape[1::-1] == tuple(size):
        return picture
    shrinks = picture.shape[0] > size[1]
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)


def _tensor(pictures: NDArray[np.uint8]) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))).float().div_(255)
