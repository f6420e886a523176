"""An age from an entry that holds parts of a date that cannot be: answered, and said so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from civicbus.domain.answer import Question
from civicbus.domain.authority import Authorities, Authority
from civicbus.domain.dates import PartialDate
from civicbus.domain.dossier import Dossier, Entry
from civicbus.domain.events import Birth, Concerned
from civicbus.domain.identifiers import Identifier
from civicbus.domain.proofs import run, start
from civicbus.domain.vocabulary import Role
from tests.builders import HEADER

PERSON, KEY = Identifier.of("nl-bsn", "010063353"), "a" * 26
KNOWN = datetime(2024, 5, 1, tzinfo=UTC)
REGISTRY = Authority("registry", "birth", frozenset({"nl-bsn"}), timedelta(days=1))


@pytest.mark.parametrize(
    ("parts", "day", "outcome", "flags"),
    [
        ((1966, 13, 5), date(1985, 1, 1), "yes", ("degraded_date",)),
        ((1966, 13, 5), date(1983, 1, 1), "no", ("degraded_date",)),
        ((1966, 13, 5), date(1984, 6, 1), "unknown", ("degraded_date",)),
        ((1966, 0, 0), date(1985, 1, 1), "yes", ()),
        ((1966, 12, 5), date(1985, 1, 1), "yes", ()),
    ],
)
def test_an_age_by_a_date_that_cannot_be_bears_a_flag(
    parts: tuple[int, int, int], day: date, outcome: str, flags: tuple[str, ...]
) -> None:
    header = replace(
        HEADER,
        concerned=(Concerned(Role.CHILD, (PERSON,), KEY),),
        occurred=PartialDate.of_sound_parts(*parts),
    )
    dossier = Dossier(KEY, (Entry("birth", Birth(header), KNOWN),))
    question = Question(PERSON, KEY, day, KNOWN, (("years", 18),))
    answer = run(start("age_at_least", question, Authorities((REGISTRY,))), lambda _: dossier)
    assert (answer.outcome, answer.flags) == (outcome, flags)
