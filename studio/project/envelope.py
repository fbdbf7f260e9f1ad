"""The first 512 bytes of an `.odr` file: what it is, how long it is, and proof that no byte changed.

Everything here is checked before the HDF5 library sees the file. Layout (little-endian):

    0    magic                 16 bytes
    16   schema major, minor   2 x uint16
    20   zero                  uint32
    24   body length           uint64
    32   SHA-256 of the body   32 bytes
    64   writer's mark         32 bytes: HMAC-SHA-256 of bytes 0..63 with a per-user key, or zeros
    96   zero                  384 bytes
    480  SHA-256 of 0..479     32 bytes
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from dataclasses import dataclass

from studio.project.records import ProjectError
from studio.project.schema import MAJOR, MINOR

SIZE = 512
MAGIC = b"\x89OpticalDR\r\n\x1a\n\0\0"
_FIELDS = struct.Struct("<16sHHIQ32s")
_MARK = slice(64, 96)
_UNUSED = slice(96, 480)
_CHECK = slice(480, 512)
_HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"


@dataclass(frozen=True)
class Envelope:
    """A header whose every check held."""

    major: int
    minor: int
    body_sha256: bytes
    signed: bytes
    mark: bytes

    def written_with(self, key: bytes | None) -> bool:
        """Whether the holder of `key` wrote this file."""
        return key is not None and hmac.compare_digest(self.mark, _mark(self.signed, key))


def seal(image: bytes, key: bytes | None, minor: int = MINOR) -> bytes:
    """The whole file: `image` with the envelope in the place of its 512-byte user block."""
    body = memoryview(image)[SIZE:]
    signed = _FIELDS.pack(MAGIC, MAJOR, minor, 0, len(body), hashlib.sha256(body).digest())
    header = (signed + (_mark(signed, key) if key else bytes(32))).ljust(_CHECK.start, b"\0")
    return b"".join((header, hashlib.sha256(header).digest(), body))


def open_header(header: bytes) -> tuple[Envelope, int]:
    """Envelope and body length from the first 512 bytes; ProjectError says what is wrong with them."""
    if not header:
        raise ProjectError("the file is empty")
    if header.startswith(_HDF5_MAGIC):
        raise ProjectError("an HDF5 file, but not an OpticalDR Studio project")
    if header[: len(MAGIC)] != MAGIC[: len(header)]:
        raise ProjectError("not an OpticalDR Studio project")
    if len(header) < SIZE:
        raise ProjectError(f"cut short: only {len(header)} bytes are left")
    if hashlib.sha256(header[: _CHECK.start]).digest() != header[_CHECK] or any(header[_UNUSED]):
        raise ProjectError("damaged: the header does not match its checksum")
    _, major, minor, zero, length, body_sha256 = _FIELDS.unpack_from(header)
    if major > MAJOR:
        raise ProjectError(
            f"written by a newer OpticalDR Studio (schema {major}.{minor}; this one reads up to {MAJOR}.x); "
            "update the studio"
        )
    if major < 1 or zero:
        raise ProjectError(f"damaged: schema {major}.{minor} does not exist")
    return Envelope(major, minor, body_sha256, header[: _FIELDS.size], header[_MARK]), length


def open_file(raw: bytes) -> Envelope:
    """The envelope of a whole file, its body checked too; ProjectError says what is wrong."""
    envelope, length = open_header(raw[:SIZE])
    present = len(raw) - SIZE
    if present < length:
        raise ProjectError(f"cut short: {length - present} of {length + SIZE} bytes are missing")
    if present > length:
        raise ProjectError(f"damaged: {present - length} bytes follow the end of the project")
    if hashlib.sha256(memoryview(raw)[SIZE:]).digest() != envelope.body_sha256:
        raise ProjectError("damaged: the content does not match its checksum")
    return envelope


def _mark(signed: bytes, key: bytes) -> bytes:
    return hmac.new(key, signed, hashlib.sha256).digest()
