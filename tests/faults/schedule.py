"""What befalls the workers, step by step from a seed, and what must hold at each step and after.

NO-LOST-FACT, ONE-EFFECT, VIEW-IS-LOG, ALL-ACCOUNTED, NO-GHOST, HONEST-FRESHNESS and RECOVERS are
checked under these names (`reliability.md` 4).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from civicbus.engine import raw
from civicbus.engine.layout import StoredEvent, StoredMark
from tests.faults import oracle
from tests.faults.traffic import PARTITIONS, TOPICS, Kind, Traffic
from tests.faults.world import PLACES, SESSION, CrashError, Worker, World

DRAINED_WITHIN = 400  # rounds


class ViolationError(AssertionError):
    """An invariant does not hold; the text begins with its name."""


async def run(world: World, traffic: Traffic, steps: int) -> None:
    """Let so many things happen, then let the world come to rest, and check everything.

    Raises:
        ViolationError: if an invariant does not hold.
    """
    happenings = list(HAPPENINGS)
    weights = [HAPPENINGS[happening] for happening in happenings]
    await world.rebalance()
    for _ in range(steps):
        world.heartbeats()
        (happening,) = world.random.choices(happenings, weights)
        await happening(world, traffic)
    await come_to_rest(world, traffic)
    check_answers_at_rest(world, traffic)
    check_stores(world)


async def put(world: World, traffic: Traffic) -> None:
    traffic.put(world.random.randrange(1, 9))


async def fetch(world: World, _: Traffic) -> None:
    worker = world.random.choice(world.workers)
    if worker.position:
        worker.fetch(world.random.choice(list(worker.position)))


async def take(world: World, _: Traffic) -> None:
    await _take(world, world.random.choice(world.workers))


async def cancel(world: World, _: Traffic) -> None:
    """The agent is cancelled where it waits, and Faust takes the block for done (L2)."""
    await _take(world, world.random.choice(world.workers), stop_at=world.random.randrange(1, 6))


async def lose(world: World, _: Traffic) -> None:
    """Blocks are lost between the fetch and the agent, as in a rebalance in mid-poll, and more."""
    worker = world.random.choice(world.workers)
    worker.on_the_way.clear()
    worker.losing = {place: world.random.choice([0, 0, 1, 2]) for place in PLACES}


async def reset(world: World, _: Traffic) -> None:
    """The consumer is set back to the earliest offset, or forward to the latest (F22)."""
    worker = world.random.choice(world.workers)
    for place in worker.position:
        worker.position[place] = world.random.choice([0, world.log.end(place)])


async def kill(world: World, _: Traffic) -> None:
    await _ended(world, world.random.choice(world.workers))


async def fail_to_put_away(world: World, _: Traffic) -> None:
    worker = world.random.choice(world.workers)
    worker.shelf.fails = world.random.choice(["before", "after", "broker"])


async def fail_to_store(world: World, _: Traffic) -> None:
    """The next write finds the disk full, or the process ends before or after it."""
    worker = world.random.choice(world.workers)
    if not worker.store.partitions():
        return
    store = worker.store.open(world.random.choice(worker.store.partitions()))
    commit, how = store.commit, world.random.choice(["full", "before", "after"])

    def failing(batch: Any) -> None:
        store.commit = commit  # type: ignore[method-assign]
        if how == "full":
            raise OSError("no space left on device")
        if how == "after":
            commit(batch)
        raise CrashError

    store.commit = failing  # type: ignore[method-assign]


async def fail_to_judge(world: World, _: Traffic) -> None:
    """The engine itself raises in the middle of a block, with no record to blame (F4)."""
    world.random.choice(world.workers).guard.fails = True


async def sleep(world: World, traffic: Traffic) -> None:
    """A worker is stopped, for less than its session or for longer; the others go on (F8).

    It has just caught up: of one that has not, nobody can ask anything when it wakes.
    """
    worker = world.random.choice(world.workers)
    if sum(not one.asleep for one in world.workers) < 2:
        return
    traffic.watermarks()
    for _ in range(DRAINED_WITHIN):
        if worker.ownership.all_ready():
            break
        await _read_on(world, worker)
    worker.asleep = True
    world.now += world.random.uniform(1, 2 * SESSION)
    world.heartbeats()
    if world.now - worker.heard_at >= SESSION:
        await world.rebalance()


async def wake(world: World, traffic: Traffic) -> None:
    """It goes on where it was; of what has become of the group it hears a moment later."""
    for worker in world.workers:
        if worker.asleep:
            for person in traffic.keys():  # noqa: SIM118 - not a dict
                check_answer(world, worker, person)
            await _take(world, worker)
            worker.asleep = False
    await world.rebalance()


async def rebalance(world: World, _: Traffic) -> None:
    await world.rebalance()


async def ask(world: World, traffic: Traffic) -> None:
    worker = world.random.choice(world.workers)
    check_answer(world, worker, world.random.choice(traffic.keys()))


HAPPENINGS: dict[Callable[[World, Traffic], Awaitable[None]], int] = {
    put: 30, fetch: 60, take: 60, ask: 30, cancel: 10, lose: 12, reset: 4, kill: 4, sleep: 4,
    wake: 6, rebalance: 4, fail_to_put_away: 6, fail_to_store: 6,
    fail_to_judge: 4,
}  # fmt: skip


async def _take(world: World, worker: Worker, stop_at: int | None = None) -> None:
    try:
        await worker.take(stop_at)
    except CrashError:
        await _ended(world, worker)


async def _read_on(world: World, worker: Worker) -> None:
    for place in list(worker.position):
        worker.fetch(place)
    await _take(world, worker)


async def _ended(world: World, worker: Worker) -> None:
    worker.end()
    worker.start()
    await world.rebalance()


async def come_to_rest(world: World, traffic: Traffic) -> None:
    """No more faults: RECOVERS means that everything is read in a while."""
    traffic.watermarks()
    for worker in world.workers:
        worker.asleep = False
        worker.shelf.fails = None
        worker.losing.clear()
    await world.rebalance()
    for _ in range(DRAINED_WITHIN):
        world.heartbeats()
        for worker in world.workers:
            await _read_on(world, worker)
        if all(worker.ownership.all_ready() for worker in world.workers):
            return
    raise ViolationError("RECOVERS: not everything has been read")


def check_answer(world: World, worker: Worker, person: str) -> None:
    """An answer comes from the owner alone, has all that it claims to know, and adds nothing."""
    said = worker.ask(person)
    if said is None:
        return
    partition = world.partition_of(person)
    if world.owner[partition] is not worker:
        raise ViolationError(
            "HONEST-FRESHNESS: answered by a worker that does not own the partition"
        )
    for topic in TOPICS.values():
        place = (topic, partition)
        known = max(world.assigned_at[partition][place], _words_end(world, place, said))
        least = oracle.expected({topic: world.log.before(place, known)})
        most = oracle.expected({topic: world.log.made[place]})
        events, marks = _of(said, person, oracle.NUMBERS[topic])
        if not _of_person(least.events, person).items() <= events.items():
            raise ViolationError(
                "HONEST-FRESHNESS: an event is missing that the answer claims to know"
            )
        if not {mark for mark in least.marks if mark[0] == person} <= marks:
            raise ViolationError("HONEST-FRESHNESS: a refused record is missing")
        if not events.items() <= most.events.items() or not marks <= most.marks:
            raise ViolationError("NO-GHOST: the answer has what no record says")


def check_answers_at_rest(world: World, traffic: Traffic) -> None:
    """Everybody is answered for, with all that the log says and nothing else."""
    for person in traffic.keys():  # noqa: SIM118 - not a dict
        partition = world.partition_of(person)
        said = world.owner[partition].ask(person)
        if said is None:
            raise ViolationError("RECOVERS: the owner does not answer")
        whole = oracle.expected({t: world.log.made[t, partition] for t in TOPICS.values()})
        events: dict[oracle.EventKey, Any] = {}
        for number in {entry.family for entry in said.entries}:
            found, marks = _of(said, person, number)
            events |= found
            if marks != {m for m in whole.marks if m[:2] == (person, number)}:
                raise ViolationError("ALL-ACCOUNTED: marks of refused records differ")
        if events != _of_person(whole.events, person):
            raise ViolationError("NO-LOST-FACT: a dossier is not what the log says")


def check_stores(world: World) -> None:
    """Every store is what the log says, as far as it has read it; also one that nobody asks."""
    world.close()
    refused: set[tuple[str, int, int]] = set()
    for worker in world.workers:
        for partition in range(PARTITIONS):
            folder = worker.folder / f"partition-{partition:05d}"
            if not folder.is_dir():
                continue
            found, offsets = oracle.held(folder)
            said = {t: world.log.before((t, partition), end) for t, end in offsets.items()}
            wanted = oracle.expected(said)
            refused |= {(topic, partition, offset) for topic, offset in wanted.refused}
            wanted.refused = set()
            oracle.assert_same(found, wanted, f"{worker.folder.name}, partition {partition}")
    put_away = {(r.record.topic, r.record.partition, r.record.offset) for r in world.refused}
    if put_away != refused:
        raise ViolationError("ALL-ACCOUNTED: the quarantine is not what was refused")


def _words_end(world: World, place: tuple[str, int], said: raw.RawDossier) -> int:
    """The offset up to which the answer claims to know a place, by the sources' words in it."""
    words = {
        (source.source, source.complete_through)
        for source in said.sources
        if source.family == oracle.NUMBERS[place[0]]
    }
    return max(
        (
            made.record.offset
            for made in world.log.made[place]
            if made.kind is Kind.WATERMARK and (made.source, made.word) in words
        ),
        default=0,
    )


def _of(
    said: raw.RawDossier, person: str, family: int
) -> tuple[dict[oracle.EventKey, Any], set[oracle.MarkKey]]:
    """Events and marks of one family in an answer; an event is known by its bytes alone here."""
    events = {}
    for entry in said.entries:
        if isinstance(entry, StoredEvent) and entry.family == family:
            found = (entry.offset, entry.timestamp, entry.body)
            events[person, family, oracle.event_id_of(entry.body)] = found
    marks = {
        (person, family, entry.offset)
        for entry in said.entries
        if isinstance(entry, StoredMark) and entry.family == family
    }
    return events, marks


def _of_person(events: dict[oracle.EventKey, Any], person: str) -> dict[oracle.EventKey, Any]:
    return {key: found for key, found in events.items() if key[0] == person}
