"""A synthetic population for benchmarks: who they are, and about ten events of each.

Understands the same people for the same seed, any number of them, in blocks of a thousand that can
be made in any order. Events come in the dict form that the codec writes, made of shared pieces, so
that making them costs less than what is measured. Of each event kind there are as many as
the design's sizing of a nation has them a year: residences, employment, contributions, licences and
policies by far the most, then documents, moves, births, deaths, unions, few corrections. The guard
accepts every one (`tests/benchmarks/test_population.py`).

Nobody can have these numbers: no place has such a code, and the month is raised by 80.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from civicbus.domain.identifiers import Identifier
from civicbus.domain.identifiers.cn_rid import SYNTHETIC_MONTH, check_character
from civicbus.domain.person_key import person_key

SOURCE = "population"
SECRET = b"a secret of the benchmarks"
ENVIRONMENT = "development"
FAMILIES = (
    "birth", "death", "union", "identity", "household", "employment", "contribution", "pension",
    "insurance", "licence",
)  # fmt: skip
BLOCK = 1_000  # persons
TODAY = date(2026, 1, 1)
YEAR = timedelta(days=365)
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉"

Plain = dict[str, Any]


class Made(NamedTuple):
    """An event: its record type, the family of its topic, its dict form."""

    record: str
    family: str
    plain: Plain


@dataclass(slots=True)
class Person:
    """Somebody of the population, and the parts of events that name them."""

    number: str
    key: str
    born: date
    is_male: bool
    name: str
    died: date | None = None
    identifiers: list[Plain] = field(init=False)

    def __post_init__(self) -> None:
        self.identifiers = [{"scheme": "cn-rid", "value": self.number}]

    def concerned(self, role: str) -> Plain:
        return {
            "role": role, "identifiers": self.identifiers, "person_key": self.key, "name": None,
            "birth_date": None,
        }  # fmt: skip

    @property
    def until(self) -> date:
        return self.died or TODAY


def population(persons: int, seed: int = 1) -> Iterator[list[Made]]:
    """The events of so many persons, a block of a thousand persons at a time."""
    for number in range(-(-persons // BLOCK)):
        yield block(number, min(BLOCK, persons - number * BLOCK), seed)


def block(number: int, persons: int = BLOCK, seed: int = 1) -> list[Made]:
    """The events of one block of persons: the first ones of it are the same however many."""
    return _Block(number, seed).events(persons)


class _Block:
    """Understands the lives of a thousand persons, family after family."""

    def __init__(self, number: int, seed: int) -> None:
        self._number = number
        self._chance = random.Random(f"{seed}:{number}")
        self._found: list[Made] = []
        self._sequence = number * BLOCK * 100
        self._people = 0

    def events(self, persons: int) -> list[Made]:
        while self._people < persons:
            self._family(persons - self._people)
        return self._found

    def _family(self, room: int) -> None:
        """A couple and their children, as far as there is room."""
        wife = self._person(self._day(TODAY - 85 * YEAR, TODAY - 20 * YEAR), is_male=False)
        self._life(wife)
        if room == 1:
            return
        husband = self._person(wife.born - timedelta(days=self._number_below(2_000)), is_male=True)
        self._life(husband)
        married = max(wife.born, husband.born) + timedelta(days=8_000 + self._number_below(3_000))
        if married >= min(wife.until, husband.until):
            return
        self._union(wife, husband, married)
        for place in range(min(room - 2, self._chance.choices((0, 1, 2, 3), (12, 45, 35, 8))[0])):
            born = married + timedelta(days=300 + place * 900 + self._number_below(500))
            if born < min(wife.until, husband.until):
                self._life(self._person(born, is_male=bool(place % 2)), wife, husband)

    def _person(self, born: date, *, is_male: bool) -> Person:
        place = self._people
        self._people += 1
        first = f"99{self._number % 10_000:04d}{born.year:04d}{born.month + SYNTHETIC_MONTH:02d}"
        first += f"{born.day:02d}{place:03d}"
        number = first + check_character(first)
        name = self._chance.choice(SURNAMES) + "".join(self._chance.choices(GIVEN, k=2))
        key = person_key(Identifier("cn-rid", number), SECRET)
        person = Person(number, key, born, is_male, name)
        age = (TODAY - born).days / 365
        if self._chance.random() < 0.02 + max(0.0, age - 50) / 90:
            person.died = self._day(born + timedelta(days=int(age * 250)), TODAY)
        return person

    def _life(self, person: Person, *parents: Person) -> None:
        self._beginning(person, parents)
        self._dwelling(person)
        working = person.born + 20 * YEAR
        if working < person.until:
            self._working(person, working)
        for record, role, family, own in self._papers(person):
            day = self._day(person.born, person.until)
            self._add(record, family, day, [person.concerned(role)], own)
        if person.died is not None:
            self._death(person, person.died)

    def _beginning(self, person: Person, parents: tuple[Person, ...]) -> None:
        concerned = [person.concerned("CHILD")]
        for parent, role in zip(parents, ("MOTHER", "FATHER"), strict=False):
            concerned.append(parent.concerned(role))
        sex = "MALE" if person.is_male else "FEMALE"
        birth = {"sex": sex, "place": person.number[:6], "country": "CN"}
        self._add("Birth", "birth", person.born, concerned, birth)
        self._about(person, "Registration", "identity", person.born, {"end_reason": None})
        named = {"kind": "OFFICIAL", "full": person.name, "family_name": person.name[0],
                 "given_names": person.name[1:]}  # fmt: skip
        self._about(person, "PersonName", "identity", person.born, named)

    def _dwelling(self, person: Person) -> None:
        entry = self._household(person)
        first = self._about(person, "HouseholdRegistration", "household", person.born, entry)
        if self._happens(0.15):
            moved = self._day(person.born, person.until)
            gone = {**entry, "end_reason": "MOVED_OUT"}
            self._about(person, "HouseholdRegistration", "household", moved, gone, "ENDED", first)
            again = self._household(person)
            first = self._about(person, "HouseholdRegistration", "household", moved, again)
            entry = again
        if self._happens(0.02):
            better = {**entry, "relation_to_head": "01"}
            self._about(
                person, "HouseholdRegistration", "household", person.until, better, "CORRECTED",
                first,
            )  # fmt: skip
        for _ in range(self._chance.choices((0, 1, 2, 3), (25, 40, 25, 10))[0]):
            dwelling = {"place": person.number[:6], "address": self._address(), "permit": None}
            day = self._day(person.born, person.until)
            self._about(person, "Residence", "household", day, dwelling)

    def _working(self, person: Person, since: date) -> None:
        for _ in range(self._chance.choices((0, 1, 2, 3), (20, 30, 35, 15))[0]):
            day = self._day(since, person.until)
            employer = f"91110000{self._number_below(5_000):09d}X"
            job = {"employer": employer, "employer_name": None}
            self._add("Employment", "employment", day, [person.concerned("EMPLOYEE")], job)
            months = {
                "insurance": "PENSION", "first_month": _month(day.year, day.month),
                "last_month": _month(day.year, 12), "region": person.number[:4],
                "employer": employer,
            }  # fmt: skip
            after = min(day + YEAR, TODAY)
            self._add("Contribution", "contribution", after, [person.concerned("INSURED")], months)
        retired = person.born + 60 * YEAR
        if retired < person.until:
            pension = {"kind": "OLD_AGE", "payer": f"fund-{person.number[:4]}",
                       "region": person.number[:4], "end_reason": None}  # fmt: skip
            self._add("Pension", "pension", retired, [person.concerned("BENEFICIARY")], pension)

    def _papers(self, person: Person) -> Iterator[tuple[str, str, str, Plain]]:
        """Documents, licences and policies: record, role, family, what it says."""
        if self._happens(0.8):
            yield "Document", "HOLDER", "identity", {
                "kind": "IDENTITY_CARD", "number": person.number, "issuer": person.number[:6],
                "end_reason": None,
            }  # fmt: skip
        if self._happens(0.75):
            yield "Licence", "HOLDER", "licence", {
                "licence_kind": "driving", "issuer": person.number[:6],
                "number": f"{self._number_below(10**10):010d}", "valid_until": None,
                "end_reason": None,
            }  # fmt: skip
        if self._happens(0.6):
            yield "Policy", "INSURED", "insurance", {
                "insurer": f"insurer-{self._number_below(40)}",
                "number": f"P{self._number_below(10**10):010d}", "product": "life",
                "valid_until": None, "end_reason": None,
            }  # fmt: skip

    def _union(self, wife: Person, husband: Person, married: date) -> None:
        concerned = [wife.concerned("PARTNER"), husband.concerned("PARTNER")]
        union = {"kind": "MARRIAGE", "end_reason": None, "deceased_person_key": None,
                 "place": wife.number[:6]}  # fmt: skip
        started = self._add("Union", "union", married, concerned, union)
        if self._happens(0.15):
            ended = {**union, "end_reason": "DISSOLUTION"}
            day = self._day(married, min(wife.until, husband.until))
            self._add("Union", "union", day, concerned, ended, "ENDED", started)

    def _death(self, person: Person, died: date) -> None:
        concerned = [person.concerned("DECEASED")]
        age = (died - person.born).days // 366
        death = {"place": person.number[:6], "country": "CN", "age_years": age}
        entered = self._add("Death", "death", died, concerned, death)
        if self._happens(0.001):
            self._add(
                "Annulment", "death", died, concerned, {"reason": "WRONG_PERSON"}, "CREATED",
                entered,
            )  # fmt: skip

    def _about(
        self, person: Person, record: str, family: str, day: date, own: Plain,
        change: str = "CREATED", target: str | None = None,
    ) -> str:  # fmt: skip
        return self._add(record, family, day, [person.concerned("PERSON")], own, change, target)

    def _add(
        self, record: str, family: str, day: date, concerned: list[Plain], own: Plain,
        change: str = "CREATED", target: str | None = None,
    ) -> str:  # fmt: skip
        self._sequence += 1
        entry = f"{self._chance.getrandbits(128):032x}"
        event_id = f"{entry[:8]}-{entry[8:12]}-{entry[12:16]}-{entry[16:20]}-{entry[20:]}"
        header = {
            "event_id": event_id,
            "source": SOURCE,
            "source_sequence": self._sequence,
            "environment": ENVIRONMENT,
            "change": change,
            "target_event_id": target,
            "occurred": _date(day),
            "effective_from": None,
            "registered_at": datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
            + timedelta(seconds=self._number_below(10**6)),
            "legal_state": "REGISTERED",
            "basis": {"kind": "DEED", "number": entry[:8], "authority": concerned[0]
                      ["identifiers"][0]["value"][:6]},
            "cause": "GENUINE",
            "concerned": concerned,
            "under_investigation": [],
        }  # fmt: skip
        self._found.append(Made(record, family, {"header": header, **own}))
        return event_id

    def _household(self, person: Person) -> Plain:
        return {
            "household": f"{self._number_below(10**9):09d}", "place": person.number[:6],
            "address": self._address(), "relation_to_head": "02", "end_reason": None,
        }  # fmt: skip

    def _address(self) -> str:
        return f"人民路{self._number_below(2_000)}号{self._number_below(30)}室"

    def _day(self, first: date, last: date) -> date:
        return first + timedelta(days=self._number_below(max(1, (last - first).days)))

    def _number_below(self, limit: int) -> int:
        return int(self._chance.random() * limit)

    def _happens(self, share: float) -> bool:
        return self._chance.random() < share


def _date(day: date) -> Plain:
    return {**_month(day.year, day.month), "day": day.day}


def _month(year: int, month: int) -> Plain:
    return {
        "year": year, "month": month, "day": None, "qualifier": "EXACT", "text": None,
        "calendar": None,
    }  # fmt: skip
