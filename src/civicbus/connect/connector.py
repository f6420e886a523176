"""Connectors as folders: found, read and loaded by path, never imported.

A department can keep its connector anywhere. What the folder holds: `connector.toml`, the
declaration (`registers.systems`), and `mapping.py`, two pure functions (`connect.mapping`).
"""

from __future__ import annotations

import importlib.util
import sys
import traceback
import zlib
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from civicbus.connect.mapping import Events, Subject
from civicbus.registers.systems import DECLARATION, System, read_system
from civicbus.settings import ConfigurationError

MAPPING = "mapping.py"


@dataclass(frozen=True, slots=True)
class Connector:
    """One system's declaration and mapping."""

    folder: Path
    system: System
    events: Events
    subject: Subject


def find_connector(name: str, connectors: Path) -> Path:
    """The folder that is meant: a path, or a bare name under the folder of connectors.

    Raises:
        ConfigurationError: if there is no such connector.
    """
    for folder in (Path(name), connectors / name, connectors / name.replace("-", "_")):
        if (folder / DECLARATION).is_file():
            return folder
    known = ", ".join(sorted(path.parent.name for path in connectors.glob(f"*/{DECLARATION}")))
    raise ConfigurationError(
        f"{name}: no folder with a {DECLARATION}; give its path, or a name under {connectors}: "
        f"{known or 'there is none'}"
    )


def load_connector(folder: Path) -> Connector:
    """Read the declaration and load the mapping.

    Raises:
        ConfigurationError: naming the file and the remedy.
    """
    system = read_system(folder)
    path = (folder / MAPPING).resolve()
    module = _load(path)
    events: Events = _function(path, module, "events")
    subject: Subject = _function(path, module, "subject")
    return Connector(folder, system, events, subject)


def _load(path: Path) -> ModuleType:
    """The mapping as a package of its own, so that it can import files beside it (`from .x`)."""
    if not path.is_file():
        raise ConfigurationError(f"{path}: no such file; write the functions events and subject")
    name = f"civicbus_connector_{path.parent.name}_{zlib.crc32(bytes(path)):08x}"
    for stale in [known for known in sys.modules if known.partition(".")[0] == name]:
        del sys.modules[stale]
    spec = importlib.util.spec_from_file_location(
        name, path, submodule_search_locations=[str(path.parent)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where dataclasses and relative imports look for it
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raised_at = traceback.extract_tb(error.__traceback__)
        line = (
            error.lineno
            if isinstance(error, SyntaxError)
            else next((at.lineno for at in raised_at if at.filename == str(path)), 1)
        )
        raise ConfigurationError(
            f"{path}: line {line}: {type(error).__name__}: {error}; correct the mapping"
        ) from error
    return module


def _function(path: Path, module: ModuleType, name: str) -> Any:
    found = getattr(module, name, None)
    if not callable(found):
        raise ConfigurationError(f"{path}: has no function {name}(record); write it")
    return found
