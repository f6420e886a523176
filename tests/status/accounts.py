"""Accounts that workers of an invented deployment give of themselves, and a site over them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import faust

from civicbus.broker.apache import free_port
from civicbus.domain.answer import iso
from civicbus.domain.authority import Authorities, Authority
from civicbus.status.building import Snapshot
from civicbus.status.pages import mount

NOW = datetime(2024, 6, 1, 12, 0, tzinfo=UTC)
ONE, TWO, THREE = (f"http://10.0.0.{number}:8080" for number in (1, 2, 3))
PARTITIONS = 4
DAY = timedelta(days=1)


def topic(consumed: int = 0, **parts: int) -> dict[str, int]:
    """The account of a topic that adds up, unless `stored` says otherwise."""
    rest = parts.get("duplicates", 0) + parts.get("quarantined", 0) + parts.get("watermarks", 0)
    rest += parts.get("dismissals", 0)
    lag = parts.pop("lag", 0)
    return {
        "next_offset": consumed,
        "end_offset": consumed + lag,
        "consumed": consumed,
        "stored": consumed - rest,
        "duplicates": 0,
        "quarantined": 0,
        "watermarks": 0,
        "dismissals": 0,
        "released": 0,
        "holes": 0,
    } | parts


def partition(number: int, *, ready: bool = True, **topics: dict[str, int]) -> dict[str, Any]:
    found = {f"civic.{name}.v1": account for name, account in topics.items()}
    return {"partition": number, "ready": ready, "topics": found}


def source(
    name: str, family: str, number: int, *, age: timedelta = timedelta(), missing: int = 0
) -> dict[str, Any]:
    return {
        "source": name,
        "family": family,
        "partition": number,
        "complete_through": iso(NOW - age),
        "missing": missing,
    }


def compared(number: int, *, equal: bool | None, detail: str = "") -> dict[str, Any]:
    checked_at = iso(NOW - timedelta(minutes=5))
    return {"partition": number, "equal": equal, "checked_at": checked_at, "detail": detail}


def worker(
    url: str,
    partitions: Iterable[dict[str, Any]] = (),
    sources: Iterable[dict[str, Any]] = (),
    quarantined: Iterable[dict[str, Any]] = (),
    *,
    ready: bool = True,
    behind: int = 0,
    seconds_left: float | None = None,
    replica: Iterable[dict[str, Any]] = (),
) -> dict[str, Any]:
    return {
        "worker": url,
        "version": "0.1.0",
        "started_at": iso(NOW - DAY),
        "ready": ready,
        "behind": behind,
        "seconds_left": seconds_left,
        "replica": list(replica),
        "partitions": list(partitions),
        "sources": list(sources),
        "quarantined": list(quarantined),
    }


def authorities(**fresh_for: timedelta) -> Authorities:
    """Sources with authority over deaths, and for how long each is fresh."""
    return Authorities(
        tuple(
            Authority(name.replace("_", "-"), "death", frozenset({"nl-bsn"}), limit)
            for name, limit in fresh_for.items()
        )
    )


def healthy() -> tuple[list[Snapshot], Authorities]:
    """Two workers that share four partitions; nothing is wrong."""
    found: list[Snapshot] = [
        worker(
            url,
            [
                partition(
                    number,
                    birth=topic(2_000 + number, watermarks=100),
                    death=topic(1_000 + number, duplicates=3, watermarks=100),
                )
                for number in numbers
            ],
            [source("civil-registry", "death", number) for number in numbers],
        )
        for url, numbers in ((ONE, (0, 2)), (TWO, (1, 3)))
    ]
    return found, authorities(civil_registry=DAY)


def troubled() -> tuple[list[Snapshot], Authorities]:
    """One worker catches up, one is silent, a partition is nobody's, sources are late or lost."""
    sources = [
        *(source("civil-registry", "death", n, age=timedelta(seconds=4)) for n in (0, 1, 2)),
        *(source("civil-registry", "birth", n, age=timedelta(seconds=4)) for n in (0, 1, 2)),
        *(source("health", "death", n, age=timedelta(days=3)) for n in (0, 1, 2)),
        source("civil-affairs", "death", 2, age=timedelta(minutes=5), missing=7),
    ]
    found: list[Snapshot] = [
        worker(
            ONE,
            [
                partition(
                    0,
                    birth=topic(1_204_331, duplicates=12, watermarks=8_640),
                    death=topic(412_907, duplicates=2, quarantined=3, released=1, watermarks=8_640),
                    union=topic(98_112, watermarks=8_640),
                    identity=topic(1_300_000, quarantined=1, watermarks=8_640),
                    court=topic(8_651, watermarks=8_640),
                ),
                partition(
                    1,
                    birth=topic(1_198_020, watermarks=8_640),
                    death=topic(409_771, stored=401_130, watermarks=8_640),
                    union=topic(97_420, watermarks=8_640),
                    identity=topic(1_299_100, watermarks=8_640),
                    court=topic(8_640, watermarks=8_640),
                ),
            ],
            [part for part in sources if part["partition"] != 2],
            [
                {"topic": "civic.death.v1", "reason": "key_mismatch", "count": 2},
                {"topic": "civic.death.v1", "reason": "truncated", "count": 1},
                {"topic": "civic.identity.v1", "reason": "schema", "count": 1},
            ],
        ),
        worker(
            TWO,
            [
                partition(
                    2,
                    ready=False,
                    birth=topic(611_204, lag=588_010, watermarks=4_000),
                    death=topic(210_400, lag=198_044, watermarks=4_000),
                    union=topic(44_020, lag=51_200, watermarks=4_000),
                    identity=topic(640_100, lag=655_021, watermarks=4_000),
                    court=topic(4_012, watermarks=4_000),
                )
            ],
            [part for part in sources if part["partition"] == 2],
            ready=False,
        ),
        {"worker": THREE, "silent": "not reached: ConnectError"},
    ]
    declared = authorities(
        civil_registry=DAY, health=DAY, civil_affairs=DAY, social_security=timedelta(days=31)
    )
    return found, declared


@asynccontextmanager
async def site(snapshots: Sequence[Snapshot], declared: Authorities) -> AsyncIterator[str]:
    """The address of the pages, on the web server of a Faust app that has no broker."""
    app = faust.App(
        "civicbus-test",
        broker="kafka://127.0.0.1:1",
        store="memory://",
        topic_partitions=PARTITIONS,
        web_bind="127.0.0.1",
        web_host="127.0.0.1",
        web_port=free_port(),
        debug=True,  # the most that Faust would ever show
    )

    async def accounts() -> Sequence[Snapshot]:
        return snapshots

    mount(app, accounts, declared, now=lambda: NOW)
    await app.web.start()
    try:
        yield f"http://127.0.0.1:{app.conf.web_port}"
    finally:
        await app.web.stop()
