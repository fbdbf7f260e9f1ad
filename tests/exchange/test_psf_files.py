from __future__ import annotations

import base64
import json
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest

from studio.exchange.psf_files import png_bytes, svg_text, target_path, write_psf
from studio.exchange.psf_picture import COLOUR_MAPS, PsfLook, colour_table, cross_section, extent_um, psf_picture
from studio.optics.presets import preset
from studio.optics.psf import psf

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"


@pytest.fixture(scope="module")
def computed():
    return psf(preset("random-zernike:2"), size=64)


def decoded(png: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)


def test_numbers_come_back_whole(computed, tmp_path):
    assert write_psf(computed, tmp_path / "lens") == tmp_path / "lens.npz"
    with np.load(tmp_path / "lens.npz", allow_pickle=False) as file:
        np.testing.assert_array_equal(file["psf"], computed.values)
        assert file["psf"].dtype == np.float32
        assert float(file["pitch_m"]) == computed.pitch_m
        assert file["wavelengths_m"].tolist() == list(computed.wavelengths_m)
        assert file["window_energy"].tolist() == list(computed.window_energy)
        assert file["strehl"].tolist() == list(computed.strehl)
        assert json.loads(str(file["grid"]))["pupil_samples"] == computed.grid.pupil_samples


@pytest.mark.parametrize("look", [PsfLook(), PsfLook(1, True, "viridis"), PsfLook(2)])
def test_an_8_bit_picture_is_what_the_screen_shows(computed, look, tmp_path):
    write_psf(computed, tmp_path / "p.png", look)
    picture = decoded((tmp_path / "p.png").read_bytes())[..., ::-1]
    np.testing.assert_array_equal(picture, psf_picture(computed.values, look.channel, look.log, look.colour_map))


def test_a_16_bit_picture_is_data(computed):
    grey = decoded(png_bytes(computed, PsfLook(1, colour_map="magma"), bits=16))
    assert grey.dtype == np.uint16
    np.testing.assert_allclose(grey / 65535, computed.values[1] / computed.values[1].max(), atol=1e-5)
    colours = decoded(png_bytes(computed, PsfLook(), bits=16))
    np.testing.assert_allclose(
        colours[..., ::-1] / 65535, (computed.values / computed.values.max()).transpose(1, 2, 0), atol=1e-5
    )
    with pytest.raises(ValueError, match="8 or 16"):
        png_bytes(computed, PsfLook(), bits=12)


def test_a_figure_holds_picture_axes_and_scale_bar(computed):
    look = PsfLook(1, log=True, colour_map="cividis")
    figure = ElementTree.fromstring(svg_text(computed, look))
    picture, bar = figure.findall(f"{SVG}image")
    embedded = decoded(base64.b64decode(picture.get(HREF).partition(",")[2]))
    np.testing.assert_array_equal(embedded[..., ::-1], psf_picture(computed.values, 1, True, "cividis"))
    assert decoded(base64.b64decode(bar.get(HREF).partition(",")[2])).shape[0] == 256
    texts = [text.text for text in figure.iter(f"{SVG}text")]
    assert {"x on the sensor (µm)", "y on the sensor (µm)", "share of the peak", "0", "50 µm", "0.0001"} <= set(texts)
    assert "green, logarithmic" in figure.find(f"{SVG}title").text
    plain = ElementTree.fromstring(svg_text(computed, PsfLook()))
    assert len(plain.findall(f"{SVG}image")) == 1
    assert float(plain.get("width")) < float(figure.get("width"))


def test_the_zero_of_the_axes_is_the_middle_of_the_axial_pixel(computed):
    low, high = extent_um(computed)
    pitch_um = computed.pitch_m * 1e6
    assert (high - low) / pitch_um == pytest.approx(64)
    assert -low / pitch_um == pytest.approx(32.5)


def test_formats_by_name(tmp_path):
    assert [target_path(tmp_path / n).name for n in ("a", "a.npz", "a.PNG", "a.svg", "a.v2")] == [
        "a.npz", "a.npz", "a.PNG", "a.svg", "a.v2.npz",
    ]  # fmt: skip


def test_a_file_that_cannot_be_written_is_named(computed, tmp_path):
    with pytest.raises(OSError, match="missing") as caught:
        write_psf(computed, tmp_path / "missing" / "p.svg")
    assert caught.value.filename == str(tmp_path / "missing" / "p.svg")


@pytest.mark.parametrize("name", COLOUR_MAPS)
def test_colour_maps_grow_brighter_all_along(name):
    luminance = colour_table(name).astype(float) @ (0.2126, 0.7152, 0.0722)
    assert np.all(np.diff(luminance) > -1.0)
    assert luminance[-1] - luminance[0] > 150
    assert not colour_table("grey")[0].any()


def test_an_unknown_colour_map_is_refused():
    with pytest.raises(ValueError, match="'jet' is unknown; known are grey, viridis"):
        colour_table("jet")


def test_cross_sections_go_through_the_peak_or_the_axis():
    shifted = psf(preset("focused-1m").with_zernike(3, 0.5), size=65)
    through_peak = cross_section(shifted, 1)
    assert through_peak.row > 32
    assert through_peak.column == 32
    assert through_peak.along_x.max() == through_peak.along_y.max() == 1.0
    assert through_peak.along_x.shape == (1, 65)
    np.testing.assert_array_equal(through_peak.along_y[0], shifted.values[1, :, 32] / shifted.values[1].max())
    through_axis = cross_section(shifted, None, "axis")
    assert (through_axis.row, through_axis.column) == (32, 32)
    assert through_axis.along_x.shape == (3, 65)
    assert through_axis.positions_um[32] == 0.0
