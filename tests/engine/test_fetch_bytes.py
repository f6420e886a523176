"""What has been fetched is bounded, however many partitions a worker owns."""

from __future__ import annotations

import pytest

from civicbus.broker.topics import MAX_BATCH_BYTES
from civicbus.engine.app import FETCHED_BYTES, MOST_FETCHED, fetch_bytes
from civicbus.wire.topics import PERSON_TOPICS


@pytest.mark.parametrize("partitions", [1, 2, 8, 32, 64])
def test_all_partitions_together_share_what_may_be_fetched(partitions: int) -> None:
    each = fetch_bytes(partitions)
    assert MAX_BATCH_BYTES <= each <= MOST_FETCHED
    assert each * partitions * len(PERSON_TOPICS) <= FETCHED_BYTES


@pytest.mark.parametrize("partitions", [256, 4_096])
def test_a_batch_can_always_be_fetched_whole(partitions: int) -> None:
    assert fetch_bytes(partitions) == MAX_BATCH_BYTES
