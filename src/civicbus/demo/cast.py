"""Those of whom the stories are told: residents for whom something is so that a story is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import TypeVar

from civicbus.demo.contracts import Contract
from civicbus.demo.economy import Job, Studies
from civicbus.demo.households import Stay
from civicbus.demo.mistakes import UPGRADED, Duplicate, WrongSpouse
from civicbus.demo.residents import Marriage, Resident
from civicbus.demo.society import Society
from civicbus.domain.vocabulary import Sex

Item = TypeVar("Item")

MONTHS_ASKED = 60  # of contributions; some cities ask for as many before they let a family settle


class NobodyError(LookupError):
    """A story cannot be told of this city; the text says who is missing."""


@dataclass(frozen=True, slots=True)
class Applicant:
    """A resident who studied and has worked since for long enough."""

    job: Job
    studies: Studies


class Cast:
    """Understands who of the city fits which story; the same for the same city."""

    def __init__(self, society: Society) -> None:
        self._society = society
        self._city = society.city
        wards = {ward.resident.number for ward in society.rulings.wards}
        pensioners = (
            one
            for one in society.city.pensioners()
            if one.number not in wards and not society.mistakes.concern(one)
        )
        found = list(islice(pensioners, 3))
        if len(found) < 3:
            raise NobodyError("fewer than three pensioners")
        self.pensioner, self.mistaken, self.patient = found

    def gone_son(self) -> tuple[Resident, Stay]:
        """A grown son, and the place of his mother, in whose book he stood once.

        Raises:
            NobodyError: as all of these, if there is nobody.
        """
        today = self._city.today
        now = {stay.resident.number: stay for stay in self._society.stays if stay.is_on(today)}
        return _first(
            (
                (son, now[son.mother.number])
                for son in self._city.living()
                if son.mother is not None
                and son.father is not None
                and son.adopted is None
                and son.mother.number in now
                and son.number in now
                and now[son.number].household != now[son.mother.number].household
                and son.sex is Sex.MALE
                and not any(self._society.mistakes.concern(one) for one in (son, son.mother))
            ),
            "a grown son whose mother lives",
        )

    def lost_policy(self) -> Contract:
        """A contract older than the numbers of 18 digits, taken over since, without its paper."""
        return _first(
            (
                contract
                for contract in self._society.contracts
                if contract.ended is None
                and contract.was_taken_over
                and contract.paper_lost is not None
                and contract.since < UPGRADED
            ),
            "anybody with so old a policy",
        )

    def wrong_spouse(self) -> WrongSpouse:
        """A marriage that still stands in the register with somebody else as the husband."""
        return _first(
            (one for one in self._society.mistakes.wrong_spouses if one.corrected is None),
            "a couple and an unmarried man of the same age",
        )

    def divorced_by_court(self) -> tuple[Marriage, Resident]:
        """A marriage that a court dissolved, and one of the two who lives."""
        return _first(
            (
                (marriage, one)
                for marriage in sorted(self._city.marriages, key=_parted, reverse=True)
                for one in marriage.both
                if marriage.by_court
                and one.lives_on(self._city.today)
                and not self._society.mistakes.concern(one)
            ),
            "anybody whom a court divorced",
        )

    def applicant(self) -> Applicant:
        """Somebody with a degree, a job, and enough months of contributions in it."""
        degrees = {
            studies.resident.number: studies
            for studies in self._society.economy.studies
            if studies.until is not None
        }
        long_enough = timedelta(days=(MONTHS_ASKED + 2) * 31)
        return _first(
            (
                Applicant(job, degrees[job.resident.number])
                for job in self._society.economy.jobs
                if job.until is None
                and job.resident.number in degrees
                and job.since + long_enough < self._city.last_day
                and not self._society.mistakes.concern(job.resident)
            ),
            "anybody who studied and has worked since for five years",
        )

    def two_numbers(self) -> Duplicate:
        """A resident whose two numbers were merged."""
        return _first(self._society.mistakes.duplicates.values(), "anybody with two numbers")


def _parted(marriage: Marriage) -> date:
    return marriage.divorced or date.min


def _first(found: Iterable[Item], who: str) -> Item:
    for one in found:
        return one
    raise NobodyError(f"so small a city has not {who}")
