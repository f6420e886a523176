"""Whether an entry names somebody: what stories cannot tell, since their people have one number."""

from __future__ import annotations

from datetime import UTC, date, datetime

from civicbus.domain.answer import Question
from civicbus.domain.authority import Authorities
from civicbus.domain.events import Concerned
from civicbus.domain.identifiers import Identifier
from civicbus.domain.proofs.family_record import Record
from civicbus.domain.proofs.kinship import PROOF
from civicbus.domain.proofs.person import Person
from civicbus.domain.resolve import Facts
from civicbus.domain.vocabulary import Role

KEY, OTHER = "a" * 26, "b" * 26
KNOWN = datetime(2024, 5, 1, tzinfo=UTC)
NUMBER, ANOTHER = Identifier.of("nl-bsn", "999990639"), Identifier.of("nl-bsn", "999990019")
OF_ANOTHER_KIND = Identifier.of("nl-anr", "5303868038")


def test_an_entry_may_name_somebody_of_whom_nothing_is_known_but_the_number_asked_with() -> None:
    """It stands there beside a number of another kind, under which the entry is kept."""
    person = Person(Facts(KEY, KNOWN, keys=frozenset({KEY})))
    question = Question(NUMBER, KEY, date(2024, 5, 1), KNOWN)
    record = Record(PROOF, question, person, Authorities())
    for number, finding in ((NUMBER, "ambiguous_identity"), (ANOTHER, False)):
        mother = Concerned(Role.MOTHER, (OF_ANOTHER_KIND, number), OTHER)
        assert record.is_named(mother) == finding
