"""A file that is used only if it is, to the last bit, the one that was published."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from pathlib import Path

from advgame.errors import LabError

LARGEST = 1 << 28  # bytes of a file whose size is unknown


@dataclass(frozen=True)
class PinnedFile:
    """A file by its name, its size and its checksum; it may lie gzipped on the disk.

    A name that ends in .gz belongs to a file whose published checksum is that of the gzipped content.
    """

    name: str
    size: int | None  # bytes, uncompressed; None where it is unknown
    checksum: str  # of the uncompressed content: "md5:…" or "sha256:…"
    # where it is published, the best first; a name ending in .gz is stored gzipped
    urls: tuple[str, ...] = ()
    head: bytes = b""  # a first line that some copies have and the published file has not; taken off
    instead: tuple[PinnedFile, ...] = ()  # other files that hold the same data

    def there(self, folder: Path) -> tuple[PinnedFile, Path] | None:
        """The file, or one that will do instead, and where it is, plain or gzipped; None where none is."""
        for file in (self, *self.instead):
            for path in (folder / file.name, folder / f"{file.name}.gz"):
                if path.is_file():
                    return file, path
        return None

    def read(self, path: Path) -> bytes:
        """The verified content of a copy, uncompressed.

        Raises:
            LabError: for a copy that cannot be read, is cut, damaged, or another file.
        """
        try:
            content = path.read_bytes()
        except OSError as problem:
            raise LabError(f"{path} cannot be read: {problem.strerror}.") from None
        return self.verified(content, str(path), gzipped=self.is_gzipped(str(path)))

    def is_gzipped(self, where: str) -> bool:
        """Whether a copy at a path or an address has to be uncompressed before its checksum is compared."""
        return where.endswith(".gz") and not self.name.endswith(".gz")

    def verified(self, content: bytes, where: str, *, gzipped: bool) -> bytes:
        """The content, uncompressed, if it is that of the file.

        >>> file = PinnedFile("a", 3, "sha256:" + hashlib.sha256(b"abc").hexdigest())
        >>> file.verified(b"abc", "here", gzipped=False)
        b'abc'
        >>> file.verified(b"ab", "here", gzipped=False)
        Traceback (most recent call last):
        advgame.errors.LabError: here has 2 bytes; expected 3. The file is cut or another one; replace it.

        Args:
            content: as it lies on the disk or comes from the network.
            where: the path or address, for messages.
            gzipped: whether it has to be uncompressed first.

        Raises:
            LabError: when the size or the checksum differs from the pinned one.
        """
        if gzipped:
            content = self._uncompressed(content, where)
        content = content.removeprefix(self.head)
        if self.size is not None and len(content) != self.size:
            length = f"more than {self.size:,}" if len(content) > self.size else f"{len(content):,}"
            raise LabError(
                f"{where} has {length} bytes{' uncompressed' if gzipped else ''}; expected {self.size:,}. "
                "The file is cut or another one; replace it."
            )
        algorithm, _, expected = self.checksum.partition(":")
        checksum = hashlib.new(algorithm, content, usedforsecurity=False).hexdigest()
        if checksum != expected:
            raise LabError(
                f"{where} has the {algorithm.upper()} checksum {checksum}; expected {expected}. The file is "
                "damaged or another one; replace it."
            )
        return content

    def _uncompressed(self, content: bytes, where: str) -> bytes:
        """No more of it than is expected and a byte: a small file may hold terabytes of zeros."""
        most = len(self.head) + (LARGEST if self.size is None else self.size) + 1
        unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        try:
            plain = unpacker.decompress(content, most)
        except zlib.error:
            raise LabError(f"{where} is no whole gzip file; it is cut or damaged. Replace it.") from None
        if not unpacker.eof and len(plain) < most:
            raise LabError(f"{where} is no whole gzip file; it is cut or damaged. Replace it.")
        return plain
