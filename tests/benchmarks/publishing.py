"""The population onto the bus: its source, its events packed, and a publisher that sends them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from civicbus.connect.packing import Packed
from civicbus.domain.families import FAMILIES as ALL_FAMILIES
from civicbus.registers.systems import CsvInput, System
from civicbus.wire.codec import Codec
from tests.benchmarks.population import FAMILIES, SOURCE, Made

SYSTEM = System(
    source=SOURCE,
    department="Benchmarks",
    title="A register of everything",
    legal_basis="none: nobody lives here",
    contact="tests/benchmarks",
    families=FAMILIES,
    input=CsvInput(",", "utf-8", ("id",)),
)
PUBLISHERS = {SOURCE: frozenset(FAMILIES)}


def keys_of(made: Made) -> tuple[bytes, ...]:
    """The person keys under which an event stands, each once."""
    concerned = made.plain["header"]["concerned"]
    return tuple(dict.fromkeys(person["person_key"].encode() for person in concerned))


def packed(codec: Codec, events: Sequence[Made]) -> Iterator[Packed]:
    """The events ready to be sent, those of a type encoded together."""
    kinds: defaultdict[tuple[str, str], list[Made]] = defaultdict(list)
    for made in events:
        kinds[made.record, made.family].append(made)
    for (record, family), of_kind in kinds.items():
        topic = ALL_FAMILIES[family].topic
        values = codec.encode_plain(record, [made.plain for made in of_kind])
        for made, value in zip(of_kind, values, strict=True):
            yield Packed(topic, keys_of(made), value, made.plain["header"]["source_sequence"])
