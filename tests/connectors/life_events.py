"""Entries of the registers of England and Wales for tests: the sample's, with faults put in."""

from __future__ import annotations

import copy
import io
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from civicbus.connect.connector import load_connector
from civicbus.connect.mapped import Mapped
from civicbus.connect.trial import Trial
from civicbus.domain.events import Event
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import Role

FOLDER = Path(__file__).parents[2] / "connectors" / "uk_lev"
CONNECTOR = load_connector(FOLDER)
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)

Entry = dict[str, Any]

SAMPLE: list[Entry] = json.loads((FOLDER / "sample.json").read_text(encoding="utf-8"))
BIRTH, CANCELLED, AGAIN, BIRTH_V0, FICTITIOUS, DEATH, INQUEST, MARRIAGE, PARTNERSHIP = SAMPLE[:9]
REPLACED, REPLACING = SAMPLE[9:]  # one death, entered twice


def with_(record: Entry, **changed: Any) -> Entry:
    """The record with other values; `data__status__blocked=True` sets one three levels down."""
    record = copy.deepcopy(record)
    for path, value in changed.items():
        *way, last = path.split("__")
        place = record
        for name in way:
            place = place[name]
        if value is ...:
            del place[last]
        else:
            place[last] = value
    return record


def numbered(record: Entry, number: int, **changed: Any) -> Entry:
    """The record under another number, and with other values."""
    return with_(record, id=number, data__id=number, **changed)


def tried(*records: Entry) -> tuple[Trial, list[Mapped]]:
    """The records through the connector, to be asked, and what each came to."""
    trial = Trial(CONNECTOR, NOW)
    lines = "\n".join(json.dumps(record) for record in records)
    return trial, list(trial.read(io.BytesIO(lines.encode()), "entries.json", NOW))


def mapped(record: Entry) -> list[Event]:
    """The events of a record of which nothing is refused."""
    _, (found,) = tried(record)
    assert found.refused == ()
    return [filed.event for filed in found.filed]


def said(
    trial: Trial, proof: str, person: str, day: date, known_at: datetime = NOW, **claims: object
) -> str:
    """The outcome and the reason of an answer."""
    number = Identifier.parse(f"uk-reg:{person}")
    answer = trial.ask(proof, number, day, known_at, claims=claims)
    return f"{answer.outcome} {answer.reason}"


def alive(trial: Trial, person: str, day: date, known_at: datetime = NOW) -> str:
    """Whether somebody lived on a day."""
    return said(trial, "alive", person, day, known_at)


def people(event: Event) -> list[tuple[Role, str]]:
    """Who is concerned: the role, and the number or else the name."""
    return [
        (concerned.role, " ".join(str(i) for i in concerned.identifiers) or concerned.name or "")
        for concerned in event.header.concerned
    ]
