"""The wire: every event survives its own bytes, and the guard of the bus lets it in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from civicbus.connect.conformance.findings import Finding
from civicbus.connect.conformance.sample import Sample, SampleEvent
from civicbus.connect.kafka import PublishError
from civicbus.connect.trial import ENVIRONMENT
from civicbus.domain.events import InvalidEventError
from civicbus.registers.systems import publishers
from civicbus.wire.guard import Guard


@dataclass(frozen=True, slots=True)
class Sent:
    """A record as the bus would hand it to the guard."""

    key: bytes
    value: bytes
    timestamp: int
    partition: int = 0
    headers: tuple[tuple[str, bytes], ...] = ()


def codec(sample: Sample) -> Iterator[Finding]:
    """Events that have no bytes, or that come back from them as something else."""
    for stated in sample.events:
        try:
            back = sample.packer.codec.decode(sample.packer.codec.encode(stated.event))
        except ValueError as error:
            yield _finding(stated, f"{error}; build it as its class demands")
        else:
            if back != stated.event:
                told = "does not come back from its bytes as it was; times are of milliseconds"
                yield _finding(stated, told)


def guard(sample: Sample) -> Iterator[Finding]:
    """Events that the publisher or, behind it, the guard would refuse."""
    sent: defaultdict[str, list[tuple[SampleEvent, Sent]]] = defaultdict(list)
    received = int(sample.now.timestamp() * 1000)
    for stated in sample.events:
        try:
            packed = sample.packer.pack_one(stated.event, stated.family)
        except InvalidEventError as error:
            yield _finding(stated, f"{error.reason}: {error}; correct the mapping or the row")
        except (PublishError, ValueError) as error:
            yield _finding(stated, f"{error}")
        else:
            sent[packed.topic] += [
                (stated, Sent(key, packed.value, received)) for key in packed.keys
            ]
    source_may = publishers([sample.connector.system])
    judge = Guard(sample.packer.codec.catalogue, source_may, ENVIRONMENT)
    for topic, records in sent.items():
        for refused in judge.judge(topic, [record for _, record in records]).refused:
            stated = records[refused.index][0]
            yield _finding(stated, f"{refused.reason}: {refused.detail}; correct the mapping")


def _finding(stated: SampleEvent, told: str) -> Finding:
    return Finding(told, stated.file, stated.line, type(stated.event).__name__)
