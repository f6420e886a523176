"""The population of the benchmarks: the same people each time, with lives that the bus accepts."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from civicbus.domain.events import Event
from civicbus.domain.families import FAMILIES
from civicbus.domain.identifiers import Identifier
from civicbus.domain.person_key import person_key
from civicbus.wire.codec import Codec
from civicbus.wire.guard import Guard
from civicbus.wire.records import to_millis, to_plain
from civicbus.wire.schemas import load_catalogue
from tests.benchmarks.population import (
    BLOCK,
    ENVIRONMENT,
    SECRET,
    Made,
    block,
    population,
)
from tests.benchmarks.publishing import PUBLISHERS, packed
from tests.wire.corpus import Record

CODEC = Codec(load_catalogue())
NOW = to_millis(datetime(2026, 11, 1, tzinfo=UTC))


def test_the_same_seed_gives_the_same_bytes_and_another_other_people() -> None:
    assert list(packed(CODEC, block(3))) == list(packed(CODEC, block(3)))
    assert people(block(3)).isdisjoint(people(block(3, seed=2)))
    assert people(block(3)).isdisjoint(people(block(4)))


def test_fewer_people_are_the_first_of_more() -> None:
    few, more = block(0, 300), block(0, 600)
    # The last family may have had no room for all of its children.
    assert more[: len(few) - 60] == few[: len(few) - 60]


def test_there_are_as_many_people_as_asked_for_with_about_ten_events_each() -> None:
    blocks = list(population(2 * BLOCK + 500))
    assert [len(people(made)) for made in blocks] == [BLOCK, BLOCK, 500]
    events = sum(map(len, blocks))
    assert 9.5 < events / (2 * BLOCK + 500) < 11.5


def test_the_guard_accepts_every_event() -> None:
    guard = Guard(load_catalogue(), PUBLISHERS, ENVIRONMENT, "fastavro")
    by_topic: dict[str, list[Record]] = {}
    for event in packed(CODEC, [*block(0), *block(1)]):
        for key in event.keys:
            by_topic.setdefault(event.topic, []).append(Record(key, event.value, timestamp=NOW))
    assert by_topic.keys() == {FAMILIES[family].topic for family in PUBLISHERS["population"]}
    for topic, records in by_topic.items():
        assert guard.judge(topic, records).refused == []


def test_events_are_written_as_the_domains_own_would_be() -> None:
    for made, event in zip(sorted_by_kind(block(0, 50)), packed(CODEC, block(0, 50)), strict=True):
        read = CODEC.decode(event.value)
        assert isinstance(read, Event)
        assert to_plain(read) == made.plain
        assert CODEC.encode(read) == event.value
        assert event.keys == tuple(key.encode() for key in read.header.keys())  # noqa: SIM118


def test_numbers_are_valid_and_keys_belong_to_them() -> None:
    for made in block(7, 100):
        for person in made.plain["header"]["concerned"]:
            (number,) = person["identifiers"]
            identifier = Identifier.of(number["scheme"], number["value"])
            assert "synthetic" in identifier.warnings
            assert person["person_key"] == person_key(identifier, SECRET)


def test_lives_are_whole() -> None:
    """Parents, unions, moves, ends, corrections: whatever a life has, some of these have."""
    kinds = Counter((made.record, made.plain["header"]["change"]) for made in block(0))
    assert kinds["Birth", "CREATED"] == BLOCK
    assert kinds["Union", "ENDED"] > 0
    assert kinds["HouseholdRegistration", "CORRECTED"] > 0
    assert kinds["HouseholdRegistration", "ENDED"] > 0
    assert kinds["Death", "CREATED"] > 20
    births = [made.plain for made in block(0) if made.record == "Birth"]
    assert sum(len(plain["header"]["concerned"]) == 3 for plain in births) > 100


def people(events: list[Made]) -> set[str]:
    return {person["person_key"] for made in events for person in made.plain["header"]["concerned"]}


def sorted_by_kind(events: list[Made]) -> list[Made]:
    kinds = list(dict.fromkeys((made.record, made.family) for made in events))
    return sorted(events, key=lambda made: kinds.index((made.record, made.family)))
