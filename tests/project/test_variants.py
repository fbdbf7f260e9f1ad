from __future__ import annotations

from pathlib import Path

import pytest

from studio.optics.lens import LensDesign
from studio.optics.parameters import set_value
from studio.optics.presets import preset
from studio.project import store, variants
from studio.project.model import Project, Variant
from studio.project.records import ProjectError
from studio.project.variants import LONGEST_NAME


@pytest.fixture
def project() -> Project:
    return Project(
        design=preset("defocus-disc"),
        variants=(Variant("sharp", preset("focused-1m"), "in focus"), Variant("literal", preset("paper-literal"))),
    )


def names(project: Project) -> list[str]:
    return [variant.name for variant in project.variants]


def test_keeping_adds_the_current_lens_at_the_end(project):
    after = variants.keep(project, "  plain   defocus ", "a disc")
    assert names(after) == ["sharp", "literal", "plain defocus"]
    assert after.variants[-1].design == project.design
    assert after.variants[-1].notes == "a disc"
    assert after.history[-1].label == "Keep variant plain defocus"
    assert names(project) == ["sharp", "literal"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("sharp", "there is a variant 'sharp' already; choose another name"),
        (" ", "needs a name of at least one letter"),
        ("x" * (LONGEST_NAME + 1), f"has 81 letters; a variant's name takes at most {LONGEST_NAME}"),
    ],
)
def test_a_name_that_cannot_be_given_is_refused(project, name, said):
    with pytest.raises(ProjectError, match=said):
        variants.keep(project, name)
    with pytest.raises(ProjectError, match=said):
        variants.rename(project, "literal", name)


def test_restoring_takes_the_whole_lens_and_keeps_the_variants(project):
    after = variants.restore(project, "literal")
    assert after.design == preset("paper-literal")
    assert after.variants == project.variants
    assert after.history[-1].label == "Restore variant literal"


def test_removing_takes_all_or_none(project):
    assert names(variants.remove(project, ["sharp"])) == ["literal"]
    both = variants.remove(project, ["sharp", "literal"])
    assert names(both) == []
    assert both.history[-1].label == "Remove 2 variants"
    with pytest.raises(ProjectError, match="no variant 'blurred'; there are 'sharp', 'literal'"):
        variants.remove(project, ["sharp", "blurred"])


def test_removed_variants_come_back_to_their_places_once(project):
    gone = dict(enumerate(project.variants))
    after = variants.keep(variants.remove(project, ["sharp", "literal"]), "literal")
    back = variants.put_back(after, gone)
    assert names(back) == ["sharp", "literal 2", "literal"]
    assert back.history[-1].label == "Put back 2 variants"
    assert variants.put_back(project, gone) is project


def test_moving_keeps_the_order_of_those_that_move(project):
    for name in ("c", "d"):
        project = variants.keep(project, name)
    assert names(variants.move(project, ["d", "sharp"], 2)) == ["literal", "sharp", "d", "c"]
    assert names(variants.move(project, ["sharp"], 4)) == ["literal", "c", "d", "sharp"]
    assert names(variants.move(project, ["d"], 0)) == ["d", "sharp", "literal", "c"]
    assert variants.move(project, ["literal"], 1) is project
    with pytest.raises(ProjectError, match="nothing"):
        variants.move(project, ["sharp", "nothing"], 0)


def test_renaming_and_noting_keep_the_place(project):
    after = variants.note(variants.rename(project, "sharp", "clear"), "clear", "in focus at 1 m")
    assert names(after) == ["clear", "literal"]
    assert after.variants[0].notes == "in focus at 1 m"
    assert after.variants[0].design == preset("focused-1m")


def test_what_changes_nothing_leaves_no_trace(project):
    assert variants.rename(project, "sharp", "sharp") is project
    assert variants.note(project, "sharp", "in focus") is project


def test_a_copy_comes_right_behind_with_the_first_free_name(project):
    after, name = variants.duplicate(project, "sharp")
    assert name == "sharp 2"
    after, name = variants.duplicate(after, "sharp")
    assert name == "sharp 3"
    assert names(after) == ["sharp", "sharp 3", "sharp 2", "literal"]
    assert after.variants[1].notes == "in focus"


def test_a_free_name_is_never_too_long(project):
    long = "x" * LONGEST_NAME
    after = variants.keep(project, variants.free_name(project, long + "y"))
    assert names(after)[-1] == long
    name = variants.free_name(after, long)
    assert name != long
    assert len(name) == LONGEST_NAME
    assert names(variants.keep(after, name))[-1] == name


def test_a_long_name_is_short_in_the_history(project):
    after = variants.keep(project, "x" * LONGEST_NAME)
    assert after.history[-1].label == f"Keep variant {'x' * 31}…"


def test_without_variants_the_message_says_so():
    with pytest.raises(ProjectError, match="no variant 'a'; none has been kept yet"):
        variants.find(Project(), "a")


def test_differences_name_terms_beyond_the_shorter_list():
    first = LensDesign()
    second = set_value(first.with_zernike(20, 0.3), "sensor.noise", 0.02)
    found = {d.parameter.key: (d.first, d.second) for d in variants.differences(first, second)}
    assert found == {"zernike.20": (0.0, 0.3), "sensor.noise": (0.01, 0.02)}
    assert variants.differences(first, LensDesign()) == ()


def test_variants_are_in_the_file(project, tmp_path: Path):
    path = tmp_path / "lens.odr"
    after, _ = variants.duplicate(variants.note(project, "literal", "µm, “as printed”\nline two"), "literal")
    store.save(after, path)
    assert store.load(path).variants == after.variants
