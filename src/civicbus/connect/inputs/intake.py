"""Between those who send over HTTP and the runner: a bounded queue, and the answers back.

Whoever sends waits until the broker has acknowledged what came of it, and what was sent is
remembered on disk. Whatever fails before is told to all who wait, as a thing to be sent again.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from hashlib import blake2b
from pathlib import Path
from typing import Any

from civicbus.connect.inputs.batches import AT_LEAST_EVERY, Batch, Batches, Taken
from civicbus.connect.inputs.remembered import Memory, Remembered, remembered
from civicbus.connect.rows import Record, RefusedRow

RECORDS_TOGETHER = 500  # in a batch; one request may bring more
REQUESTS_MAX = 1_000  # waiting at once
BYTES_MAX = 32 * 1024 * 1024  # of all bodies that are being read or wait
NAME_BYTES = 16


class NotTakenError(Exception):
    """What was sent was not marked, and is to be sent again; the text says why."""


class Fate(Enum):
    """What became of one thing that was sent."""

    ACCEPTED = "accepted"
    REFUSED = "refused"  # in part at least; the marks of that are on the bus
    CONFLICT = "conflict"  # the id is that of something else, sent earlier
    WITHHELD = "withheld"  # a watermark behind something that was not taken


@dataclass(frozen=True, slots=True)
class Sent:
    """One thing with an id: an event, or a message. `id` and `content` are names of ours.

    With `complete_through` it is a watermark, and has no records.
    """

    id: bytes
    content: bytes
    records: Sequence[Record] = ()
    complete_through: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it, and the rows that were refused."""

    fate: Fate
    refused: Sequence[RefusedRow] = ()


@dataclass(frozen=True, slots=True)
class _Request:
    """Things that came together, in their order; `None` where one could not be read."""

    sent: Sequence[Sent | None]
    answer: asyncio.Future[list[Outcome | None]] = field(repr=False)

    @property
    def going(self) -> list[Sent]:
        """What could be read."""
        return [sent for sent in self.sent if sent is not None]


class Intake:
    """Understands who waits for an answer.

    `path` is the file that remembers what was sent, in names of our own, made under `secret`: an id
    may hold a person's number, which a plain digest would let anybody guess.
    """

    def __init__(self, path: Path, secret: bytes) -> None:
        self._path = path
        self._key = blake2b(secret).digest()
        self._waiting: deque[_Request] = deque()
        self._arrived = asyncio.Event()
        self.is_open = False  # somebody takes what comes
        self._requests = 0
        self._bytes = 0
        self._lines = itertools.count(1)

    def line(self) -> int:
        """A number for a record that no other one has."""
        return next(self._lines)

    def name(self, *values: Any) -> bytes:
        """Our own name for some JSON values: the same for the same."""
        text = json.dumps(values, sort_keys=True).encode()
        return blake2b(text, digest_size=NAME_BYTES, key=self._key).digest()

    @contextmanager
    def room(self, size: int) -> Iterator[None]:
        """Room for a request with a body of so many bytes.

        Raises:
            NotTakenError: if there is none, or nobody reads just now.
        """
        if not self.is_open:
            raise NotTakenError("the connector does not reach the bus just now")
        if self._requests >= REQUESTS_MAX or self._bytes + size > BYTES_MAX:
            raise NotTakenError("too many requests at once")
        self._requests += 1
        self._bytes += size
        try:
            yield
        finally:
            self._requests -= 1
            self._bytes -= size

    async def hand_over(self, sent: Sequence[Sent | None]) -> list[Outcome | None]:
        """What became of each thing, once the broker has acknowledged it all.

        `None` stands in the place of what could not be read, and becomes nothing.

        Raises:
            NotTakenError: if that could not be had.
        """
        if not self.is_open:
            raise NotTakenError("the connector does not reach the bus just now")
        request = _Request(sent, asyncio.get_running_loop().create_future())
        if not request.going:
            return [None] * len(sent)
        self._waiting.append(request)
        self._arrived.set()
        return await request.answer

    async def batches(self) -> Batches:
        """What is handed over, as a way in.

        Raises:
            InputUnavailableError: if the file that remembers cannot be used.
        """
        turn: list[_Request] = []
        through: datetime | None = None
        async with remembered(self._path) as memory:
            self.is_open = True
            try:
                while True:
                    turn = await self._next_turn()
                    plan = await _planned(turn, memory)
                    through = max(filter(None, (through, plan.complete_through)), default=None)
                    is_last = not self._waiting
                    batch = Batch(plan.records, complete_through=through, caught_up=is_last)
                    taken = yield batch
                    await plan.keep(taken or Taken(), memory)
                    plan.answer()
            finally:
                self.is_open = False
                self._fail([*turn, *self._waiting])

    async def _next_turn(self) -> list[_Request]:
        """Those who wait, as many as go together; nobody, if nobody came for a while."""
        if not self._waiting:
            self._arrived.clear()
            try:
                async with asyncio.timeout(AT_LEAST_EVERY):
                    await self._arrived.wait()
            except TimeoutError:
                pass
        turn: list[_Request] = []
        records = 0
        while self._waiting and records < RECORDS_TOGETHER:
            request = self._waiting.popleft()
            if request.answer.done():
                continue  # whoever sent it is gone
            turn.append(request)
            records += sum(len(sent.records) for sent in request.going)
        return turn

    def _fail(self, requests: Sequence[_Request]) -> None:
        self._waiting.clear()
        for request in requests:
            if not request.answer.done():
                request.answer.set_exception(NotTakenError("the bus did not acknowledge it"))


