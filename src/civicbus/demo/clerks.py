"""How an office of the city writes its journal: what it hears, in the order of hearing it."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from civicbus.demo.journals import LOCAL_TIME, Journal, moment

Item = TypeVar("Item")


class Clerk:
    """Understands when something was written down, and what a later entry refers to."""

    def __init__(self, chance: random.Random, stamped: str = "registered_at") -> None:
        self._random = chance
        self._stamped = stamped
        self._heard: list[tuple[str, str, str, dict[str, str]]] = []
        self._when: dict[str, str] = {}

    def hear(self, at: str, *, known_as: str = "", about: str = "", **cells: str) -> None:
        """Note an entry for the moment `at`, and not before the one known as `about`, if any.

        `known_as` is what later entries may be `about`.
        """
        if about:
            at = max(at, self._when[about])
        if known_as:
            assert known_as not in self._when, "two entries would be known as one"
            self._when[known_as] = at
        self._heard.append((at, known_as, about, cells))

    def write(self, journal: Journal) -> None:
        """Write down all that was heard."""
        for at, known_as, about, cells in sorted(self._heard, key=lambda entry: entry[0]):
            refers = {"refers_to": journal.named[about]} if about else {}
            number = journal.add(**{self._stamped: at}, **cells, **refers)
            if known_as:
                journal.named[known_as] = number

    def within(self, day: date, days: int) -> str:
        """A moment in office hours within some days of a day."""
        at = datetime.combine(day, time(9), LOCAL_TIME)
        at += timedelta(days=self._random.randrange(days), seconds=self._random.randrange(8 * 3600))
        return moment(at)

    def some(self, items: Iterable[Item], share: float) -> list[Item]:
        """About so large a share of them."""
        return [item for item in items if self._random.random() < share]

    def one_of(self, items: tuple[Item, ...]) -> Item:
        """Any of them."""
        return self._random.choice(items)
