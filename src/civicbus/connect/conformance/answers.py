"""Answers: what every proof says from what a connector has delivered, asked as `civicbus try` does.

The claims that a proof must have are filled with what the events themselves speak of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice, product

from civicbus.connect.connector import Connector
from civicbus.connect.mapped import Mapped
from civicbus.connect.trial import Trial
from civicbus.domain.claims import Claim, ClaimKind
from civicbus.domain.events import Event
from civicbus.domain.identifiers import Identifier
from civicbus.domain.proofs import PROOFS, Kind

MAX_PERSONS = 20  # asked about; every proof is asked about each of them
MAX_PARTIES = 2  # tried for a claim that names somebody
MAX_TEXTS = 3  # tried for a claim that may be any text
AGE = 18

Answers = Mapping[tuple[str, str, str], Mapping[str, object]]  # by proof, claims and person


def answers(
    connector: Connector, mapped: Iterable[Mapped], events: Sequence[Event], now: datetime
) -> Answers:
    """What every proof answers from what was mapped, about those whom the events concern first."""
    trial = Trial(connector, now)
    for one in mapped:
        trial.take(one, now)
    persons = _persons(events)
    today = now.date()
    return {
        (kind.name, repr(claims), str(person)): trial.ask(
            kind.name, person, today, now, claims=claims
        ).to_json()
        for kind in PROOFS.values()
        for claims in _claims(kind, events, persons, now)
        for person in persons
    }


def _persons(events: Iterable[Event]) -> list[Identifier]:
    """The numbers that decide the keys of the first persons whom the events concern."""
    numbers = (
        person.identifiers[0]
        for event in events
        for person in event.header.concerned
        if person.identifiers
    )
    return list(islice(dict.fromkeys(numbers), MAX_PERSONS))


def _claims(
    kind: Kind, events: Sequence[Event], persons: Sequence[Identifier], now: datetime
) -> Iterator[Mapping[str, object]]:
    """Every way to fill the claims that a proof must have."""
    required = [claim for claim in kind.claims if claim.required]
    values = [_values(claim, events, persons, now) for claim in required]
    for chosen in product(*values):
        yield {claim.name: value for claim, value in zip(required, chosen, strict=True)}


def _values(
    claim: Claim, events: Iterable[Event], persons: Sequence[Identifier], now: datetime
) -> list[object]:
    match claim.kind:
        case ClaimKind.PERSON:
            return [str(person) for person in persons[:MAX_PARTIES]]
        case ClaimKind.CODE:
            return list(claim.codes)
        case ClaimKind.NUMBER:
            return [min(max(claim.lowest, AGE), claim.highest)]
        case ClaimKind.DAY:
            return [now.date().isoformat()]
        case ClaimKind.TEXT:
            spoken = (getattr(event, claim.name, None) for event in events)
            texts = dict.fromkeys(text for text in spoken if isinstance(text, str) and text)
            return list(islice(texts, MAX_TEXTS)) or [claim.name]
