"""The guard: the only way into the dossier store.

It judges blocks of records of one topic-partition. In `native` mode a block is screened as columns
(`guard_screen`), and what is in doubt goes to the judge (`guard_judge`); in `fastavro` mode every
record goes to the judge. The verdicts are the same, only the time differs.

Reasons: empty, tombstone_not_allowed, bad_envelope, truncated, not_canonical, length, varint, enum,
union, collection, text, uuid, range, rule, schema, framing, size, authority, key_mismatch,
environment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Literal

import structlog

from civicbus.domain.events import Dismissal, InvalidEventError, SourceWatermark
from civicbus.domain.families import Family
from civicbus.wire.codec import FRAME, MAGIC
from civicbus.wire.guard_judge import MAX_VALUE_BYTES, Judge, allowed, check_size
from civicbus.wire.guard_screen import Screen
from civicbus.wire.judgement import Judgement, Record, Refused
from civicbus.wire.releases import ReleaseSeal, claims_release
from civicbus.wire.schemas import Catalogue
from civicbus.wire.topics import PERSON_TOPICS

__all__ = ["Guard", "Judgement", "Record", "Refused"]

log = structlog.get_logger()

Mode = Literal["native", "fastavro"]

# Fewer records than this are judged one by one as soon as they are screened (measured).
WORTH_SCREENING = 32
# A block in doubt is screened again in parts, so that one bad record costs its part alone.
PARTS = 8


class Guard:
    """Understands which records of a block may enter the dossier store.

    `publishers` says for each source in which families' topics it may publish; `environment` is
    the deployment's own, and events made for another are refused. `seal` tells an operator's
    releases from others; without one no record may release anything.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        publishers: Mapping[str, frozenset[str]],
        environment: str,
        mode: Mode = "native",
        seal: ReleaseSeal | None = None,
    ) -> None:
        self._made_of = (catalogue, publishers, environment, mode, seal)
        self._seal = seal or ReleaseSeal(None)
        self._judge = Judge(catalogue, publishers, environment)
        self._by_frame = {FRAME.pack(MAGIC, one.id): one for one in catalogue.versions.values()}
        self._screens = mode == "native"
        # Made when they are first needed: of the many versions most are never seen.
        self._screen = cache(lambda schema: Screen.of(schema, publishers, environment))

    def __reduce__(self) -> tuple[type[Guard], tuple[object, ...]]:
        """So that a process of its own can judge: made there anew of what it was made of."""
        return Guard, self._made_of

    def judge(self, topic: str, records: Sequence[Record]) -> Judgement:
        """The verdict on each record. Whatever the records hold, nothing is raised for it.

        Raises:
            KeyError: if the topic is not one of the person topics.
        """
        family = PERSON_TOPICS[topic]
        judgement = Judgement.of(len(records))
        doubtful: list[int] = []
        groups = _grouped(records) if self._screens else {b"": list(range(len(records)))}
        for frame, indices in groups.items():
            schema = self._by_frame.get(frame)
            screen = None
            if schema is not None and schema.record in allowed(family):
                screen = self._screen(schema)
            if screen is None:
                doubtful += indices
            else:
                doubtful += self._screened(screen, family, records, indices, judgement)
        for index in sorted(doubtful):
            self._judge_alone(family, index, records[index], judgement)
        judgement.one_by_one = len(doubtful)
        return judgement

    def _screened(
        self,
        screen: Screen,
        family: Family,
        records: Sequence[Record],
        indices: list[int],
        judgement: Judgement,
    ) -> list[int]:
        """Enter the records that are beyond doubt into the judgement; returns the others."""
        if len(indices) < WORTH_SCREENING:
            return indices
        try:
            passed = screen.passes(family.name, [records[index] for index in indices])
        except Exception as error:  # noqa: BLE001 - no record may stop the worker
            # The judge decides instead, only slower; whoever runs the worker has to know.
            log.warning("guard_screen_failed", error=type(error).__name__)
            return indices
        if passed is not None and len(indices) == len(records):
            judgement.event_ids[:] = passed.event_ids
            judgement.sources[:] = passed.sources
            return []
        if passed is not None:
            for index, event_id, source in zip(
                indices, passed.event_ids, passed.sources, strict=True
            ):
                judgement.event_ids[index] = event_id
                judgement.sources[index] = source
            return []
        size = max(WORTH_SCREENING, -(-len(indices) // PARTS))
        if len(indices) <= size:
            return indices
        parts = [indices[start : start + size] for start in range(0, len(indices), size)]
        return [
            index
            for part in parts
            for index in self._screened(screen, family, records, part, judgement)
        ]

    def _judge_alone(
        self, family: Family, index: int, record: Record, judgement: Judgement
    ) -> None:
        try:
            release = self._seal.read(family.topic, record)
            if release is not None:
                judgement.releases[index] = release
            said = self._judge.judge(family, record, release)
        except InvalidEventError as error:
            judgement.refused.append(Refused(index, error.reason, str(error)))
        except Exception as error:  # noqa: BLE001 - no record may stop the worker
            # Without the traceback: its lines may hold what the record says about a person.
            log.critical("guard_judge_failed", error=type(error).__name__)
            detail = f"value: judging it ended in {type(error).__name__}"
            judgement.refused.append(Refused(index, "rule", detail))
        else:
            if isinstance(said, SourceWatermark):
                judgement.watermarks.append((index, said))
            elif isinstance(said, Dismissal):
                judgement.dismissals.append(index)
            else:
                judgement.event_ids[index] = said.header.event_id.encode()
                judgement.sources[index] = said.header.source


def _grouped(records: Sequence[Record]) -> dict[bytes, list[int]]:
    """The indices of the records by their frame; what only the judge may let in under none."""
    values = [record.value or b"" for record in records]
    frames = [value[: FRAME.size] for value in values]
    # The usual block holds one frame. To see that without looking at each record by itself takes a
    # quarter of the time of sorting them.
    ordinary = max(map(len, values), default=0) <= MAX_VALUE_BYTES and not any(
        record.headers for record in records
    )
    if frames and ordinary and frames.count(frames[0]) == len(frames):
        return {frames[0]: list(range(len(records)))}
    groups: defaultdict[bytes, list[int]] = defaultdict(list)
    for index, record in enumerate(records):
        value = record.value
        if not value or len(value) > MAX_VALUE_BYTES or record.headers:
            value = _of_possible_size(record)
        groups[value[: FRAME.size]].append(index)
    return groups


def _of_possible_size(record: Record) -> bytes:
    """The record's value; no bytes if it is for the judge: too large, or a release."""
    if claims_release(record.headers):
        return b""
    try:
        return check_size(record)
    except InvalidEventError:
        return b""
