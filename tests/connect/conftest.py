"""A built-in broker with the bus's topics."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from civicbus.broker.builtin import builtin_broker, with_builtin
from civicbus.broker.topics import create_topics
from civicbus.settings import Settings, load_settings


@pytest.fixture
async def settings() -> AsyncIterator[Settings]:
    """Settings for a built-in broker of its own."""
    with builtin_broker() as address:
        settings = with_builtin(load_settings(environment="test"), address)
        await create_topics(settings)
        yield settings
