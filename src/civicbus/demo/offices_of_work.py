"""The offices that keep what people do and are due: jobs, insurance, contracts, diplomas, shops.

What was written down before the numbers were made longer bears those of 15 digits, and a job that
began while somebody had two numbers may stand under the second one.
"""

from __future__ import annotations

from datetime import date, timedelta

from civicbus.demo.clerks import Clerk
from civicbus.demo.contracts import TAKE_OVER, TAKEN_BY, Contract
from civicbus.demo.economy import Business, Job
from civicbus.demo.journals import Journal
from civicbus.demo.mistakes import UPGRADED
from civicbus.demo.residents import Resident
from civicbus.demo.society import Society

UNIVERSITY = "合成大学"
PAYER = "合成市社会保险中心"
LATELY = timedelta(days=5 * 365)
WITHOUT_WORK = timedelta(days=300)  # from here on somebody registers as unemployed


def social_security(society: Society, clerk: Clerk, journal: Journal) -> None:
    """Claims for funeral benefit of the last years."""
    since = society.city.today - LATELY
    deaths = [
        (one, one.died)
        for one in society.city.residents
        if one.died is not None and one.died >= since
    ]
    for one, died in clerk.some(deaths, 0.6):
        at = clerk.within(died, 28)
        clerk.hear(at, person=one.number, date_of_death=died.isoformat())
    clerk.write(journal)


def employment(society: Society, clerk: Clerk, journal: Journal) -> None:
    """Jobs, and long times between two of them."""
    before: Job | None = None
    for job in society.economy.jobs:
        if before is not None and before.resident is job.resident:
            _without_work(before, job, clerk)
        before = job
        name = f"job of {job.resident.number} since {job.since}"
        cells = {
            "person": _known_as(society, job.resident, job.since),
            "employer": job.employer.code,
            "employer_name": job.employer.name,
        }
        at, since = clerk.within(job.since, 28), job.since.isoformat()
        clerk.hear(at, known_as=name, kind="STARTED", date=since, **cells)
        if job.until is not None:
            at, until = clerk.within(job.until, 14), job.until.isoformat()
            clerk.hear(at, about=name, kind="ENDED", date=until, **cells)
    clerk.write(journal)


def _without_work(before: Job, job: Job, clerk: Clerk) -> None:
    if before.until is None or job.since - before.until < WITHOUT_WORK:
        return
    person, name = job.resident.number, f"{job.resident.number} since {before.until}"
    since, until = before.until + timedelta(days=7), job.since
    day = since.isoformat()
    clerk.hear(clerk.within(since, 1), known_as=name, kind="UNEMPLOYED", person=person, date=day)
    at, day = clerk.within(until, 1), until.isoformat()
    clerk.hear(at, about=name, kind="UNEMPLOYMENT_ENDED", person=person, date=day)


def social_insurance(society: Society, clerk: Clerk, journal: Journal) -> None:
    """One posting for all months of each job, and the pensions of the last years."""
    city = society.city
    region = city.residents[0].number[:6]
    for job in society.economy.jobs:
        first, last = job.since, _month_before(job.until or city.last_day)
        if _months(first) > _months(last):
            continue
        posted = last if job.until is None else job.until
        clerk.hear(
            clerk.within(posted, 14),
            kind="PAID",
            person=_known_as(society, job.resident, posted),
            insurance="PENSION",
            first_month=f"{first:%Y-%m}",
            last_month=f"{last:%Y-%m}",
            region=region,
            employer=job.employer.code,
            date=posted.isoformat(),
        )
    for pension in society.economy.pensions:
        one = pension.resident
        if one.died is not None and one.died < city.today - LATELY:
            continue
        name = f"pension of {one.number}"
        cells = {
            "person": _known_as(society, one, pension.since),
            "region": region,
            "pension": pension.kind,
            "payer": PAYER,
        }
        at, since = clerk.within(pension.since, 20), pension.since.isoformat()
        clerk.hear(at, known_as=name, kind="PENSION_AWARDED", date=since, **cells)
        if one.died is not None:
            told = society.mistakes.late_deaths.get(one.number) or one.died
            day = (one.died + timedelta(days=1)).isoformat()
            at = clerk.within(told, 20)
            clerk.hear(at, about=name, kind="PENSION_ENDED_BY_DEATH", date=day, **cells)
    clerk.write(journal)


def medical_insurance(society: Society, clerk: Clerk, journal: Journal) -> None:
    """This year's months of everybody: of a job up to the last one, else of the whole year."""
    city = society.city
    region = city.residents[0].number[:6]
    absent = {case.resident.number for case in society.rulings.missing}
    jobs = {job.resident.number: job for job in society.economy.jobs if job.until is None}
    year, last = city.last_day.year, _month_before(city.last_day)
    for one in city.living():
        job = jobs.get(one.number)
        first = max(date(year, 1, 1), one.born, job.since if job else date.min)
        if one.number in absent or first > last:
            continue
        until = last if job else date(year, 12, 1)
        posted = last if job else min(max(first, date(year - 1, 12, 20)), city.last_day)
        clerk.hear(
            clerk.within(posted, 7),
            kind="PAID",
            person=one.number,
            first_month=f"{first:%Y-%m}",
            last_month=f"{until:%Y-%m}",
            region=region,
            employer=job.employer.code if job else "",
            date=posted.isoformat(),
        )
    clerk.write(journal)


