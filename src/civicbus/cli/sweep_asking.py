"""Asks workers about a list, part by part, and goes on where one of them fails.

A part is small enough for a worker to read it before it answers. Two parts are under way at each
worker, so that it works while answers travel. What was cut off, and who was not ready, is asked
again; a worker that fails several times in a row is left alone.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import httpx

from civicbus.api.sweep_documents import NDJSON
from civicbus.cli.prove_command import RefusedError, object_in, told
from civicbus.cli.sweep_file import SweepFile, is_settled
from civicbus.cli.sweep_list import Entry

PART_PEOPLE_MAX = 5_000
PART_BYTES_MAX = 2 * 1024 * 1024
PARTS_AT_ONCE = 2
TOLD_EVERY = 500  # persons
FAILURES_MAX = 4
ROUNDS = 3
PAUSE_SECONDS = 3.0
TIMEOUT = httpx.Timeout(120.0, connect=5.0)
REMEDY = "start one with `civicbus worker`, or name its address with --api or CIVICBUS_ADVERTISE"

Part = list[Entry]


class Asking:
    """Understands what of a list is still to be asked, and of whom."""

    def __init__(
        self, apis: Sequence[str], file: SweepFile, advance: Callable[[int], None]
    ) -> None:
        self._apis = apis
        self._file = file
        self._advance = advance
        self._again: deque[Part] = deque()
        self._unready: dict[str, tuple[Entry, dict[str, Any]]] = {}
        self._taken = 0
        self._first = asyncio.Lock()
        self._failure: RefusedError | None = None

    async def run(self, people: Iterable[Entry]) -> None:
        """Ask about everybody; whoever is not ready at last has a line that says so.

        Raises:
            RefusedError: if no worker answers any more, or one refuses the question.
        """
        # Not through a proxy that the environment happens to name: the bodies are about persons.
        async with httpx.AsyncClient(trust_env=False, timeout=TIMEOUT) as client:
            await self._round(client, _parts(people))
            for _ in range(ROUNDS):
                if not self._unready:
                    break
                await asyncio.sleep(PAUSE_SECONDS)
                left = [entry for entry, _ in self._unready.values()]
                self._unready.clear()
                await self._round(client, _parts(left))
        for _, line in self._unready.values():
            self._file.add(line)
            self._advance(1)

    async def _round(self, client: httpx.AsyncClient, parts: Iterator[Part]) -> None:
        try:
            async with asyncio.TaskGroup() as asking:
                for api in [*self._apis] * PARTS_AT_ONCE:
                    asking.create_task(self._ask(client, api, parts))
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None
        if self._again or next(parts, None) is not None:
            assert self._failure is not None
            raise self._failure

    async def _ask(self, client: httpx.AsyncClient, api: str, parts: Iterator[Part]) -> None:
        """Ask one worker about part after part, until it has failed too often in a row."""
        failures = 0
        while failures < FAILURES_MAX and (part := self._next(parts)):
            left = dict(enumerate(part, start=2))
            try:
                if "valid_at" in self._file.question:
                    await self._put(client, api, left)
                else:
                    async with self._first:  # the first answer says which day is today
                        await self._put(client, api, left)
                failures = 0
            except _FailedError as failed:
                self._failure = RefusedError(f"{api}: {failed}")
                failures += 1
                if left:
                    self._again.append(list(left.values()))
                await asyncio.sleep(failed.pause_seconds or failures)
            finally:
                self._tell()
                self._file.flush()

    def _next(self, parts: Iterator[Part]) -> Part | None:
        if self._again:
            return self._again.popleft()
        return next(parts, None)

    async def _put(self, client: httpx.AsyncClient, api: str, left: dict[int, Entry]) -> None:
        """Ask about a part; who has a line, by the place in what was sent, is left no longer."""
        url = f"{api.rstrip('/')}/v1/sweeps"
        asked = {k: v for k, v in self._file.question.items() if k != "list" and v is not None}
        body = b"".join(map(_line, (asked, *(entry.person for entry in left.values()))))
        places = {entry.id: place for place, entry in left.items()}
        headers = {"Content-Type": NDJSON}
        has_ended = False
        try:
            async with client.stream("POST", url, content=body, headers=headers) as response:
                if response.status_code != httpx.codes.OK:
                    await response.aread()
                    raise _refusal(api, response)
                async for line in response.aiter_lines():
                    said = json.loads(line)
                    if "sweep" in said:
                        self._file.begin(said["sweep"]["valid_at"])
                    elif "end" in said:
                        has_ended = True
                    elif said["id"] in places:
                        self._take(left.pop(places[said["id"]]), said, line)
        except httpx.TimeoutException:
            raise _FailedError("no answer in time; see the worker's log") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            name = type(error).__name__
            raise _FailedError(f"no worker reached ({name}); {REMEDY}") from None
        except (ValueError, KeyError, TypeError):
            raise RefusedError(f"{api}: no civicbus worker answers there; correct --api") from None
        if left or not has_ended:
            raise _FailedError("the answer was cut off; see the worker's log")

    def _take(self, entry: Entry, said: dict[str, Any], text: str) -> None:
        if "answer" in said:
            self._file.add(said, text)
        elif is_settled(said):
            self._file.add(said | {"line": entry.line})
        else:
            self._unready[entry.id] = entry, said | {"line": entry.line}
            return
        self._taken += 1
        if self._taken == TOLD_EVERY:
            self._tell()

    def _tell(self) -> None:
        """Move the bar: to do so for each person would take longer than to read the answer."""
        self._advance(self._taken)
        self._taken = 0


class _FailedError(Exception):
    """A part was not answered whole; the rest of it may be asked again, after a pause."""

    def __init__(self, text: str, pause_seconds: float = 0) -> None:
        super().__init__(text)
        self.pause_seconds = pause_seconds


def _refusal(api: str, response: httpx.Response) -> Exception:
    problem = object_in(response)
    refused = RefusedError(told(api, response.status_code, problem))
    if response.status_code not in {429, 500, 503} or "detail" not in problem:
        return refused
    pause = response.headers.get("Retry-After", "")
    text = str(refused).removeprefix(f"{api}: ")
    return _FailedError(text, float(pause) if pause.isdecimal() else 0)


def _parts(people: Iterable[Entry]) -> Iterator[Part]:
    part: Part = []
    size = 0
    for entry in people:
        part.append(entry)
        size += len(_line(entry.person))
        if len(part) == PART_PEOPLE_MAX or size > PART_BYTES_MAX:
            yield part
            part, size = [], 0
    if part:
        yield part


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
