"""A backup is one tar in age's format, written as a stream.

`age -d -i key file | tar -x` opens it where this program is gone. The manifest comes first.
"""

import contextlib
import hashlib
import io
import os
import tarfile
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any, Literal

import pyrage
from pydantic import ValidationError

from states.errors import UserError
from workflow.operations.archive.manifest import FORMAT, MANIFEST, ArchivedFile, Manifest, ManifestFormat

if TYPE_CHECKING:
    from pyrage.x25519 import Identity, Recipient

Progress = Callable[[int, int], None]
ArchiveFault = Literal["not_a_backup", "wrong_key", "damaged", "newer", "broken_record"]
CHUNK = 1 << 20
PERMISSIONS = 0o600
LARGEST_MANIFEST = 64 << 20


class BadArchive(UserError):
    """A file is no backup that can be used; nothing was touched. ``text``: the file or the part of it."""

    code = "bad_archive"

    def __init__(self, why: ArchiveFault, text: str = "") -> None:
        super().__init__(f"{why}: {text}")
        self.why, self.text = why, text


class FileChanged(Exception):
    """A file of the office was changed while it was backed up: the backup is begun anew."""


@dataclass(frozen=True, slots=True)
class ArchiveSource:
    """What becomes a file of a backup: bytes, or a file on the disk."""

    name: str
    content: bytes | Path

    def read_chunks(self) -> Iterator[bytes]:
        if isinstance(self.content, bytes):
            yield self.content
            return
        try:
            with self.content.open("rb") as file:
                while chunk := file.read(CHUNK):
                    yield chunk
        except FileNotFoundError as error:
            raise FileChanged(self.name) from error


class _ChunkReader(io.RawIOBase):
    """Chunks as a file that is read; what goes wrong while they are made is remembered."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._left = chunks, memoryview(b"")
        self.failure: BaseException | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            while not self._left:
                self._left = memoryview(next(self._chunks, b""))
                if not self._left:
                    return 0
        except BaseException as error:
            self.failure = error
            raise
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count


class _TargetFile(io.RawIOBase):
    """The file that is written; what goes wrong with it is remembered."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.failure: BaseException | None = None

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        try:
            return self._file.write(content)
        except BaseException as error:
            self.failure = error
            raise


def write_archive(
    target: IO[bytes],
    manifest: Manifest,
    sources: Iterable[ArchiveSource],
    recipients: "Iterable[Recipient]",
    on_progress: Progress | None = None,
) -> Manifest:
    """Write a backup; the manifest comes back with the files in it. Raises `FileChanged`, `OSError`."""
    listed = [(source, _hash_source(source)) for source in sources]
    manifest = manifest.model_copy(update={"files": tuple(file for _, file in listed)})
    reader, into = _ChunkReader(_tar_chunks(manifest, listed, on_progress)), _TargetFile(target)
    try:
        pyrage.encrypt_io(io.BufferedReader(reader, CHUNK), into, list(recipients))
    except pyrage.EncryptError as error:
        raise reader.failure or into.failure or error from None
    target.flush()
    os.fsync(target.fileno())
    return manifest


def _hash_source(source: ArchiveSource) -> ArchivedFile:
    digest, size = hashlib.sha256(), 0
    for chunk in source.read_chunks():
        digest.update(chunk)
        size += len(chunk)
    return ArchivedFile(name=source.name, size=size, sha256=digest.hexdigest())


def _tar_chunks(
    manifest: Manifest, listed: list[tuple[ArchiveSource, ArchivedFile]], on_progress: Progress | None
) -> Iterator[bytes]:
    content = manifest.model_dump_json(indent=1).encode()
    yield _tar_header(MANIFEST, len(content), manifest)
    yield content + _padding(len(content))
    total, done = sum(file.size for _, file in listed), 0
    for source, file in listed:
        yield _tar_header(file.name, file.size, manifest)
        digest = hashlib.sha256()
        for chunk in source.read_chunks():
            digest.update(chunk)
            yield chunk
            done += len(chunk)
            if on_progress:
                on_progress(done, total)
        if digest.hexdigest() != file.sha256:
            raise FileChanged(file.name)
        yield _padding(file.size)
    yield bytes(2 * tarfile.BLOCKSIZE)


