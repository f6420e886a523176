"""How many acts of a kind a register enters on a day: beyond that a second person has to look.

A register that enters eight deaths a day and then three thousand has made a mistake, or somebody
has got hold of it. What was registered counts for its own day, so that a first load of twenty years
is no burst. Until somebody has looked nothing of the batch is published, and the position stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date

from civicbus.connect.connector import Connector
from civicbus.connect.mapping import Filed

Days = Counter[tuple[str, date]]


class BurstError(Exception):
    """More acts of a day than the department has ever expected; the text says how many of what."""


def days_of(filed: Iterable[Filed], families: Iterable[str]) -> Days:
    """How many events of these families were registered on which day (UTC)."""
    wanted = frozenset(families)
    return Counter(
        (one.family, one.event.header.registered_at.astimezone(UTC).date())
        for one in filed
        if one.family in wanted
    )


class Ceiling:
    """Understands how many events of each day have gone through since the connector began.

    `ceilings` are the most events of a family that are registered on one day.
    """

    def __init__(self, source: str, ceilings: Mapping[str, int]) -> None:
        self._source = source
        self._ceilings = ceilings
        self._days: Days = Counter()

    def check(self, days: Days) -> None:
        """Count events that are to be published.

        Raises:
            BurstError: if there are more of a day than the ceiling. They do not count then.
        """
        together = self._days + days
        for (family, day), count in together.items():
            most = self._ceilings.get(family)
            if most is not None and count > most:
                raise BurstError(
                    f"{self._source}: {count:,} events of the family {family} are registered on "
                    f"{day}, and at most {most:,} are expected of a day; they are not published. "
                    "When a second person has looked into the register and all is right: "
                    "civicbus connect ... --accepted-by NAME"
                )
        self._days = together


def without_ceilings(connector: Connector) -> Connector:
    """The same connector, of which any number of acts is taken: somebody has looked."""
    system = replace(connector.system, ceilings={})
    return replace(connector, system=system)
