"""The folder of a department's deliveries, and which of them comes next.

Nothing in it is moved, removed or written. Deliveries are taken in the order of their numbers. One
that is missing is waited for, aloud; one that bears the number of another that was published is
refused: it was replaced, or the numbers were given anew after a restore.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from civicbus.connect.inputs.batches import InputChangedError, InputUnavailableError
from civicbus.connect.inputs.manifest import SUFFIX, Delivered, read_manifest

REMEMBERED = 50  # deliveries, by the beginnings of their hashes
BEGINNING = 16  # characters


@dataclass(frozen=True, slots=True)
class Published:
    """The number of the last delivery that was published (`None`: none yet), and what was known.

    `hashes` are the beginnings of the last ones' hashes, by number.
    """

    number: int | None = None
    hashes: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Published:
        """What was kept in a position."""
        hashes = {int(number): text for number, text in kept.get("hashes", {}).items()}
        return cls(kept.get("number"), hashes)

    def kept(self) -> dict[str, Any]:
        """As it is kept."""
        hashes = {str(number): text for number, text in self.hashes.items()}
        return {"number": self.number, "hashes": hashes}

    def and_(self, delivered: Delivered) -> Published:
        """With one more."""
        number = delivered.manifest.number
        hashes = {**self.hashes, number: delivered.manifest.sha256[:BEGINNING]}
        newest = sorted(hashes)[-REMEMBERED:]
        return replace(self, number=number, hashes={known: hashes[known] for known in newest})


class Inbox:
    """Understands the manifests in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: dict[Path, tuple[tuple[int, int, int], Delivered]] = {}

    def next(self, published: Published) -> Delivered | None:
        """The delivery to be published next, if there is one.

        Raises:
            InputUnavailableError: if one is missing, or the folder cannot be read.
            InputChangedError: if a manifest is wrong, or a delivery is not the one that it was.
        """
        found = self._by_number()
        for number, delivered in found.items():
            self._check(delivered, published.hashes.get(number))
        after = published.number
        waiting = sorted(number for number in found if after is None or number > after)
        if not waiting:
            return None
        if after is not None and waiting[0] != after + 1:
            missing = f"delivery {after + 1} is missing between {after} and {waiting[0]}"
            raise InputUnavailableError(f"{self._folder}: {missing}; put it there")
        return found[waiting[0]]

    def holds_more(self, published: Published) -> bool:
        """True if anything waits behind what was published, be it wrong."""
        try:
            return self.next(published) is not None
        except (InputUnavailableError, InputChangedError):
            return True

    def again(self, published: Published) -> Delivered:
        """The delivery that was published last, of which the end is missing.

        Raises:
            InputUnavailableError, InputChangedError: as `next`; also if it is gone.
        """
        found = self._by_number()
        delivered = found.get(published.number or 0)
        if delivered is None:
            raise InputUnavailableError(
                f"{self._folder}: delivery {published.number}, of which only a part was "
                "published, is gone; put it there again"
            )
        self._check(delivered, published.hashes.get(delivered.manifest.number))
        return delivered

    def _check(self, delivered: Delivered, known: str | None) -> None:
        manifest = delivered.manifest
        if known is not None and manifest.sha256[:BEGINNING] != known:
            raise InputChangedError(
                f"{delivered.path}: delivery {manifest.number} is not the one that was published "
                f"under that number ({known}...): the file was replaced, or numbers were given "
                "anew after a restore. Give what is new a number of its own, above the last; or, "
                "if all has to be published anew, run civicbus connect with --anew"
            )

    def _by_number(self) -> dict[int, Delivered]:
        found: dict[int, Delivered] = {}
        for path in self._manifests():
            delivered = self._read(path)
            number = delivered.manifest.number
            if number in found:
                raise InputChangedError(
                    f"{delivered.path}: has the number {number}, as {found[number].path.name} "
                    "has; give each delivery a number of its own"
                )
            found[number] = delivered
        return found

    def _manifests(self) -> list[Path]:
        try:
            return sorted(path for path in self._folder.iterdir() if path.name.endswith(SUFFIX))
        except OSError as error:
            raise InputUnavailableError(
                f"{self._folder}: {error.strerror}; make the folder, or correct input.folder.path "
                "in connector.toml"
            ) from error

    def _read(self, path: Path) -> Delivered:
        """A manifest, read once unless it changes."""
        try:
            stat = path.stat()
        except OSError as error:
            raise InputUnavailableError(f"{path}: {error.strerror}; make it readable") from error
        signature = stat.st_ino, stat.st_size, stat.st_mtime_ns
        seen = self._seen.get(path)
        if seen is None or seen[0] != signature:
            seen = self._seen[path] = signature, read_manifest(path)
        return seen[1]
