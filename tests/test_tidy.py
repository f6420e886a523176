"""The source itself, held to what its readers were promised.

Goal: a file can be read in one sitting and a function without scrolling; the domain and the
connectors stay free of the machinery; nothing of one machine stands in the repository.
Method: the files are parsed, never imported.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 70
FOLDERS = (".ci", "connectors", "schemas", "src", "tests")

SOURCES = sorted([*ROOT.glob("src/**/*.py"), *ROOT.glob("connectors/**/*.py")])

# Folders of one machine; what stands inside a container is the same for everybody.
MACHINE_PATH = re.compile(rb"(?<![\w.:/])/(home|root|work|Users|tmp)/[\w.-]+")
PACKAGE_INDEX = re.compile(
    rb"(pypi\.org|pythonhosted\.org|repo1?\.maven\.org|registry\.npmjs\.org"
    rb"|--(extra-)?index-url|--find-links|--trusted-host)"
)


def readable_files() -> list[Path]:
    """Every file of the project; what was built or installed stands in other folders."""
    inside = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
    return [path for path in (*ROOT.iterdir(), *inside) if path.is_file() and path.suffix != ".pyc"]


def imports(path: Path) -> set[str]:
    """The full names of the modules that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(str(node.module))
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_can_be_read_in_one_sitting(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= FILE_LINES_MAX


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_function_can_be_read_without_scrolling(path: Path) -> None:
    functions = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    long = {
        node.name: node.end_lineno - node.lineno + 1
        for node in functions
        if node.end_lineno is not None and node.end_lineno - node.lineno >= FUNCTION_LINES_MAX
    }
    assert long == {}


@pytest.mark.parametrize(
    "path", sorted((ROOT / "src/civicbus/domain").rglob("*.py")), ids=lambda path: path.name
)
def test_the_domain_imports_the_standard_library_and_itself(path: Path) -> None:
    foreign = {
        name
        for name in imports(path)
        if name.split(".")[0] not in sys.stdlib_module_names
        and not name.startswith("civicbus.domain")
    }
    assert foreign == set()


def test_a_connector_imports_the_connect_and_domain_packages_only() -> None:
    foreign = {
        (str(path.relative_to(ROOT)), name)
        for path in ROOT.glob("connectors/**/*.py")
        for name in imports(path)
        if name.startswith(("civicbus", "connectors"))
        and not name.startswith(("civicbus.connect", "civicbus.domain"))
    }
    assert foreign == set()


def test_the_bus_never_imports_a_connector() -> None:
    found = {
        (str(path.relative_to(ROOT)), name)
        for path in ROOT.glob("src/**/*.py")
        for name in imports(path)
        if name.split(".")[0] == "connectors"
    }
    assert found == set()


def test_no_path_of_one_machine_and_no_package_index_stands_in_the_repository() -> None:
    this_file = Path(__file__).resolve()
    found = {
        (str(path.relative_to(ROOT)), match[0].decode())
        for path in readable_files()
        if path.resolve() != this_file
        for pattern in (MACHINE_PATH, PACKAGE_INDEX)
        for match in pattern.finditer(path.read_bytes())
    }
    assert found == set()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_asks_how_it_was_installed(path: Path) -> None:
    """In the container the source is not installed, and no installation could be asked."""
    assert "importlib.metadata" not in imports(path)
