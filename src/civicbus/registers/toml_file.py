"""A TOML file read strictly into a pydantic model, with errors that say where and what to do.

TOML refuses a key that stands twice and has neither tags nor expansions, so what a reviewer sees
is what is read.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from civicbus.settings import ConfigurationError

MAX_BYTES = 256 * 1024

Model = TypeVar("Model", bound=BaseModel)


class Table(BaseModel):
    """A table of a TOML file: no key in it but those that are declared."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def known(names: Iterable[str], what: str) -> AfterValidator:
    """Holds a list to these names, each at most once."""
    allowed = tuple(names)

    def check(values: list[str]) -> list[str]:
        if unknown := [value for value in values if value not in allowed]:
            raise ValueError(f"no such {what}: {unknown[0]}; known: {', '.join(allowed)}")
        return distinct(values)

    return AfterValidator(check)


def distinct(values: list[str]) -> list[str]:
    """The values, each of which stands once.

    Raises:
        ValueError: naming one that stands twice.
    """
    if repeated := [value for value in values if values.count(value) > 1]:
        raise ValueError(f"{repeated[0]} stands twice; remove one")
    return values


def read_toml(path: Path, model: type[Model]) -> Model:
    """The file's content.

    Raises:
        ConfigurationError: naming the file, the line and key, and the remedy.
    """
    text = _text(path)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(_syntax(path, text, str(error))) from None
    try:
        return model.model_validate(values, strict=True)
    except ValidationError as error:
        told = [_problem(path, text, model, problem) for problem in _problems(error)]
        raise ConfigurationError("\n".join(told)) from None


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ConfigurationError(f"{path}: larger than {MAX_BYTES} bytes; shorten it")
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigurationError(
            f"{path}: no such file; write it, or name the folder that holds one"
        ) from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"{path}: byte {error.start + 1} is not UTF-8; save the file as UTF-8"
        ) from None
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}; make it readable") from None
    if not text.strip():
        raise ConfigurationError(f"{path}: the file is empty; it needs at least [system]")
    return text


def _syntax(path: Path, text: str, told: str) -> str:
    at = re.search(r"at line (\d+)", told)
    number = int(at[1]) if at else len(text.splitlines())
    key = text.splitlines()[number - 1].partition("=")[0].strip(" \t[]\"'")
    if "overwrite" in told or "twice" in told:
        return f"{path}: line {number}: {key}: given twice; remove one"
    return f"{path}: line {number}: {key}: not valid TOML: {told}"


def _problems(error: ValidationError) -> Iterator[tuple[tuple[str, ...], str, str]]:
    for problem in error.errors(include_url=False, include_input=False):
        keys = tuple(str(part) for part in problem["loc"] if not isinstance(part, int))
        yield keys, problem["type"], problem["msg"].removeprefix("Value error, ")


def _problem(
    path: Path, text: str, model: type[BaseModel], problem: tuple[tuple[str, ...], str, str]
) -> str:
    keys, kind, told = problem
    keys = tuple(key for key in keys if key != "[key]")
    if kind == "extra_forbidden":
        told = "unknown key; " + _meant(keys[-1], _known(model, keys[:-1]))
    elif kind == "missing":
        told = "is missing; add it"
    place = f"line {_line_of(text, keys)}: " if keys and kind != "missing" else ""
    return f"{path}: {place}{'.'.join(keys)}: {told}"


def _known(model: type[BaseModel], keys: tuple[str, ...]) -> list[str]:
    """The keys that the table at this place may have."""
    current: Any = model
    for key in keys:
        if isinstance(current, type) and issubclass(current, BaseModel):
            current = current.model_fields[key].annotation
        else:
            current = get_args(current)[1]  # a table of tables: any name, then its model
        if get_origin(current) is list:
            (current,) = get_args(current)
        elif isinstance(current, UnionType):
            current = get_args(current)[0]  # a table that may be left out
    return list(current.model_fields)


def _meant(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return f"did you mean {close[0]}?" if close else "known: " + ", ".join(known)


def _line_of(text: str, keys: tuple[str, ...]) -> int:
    """The line on which a key stands, or what holds it: the key or table around it."""
    lines: dict[str, int] = {}
    table = ""
    for number, content in enumerate(text.splitlines(), start=1):
        stripped = content.strip()
        if stripped.startswith("["):
            table = stripped.partition("]")[0].strip("[] ")
            lines.setdefault(table, number)
        else:
            key = stripped.partition("=")[0].strip(" \"'")
            lines.setdefault(f"{table}.{key}" if table else key, number)
    around = (".".join(keys[:length]) for length in range(len(keys), 0, -1))
    return next((lines[place] for place in around if place in lines), 1)
