"""Those who ask single questions, in a process of their own; each prints one JSON object.

`python -m tests.benchmarks.asking speed PORT PERSONS SECONDS` asks as fast as it can over a few
connections that are kept. `... mixed PORT PERSONS SECONDS BROKER SHARE SKIPPED` asks at a steady
rate while a publisher announces deaths, and asks about some of these again and again until the
answer knows of the death; at a `SHARE` of the rates, and of other people than the `SKIPPED` ones
who have died. Times are milliseconds. A question's time runs from when it was due, so that a worker
that stalls cannot make it wait unnoticed.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any, Self

from tests.benchmarks.announcing import living
from tests.benchmarks.running import PYTHON
from tests.benchmarks.workers import times_of

ANNOUNCER = "tests.benchmarks.announcing"
CONNECTIONS = 16
PROOFS_A_SECOND = 600.0
EVENTS_A_SECOND = 400.0
FOLLOWERS = 2  # each follows one event at a time, so that they ask a bounded number of questions
ASKED_AGAIN_AFTER = 0.02  # seconds
KNOWN_WITHIN = 30.0  # seconds
PEOPLE = 5_000
THE_END = ""


class Connection:
    """One kept connection; it does as little as it can, since it shares the cores."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def to(cls, port: int) -> Self:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def ask(self, request: bytes) -> bytes:
        """The body of an answer; anything but an answer ends the run."""
        self._writer.write(request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
        body = await self._reader.readexactly(int(length))
        if not head.startswith(b"http/1.1 200"):
            raise SystemExit(f"not answered: {body.decode()}")
        return body


def request(question: dict[str, str]) -> bytes:
    """The whole HTTP request of a question."""
    body = json.dumps(question).encode()
    return (
        b"POST /v1/proofs/alive HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
        b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    )


def requests(persons: int) -> Iterator[bytes]:
    """Questions about the living, one after the other and over again."""
    people = itertools.islice(living(persons), PEOPLE)
    times = times_of(persons)
    return itertools.cycle([request({"person": str(person), **times}) for person in people])


def summary(taken: list[float], seconds: float) -> dict[str, Any]:
    """How many, how many a second, and how long they took: milliseconds."""
    cuts = statistics.quantiles(taken, n=100)
    return {
        "count": len(taken),
        "per_second": round(len(taken) / seconds, 1),
        "p50": round(cuts[49] * 1e3, 2),
        "p99": round(cuts[98] * 1e3, 2),
    }


async def at_full_speed(port: int, persons: int, seconds: float) -> dict[str, Any]:
    """Each connection asks again as soon as it has its answer."""
    questions, taken = requests(persons), list[float]()
    connections = [await Connection.to(port) for _ in range(CONNECTIONS)]
    begun = time.monotonic()

    async def asker(connection: Connection) -> None:
        while (now := time.monotonic()) < begun + seconds:
            await connection.ask(next(questions))
            taken.append(time.monotonic() - now)

    await asyncio.gather(*map(asker, connections))
    return summary(taken, time.monotonic() - begun)


class Mixed:
    """Steady questions beside a publisher, and the events that are followed."""

    def __init__(self, port: int, persons: int, seconds: float, share: float) -> None:
        self._port = port
        self._share = share
        self._questions = requests(persons)
        self._seconds = seconds
        self._due = itertools.count()
        self._proofs: list[float] = []
        self._known: list[float] = []
        self._followed: asyncio.Queue[str] = asyncio.Queue()
        self._idle = 0  # followers

    async def run(self, persons: int, broker: str, skipped: int) -> dict[str, Any]:
        arguments = (broker, persons, EVENTS_A_SECOND * self._share, self._seconds, skipped)
        pipe = asyncio.subprocess.PIPE
        publisher = await asyncio.create_subprocess_exec(
            *PYTHON, ANNOUNCER, *map(str, arguments), stdin=pipe, stdout=pipe
        )
        assert publisher.stdin is not None
        assert publisher.stdout is not None
        await publisher.stdout.readline()
        connections = [await Connection.to(self._port) for _ in range(CONNECTIONS)]
        publisher.stdin.write(b"\n")
        begun = time.monotonic()
        asking = [asyncio.create_task(self._ask(one, begun)) for one in connections]
        following = [asyncio.create_task(self._follow()) for _ in range(FOLLOWERS)]
        published = 0
        async for line in publisher.stdout:
            published += 1
            if self._followed.qsize() < self._idle:  # else nobody could follow it at once
                self._followed.put_nowait(line.decode())
        took = time.monotonic() - begun
        for _ in following:
            self._followed.put_nowait(THE_END)
        await asyncio.gather(*asking)
        answered = time.monotonic() - begun
        await asyncio.gather(*following)
        if await publisher.wait():
            raise SystemExit("the publisher failed")
        return {
            "events": {
                **summary(self._known, took),
                "published_per_second": round(published / took, 1),
            },
            "proofs": summary(self._proofs, answered),
        }

    async def _ask(self, connection: Connection, begun: float) -> None:
        """Take the questions as they become due."""
        while (after := next(self._due) / (PROOFS_A_SECOND * self._share)) < self._seconds:
            due = begun + after
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            await connection.ask(next(self._questions))
            self._proofs.append(time.monotonic() - due)

    async def _follow(self) -> None:
        """Ask about the person of an event until the answer rests on it; then take the next."""
        connection = await Connection.to(self._port)
        while (line := await self._next()) != THE_END:
            sent, event_id, person = line.split()
            question = request({"person": person})
            while event_id.encode() not in (answer := await connection.ask(question)):
                if time.monotonic() > float(sent) + KNOWN_WITHIN:
                    raise RuntimeError(f"an event is not known in time: {answer.decode()}")
                await asyncio.sleep(ASKED_AGAIN_AFTER)
            self._known.append(time.monotonic() - float(sent))

    async def _next(self) -> str:
        self._idle += 1
        try:
            return await self._followed.get()
        finally:
            self._idle -= 1


def main() -> None:
    how, port, persons, seconds, *more = sys.argv[1:]
    if how == "speed":
        found = asyncio.run(at_full_speed(int(port), int(persons), float(seconds)))
    else:
        broker, share, skipped = more
        mixed = Mixed(int(port), int(persons), float(seconds), float(share))
        found = asyncio.run(mixed.run(int(persons), broker, int(skipped)))
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
