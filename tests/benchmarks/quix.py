"""Quix Streams doing what a civicbus worker does, in an environment of its own (see outside.py).

It reads each event with fastavro and keeps its bytes under person key and event id in RocksDB, with
a changelog. `python quix.py BROKER TOPIC EVENTS FOLDER SCHEMAS FETCH_BYTES` prints one JSON object:
events, and seconds from the first record to the last that was put into the state. The checkpoint
after it is not counted.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import fastavro
from quixstreams import Application, State

FRAME = 5  # a zero byte and the schema's id


class Keeper:
    """Puts each event into the state; ends the process after the last."""

    def __init__(self, events: int, schemas: Path) -> None:
        self._events = events
        self._seen = 0
        self._begun = 0.0
        self._schemas = {
            int(path.stem): fastavro.parse_schema(json.loads(path.read_text(encoding="utf-8")))
            for path in schemas.glob("*.avsc")
        }

    def keep(self, value: bytes, state: State) -> None:
        if not self._seen:
            self._begun = time.perf_counter()
        schema = self._schemas[int.from_bytes(value[1:FRAME], "big")]
        event: Any = fastavro.schemaless_reader(io.BytesIO(value[FRAME:]), schema, None)
        state.set_bytes(event["header"]["event_id"], value)
        self._seen += 1
        if self._seen >= self._events:
            seconds = time.perf_counter() - self._begun
            print(json.dumps({"events": self._seen, "seconds": seconds}), flush=True)
            os._exit(0)  # what was measured is over


def main() -> None:
    broker, topic, events, folder, schemas, fetch_bytes = sys.argv[1:]
    app = Application(
        broker_address=broker,
        consumer_group=Path(folder).name,
        auto_offset_reset="earliest",
        state_dir=folder,
        consumer_extra_config={"max.partition.fetch.bytes": int(fetch_bytes)},
        loglevel="ERROR",
    )
    source = app.topic(topic, key_deserializer="bytes", value_deserializer="bytes")
    keeper = Keeper(int(events), Path(schemas))
    app.dataframe(source).apply(keeper.keep, stateful=True)
    app.run()


if __name__ == "__main__":
    main()
