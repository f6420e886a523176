"""What the five files of the life event verification service say, read apart from the connector.

The oracle knows the files' layout and the law, not the bus: for each entry of a birth or a death it
gives the outcome and the reason that `alive` must have on a day, by all that is known today.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

FILES = (
    "birth_registration_v0.json",
    "birth_registration_v1.json",
    "death_registration_v1.json",
    "marriage_registration_v1.json",
    "partnership_registration_v1.json",
)
ROUGHLY = timedelta(days=31)


@dataclass(frozen=True)
class Entry:
    """One object of a file."""

    register: str
    found: dict[str, Any]

    @property
    def person(self) -> str:
        """By which number the child, the deceased or the first partner is known."""
        party = "/1" if self.register in {"marriage", "partnership"} else ""
        return f"uk-reg:{self.register}/{self.found['id']}{party}"

    @property
    def data(self) -> dict[str, Any]:
        """What the service gives."""
        data: dict[str, Any] = self.found["data"]
        return data

    @property
    def status(self) -> dict[str, Any]:
        """The flags, in the names of version 1."""
        status = dict(self.data["status"])
        status.setdefault("blocked", status.get("blockedRegistration"))
        status.setdefault("potentiallyFictitious", status.get("potentiallyFictitiousBirth"))
        return status

    def alive(self, day: date) -> tuple[str, str]:
        """Outcome and reason."""
        if self.status["blocked"] is not False:
            return "unknown", "quarantined"
        return self._child(day) if self.register == "birth" else self._deceased(day)

    def _child(self, day: date) -> tuple[str, str]:
        child = self.data.get("child") or self.data["subjects"]["child"]
        if self.status["cancelled"]:
            return "unknown", "not_covered"  # of the child nothing is on record
        if self.status["potentiallyFictitious"] or self.status["marginalNote"] == "Other":
            return "unknown", "under_investigation"
        if day >= date.fromisoformat(child["dateOfBirth"]):
            return "unknown", "not_covered"  # a death would stand under another number
        return "no", "not_born"

    def _deceased(self, day: date) -> tuple[str, str]:
        deceased = self.data["deceased"]
        died = date.fromisoformat(deceased["dateOfDeath"])
        first = last = died
        if deceased["dateOfDeathQualifier"] == "On or about":
            first, last = died - ROUGHLY, died + ROUGHLY
        last = min(last, date.fromisoformat(self.data["date"]))
        if day < first:
            return self._before(day, first)
        if self.status["marginalNote"] == "Other":
            return "unknown", "under_investigation"
        return ("no", "death_registered") if day >= last else ("unknown", "undetermined_date")

    def _before(self, day: date, first: date) -> tuple[str, str]:
        """A day before the death: it is known only of somebody of a known age to have been born."""
        years = (self.data["deceased"]["ageAtDeath"] or "").removesuffix(" years")
        if not years.isdigit() or day < first - timedelta(days=365 * int(years)):
            return "unknown", "undetermined_date"
        if self.status["marginalNote"] == "Other":
            return "unknown", "under_investigation"
        return "yes", "died_later"


def entries(folder: Path, name: str) -> list[Entry]:
    """The entries of a file."""
    register = name.partition("_")[0]
    found = json.loads((folder / name).read_text(encoding="utf-8"))
    return [Entry(register, one) for one in found]