@dataclass(slots=True)
class _Plan:
    """What some requests come to: the records that are new, and who waits for which."""

    turn: Sequence[_Request]
    records: list[Record] = field(default_factory=list)
    complete_through: datetime | None = None
    fates: dict[int, Outcome] = field(default_factory=dict)  # of what needs no publishing
    new: dict[bytes, Sent] = field(default_factory=dict)
    refused: dict[int, list[RefusedRow]] = field(default_factory=dict)  # by line

    def take(self, request: _Request, known: dict[bytes, Memory]) -> None:
        """Plan what one request brings, in its order."""
        is_whole = True  # up to here
        for sent in request.sent:
            if sent is None:
                is_whole = False
                continue
            if sent.complete_through is not None:
                self.fates[id(sent)] = self._word(sent.complete_through, is_whole=is_whole)
                continue
            before = known.get(sent.id)
            if before is not None and before.content != sent.content:
                self.fates[id(sent)] = Outcome(Fate.CONFLICT)
                is_whole = False
            elif before is not None and before.accepted:
                self.fates[id(sent)] = Outcome(Fate.ACCEPTED)
            elif sent.id not in self.new:
                # What was refused before is mapped again: the mapping may have been mended since.
                self.new[sent.id] = sent
                self.records += sent.records
                known[sent.id] = Memory(sent.id, sent.content, accepted=False)

    def _word(self, through: datetime, *, is_whole: bool) -> Outcome:
        if not is_whole:
            return Outcome(Fate.WITHHELD)
        self.complete_through = max(through, self.complete_through or through)
        return Outcome(Fate.ACCEPTED)

    async def keep(self, taken: Taken, memory: Remembered) -> None:
        """Remember what was sent, now that its events are on the bus."""
        for row in taken.refused:
            self.refused.setdefault(row.line, []).append(row)
        memories = [
            Memory(sent.id, sent.content, accepted=not self._refused_of(sent))
            for sent in self.new.values()
        ]
        await memory.keep(memories, datetime.now(UTC))

    def answer(self) -> None:
        """Tell everybody who waits."""
        for request in self.turn:
            if not request.answer.done():
                request.answer.set_result([self._outcome(sent) for sent in request.sent])

    def _outcome(self, sent: Sent | None) -> Outcome | None:
        if sent is None:
            return None
        if (fate := self.fates.get(id(sent))) is not None:
            return fate
        refused = self._refused_of(self.new[sent.id])
        return Outcome(Fate.REFUSED if refused else Fate.ACCEPTED, refused)

    def _refused_of(self, sent: Sent) -> list[RefusedRow]:
        return [row for record in sent.records for row in self.refused.get(record.line, ())]


async def _planned(turn: Sequence[_Request], memory: Remembered) -> _Plan:
    plan = _Plan(turn)
    if turn:
        ids = [sent.id for request in turn for sent in request.going]
        known = dict(await memory.about(ids))
        for request in turn:
            plan.take(request, known)
    return plan
