"""Damaged, cut, foreign and newer files: one clear line, whatever the bytes."""

from __future__ import annotations

import hashlib
import os
import random
import struct

import h5py
import numpy as np
import pytest

from studio.project import envelope, hdf5, store, trust
from studio.project.model import Project
from studio.project.records import ProjectError
from studio.project.write import encode
from tests.project.samples import full_project


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.odr"


@pytest.fixture
def raw(path):
    store.save(full_project(), path)
    return path.read_bytes()


def refusal(path) -> str:
    """The one line with which a file is refused; loading touches nothing."""
    before = {name: os.stat(path.parent / name).st_mtime_ns for name in os.listdir(path.parent)}
    with pytest.raises(ProjectError) as caught:
        store.load(path)
    line = str(caught.value)
    assert line.startswith(f"{path}: ")
    assert "\n" not in line
    assert {name: os.stat(path.parent / name).st_mtime_ns for name in os.listdir(path.parent)} == before
    return line


def flip(raw: bytes, at: int, mask: int) -> bytes:
    changed = bytearray(raw)
    changed[at] ^= mask
    return bytes(changed)


def test_every_flipped_header_byte_is_noticed_before_hdf5_sees_the_file(path, raw, monkeypatch):
    monkeypatch.setattr(hdf5, "open_image", lambda body: pytest.fail("the damaged file was parsed"))
    for at in range(envelope.SIZE):
        for mask in (0x01, 0x80, 0xFF):
            path.write_bytes(flip(raw, at, mask))
            line = refusal(path)
            assert "damaged: the header" in line or "not an OpticalDR Studio project" in line


def test_flipped_body_bytes_are_noticed_before_hdf5_sees_the_file(path, raw, monkeypatch):
    monkeypatch.setattr(hdf5, "open_image", lambda body: pytest.fail("the damaged file was parsed"))
    chance = random.Random(1)
    for _ in range(300):
        path.write_bytes(flip(raw, chance.randrange(envelope.SIZE, len(raw)), 1 << chance.randrange(8)))
        assert "damaged: the content does not match its checksum" in refusal(path)


def test_a_file_cut_anywhere_is_noticed(path, raw):
    lengths = {0, 1, 15, 16, 17, 511, 512, 513, len(raw) - 1, *range(0, len(raw), 97)}
    for length in lengths:
        path.write_bytes(raw[:length])
        assert ("the file is empty" if length == 0 else "cut short") in refusal(path)


def test_bytes_after_the_end_are_noticed(path, raw):
    path.write_bytes(raw + b"\0")
    assert "damaged: 1 bytes follow the end" in refusal(path)


def test_damage_points_to_the_backup(path, raw):
    store.save(Project(), path)
    path.write_bytes(raw[:-1])
    assert "the state before the last save is in a.odr.bak" in refusal(path)


@pytest.mark.parametrize(
    "content", [b"{}", b"PK\x03\x04" + bytes(600), b"\x80\x04cos\nsystem\n.", random.Random(2).randbytes(5000)]
)
def test_foreign_files_are_refused(path, content):
    path.write_bytes(content)
    assert "not an OpticalDR Studio project" in refusal(path)


def test_hdf5_without_our_header_is_refused(path):
    with h5py.File(path, "w") as file:
        file["x"] = 1
    assert "an HDF5 file, but not an OpticalDR Studio project" in refusal(path)
    with h5py.File(path, "w", userblock_size=512) as file:
        file["x"] = 1
    assert "not an OpticalDR Studio project" in refusal(path)


def test_missing_files_folders_and_pipes_are_refused(tmp_path):
    assert "there is no such file" in refusal(tmp_path / "missing.odr")
    (tmp_path / "folder.odr").mkdir()
    assert "a folder, not a project file" in refusal(tmp_path / "folder.odr")
    os.mkfifo(tmp_path / "pipe.odr")
    assert "not a regular file" in refusal(tmp_path / "pipe.odr")


def test_a_file_beyond_all_measure_is_refused_unread(path):
    with path.open("wb") as file:
        file.truncate(2**40)
    assert "too large" in refusal(path)


def test_a_newer_major_is_refused_by_name(path, raw):
    header = bytearray(raw[: envelope.SIZE])
    struct.pack_into("<HH", header, 16, 2, 0)
    header[480:] = hashlib.sha256(header[:480]).digest()
    path.write_bytes(bytes(header) + raw[512:])
    line = refusal(path)
    assert "written by a newer OpticalDR Studio (schema 2.0; this one reads up to 1.x); update the studio" in line


def test_a_sound_envelope_around_no_hdf5_is_refused(path):
    for key in (trust.writer_key(), None):
        for body in (b"", b"x" * 100, encode(Project())[envelope.SIZE : -500], random.Random(3).randbytes(4000)):
            path.write_bytes(envelope.seal(bytes(envelope.SIZE) + body, key))
            assert "refused" in refusal(path) or "does not fit schema 1.0" in refusal(path)


RECORD_DAMAGE = [
    ("project", b"[]", "project is not a dict"),
    ("project", b"{", "Expecting property name"),
    ("project", b"{}", "'design'"),
    ("project", b"[" * 100_000, "recursion"),
    ("project", b'"\xff"', "decode"),
    ("project", None, "not a text"),
    ("runs/records", b"{}", "records is not a list"),
    ("runs/records", b"[5]", ""),
    ("runs/records", b"[{}]", "'metrics'"),
    ("runs/records", b'[{"metrics":["a"],"scores":[],"curves":{},"arrays":[]}]', ""),
    (
        "runs/records",
        b'[{"id":"a","metrics":[],"scores":[],"curves":{"c":-1},"arrays":[],"weights":[]}]',
        "length of -1",
    ),
    ("runs/records", b'[{"id":"a","metrics":[],"scores":[],"curves":{},"arrays":["x"],"weights":[]}]', "a"),
    ("runs/records", b"[]", "more numbers than the records name"),
    ("runs/numbers", b"[]", "numbers is not a list of float64"),
]


@pytest.mark.parametrize(("entry", "content", "said"), RECORD_DAMAGE)
def test_records_that_do_not_fit_are_refused(path, entry, content, said):
    def fill(file: h5py.File) -> None:
        with hdf5.open_image(encode(full_project())) as old:
            for name in old:
                old.copy(name, file, name)
            file.attrs["schema_major"], file.attrs["schema_minor"] = 1, 0
        del file[entry]
        if content is None:
            file[entry] = 1.0
        else:
            file[entry] = np.bytes_(content)

    path.write_bytes(envelope.seal(hdf5.build(fill), trust.writer_key()))
    line = refusal(path)
    assert "the content does not fit schema 1.0" in line
    assert said in line
