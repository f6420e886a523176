"""Stamped events: as the constructors would have made them, and no other than before otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from civicbus.connect.stamping import stamp
from civicbus.domain.events import Concerned, Event
from civicbus.domain.person_key import person_key
from civicbus.domain.vocabulary import Role
from civicbus.wire.records import from_plain, to_plain
from tests.wire.makers import KINDS, event

SECRET = b"another secret"


def stamped_with_care(said: Event) -> Event:
    """The same by way of the constructors, which check everything again."""
    concerned = tuple(
        Concerned(
            one.role,
            one.identifiers,
            person_key(one.identifiers[0], SECRET) if one.identifiers else None,
            one.name,
            one.birth_date,
        )
        for one in said.header.concerned
    )
    header = replace(said.header, environment="test", concerned=concerned)
    return replace(said, header=header)


@pytest.mark.parametrize("kind", KINDS)
def test_a_stamp_adds_the_keys_and_the_environment_and_nothing_else(kind: str) -> None:
    for seed in range(30):
        said: Any = event(kind, seed)
        before = to_plain(said)
        expected: Any = stamped_with_care(said)
        found: Any = stamp(said, "test", SECRET)
        deceased = [one for one in found.header.concerned if one.role is Role.DECEASED]
        if kind == "Union" and deceased:
            expected = replace(expected, deceased_person_key=deceased[0].person_key)
        assert found == expected
        assert stamp(found, "test", SECRET) == found
        assert from_plain(kind, to_plain(found)) == found
        assert to_plain(said) == before, "the event that was given is as it was"
