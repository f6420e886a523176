"""All departments of the city on one bus in memory: what is answered from them all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path

from civicbus.connect.mapped import Mapped, run
from civicbus.connect.stamping import stamp
from civicbus.domain import proofs
from civicbus.domain.answer import Answer, Question
from civicbus.domain.claims import read_claims
from civicbus.domain.dossier import Dossier, Entry, SourceState
from civicbus.domain.identifiers import Identifier
from civicbus.domain.person_key import person_key
from civicbus.domain.proofs.need import Need
from civicbus.registers.systems import authorities
from tests.connectors.city import DEPARTMENTS, connector

SECRET = b"city"


class Bus:
    """Understands what follows from all that the departments have said by `now`."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        systems = [connector(name).system for name in DEPARTMENTS]
        self._authorities = authorities(systems)
        self._sources = {
            (family, system.source): SourceState(now)
            for system in systems
            for family in system.families
        }
        self._entries: defaultdict[str, list[Entry]] = defaultdict(list)

    def read(self, name: str, path: Path) -> Iterator[Mapped]:
        """Take a department's file in; yields what each row came to."""
        with path.open("rb") as file:
            for mapped in run(connector(name), file, path.name, self.now):
                self._take(mapped)
                yield mapped

    def deliver(self, files: Iterable[tuple[str, Path]]) -> None:
        """Take files in of which no row may be refused."""
        for name, path in files:
            for mapped in self.read(name, path):
                assert mapped.refused == (), (name, mapped.refused)

    def _take(self, mapped: Mapped) -> None:
        for filed in mapped.filed:
            event = stamp(filed.event, "test", SECRET)
            for key in event.header.keys():  # noqa: SIM118 - not a dict
                self._entries[key].append(Entry(filed.family, event, self.now))

    def ask(
        self,
        proof: str,
        person: Identifier,
        day: date | None = None,
        known_at: datetime | None = None,
        /,
        **claims: object,
    ) -> Answer:
        """The answer to a question, today's if no day is given."""
        read = read_claims(proofs.PROOFS[proof].claims, claims, _key)
        day, known_at = day or self.now.date(), known_at or self.now
        question = Question(person, _key(person), day, known_at, read, None, None)
        return proofs.run(proofs.start(proof, question, self._authorities), self._dossier)

    def said(self, proof: str, person: Identifier, /, **claims: object) -> str:
        """The outcome and the reason of today's answer."""
        answer = self.ask(proof, person, **claims)
        return f"{answer.outcome} {answer.reason}"

    def _dossier(self, need: Need) -> Dossier:
        entries = self._entries.get(need.person_key, ())
        asked = tuple(entry for entry in entries if entry.family in need.families)
        return Dossier(need.person_key, asked, sources=self._sources)


def _key(person: Identifier) -> str:
    return person_key(person, SECRET)
