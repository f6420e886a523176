"""The stories, played against every mutant that they reach, before mutmut tries the rest.

Most mistakes change an answer, and an answer takes a millisecond where a run of pytest takes one or
two seconds. Each mutant has a process of its own, so that nothing of it stays. What a story catches
is written down as mutmut would have; what none does is left for it to try with all tests.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import sys
import time
from collections import defaultdict
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from tests.domain.scenario import Asked, Scenario, read_scenarios
from tests.domain.scenario_checks import check_answer, check_evidence

VARIABLE = "MUTANT_UNDER_TEST"
ORIGINAL = "__mutmut_orig"
CAUGHT = 1  # the exit code of pytest when a test fails
LONGEST = 60  # seconds of processor time; a mutant that takes longer is in a loop

Question = tuple[Scenario, Asked]


def main() -> None:
    """Run in the folder that mutmut makes; takes the number of processes, and which mutants."""
    jobs, patterns = int(sys.argv[1]), sys.argv[2:] or ["*"]
    os.environ[VARIABLE] = "none"
    questions = [(story, asked) for story in read_scenarios() for asked in story.asked]
    reaching = _reaching(questions)
    files = sorted(Path("src").rglob("*.py.meta"))
    workers = [
        multiprocessing.get_context("fork").Process(
            target=_judge_files, args=(files[place::jobs], patterns, questions, reaching)
        )
        for place in range(jobs)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    sys.exit(any(worker.exitcode for worker in workers))


def _reaching(questions: list[Question]) -> dict[str, list[int]]:
    """For each function the questions that reach it, the quickest first."""
    found: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for place, question in enumerate(questions):
        reached: set[str] = set()

        def note(frame: Any, event: str, _: object, reached: set[str] = reached) -> None:
            name = frame.f_code.co_name
            if event == "call" and name.endswith(ORIGINAL):
                module = frame.f_globals["__name__"]
                reached.add(f"{module}.{name.removesuffix(ORIGINAL)}")

        started = time.perf_counter()
        story, asked = question
        sys.setprofile(note)
        story.answer(asked, story.events)
        sys.setprofile(None)
        took = time.perf_counter() - started
        for function in reached:
            found[function].append((took, place))
    return {name: [place for _, place in sorted(own)] for name, own in found.items()}


def _play(question: Question) -> None:
    story, asked = question
    answer = story.answer(asked, story.events)
    check_answer(story, asked, answer)
    again = story.answer(asked, [*story.events[::-1], *story.events])
    assert again.to_json() == answer.to_json()
    check_evidence(story, asked, answer)


def _judge_files(
    files: list[Path],
    patterns: list[str],
    questions: list[Question],
    reaching: dict[str, list[int]],
) -> None:
    for path in files:
        told = json.loads(path.read_text(encoding="utf-8"))
        codes = told["exit_code_by_key"]
        waiting = [name for name, code in codes.items() if code is None]
        for name in waiting:
            if not any(fnmatch(name, pattern) for pattern in patterns):
                continue
            function = name.rpartition("__mutmut_")[0]
            asked = [questions[place] for place in reaching.get(function, ())]
            if asked and _is_caught(name, asked):
                codes[name] = CAUGHT
        path.write_text(json.dumps(told, indent=4), encoding="utf-8")


def _is_caught(name: str, asked: list[Question]) -> bool:
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST))
        os.environ[VARIABLE] = name
        try:
            for question in asked:
                _play(question)
        except BaseException:  # noqa: BLE001 - whatever a mutant raises, it is caught
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return status != 0


if __name__ == "__main__":
    main()
