"""What the stories have at hand: the departments, the requester, those of whom they are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from civicbus.demo.cast import Cast
from civicbus.demo.departments import Department
from civicbus.demo.journals import CIVIL_AFFAIRS, CIVIL_REGISTRY, HEALTH
from civicbus.demo.requester import Requester
from civicbus.demo.show import Show
from civicbus.demo.society import Society

CHANGES_WITHIN = 10.0  # seconds; the demonstration shows far less


@dataclass
class Scene:
    """Who and what the stories have at hand.

    `death_entry` and `known_dead` are the number and the moment of the entry that one story writes
    and the next one annuls.

    Raises:
        NobodyError: if the city has not enough pensioners.
    """

    show: Show
    requester: Requester
    departments: Mapping[str, Department]
    society: Society
    known_dead: datetime | None = None
    death_entry: str = ""
    cast: Cast = field(init=False)

    def __post_init__(self) -> None:
        self.cast = Cast(self.society)

    @property
    def civil_registry(self) -> Department:
        """The police station."""
        return self.departments[CIVIL_REGISTRY]

    @property
    def health(self) -> Department:
        """The hospitals."""
        return self.departments[HEALTH]

    @property
    def civil_affairs(self) -> Department:
        """The marriage register's office."""
        return self.departments[CIVIL_AFFAIRS]

    @property
    def yesterday(self) -> str:
        """The day before the day that questions are about by default."""
        return (datetime.now(UTC).date() - timedelta(days=1)).isoformat()
