import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.optics.baselines import Baseline, parse_baseline
from studio.optics.glass import refractive_index
from studio.optics.lens import DesignError, LensDesign, Sensor, blur_disc_m, focus_coefficient_um
from studio.optics.parameters import PARAMETERS, all_values, get_value, parameter, set_value
from studio.optics.presets import PRESETS, preset, random_zernike
from studio.optics.psf import window_for


def test_defaults_are_the_published_geometry():
    design = LensDesign()
    assert design.aperture_diameter_mm == pytest.approx(3.77487)
    assert design.sensor_distance_mm == 35.5
    assert (design.sensor.pixels, design.sensor.pitch_um) == (1024, 3.69)
    assert len(design.zernike_um) == 15


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"aperture_diameter_mm": float("nan")}, ["aperture_diameter_mm", "not finite", "0.05 to 50 mm"]),
        ({"sensor_distance_mm": float("inf")}, ["sensor_distance_mm", "not finite"]),
        ({"object_distance_m": 0.0}, ["object_distance_m", "0 m", "0.05"]),
        ({"zernike_um": (0.0, 0.0, 0.0, 1e9)}, ["zernike.4", "1e+09", "-200 to 200 um"]),
        ({"zernike_um": (0.0,) * 67}, ["67 terms", "4 to 66"]),
        ({"zernike_um": ("a",) * 4}, ["zernike.1", "'a'", "not a number"]),
        ({"wavelengths_nm": (640.0, 550.0)}, ["wavelengths_nm", "2 values"]),
        ({"refractive_indices": (1.4, 1.5, 9.0)}, ["refractive_indices.blue", "9"]),
        ({"glass": "cheese"}, ["glass", "cheese", "pmma"]),
        ({"ideal": "yes"}, ["ideal"]),
    ],
)
def test_bad_values_name_field_value_and_range(change, words):
    with pytest.raises(DesignError) as caught:
        LensDesign(**change)
    text = str(caught.value)
    assert "\n" not in text
    for word in words:
        assert word in text


@pytest.mark.parametrize(
    "change", [{"pixels": 1 << 20}, {"pitch_um": 0}, {"noise": -0.1}, {"bits": 17}, {"bits": 7.5}, {"noise": "x"}]
)
def test_bad_sensors_are_refused(change):
    with pytest.raises(DesignError, match=f"sensor.{next(iter(change))}"):
        Sensor(**change)


def test_numpy_numbers_become_plain_ones():
    design = LensDesign(zernike_um=np.linspace(0, 1, 15), object_distance_m=np.float32(2))
    assert all(type(v) is float for v in design.zernike_um)
    json.dumps(design.to_dict())


@given(st.lists(st.floats(-200, 200), min_size=4, max_size=66), st.floats(0.05, 1e6), st.integers(1, 16))
def test_records_survive_json(zernike_um, distance, bits):
    design = LensDesign(zernike_um=tuple(zernike_um), object_distance_m=distance, sensor=Sensor(bits=bits))
    assert LensDesign.from_dict(json.loads(json.dumps(design.to_dict()))) == design


def test_records_that_do_not_fit_are_refused():
    with pytest.raises(DesignError, match="does not fit"):
        LensDesign.from_dict({"focal_length": 3})


@pytest.mark.parametrize(("distance_m", "expected_um"), [(0.33, -32.54), (1.0, -30.42), (2.0, -29.90), (1e6, -29.38)])
def test_focus_matches_the_known_coefficients(distance_m, expected_um):
    assert focus_coefficient_um(LensDesign(), distance_m) == pytest.approx(expected_um, abs=0.006)


def test_focus_leaves_no_blur_disc():
    design = LensDesign(glass="n-bk7", sensor_distance_mm=50.0)
    for colour in range(3):
        focused = design.with_zernike(4, focus_coefficient_um(design, 0.7, colour))
        assert blur_disc_m(focused, 0.7, colour) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(("z4_um", "share"), [(-51, 0.70), (-28, 0.08), (-26, 0.15), (-36, 0.19), (-45, 0.50)])
def test_blur_disc_shares_of_the_window(z4_um, share):
    design = LensDesign().with_zernike(4, z4_um)
    assert blur_disc_m(design, 1.0) / design.sensor.window_m == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize(
    ("glass", "wavelength_nm", "index"),
    [("n-bk7", 587.56, 1.51680), ("fused-silica", 587.56, 1.45846), ("pmma", 587.56, 1.4906), ("pmma", 460, 1.4996)],
)
def test_glass_formulas_give_catalogue_indices(glass, wavelength_nm, index):
    assert refractive_index(glass, wavelength_nm) == pytest.approx(index, abs=5e-4)


@pytest.mark.parametrize(
    ("glass", "wavelength_nm", "known"),
    [("pmma", 436, "437 to 1052"), ("pmma", 1053, "437 to 1052"), ("n-bk7", 299, "300 to 2500")],
)
def test_glass_outside_its_range_is_refused(glass, wavelength_nm, known):
    with pytest.raises(ValueError, match=f"outside {known} nm, where {glass} is known"):
        refractive_index(glass, wavelength_nm)


def test_a_design_names_its_glass_when_that_is_not_known_at_a_wavelength():
    violet = LensDesign(wavelengths_nm=(640.0, 550.0, 405.0))
    assert replace(violet, glass="n-bk7").refractive_indices[2] == pytest.approx(1.5302, abs=1e-4)
    with pytest.raises(DesignError, match="glass = 'pmma': wavelength 405 nm is outside 437 to 1052 nm"):
        replace(violet, glass="pmma")


