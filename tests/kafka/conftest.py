"""A bus of real processes for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from civicbus.settings import Settings
from tests.kafka.bus import Bus, bus_on


@pytest.fixture
def bus(kafka_settings: Settings, tmp_path: Path) -> Iterator[Bus]:
    """A bus on the real Kafka, with its topics new and empty."""
    assert kafka_settings.broker is not None
    with bus_on(kafka_settings.broker, tmp_path) as bus:
        yield bus
