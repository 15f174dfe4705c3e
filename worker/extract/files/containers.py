"""Containers opened with care: ZIP (OOXML, OFD, archives) and OLE. Sizes and ratios are checked before anything
unpacks."""

from __future__ import annotations

import io
import zipfile
import zlib

from worker.extract.files import sniff
from worker.extract.files.model import Bomb, Broken, Encrypted, Unsupported

MAX_MEMBERS = 20_000
MAX_MEMBER = 64 * 1024 * 1024
"""bytes of one unpacked member"""
MAX_TOTAL = 160 * 1024 * 1024
"""bytes of all members read from one container"""
MAX_RATIO = 1_000
"""unpacked to packed, for members of more than a megabyte: XML packs 20 to 1, a table of equal cells 200 to 1"""


def type_of(body: bytes) -> str:
    """The type of a body by its content. Raises Broken for a container that cannot be opened, Encrypted,
    Unsupported."""
    kind = sniff.family(body)
    if kind == "zip":
        container = Zip(body)
        found = sniff.zip_type(container.names())
        return sniff.odf_type(container.read("mimetype")) if found == "odf" else found
    if kind == "ole":
        streams = ole_streams(body)
        found = sniff.ole_type(streams)
        if found == "encrypted":
            raise Encrypted("an Office file that opens with a password only")
        return found
    if kind is None:
        raise Unsupported("unknown")
    return kind


class Zip:
    """A ZIP file read member by member within limits; nothing is ever written to a path."""

    def __init__(self, body: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(body))
        except (
            zipfile.BadZipFile,
            ValueError,
            EOFError,
            OverflowError,
            NotImplementedError,
            UnicodeDecodeError,
        ) as error:
            raise Broken(f"not a whole ZIP file: {error}") from error
        self._infos = self._zip.infolist()
        if len(self._infos) > MAX_MEMBERS:
            raise Bomb(f"{len(self._infos)} members in one ZIP file")
        self._left = MAX_TOTAL

    def infos(self) -> list[zipfile.ZipInfo]:
        """The members as the directory lists them."""
        return self._infos

    def names(self) -> list[str]:
        """Names of the members."""
        return [info.filename for info in self._infos]

    def has(self, name: str) -> bool:
        """Whether there is such a member."""
        return name in self._zip.NameToInfo

    def read(self, member: str | zipfile.ZipInfo) -> bytes:
        """A member's bytes. Raises Broken, Encrypted or Bomb."""
        try:
            info = self._zip.getinfo(member) if isinstance(member, str) else member
        except KeyError as error:
            raise Broken(f"no {member} in the file") from error
        if info.flag_bits & 1:
            raise Encrypted(f"{info.filename}: a member that opens with a password only")
        if info.file_size > MAX_MEMBER or (
            info.file_size > 1 << 20 and info.file_size > MAX_RATIO * max(info.compress_size, 1)
        ):
            raise Bomb(f"{info.filename}: unpacks to {info.file_size} bytes")
        try:
            with self._zip.open(info) as stream:
                data = stream.read(min(MAX_MEMBER, self._left) + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            ValueError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise Broken(f"{info.filename}: {error}") from error
        if len(data) > min(MAX_MEMBER, self._left):
            raise Bomb(f"{info.filename}: unpacks beyond {MAX_TOTAL} bytes in all")
        self._left -= len(data)
        return data


def ole_streams(body: bytes) -> set[str]:
    """Names of an OLE container's streams, folders left out. Raises Broken."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(body)) as container:
            return {path[-1] for path in container.listdir(streams=True, storages=False) if path}
    except Exception as error:
        raise Broken(f"not a whole OLE file: {error}") from error
