"""What each department of the city wrote down: its journal, a file of rows in its own words.

A journal only grows: an entry that was wrong is corrected or annulled by a later one. What a day
adds goes into a file of its own, as departments hand over what is new.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import TypeVar

from civicbus.demo.residents import City, Resident
from civicbus.domain.vocabulary import Sex

Item = TypeVar("Item")

LOCAL_TIME = timezone(timedelta(hours=8))
SEXES = {Sex.MALE: "男", Sex.FEMALE: "女"}
PLACE = "合成市"  # "synthetic city"
HOSPITALS = ("第一人民医院", "第二人民医院", "中医医院")

CIVIL_REGISTRY = "city_civil_registry"
HEALTH = "city_health"
CIVIL_AFFAIRS = "city_civil_affairs"
SOCIAL_SECURITY = "city_social_security"

COLUMNS: Mapping[str, tuple[str, ...]] = {
    CIVIL_REGISTRY: (
        "entry", "kind", "registered_at", "person", "mother", "father", "sex", "date", "place",
        "refers_to",
    ),
    HEALTH: ("notice", "kind", "noticed_at", "person", "date", "hospital"),
    CIVIL_AFFAIRS: (
        "entry", "kind", "registered_at", "partner_1", "partner_2", "date", "refers_to",
    ),
    SOCIAL_SECURITY: ("claim", "claimed_at", "person", "date_of_death"),
}  # fmt: skip


@dataclass(slots=True)
class Journal:
    """Understands one department's files: their columns, the next number, where they lie."""

    connector: str
    folder: Path
    entries: int = 0
    files: int = 0
    pending: list[dict[str, str]] = field(default_factory=list)

    def add(self, **cells: str) -> str:
        """Write an entry; returns its number."""
        self.entries += 1
        number = str(self.entries)
        self.pending.append({COLUMNS[self.connector][0]: number, **cells})
        return number

    def hand_over(self) -> Path:
        """The file that holds the entries added since the last one."""
        self.files += 1
        path = self.folder / self.connector / f"{self.files:03d}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.DictWriter(file, COLUMNS[self.connector], lineterminator="\n")
            rows.writeheader()
            rows.writerows(self.pending)
        self.pending = []
        return path


def moment(at: datetime) -> str:
    """A moment as the departments write it: local time, to the millisecond."""
    return at.astimezone(LOCAL_TIME).isoformat(timespec="milliseconds")


def write_journals(city: City, folder: Path, seed: int) -> dict[str, Journal]:
    """Every department's journal up to the day before the demonstration, by connector."""
    journals = {connector: Journal(connector, folder) for connector in COLUMNS}
    writer = _Writer(city, random.Random(seed))  # noqa: S311 - to repeat, not to hide
    writer.civil_registry(journals[CIVIL_REGISTRY])
    writer.health(journals[HEALTH])
    writer.civil_affairs(journals[CIVIL_AFFAIRS])
    writer.social_security(journals[SOCIAL_SECURITY])
    return journals


class _Writer:
    """Understands who hears of what in the city, and when."""

    def __init__(self, city: City, chance: random.Random) -> None:
        self._city = city
        self._random = chance

    def civil_registry(self, journal: Journal) -> None:
        """Births, records opened with them, deaths, departures: in the order of registration."""
        acts: list[tuple[str, str, Resident, date]] = []
        for resident in self._city.residents:
            registered = self._within(resident.born, 14)
            acts.append((registered, "BIRTH", resident, resident.born))
            acts.append((registered, "REGISTERED", resident, resident.born))
            if resident.died is not None:
                acts.append((self._within(resident.died, 10), "DEATH", resident, resident.died))
            if resident.left is not None:
                acts.append((self._within(resident.left, 10), "MOVED_OUT", resident, resident.left))
        opened: dict[str, str] = {}
        for registered, kind, resident, day in sorted(acts, key=lambda act: act[0]):
            number = journal.add(
                kind=kind,
                registered_at=registered,
                person=resident.number,
                date=day.isoformat(),
                **self._details(kind, resident, opened),
            )
            if kind == "REGISTERED":
                opened[resident.number] = number

    def _details(self, kind: str, resident: Resident, opened: Mapping[str, str]) -> dict[str, str]:
        if kind == "MOVED_OUT":
            return {"refers_to": opened[resident.number]}
        if kind != "BIRTH":
            return {"place": PLACE} if kind == "DEATH" else {}
        return {
            "mother": resident.mother.number if resident.mother else "",
            "father": resident.father.number if resident.father else "",
            "sex": SEXES[resident.sex],
            "place": PLACE,
        }

    def health(self, journal: Journal) -> None:
        """The hospitals' notices of the last years; not everybody is born or dies in one."""
        since = self._city.today - timedelta(days=5 * 365)
        notices = []
        for resident in self._city.residents:
            if resident.mother is not None and resident.born >= since:
                notices.append(("BIRTH", resident.mother, resident.born))
            if resident.died is not None and resident.died >= since:
                notices.append(("DEATH", resident, resident.died))
        for kind, person, day in self._some(notices, 0.8):
            journal.add(
                kind=kind,
                noticed_at=self._within(day, 2),
                person=person.number,
                date=day.isoformat(),
                hospital=self._random.choice(HOSPITALS),
            )

    def civil_affairs(self, journal: Journal) -> None:
        """Marriages and divorces; both are registered on the day itself."""
        acts = [(marriage.married, "MARRIAGE", marriage) for marriage in self._city.marriages]
        acts += [
            (marriage.divorced, "DIVORCE", marriage)
            for marriage in self._city.marriages
            if marriage.divorced is not None
        ]
        entries: dict[int, str] = {}
        for day, kind, marriage in sorted(acts, key=lambda act: (act[0], act[1] == "DIVORCE")):
            entries[id(marriage)] = journal.add(
                kind=kind,
                registered_at=self._within(day, 1),
                partner_1=marriage.wife.number,
                partner_2=marriage.husband.number,
                date=day.isoformat(),
                refers_to=entries.get(id(marriage), ""),
            )

    def social_security(self, journal: Journal) -> None:
        """Claims for funeral benefit of the last years."""
        since = self._city.today - timedelta(days=5 * 365)
        deaths = [
            (resident, resident.died)
            for resident in self._city.residents
            if resident.died is not None and resident.died >= since
        ]
        for resident, died in self._some(deaths, 0.6):
            journal.add(
                claimed_at=self._within(died, 28),
                person=resident.number,
                date_of_death=died.isoformat(),
            )

    def _some(self, items: Iterable[Item], share: float) -> list[Item]:
        return [item for item in items if self._random.random() < share]

    def _within(self, day: date, days: int) -> str:
        """A moment in office hours within some days of a day."""
        at = datetime.combine(day, time(9), LOCAL_TIME)
        at += timedelta(days=self._random.randrange(days), seconds=self._random.randrange(8 * 3600))
        return moment(at)
