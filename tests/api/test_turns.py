"""Many questions at once: whatever else runs on the loop has its turn, and nobody is forgotten."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Self

import pytest

from civicbus.api import turns as module
from civicbus.api.memory import MemoryDossiers
from civicbus.api.problems import ProblemError
from civicbus.api.turns import AT_A_TURN, Turns
from civicbus.domain.dossier import Dossier
from civicbus.domain.proofs.need import Need
from tests.api.city import DEAD, LIVING, app_over, city, client_of
from tests.api.test_refusals import assert_problem

ALIVE = "/v1/proofs/alive"


class Clock:
    """Counts the turns of the loop while it is entered."""

    turn = 0

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._count())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()

    async def _count(self) -> None:
        while True:
            await asyncio.sleep(0)
            self.turn += 1


class Watched(MemoryDossiers):
    """Notes in which turn of the loop a dossier was read."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(city().dossiers)
        self.read: Counter[int] = Counter()
        self._clock = clock

    async def fetch(self, need: Need) -> Dossier:
        self.read[self._clock.turn] += 1
        return await super().fetch(need)


async def test_a_flood_of_questions_is_answered_few_at_a_turn() -> None:
    async with Clock() as clock:
        watched = Watched(clock)
        async with client_of(app_over(watched)) as client:
            people = [LIVING, DEAD] * 30
            answers = await asyncio.gather(
                *(client.post(ALIVE, json={"person": str(person)}) for person in people)
            )
    assert [answer.json()["outcome"] for answer in answers] == ["yes", "no"] * 30
    assert watched.read.total() == 60
    assert max(watched.read.values()) <= AT_A_TURN


async def test_who_came_first_goes_first_and_one_alone_does_not_wait() -> None:
    turns, gone = Turns(at_a_turn=2), []

    async def go(number: int) -> None:
        await turns.take()
        gone.append(number)

    alone = go(-1)
    with pytest.raises(StopIteration):
        alone.send(None)
    await asyncio.gather(*map(go, range(9)))
    assert gone == list(range(-1, 9))


async def test_who_has_left_gives_the_place_to_the_next() -> None:
    turns, gone = Turns(at_a_turn=1), []

    async def go(number: int) -> None:
        await turns.take()
        gone.append(number)

    tasks = [asyncio.create_task(go(number)) for number in range(4)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    tasks[2].cancel()
    await asyncio.wait(tasks)
    assert gone == [0, 3]


async def test_more_than_may_wait_are_refused_at_once() -> None:
    turns = Turns(at_a_turn=1, waiting_max=2)
    found = await asyncio.gather(*(turns.take() for _ in range(5)), return_exceptions=True)
    assert found[:3] == [None, None, None]
    assert all(isinstance(refused, ProblemError) for refused in found[3:])


async def test_who_is_refused_is_told_when_to_ask_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.Turns.__init__, "__defaults__", (1, 0))
    async with client_of(app_over(city())) as client:
        first, second = await asyncio.gather(
            *(client.post(ALIVE, json={"person": str(LIVING)}) for _ in range(2))
        )
    assert first.json()["outcome"] == "yes"
    assert_problem(second, 503, "too-busy")
    assert second.headers["retry-after"] == "1"