def _tar_header(name: str, size: int, manifest: Manifest) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, PERMISSIONS, int(manifest.made_at.timestamp())
    return member.tobuf(tarfile.PAX_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % tarfile.BLOCKSIZE)


def read_archive(
    file: Path, identity: "Identity", into: Path | None, on_progress: Progress | None = None
) -> Manifest:
    """Unpack a backup into a new folder, each file compared with the manifest; without ``into``: only look.

    Raises `BadArchive`, `OSError`.
    """
    with file.open("rb") as source:
        reader = _Decryption(source, identity, file)
        try:
            manifest = _unpack(reader, into, file, on_progress)
        except tarfile.TarError as error:
            reader.close()
            raise reader.failure or BadArchive("not_a_backup", file.name) from error
        except BadArchive as error:
            reader.close()
            raise reader.failure or error from None
        reader.close()
    if into is not None and reader.failure is not None:
        raise reader.failure
    return manifest


class _Decryption:
    """Decrypts in a thread beside; what comes out is read from a pipe."""

    def __init__(self, source: IO[bytes], identity: "Identity", file: Path) -> None:
        self.failure: Exception | None = None
        self._source, self._identity, self._file = source, identity, file
        read_end, write_end = os.pipe()
        self.plain = os.fdopen(read_end, "rb", CHUNK)
        self._into = os.fdopen(write_end, "wb", CHUNK)
        self._thread = threading.Thread(target=self._decrypt, daemon=True)
        self._thread.start()

    def _decrypt(self) -> None:
        try:
            pyrage.decrypt_io(self._source, self._into, [self._identity])
            self._into.flush()
        except pyrage.DecryptError as error:
            wrong = "No matching keys" in str(error)
            self.failure = BadArchive("wrong_key" if wrong else "not_a_backup", self._file.name)
        except BrokenPipeError:
            pass  # whoever reads has seen enough
        except OSError as error:
            self.failure = error if error.errno else BadArchive("damaged", self._file.name)
        finally:
            with contextlib.suppress(BrokenPipeError):
                self._into.close()

    def close(self) -> None:
        """Read no more, and wait until nothing is decrypted any longer."""
        self.plain.close()
        self._thread.join()


def _unpack(reader: _Decryption, into: Path | None, file: Path, on_progress: Progress | None) -> Manifest:
    with tarfile.open(fileobj=reader.plain, mode="r|") as tar:
        manifest = _read_manifest(tar, file)
        if into is None:
            return manifest
        left = {entry.name: entry for entry in manifest.files}
        total, done = sum(entry.size for entry in manifest.files), 0
        while (member := tar.next()) is not None:
            entry = left.pop(member.name, None)
            content = tar.extractfile(member) if member.isreg() else None
            if entry is None or content is None or not _is_safe(member.name):
                raise BadArchive("damaged", member.name)
            _write_entry(content, into / member.name, entry)
            done += entry.size
            if on_progress:
                on_progress(done, total)
        if left:
            raise BadArchive("damaged", next(iter(left)))
        reader.plain.read()  # to the very end: what age says of the last bytes counts
        return manifest


def _read_manifest(tar: tarfile.TarFile, file: Path) -> Manifest:
    member = tar.next()
    content = tar.extractfile(member) if member and member.name == MANIFEST and member.isreg() else None
    if member is None or content is None or member.size > LARGEST_MANIFEST:
        raise BadArchive("not_a_backup", file.name)
    text = content.read()
    try:
        if ManifestFormat.model_validate_json(text).format > FORMAT:
            raise BadArchive("newer", file.name)
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        raise BadArchive("not_a_backup", file.name) from error


def _is_safe(name: str) -> bool:
    """Nothing is written anywhere but below the folder it is unpacked into."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name and ":" not in name


def _write_entry(content: IO[bytes], path: Path, entry: ArchivedFile) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with os.fdopen(
        os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), PERMISSIONS), "wb"
    ) as out:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    if (size, digest.hexdigest()) != (entry.size, entry.sha256):
        raise BadArchive("damaged", entry.name)
