"""A connector that is sent events, as a process of its own that can be killed at a moment.

`python -m tests.connect.inputs.pushed_process BROKER DATA MOMENT`: prints its port. At the moment
`bus` it is killed when the bus has the first event and nothing is marked, at `mark` when the event
is remembered and nobody was answered; at `never` it lives.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from civicbus.broker.builtin import with_builtin
from civicbus.connect.door import door
from civicbus.connect.inputs import intake as module
from civicbus.connect.inputs.opening import opener
from civicbus.connect.meter import Meter
from civicbus.connect.publisher import Publisher
from civicbus.connect.runner import Pause, Runner
from civicbus.settings import load_settings
from tests.connect.inputs.sending import LICENCES


def die(plan: module._Plan, *_: object) -> None:
    """Nothing after this is done: no handler, no `finally`, no last write."""
    if plan.records:
        os.kill(os.getpid(), signal.SIGKILL)
    for request in plan.turn:
        assert not request.sent, "nobody sent anything before"


async def run(address: str, data: Path) -> None:
    settings = load_settings(environment="test", data=data, connector_port=0)
    settings = with_builtin(settings, address)
    meter = Meter(LICENCES.system.source)
    async with door(settings, LICENCES, meter) as found:
        print(found.port, flush=True)  # noqa: T201 - whoever started it waits for this
        runner = Runner(
            lambda: Publisher(settings, LICENCES.system),
            LICENCES,
            opener(LICENCES, settings, found.intake),
            meter,
            pause=Pause(longest=0.2, first=0.1),
        )
        await runner.run()


if __name__ == "__main__":
    _, broker, folder, moment = sys.argv
    if moment == "bus":
        module._Plan.keep = die  # type: ignore[method-assign,assignment]
    elif moment == "mark":
        module._Plan.answer = die  # type: ignore[method-assign,assignment]
    asyncio.run(run(broker, Path(folder)))
