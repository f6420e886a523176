"""A burst: more acts of a day than a register has ever entered wait for a second person."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from civicbus.connect.ceiling import BurstError, without_ceilings
from civicbus.connect.connector import load_connector
from civicbus.connect.deliver import deliver
from civicbus.connect.json_records import paths_of
from civicbus.connect.publisher import Publisher
from civicbus.settings import ConfigurationError, Settings
from tests.connect.publishing import events_in, log_of
from tests.connect.test_runner import Register, claim, runner

DEATHS = "civic.death.v1"
PLAIN = load_connector(Path(__file__).parents[2] / "connectors" / "city_social_security")
BOUNDED = replace(PLAIN, system=replace(PLAIN.system, ceilings={"death": 8}))


async def count(settings: Settings) -> int:
    return len(events_in(await log_of(settings, DEATHS)))


async def test_three_thousand_deaths_where_eight_a_day_are_usual_wait_for_a_second_person(
    settings: Settings,
) -> None:
    burst = Register([claim(number) for number in range(1, 3001)], size=2000)
    for _ in range(2):
        with pytest.raises(BurstError, match=r"2,000 events.*--accepted-by"):
            await runner(settings, burst, connector=BOUNDED).run()
    assert await count(settings) == 0
    assert burst.marked == []
    await runner(settings, burst, connector=without_ceilings(BOUNDED)).run(once=True)
    assert await count(settings) == 3000


async def test_a_burst_in_small_portions_is_one_as_well(settings: Settings) -> None:
    trickle = Register([claim(number) for number in range(1, 30)], size=3)
    with pytest.raises(BurstError):
        await runner(settings, trickle, connector=BOUNDED).run()
    assert await count(settings) == 6


async def test_twenty_years_of_deaths_are_no_burst(settings: Settings) -> None:
    rows = [
        claim(n, at=f"20{n % 20:02d}-02-{1 + n % 28:02d}T09:00:00+08:00") for n in range(1, 500)
    ]
    await runner(settings, Register(rows, size=100), connector=BOUNDED).run(once=True)
    assert await count(settings) == 499


async def test_a_file_with_a_burst_is_held_as_well(settings: Settings) -> None:
    rows = [f"{n},2026-02-01T09:00:00+08:00,990000194891200011,2026-01-30" for n in range(1, 50)]
    text = "\n".join([",".join(paths_of(PLAIN.system.input)), *rows, ""]).encode()
    async with Publisher(settings, PLAIN.system) as publisher:
        with pytest.raises(BurstError):
            await deliver(BOUNDED, io.BytesIO(text), "claims.csv", publisher, datetime.now(UTC))
    assert await count(settings) == 0


def test_a_ceiling_of_a_family_that_is_not_published_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "connector"
    folder.mkdir()
    declared = (PLAIN.folder / "connector.toml").read_text("utf-8")
    declared = declared.replace("[publishes]", "[publishes]\nat_most_a_day = { union = 8 }")
    folder.joinpath("connector.toml").write_text(declared, "utf-8")
    folder.joinpath("mapping.py").write_bytes((PLAIN.folder / "mapping.py").read_bytes())
    with pytest.raises(ConfigurationError, match="at_most_a_day: union"):
        load_connector(folder)
