"""A trial of a connector in memory: its file's events as dossiers, and proofs over them.

The same runner, the same stamping and the same proofs as in a deployment; no broker, no store. The
file is taken as complete up to a moment that whoever tries it names.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import BinaryIO

from civicbus.connect.connector import Connector
from civicbus.connect.mapped import Mapped, run
from civicbus.connect.mapping import Filed
from civicbus.connect.stamping import stamp
from civicbus.domain import proofs
from civicbus.domain.answer import Answer, Question
from civicbus.domain.claims import read_claims
from civicbus.domain.dossier import Dossier, Entry, SourceState
from civicbus.domain.identifiers import Identifier
from civicbus.domain.person_key import person_key
from civicbus.domain.proofs.need import Need
from civicbus.registers.systems import authorities

ENVIRONMENT = "trial"
SECRET = b"civicbus-trial"  # keys that leave no memory need no secret


class Trial:
    """Understands what a file says through a connector, and what follows from it."""

    def __init__(self, connector: Connector, complete_through: datetime) -> None:
        self._connector = connector
        self._authorities = authorities([connector.system])
        self._sources = {
            (family, connector.system.source): SourceState(complete_through)
            for family in connector.system.families
        }
        self._entries: dict[str, list[Entry]] = defaultdict(list)
        self._persons: dict[Identifier, None] = {}
        self.records = 0
        self.events: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    @property
    def persons(self) -> tuple[Identifier, ...]:
        """Everybody of whom the file holds a record, in its order; not those it only mentions."""
        return tuple(self._persons)

    def read(self, stream: BinaryIO, name: str, now: datetime) -> Iterator[Mapped]:
        """Map the file; yields what each record came to, its events stamped.

        Raises:
            UnreadableFileError: if nothing of the file can be read.
        """
        for mapped in run(self._connector, stream, name, now):
            yield self.take(mapped, now)

    def take(self, mapped: Mapped, now: datetime) -> Mapped:
        """Take in what one record came to, as the bus received it `now`; its events stamped."""
        self.records += 1
        if mapped.subject is not None:
            self._persons[mapped.subject] = None
        stamped = []
        for filed in mapped.filed:
            event = stamp(filed.event, ENVIRONMENT, SECRET)
            stamped.append(Filed(filed.family, event))
            self.events[type(event).__name__] += 1
            for key in event.header.keys():  # noqa: SIM118 - a method of ours, no dictionary's
                self._entries[key].append(Entry(filed.family, event, now))
        self.refused.update(row.reason for row in mapped.refused)
        return replace(mapped, filed=tuple(stamped))

    def ask(
        self,
        proof: str,
        person: Identifier,
        valid_at: date,
        known_at: datetime,
        *,
        claims: Mapping[str, object] | None = None,
        name: str | None = None,
        birth_date: date | None = None,
    ) -> Answer:
        """The answer to a question, from what has been read. The claims are plain values.

        Raises:
            KeyError: if there is no such proof.
            InvalidClaimError: if the proof does not take such claims.
        """
        read = read_claims(proofs.PROOFS[proof].claims, claims or {}, _key_of)
        question = Question(person, _key_of(person), valid_at, known_at, read, name, birth_date)
        return proofs.run(proofs.start(proof, question, self._authorities), self._dossier)

    def _dossier(self, need: Need) -> Dossier:
        entries = self._entries.get(need.person_key, ())
        return Dossier(
            need.person_key,
            tuple(entry for entry in entries if entry.family in need.families),
            sources=self._sources,
        )


def _key_of(person: Identifier) -> str:
    return person_key(person, SECRET)
