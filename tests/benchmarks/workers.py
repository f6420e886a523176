"""Workers over the population, as processes: what sweep and latency share."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

from civicbus.domain.answer import iso
from tests.benchmarks.population import BLOCK, FAMILIES, SECRET, SOURCE
from tests.benchmarks.publishing import NOBODY
from tests.kafka.bus import Bus, Worker

TICKS = os.sysconf("SC_CLK_TCK")
STORED_WITHIN = 3600.0  # seconds

CONNECTOR = f"""\
[system]
source = "{SOURCE}"
department = "Benchmarks"
title = "A register of everything"
legal_basis = "none: nobody lives here"
contact = "tests/benchmarks"

[input]
format = "csv"
delimiter = ","
encoding = "utf-8"
columns = ["id"]

[publishes]
families = {json.dumps(FAMILIES)}
""" + "".join(
    f'\n[authority.{family}]\nschemes = ["cn-rid"]\nfresh_for = "24h"\nsettles_after = "0d"\n'
    for family in FAMILIES
)


def bus_of(folder: Path, broker: str) -> Bus:
    """A bus on which the population's source is declared; its topics are made elsewhere."""
    connectors = folder / "connectors"
    (connectors / SOURCE).mkdir(parents=True, exist_ok=True)
    (connectors / SOURCE / "connector.toml").write_text(CONNECTOR, encoding="utf-8")
    configured = {"CIVICBUS_SECRET": SECRET.decode(), "CIVICBUS_CONNECTORS": str(connectors)}
    return Bus(broker, folder, configured=configured)


def times_of(persons: int) -> dict[str, str]:
    """The day and the moment that are asked about: so many persons are on the bus by then."""
    known_at = NOBODY + timedelta(seconds=-(-persons // BLOCK) * BLOCK)
    return {
        "valid_at": (NOBODY - timedelta(days=1)).date().isoformat(),
        "known_at": iso(known_at),
    }


def processor_of(worker: Worker) -> float:
    """The processor time that a worker has taken so far: seconds."""
    fields = Path(f"/proc/{worker.process.pid}/stat").read_text(encoding="ascii").split()
    return (int(fields[13]) + int(fields[14])) / TICKS
