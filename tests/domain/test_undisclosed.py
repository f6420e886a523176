"""What must not be told for a question: a person's facts as if it had never been recorded."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from civicbus.domain.dates import PartialDate
from civicbus.domain.dossier import Dossier, Entry
from civicbus.domain.events import Annulment, Concerned, Event, Policy
from civicbus.domain.proofs.person import Person
from civicbus.domain.proofs.undisclosed import without
from civicbus.domain.resolve import resolve
from civicbus.domain.vocabulary import Role
from tests import builders

KEY = "a" * 26
KNOWN = datetime(2024, 5, 1, tzinfo=UTC)
entry = partial(builders.entry, on=PartialDate(2020, 1, 1))


def test_an_act_that_was_withdrawn_is_taken_out_as_well() -> None:
    holder = Concerned(Role.HOLDER, (), KEY)
    secret, open_ = entry(Policy, "secret", holder), entry(Policy, "open", holder)
    withdrawals = [
        entry(Annulment, f"withdrawal {number}", holder, about=policy)
        for number, policy in enumerate((secret, open_))
    ]
    events: tuple[Event, ...] = (secret, open_, *withdrawals)
    facts = resolve(Dossier(KEY, tuple(Entry("insurance", e, KNOWN) for e in events)), KNOWN)
    left = without(Person(facts), lambda event: event == secret).facts
    assert {fact.content for fact in facts.once(Policy)} == {secret, open_}
    assert [fact.content for fact in left.once(Policy)] == [open_]
