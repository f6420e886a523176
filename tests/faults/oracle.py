"""What a store must hold, worked out from the log alone, and what a store's folder does hold.

Written apart from the engine: it knows the documented layout of the store (`engine/layout.py`, at
its top) and the rules of the guard, and calls none of the engine's code.
"""

from __future__ import annotations

import io
import json
import struct
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import fastavro
import rocksdict

from civicbus.domain.families import FAMILIES
from civicbus.wire.schemas import load_catalogue
from tests.faults.traffic import Kind, Made

KEY = 26
NUMBERS = {family.topic: family.number for family in FAMILIES.values()}
PARTS = ("stored", "duplicates", "quarantined", "watermarks")

EventKey = tuple[str, int, str]  # person key, family number, event id
MarkKey = tuple[str, int, int]  # person key, family number, offset


@dataclass
class Holdings:
    """Dossiers and accounts of one partition, as expected or as found.

    `events` gives offset, time and bytes. `accounts` gives for each topic the counts, and
    `sources` for a topic and source the records counted, those missing, and the last word.
    """

    events: dict[EventKey, tuple[int, int, bytes]] = field(default_factory=dict)
    marks: set[MarkKey] = field(default_factory=set)
    accounts: dict[str, dict[str, int]] = field(default_factory=dict)
    sources: dict[tuple[str, str], tuple[int, int, int | None]] = field(default_factory=dict)
    refused: set[tuple[str, int]] = field(default_factory=set)  # topic, offset


def expected(by_topic: Mapping[str, Iterable[Made]]) -> Holdings:
    """What these records of one partition come to."""
    found = Holdings()
    for topic, records in by_topic.items():
        _take(found, topic, list(records))
    return found


def _take(found: Holdings, topic: str, records: list[Made]) -> None:
    family = NUMBERS[topic]
    counts = Counter(dict.fromkeys(PARTS, 0))
    counted: Counter[str] = Counter()
    words: dict[str, int] = {}
    for made in records:
        record = made.record
        if made.kind is Kind.WATERMARK:
            counts["watermarks"] += 1
            words[made.source] = made.word or 0
            continue
        person = (record.key or b"").decode()
        if made.kind is Kind.EVENT:
            counted[made.source] += 1  # also if its id is taken: its source has sent it
        event = (person, family, made.event_id or "")
        known = found.events.get(event)
        if made.kind is Kind.POISON or (known is not None and known[2] != record.value):
            counts["quarantined"] += 1
            found.marks.add((person, family, record.offset))
            found.refused.add((topic, record.offset))
            continue
        counts["duplicates" if known else "stored"] += 1
        if known is None:
            found.events[event] = (record.offset, record.timestamp, record.value or b"")
    if records:
        found.accounts[topic] = dict(counts, consumed=len(records))
    for source in counted.keys() | words.keys():
        found.sources[topic, source] = (counted[source], 0, words.get(source))


def held(folder: Path) -> tuple[Holdings, dict[str, int]]:
    """What stands in the folder of a closed store, and the next offset of each topic."""
    options = rocksdict.Options(raw_mode=True)
    database: Any = rocksdict.Rdict(str(folder), options)
    found, offsets = Holdings(), {}
    topics = {number: topic for topic, number in NUMBERS.items()}
    for key, value in database.items():
        if key.startswith(b"\0t"):
            state = json.loads(value)
            offsets[topics[key[2]]] = state["next_offset"]
            _account(found, topics[key[2]], state)
            continue
        person, family, kind, rest = key[:KEY].decode(), key[KEY], key[KEY + 1], key[KEY + 2 :]
        if kind == ord("e"):
            offset, time = struct.unpack_from(">QQ", value)
            found.events[person, family, str(UUID(bytes=rest))] = (offset, time, value[16:])
        else:
            assert kind == ord("q"), "an entry of no known kind"
            found.marks.add((person, family, struct.unpack(">Q", rest)[0]))
    database.close()
    return found, offsets


def event_id_of(value: bytes) -> str:
    """The id of an event as an ordinary Avro reader finds it."""
    (schema_id,) = struct.unpack_from(">xI", value)
    try:
        event: Any = fastavro.schemaless_reader(io.BytesIO(value[5:]), _schema(schema_id), None)
    except (EOFError, ValueError, IndexError) as error:
        raise AssertionError("NO-GHOST: an event that cannot be read") from error
    return str(event["header"]["event_id"])


@cache
def _schema(schema_id: int) -> Any:
    return fastavro.parse_schema(json.loads(load_catalogue().versions[schema_id].text))


def _account(found: Holdings, topic: str, state: dict[str, Any]) -> None:
    if not state["consumed"]:
        return
    found.accounts[topic] = {part: state[part] for part in (*PARTS, "consumed")}
    assert state["next_offset"] == state["consumed"] + state["holes"], "holes do not add up"
    assert sum(state["reasons"].values()) == state["quarantined"], "reasons do not add up"
    for source, count in state["sources"].items():
        told = (count["records"], count["missing"], count["complete_through"])
        found.sources[topic, source] = told


def assert_same(found: Holdings, wanted: Holdings, where: str) -> None:
    """The named invariants, for one store."""
    lost = wanted.events.keys() - found.events.keys()
    assert not lost, f"NO-LOST-FACT: {len(lost)} events are missing in {where}"
    more = found.events.keys() - wanted.events.keys()
    assert not more, f"NO-GHOST: {len(more)} events too many in {where}"
    assert found.events == wanted.events, f"ONE-EFFECT: events differ in {where}"
    assert found.marks == wanted.marks, f"ALL-ACCOUNTED: marks differ in {where}"
    assert found.accounts == wanted.accounts, f"ALL-ACCOUNTED: counts differ in {where}"
    assert found.sources == wanted.sources, f"HONEST-FRESHNESS: sources differ in {where}"