def insurers(society: Society, clerk: Clerk, journal: Journal) -> None:
    """Contracts, what became of them, and of their papers."""
    for contract in society.contracts:
        name = f"contract {contract.insurer} {contract.number}"
        cells = _parties(society, contract, contract.since) | {"product": "终身寿险"}
        at, since = clerk.within(contract.since, 5), contract.since.isoformat()
        clerk.hear(at, known_as=name, kind="ISSUED", date=since, **cells)
        if contract.was_taken_over:
            cells = _parties(society, contract, TAKE_OVER) | {"to_insurer": TAKEN_BY}
            at, day = clerk.within(TAKE_OVER, 30), TAKE_OVER.isoformat()
            clerk.hear(at, kind="TRANSFERRED", date=day, **cells)
        if contract.ended is not None:
            cells = _parties(society, contract, contract.ended)
            at, day = clerk.within(contract.ended, 5), contract.ended.isoformat()
            clerk.hear(at, about=name, kind=contract.ended_as, date=day, **cells)
        if contract.paper_lost is not None:
            cells = _parties(society, contract, contract.paper_lost)
            at, day = clerk.within(contract.paper_lost, 5), contract.paper_lost.isoformat()
            clerk.hear(at, about=name, kind="PAPER_LOST", date=day, **cells)
    clerk.write(journal)


def _parties(society: Society, contract: Contract, day: date) -> dict[str, str]:
    holder = _known_as(society, contract.holder, day)
    beneficiary = contract.beneficiary.number if contract.beneficiary else ""
    return {
        "holder": holder,
        "insured": holder,
        "beneficiary": beneficiary,
        "insurer": contract.insurer,
        "policy": contract.number,
    }


def education(society: Society, clerk: Clerk, journal: Journal) -> None:
    """Enrolments at the university, diplomas and degrees."""
    for studies in society.economy.studies:
        number = studies.resident.number
        name = f"studies of {number}"
        cells = {"person": number, "institution": UNIVERSITY, "subject": "会计学"}
        at, since = clerk.within(studies.since, 20), studies.since.isoformat()
        clerk.hear(at, known_as=name, kind="ENTERED", step="ENROLMENT", date=since, **cells)
        if studies.until is not None:
            at, day = clerk.within(studies.until, 14), studies.until.isoformat()
            clerk.hear(at, about=name, kind="LEFT", step="ENROLMENT", date=day, **cells)
            awards = (("GRADUATION", "21", studies.number), ("DEGREE", "", f"D{studies.number}"))
            for step, level, diploma in awards:
                award = {"step": step, "level": level, "number": diploma}
                clerk.hear(at, kind="ENTERED", date=day, **award, **cells)
    clerk.write(journal)


def market_regulator(society: Society, clerk: Clerk, journal: Journal) -> None:
    """Businesses with their licences, and permits of shops to trade in food."""
    for business in sorted(society.economy.businesses, key=lambda one: one.founded):
        name = f"business {business.code}"
        at, day = clerk.within(business.founded, 1), business.founded.isoformat()
        cells = _about(business) | {"number": f"L-{business.code[10:17]}"}
        clerk.hear(at, known_as=name, kind="REGISTERED", date=day, **cells)
        if business.operator is not None:
            permit = {"permit": "食品经营许可证", "number": f"F-{business.code[10:17]}"}
            at = clerk.within(business.founded + timedelta(days=5), 10)
            clerk.hear(at, kind="PERMIT", date=day, **_about(business), **permit)
        if business.closed is not None:
            kind = "MERGED" if business.successor else "DEREGISTERED"
            at, day = clerk.within(business.closed, 5), business.closed.isoformat()
            cells["successor"] = business.successor
            clerk.hear(at, about=name, kind=kind, date=day, **cells)
    clerk.write(journal)


def _about(business: Business) -> dict[str, str]:
    return {
        "business": business.code,
        "operator": business.operator.number if business.operator else "",
        "name": business.name,
        "site": f"合成市{business.code[14:17]}号",
    }


def _known_as(society: Society, resident: Resident, day: date) -> str:
    """The number that an office had of a resident on a day."""
    if day < UPGRADED and (old := society.mistakes.old_form(resident)) is not None:
        return old
    twice = society.mistakes.duplicates.get(resident.number)
    if twice is not None and twice.entered <= day < twice.merged:
        return twice.number
    return resident.number


def _month_before(day: date) -> date:
    return day.replace(day=1) - timedelta(days=1)


def _months(day: date) -> int:
    return day.year * 12 + day.month
