"""The official test set of the Dutch register, read once: to be asked, beside the file itself."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path

from civicbus.connect.connector import load_connector
from civicbus.connect.rows import RefusedRow
from civicbus.connect.trial import Trial
from civicbus.domain.answer import Answer
from civicbus.domain.identifiers import Identifier
from tests.connectors.register_of_persons import PersonList, person_lists

CONNECTOR = load_connector(Path(__file__).parents[2] / "connectors" / "nl_brp")
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
TODAY = NOW.date()


class Register:
    """The file through the connector, to be asked, beside the file itself. Nobody changes it."""

    def __init__(self, path: Path) -> None:
        self.lists = person_lists(path)
        self.trial = Trial(CONNECTOR, NOW)
        with path.open("rb") as stream:
            self.mapped = list(self.trial.read(stream, path.name, NOW))
        self.refused: list[RefusedRow] = [row for found in self.mapped for row in found.refused]

    def ask(self, of: PersonList, valid_at: date, known_at: datetime = NOW) -> Answer:
        """Whether the person of a list was alive."""
        return self.answer("alive", of.person, valid_at, known_at=known_at)

    def answer(
        self,
        proof: str,
        person: str,
        valid_at: date = TODAY,
        claims: Mapping[str, object] | None = None,
        known_at: datetime = NOW,
    ) -> Answer:
        """What a proof answers about somebody, by the whole file."""
        return self.trial.ask(proof, Identifier.parse(person), valid_at, known_at, claims=claims)

    @property
    def unreadable(self) -> set[str]:
        """Those of whom something was refused that a proof could rest on."""
        return {str(row.person) for row in self.refused if row.families}


@functools.cache
def read(path: Path) -> Register:
    """The file, read once for all tests."""
    return Register(path)


def day_of(text: str) -> date:
    """The first day that a date of the register may stand for."""
    return date(int(text[:4]), int(text[4:6]) or 1, int(text[6:]) or 1)


def end_of(day: date) -> datetime:
    """The last moment of a day."""
    return datetime.combine(day, time(23, 59, 59), UTC)
