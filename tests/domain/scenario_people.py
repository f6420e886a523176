"""The people, sources and competences of the scenario files, unless a story says otherwise."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from civicbus.domain.authority import Authority, Coverage
from civicbus.domain.calendars import Calendar
from civicbus.domain.dates import PartialDate, Qualifier
from civicbus.domain.events import Concerned
from civicbus.domain.identifiers import Identifier, cn_rid
from civicbus.domain.person_key import person_key
from civicbus.domain.vocabulary import Role

SECRET = b"scenarios"
QUALIFIERS = {"about": Qualifier.ABOUT, "by": Qualifier.BEFORE, "from": Qualifier.AFTER}

PEOPLE = {
    "person": Identifier.of("cn-rid", "110101195083011231"),
    "other": Identifier.of("cn-rid", "110101195284152348"),
}
WITHOUT_NUMBER = "without a number"

SCHEMES = frozenset({"cn-rid", "cn-uscc"})
COMPETENT: dict[str, tuple[str, ...]] = {
    "civil-registry": ("birth", "death", "identity", "household"),
    "consular-registry": ("death",),
    "civil-affairs": ("union", "kinship"),
    "court": ("court", "kinship"),
    "labour-office": ("employment", "contribution", "pension"),
    "insurance-platform": ("insurance",),
    "licensing-office": ("licence",),
    "education-ministry": ("education",),
    "disability-federation": ("disability",),
    "market-regulator": ("business",),
    "police-records": ("criminal",),
}
AUTHORITY_WORDS = {
    "source", "family", "since", "until", "places", "takes_in", "department", "fresh_for_days",
    "settles_after_days", "schemes",
}  # fmt: skip
PERSON_WORDS = {"number", "name", "born"}


@dataclass(frozen=True)
class Someone:
    """A person in a story: known by a number, by name and birth date, or by both."""

    identifier: Identifier | None
    name: str | None = None
    born: PartialDate | None = None

    @property
    def key(self) -> str | None:
        return None if self.identifier is None else person_key(self.identifier, SECRET)

    def as_(self, role: Role) -> Concerned:
        numbers = () if self.identifier is None else (self.identifier,)
        return Concerned(role, numbers, self.key, self.name, self.born)


def someone(name: str, told: Mapping[str, Any]) -> Someone:
    """Whoever is called so: as the story's `people` say, else with a number made of the name."""
    if name == WITHOUT_NUMBER:
        return Someone(None, "Somebody")
    said = told.get(name, PEOPLE.get(name) or made_number(name))
    if isinstance(said, Identifier):
        return Someone(said)
    if isinstance(said, str):
        return Someone(Identifier.parse(said))
    only(said, PERSON_WORDS, f"the person {name}")
    number = said.get("number", None if "name" in said else str(made_number(name)))
    return Someone(
        None if number in (None, WITHOUT_NUMBER) else Identifier.parse(number),
        said.get("name"),
        partial_date(said["born"]) if "born" in said else None,
    )


def made_number(name: str) -> Identifier:
    """A synthetic number that belongs to this name and to no real person."""
    first = f"11010119608{zlib.crc32(name.encode()) % 9 + 1}01{zlib.crc32(name.encode()) % 999:03d}"
    return Identifier.of("cn-rid", first + cn_rid.check_character(first))


def authority(told: Mapping[str, Any], usual: Mapping[str, Any]) -> Authority:
    """A declaration of a source's competence, with the story's usual freshness."""
    only(told, AUTHORITY_WORDS, "an authority")
    coverage = Coverage(told.get("since"), told.get("until"), tuple(told.get("places", ())))
    return Authority(
        told["source"],
        told["family"],
        frozenset(told.get("schemes", SCHEMES)),
        timedelta(days=told.get("fresh_for_days", usual.get("fresh_for_days", 1))),
        timedelta(days=told.get("settles_after_days", usual.get("settles_after_days", 0))),
        (coverage,),
        frozenset(told.get("takes_in", ())),
        told.get("department", ""),
    )


def partial_date(text: str | date) -> PartialDate:
    """A date as the files write it: `2008`, `2008-07`, `about 2008-07-15`, `lunar 1950-08-15`."""
    if text == "unknown":
        return PartialDate()
    first, _, rest = str(text).rpartition(" ")
    year, month, day = (*(int(part) for part in rest.split("-")), None, None)[:3]
    if first == "lunar":
        return PartialDate(year, month, day, calendar=Calendar.LUNAR)
    return PartialDate(year, month, day, QUALIFIERS[first] if first else Qualifier.EXACT)


def only(told: Mapping[str, Any], words: set[str], where: str) -> None:
    """Refuse a word that is not explained, so that a slip of the pen cannot say nothing."""
    if unknown := set(told) - words:
        raise ValueError(f"{where}: words that mean nothing here: {', '.join(sorted(unknown))}")
