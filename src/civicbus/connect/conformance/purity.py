"""Purity: a mapping is a function of rows, and of nothing else.

The files are parsed, never run. What is asked for by other names than its own escapes them, so the
checks of `repeats` map the same rows again.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from civicbus.connect.conformance.findings import Finding
from civicbus.connect.conformance.sample import Sample
from civicbus.connect.connector import MAPPING

OURS = ("civicbus.connect", "civicbus.domain")
# Of the standard library whatever knows more than its arguments: time, chance, other machines.
IMPURE = frozenset(
    {"ctypes", "http", "importlib", "multiprocessing", "random", "runpy", "secrets", "socket",
     "sqlite3", "subprocess", "threading", "time", "urllib"}
)  # fmt: skip
CLOCKS = frozenset({"now", "today", "utcnow", "uuid1", "uuid4"})
CLOCK_OWNERS = frozenset({"date", "datetime", "uuid"})
BUILTINS = frozenset({"__import__", "eval", "exec", "input"})
LATER = timedelta(days=366)


def imports(folder: Path) -> Iterator[Finding]:
    """What the mapping, and the files beside it that it uses, import or ask for and may not."""
    waiting = [Path(MAPPING)]
    for path in waiting:  # grows as it goes
        try:
            tree = ast.parse((folder / path).read_bytes())
        except OSError as error:
            yield Finding(f"{error.strerror}; write the functions events and subject", str(path))
            continue
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None) or 0
            yield Finding(f"{type(error).__name__}; correct it", str(path), line)
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and 0 < node.level <= len(path.parts):
                found = _beside(node, path)
                waiting += [p for p in found if (folder / p).is_file() and p not in waiting]
            for told in _foreign(node, len(path.parts)):
                yield Finding(told, str(path), getattr(node, "lineno", 0))


def time(sample: Sample) -> Iterator[Finding]:
    """Rows that come to something else a year later."""
    later = sample.mapped_again(sample.records, sample.now + LATER)
    for one, before, after in zip(sample.records, sample.mapped, later, strict=True):
        if (before.subject, sample.bytes_of(before)) != (after.subject, sample.bytes_of(after)):
            told = "comes to something else a year later; take every time from the row"
            yield Finding(told, one.file, before.line)


def _beside(node: ast.ImportFrom, path: Path) -> list[Path]:
    """The files that a relative import may mean: modules, packages, modules of a package."""
    base = path.parents[node.level - 1]
    module = base.joinpath(*node.module.split(".")) if node.module else base
    modules = [module, *(module / alias.name for alias in node.names)]
    modules = [one for one in modules if one.name]
    return [path for one in modules for path in (one.with_suffix(".py"), one / "__init__.py")]


def _foreign(node: ast.AST, depth: int) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (told for alias in node.names if (told := _problem(alias.name)))
    elif isinstance(node, ast.ImportFrom):
        if node.level > depth:
            yield "imports from outside its folder; a connector stands by itself"
        elif node.level == 0 and (told := _problem(f"{node.module}")):
            yield told
        elif node.module == "uuid":
            yield from (_asks(alias.name) for alias in node.names if alias.name in CLOCKS)
    elif isinstance(node, ast.Attribute) and node.attr in CLOCKS and _owner(node) in CLOCK_OWNERS:
        yield _asks(node.attr)
    elif isinstance(node, ast.Name) and node.id in BUILTINS:
        yield f"uses {node.id}; a mapping does only what can be read in it"


def _asks(name: str) -> str:
    return f"asks for {name}; take every time and every name from the row"


def _owner(node: ast.Attribute) -> str:
    """The last name before the attribute's: `datetime` of `datetime.datetime.now`."""
    value = node.value
    return value.id if isinstance(value, ast.Name) else getattr(value, "attr", "")


def _problem(module: str) -> str | None:
    top = module.partition(".")[0]
    if top in IMPURE:
        return f"imports {module}; a mapping knows its rows and nothing else"
    if top in sys.stdlib_module_names:
        return None
    if any(module == ours or module.startswith(f"{ours}.") for ours in OURS):
        return None
    allowed = f"the standard library, {' and '.join(OURS)}, and files beside it (`from .name`)"
    return f"imports {module}; a mapping imports {allowed}"
