"""Partitions of many keys at once are those that Kafka's own clients give one key at a time."""

from __future__ import annotations

import pytest
from aiokafka.partitioner import murmur2
from hypothesis import given
from hypothesis import strategies as st

from civicbus.wire.murmur2 import murmur2_of
from civicbus.wire.topics import partition_of, partitions_of
from tests.wire.makers import key_of
from tests.wire.strategies import keys


@given(
    st.integers(1, 30).flatmap(
        lambda length: st.lists(st.binary(min_size=length, max_size=length), min_size=1)
    )
)
def test_many_keys_have_the_hash_that_each_has(found: list[bytes]) -> None:
    expected = [murmur2(key) & 0xFFFFFFFF for key in found]
    assert murmur2_of(found, len(found[0])).to_pylist() == expected


@given(st.lists(keys.map(str.encode), min_size=1), st.integers(1, 10_000))
def test_many_persons_have_the_partition_that_each_has(found: list[bytes], number: int) -> None:
    assert partitions_of(found, number) == [partition_of(key, number) for key in found]


def test_a_hundred_persons_of_a_nation_are_spread_over_its_partitions() -> None:
    found = [key_of(number).encode() for number in range(5000)]
    assert set(partitions_of(found, 256)) == set(range(256))
    assert partitions_of(found, 1) == [0] * 5000


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="not 26 bytes long"):
        partitions_of([*(key_of(number).encode() for number in range(40)), b"source:a"], 8)


def test_of_no_keys_there_are_no_partitions() -> None:
    assert partitions_of([], 8) == []
