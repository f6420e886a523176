"""A sweep under way: lines in, lines out, in any order, with bounded memory.

Some hundreds of persons at a time are read, asked about together and written out; a few such parts
are under way at once, so that other workers have something to do while this one reads and writes.
Whoever does not read the answers is not asked for more lines, but for what `lines` reads ahead.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from civicbus.api.lines import LINE_BYTES_MAX, Line, Lines, TooIdleError
from civicbus.api.ports import Sweeps
from civicbus.api.problems import internal, not_ready
from civicbus.api.question import asked_about, checked
from civicbus.api.sweep_documents import ID_LENGTH_MAX, NDJSON, SweepPerson
from civicbus.domain.answer import Outcome, Question, iso
from civicbus.domain.proofs import Kind
from civicbus.http.problems import ProblemError
from civicbus.wire import strict_json
from civicbus.wire.ports import Swept, Unanswered

PART_LINES_MAX = 2_000
LINES_AT_A_TURN = 250  # then single questions have their turn
PART_BYTES_MAX = 1024 * 1024
PARTS_AT_ONCE = 3
RETRY_AFTER_SECONDS = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """What a sweep asks about everybody."""

    kind: Kind
    times: tuple[date, datetime]
    claims: dict[str, Any]
    secret: bytes

    def about(self, person: SweepPerson) -> Question:
        """The question about a person.

        Raises:
            ProblemError: if the line breaks a rule.
        """
        return asked_about(person, self.times, self.kind.claims, self.secret, self.claims)

    def start(self) -> dict[str, object]:
        """What stands in the first line that comes back."""
        valid_at, known_at = self.times
        return {
            "proof": self.kind.name,
            "valid_at": valid_at.isoformat(),
            "known_at": iso(known_at),
        }


class SweepStream(Response):
    """Understands how to answer line by line. `done` is closed at the end, whatever happens."""

    media_type = NDJSON

    def __init__(self, asked: Asked, lines: Lines, sweeps: Sweeps, done: AsyncExitStack) -> None:
        super().__init__(media_type=NDJSON)
        del self.headers["content-length"]
        self._asked = asked
        self._lines = lines
        self._sweeps = sweeps
        self._done = done
        self._count: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Answer. The body has its own reader."""
        async with self._done:
            await send(
                {
                    "type": "http.response.start",
                    "status": self.status_code,
                    "headers": self.raw_headers,
                }
            )

            async def write(*lines: bytes) -> None:
                body = b"".join(line + b"\n" for line in lines)
                await send({"type": "http.response.body", "body": body, "more_body": True})

            await write(_json({"sweep": self._asked.start()}))
            try:
                await self._answer_all(write)
            except TooIdleError:
                # No last line: the list was cut off, so nobody may take the answers for all.
                await write(_json({"id": None, "line": self._lines.number, "problem": _idle()}))
            else:
                await write(_json({"end": self._account()}))
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _answer_all(self, write: Callable[..., Any]) -> None:
        under_way = asyncio.Semaphore(PARTS_AT_ONCE)

        async def part(lines: Sequence[Line]) -> None:
            try:
                await write(*await self._answer(lines))
            finally:
                under_way.release()

        try:
            async with asyncio.TaskGroup() as parts:
                while lines := await self._lines.take(PART_LINES_MAX, PART_BYTES_MAX):
                    await under_way.acquire()
                    parts.create_task(part(lines))
        except BaseExceptionGroup as failed:
            raise failed.exceptions[0] from None

    async def _answer(self, lines: Sequence[Line]) -> list[bytes]:
        """What comes back for some lines."""
        returned: list[bytes] = []
        people: list[tuple[Line, str]] = []
        questions: list[Question] = []
        for count, line in enumerate(lines, start=1):
            if count % LINES_AT_A_TURN == 0:
                await asyncio.sleep(0)
            value = None
            try:
                value = value_of(line)
                person = checked(SweepPerson, value)
                questions.append(self._asked.about(person))
            except ProblemError as problem:
                self._count["refused"] += 1
                returned.append(_problem_line(line, _id_in(value), problem))
            else:
                people.append((line, person.id))
        results = await self._sweeps.sweep(self._asked.kind.name, questions) if questions else []
        for (line, own_id), result in zip(people, results, strict=True):
            if isinstance(result, Swept):
                self._count[result.outcome] += 1
                returned.append(b'{"id":%b,"answer":%b}' % (_json(own_id), result.text.encode()))
            else:
                self._count["not_ready"] += 1
                returned.append(_problem_line(line, own_id, _unanswered(result)))
        return returned

    def _account(self) -> dict[str, object]:
        outcomes = {outcome.value: self._count[outcome.value] for outcome in Outcome}
        return {
            "asked": self._count.total(),
            "answered": sum(outcomes.values()),
            "refused": self._count["refused"],
            "not_ready": self._count["not_ready"],
            "outcomes": outcomes,
        }


def value_of(line: Line) -> Any:
    """The JSON value in a line.

    Raises:
        ProblemError: 400 or 413.
    """
    if line.text is None:
        raise too_long()
    try:
        return strict_json.parse(line.text)
    except strict_json.NotJsonError as error:
        raise ProblemError(
            "invalid-body",
            detail=f"the line {error}",
            remedy='write one JSON object a line, such as {"id": "1", "person": "SCHEME:NUMBER"}',
        ) from None


def too_long() -> ProblemError:
    """A line is longer than any question."""
    return ProblemError(
        "body-too-large",
        detail=f"a line may have {LINE_BYTES_MAX} bytes",
        remedy="write one person a line, each line ended by a line feed",
    )


def _id_in(value: Any) -> str | None:
    """The id in a line that breaks a rule, if it has a good one."""
    own_id = value.get("id") if isinstance(value, dict) else None
    is_good = isinstance(own_id, str) and 1 <= len(own_id) <= ID_LENGTH_MAX
    return own_id if is_good else None


def _unanswered(result: Unanswered) -> ProblemError:
    if result.reason is None:
        return internal()
    return not_ready(result.reason, RETRY_AFTER_SECONDS)


def _idle() -> dict[str, object]:
    return ProblemError(
        "body-timeout",
        detail="no further line has arrived for a long time, and the body has not ended",
        remedy="send the list again, or what has no answer yet",
    ).document()


def _problem_line(line: Line, own_id: str | None, problem: ProblemError) -> bytes:
    return _json({"id": own_id, "line": line.number, "problem": problem.document()})


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
