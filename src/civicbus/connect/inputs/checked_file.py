"""A delivered file, of which nothing is handed on but what was checked.

It is read once to its end, counted and hashed, before anything of it is published. Read again, each
block must be the one that was checked; so nobody can put other rows under a manifest meanwhile,
and a file that grows, shrinks or is written over is noticed before a row of it is taken.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from itertools import islice

from civicbus.connect.inputs.batches import InputChangedError, InputUnavailableError
from civicbus.connect.inputs.manifest import Delivered
from civicbus.connect.mapped import records_in
from civicbus.connect.rows import DIGEST_BYTES, Record, UnreadableFileError
from civicbus.registers.systems import Input

BLOCK = 1_048_576  # bytes
PAGE = 2_000  # records

CHANGED = (
    "has changed while it was read. Nothing was taken of what was not announced; put the file back "
    "that its manifest announces"
)


class CheckedFile:
    """Understands what a file holds, and that it still holds it.

    Raises:
        InputUnavailableError: if the file cannot be opened.
    """

    def __init__(self, delivered: Delivered, rules: Input) -> None:
        self._delivered = delivered
        self._rules = rules
        self._name = str(delivered.path)
        with self._errors():
            self._file = delivered.path.open("rb", buffering=0)
        self._digests: list[bytes] = []

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    async def checked(self) -> AsyncGenerator[list[Record]]:
        """All records, page by page; they count only if this comes to its end.

        Raises:
            InputChangedError: if the file is not what its manifest announces, or not readable.
        """
        self._digests = []
        blocks = _Blocks(self._file, self._digests, is_checking=True)
        found = 0
        async with aclosing(self._pages(blocks)) as pages:
            async for page in pages:
                found += len(page)
                yield page
        manifest = self._delivered.manifest
        digest = blocks.sha256.hexdigest()
        if (found, digest) != (manifest.records, manifest.sha256):
            raise InputChangedError(
                f"{self._name}: holds {found} records with the sha256 {digest}, and its manifest "
                f"announces {manifest.records} with {manifest.sha256}. Nothing of it was "
                "published; deliver the whole file again, then its manifest"
            )

    async def records(self, start: int) -> AsyncGenerator[list[Record]]:
        """The records that were checked, page by page, but for the first ones.

        Raises:
            InputChangedError: if the file has changed since.
        """
        passed = 0
        blocks = _Blocks(self._file, self._digests, is_checking=False)
        async with aclosing(self._pages(blocks)) as pages:
            async for page in pages:
                skipped = min(len(page), max(0, start - passed))
                passed += len(page)
                if skipped < len(page):
                    yield page[skipped:]

    async def _pages(self, blocks: _Blocks) -> AsyncGenerator[list[Record]]:
        with self._errors():
            self._file.seek(0)
            stream = io.BufferedReader(blocks, BLOCK)
            records = records_in(stream, self._name, self._rules)
            while page := await asyncio.to_thread(_next, records):
                yield page
            while await asyncio.to_thread(stream.read, BLOCK):
                pass

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except UnreadableFileError as error:
            raise InputChangedError(str(error)) from error
        except _ChangedError as error:
            raise InputChangedError(f"{self._name}: {CHANGED}") from error
        except OSError as error:
            raise InputUnavailableError(
                f"{self._name}: {error.strerror}; put the file beside its manifest, readable"
            ) from error


def _next(records: Iterator[Record]) -> list[Record]:
    return list(islice(records, PAGE))


class _ChangedError(Exception):
    """A block is not the one that was checked."""


class _Blocks(io.RawIOBase):
    """A file's bytes, block by block, each of which is noted or compared with what was noted."""

    def __init__(self, file: io.FileIO, digests: list[bytes], *, is_checking: bool) -> None:
        super().__init__()
        self._file = file
        self._digests = digests
        self._is_checking = is_checking
        self._place = 0
        self._left = memoryview(b"")
        self.sha256 = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._left:
            self._left = memoryview(self._block())
        size = min(len(buffer), len(self._left))
        buffer[:size] = self._left[:size]
        self._left = self._left[size:]
        return size

    def _block(self) -> bytes:
        """The next whole block, which only at the end is shorter."""
        parts = []
        size = BLOCK
        while size and (part := self._file.read(size)):
            parts.append(part)
            size -= len(part)
        block = b"".join(parts)
        digest = hashlib.blake2b(block, digest_size=DIGEST_BYTES).digest()
        if self._is_checking:
            self.sha256.update(block)
            self._digests.append(digest)
        elif self._digests[self._place : self._place + 1] != [digest]:
            raise _ChangedError
        self._place += 1
        return block
