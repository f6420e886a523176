"""The departments of the synthetic city in tests: their samples, and rows like those in them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from civicbus.connect.connector import Connector, load_connector
from civicbus.connect.mapped import Mapped, run
from civicbus.connect.trial import Trial
from civicbus.domain.answer import Answer
from civicbus.domain.events import Event
from civicbus.domain.identifiers import Identifier

CONNECTORS = Path(__file__).parents[2] / "connectors"
DEPARTMENTS = sorted(path.name for path in CONNECTORS.glob("city_*"))
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
TODAY = date(2026, 11, 1)

# One family, a friend, and two others; nobody can have their numbers.
WIFE = "990000195083040026"
HUSBAND = "990000194891200011"
SON = "99000019758630001X"
SON_BEFORE = "990000758630001"  # the same number, as it was written with 15 digits
FRIEND = "99000019908102002X"
STUDENT = "990000199581010020"
NEIGHBOUR = "990000200181010019"
MILL, WORKS, SNACKS = "91990000MA0000001B", "91990000MA0000002E", "92990000MA0000003E"

WRITTEN = "2026-10-01T09:00:00+08:00"


def connector(name: str) -> Connector:
    return load_connector(CONNECTORS / name)


def sample(name: str) -> bytes:
    return (CONNECTORS / name / "sample.csv").read_bytes()


def cells(name: str) -> list[dict[str, str]]:
    """The sample's rows by column."""
    return list(csv.DictReader(io.StringIO(sample(name).decode())))


def row(name: str, given: Mapping[str, str]) -> str:
    """A row with these cells; in the columns that tell when it was written down, `WRITTEN`."""
    columns = connector(name).system.input.columns
    assert given.keys() <= set(columns)
    times = {"registered_at": WRITTEN, "noticed_at": WRITTEN, "claimed_at": WRITTEN}
    return ",".join((times | dict(given)).get(column, "") for column in columns)


def mapped(name: str, *rows: str) -> list[Mapped]:
    """What some rows come to, under the sample's header."""
    header = sample(name).decode().splitlines()[0]
    text = "\n".join([header, *rows, ""]).encode()
    return list(run(connector(name), io.BytesIO(text), "rows.csv", NOW))


def events(name: str) -> list[Event]:
    """What the sample comes to."""
    found = run(connector(name), io.BytesIO(sample(name)), "sample.csv", NOW)
    return [filed.event for one in found for filed in one.filed]


def event_of(name: str, entry: int) -> Event:
    """The first event of the sample's row with this number."""
    line = sample(name).decode().splitlines()[entry]
    (one,) = mapped(name, line)
    return one.filed[0].event


def tried(*names: str) -> Trial:
    """The samples of some departments, read one after the other, with nothing refused.

    The competences are those of the first one.
    """
    trial = Trial(connector(names[0]), NOW)
    for name in names:
        for one in run(connector(name), io.BytesIO(sample(name)), "sample.csv", NOW):
            assert one.refused == ()
            trial.take(one, NOW)
    return trial


def asked(
    trial: Trial,
    proof: str,
    number: str,
    day: date = TODAY,
    scheme: str = "cn-rid",
    **claims: object,
) -> Answer:
    """The answer about the person, or business, with this number."""
    return trial.ask(proof, Identifier.of(scheme, number), day, NOW, claims=claims)


def said(answer: Answer) -> str:
    return f"{answer.outcome} {answer.reason}"
