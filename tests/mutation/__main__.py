"""`make mutants`: how many small mistakes in the domain its tests would notice.

mutmut changes the domain in one place at a time, in a copy of the tree under build/mutants, and
`judge` tries each change with the stories and the tests that reach it. What survives is listed in
`survivors.toml` with the reason, by function; a survivor without one is printed. The run can be
stopped and goes on where it was.

Exit codes: 0, or 1 if the score is below 90 % or a survivor has no reason, or 2 if mutmut failed.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.mutation.undecorate import undecorated

ROOT = Path(__file__).parents[2]
WORK = ROOT / "build" / "mutants"
PROGRAMS = ROOT / ".venv-mutants" / "bin"
MUTMUT = PROGRAMS / "mutmut"
FIRST = "civicbus.domain.truth.*"  # few; but mutmut makes all mutants before it tries any
REASONS = Path(__file__).with_name("survivors.toml")
LEAST_SCORE = 0.9
EXAMPLES = "0.1"  # of those of a law, which is tried thousands of times in this run
RESULT = re.compile(r"^\s*(?P<function>\S+)__mutmut_\d+: (?P<status>.+)$")
CAUGHT = ("killed", "timeout", "segfault", "suspicious")
NOT_RUN = ("not checked", "skipped")


@dataclass(frozen=True)
class Result:
    """What became of the mutants of a function."""

    function: str
    count: Mapping[str, int]

    @property
    def module(self) -> str:
        return self.function.removeprefix("civicbus.domain.").rpartition(".")[0]

    @property
    def caught(self) -> int:
        return sum(self.count.get(status, 0) for status in CAUGHT)

    @property
    def tried(self) -> int:
        return sum(number for status, number in self.count.items() if status not in NOT_RUN)

    @property
    def survived(self) -> int:
        return self.tried - self.caught


def main() -> int:
    options = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    options.add_argument("names", nargs="*", help="mutants to try, such as '*.proofs.alive.*'")
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--again", action="store_true", help="try survivors again, with new tests")
    options.add_argument("--report", action="store_true", help="only tell of what has been tried")
    given = options.parse_args()
    if not given.report:
        prepare()
        if given.again:
            forget_survivors()
        make = [str(MUTMUT), "run", FIRST]
        judge = [str(PROGRAMS / "python"), "-m", "tests.mutation.judge", str(given.jobs)]
        steps = ((make, WORK), ([*judge, *given.names], WORK / "mutants"))
        # Nothing but the changed copy may be imported, whoever asks for a module first.
        copy = f"{WORK}/mutants"
        environment = os.environ | {"PYTHONPATH": f"{copy}:{copy}/src", "CIVICBUS_LAWS": EXAMPLES}
        for command, folder in steps:
            if subprocess.run(command, cwd=folder, env=environment, check=False).returncode:
                return 2
    return report(results(), reasons())


def prepare() -> None:
    """Copy what is mutated and what judges it; what was tried before is kept, if unchanged."""
    for name in ("src", "tests", "mutants/tests"):
        shutil.rmtree(WORK / name, ignore_errors=True)
    # Python never looks again for a folder of its path that was missing when it began.
    (WORK / "mutants/src").mkdir(parents=True, exist_ok=True)
    # Which tests reach what is found out anew: a test that is gone would end the run.
    (WORK / "mutants/mutmut-stats.json").unlink(missing_ok=True)
    kept = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src/civicbus/domain", WORK / "src/civicbus/domain", ignore=kept)
    shutil.copy(ROOT / "src/civicbus/__init__.py", WORK / "src/civicbus/")
    for name in ("domain", "scenarios", "mutation"):
        shutil.copytree(ROOT / "tests" / name, WORK / "tests" / name, ignore=kept)
    for name in ("builders.py", "patience.py"):
        shutil.copy(ROOT / "tests" / name, WORK / "tests")
    shutil.copy(Path(__file__).with_name("workspace.toml"), WORK / "pyproject.toml")
    for path in (WORK / "src/civicbus/domain").rglob("*.py"):
        path.write_text(undecorated(path.read_text(encoding="utf-8")), encoding="utf-8")


def forget_survivors() -> None:
    """Take the survivors' verdicts back: tests have come that may notice them."""
    for path in (WORK / "mutants/src").rglob("*.py.meta"):
        told = json.loads(path.read_text(encoding="utf-8"))
        codes = told["exit_code_by_key"]
        told["exit_code_by_key"] = {name: code or None for name, code in codes.items()}
        path.write_text(json.dumps(told, indent=4), encoding="utf-8")


def results() -> list[Result]:
    """What mutmut knows of every function."""
    told = subprocess.run(
        [str(MUTMUT), "results", "--all", "true"],
        cwd=WORK, check=True, capture_output=True, text=True,
    )  # fmt: skip
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for line in told.stdout.splitlines():
        if match := RESULT.match(line):
            found[_plain(match["function"])][match["status"]] += 1
    return [Result(function, count) for function, count in sorted(found.items())]


def _plain(name: str) -> str:
    """`module.Class.function`, of mutmut's way to write it."""
    return name.replace(".xǁ", ".").replace("ǁ", ".").replace(".x_", ".")


def reasons() -> dict[str, str]:
    """Why a function's survivors are no gap, by its name."""
    told = tomllib.loads(REASONS.read_text(encoding="utf-8"))
    return {function: reason for reason, functions in told.items() for function in functions}


def report(found: list[Result], known: Mapping[str, str]) -> int:
    """Print the score of each module, and the survivors; tell whether they are good enough."""
    console = Console()
    table = Table("module", "tried", "caught", "survived", "score")
    modules: dict[str, list[Result]] = defaultdict(list)
    for result in found:
        modules[result.module].append(result)
    for module, own in sorted(modules.items()):
        table.add_row(module, *_figures(own))
    table.add_section()
    table.add_row("all", *_figures(found))
    console.print(table)
    unexplained = [r for r in found if r.survived and r.function not in known]
    for result in unexplained:
        console.print(f"survived, no reason given: {result.function}: {result.survived}")
    stale = sorted(known.keys() - {r.function for r in found if r.survived})
    for function in stale:
        console.print(f"no survivor any more: {function}")
    waiting = sum(r.count.get("not checked", 0) for r in found)
    if waiting:
        console.print(f"{waiting:,} mutants have not been tried")
    tried, caught = sum(r.tried for r in found), sum(r.caught for r in found)
    return int(not tried or caught / tried < LEAST_SCORE or bool(unexplained))


def _figures(own: list[Result]) -> list[str]:
    tried, caught = sum(r.tried for r in own), sum(r.caught for r in own)
    score = f"{caught / tried:.1%}" if tried else "-"
    return [f"{tried:,}", f"{caught:,}", f"{tried - caught:,}", score]


if __name__ == "__main__":
    sys.exit(main())
