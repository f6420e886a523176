"""Which entries make one act, and what it says in the end: the rare orders of writing.

The rules are those of `civicbus.domain.resolve`; stories of whole lives are in tests/scenarios.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from civicbus.domain.changes import changed_by, unique
from civicbus.domain.dates import PartialDate
from civicbus.domain.dossier import Dossier, Entry, SourceState, unite
from civicbus.domain.events import (
    Annulment,
    Basis,
    Birth,
    Death,
    Dispute,
    Event,
    RangeVoid,
    Registration,
    Residence,
    Union,
    event_id,
)
from civicbus.domain.resolve import Fact, Facts, resolve
from civicbus.domain.vocabulary import BasisKind, Cause, Change, Role, UnionEnd
from tests.builders import header_of, least

KEY = "a" * 26
KNOWN = datetime(2024, 12, 31, tzinfo=UTC)
CORRECTED, REINSTATED, ENDED = Change.CORRECTED, Change.REINSTATED, Change.ENDED


def wrote(
    kind: type[Event], name: str, day: int, names: str | None = None, /, **header: Any
) -> Event:
    """What a source wrote at noon of a day in May 2024 about the one person here."""
    says = {"end_reason": header.pop("end_reason")} if "end_reason" in header else {}
    return least(
        kind,
        header_of(
            kind,
            event_id=event_id("registry", "test", name),
            registered_at=datetime(2024, 5, day, 12, tzinfo=UTC),
            target_event_id=None if names is None else event_id("registry", "test", names),
            **header,
        ),
        **says,
    )


def facts(*events: Event) -> Facts:
    entries = tuple(Entry("any", event, KNOWN) for event in events)
    return resolve(Dossier(KEY, entries), KNOWN)


def only(held: tuple[Fact[Any], ...]) -> Fact[Any]:
    (fact,) = held
    return fact


# --- The last word of a source --------------------------------------------------------------------


def test_an_act_belongs_to_who_wrote_it_also_if_a_strangers_clock_is_behind() -> None:
    birth = wrote(Birth, "birth", 5)
    stranger = wrote(Birth, "stranger", 1, "birth", change=CORRECTED, source="hospital")
    fact = only(facts(birth, stranger).held)
    assert fact.content == birth
    assert fact.contested


def test_two_last_words_of_one_moment_leave_open_which_is_the_last() -> None:
    birth = wrote(Birth, "birth", 1)
    one = wrote(Birth, "one", 5, "birth", change=CORRECTED)
    two = wrote(Birth, "two", 5, "birth", change=CORRECTED, occurred=PartialDate(2024, 4, 1))
    assert only(facts(birth, one, two).held).contested
    assert not only(facts(birth, one).held).contested


def test_a_correction_of_a_withdrawn_correction_is_later_than_the_act_by_whatever_clock() -> None:
    birth = wrote(Birth, "birth", 9)
    first = wrote(Birth, "first", 3, "birth", change=CORRECTED)
    second = wrote(Birth, "second", 4, "first", change=CORRECTED)
    wrong = wrote(Annulment, "wrong", 5, "first")
    assert only(facts(birth, first, second, wrong).held).content == second


@pytest.mark.parametrize("change", [CORRECTED, REINSTATED])
def test_a_revision_that_names_an_annulment_is_plain_only_if_it_reinstates(change: Change) -> None:
    birth = wrote(Birth, "birth", 1)
    annulled = wrote(Annulment, "annulled", 2, "birth")
    revised = wrote(Birth, "revised", 3, "annulled", change=change)
    told = facts(birth, annulled, revised)
    assert only(told.held + told.withdrawn).contested is (change is CORRECTED)


def test_a_reinstatement_that_names_the_annulment_of_an_annulment_has_no_plain_meaning() -> None:
    birth = wrote(Birth, "birth", 1)
    annulled = wrote(Annulment, "annulled", 2, "birth")
    again = wrote(Annulment, "again", 3, "annulled")
    revised = wrote(Birth, "revised", 4, "again", change=REINSTATED)
    assert only(facts(birth, annulled, again, revised).held).contested


def test_an_entry_of_another_type_lifts_no_annulment() -> None:
    birth = wrote(Birth, "birth", 1)
    annulled = wrote(Annulment, "annulled", 2, "birth")
    other = wrote(Death, "other", 3, "annulled", change=REINSTATED)
    assert [fact.content for fact in facts(birth, annulled, other).withdrawn] == [birth]
    birth_again = wrote(Birth, "again", 3, "annulled", change=REINSTATED)
    assert [fact.content for fact in facts(birth, annulled, birth_again).held] == [birth_again]


# --- Ends -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("named", ["wedding", "correction"])
@pytest.mark.parametrize("has_arrived", [True, False])
def test_an_end_ends_the_act_whichever_entry_of_it_it_names(named: str, has_arrived: bool) -> None:
    wedding = wrote(Union, "wedding", 1)
    correction = wrote(Union, "correction", 2, "wedding", change=CORRECTED)
    end = wrote(Union, "end", 3, named, change=ENDED, end_reason=UnionEnd.DISSOLUTION)
    fact = only(facts(*[wedding] * has_arrived, correction, end).held)
    assert (fact.content, fact.end) == (correction, end)
    assert fact.pending is (not has_arrived)


def test_an_end_that_was_withdrawn_or_corrected_to_be_none_ends_nothing() -> None:
    wedding = wrote(Union, "wedding", 1)
    end = wrote(Union, "end", 3, "wedding", change=ENDED, end_reason=UnionEnd.DISSOLUTION)
    withdrawn = wrote(Annulment, "withdrawn", 4, "end")
    no_end = wrote(Union, "no end", 4, "end", change=CORRECTED)
    for undoing in (withdrawn, no_end):
        fact = only(facts(wedding, end, undoing).held)
        assert (fact.content, fact.end, fact.doubted) == (wedding, None, False)


@pytest.mark.parametrize("earlier_by_id", [0, 1])
def test_of_two_ends_the_one_written_last_counts(earlier_by_id: int) -> None:
    wedding = wrote(Union, "wedding", 1)
    names = sorted("ab", key=lambda name: event_id("registry", "test", name))
    earlier, later = names[earlier_by_id], names[1 - earlier_by_id]
    ends = [
        wrote(Union, name, day, "wedding", change=ENDED, end_reason=UnionEnd.DISSOLUTION)
        for name, day in ((earlier, 3), (later, 4))
    ]
    assert only(facts(wedding, *ends).held).end == ends[1]
    assert only(facts(wedding, *reversed(ends)).held).end == ends[1]


def test_an_end_that_names_an_end_ends_the_same_act() -> None:
    wedding = wrote(Union, "wedding", 1)
    end = wrote(Union, "end", 3, "wedding", change=ENDED, end_reason=UnionEnd.DISSOLUTION)
    again = wrote(Union, "again", 4, "end", change=ENDED, end_reason=UnionEnd.DISSOLUTION)
    third = wrote(Union, "third", 5, "again", change=ENDED, end_reason=UnionEnd.DISSOLUTION)
    told = facts(wedding, end, again, third)
    assert only(told.held).end == third
    assert told.known_at == KNOWN


# --- Disputes -------------------------------------------------------------------------------------


def disputes(told: Facts) -> list[Fact[Dispute]]:
    return told.of(Dispute)


def test_a_dispute_changes_nothing_in_what_it_names() -> None:
    assert changed_by(wrote(Dispute, "dispute", 2, "birth")) is None


def test_a_correction_of_a_dispute_that_has_not_arrived_speaks_for_itself() -> None:
    birth = wrote(Birth, "birth", 1)
    corrected = wrote(Dispute, "corrected", 3, "dispute", change=CORRECTED)
    told = facts(birth, corrected)
    assert only(tuple(told.of(Birth))).disputes == ()
    assert only(tuple(disputes(told))).pending


def test_who_may_not_close_a_dispute_leaves_it_open_though_it_was_corrected() -> None:
    birth = wrote(Birth, "birth", 1)
    dispute = wrote(Dispute, "dispute", 2, "birth", source="citizen-desk")
    corrected = wrote(Dispute, "corrected", 3, "dispute", change=CORRECTED, source="citizen-desk")
    stranger = wrote(Dispute, "stranger", 4, "dispute", change=ENDED, source="hospital")
    owner = wrote(Dispute, "owner", 5, "dispute", change=ENDED)
    assert only(tuple(facts(birth, dispute, corrected, stranger).of(Birth))).doubted
    assert not only(tuple(facts(birth, dispute, corrected, owner).of(Birth))).doubted


def test_who_raised_a_dispute_about_what_has_not_arrived_may_close_it() -> None:
    dispute = wrote(Dispute, "dispute", 2, "birth")
    closed = wrote(Dispute, "closed", 3, "dispute", change=ENDED)
    assert only(tuple(disputes(facts(dispute, closed)))).end == closed
    stranger = wrote(Dispute, "stranger", 3, "dispute", change=ENDED, source="hospital")
    assert only(tuple(disputes(facts(dispute, stranger)))).end is None


# --- Ranges of documents that were voided ---------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "source", "day", "is_withdrawn"),
    [
        ("0150", "registry", 1, True),
        ("0150", "registry", 3, True),  # written as one with the voiding
        ("0150", "registry", 4, False),  # the number was used again
        ("0150", "hospital", 1, False),  # another source has numbers of its own
        ("0250", "registry", 1, False),
    ],
)
def test_a_voided_range_withdraws_what_its_source_had_numbered_so(
    number: str, source: str, day: int, is_withdrawn: bool
) -> None:
    birth = wrote(Birth, "birth", day, basis=Basis(BasisKind.CERTIFICATE, number), source=source)
    void = wrote(RangeVoid, "void", 3)
    told = facts(birth, void)
    assert [fact.content for fact in (told.withdrawn if is_withdrawn else told.held)] == [birth]
    assert told.waiting == (() if is_withdrawn else (void,))


# --- What is looked up ----------------------------------------------------------------------------


def test_withdrawn_acts_are_looked_up_by_kind_and_by_role() -> None:
    annulled = wrote(Annulment, "annulled", 2, "residence")
    told = facts(wrote(Residence, "residence", 1), annulled)
    assert len(told.once(Residence)) == len(told.once(Residence, Role.PERSON)) == 1
    assert (told.once(Residence, Role.DECEASED), told.once(Registration)) == ([], [])


def test_an_entry_sent_again_is_one_entry_in_whichever_order_it_came() -> None:
    birth = wrote(Birth, "birth", 1, source_sequence=7)
    again = wrote(Birth, "birth", 1, source_sequence=9)
    repaired = wrote(Birth, "birth", 1, source_sequence=9, cause=Cause.MIGRATION)
    for sent in (again, repaired):
        assert only(facts(birth, sent).held) == only(facts(sent, birth).held)
        assert only(facts(sent, birth).held).content == birth


def test_two_that_contradict_each_other_under_one_id_stand_in_one_order() -> None:
    birth = wrote(Birth, "birth", 1)
    other = wrote(Birth, "birth", 1, occurred=PartialDate(2024, 4, 2))
    told = facts(birth, other)
    assert told.held == ()
    assert told.conflicting == facts(other, birth).conflicting
    assert len(told.conflicting) == 2


def test_evidence_names_each_entry_once_and_the_earliest_first() -> None:
    early, late = wrote(Birth, "early", 1), wrote(Birth, "late", 2)
    assert unique([late, early]) == (early, late)
    assert unique([late, late]) == (late,)


def test_what_is_missing_under_any_key_of_a_person_is_missing() -> None:
    name = ("birth", "registry")
    days = [datetime(2024, 5, day, tzinfo=UTC) for day in (1, 2)]
    one, two = (
        Dossier(key * 26, sources={name: SourceState(day, missing)})
        for key, day, missing in zip("ab", days, (0, 3), strict=True)
    )
    assert unite([two, one]).sources == {name: SourceState(days[0], 3)}
