"""Whatever is sent in whatever order, and whenever the taker dies, an answer means what it says.

Laws: what is answered `accepted` is on the bus; under one id only one content is ever accepted;
what was not taken says so, and nobody is left without an answer.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from civicbus.connect.inputs.batches import Taken
from civicbus.connect.inputs.intake import Fate, Intake, NotTakenError, Sent
from civicbus.connect.rows import Record, RefusedRow, Row

BAD = 3  # a content that the mapping refuses

things = st.tuples(st.integers(0, 3), st.integers(0, BAD))  # an id and a content
requests = st.lists(st.none() | things, min_size=1, max_size=3)
rounds = st.lists(
    st.tuples(
        st.lists(requests, min_size=1, max_size=4),  # who send at once
        st.sampled_from(["never", "never", "before", "after"]),  # when the taker dies
    ),
    min_size=1,
    max_size=8,
)


@dataclass
class World:
    """The bus, and what was answered."""

    intake: Intake
    bus: set[tuple[int, int]] = field(default_factory=set)
    accepted: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))

    def sent(self, thing: tuple[int, int] | None) -> Sent | None:
        if thing is None:
            return None
        line = self.intake.line()
        row = Row(line, {"id": str(thing[0]), "content": str(thing[1])})
        names = self.intake.name(thing[0]), self.intake.name(thing[1])
        return Sent(*names, (Record(str(line), (row,)),))

    async def send(self, request: Sequence[tuple[int, int] | None]) -> None:
        """Send some things, and hold the answer to the laws."""
        try:
            outcomes = await self.intake.hand_over([self.sent(thing) for thing in request])
        except NotTakenError:
            return
        for thing, outcome in zip(request, outcomes, strict=True):
            assert (thing is None) is (outcome is None)
            if thing is None or outcome is None:
                continue
            assert outcome.fate is not Fate.WITHHELD
            assert (outcome.fate is Fate.REFUSED) is bool(outcome.refused)
            if outcome.fate is Fate.ACCEPTED:
                assert thing in self.bus
                assert thing[1] != BAD
                self.accepted[thing[0]].add(thing[1])
                assert len(self.accepted[thing[0]]) == 1

    async def take(self, death: str) -> None:
        """Take what is sent, until the taker is cancelled or dies with a batch in its hands."""
        async with aclosing(self.intake.batches()) as batches:
            batch = await anext(batches)
            while True:
                if batch.records and death == "before":
                    return
                taken = self.publish(batch.records)
                if batch.records and death == "after":
                    return
                batch = await batches.asend(taken)

    def publish(self, records: Sequence[Record]) -> Taken:
        refused = []
        for record in records:
            (row,) = record.rows
            self.bus.add((int(row["id"]), int(row["content"])))
            if int(row["content"]) == BAD:
                refused.append(RefusedRow(row.line, "content", "code", "write another"))
        return Taken(len(records) - len(refused), refused)

    async def round(self, sent: Sequence[Sequence[tuple[int, int] | None]], death: str) -> None:
        taker = asyncio.create_task(self.take(death))
        while not self.intake.is_open:  # noqa: ASYNC110 - the intake tells nobody
            await asyncio.sleep(0.001)
        async with asyncio.timeout(10):
            await asyncio.gather(*(self.send(request) for request in sent))
        taker.cancel()
        await asyncio.gather(taker, return_exceptions=True)
        assert not self.intake.is_open


async def live(
    path: Path, played: Sequence[tuple[list[list[tuple[int, int] | None]], str]]
) -> None:
    world = World(Intake(path, b"a secret"))
    for number, (sent, death) in enumerate(played):
        if number % 2:  # the process is another one; what was marked is on disk alone
            world.intake = Intake(path, b"a secret")
        await world.round(sent, death)
    # Whoever sends once more what was accepted is told so again, and nothing else is.
    again = [[(id_, content)] for id_, contents in world.accepted.items() for content in contents]
    before = set(world.bus)
    await world.round(again or [[None]], "never")
    assert world.bus == before


@settings(max_examples=150, deadline=None)
@given(played=rounds)
def test_an_answer_means_what_it_says(
    played: list[tuple[list[list[tuple[int, int] | None]], str]],
) -> None:
    with TemporaryDirectory() as folder:
        asyncio.run(live(Path(folder) / "received.sqlite", played))
