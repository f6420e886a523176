"""Ages in completed years, as far as the date of birth is known.

A year is completed at the start of the birthday, and by one born on 29 February on 1 March in years
without that day.

Sources: the Civil Code of China, art. 200 (Gregorian years, whatever calendar the birth was
recorded by) and 202 (without a corresponding day the last day of the month still belongs to the
year that ends); in the United Kingdom the Family Law Reform Act 1969, s. 9 (the start of the
anniversary). Elsewhere it may be another day: a matter with a rule of its own needs to say so.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from civicbus.domain.dates import Interval, PartialDate
from civicbus.domain.truth import Truth


class Ages(NamedTuple):
    """The least and the greatest age possible, in completed years; `None` where nothing bounds it.

    Before the birth an age is below 0: one who will be born within the year is -1.
    """

    least: int | None
    greatest: int | None


def age_on(born: PartialDate | Interval, day: date) -> Ages:
    """How old a person is on a day, or would be if still living."""
    return Ages(
        least=None if born.latest == date.max else _completed_years(born.latest, day),
        greatest=None if born.earliest == date.min else _completed_years(born.earliest, day),
    )


def has_reached(years: int, born: PartialDate | Interval, day: date) -> Truth:
    """Is a person at least so many years old on a day? `None` if the date of birth leaves it open.

    Raises:
        ValueError: if the years are fewer than 0.
    """
    if years < 0:
        raise ValueError("an age below 0")
    least, greatest = age_on(born, day)
    if least is not None and least >= years:
        return True
    return False if greatest is not None and greatest < years else None


def _completed_years(born: date, day: date) -> int:
    # On 28 February one born on the 29th still waits, on 1 March no more.
    before_birthday = (day.month, day.day) < (born.month, born.day)
    return day.year - born.year - before_birthday
