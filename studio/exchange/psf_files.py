"""A PSF as a file: numbers (NPZ), a picture (PNG, 8 or 16 bit) or a figure (SVG)."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from studio.exchange.psf_picture import GREY, LOG_DECADES, PsfLook, colour_table, extent_um, psf_picture, psf_shares
from studio.exchange.scales import linear_ticks, nice_length, tick_text
from studio.optics.lens import COLOURS
from studio.optics.psf import Psf
from studio.optics.psf_grid import PsfGrid
from studio.project import atomic

NPZ, PNG, SVG = ".npz", ".png", ".svg"
FORMATS = (NPZ, PNG, SVG)
_SIDE, _LEFT, _TOP, _BELOW, _BAR = 480, 72, 16, 56, 96  # of the figure, px; _BAR is the room of the colour bar


def write_psf(
    psf: Psf,
    path: Path,
    look: PsfLook | None = None,
    *,
    bits: int = 8,
    progress: Callable[[float], object] = lambda _share: None,
) -> Path:
    """Write `psf` in the format that the name asks for, NPZ when it asks for none; returns the file's path.

    `look` is for pictures; `bits` (8 or 16) for PNG. The file appears whole or not at all; `progress(share)` is called
    while it is written and may raise. Raises OSError, with the file's name, when it cannot be written.
    """
    look = look or PsfLook()
    target = target_path(path)
    if target.suffix.lower() == NPZ:
        content = npz_bytes(psf)
    elif target.suffix.lower() == PNG:
        content = png_bytes(psf, look, bits)
    else:
        content = svg_text(psf, look).encode()
    try:
        atomic.write(target, content, verify=lambda _: None, progress=progress)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from error
    return target


def target_path(path: Path) -> Path:
    """`path`, with `.npz` added unless it ends in one of FORMATS."""
    return path if path.suffix.lower() in FORMATS else path.with_name(f"{path.name}{NPZ}")


def npz_bytes(psf: Psf) -> bytes:
    """All of `psf`: psf (3, K, K) float32, pitch_m, wavelengths_m, window_energy and strehl (3,), grid as JSON."""
    file = io.BytesIO()
    np.savez(
        file,
        psf=psf.values,
        pitch_m=psf.pitch_m,
        wavelengths_m=np.array(psf.wavelengths_m),
        window_energy=np.array(psf.window_energy),
        strehl=np.array(psf.strehl),
        grid=json.dumps(grid_facts(psf.grid)),
    )
    return file.getvalue()


def grid_facts(grid: PsfGrid) -> dict[str, Any]:
    return {
        "pupil_samples": grid.pupil_samples,
        "nodes_per_pixel": grid.nodes_per_pixel,
        "window_px": grid.window_px,
        "reason": grid.reason,
    }


def png_bytes(psf: Psf, look: PsfLook, bits: int = 8) -> bytes:
    """A pixel for each of the PSF's. 8 bits as on screen; 16 are data: grey or three colours, without a colour map.

    ValueError for other bit depths.
    """
    if bits == 8:
        picture = psf_picture(psf.values, look.channel, look.log, look.colour_map)[..., ::-1]
    elif bits == 16:
        levels = np.rint(psf_shares(psf.values, look.channel, look.log) * 65535.0).astype(np.uint16)
        picture = levels[::-1].transpose(1, 2, 0)
    else:
        raise ValueError(f"bits is {bits}; 8 or 16 is needed")
    return _png(picture)


def _png(picture: np.ndarray) -> bytes:
    """`picture` in the B, G, R order of cv2."""
    done, encoded = cv2.imencode(PNG, np.ascontiguousarray(picture))
    assert done, "cv2 writes PNG of any size"
    return encoded.tobytes()


def svg_text(psf: Psf, look: PsfLook) -> str:
    """A figure on white: the picture with its axes in um, a scale bar and, for a single colour, the colour scale."""
    low, high = extent_um(psf)
    scale_px = _SIDE / (high - low)
    bottom = _TOP + _SIDE
    parts = [_image(_LEFT, _TOP, _SIDE, _SIDE, png_bytes(psf, look))]
    parts.append(f'<rect x="{_LEFT}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#000"/>')
    for value in linear_ticks(low, high, 7):
        at = (value - low) * scale_px
        parts.append(f'<path d="M{_LEFT + at:.2f} {bottom}v5M{_LEFT} {_TOP + at:.2f}h-5" stroke="#000"/>')
        parts.append(_text(_LEFT + at, bottom + 20, tick_text(value)))
        parts.append(_text(_LEFT - 9, _TOP + at + 4.5, tick_text(value), anchor="end"))
    middle = _TOP + _SIDE / 2
    parts.append(_text(_LEFT + _SIDE / 2, bottom + 44, "x on the sensor (µm)"))
    parts.append(_text(18, middle, "y on the sensor (µm)", extra=f' transform="rotate(-90 18 {middle})"'))
    parts += _scale_bar(nice_length((high - low) / 4.0), scale_px)
    width = _LEFT + _SIDE + 24
    if look.channel is not None:
        parts += _colour_bar(look)
        width += _BAR
    size = f'width="{width}" height="{bottom + _BELOW}" viewBox="0 0 {width} {bottom + _BELOW}"'
    return "\n".join(
        (
            '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
            f'{size} font-family="sans-serif" font-size="13">',
            f"<title>{describe(psf, look)}</title>",
            '<rect width="100%" height="100%" fill="#fff"/>',
            *parts,
            "</svg>\n",
        )
    )


def describe(psf: Psf, look: PsfLook) -> str:
    """One line for those who do not see the picture."""
    low, high = extent_um(psf)
    colour = "all colours" if look.channel is None else COLOURS[look.channel]
    scale = f"logarithmic, {LOG_DECADES} decades" if look.log else "linear"
    return f"Point spread function, {colour}, {scale}, {high - low:.0f} µm wide"


def _text(x: float, y: float, text: str, *, anchor: str = "middle", fill: str = "#000", extra: str = "") -> str:
    return f'<text x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}" fill="{fill}"{extra}>{text}</text>'


def _image(x: float, y: float, width: float, height: float, png: bytes) -> str:
    data = base64.b64encode(png).decode()
    return (
        f'<image x="{x}" y="{y}" width="{width}" height="{height}" preserveAspectRatio="none" '
        f'style="image-rendering:pixelated" xlink:href="data:image/png;base64,{data}"/>'
    )


def _scale_bar(length_um: float, scale_px: float) -> list[str]:
    """On a dark plate, so that it reads on any picture."""
    width = length_um * scale_px
    text = f"{length_um / 1000:g} mm" if length_um >= 1000 else f"{length_um:g} µm"
    plate = max(width, 64.0) + 16
    x, y = _LEFT + 12, _TOP + _SIDE - 12
    middle = x + plate / 2
    return [
        f'<rect x="{x}" y="{y - 36}" width="{plate:.2f}" height="36" rx="4" fill="#000" fill-opacity="0.7"/>',
        f'<rect x="{middle - width / 2:.2f}" y="{y - 11}" width="{width:.2f}" height="3" fill="#fff"/>',
        _text(middle, y - 18, text, fill="#fff"),
    ]


def _colour_bar(look: PsfLook) -> list[str]:
    x = _LEFT + _SIDE + 20
    colours = colour_table(look.colour_map if look.channel is not None else GREY)
    parts = [
        _image(x, _TOP, 16, _SIDE, _png(colours[::-1, None, ::-1])),
        f'<rect x="{x}" y="{_TOP}" width="16" height="{_SIDE}" fill="none" stroke="#000"/>',
    ]
    shares = [n / LOG_DECADES for n in range(LOG_DECADES + 1)] if look.log else linear_ticks(0.0, 1.0, 6)
    for share in shares:
        y = _TOP + (1.0 - share) * _SIDE
        value = 10.0 ** round(LOG_DECADES * (share - 1.0)) if look.log else share
        parts.append(f'<path d="M{x + 16} {y:.2f}h5" stroke="#000"/>')
        parts.append(_text(x + 25, y + 4.5, tick_text(value), anchor="start"))
    middle, at = _TOP + _SIDE / 2, x + 84
    parts.append(_text(at, middle, "share of the peak", extra=f' transform="rotate(-90 {at} {middle})"'))
    return parts
