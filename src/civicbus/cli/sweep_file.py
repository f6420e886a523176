"""The file of a sweep's answers: what has been asked, and one line for each person so far.

It begins with the question and the fingerprint of the list. A sweep that was interrupted is
continued in the same file, and only if both are still the same: else answers to different questions
would stand side by side. What a kill cut off, and who was not ready, is taken out and asked again.
The last line, the account, is there only if the sweep came to its end.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from civicbus.domain.answer import Outcome

NOT_READY = "not ready"
REFUSED = "refused"


class OtherSweepError(Exception):
    """The file holds something else than answers to this question. The text says what to do."""


@dataclass
class Tally:
    """What became of the people so far, by outcome and reason."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, line: Mapping[str, Any]) -> None:
        """Count a person's line."""
        if "answer" in line:
            self.counts[line["answer"]["outcome"], line["answer"]["reason"]] += 1
        else:
            problem = line["problem"]
            is_final = is_settled(line)
            why = problem.get("field" if is_final else "reason") or problem["type"]
            self.counts[REFUSED if is_final else NOT_READY, why] += 1

    def of(self, *outcomes: str) -> int:
        """How many people came to one of these."""
        return sum(count for (outcome, _), count in self.counts.items() if outcome in outcomes)

    def account(self) -> dict[str, Any]:
        """The same numbers as the last line of a worker's answer."""
        outcomes = {outcome.value: self.of(outcome.value) for outcome in Outcome}
        return {
            "asked": self.counts.total(),
            "answered": sum(outcomes.values()),
            "refused": self.of(REFUSED),
            "not_ready": self.of(NOT_READY),
            "outcomes": outcomes,
        }


def is_settled(line: Mapping[str, Any]) -> bool:
    """True if asking again would bring nothing else: an answer, or a line that breaks a rule."""
    return "answer" in line or 400 <= line["problem"]["status"] < 500


class SweepFile:
    """Understands which answers there are already. Without a path they go to standard output."""

    def __init__(self, path: Path | None, question: dict[str, Any]) -> None:
        self._path = path
        self.question = question
        self.tally = Tally()
        self.done: set[str] = set()
        self._output: IO[bytes] | None = None
        self._has_begun = False

    def __enter__(self) -> Self:
        """Read what is there.

        Raises:
            OtherSweepError: if that is not of this sweep.
            OSError: if the file cannot be read or written.
        """
        if self._path is None:
            self._output = sys.stdout.buffer
        else:
            if self._path.exists() and self._path.stat().st_size:
                self._continue(self._path)
            self._output = self._path.open("ab")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._output is not None
        if self._path is None:
            self._output.flush()
        else:
            self._output.close()

    def begin(self, valid_at: str) -> None:
        """The day that the question is about is known now; it stays the same."""
        self.question["valid_at"] = valid_at
        if not self._has_begun:
            self._has_begun = True
            self._write({"sweep": self.question})

    def add(self, line: Mapping[str, Any], text: str | None = None) -> None:
        """A person's line; `text` is how it came, where it may stay so."""
        self.tally.add(line)
        self._write(line, text)

    def flush(self) -> None:
        """Hand to the system what was written so far."""
        assert self._output is not None
        self._output.flush()

    def end(self) -> None:
        """Everybody has a line."""
        self._write({"end": self.tally.account()})

    def _write(self, line: Mapping[str, Any], text: str | None = None) -> None:
        assert self._output is not None
        text = text or json.dumps(line, ensure_ascii=False, separators=(",", ":"))
        self._output.write(text.encode() + b"\n")

    def _continue(self, path: Path) -> None:
        """Take over the settled lines; the others are taken out of the file."""
        lines = _objects(path)
        self._check(path, next(lines, {}))
        self._has_begun = True
        kept = path.with_name(path.name + ".kept")
        with kept.open("wb") as self._output:
            self._write({"sweep": self.question})
            for line in lines:
                if ("answer" in line or "problem" in line) and is_settled(line):
                    self.done.add(line["id"])
                    self.add(line)
            self._output.flush()
            os.fsync(self._output.fileno())
        kept.replace(path)

    def _check(self, path: Path, first: Mapping[str, Any]) -> None:
        begun = first.get("sweep")
        if not isinstance(begun, dict) or "list" not in begun:
            raise OtherSweepError(f"{path}: not a file of this command; name another with --out")
        asked = {"valid_at": begun.get("valid_at"), **self.question}
        if begun != asked:
            names = sorted({*begun, *asked})
            others = ", ".join(name for name in names if begun.get(name) != asked.get(name))
            raise OtherSweepError(
                f"{path}: answers to another question ({others} is different); ask the same "
                "again, or name another file with --out"
            )
        self.question = dict(begun)


def _objects(path: Path) -> Iterator[dict[str, Any]]:
    """The lines that are whole: a kill may have cut off the last one."""
    with path.open("rb") as file:
        for text in file:
            try:
                value = json.loads(text)
            except ValueError:
                continue
            if isinstance(value, dict):
                yield value
