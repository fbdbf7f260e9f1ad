from __future__ import annotations

import numpy as np
import pytest

from studio.exchange.psf_picture import LOG_DECADES
from studio.gui.comparison import compare, joint_decades, parameter_rows, psf_pair
from studio.gui.docks.compare_dock import CURRENT, CompareDock
from studio.gui.document import Document
from studio.gui.live import LiveController
from studio.gui.thumbnails import portrait
from studio.optics.lens import DesignError, LensDesign
from studio.optics.presets import preset
from studio.project import variants
from studio.project.model import Project, Variant
from tests.gui.accessible import unnamed
from tests.gui.fake_pipeline import FakePipeline, live_frame, live_psf

SHARP, TILTED = preset("focused-1m"), preset("focused-1m").with_zernike(5, 0.6)
TOO_STEEP = LensDesign(aperture_diameter_mm=50.0, sensor_distance_mm=10.0)


@pytest.fixture
def document(qapp) -> Document:
    return Document(Project(design=TILTED, variants=(Variant("sharp", SHARP), Variant("steep", TOO_STEEP))))


@pytest.fixture
def live(document):
    return LiveController(document, pipeline_factory=FakePipeline)


@pytest.fixture
def dock(document, live, qtbot):
    dock = CompareDock(document, live)
    qtbot.addWidget(dock)
    dock.resize(376, 800)
    dock.show()
    yield dock
    assert dock.stop(10.0)


@pytest.fixture
def settle(dock, qtbot):
    def wait():
        qtbot.waitUntil(lambda: not dock._work.busy, timeout=20_000)

    wait()
    return wait


def rows(dock) -> dict[str, tuple[str, ...]]:
    table = dock.sheet.table
    lines = [[table.item(row, column).text() for column in range(3)] for row in range(table.rowCount())]
    return {title: (first, second) for title, first, second in lines}


def choose(dock, place: int, name: str) -> None:
    chooser = dock.choosers[place]
    index = chooser.findData(name)
    chooser.setCurrentIndex(index)
    chooser.activated.emit(index)


def test_both_sides_share_window_frame_and_scale():
    result = compare(SHARP, preset("defocus-disc"), portrait(64))
    first, second = result.first, result.second
    assert (first.psf.values.shape, first.psf.pitch_m) == (second.psf.values.shape, second.psf.pitch_m)
    assert first.capture.shape == second.capture.shape == (64, 64, 3)
    dim, bright = (psf_pair(second.psf, first.psf, "log")[n].max() for n in (0, 1))
    assert bright == 255
    assert dim < bright
    assert [picture.max() for picture in psf_pair(second.psf, first.psf, "each")] == [255, 255]


def test_a_narrow_psf_is_measured_on_its_own_pixels():
    alone = compare(SHARP, TILTED, portrait(64)).first.diameter_m
    beside_a_wide_one = compare(SHARP, preset("paper-literal"), portrait(64)).first.diameter_m
    assert beside_a_wide_one == pytest.approx(alone, rel=0.05)


def test_a_comparison_nobody_wants_any_more_ends_early():
    assert compare(SHARP, TILTED, portrait(64), wanted=lambda: False) is None


def test_a_lens_that_cannot_be_computed_is_named():
    with pytest.raises(DesignError, match=r"^B: .*GiB"):
        compare(SHARP, TOO_STEEP, portrait(64))


def test_parameters_are_listed_with_units_as_on_screen():
    found = parameter_rows(SHARP, TILTED)
    assert [(row.title, row.first, row.second) for row in found] == [("Oblique astigmatism (µm)", "0", "0.6")]


def test_at_first_the_current_lens_meets_the_first_variant(dock, settle):
    assert dock.sides == (CURRENT, "sharp")
    assert dock.designs() == (TILTED, SHARP)
    assert dock.sheet.psfs.images is not None
    assert dock.sheet.captures.images is not None
    assert set(dock.sheet.plot.curves) == {"A horizontal", "A vertical", "B horizontal", "B vertical"}
    assert rows(dock)["Oblique astigmatism (µm)"] == ("0.6", "0")


def test_the_current_lens_is_followed_and_variants_alone_are_not(dock, document, live, settle, qtbot):
    def edit(height_um):
        document.edit_design(document.design.with_zernike(5, height_um), "Change astigmatism")
        with qtbot.waitSignal(live.psf_ready):
            live._pipeline.put_psf(live_psf(document.design, document.revision))

    edit(0.3)
    settle()
    assert rows(dock)["Oblique astigmatism (µm)"] == ("0.3", "0")
    document.edit_variants(variants.keep(document.project, "third"))
    dock.begin("third", "sharp")
    settle()
    edit(0.2)
    assert not dock._work.busy
    assert rows(dock)["Oblique astigmatism (µm)"] == ("0.3", "0")


def test_a_draft_is_marked_as_one(dock, document, live, settle, qtbot):
    document.edit_design(document.design.with_zernike(5, 0.4), "Change astigmatism")
    with qtbot.waitSignal(live.psf_ready):
        live._pipeline.put_psf(live_psf(document.design, document.revision, draft=True))
    settle()
    assert dock._shown.draft


def test_swapping_exchanges_the_two(dock, document, settle):
    dock.swap_button.click()
    settle()
    assert dock.sides == ("sharp", CURRENT)
    assert rows(dock)["Oblique astigmatism (µm)"] == ("0", "0.6")
    assert document.view("compare.sides") == ["sharp", ""]
    assert document.undo_stack.count() == 0


