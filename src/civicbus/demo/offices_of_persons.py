"""The offices that keep who people are, and whose: births, deaths, books, unions, rulings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from civicbus.demo.clerks import Clerk
from civicbus.demo.households import HEAD
from civicbus.demo.journals import Journal
from civicbus.demo.mistakes import UPGRADED
from civicbus.demo.residents import Marriage, Resident
from civicbus.demo.society import Society
from civicbus.domain.vocabulary import Sex

SEXES = {Sex.MALE: "男", Sex.FEMALE: "女"}
PLACE = "合成市"  # "synthetic city"
HOSPITALS = ("第一人民医院", "第二人民医院", "中医医院")
LATELY = timedelta(days=5 * 365)
APPEAL = timedelta(days=16)  # from a judgment until it takes effect


def civil_registry(society: Society, clerk: Clerk, journal: Journal) -> None:
    """Births, records opened with them, deaths, departures. Some deaths are entered years late."""
    late = society.mistakes.late_deaths
    for one in society.city.residents:
        registered, born = clerk.within(one.born, 14), one.born.isoformat()
        opened = f"record of {one.number}"
        clerk.hear(registered, kind="BIRTH", person=one.number, date=born, **_by_birth(one))
        clerk.hear(registered, known_as=opened, kind="REGISTERED", person=one.number, date=born)
        if one.died is not None:
            told = late.get(one.number)
            at = clerk.within(one.died, 10) if told is None else clerk.within(told, 1)
            died = one.died.isoformat()
            clerk.hear(at, kind="DEATH", person=one.number, date=died, place=PLACE)
        if one.left is not None:
            at, left = clerk.within(one.left, 10), one.left.isoformat()
            clerk.hear(at, about=opened, kind="MOVED_OUT", person=one.number, date=left)
    clerk.write(journal)


def _by_birth(one: Resident) -> dict[str, str]:
    known = one.adopted is None
    return {
        "mother": one.mother.number if one.mother and known else "",
        "father": one.father.number if one.father and known else "",
        "sex": SEXES[one.sex],
        "place": PLACE,
    }


def household_books(society: Society, clerk: Clerk, journal: Journal) -> None:
    """Who stood in which book, and whose numbers are one."""
    place = society.city.residents[0].number[:6]
    for stay in society.stays:
        one, name = stay.resident, f"{stay.resident.number} in {stay.household}"
        cells = {
            "person": one.number,
            "head": stay.head.number,
            "household": stay.household,
            "place": place,
            "address": f"{PLACE}{stay.household}号",
            "relation": stay.relation,
        }
        at, since = clerk.within(stay.since, 14), stay.since.isoformat()
        clerk.hear(at, known_as=name, kind="JOINED", date=since, **cells)
        if stay.until is not None:
            kind = {one.died: "DECEASED", one.left: "SETTLED_ABROAD"}.get(stay.until, "LEFT")
            told = society.mistakes.late_deaths.get(one.number) if kind == "DECEASED" else None
            day = told or stay.until
            at = clerk.within(day, 10 if told is None else 1)
            clerk.hear(at, about=name, kind=kind, date=day.isoformat(), **cells)
    _numbers(society, clerk, place)
    clerk.write(journal)


def _numbers(society: Society, clerk: Clerk, place: str) -> None:
    for number, old in society.mistakes.old_numbers.items():
        cells = {"person": number, "former": old, "date": UPGRADED.isoformat()}
        clerk.hear(clerk.within(UPGRADED, 90), kind="NUMBER_UPGRADED", **cells)
    for place_in, twice in enumerate(society.mistakes.duplicates.values(), 1):
        name = f"second entry of {twice.resident.number}"
        second = {
            "person": twice.number,
            "household": f"H-9{place_in:05d}",
            "place": place,
            "relation": HEAD,
        }
        entered, merged = twice.entered.isoformat(), twice.merged.isoformat()
        at = clerk.within(twice.entered, 1)
        clerk.hear(at, known_as=name, kind="JOINED", date=entered, **second)
        at = clerk.within(twice.merged, 1)
        both = {"person": twice.resident.number, "former": twice.number}
        clerk.hear(at, kind="NUMBERS_MERGED", date=merged, **both)
        clerk.hear(at, about=name, kind="DUPLICATE", date=merged, **second)


def health(society: Society, clerk: Clerk, journal: Journal) -> None:
    """The hospitals' notices of the last years; not everybody is born or dies in one."""
    since = society.city.today - LATELY
    notices = []
    for one in society.city.residents:
        if one.mother is not None and one.adopted is None and one.born >= since:
            notices.append(("BIRTH", one.mother, one.born))
        if one.died is not None and one.died >= since:
            notices.append(("DEATH", one, one.died))
    for place, (kind, person, day) in enumerate(clerk.some(notices, 0.8), 1):
        clerk.hear(
            clerk.within(day, 2),
            kind=kind,
            person=person.number,
            date=day.isoformat(),
            hospital=clerk.one_of(HOSPITALS),
            certificate=f"{kind[0]}9900{day:%y}{place:06d}",
        )
    clerk.write(journal)


