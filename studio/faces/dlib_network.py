"""dlib's face recognition network as an ONNX graph, made from the weights in dlib's own file.

dlib itself takes nine times as long for a picture, on one core, and keeps Python from doing anything else meanwhile.
The layers are those that King (2017) published with the network: residual, 29 convolutions, half as wide as ResNet.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from onnx import ModelProto

SIDE_PX, VALUES = 150, 128
MEAN_RGB = (122.782, 117.001, 104.298)
LEVELS = 256.0
STAGES = ((32, 3, False), (64, 4, True), (128, 3, True), (256, 3, True), (256, 1, True))
"""Channels, residual blocks, and whether the first of them halves the maps."""
_OPSET = 17
_MOST_FIELDS = 12  # whole numbers between a layer's name and its weights
_CONVOLUTION, _AFFINE, _DENSE = b"\x05con_4", b"\x07affine_", b"\x04fc_2"


def onnx_model(file: Path) -> ModelProto:
    """From "data", RGB of 0 to 255 (N, 3, 150, 150), to "embedding" (N, 128). ValueError when `file` is not dlib's."""
    weights = _Weights(file.read_bytes())
    graph = _Graph()
    graph.constant("mean", np.array(MEAN_RGB, np.float32).reshape(1, 3, 1, 1))
    graph.constant("levels", np.array(LEVELS, np.float32))
    maps = graph.node("Div", [graph.node("Sub", ["data", "mean"]), "levels"])
    maps = graph.node("Relu", [graph.convolution(maps, *weights.convolution(3, 32, 7), stride=2)])
    maps = graph.node("MaxPool", [maps], kernel_shape=[3, 3], strides=[2, 2])
    channels, side = 32, ((SIDE_PX - 7) // 2 + 1 - 3) // 2 + 1
    for width, blocks, halves in STAGES:
        for number in range(blocks):
            stride = 2 if halves and number == 0 else 1
            inner = graph.convolution(maps, *weights.convolution(channels, width, 3), stride=stride)
            inner = graph.convolution(graph.node("Relu", [inner]), *weights.convolution(width, width, 3))
            if stride == 2:  # maps of two sizes are added as if zeros lay beyond the smaller
                of_inner, side = (side - 3) // 2 + 1, side // 2
                maps = graph.node("AveragePool", [maps], kernel_shape=[2, 2], strides=[2, 2])
                maps = graph.padded(maps, width - channels, max(of_inner - side, 0))
                inner = graph.padded(inner, 0, max(side - of_inner, 0))
                side = max(side, of_inner)
            maps, channels = graph.node("Relu", [graph.node("Add", [inner, maps])]), width
    mean = graph.node("Flatten", [graph.node("GlobalAveragePool", [maps])])
    graph.constant("dense", weights.dense(channels))
    return graph.model(graph.node("MatMul", [mean, "dense"]))


class _Weights:
    """The numbers of layer after layer in the order of the file, which is that of the network."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def convolution(self, channels: int, width: int, side: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Filters (width, channels, side, side) and offsets (width,), with the affine layer after them worked in."""
        count = width * channels * side**2
        values = self._numbers(_CONVOLUTION, count + width)
        scale, offset = self._numbers(_AFFINE, 2 * width).reshape(2, width)
        filters = values[:count].reshape(width, channels, side, side)
        return filters * scale[:, None, None, None], values[count:] * scale + offset

    def dense(self, channels: int) -> NDArray[np.float32]:
        """(channels, VALUES)"""
        return self._numbers(_DENSE, channels * VALUES).reshape(channels, VALUES)

    def _numbers(self, layer: bytes, count: int) -> NDArray[np.float32]:
        """Those of the next `layer`: behind its name, small whole numbers, and a tensor's shape and 32-bit floats."""
        name = self._content.find(layer, self._at)
        at = _after_shape(self._content, name + len(layer), count) if name >= 0 else -1
        if at < 0 or at + 4 * count > len(self._content):
            raise ValueError("this is not dlib's face recognition network")
        self._at = at + 4 * count
        return np.frombuffer(self._content, "<f4", count, at)


def _after_shape(content: bytes, at: int, count: int) -> int:
    """Where the floats of a tensor of `count` begin: behind four sizes whose product that is; -1 when there is none."""
    sizes: list[int] = []
    for value, end in islice(_whole_numbers(content, at), _MOST_FIELDS):
        sizes.append(value)
        if len(sizes) >= 4 and prod(sizes[-4:]) == count:
            return end
    return -1


def _whole_numbers(content: bytes, at: int) -> Iterator[tuple[int, int]]:
    """Each whole number from `at` on, and where it ends: a byte that says how many follow, the lowest first."""
    while at < len(content):
        length = content[at] & 0x0F
        end = at + 1 + length
        yield int.from_bytes(content[at + 1 : end], "little"), end
        at = end


class _Graph:
    """Nodes of an ONNX graph, each with one output that is named by its number."""

    def __init__(self) -> None:
        from onnx import helper, numpy_helper

        self._helper, self._numpy_helper = helper, numpy_helper
        self._nodes: list = []
        self._constants: list = []

    def node(self, kind: str, inputs: list[str], **attributes: object) -> str:
        name = f"{kind.lower()}_{len(self._nodes)}"
        self._nodes.append(self._helper.make_node(kind, inputs, [name], **attributes))
        return name

    def constant(self, name: str, values: NDArray) -> str:
        self._constants.append(self._numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def convolution(
        self, maps: str, filters: NDArray[np.float32], offsets: NDArray[np.float32], stride: int = 1
    ) -> str:
        number = len(self._constants)
        inputs = [maps, self.constant(f"filters_{number}", filters), self.constant(f"offsets_{number}", offsets)]
        pads = [0 if stride > 1 else filters.shape[-1] // 2] * 4  # as dlib has it
        return self.node("Conv", inputs, strides=[stride, stride], pads=pads)

    def padded(self, maps: str, channels: int, pixels: int) -> str:
        """With zeros behind the last channel, row and column."""
        if not channels and not pixels:
            return maps
        ends = np.array([0, 0, 0, 0, 0, channels, pixels, pixels], np.int64)
        return self.node("Pad", [maps, self.constant(f"ends_{len(self._constants)}", ends)])

    def model(self, output: str) -> ModelProto:
        helper = self._helper
        self._nodes.append(helper.make_node("Identity", [output], ["embedding"]))
        data = helper.make_tensor_value_info("data", 1, ["batch", 3, SIDE_PX, SIDE_PX])
        embedding = helper.make_tensor_value_info("embedding", 1, ["batch", VALUES])
        graph = helper.make_graph(self._nodes, "dlib", [data], [embedding], self._constants)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=8)
