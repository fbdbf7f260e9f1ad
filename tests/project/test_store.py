from __future__ import annotations

import json
import os
from dataclasses import replace

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from studio.optics.lens import LensDesign
from studio.optics.presets import preset
from studio.project import envelope, hdf5, store
from studio.project.lock import Owner, ProjectLocked
from studio.project.model import DataReference, Edit, Kept, Project, Variant
from studio.project.read import decode
from studio.project.records import Evaluation, ProjectError, Run, Trial
from studio.project.write import encode
from tests.project.samples import full_project, same


def test_a_full_project_comes_back_as_it_was(tmp_path):
    path = tmp_path / "full.odr"
    store.save(full_project(), path)
    assert same(store.load(path), full_project())
    assert os.listdir(tmp_path) == ["full.odr"]


texts = st.text(st.characters(exclude_categories=()), max_size=12)
names = texts.filter(bool)
numbers = st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
settings_by_name = st.dictionaries(texts, values, max_size=3)
designs = st.builds(
    LensDesign,
    zernike_um=st.lists(st.floats(-200, 200), min_size=4, max_size=66),
    object_distance_m=st.floats(0.05, 1e6),
)
any_array = arrays.arrays(
    st.sampled_from(["u1", "<i4", ">i8", "<f2", "<f4", ">f8"]).map(np.dtype),
    arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
)
finite_float16 = arrays.arrays(
    np.float16, (2,), elements=st.floats(-60000, 60000, width=16, allow_nan=False, allow_infinity=False)
)
common = {
    "id": names,
    "label": texts,
    "notes": texts,
    "reason": texts,
    "design": st.none() | designs,
    "config": settings_by_name,
    "seed": st.none() | st.integers(-(2**63), 2**64 - 1),
    "wall_time_s": numbers,
    "metrics": st.dictionaries(names, st.floats(), max_size=3),
    "scores": st.dictionaries(names, st.tuples(st.floats(), st.floats(), st.floats()), max_size=2),
    "curves": st.dictionaries(names, arrays.arrays(np.float64, st.tuples(st.integers(0, 3), st.just(2))), max_size=2),
    "arrays": st.dictionaries(names, any_array, max_size=2),
}
projects = st.builds(
    Project,
    design=designs,
    variants=st.lists(st.builds(Variant, texts, designs, texts, texts), max_size=2, unique_by=lambda v: v.name),
    history=st.lists(st.builds(Edit, texts, texts), max_size=2),
    runs=st.lists(
        st.builds(Run, **common, kept=st.just(True), weights=st.dictionaries(names, finite_float16, max_size=2)),
        max_size=2,
        unique_by=lambda r: r.id,
    ),
    evaluations=st.lists(st.builds(Evaluation, **common, run_id=texts), max_size=2, unique_by=lambda r: r.id),
    trials=st.lists(st.builds(Trial, **common, pinned=st.booleans()), max_size=2, unique_by=lambda r: r.id),
    data=st.lists(st.builds(DataReference, texts, texts, texts), max_size=2),
    view=settings_by_name,
    notes=texts,
)


@given(projects)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_project_comes_back_as_it_was(project):
    body = encode(project)
    assert same(decode(body, 1, 0), project)
    assert encode(project) == body


def test_any_hdf5_reader_opens_the_file_as_it_stands(tmp_path):
    path = tmp_path / "full.odr"
    store.save(full_project(), path)
    with h5py.File(path) as file:
        assert file.userblock_size == 512
        assert (file.attrs["schema_major"], file.attrs["schema_minor"]) == (1, 0)
        assert json.loads(file["project"][()])["design"]["aperture_diameter_mm"] == 3.5
        np.testing.assert_array_equal(file["runs/weights/run-1/bias"][:], [1.0])
        kinds = set()
        file.visititems(lambda _, item: kinds.add(item.dtype.kind) if isinstance(item, h5py.Dataset) else None)
    assert kinds <= set("Sfiu")


def test_info_has_the_promised_shape(tmp_path):
    path = tmp_path / "full.odr"
    store.save(full_project(), path)
    info = store.info(path)
    assert list(info) == ["schema", "design", "variants", "runs", "evaluations", "trials", "bytes"]
    assert (info["schema"], info["bytes"]) == ("1.0", path.stat().st_size)
    assert LensDesign.from_dict(info["design"]) == full_project().design
    json.dumps(info, allow_nan=False)


def test_verify_says_what_is_there_in_one_line(tmp_path):
    path = tmp_path / "full.odr"
    store.save(full_project(), path)
    line = store.verify(path)
    assert line.startswith(f"{path}: sound, schema 1.0, 1 variants, 1 runs, 1 evaluations, 1 trials, ")


