"""A connector that is killed while somebody waits for its answer, and started again.

Promise: whoever sends the same again is answered as if nothing had happened, and the event counts
once, whether the process died before what was sent was remembered or after.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from civicbus.broker.builtin import builtin_broker, with_builtin
from civicbus.broker.topics import create_topics
from civicbus.settings import load_settings
from tests.connect.inputs.sending import STRUCTURED, granted
from tests.connect.publishing import events_in, log_of

ROOT = Path(__file__).parents[3]
SOON = 30.0  # seconds


@asynccontextmanager
async def process(address: str, data: Path, moment: str) -> AsyncIterator[str]:
    """A connector in a process of its own; gives its address."""
    module = "tests.connect.inputs.pushed_process"
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, address, str(data), moment),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
    )
    assert running.stdout is not None
    try:
        port = int(await asyncio.wait_for(running.stdout.readline(), SOON))
        yield f"http://127.0.0.1:{port}"
        if moment != "never":
            assert await asyncio.wait_for(running.wait(), SOON) == -9
    finally:
        if running.returncode is None:
            running.kill()
            await running.wait()


async def sent(url: str) -> httpx.Response:
    """The answer to an event, sent while the connector has not reached the bus yet as well."""
    async with asyncio.timeout(SOON):
        while True:
            async with httpx.AsyncClient(trust_env=False, timeout=SOON) as client:
                response = await client.post(f"{url}/events", json=granted(1), headers=STRUCTURED)
            if response.status_code != 503:
                return response
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(("moment", "copies"), [("bus", 2), ("mark", 1)])
async def test_killed_before_the_answer_a_repeat_is_answered_and_counts_once(
    tmp_path: Path, moment: str, copies: int
) -> None:
    with builtin_broker() as address:
        settings = with_builtin(load_settings(environment="test"), address)
        await create_topics(settings)
        async with process(address, tmp_path, moment) as url:
            with pytest.raises(httpx.TransportError):
                await sent(url)
        async with process(address, tmp_path, "never") as url:
            again = await sent(url)
            assert again.json() == {"accepted": 1, "events": [{"place": 1, "outcome": "accepted"}]}
        log = await log_of(settings, "civic.licence.v1")
    events = events_in(log)
    assert len(events) == copies
    assert len({event.header.event_id for _, event in events}) == 1
    values = [record.value for records in log.values() for record in records if record.value]
    assert len(set(values)) == 1
