"""The Faust application: one agent over the person topics, fed with blocks.

Settings that must not change, and why (measured on faust-streaming 0.15.3):
- `table_standby_replicas=1` although there are no tables: with 0 Faust falls back to a round-robin
  assignor that neither keeps a partition number of all topics on one worker nor tells the members
  who owns what.
- `topic_allow_declare=False`: a worker that declares topics on a fresh cluster starts but reads
  nothing until its next start. `civicbus topics create` makes them.
- `stream_buffer_maxsize`: a block is up to 2,000 records, so a few are enough; the default would
  hold millions.
- `concurrency=1` and no exception out of the agent: else Faust commits past work in flight. Should
  one come out all the same, the worker stops aloud.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import faust
import mode
from faust.types import StreamT

from civicbus.broker.connection import client_options
from civicbus.broker.topics import MAX_BATCH_BYTES
from civicbus.engine.ownership import Lease
from civicbus.engine.transport import Ahead, Block, BlockTransport, NextOffset
from civicbus.settings import Settings
from civicbus.wire.topics import PERSON_TOPICS

BLOCK_RECORDS = 2_000
BLOCKS_IN_FLIGHT = 16
# What has been fetched waits in memory, of each topic partition apart; a worker may own thousands.
FETCHED_BYTES = 256 * 1024 * 1024
MOST_FETCHED = 4 * 1024 * 1024  # of one at once; more does not make it faster
LEAST_FETCHED = MAX_BATCH_BYTES
COMMIT_EVERY = 2.8  # seconds; the group's offsets serve lag displays only
HEARTBEATS_A_SESSION = 5


def fetch_bytes(partitions: int) -> int:
    """How much is fetched at once of each topic partition, if a worker may own all of them."""
    share = FETCHED_BYTES // (partitions * len(PERSON_TOPICS))
    return max(LEAST_FETCHED, min(MOST_FETCHED, share))


class BusApp(faust.App):
    """A Faust app whose consumer speaks in blocks and reads where the stores stand."""

    next_offset: NextOffset
    lease: Lease
    ahead: Ahead

    def _new_transport(self) -> BlockTransport:
        return BlockTransport(self.conf.broker_consumer, self)


def faust_app(settings: Settings, partitions: int, folder: Path) -> BusApp:
    """The app, with Faust's own pages off; `status` puts the operators' pages in their place."""
    addresses: list[str] = client_options(settings)["bootstrap_servers"]
    app = BusApp(
        settings.group,
        broker=";".join(f"kafka://{address}" for address in addresses),
        broker_credentials=_credentials(settings),
        canonical_url=settings.advertised(),
        datadir=str(folder),
        store="memory://",
        topic_partitions=partitions,
        topic_allow_declare=False,
        topic_disable_leader=True,
        table_standby_replicas=1,
        processing_guarantee="at_least_once",
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=fetch_bytes(partitions),
        broker_max_poll_records=BLOCK_RECORDS,
        broker_commit_interval=COMMIT_EVERY,
        broker_session_timeout=settings.session_timeout,
        broker_rebalance_timeout=settings.session_timeout,
        broker_heartbeat_interval=settings.session_timeout / HEARTBEATS_A_SESSION,
        stream_buffer_maxsize=BLOCKS_IN_FLIGHT,
        stream_wait_empty=True,
        web_enabled=True,
        web_bind=settings.status_host,
        web_host=settings.status_host,
        web_port=settings.status_port,
        web_tables_enabled=False,
        web_router_enabled=False,
        web_graph_enabled=False,
        web_stats_enabled=False,
        web_metrics_enabled=False,
        worker_redirect_stdouts=False,
    )
    app.lease = Lease(settings.session_timeout * (1 - 1 / HEARTBEATS_A_SESSION))
    app.finalize()
    return app


def add_agent(app: BusApp, take: Callable[[Block], Awaitable[None]]) -> None:
    """Subscribe to the person topics. The agent's only work is to hand blocks on."""
    topic = app.topic(
        *PERSON_TOPICS,
        key_type=bytes,
        value_type=bytes,
        key_serializer="raw",
        value_serializer="raw",
        allow_empty=True,
    )

    @app.agent(topic, name="index", concurrency=1, supervisor_strategy=mode.CrashingSupervisor)
    async def index(stream: StreamT[Any]) -> None:
        async for event in stream.events():
            await take(event.value)


def _credentials(settings: Settings) -> Any:
    context = settings.ssl_context()
    if (login := settings.broker_login()) is not None:
        user, password = login
        return faust.SASLCredentials(
            username=user,
            password=password,
            mechanism=settings.broker_mechanism,
            ssl_context=context,
        )
    return None if context is None else faust.SSLCredentials(context)
