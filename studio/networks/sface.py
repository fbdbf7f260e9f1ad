"""SFace as a torch module, from the same file that the ONNX runtime runs: differentiable, and ready to be retrained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from studio.faces import models

Constants = dict[str, NDArray]


def load(path: Path | None = None) -> nn.Sequential:
    """The network, in evaluation mode: RGB of 0 to 255, (N, 3, 112, 112), to embeddings (N, 128).

    The file is one chain of layers with weights quantised in blocks. ModelError when it is missing or is not that.
    """
    import onnx
    from onnx import numpy_helper

    file = path or models.path("sface", "face_recognition_sface_2021dec_int8bq.onnx")
    graph = onnx.load(str(file)).graph
    constants: Constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    layers: list[nn.Module] = []
    for node in graph.node:
        said = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        if node.op_type == "DequantizeLinear":
            values, scales, zeros = (constants[n] for n in node.input)
            constants[node.output[0]] = _dequantised(values, scales, zeros, said)
        elif node.op_type == "Reshape" and node.input[0] in constants:
            constants[node.output[0]] = constants[node.input[0]].reshape(constants[node.input[1]])
        elif node.op_type == "Constant":
            constants[node.output[0]] = numpy_helper.to_array(said["value"])
        elif node.op_type not in ("Sub", "Mul", "Dropout"):
            layers.append(_layer(node.op_type, [constants[n] for n in node.input[1:]], said))
        elif node.op_type != "Dropout":
            layers.append(Affine(*_sub_or_mul(node.op_type, constants[node.input[1]].item())))
    return nn.Sequential(*layers).eval().to(memory_format=torch.channels_last)


class BatchNorm(nn.BatchNorm2d):
    """Of feature maps (N, C, H, W) and of embeddings (N, C) alike."""

    def _check_input_dim(self, values: torch.Tensor) -> None:
        if values.dim() not in (2, 4):
            raise ValueError(f"(N, C) or (N, C, H, W) is expected, not {tuple(values.shape)}")


class PRelu(nn.Module):
    """nn.PReLU, whose own gradient takes a quarter of a training step on a CPU."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(channels))

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        positive = functional.relu(values)
        return positive + self.weight.view(1, -1, *[1] * (values.dim() - 2)) * (values - positive)


class Affine(nn.Module):
    """values * scale + shift, with two plain numbers."""

    def __init__(self, scale: float, shift: float) -> None:
        super().__init__()
        self.scale, self.shift = scale, shift

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return values * self.scale + self.shift


def _sub_or_mul(kind: str, number: float) -> tuple[float, float]:
    return (1.0, -number) if kind == "Sub" else (number, 0.0)


def _dequantised(values: NDArray, scales: NDArray, zeros: NDArray, said: dict[str, Any]) -> NDArray:
    """(value - zero) * scale, both constant over blocks along one axis (ONNX, DequantizeLinear-21)."""
    axis, block = said["axis"], said["block_size"]
    scales, zeros = (np.repeat(a, block, axis).take(range(values.shape[axis]), axis) for a in (scales, zeros))
    return (values.astype(np.float32) - zeros.astype(np.float32)) * scales


def _layer(kind: str, weights: list[NDArray], said: dict[str, Any]) -> nn.Module:
    tensors = [torch.from_numpy(np.array(w, np.float32)) for w in weights]
    layer: nn.Module
    names: tuple[str, ...]
    if kind == "Conv":
        out, per_group, height, width = weights[0].shape
        groups = said["group"]
        layer = nn.Conv2d(
            per_group * groups,
            out,
            (height, width),
            said["strides"],
            said["pads"][:2],
            groups=groups,
            bias=len(weights) > 1,
        )
        names = ("weight", "bias")
    elif kind == "BatchNormalization":
        layer = BatchNorm(len(weights[0]), said["epsilon"])
        names = ("weight", "bias", "running_mean", "running_var")
    elif kind == "PRelu":
        layer, tensors = PRelu(weights[0].size), [tensors[0].flatten()]
        names = ("weight",)
    elif kind == "Gemm":
        layer = nn.Linear(weights[0].shape[1], weights[0].shape[0])
        names = ("weight", "bias")
    elif kind == "Flatten":
        return nn.Flatten()
    else:
        raise models.ModelError(f"the network of SFace has a layer {kind} that is not expected")
    layer.load_state_dict(dict(zip(names, tensors, strict=False)), strict=False)
    return layer
