"""Judges the mutants that mutmut has made: with the stories, then with all tests that reach them.

The tests are collected once, and each mutant is tried in a fork of its own, so that nothing of it
stays and nothing has to be imported again: mutmut's own way takes seconds for each. First every
mutant is tried with a few questions; what they let through with all others and with the tests that
reach it, in a random order of mutants: wherever the run is stopped, those judged are a fair sample.
Time is bounded for each mutant, so a few count as survivors that a longer look would find.
"""

from __future__ import annotations

import gc
import json
import os
import random
import resource
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatch
from itertools import accumulate
from pathlib import Path

import pytest
from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

from tests.mutation.played import FEW, Question, chosen, reaching

VARIABLE = "MUTANT_UNDER_TEST"
SURVIVED, CAUGHT = 0, 1  # the exit codes of pytest, which mutmut keeps
# Seconds of processor time; a mutant that takes longer is in a loop.
LONGEST_WITH_FEW = 15
LONGEST = 120
TESTS_LAST = 4.0  # seconds of tests, the quickest first; the long ones are laws of everything
MEMORY = 4 << 30
SAVED_EVERY = 50
LET_THROUGH = Path("let-through.json")


class Verdicts:
    """What became of each mutant, in the files where mutmut keeps that."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._files = {
            path: json.loads(path.read_text(encoding="utf-8"))
            for path in sorted(Path("src").rglob("*.py.meta"))
        }
        self._codes = [told["exit_code_by_key"] for told in self._files.values()]
        self._patterns = patterns
        self._unsaved = 0
        known = json.loads(LET_THROUGH.read_text("utf-8")) if LET_THROUGH.exists() else []
        self._let_through: set[str] = set(known)

    def open(self, *, let_through: bool) -> list[str]:
        """The mutants asked for without a verdict: those that few questions let through, or not."""
        return [
            name
            for codes in self._codes
            for name, code in codes.items()
            if code is None
            and (name in self._let_through) == let_through
            and any(fnmatch(name, pattern) for pattern in self._patterns)
        ]

    def let_through(self, mutant: str) -> None:
        self._let_through.add(mutant)
        self._count()

    def note(self, mutant: str, code: int) -> None:
        for codes in self._codes:
            if mutant in codes:
                codes[mutant] = code
        self._count()

    def _count(self) -> None:
        self._unsaved += 1
        if self._unsaved >= SAVED_EVERY:
            self.save()

    def save(self) -> None:
        self._unsaved = 0
        LET_THROUGH.write_text(json.dumps(sorted(self._let_through)), encoding="utf-8")
        for path, told in self._files.items():
            path.write_text(json.dumps(told, indent=4), encoding="utf-8")


class Judge:
    """A pytest plugin that runs the collected tests against mutants instead of once."""

    def __init__(self, jobs: int, verdicts: Verdicts) -> None:
        self.jobs = jobs
        self.verdicts = verdicts
        self.failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed = self.failed or report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        questions = reaching()
        tests = _tests_by_function()
        gc.freeze()

        def by_few(mutant: str) -> bool:
            asked = chosen(questions.get(_function(mutant), ()), FEW)
            return _answers(asked, thoroughly=True)

        def by_all(mutant: str) -> bool:
            function = _function(mutant)
            found = [items[name] for name in tests.get(function, ()) if name in items]
            asked = questions.get(function, ())
            return self._passes_tests(found) and _answers(asked, thoroughly=False)

        self._try_all("a few questions", by_few, LONGEST_WITH_FEW, is_last=False)
        self._try_all("all of them, and tests", by_all, LONGEST, is_last=True)
        return True

    def _try_all(
        self, title: str, passes: Callable[[str], bool], longest: int, *, is_last: bool
    ) -> None:
        waiting = self.verdicts.open(let_through=is_last)
        random.Random(0).shuffle(waiting)
        running: dict[int, str] = {}
        columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns) as progress:
            task = progress.add_task(title, total=len(waiting))
            while waiting or running:
                while waiting and len(running) < self.jobs:
                    mutant = waiting.pop()
                    running[_forked(mutant, passes, longest)] = mutant
                pid, status = os.wait()
                mutant = running.pop(pid)
                if status != 0:
                    self.verdicts.note(mutant, CAUGHT)
                elif is_last:
                    self.verdicts.note(mutant, SURVIVED)
                else:
                    self.verdicts.let_through(mutant)
                progress.advance(task)
        self.verdicts.save()

    def _passes_tests(self, items: Sequence[pytest.Item]) -> bool:
        for item in items:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            if self.failed:
                return False
        return True


def _answers(questions: Sequence[Question], *, thoroughly: bool) -> bool:
    """True if every question is answered as it was written."""
    try:
        for question in questions:
            question.check(thoroughly=thoroughly)
    except Exception:  # noqa: BLE001 - whatever a mutant raises, it is caught
        return False
    return True


def _forked(mutant: str, passes: Callable[[str], bool], longest: int) -> int:
    """The process in which a mutant is tried; it ends with 0 if nothing notices the mistake."""
    child = os.fork()
    if child:
        return child
    resource.setrlimit(resource.RLIMIT_CPU, (longest, longest))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.environ[VARIABLE] = mutant
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, sys.stdout.fileno())
    os.dup2(silence, sys.stderr.fileno())
    try:
        os._exit(SURVIVED if passes(mutant) else CAUGHT)
    except BaseException:  # noqa: BLE001 - of a loop or of too much memory as well
        os._exit(CAUGHT)


def _function(mutant: str) -> str:
    return mutant.rpartition("__mutmut_")[0]


def _tests_by_function() -> Mapping[str, Sequence[str]]:
    """The tests that reach a function, the quickest first, as mutmut has found out.

    As many as last `TESTS_LAST` together.
    """
    told = json.loads(Path("mutmut-stats.json").read_text(encoding="utf-8"))
    took = told["duration_by_test"]
    found = {}
    for function, names in told["tests_by_mangled_function_name"].items():
        ordered = sorted(names, key=lambda name: took.get(name, 0.0))
        ends = accumulate(took.get(name, 0.0) for name in ordered)
        found[function] = [
            name for name, end in zip(ordered, ends, strict=True) if end <= TESTS_LAST
        ]
    return found


def main() -> int:
    """Run in the folder that mutmut makes; takes the number of processes, and which mutants."""
    jobs, patterns = int(sys.argv[1]), sys.argv[2:] or ["*"]
    os.environ[VARIABLE] = "none"
    told = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]
    options = told["pytest_add_cli_args"], told["pytest_add_cli_args_test_selection"]
    judge = Judge(jobs, Verdicts(patterns))
    quiet = ["-qq", "-s", "--no-summary", "--rootdir=."]
    return int(pytest.main([*quiet, *options[0], *options[1]], plugins=[judge]))


if __name__ == "__main__":
    sys.exit(main())
