"""Blocks judged in processes of their own, ahead of their turn.

Judging a block takes as long as storing it, and is pure. So while one is stored here, those behind
it are judged there: the worker reads half as much again. A small block is judged where it is
stored, since the way there and back would take longer; so are those that come while the processes
are being started, and those whose process was lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from typing import Any, NamedTuple, Protocol

import structlog

from civicbus.engine.transport import Block
from civicbus.processes import processes
from civicbus.wire.judgement import Judgement

log = structlog.get_logger()

WORTH_SENDING = 200  # records
MOST_SENT = 4 * 1024 * 1024  # bytes of values; more would be held twice


class Judges(Protocol):
    """The guard."""

    def judge(self, topic: str, records: Sequence[Any]) -> Judgement:
        """Judge a block."""


class Judging:
    """Understands where a block is judged. `count` processes judge beside this one; 0 is none.

    `guard` judges here and, as a copy, there.
    """

    def __init__(self, guard: Judges, count: int) -> None:
        self._guard = guard
        self._count = count
        self._apart: ProcessPoolExecutor | None = None
        self._begun: Future[None] | None = None

    def ahead(self, block: Block) -> None:
        """Have a block judged before its turn comes, where that pays."""
        if not self._count or len(block.records) < WORTH_SENDING:
            return
        if sum(len(record.value or b"") for record in block.records) > MOST_SENT:
            return
        try:
            if self._apart is None:
                self._apart = processes(self._count, _prepare, self._guard)
                self._begun = self._apart.submit(_nothing)
            if self._begun is not None and self._begun.done():
                block.verdict = self._apart.submit(_judge, block.topic, _plain(block.records))
        except BrokenExecutor:
            self._lost()

    async def judge(self, block: Block, records: Sequence[Any]) -> Judgement:
        """The verdict on those records of a block that are still to be stored."""
        if block.verdict is not None and len(records) == len(block.records):
            try:
                return await asyncio.wrap_future(block.verdict)
            except BrokenExecutor:
                self._lost()
        return self._guard.judge(block.topic, records)

    def stop(self) -> None:
        """End the processes."""
        if self._apart is not None:
            self._apart.shutdown(wait=False, cancel_futures=True)
            self._apart = None

    def _lost(self) -> None:
        """Go on here, and start others for the blocks to come."""
        if self._apart is not None:
            log.error("judging_process_lost")
            self._apart.shutdown(wait=False)
            self._apart = None


class Plain(NamedTuple):
    """A Kafka record, as far as the guard depends on it."""

    partition: int
    key: bytes | None
    value: bytes | None
    timestamp: int
    headers: Sequence[tuple[str, bytes]]


Columns = tuple[list[Any], ...]


def _plain(records: Sequence[Any]) -> Columns:
    """Records as columns, which are carried in a third of the time."""
    return (
        [record.partition for record in records],
        [record.key for record in records],
        [record.value for record in records],
        [record.timestamp for record in records],
        [record.headers for record in records],
    )


_here: Judges | None = None  # of a judging process, made once


def _prepare(guard: Judges) -> None:
    global _here  # noqa: PLW0603 - the executor has no other place
    _here = guard


def _nothing() -> None:
    """What is asked first, to hear that a process has begun."""


def _judge(topic: str, columns: Columns) -> Judgement:
    assert _here is not None
    return _here.judge(topic, list(map(Plain, *columns)))
