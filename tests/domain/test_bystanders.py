"""An act is about whoever it concerns in the role that makes it theirs, and about nobody else.

Goal: no informant counts as dead by the entry that names them, no witness as convicted. Method: in
the stories somebody else takes the person's place in all acts of one kind, and the person stands in
them as a bystander, in a role that makes no such act theirs. The answer must be the one that comes
where the acts do not name the person at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from civicbus.domain.answer import Answer
from civicbus.domain.events import (
    ABOUT_EVENTS,
    Event,
    IdentityLink,
    PolicyTransfer,
    RestorationRefusal,
)
from civicbus.domain.vocabulary import Role
from tests.domain.scenario import Asked, Scenario, read_scenarios
from tests.domain.scenario_people import someone

QUESTIONS_EACH = 3  # for each kind of proof and kind of act
BYSTANDERS = (Role.HEAD, Role.GUARDIAN)
SOMEBODY_ELSE = someone("somebody else", {})
# A refusal tells about whom it is in whatever role, and a transfer is of the contract it names.
OF_WHOMEVER_THEY_NAME = (RestorationRefusal, PolicyTransfer)


def recast(event: Event, key: str, *bystander: Role) -> Event:
    """The act with somebody else in the person's place, and the person in another role, if any."""
    own = [c for c in event.header.concerned if c.person_key == key]
    others = [c for c in event.header.concerned if c.person_key != key]
    instead = [SOMEBODY_ELSE.as_(concerned.role) for concerned in own]
    standing_by = [replace(own[0], role=role) for role in bystander if own]
    concerned = (*instead, *others, *standing_by)
    return replace(event, header=replace(event.header, concerned=concerned))


def cases() -> Iterator[tuple[Scenario, Asked, type[Event]]]:
    """Questions about whom acts of some kind concern; no other acts are about those acts."""
    seen: dict[tuple[str, type[Event]], int] = {}
    for scenario in read_scenarios():
        if any(isinstance(event, (*ABOUT_EVENTS, IdentityLink)) for event in scenario.events):
            continue
        for asked in scenario.asked:
            key = asked.question.person_key
            kinds = {type(e): None for e in scenario.events if e.header.concerns({key})}
            for kind in kinds:
                if kind in OF_WHOMEVER_THEY_NAME:
                    continue
                times = seen.get((asked.proof, kind), 0)
                if asked.outcome in ("yes", "no") and times < QUESTIONS_EACH:
                    seen[asked.proof, kind] = times + 1
                    yield scenario, asked, kind


@pytest.mark.parametrize(
    ("scenario", "asked", "kind"),
    [
        pytest.param(s, a, kind, id=f"{a.proof}, {kind.__name__}: {s} ({a.question.valid_at})")
        for s, a, kind in cases()
    ],
)
def test_an_act_that_names_somebody_as_a_bystander_is_none_of_theirs(
    scenario: Scenario, asked: Asked, kind: type[Event]
) -> None:
    role = next(role for role in BYSTANDERS if role not in (*kind.roles, *kind.any_role))

    def answer(*bystander: Role) -> Answer:
        return scenario.answer(
            asked,
            [
                recast(event, asked.question.person_key, *bystander)
                if isinstance(event, kind)
                else event
                for event in scenario.events
            ],
        )

    assert answer(role).to_json() == answer().to_json()
