"""What each department of the city wrote down: its journal, a file of rows in its own words.

A journal only grows: an entry that was wrong is corrected or annulled by a later one. What a day
adds goes into a file of its own, as departments hand over what is new.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

LOCAL_TIME = timezone(timedelta(hours=8))

CIVIL_REGISTRY = "city_civil_registry"
HOUSEHOLD_BOOKS = "city_household_books"
HEALTH = "city_health"
CIVIL_AFFAIRS = "city_civil_affairs"
ADOPTIONS = "city_adoptions"
COURTS = "city_courts"
SOCIAL_SECURITY = "city_social_security"
EMPLOYMENT = "city_employment"
SOCIAL_INSURANCE = "city_social_insurance"
MEDICAL_INSURANCE = "city_medical_insurance"
INSURERS = "city_insurers"
EDUCATION = "city_education"
MARKET_REGULATOR = "city_market_regulator"

COLUMNS: Mapping[str, tuple[str, ...]] = {
    CIVIL_REGISTRY: (
        "entry", "kind", "registered_at", "person", "mother", "father", "sex", "date", "place",
        "refers_to",
    ),
    HOUSEHOLD_BOOKS: (
        "entry", "kind", "registered_at", "person", "former", "head", "household", "place",
        "address", "relation", "date", "refers_to",
    ),
    HEALTH: (
        "notice", "kind", "noticed_at", "person", "date", "hospital", "certificate", "refers_to",
    ),
    CIVIL_AFFAIRS: (
        "entry", "kind", "registered_at", "partner_1", "partner_2", "wrong_partner", "date",
        "refers_to",
    ),
    ADOPTIONS: (
        "entry", "kind", "registered_at", "child", "mother", "father", "date", "refers_to",
    ),
    COURTS: (
        "judgment", "kind", "registered_at", "person", "other", "marriage_entry", "capacity",
        "date", "effective", "refers_to", "concerning",
    ),
    SOCIAL_SECURITY: ("claim", "claimed_at", "person", "date_of_death"),
    EMPLOYMENT: (
        "entry", "kind", "registered_at", "person", "employer", "employer_name", "date",
        "refers_to",
    ),
    SOCIAL_INSURANCE: (
        "entry", "kind", "registered_at", "person", "insurance", "first_month", "last_month",
        "region", "to_region", "employer", "pension", "payer", "date", "refers_to",
    ),
    MEDICAL_INSURANCE: (
        "entry", "kind", "registered_at", "person", "first_month", "last_month", "region",
        "to_region", "employer", "date", "refers_to",
    ),
    INSURERS: (
        "entry", "kind", "registered_at", "holder", "insured", "beneficiary", "insurer",
        "policy", "product", "date", "valid_until", "to_insurer", "to_policy",
        "refers_to",
    ),
    EDUCATION: (
        "entry", "kind", "registered_at", "person", "step", "institution", "level",
        "subject", "number", "date", "refers_to",
    ),
    MARKET_REGULATOR: (
        "entry", "kind", "registered_at", "business", "operator", "name", "site", "successor",
        "permit", "number", "date", "valid_until", "refers_to",
    ),
}  # fmt: skip


@dataclass(slots=True)
class Journal:
    """Understands one department's files: their columns, the next number, where they lie.

    `named` are the numbers of entries that others refer to, by what they are about.
    """

    connector: str
    folder: Path
    entries: int = 0
    files: int = 0
    pending: list[dict[str, str]] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)

    def add(self, **cells: str) -> str:
        """Write an entry; returns its number."""
        self.entries += 1
        number = str(self.entries)
        self.pending.append({self.columns[0]: number, **cells})
        return number

    def hand_over(self) -> Path:
        """The file that holds the entries added since the last one."""
        self.files += 1
        path = self.folder / self.connector / f"{self.files:03d}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.DictWriter(file, self.columns, lineterminator="\n")
            rows.writeheader()
            rows.writerows(self.take())
        return path

    def take(self) -> list[dict[str, str]]:
        """The entries added since the last ones were taken."""
        taken, self.pending = self.pending, []
        return taken

    @property
    def columns(self) -> tuple[str, ...]:
        """What the department's rows have, the entry's number first."""
        return COLUMNS[self.connector]


def moment(at: datetime) -> str:
    """A moment as the departments write it: local time, to the millisecond."""
    return at.astimezone(LOCAL_TIME).isoformat(timespec="milliseconds")
