"""A dossier as bytes: read from a store, carried between workers, turned into the domain's.

Decoding belongs to whoever asks, so that the owner of a partition spends little on others' behalf.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass

from civicbus.domain.dossier import Dossier, Entry, Quarantined, SourceState
from civicbus.domain.events import Event
from civicbus.domain.families import FAMILIES
from civicbus.engine.layout import StoredEvent, StoredMark
from civicbus.engine.partition_store import PartitionStore
from civicbus.wire.codec import Codec
from civicbus.wire.records import from_millis

NAMES = {family.number: family.name for family in FAMILIES.values()}


@dataclass(frozen=True, slots=True)
class RawSource:
    """A source in a topic: complete through (milliseconds since 1970), records missing."""

    family: int
    source: str
    complete_through: int
    missing: int


@dataclass(frozen=True, slots=True)
class RawDossier:
    """What a store holds about a person, undecoded, and how far each source is known."""

    entries: tuple[StoredEvent | StoredMark, ...]
    sources: tuple[RawSource, ...]

    def to_json(self) -> bytes:
        """The form in which workers hand dossiers to one another."""
        return json.dumps(
            {
                "events": [
                    [entry.family, entry.offset, entry.timestamp, _text(entry.body)]
                    for entry in self.entries
                    if isinstance(entry, StoredEvent)
                ],
                "marks": [
                    [entry.family, entry.offset, entry.timestamp, entry.reason]
                    for entry in self.entries
                    if isinstance(entry, StoredMark)
                ],
                "sources": [
                    [raw.family, raw.source, raw.complete_through, raw.missing]
                    for raw in self.sources
                ],
            }
        ).encode()

    @classmethod
    def from_json(cls, data: bytes) -> RawDossier:
        """The dossier that another worker sent.

        Raises:
            ValueError: if the bytes are not one.
        """
        try:
            plain = json.loads(data)
            events = [
                StoredEvent(family, offset, timestamp, base64.b64decode(body))
                for family, offset, timestamp, body in plain["events"]
            ]
            marks = [StoredMark(*mark) for mark in plain["marks"]]
            sources = [RawSource(*source) for source in plain["sources"]]
        except (KeyError, TypeError) as error:
            raise ValueError("not a dossier") from error
        return cls((*events, *marks), tuple(sources))


def read(store: PartitionStore, person_key: str, families: Sequence[str]) -> RawDossier:
    """A person's dossier from the store of their partition."""
    return read_many(store, [person_key], families)[person_key]


def read_many(
    store: PartitionStore, person_keys: Sequence[str], families: Sequence[str]
) -> dict[str, RawDossier]:
    """The dossiers of several persons of one partition, by their keys."""
    numbers = [FAMILIES[name].number for name in families]
    sources = tuple(
        RawSource(number, name, count.complete_through, count.missing)
        for number in numbers
        for name, count in store.state(number).sources.items()
        if count.complete_through is not None
    )
    entries = store.dossiers(person_keys, numbers)
    return {key: RawDossier(tuple(found), sources) for key, found in entries.items()}


def decode(raw: RawDossier, person_key: str, codec: Codec) -> Dossier:
    """The domain's dossier. What stands in a store has passed the guard."""
    entries, quarantined = [], []
    for item in raw.entries:
        recorded_at = from_millis(item.timestamp)
        if isinstance(item, StoredMark):
            quarantined.append(Quarantined(NAMES[item.family], item.reason, recorded_at))
            continue
        event = codec.decode_accepted(item.body)
        assert isinstance(event, Event)
        entries.append(Entry(NAMES[item.family], event, recorded_at))
    sources = {
        (NAMES[source.family], source.source): SourceState(
            from_millis(source.complete_through), source.missing
        )
        for source in raw.sources
    }
    return Dossier(person_key, tuple(entries), tuple(quarantined), sources)


def _text(body: bytes) -> str:
    return base64.b64encode(body).decode()
