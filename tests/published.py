"""What others publish and ours is held against: fetched once with npm, never kept among ours.

The package is pinned by version and by the digest that its registry publishes, so that the same
test means the same thing everywhere.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from civicbus.broker.jars import cache_folder

SPECS = "@asyncapi/specs@6.11.1"
INTEGRITY = (
    "sha512-A3WBLqAKGoJ2+6FWFtpjBlCQ1oFCcs4GxF7zsIGvNqp/"
    "klGUHjlA3aAcZ9XMMpLGE8zPeYDz2x9FmO6DSuKraQ=="
)
TARBALL = "asyncapi-specs-6.11.1.tgz"
SCHEMA = "package/schemas/3.0.0.json"
FETCHED_WITHIN = 100.0  # seconds; the package is a third of a megabyte


class NotAsPinnedError(ValueError):
    """A package is not, byte for byte, the one that was pinned."""


def asyncapi_schema() -> dict[str, Any]:
    """The published JSON schema (draft 7) of AsyncAPI 3.0.0; the first call fetches it.

    Raises:
        NotAsPinnedError: if the package has another digest, be it fetched or from the cache.
        CalledProcessError: if npm fails.
    """
    path = cache_folder() / TARBALL
    if not path.is_file():
        _fetch(path)
    _check(path)
    with tarfile.open(path) as package:
        member = package.extractfile(SCHEMA)
        assert member is not None
        schema: dict[str, Any] = json.load(member)
    return schema


def _fetch(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as part:
        subprocess.run(
            ["npm", "pack", "--ignore-scripts", "--silent", SPECS],
            cwd=part,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=FETCHED_WITHIN,
            check=True,
        )
        fetched = Path(part, TARBALL)
        _check(fetched)
        # Only a package that was found good ever has the final name.
        fetched.rename(path)


def _check(path: Path) -> None:
    digest = base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != INTEGRITY:
        raise NotAsPinnedError(f"{path}: not the package that was pinned; delete it")