def test_equal_sides_are_shown_and_said_to_be_the_same(dock, document, settle):
    choose(dock, 1, CURRENT)
    settle()
    assert dock.message.text() == "A and B are the same lens."
    left, right = dock.sheet.psfs.images
    assert left == right
    document.edit_variants(variants.keep(document.project, "same"))
    choose(dock, 1, "same")
    settle()
    assert "same lens" in dock.message.text()
    choose(dock, 1, "sharp")
    settle()
    assert dock.area.isVisible()
    assert not dock.message.isVisible()


def faded(dock) -> bool:
    return all(part._stale for part in (dock.sheet.psfs, dock.sheet.captures, dock.sheet.plot))


def test_what_is_of_other_lenses_than_named_is_marked_until_it_is_not(dock, settle):
    choose(dock, 1, CURRENT)
    assert faded(dock)
    settle()
    assert not faded(dock)
    dock.swap_button.click()
    assert faded(dock)


def test_a_lens_that_changed_is_marked_when_its_picture_takes_long(dock, document, live, settle, qtbot):
    document.edit_design(document.design.with_zernike(5, 0.3), "Change astigmatism")
    qtbot.waitUntil(lambda: faded(dock))
    with qtbot.waitSignal(live.psf_ready):
        live._pipeline.put_psf(live_psf(document.design, document.revision))
    settle()
    assert not faded(dock)


def test_variants_alone_are_never_out_of_date(dock, document, settle):
    document.edit_variants(variants.keep(document.project, "third"))
    dock.begin("third", "sharp")
    settle()
    document.edit_design(document.design.with_zernike(5, 0.3), "Change astigmatism")
    assert not dock._late.isActive()
    assert not faded(dock)


def test_a_strong_blur_is_not_black_beside_a_sharp_lens():
    result = compare(SHARP, preset("paper-literal"), portrait(64))
    psfs = result.first.psf, result.second.psf
    dim = psf_pair(*psfs, "log")[1]
    assert dim.max() >= 255 * LOG_DECADES // joint_decades(*psfs) - 1 > 80
    assert joint_decades(psfs[0], psfs[0]) == LOG_DECADES


def test_without_variants_it_says_what_to_do(dock, document, settle):
    document.replace_project(Project())
    assert "Keep the current lens as a variant" in dock.message.text()
    assert not dock.area.isVisible()
    document.edit_variants(variants.keep(document.project, "first"))
    assert dock.sides == (CURRENT, "first")


def test_sides_follow_a_new_name_and_let_go_of_what_is_removed(dock, document, settle):
    document.edit_variants(variants.rename(document.project, "sharp", "clear"))
    assert dock.sides == (CURRENT, "clear")
    document.edit_variants(variants.remove(document.project, ["clear"]))
    assert dock.sides == (CURRENT, CURRENT)


def test_what_was_compared_comes_back_with_the_project(dock, document, settle):
    stored = Project(
        variants=(Variant("a", SHARP), Variant("b", TILTED)),
        view={"compare.sides": ["b", "a"], "compare.scale": "linear", "compare.colour": "blue"},
    )
    document.replace_project(stored)
    assert dock.sides == ("b", "a")
    assert dock.scale.choice == "linear"
    assert dock.sheet.colour.choice == "blue"
    for nonsense in (["gone", "a"], "b", [1]):
        document.replace_project(Project(variants=stored.variants, view={"compare.sides": nonsense}))
        assert dock.sides == (CURRENT, "a")


def test_a_lens_without_pictures_still_shows_the_parameters(dock, settle):
    choose(dock, 1, "steep")
    settle()
    assert dock.message.text().startswith("B: ")
    assert dock.sheet.psfs.images is None
    assert rows(dock)["Aperture diameter (mm)"][1] == "50"
    choose(dock, 1, "sharp")
    settle()
    assert dock.sheet.psfs.images is not None


def test_captures_can_be_of_the_live_frame(dock, live, settle, qtbot):
    dock.scene.buttons["live"].click()
    settle()
    assert "no frame yet" in dock.message.text()
    with qtbot.waitSignal(live.frame_ready):
        live._pipeline.put_frame(live_frame())
    dock.scene.buttons["live"].click()
    settle()
    assert dock._shown.first.capture.shape == (48, 64, 3)
    dock.hide()
    assert dock._live_frame is None


def test_another_colour_and_scale_redraw_what_is_there(dock, document, settle):
    before = np.array(dock.sheet.plot.curves["A horizontal"].y)
    dock.sheet.colour.buttons["red"].click()
    assert not np.array_equal(dock.sheet.plot.curves["A horizontal"].y, before)
    logarithmic = dock.sheet.psfs.images
    dock.scale.buttons["linear"].click()
    assert dock.sheet.psfs.images != logarithmic
    assert document.view("compare.scale") == "linear"
    assert document.view("compare.colour") == "red"


def test_a_hidden_dock_computes_nothing(dock, document, live, settle, qtbot):
    dock.hide()
    document.edit_design(document.design.with_zernike(5, 0.1), "Change astigmatism")
    with qtbot.waitSignal(live.psf_ready):
        live._pipeline.put_psf(live_psf(document.design, document.revision))
    assert not dock._work.busy


def test_two_columns_where_there_is_room(dock, settle, qtbot):
    assert dock.sheet.captures.y() > dock.sheet.psfs.y()
    dock.resize(900, 600)
    qtbot.waitUntil(lambda: dock.sheet.captures.y() == dock.sheet.psfs.y())


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_it_paints_in_both_themes(dock, settle, dressed, choice):
    dressed(choice)
    assert not dock.grab().isNull()


def test_all_controls_have_names(dock):
    assert unnamed(dock) == []
