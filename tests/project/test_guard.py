"""Files of unknown origin with a sound envelope: what is not plain data is refused in a process of its own."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import zlib

import h5py
import numpy as np
import pytest

from studio.project import envelope, guard, hdf5, store, trust
from studio.project.model import Project
from studio.project.records import ProjectError
from studio.project.write import encode
from tests.project.samples import full_project, same


def foreign(image: bytes) -> bytes:
    return envelope.seal(image, None)


def newest_image(fill) -> bytes:
    """What `fill` writes, in the newest layout there is."""
    memory = io.BytesIO()
    with h5py.File(memory, "w", libver="latest") as file:
        fill(file)
    return bytes(512) + memory.getvalue()


def external_link(file):
    file["secret"] = h5py.ExternalLink("/etc/passwd", "/")


def soft_link(file):
    file["way_out"] = h5py.SoftLink("/secret/x")


def two_names(file):
    file["b"] = file.create_group("a")


def loop(file):
    group = file.create_group("a/b")
    group["back"] = file["a"]


def variable_text(file):
    file.create_dataset("x", data=["text"], dtype=h5py.string_dtype())


def variable_attribute(file):
    file.attrs["x"] = "text"


def variable_array(file):
    file.create_dataset("x", (1,), dtype=h5py.vlen_dtype(np.int32))


def object_reference(file):
    file.create_dataset("x", (1,), dtype=h5py.ref_dtype)[0] = file.create_group("a").ref


def region_reference(file):
    file["a"] = np.arange(3)
    file.create_dataset("x", (1,), dtype=h5py.regionref_dtype)[0] = file["a"].regionref[:2]


def compound(file):
    file["x"] = np.zeros(1, [("a", "i4"), ("b", "f8")])


def opaque(file):
    file["x"] = np.void(b"pickle")


def named_type(file):
    file["x"] = np.dtype("f8")


def huge(file):
    file.create_dataset("x", (2**40,), "f8", fillvalue=0)


def many_large(file):
    for i in range(100):
        file.create_dataset(f"x{i}", (2**17,), "f8", chunks=(2**17,))


def bomb(file):
    x = file.create_dataset("x", (2**27,), "u1", chunks=(2**27,), compression="gzip")
    x.id.write_direct_chunk((0,), zlib.compress(bytes(2**27), 9))


def unknown_filter(file):
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_chunk((4,))
    plist.set_filter(32123, h5py.h5z.FLAG_OPTIONAL)
    h5py.h5d.create(file.id, b"x", h5py.h5t.NATIVE_INT32, h5py.h5s.create_simple((4,)), plist)


def external_storage(file):
    file.create_dataset("x", (4,), "u1", external=[("/etc/passwd", 0, 4)])


def virtual(file):
    layout = h5py.VirtualLayout((4,), "u1")
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", (4,))
    file.create_virtual_dataset("x", layout)


def deep(file):
    file.create_group("/".join("abcdefghijkl"))


HOSTILE = {
    external_link: "/secret: a link to another file",
    soft_link: "/way_out: a soft link",
    two_names: "an object with two names",
    loop: "an object with two names",
    variable_text: "/x: a text of variable length",
    variable_attribute: "/, attribute x: a text of variable length",
    variable_array: "/x: neither numbers nor text",
    object_reference: "neither numbers nor text",
    region_reference: "/x: neither numbers nor text",
    compound: "/x: neither numbers nor text",
    opaque: "/x: neither numbers nor text",
    named_type: "/x: a named data type",
    huge: "/x: declares more data than a file of this size can hold",
    many_large: "declares more data than a file of this size can hold",
    bomb: "/x: declares more data than a file of this size can hold",
    unknown_filter: "/x: unknown filter 32123",
    external_storage: "/x: its values lie in another file",
    virtual: "/x: a virtual dataset",
    deep: "groups are nested deeper than 8",
}


@pytest.mark.parametrize("fill", HOSTILE, ids=lambda fill: fill.__name__)
def test_what_is_not_plain_data_is_refused(fill):
    with pytest.raises(guard.Refused, match=HOSTILE[fill]):
        guard.inspect(newest_image(fill))


@pytest.mark.parametrize("fill", [external_link, bomb, variable_text], ids=lambda fill: fill.__name__)
def test_a_hostile_file_is_refused_in_another_process_and_never_parsed_here(fill, tmp_path, monkeypatch):
    path = tmp_path / "hostile.odr"
    path.write_bytes(foreign(hdf5.build(fill)))
    monkeypatch.setattr(hdf5, "open_image", lambda body: pytest.fail("the hostile file was parsed"))
    with pytest.raises(
        ProjectError, match=f"refused, no project of the studio holds this: .*{HOSTILE[fill]}"
    ) as caught:
        store.load(path)
    assert "\n" not in str(caught.value)
    assert os.listdir(tmp_path) == ["hostile.odr"]


def test_a_full_project_passes():
    guard.inspect(encode(full_project()))


def test_known_compression_passes():
    guard.inspect(
        newest_image(lambda file: file.create_dataset("x", data=np.arange(99), compression="gzip", shuffle=True))
    )


def broken_images(count: int) -> list[bytes]:
    """Images of a full project with random bytes changed: the HDF5 library may trip over any of them."""
    chance = np.random.default_rng(5)
    sound = np.frombuffer(encode(full_project()), np.uint8)
    images = []
    for _ in range(count):
        body = sound.copy()
        body[chance.integers(envelope.SIZE, len(body), 20)] = chance.integers(0, 256, 20)
        images.append(body.tobytes())
    return images


def outcome(path) -> Project | str:
    try:
        return store.load(path)
    except ProjectError as error:
        return str(error)


def test_broken_images_in_sound_envelopes_end_in_one_line_or_a_project(tmp_path):
    path = tmp_path / "broken.odr"
    for body in broken_images(12):
        path.write_bytes(foreign(body))
        found = outcome(path)
        assert isinstance(found, Project) or "\n" not in found


def test_a_foreign_project_is_inspected_once_and_loads(tmp_path, monkeypatch):
    path = tmp_path / "foreign.odr"
    path.write_bytes(foreign(encode(full_project())))
    seen = []
    real = trust._inspect_elsewhere
    monkeypatch.setattr(trust, "_inspect_elsewhere", lambda raw: (seen.append(raw), real(raw)))
    assert same(store.load(path), full_project())
    assert seen == [path.read_bytes()]


def test_own_files_are_not_inspected_and_those_of_another_user_are(tmp_path, monkeypatch):
    path = tmp_path / "own.odr"
    store.save(Project(), path)
    inspected = []
    monkeypatch.setattr(trust, "_inspect_elsewhere", inspected.append)
    store.load(path)
    assert not inspected
    elsewhere = tmp_path / "other user"
    monkeypatch.setattr(trust, "user_folder", lambda: elsewhere)
    store.load(path)
    assert len(inspected) == 1


def test_shipped_examples_are_known_by_their_hash(tmp_path, monkeypatch):
    path = tmp_path / "example.odr"
    path.write_bytes(foreign(encode(Project())))
    listing = tmp_path / "examples.sha256"
    listing.write_text(f"\n{hashlib.sha256(path.read_bytes()).hexdigest()}  example.odr\n")
    monkeypatch.setattr(trust, "resource_path", lambda name: tmp_path / name)
    monkeypatch.setattr(trust, "_inspect_elsewhere", lambda raw: pytest.fail("an example was inspected"))
    store.load(path)
    assert not trust.is_example(b"another file")


def test_without_a_list_of_examples_nothing_is_one(monkeypatch):
    def missing(name):
        raise FileNotFoundError(name)

    monkeypatch.setattr(trust, "resource_path", missing)
    assert not trust.is_example(b"")


def test_the_key_is_private_and_stays(user_data):
    key = trust.writer_key()
    assert key == trust.writer_key()
    assert (user_data / "writer.key").stat().st_mode & 0o777 == 0o600
    assert os.listdir(user_data) == ["writer.key"]


def test_without_a_data_folder_files_can_still_be_saved_and_loaded(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setattr(trust, "user_folder", lambda: tmp_path / "file" / "folder")
    assert trust.writer_key() is None
    store.save(full_project(), tmp_path / "a.odr")
    assert same(store.load(tmp_path / "a.odr"), full_project())


def test_a_check_that_breaks_off_means_refusal(tmp_path, monkeypatch):
    script = tmp_path / "guard.py"
    script.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    monkeypatch.setattr(trust, "GUARD", script)
    with pytest.raises(ProjectError, match="refused: its check exceeded the limits of time or memory, or broke off"):
        trust._inspect_elsewhere(b"")


def test_the_check_may_neither_fill_the_memory_nor_write_files(tmp_path):
    script = (
        "import runpy, sys, signal\n"
        "guard = runpy.run_path(sys.argv[1])\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "guard['limit_this_process'](1000)\n"
        "try: bytearray(2**31)\n"
        "except MemoryError: print('no memory')\n"
        "try: open(sys.argv[2], 'w', buffering=1).write('x\\n')\n"
        "except OSError: print('no file')\n"
    )
    command = [sys.executable, "-c", script, str(trust.GUARD), str(tmp_path / "file")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split("\n") == ["no memory", "no file", ""]


def test_a_check_that_hangs_is_ended(tmp_path, monkeypatch):
    script = tmp_path / "guard.py"
    script.write_text("import signal\nsignal.pause()\n")
    monkeypatch.setattr(trust, "GUARD", script)
    monkeypatch.setattr(trust, "CHECK_TIMEOUT_S", 0.5)
    with pytest.raises(ProjectError, match="took too long"):
        trust._inspect_elsewhere(bytes(10_000_000))


def test_modules_in_the_current_folder_are_not_imported(tmp_path, monkeypatch):
    (tmp_path / "h5py.py").write_text("raise SystemExit(9)\n")
    monkeypatch.chdir(tmp_path)
    trust._inspect_elsewhere(foreign(encode(Project())))
