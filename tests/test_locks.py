"""The lock files are those of pyproject.toml, whole, and pinned by hash."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.needs import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUN = PROJECT["project"]["dependencies"]
DEVELOP = [*RUN, *PROJECT["dependency-groups"]["dev"]]
BENCH = PROJECT["dependency-groups"]["bench"]
MUTANTS = PROJECT["dependency-groups"]["mutants"]
PIN = re.compile(r"^([\w.-]+)==(\S+)(?: ;.*)? \\$")


def pins(name: str) -> dict[str, str]:
    """The version of each package in a lock file."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    matches = [match for line in lines if (match := PIN.match(line))]
    return {canonicalize_name(match[1]): match[2] for match in matches}


@pytest.mark.parametrize(
    ("lock", "declared"),
    [
        ("requirements.lock", RUN),
        ("requirements-dev.lock", DEVELOP),
        ("requirements-mutants.lock", MUTANTS),
        ("requirements-bench.lock", BENCH),
    ],
)
def test_every_declared_dependency_is_locked_at_an_allowed_version(
    lock: str, declared: list[str]
) -> None:
    locked = pins(lock)
    for requirement in map(Requirement, declared):
        version = locked.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement.name}: run `make lock`"
        assert version in requirement.specifier, f"{requirement.name}: run `make lock`"


@pytest.mark.parametrize(
    ("lock", "fewest"),
    [
        ("requirements.lock", 40),
        ("requirements-dev.lock", 40),
        ("requirements-mutants.lock", 10),
        ("requirements-bench.lock", 20),
    ],
)
def test_every_line_of_a_lock_is_a_pin_with_its_hashes(lock: str, fewest: int) -> None:
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    assert len(pins(lock)) > fewest
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        assert PIN.match(line) or line.startswith(("#", "    --hash=sha256:", "    #"))
        if PIN.match(line):
            assert after.startswith("    --hash=sha256:")


def test_what_is_installed_for_use_is_what_was_tested() -> None:
    tested = pins("requirements-dev.lock")
    assert pins("requirements.lock").items() <= tested.items()
