"""The tables `[authority.FAMILY]` of a connector's declaration: where its silence means something.

    [authority.union]
    schemes = ["cn-rid"]
    fresh_for = "24h"
    settles_after = "30d"
    coverage = [{ since = 1994-02-01, places = ["1101", "3101"] }]
    takes_in = ["court"]

Without `coverage` the register holds everything that its schemes name; with `complete = false` what
it enters is so, but its silence says nothing.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from civicbus.domain.authority import Authority, Coverage
from civicbus.domain.families import FAMILIES
from civicbus.domain.identifiers import SCHEMES
from civicbus.registers.toml_file import Table, distinct, known

DURATION = re.compile(r"([0-9]{1,5})([smhd])")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

# Area codes as registers write them: digits of GB/T 2260, an ISO 3166 country, a municipality's.
PLACE = re.compile(r"[A-Za-z0-9-]{1,20}")


def duration(text: str) -> timedelta:
    """A whole number of seconds, minutes, hours or days: `90s`, `24h`, `30d`.

    Raises:
        ValueError: if it is not of that form.
    """
    match = DURATION.fullmatch(text)
    if match is None:
        raise ValueError("write a number and s, m, h or d, such as 24h")
    return timedelta(**{UNITS[match[2]]: int(match[1])})


def _duration(text: str) -> str:
    duration(text)
    return text


def _places(codes: list[str]) -> list[str]:
    for code in codes:
        if PLACE.fullmatch(code) is None:
            raise ValueError("write area codes: letters, digits and hyphens, at most 20 of them")
    return distinct(codes)


Families = Annotated[list[str], Field(min_length=1), known(FAMILIES, "family")]
Schemes = Annotated[list[str], Field(min_length=1), known(SCHEMES, "identifier scheme")]
Places = Annotated[list[str], Field(min_length=1), AfterValidator(_places)]
Duration = Annotated[str, AfterValidator(_duration)]


class CoverageTable(Table):
    """A period and places of which a register holds every act; the last day is included."""

    since: date | None = None
    until: date | None = None
    places: Places = Field(default=[])

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.since is None and self.until is None and not self.places:
            raise ValueError("give since, until or places, or leave the coverage out")
        if self.since is not None and self.until is not None and self.until < self.since:
            raise ValueError("until lies before since; correct one of them")
        return self

    def coverage(self) -> Coverage:
        """What it declares."""
        return Coverage(self.since, self.until, tuple(self.places))


class AuthorityTable(Table):
    """What a system declares about one family that it publishes."""

    schemes: Schemes
    fresh_for: Duration
    settles_after: Duration = "0d"
    complete: bool = True
    coverage: list[CoverageTable] = Field(default=[], min_length=1)
    takes_in: Families = Field(default=[])

    @model_validator(mode="after")
    def _is_complete_somewhere(self) -> Self:
        if self.coverage and not self.complete:
            raise ValueError("coverage says what is complete; remove it, or complete = false")
        return self

    def authority(self, source: str, family: str, department: str) -> Authority:
        """The authority of a department's system over a family."""
        declared = tuple(table.coverage() for table in self.coverage)
        return Authority(
            source,
            family,
            frozenset(self.schemes),
            duration(self.fresh_for),
            duration(self.settles_after),
            coverage=(declared or (Coverage(),)) if self.complete else (),
            takes_in=frozenset(self.takes_in),
            department=department,
        )
