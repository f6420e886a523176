"""Starting a connector: a folder that works as it is written, for a department to edit.

The starters are real connectors under `starter/`, one for each format that can be read, one that is
sent events over HTTP and one that reads an outbox, so they are linted and held to the conformance
suite like any other. Only their name is put in anew.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from civicbus.domain.events import InvalidEventError, check_source
from civicbus.registers.systems import DECLARATION, read_system
from civicbus.settings import ConfigurationError

STARTERS = Path(__file__).parent / "starter"
STARTER_NAME = "starter-register"
POSTGRES = "postgres"
# What an outbox holds is JSON: but for what a department declares and reads, it is the same.
MADE_OF = {POSTGRES: ("json", POSTGRES)}
OUTBOX = Path(__file__).parent / "inputs" / "outbox.sql"


class StartError(Exception):
    """A connector cannot be started there; the text names the folder and the remedy."""


def is_source_name(name: str) -> bool:
    """True if a source may bear this name."""
    try:
        check_source(name, "name")
    except InvalidEventError:
        return False
    return True


def start_connector(name: str, format_: str, into: Path) -> tuple[Path, ...]:
    """Write a connector for a source of this name into a folder of its own; returns its files.

    `format_` is one of those that a declaration may name under `[input]`, or `http` or `postgres`.
    The folder is named after the source, with underscores: the mapping is a Python package.

    Raises:
        StartError: if there is such a folder or such a source already, or it cannot be written.
    """
    folder = into / _folder_name(name)
    if (taken := _declared_in(name, into)) is not None:
        raise StartError(f"{taken}: is a connector for {name} already; choose another name")
    texts = _texts(name, format_)
    try:
        folder.mkdir()
    except FileExistsError:
        told = "is there already, and is not overwritten; choose another name, or remove it"
        raise StartError(f"{folder}: {told}") from None
    except OSError as error:
        told = "create the folder that is to hold it, or name another with --into"
        raise StartError(f"{folder}: {error.strerror}; {told}") from None
    written = []
    for file, text in texts.items():
        path = folder / file
        try:
            path.write_text(text, encoding="utf-8", newline="")
        except OSError as error:
            told = f"remove {folder} and try again"
            raise StartError(f"{path}: {error.strerror}; {told}") from None
        written.append(path)
    return tuple(written)


def _texts(name: str, format_: str) -> dict[str, str]:
    """The starter's files by name, with the source's name in place of its own."""
    found = {
        path.name: path
        for folder in MADE_OF.get(format_, (format_,))
        for path in sorted((STARTERS / folder).iterdir())
        if path.is_file()
    }
    if format_ == POSTGRES:
        found[OUTBOX.name] = OUTBOX
    paths = found.values()
    return {
        _renamed(path.name, name): _renamed(path.read_text(encoding="utf-8"), name)
        for path in paths
    }


def _renamed(text: str, name: str) -> str:
    return text.replace(STARTER_NAME, name).replace(_folder_name(STARTER_NAME), _folder_name(name))


def _folder_name(name: str) -> str:
    return name.replace("-", "_")


def _declared_in(name: str, into: Path) -> Path | None:
    """The folder there that declares a source of this name; others may be wrong in themselves."""
    for path in sorted(into.glob(f"*/{DECLARATION}")):
        with suppress(ConfigurationError):
            if read_system(path.parent).source == name:
                return path.parent
    return None
