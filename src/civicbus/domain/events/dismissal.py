"""What an operator says of a refused record. It is no event: it tells nothing about a person."""

from __future__ import annotations

from dataclasses import dataclass

from civicbus.domain.events.rules import InvalidEventError


@dataclass(frozen=True, slots=True)
class Dismissal:
    """A refused record is set aside: it was no event, or others say by now what it said.

    It stands in the topic and partition of the refused record, under the same key, and ends the
    mark that the refusal left on a dossier. Only an operator of the bus may publish it; who did,
    and why, is recorded in the quarantine topic.
    """

    refused_offset: int
    environment: str = "development"

    def __post_init__(self) -> None:
        if self.refused_offset < 0:
            raise InvalidEventError("range", "refused_offset", "must not be negative")
