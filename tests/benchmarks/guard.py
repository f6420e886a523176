"""`make bench BENCH=guard`: what the guard costs for each event, in microseconds.

Blocks of 2,000 records, as the engine gives them. Processor time counts, and the best of several
rounds, since the machine has other work. `decode` is the native decoder alone, `there and
back` what no screen can go below: decoded, validated, encoded again and compared.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import cache
from typing import Literal

import pyruhvro
from rich.console import Console
from rich.table import Table

from civicbus.wire import native
from civicbus.wire.codec import FRAME
from civicbus.wire.guard import Guard
from tests.wire.corpus import (
    PUBLISHERS,
    Record,
    catalogue,
    good_records,
    record_of,
    topic_of,
    watermark,
)
from tests.wire.makers import ENVIRONMENT

BLOCK = 2_000
ROUNDS = 15


def main() -> None:
    table = Table("block of", "bytes", "decode", "there and back", "native guard", "fastavro guard")
    for kind in ("Birth", "Death", "Union", "Registration"):
        block = list(good_records(kind, BLOCK))
        table.add_row(kind, *figures(kind, block))
    mixed = list(good_records("Birth", BLOCK))
    for at in range(0, BLOCK, 100):
        mixed[at] = record_of(watermark())
    table.add_row("Birth, 1 % watermarks", *figures("Birth", mixed))
    bad = list(good_records("Birth", BLOCK))
    bad[random.Random(1).randrange(BLOCK)] = Record(b"", bad[0].value)
    table.add_row("Birth, one refused", *figures("Birth", bad))
    Console().print(table)


def figures(kind: str, block: list[Record]) -> list[str]:
    """Mean size, then microseconds an event."""
    text = catalogue().latest(kind).text
    events = [record.value or b"" for record in good_records(kind, BLOCK)]
    bodies = [value[FRAME.size :] for value in events]
    costs = (
        best(lambda: pyruhvro.deserialize_array(bodies, text)),
        best(lambda: native.columns(bodies, text)),
        best(lambda: guard("native").judge(topic_of(kind), block)),
        best(lambda: guard("fastavro").judge(topic_of(kind), block), rounds=3),
    )
    return [str(sum(map(len, events)) // BLOCK), *(f"{cost / BLOCK * 1e6:.2f}" for cost in costs)]


@cache
def guard(mode: Literal["native", "fastavro"]) -> Guard:
    return Guard(catalogue(), PUBLISHERS, ENVIRONMENT, mode)


def best(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Seconds of processor time of the cheapest round."""
    seconds = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return min(seconds)


if __name__ == "__main__":
    main()