def test_a_glass_by_name_decides_the_indices_of_the_record():
    glass = LensDesign(glass="fused-silica")
    assert glass.refractive_indices[1] == pytest.approx(1.4599, abs=1e-4)
    assert glass == LensDesign(glass="fused-silica", refractive_indices=(1.9, 1.9, 1.9))
    assert glass.to_dict()["refractive_indices"] == glass.refractive_indices
    assert LensDesign.from_dict(glass.to_dict()) == glass
    redder = replace(glass, wavelengths_nm=(700.0, 600.0, 500.0))
    assert redder.refractive_indices[1] < glass.refractive_indices[1]


@pytest.mark.parametrize(
    ("before", "key", "first"),
    [
        ({"glass": "pmma"}, "refractive_indices.red", "set glass to nothing first"),
        ({"ideal": "true"}, "zernike.4", "set ideal to false first"),
        ({"ideal": "true"}, "refractive_indices.blue", "set ideal to false first"),
    ],
)
def test_values_that_would_do_nothing_are_refused(before, key, first):
    design = LensDesign()
    for name, value in before.items():
        design = set_value(design, name, value)
    with pytest.raises(DesignError, match=f"{key} .*{first}") as caught:
        set_value(design, key, 1.5)
    assert "\n" not in str(caught.value)
    for name, value in (("glass", ""), ("ideal", "false")):
        if name in before:
            design = set_value(design, name, value)
    assert get_value(set_value(design, key, 1.5), key) == 1.5


@pytest.mark.parametrize(
    ("text", "glass"), [("PMMA", "pmma"), ("N-BK7", "n-bk7"), (" Fused  silica", "fused-silica"), ("", "")]
)
def test_a_glass_is_known_as_people_write_it(text, glass):
    assert get_value(set_value(LensDesign(), "glass", text), "glass") == glass


def test_glass_of_a_perfect_image_is_refused():
    with pytest.raises(DesignError, match="glass does nothing in a perfect image"):
        set_value(preset("ideal"), "glass", "pmma")


DIGITS = "9" * 5000


@pytest.mark.parametrize(
    "refused",
    [
        lambda: preset(f"random-zernike:{DIGITS}"),
        lambda: preset(DIGITS),
        lambda: get_value(LensDesign(), f"zernike.{DIGITS}"),
        lambda: set_value(LensDesign(), "sensor.noise", f"x{DIGITS}"),
        lambda: set_value(LensDesign(), "sensor.noise", DIGITS),
        lambda: LensDesign(object_distance_m=10**5000),
        lambda: LensDesign(glass=DIGITS),
        lambda: parse_baseline(f"pixelate:{DIGITS}"),
        lambda: parse_baseline(DIGITS),
        lambda: Baseline("gaussian", 10**5000),
        lambda: Baseline("gaussian", "wide"),
        lambda: random_zernike(float("nan")),
        lambda: blur_disc_m(LensDesign(), 0.0),
        lambda: focus_coefficient_um(LensDesign(), float("inf")),
        lambda: window_for(LensDesign(), pitch_m=0.0),
        lambda: LensDesign.from_dict([1, 2]),
    ],
)
def test_absurd_values_are_refused_in_one_short_line(refused):
    with pytest.raises(DesignError) as caught:
        refused()
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


def test_every_preset_builds_and_cites_its_source():
    for entry in PRESETS.values():
        assert isinstance(entry.build(), LensDesign)
        assert len(entry.source) > 40
    assert preset("paper-literal").zernike_um[3] == -51.0
    assert preset("paper-peak").zernike_um[3] == pytest.approx(-29.44, abs=0.01)
    assert preset("random-zernike:7") == preset("random-zernike:7") != preset("random-zernike:8")


@pytest.mark.parametrize("name", ["", "paper", "random-zernike:", "random-zernike:-1", "random-zernike:x"])
def test_unknown_presets_are_refused(name):
    with pytest.raises(DesignError, match="preset"):
        preset(name)


def test_every_parameter_can_be_read_written_and_described():
    design = preset("random-zernike:2")
    for key, value in all_values(design).items():
        row = parameter(key)
        assert row.label
        assert row.meaning
        assert set_value(design, key, value) == design
        if not isinstance(value, str):
            assert set_value(design, key, str(value)) == design
    assert set(PARAMETERS) <= set(all_values(design))


def test_setting_one_parameter_leaves_the_others():
    design = set_value(LensDesign(), "wavelengths_nm.green", "532")
    assert design.wavelengths_nm == (640.0, 532.0, 460.0)
    assert replace(design, wavelengths_nm=LensDesign().wavelengths_nm) == LensDesign()
    longer = set_value(LensDesign(), "zernike.20", 0.5)
    assert len(longer.zernike_um) == 20
    assert get_value(longer, "zernike.20") == 0.5
    assert get_value(longer, "zernike.66") == 0.0


@pytest.mark.parametrize(
    ("key", "value"), [("zernike.67", 0), ("zernike.0", 0), ("focal", 1), ("sensor.noise", "much"), ("ideal", "maybe")]
)
def test_unusable_settings_are_refused(key, value):
    with pytest.raises(DesignError, match=key.split(".")[0]):
        set_value(LensDesign(), key, value)
