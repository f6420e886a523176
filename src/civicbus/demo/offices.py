"""Every department's journal up to the demonstration."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from pathlib import Path

from civicbus.demo import offices_of_persons as persons
from civicbus.demo import offices_of_work as work
from civicbus.demo.clerks import Clerk
from civicbus.demo.journals import (
    ADOPTIONS,
    CIVIL_AFFAIRS,
    CIVIL_REGISTRY,
    COLUMNS,
    COURTS,
    EDUCATION,
    EMPLOYMENT,
    HEALTH,
    HOUSEHOLD_BOOKS,
    INSURERS,
    MARKET_REGULATOR,
    MEDICAL_INSURANCE,
    SOCIAL_INSURANCE,
    SOCIAL_SECURITY,
    Journal,
)
from civicbus.demo.society import Society

OFFICES: Mapping[str, Callable[[Society, Clerk, Journal], None]] = {
    CIVIL_REGISTRY: persons.civil_registry,
    HOUSEHOLD_BOOKS: persons.household_books,
    HEALTH: persons.health,
    CIVIL_AFFAIRS: persons.civil_affairs,
    ADOPTIONS: persons.adoptions,
    SOCIAL_SECURITY: work.social_security,
    EMPLOYMENT: work.employment,
    SOCIAL_INSURANCE: work.social_insurance,
    MEDICAL_INSURANCE: work.medical_insurance,
    INSURERS: work.insurers,
    EDUCATION: work.education,
    MARKET_REGULATOR: work.market_regulator,
}
# The columns that hold the moment of an entry, where it is not `registered_at`.
STAMPED = {HEALTH: "noticed_at", SOCIAL_SECURITY: "claimed_at"}


def write_journals(society: Society, folder: Path, seed: int) -> dict[str, Journal]:
    """Every department's journal, by connector; the same for the same society and seed."""
    journals = {connector: Journal(connector, folder) for connector in COLUMNS}
    for connector, write in OFFICES.items():
        write(society, _clerk(connector, seed), journals[connector])
    entries = journals[CIVIL_AFFAIRS].named
    persons.courts(society, _clerk(COURTS, seed), journals[COURTS], entries)
    return journals


def _clerk(connector: str, seed: int) -> Clerk:
    # To repeat, not to hide.
    chance = random.Random(f"{seed} {connector}")  # noqa: S311
    return Clerk(chance, STAMPED.get(connector, "registered_at"))
