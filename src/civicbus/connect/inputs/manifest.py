"""What a department says of a file that it delivers: `NAME.manifest.json`, written after the file.

    {"number": 7, "records": 1200, "sha256": "9f86...", "complete_through": "2026-03-01T02:00:00Z"}

Deliveries are numbered from one on, or any number, without a gap. `records` is how many the file
holds, `complete_through` a time up to which the register has put everything into this delivery and
those before. A file without a manifest is not complete yet.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from civicbus.connect.inputs.batches import InputChangedError, InputUnavailableError
from civicbus.connect.mapped import records_in
from civicbus.connect.packing import check_not_ahead
from civicbus.domain.answer import iso
from civicbus.domain.events import InvalidEventError
from civicbus.registers.systems import Input
from civicbus.wire import strict_json

SUFFIX = ".manifest.json"
MAX_BYTES = 65_536
REMEDY = "write it anew (civicbus connector manifest)"


class ManifestError(ValueError):
    """No manifest can be written for a file; the text names it, the reason and the remedy."""


class Manifest(BaseModel):
    """What stands in a manifest."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: Annotated[int, Field(ge=0, le=2**53)]
    records: Annotated[int, Field(ge=0, le=2**53)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    complete_through: AwareDatetime


@dataclass(frozen=True, slots=True)
class Delivered:
    """A file and what its manifest says of it."""

    path: Path
    manifest: Manifest


def read_manifest(path: Path) -> Delivered:
    """A manifest, and the file that it speaks of.

    Raises:
        InputUnavailableError: if it cannot be read, or seems not to be written to its end.
        InputChangedError: naming the file, the key and the remedy.
    """
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputUnavailableError(f"{path}: {error.strerror}; make it readable") from error
    if len(raw) > MAX_BYTES:
        raise InputChangedError(f"{path}: is longer than {MAX_BYTES} bytes; write it anew")
    try:
        strict_json.parse(raw)
    except strict_json.NotJsonError as error:
        raise InputUnavailableError(f"{path}: {error}; if it stays so, {REMEDY}") from error
    try:
        manifest = Manifest.model_validate_json(raw, strict=True)
        check_not_ahead(manifest.complete_through, "complete_through")
    except ValidationError as error:
        raise InputChangedError(_told(path, error)) from None
    except InvalidEventError as error:
        raise InputChangedError(f"{path}: complete_through lies in the future; {REMEDY}") from error
    return Delivered(path.with_name(path.name.removesuffix(SUFFIX)), manifest)


def _told(path: Path, error: ValidationError) -> str:
    known = ", ".join(Manifest.model_fields)
    told = []
    for problem in error.errors(include_url=False, include_input=False):
        key = ".".join(str(part) for part in problem["loc"]) or "the whole"
        text = problem["msg"]
        if problem["type"] == "extra_forbidden":
            text = f"unknown key; known: {known}"
        told.append(f"{path}: {key}: {text}; {REMEDY}")
    return "\n".join(told)


def write_manifest(
    file: Path, rules: Input, number: int, complete_through: datetime
) -> tuple[Path, Manifest]:
    """Write the manifest of a file, which thereby is delivered; returns where it stands.

    Records are counted as the connector will count them; `complete_through` has an offset.

    Raises:
        ManifestError: if there is one already, a time lies in the future, or the file cannot be
            read.
        UnreadableFileError: if nothing of the file can be read.
    """
    try:
        check_not_ahead(complete_through, "complete_through")
    except InvalidEventError as error:
        raise ManifestError(f"{file}: complete_through lies in the future; correct it") from error
    path = file.with_name(file.name + SUFFIX)
    if path.exists():
        raise ManifestError(
            f"{path}: is there already; a delivery is never changed: deliver a new file"
        )
    try:
        with file.open("rb") as stream:
            records = sum(1 for _ in records_in(stream, str(file), rules))
            stream.seek(0)
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        manifest = Manifest(
            number=number, records=records, sha256=digest, complete_through=complete_through
        )
        told = {**manifest.model_dump(), "complete_through": iso(complete_through)}
        # It appears at once and whole.
        part = path.with_name(path.name + ".part")
        part.write_text(json.dumps(told) + "\n", encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise ManifestError(f"{error.filename or file}: {error.strerror}; see to it") from error
    return path, manifest
