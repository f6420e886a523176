"""What an operator does about refused records: send them again, or set them aside.

A replay is the record once more, byte for byte, in its own topic and partition, with an operator's
release (`wire.releases`): where it is stored, the mark of the refused one ends in the same batch.
It is sent only if the guard lets the first record in today, as it came then. So what is wrong stays
out, and nothing is repaired here.

The release is acknowledged before the outcome is told. A crash between the two leaves the record
open in the quarantine topic; to replay it again changes nothing, since an event is stored once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self

from civicbus.domain.events import Dismissal
from civicbus.domain.person_key import is_person_key
from civicbus.engine.held import Held, Original, State, read_originals
from civicbus.engine.marks import ID_CONFLICT
from civicbus.engine.quarantine import Outcome, Place, Quarantine, Settled
from civicbus.settings import Settings
from civicbus.wire.codec import Codec
from civicbus.wire.guard import Guard, Judgement
from civicbus.wire.releases import Release, ReleaseSeal

ATTEMPTS_MAX = 5
WATERMARK_OVERTAKEN = "a watermark; the source's next one says more"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a replay does with a refused record: `settled` is `None` for one that is passed over.

    `reason` is the guard's code, or why it is passed over: `attempts`, `state`, `id_conflict`,
    `cut`. `detail` says it in words, and what to do.
    """

    held: Held
    settled: Settled | None
    reason: str = ""
    detail: str = ""


def passed_over(held: Held, *, force: bool) -> Verdict | None:
    """The verdict on a record that is not to be tried, before it is looked at."""
    if force:
        return None
    if held.state is not State.OPEN:
        return Verdict(held, None, "state", f"{held.state} already; --force tries it again")
    if held.attempts >= ATTEMPTS_MAX:
        tried = f"tried {held.attempts} times; --force tries it again, `dismiss` sets it aside"
        return Verdict(held, None, "attempts", tried)
    return None


def _verdict(held: Held, original: Original, index: int, judgement: Judgement) -> Verdict:
    """The verdict on a record that the guard has judged anew."""
    refused = {item.index: item for item in judgement.refused}
    if original.cut:
        return Verdict(held, None, "cut", "too large to be kept whole; publish it smaller")
    if index in refused:
        return Verdict(held, Settled.REFUSED_AGAIN, refused[index].reason, refused[index].detail)
    if index in judgement.releases:
        released = replace(held.place, offset=judgement.releases[index].offset)
        detail = f"a release of {released}; dismiss it, then try that one again with --force"
        return Verdict(held, None, "release", detail)
    if any(index == at for at, _ in judgement.watermarks):
        return Verdict(held, Settled.DISMISSED, "watermark", WATERMARK_OVERTAKEN)
    if held.reason == ID_CONFLICT:
        detail = "the id is another event's; the source must give it one of its own"
        return Verdict(held, None, ID_CONFLICT, detail)
    return Verdict(held, Settled.REPLAYED)


class Operator:
    """Understands how refused records are replayed and dismissed. An asynchronous context manager.

    `guard` is as the workers have it; `seal` signs releases.
    """

    def __init__(self, settings: Settings, codec: Codec, guard: Guard, seal: ReleaseSeal) -> None:
        self._settings = settings
        self._codec = codec
        self._guard = guard
        self._seal = seal
        self._quarantine = Quarantine(settings)

    async def __aenter__(self) -> Self:
        await self._quarantine.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._quarantine.__aexit__(kind, error, trace)

    async def replay(
        self, wanted: Collection[Held], *, dry_run: bool = False, force: bool = False
    ) -> AsyncIterator[list[Verdict]]:
        """Try records again, a batch at a time; a dry run only says what would come of it.

        Raises:
            BrokerError, KafkaError: if the broker fails; what was not told is still open.
        """
        early = [verdict for held in wanted if (verdict := passed_over(held, force=force))]
        if early:
            yield early
        left_out = {verdict.held.place for verdict in early}
        tried = [held for held in wanted if held.place not in left_out]
        async for batch in read_originals(self._settings, tried):
            verdicts = self._judge(batch)
            if not dry_run:
                await self._carry_out(batch, verdicts)
            yield verdicts

    async def dismiss(
        self, wanted: Collection[Held], by: str, because: str
    ) -> AsyncIterator[list[Held]]:
        """Set records aside, a batch at a time: they mark no dossier any more.

        Raises:
            BrokerError, KafkaError: as `replay`.
        """
        async for batch in read_originals(self._settings, wanted):
            await self._dismiss(batch, by, because)
            yield [held for held, _ in batch]

    def _judge(self, batch: Sequence[tuple[Held, Original]]) -> list[Verdict]:
        """The verdicts on the records of a batch."""
        by_topic: dict[str, list[tuple[Held, Original]]] = defaultdict(list)
        for held, original in batch:
            by_topic[held.place.topic].append((held, original))
        verdicts: dict[Place, Verdict] = {}
        for topic, pairs in by_topic.items():
            judgement = self._guard.judge(topic, [original for _, original in pairs])
            for index, (held, original) in enumerate(pairs):
                verdicts[held.place] = _verdict(held, original, index, judgement)
        return [verdicts[held.place] for held, _ in batch]

    async def _carry_out(
        self, batch: Sequence[tuple[Held, Original]], verdicts: Iterable[Verdict]
    ) -> None:
        judged = list(zip(batch, verdicts, strict=True))
        replayed = [pair for pair, verdict in judged if verdict.settled is Settled.REPLAYED]
        await self._quarantine.send([self._copy(held, original) for held, original in replayed])
        await self._quarantine.tell(
            Outcome(
                verdict.held.place,
                verdict.settled,
                verdict.held.attempts + 1,
                verdict.reason,
                verdict.detail,
            )
            for _, verdict in judged
            if verdict.settled in (Settled.REPLAYED, Settled.REFUSED_AGAIN)
        )
        overtaken = [pair for pair, verdict in judged if verdict.settled is Settled.DISMISSED]
        await self._dismiss(overtaken, "civicbus", WATERMARK_OVERTAKEN)

    async def _dismiss(self, batch: Sequence[tuple[Held, Original]], by: str, because: str) -> None:
        await self._quarantine.send([self._dismissal(held, original) for held, original in batch])
        await self._quarantine.tell(
            Outcome(
                held.place,
                Settled.DISMISSED,
                held.attempts + 1,
                held.reason,
                because,
                by,
            )
            for held, _ in batch
        )

    def _copy(self, held: Held, original: Original) -> dict[str, Any]:
        return self._release(held, original.key, original.value)

    def _dismissal(self, held: Held, original: Original) -> dict[str, Any]:
        key = original.key if original.key is not None and is_person_key(original.key) else None
        said = Dismissal(held.place.offset, self._settings.environment)
        return self._release(held, key, self._codec.encode(said))

    def _release(self, held: Held, key: bytes | None, value: bytes | None) -> dict[str, Any]:
        """A record that ends the mark of a refused one, ready to be sent."""
        topic, partition = held.place.topic, held.place.partition
        release = Release(held.place.offset, held.attempts + 1)
        return {
            "topic": topic,
            "partition": partition,
            "key": key,
            "value": value,
            "headers": self._seal.headers(topic, partition, key, value, release),
        }
