"""A few synthetic persons, and an API over their dossiers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import httpx
from fastapi import APIRouter, FastAPI

from civicbus.api.app import create_app
from civicbus.api.memory import MemoryDossiers, MemorySweeps
from civicbus.api.ports import Sweeps
from civicbus.domain.authority import Authorities, Authority
from civicbus.domain.dates import PartialDate
from civicbus.domain.dossier import Dossier, Entry, SourceState
from civicbus.domain.events import Birth, Concerned, Death, Header, Registration, event_id
from civicbus.domain.identifiers import Identifier
from civicbus.domain.person_key import person_key
from civicbus.domain.vocabulary import Role
from civicbus.settings import Settings

NOW = datetime(2024, 6, 1, 12, 0, tzinfo=UTC)
SOURCE = "civil-registry"
FAMILIES = ("birth", "death", "identity", "court")
LIVING = Identifier.parse("nl-bsn:999990639")
DEAD = Identifier.parse("nl-bsn:999994669")
UNKNOWN = Identifier.parse("nl-bsn:999993653")

SETTINGS = Settings(environment="test")
AUTHORITIES = Authorities(
    tuple(
        Authority(SOURCE, family, frozenset({"nl-bsn"}), timedelta(days=1)) for family in FAMILIES
    )
)
SOURCES = {(family, SOURCE): SourceState(NOW - timedelta(minutes=1)) for family in FAMILIES}


def key_of(person: Identifier) -> str:
    return person_key(person, SETTINGS.secret_bytes())


def header(person: Identifier, role: Role, what: str, occurred: str) -> Header:
    year, month, day = (int(part) for part in occurred.split("-"))
    registered_at = datetime(year, month, day, tzinfo=UTC) + timedelta(days=1)
    return Header(
        event_id=event_id(SOURCE, key_of(person), what),
        source=SOURCE,
        concerned=(Concerned(role, (person,), key_of(person)),),
        registered_at=registered_at,
        occurred=PartialDate(year, month, day),
    )


def dossier_of(person: Identifier, *events: Birth | Death | Registration) -> Dossier:
    entries = tuple(Entry(event.family, event, NOW) for event in events)
    return Dossier(key_of(person), entries, sources=SOURCES)


def city() -> MemoryDossiers:
    """One living person, one who died on 2024-03-01, and silence about a third."""
    found = [
        dossier_of(LIVING, born(LIVING), on_record(LIVING)),
        dossier_of(DEAD, born(DEAD), on_record(DEAD), died(DEAD, "2024-03-01")),
        dossier_of(UNKNOWN),
    ]
    return MemoryDossiers({dossier.person_key: dossier for dossier in found})


def born(person: Identifier) -> Birth:
    return Birth(header(person, Role.CHILD, "birth", "1950-01-01"))


def on_record(person: Identifier) -> Registration:
    return Registration(header(person, Role.PERSON, "record", "1950-01-01"))


def died(person: Identifier, day: str) -> Death:
    return Death(header(person, Role.DECEASED, "death", day))


def app_over(
    dossiers: MemoryDossiers,
    extra_routers: Iterable[APIRouter] = (),
    *,
    sweeps: Sweeps | None = None,
) -> FastAPI:
    return create_app(
        dossiers,
        sweeps or MemorySweeps(dossiers, AUTHORITIES),
        dossiers,
        lambda: AUTHORITIES,
        SETTINGS,
        extra_routers,
        now=lambda: NOW,
    )


def client_of(app: FastAPI) -> httpx.AsyncClient:
    """A client that reaches the app without a network; the app's errors are the app's to hide."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bus.test")
