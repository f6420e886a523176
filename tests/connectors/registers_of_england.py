"""What the five files of the life event verification service say, read apart from the connector.

The oracle knows the files' layout and the law, not the bus: for each entry it gives the outcome and
the reason that a proof about its person must have on a day, by all that is known today. Nothing
that the registers do not hold, such as a death of somebody born, is ever concluded from them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
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
IN_DOUBT = ("unknown", "under_investigation")
NOT_TOLD = ("unknown", "not_covered")
OPEN = ("unknown", "undetermined_date")
WITHHELD = ("unknown", "quarantined")
# What the service's own pages do not send to the General Register Office.
HARMLESS_NOTES = ("None", "Court order in place", "Court order revoked", "Post-mortem details")

Said = tuple[str, str]


@dataclass(frozen=True)
class Entry:
    """One object of a file."""

    register: str
    found: dict[str, Any]

    @property
    def number(self) -> int:
        """Its number in its register."""
        number: int = self.found["id"]
        return number

    @property
    def is_union(self) -> bool:
        """True for an entry of two people."""
        return self.register in {"marriage", "partnership"}

    @property
    def person(self) -> str:
        """By which number the child, the deceased or the first partner is known."""
        return f"uk-reg:{self.register}/{self.number}{'/1' if self.is_union else ''}"

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

    @property
    def is_withheld(self) -> bool:
        """True if it is not expressly disclosed."""
        return self.status["blocked"] is not False

    @property
    def means_nothing(self) -> bool:
        """True for a union of somebody who was born later."""
        day = self.data.get("dateOfMarriage") or self.data.get("dateOfPartnership")
        born = [value for key, value in self.found.items() if "birth" in key or "dob" in key]
        return self.is_union and any(one > day for one in born if one and day)

    @property
    def names(self) -> set[int]:
        """The numbers of the entries before and after it, as far as it tells."""
        told = (self.data.get("previousRegistration"), self.data.get("nextRegistration"))
        return {number for one in told for number in _numbers(one)}

    @property
    def replaces(self) -> int | None:
        """The number of the entry that it replaced."""
        return next(_numbers(self.data.get("previousRegistration")), None)

    @property
    def is_replaced(self) -> bool:
        """True if it says that another entry holds."""
        return bool(self.data.get("nextRegistration")) or (
            self.status["marginalNote"] == "Re-registered"
        )

    @property
    def parents(self) -> list[str]:
        """The parents of the child, by the only thing that is told of them."""
        if "subjects" in self.data:
            named = [self.data["subjects"][who]["name"] for who in ("mother", "father")]
            return [f"{one['givenName']} {one['surname']}" for one in named]
        named = [self.data[who] for who in ("mother", "father")]
        return [f"{one['forenames']} {one['surname']}" for one in named]


class Person:
    """Somebody as a register knows them: by all the entries that replaced one another."""

    def __init__(self, chain: list[Entry]) -> None:
        self.chain = chain
        replaced = {one.replaces for one in chain}
        (self.entry,) = [one for one in chain if one.number not in replaced]
        self.withheld = any(one.is_withheld or one.means_nothing for one in chain)

    def alive(self, day: date) -> Said:
        """P01."""
        outcomes = {"dead": "no", "later": "yes", "unborn": "no"}
        return self._said(day, outcomes, only_if_born=True)

    def deceased(self, day: date) -> Said:
        """P02. Who died later had not died by the day, whenever they were born."""
        return self._said(day, {"dead": "yes", "later": "no", "unborn": "no"})

    def marital_status(self, day: date) -> Said:
        """P03. The registers hold no divorces, and no union under a number of another register."""
        if self.withheld:
            return WITHHELD
        if self.entry.register == "birth":
            said = self._child(day)
            if said == "unborn":
                return "no", "not_born"
            return IN_DOUBT if said == IN_DOUBT and day < self._born() else NOT_TOLD
        if self.entry.register == "death":
            found = self._deceased(day, was_born=True)
            return found if found in (IN_DOUBT, OPEN) and day >= self._died()[0] else NOT_TOLD
        doubtful = self.entry.is_replaced or self.entry.status["marginalNote"] != "None"
        return IN_DOUBT if doubtful else NOT_TOLD

    def kinship(self, name: str, day: date) -> Said:
        """P05: is somebody of that name a parent? Nobody is identified by a name, or excluded."""
        if self.withheld and not self.entry.is_union:
            return WITHHELD
        if self.entry.register != "birth" or self.entry.status["cancelled"] or day < self._born():
            return NOT_TOLD
        if self._is_doubtful_birth():
            return IN_DOUBT
        named = name in self.entry.parents
        return ("unknown", "unnumbered_relative") if named else NOT_TOLD

    def _said(self, day: date, outcomes: dict[str, str], *, only_if_born: bool = False) -> Said:
        if self.withheld:
            return WITHHELD
        if self.entry.is_union:
            return NOT_TOLD  # of nobody's life: only a union is on record
        if self.entry.register == "birth":
            found = self._child(day)
        else:
            was_born = not only_if_born or self._was_born_by(day)
            found = self._deceased(day, was_born=was_born)
        reasons = {"dead": "death_registered", "later": "died_later", "unborn": "not_born"}
        return found if isinstance(found, tuple) else (outcomes[found], reasons[found])

    def _child(self, day: date) -> Said | str:
        if self.entry.status["cancelled"]:
            return NOT_TOLD  # of the child nothing is on record
        if self._is_doubtful_birth():
            return IN_DOUBT
        return "unborn" if day < self._born() else NOT_TOLD

    def _deceased(self, day: date, *, was_born: bool) -> Said | str:
        first, last = self._died()
        in_doubt = self.entry.status["marginalNote"] == "Other"
        if day < first and not was_born:
            return OPEN
        if in_doubt:
            return IN_DOUBT
        if day < first:
            return "later"
        return "dead" if day >= last else OPEN

    def _born(self) -> date:
        data = self.entry.data
        child = data.get("child") or data["subjects"]["child"]
        return date.fromisoformat(child["dateOfBirth"])

    def _is_doubtful_birth(self) -> bool:
        status = self.entry.status
        return status["potentiallyFictitious"] or status["marginalNote"] not in HARMLESS_NOTES

    def _died(self) -> tuple[date, date]:
        """The first and the last day that the death may have been on."""
        deceased = self.entry.data["deceased"]
        entered = date.fromisoformat(self.entry.data["date"])
        if self.entry.is_replaced:
            return date.min, entered
        died = date.fromisoformat(deceased["dateOfDeath"])
        if deceased["dateOfDeathQualifier"] == "On or about":
            return died - ROUGHLY, min(died + ROUGHLY, entered)
        return died, died

    def _was_born_by(self, day: date) -> bool:
        """True if the deceased was certainly born by a day, by their age at death."""
        first, _ = self._died()
        years = (self.entry.data["deceased"]["ageAtDeath"] or "").removesuffix(" years")
        if first == date.min or not years.isdigit():
            return False
        return day >= first - timedelta(days=365 * int(years))


def entries(folder: Path, name: str) -> list[Entry]:
    """The entries of a file."""
    register = name.partition("_")[0]
    found = json.loads((folder / name).read_text(encoding="utf-8"))
    return [Entry(register, one) for one in found]


def persons(found: list[Entry]) -> dict[str, Person]:
    """Whose the entries of a register are. Of two partners nobody tells who is who later."""
    chains: list[list[Entry]] = []
    for entry in found:
        joined = [chain for chain in chains if any(_are_one(entry, other) for other in chain)]
        chains = [chain for chain in chains if chain not in joined]
        chains.append([entry, *(other for chain in joined for other in chain)])
    people = [Person(chain) for chain in chains]
    return {entry.person: person for person in people for entry in person.chain}


def _are_one(one: Entry, other: Entry) -> bool:
    """True if an entry that is disclosed names the other."""
    if one.is_union:
        return False
    pairs = ((one, other), (other, one))
    return any(b.number in a.names for a, b in pairs if not a.is_withheld)


def _numbers(told: dict[str, Any] | None) -> Iterator[int]:
    """The number of an entry that another names, and of those that it names in turn."""
    while told and (number := told.get("id") or told.get("systemNumber")):
        yield number
        told = told.get("previousRegistration") or told.get("nextRegistration")
