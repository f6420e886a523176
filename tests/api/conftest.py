"""The API over a synthetic city."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from civicbus.api.memory import MemoryDossiers
from tests.api.city import app_over, city, client_of


@pytest.fixture
def dossiers() -> MemoryDossiers:
    return city()


@pytest.fixture
async def client(dossiers: MemoryDossiers) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app_over(dossiers)) as client:
        yield client