def test_saving_keeps_the_file_before_as_backup(tmp_path):
    path = tmp_path / "a.odr"
    for note in ("one", "two", "three"):
        store.save(Project(notes=note), path)
    assert store.load(path).notes == "three"
    assert store.load(tmp_path / "a.odr.bak").notes == "two"
    assert sorted(os.listdir(tmp_path)) == ["a.odr", "a.odr.bak"]


def test_saving_after_a_crash_between_backup_and_file_leaves_nothing_over(tmp_path):
    path, backup = tmp_path / "a.odr", tmp_path / "a.odr.bak"
    store.save(Project(notes="old"), path)
    os.link(path, backup)  # the crash: the backup is already the file itself
    store.save(Project(notes="new"), path)
    assert (store.load(path).notes, store.load(backup).notes) == ("new", "old")
    assert sorted(os.listdir(tmp_path)) == ["a.odr", "a.odr.bak"]


def test_saving_keeps_permissions_and_symbolic_links(tmp_path):
    real, link = tmp_path / "real.odr", tmp_path / "link.odr"
    store.save(Project(), real)
    real.chmod(0o640)
    link.symlink_to(real)
    store.save(Project(notes="new"), link)
    assert link.is_symlink()
    assert store.load(real).notes == "new"
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_folder_is_no_place_to_save(tmp_path):
    with pytest.raises(ProjectError, match="it is a folder; add a file name"):
        store.save(Project(), tmp_path)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(ProjectError, match="the folder does not exist"):
        store.save(Project(), tmp_path / "missing" / "a.odr")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to root")
def test_a_read_only_folder_is_named(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(ProjectError, match="writing in the folder is not permitted; choose another place"):
        store.save(Project(), tmp_path / "a.odr")
    tmp_path.chmod(0o700)


def test_a_project_that_another_process_has_open_is_not_written(tmp_path):
    path, owner = (
        tmp_path / "a.odr",
        Owner.from_values({"pid": os.getppid(), "host": "far-away", "started_after_boot_s": 1}),
    )
    store.save(Project(notes="old"), path)
    (tmp_path / "a.odr.lock").write_text(json.dumps(vars(owner)))
    with pytest.raises(ProjectLocked, match=f"the computer far-away .process {os.getppid()}.*delete a.odr.lock"):
        store.save(Project(notes="new"), path)
    assert store.load(path).notes == "old"


def test_a_file_that_changed_meanwhile_is_not_overwritten(tmp_path):
    path = tmp_path / "a.odr"
    mine = store.save(Project(notes="mine"), path)
    assert store.digest(path) == mine
    mine = store.save(Project(notes="mine again"), path, expected_digest=mine)
    store.save(Project(notes="another program's"), path)
    with pytest.raises(store.ProjectChanged, match="another program changed it"):
        store.save(Project(), path, expected_digest=mine)
    assert store.load(path).notes == "another program's"


def newer_minor(project: Project) -> bytes:
    """The file a later 1.7 might write: a new root group, new keys in the records."""

    def fill(file: h5py.File) -> None:
        with hdf5.open_image(encode(project)) as old:
            for name in old:
                old.copy(name, file, name)
        file.attrs["schema_major"], file.attrs["schema_minor"] = 1, 7
        record = hdf5.read_json(file, "project", dict)
        record["title"] = "new in 1.7"
        record["variants"][0]["colour"] = "blue"
        del file["project"]
        hdf5.write_json(file, "project", record)
        group = file.create_group("hologram/deep")
        group["phase"] = np.arange(3.0)
        group["phase"].attrs["unit"] = np.bytes_("rad")

    return envelope.seal(hdf5.build(fill), None, 7)


def test_what_a_newer_minor_added_survives_load_and_save(tmp_path):
    path = tmp_path / "later.odr"
    path.write_bytes(newer_minor(full_project()))
    for _ in range(2):  # the second time from a file that this version wrote
        project = store.load(path)
        assert isinstance(project.kept, Kept)
        assert same(replace(project, kept=None, extra={}, variants=()), replace(full_project(), variants=()))
        store.save(project.with_design(preset("ideal"), "Edit").with_design(project.design, "Undo"), path)
        store.save(project, path)
    with h5py.File(path) as file:
        np.testing.assert_array_equal(file["hologram/deep/phase"][:], [0, 1, 2])
        assert file["hologram/deep/phase"].attrs["unit"] == b"rad"
        record = json.loads(file["project"][()])
    assert (record["title"], record["variants"][0]["colour"]) == ("new in 1.7", "blue")
    assert store.info(path)["schema"] == "1.7"