def civil_affairs(society: Society, clerk: Clerk, journal: Journal) -> None:
    """Marriages and the divorces of the office itself, on the day; and whom it mistook."""
    wrong = {id(one.marriage): one for one in society.mistakes.wrong_spouses}
    for marriage in society.city.marriages:
        mistake = wrong.get(id(marriage))
        wife, husband = (one.number for one in marriage.both)
        entered = husband if mistake is None else mistake.named.number
        day, name = marriage.married, marriage_entry(marriage)
        cells = {"partner_1": wife, "partner_2": entered, "date": day.isoformat()}
        clerk.hear(clerk.within(day, 1), known_as=name, kind="MARRIAGE", **cells)
        if mistake is not None and mistake.corrected is not None:
            cells |= {"partner_2": husband, "wrong_partner": entered}
            at = clerk.within(mistake.corrected, 1)
            clerk.hear(at, about=name, kind="MARRIAGE_CORRECTED", **cells)
        if marriage.divorced is not None and not marriage.by_court:
            at = clerk.within(marriage.divorced, 1)
            cells["date"] = marriage.divorced.isoformat()
            clerk.hear(at, about=name, kind="DIVORCE", **cells)
    clerk.write(journal)


def marriage_entry(marriage: Marriage) -> str:
    """The name of a marriage's entry in the journal of civil affairs."""
    return f"marriage of {marriage.wife.number}"


def adoptions(society: Society, clerk: Clerk, journal: Journal) -> None:
    """Children whose parents by birth nobody knows."""
    for child in society.city.residents:
        if child.adopted is not None and child.mother is not None and child.father is not None:
            clerk.hear(
                clerk.within(child.adopted, 1),
                kind="ADOPTED",
                child=child.number,
                mother=child.mother.number,
                father=child.father.number,
                date=child.adopted.isoformat(),
            )
    clerk.write(journal)


def courts(
    society: Society, clerk: Clerk, journal: Journal, marriage_entries: Mapping[str, str]
) -> None:
    """Divorces that the court pronounced, who is missing or dead in law, who needs a guardian.

    A judgment is told once it has taken effect. A divorce quotes the entry of the marriage.
    """
    for marriage in society.city.marriages:
        if marriage.divorced is not None and marriage.by_court:
            clerk.hear(
                clerk.within(marriage.divorced, 1),
                kind="DIVORCE",
                person=marriage.wife.number,
                other=marriage.husband.number,
                marriage_entry=marriage_entries[marriage_entry(marriage)],
                date=(marriage.divorced - APPEAL).isoformat(),
                effective=marriage.divorced.isoformat(),
            )
    for case in society.rulings.missing:
        person, dead = case.resident.number, f"death of {case.resident.number}"
        at, day = clerk.within(case.missing, 1), case.missing.isoformat()
        clerk.hear(at, kind="MISSING", person=person, date=day)
        if case.dead is not None:
            at, day = clerk.within(case.dead, 1), case.dead.isoformat()
            clerk.hear(at, known_as=dead, kind="DECLARED_DEAD", person=person, date=day)
        if case.revoked is not None:
            at, day = clerk.within(case.revoked, 1), case.revoked.isoformat()
            clerk.hear(at, about=dead, kind="DEATH_REVOKED", person=person, date=day)
    for ward in society.rulings.wards:
        at, cells = clerk.within(ward.since, 1), {"date": ward.since.isoformat()}
        person, guardian = ward.resident.number, ward.guardian.number
        clerk.hear(at, kind="CAPACITY", person=person, capacity="LIMITED", **cells)
        clerk.hear(at, kind="GUARDIAN", person=person, other=guardian, **cells)
    clerk.write(journal)
