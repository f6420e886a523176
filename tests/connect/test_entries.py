"""Entries: what a numbered entry says of itself, by the columns that its register has for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from civicbus.connect.cells import RefusedError
from civicbus.connect.entries import HIGHEST, Entries, known, needed
from civicbus.connect.rows import Row
from civicbus.domain.dates import UNKNOWN_DATE, PartialDate
from civicbus.domain.events import Basis, Concerned, InvalidEventError, event_id
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import BasisKind, Change, LegalState, Role

SOURCE = "town-licences"
ANNA = "990000195083040026"
HOLDER = Concerned(Role.HOLDER, (Identifier("cn-rid", ANNA),))
ENTRIES = Entries(SOURCE)
JUDGMENTS = Entries(
    SOURCE,
    "judgment",
    refers_to="sets_aside",
    registered_at="filed_at",
    date="given_on",
    effective="effective",
    basis=BasisKind.JUDGMENT,
    legal_state=LegalState.DECLARED,
)


def entry(**cells: str) -> Row:
    whole = {
        "entry": "7",
        "refers_to": "",
        "registered_at": "2024-01-02T08:00:00Z",
        "date": "2024-01-01",
    }
    return Row(9, whole | cells)


def judgment(**cells: str) -> Row:
    whole = {
        "judgment": "7",
        "sets_aside": "",
        "filed_at": "2024-01-02T08:00:00Z",
        "given_on": "2024-01",
        "effective": "2024-01-20",
    }
    return Row(9, whole | cells)


def refused(read: Callable[..., Any], *arguments: Any, **more: Any) -> tuple[str, str, str]:
    with pytest.raises(RefusedError) as caught:
        read(*arguments, **more)
    assert caught.value.line == 9
    return caught.value.field, caught.value.reason, caught.value.remedy


def test_an_entry_that_says_nothing_else_is_a_registered_deed_of_its_number() -> None:
    header = ENTRIES.header(entry(), HOLDER)
    assert (header.event_id, header.source) == (event_id(SOURCE, "entry", "7"), SOURCE)
    assert header.concerned == (HOLDER,)
    assert header.registered_at == datetime(2024, 1, 2, 8, tzinfo=UTC)
    assert (header.occurred, header.effective_from) == (PartialDate(2024, 1, 1), None)
    assert (header.change, header.target_event_id) == (Change.CREATED, None)
    assert header.legal_state is LegalState.REGISTERED
    assert header.basis == Basis(BasisKind.DEED, "7")
    assert header.source_sequence == 7


def test_a_register_may_have_other_columns_and_another_word_for_an_entry() -> None:
    header = JUDGMENTS.header(judgment(sets_aside="5"), HOLDER, change=Change.ENDED)
    assert header.event_id == event_id(SOURCE, "judgment", "7")
    assert header.target_event_id == event_id(SOURCE, "judgment", "5")
    assert header.registered_at == datetime(2024, 1, 2, 8, tzinfo=UTC)
    assert (header.occurred, header.effective_from) == (
        PartialDate(2024, 1),
        PartialDate(2024, 1, 20),
    )
    assert header.legal_state is LegalState.DECLARED
    assert header.basis == Basis(BasisKind.JUDGMENT, "7")


def test_a_day_that_the_entry_leaves_open_is_unknown() -> None:
    assert ENTRIES.header(entry(date=""), HOLDER).occurred == UNKNOWN_DATE
    assert JUDGMENTS.header(judgment(effective=""), HOLDER).effective_from is None


@pytest.mark.parametrize("change", [change for change in Change if change is not Change.CREATED])
def test_an_entry_that_changes_another_changes_the_one_that_it_refers_to(change: Change) -> None:
    header = ENTRIES.header(entry(refers_to="3"), HOLDER, change=change)
    assert header.target_event_id == ENTRIES.header(entry(entry="3"), HOLDER).event_id
    given = ENTRIES.event_of("2")
    header = ENTRIES.header(entry(refers_to="3"), HOLDER, change=change, target=given)
    assert header.target_event_id == given


def test_an_entry_that_changes_nothing_may_refer_to_another_one() -> None:
    assert ENTRIES.header(entry(refers_to="3"), HOLDER).target_event_id is None


def test_a_part_of_an_entry_changes_the_same_part_of_the_other_one() -> None:
    header = ENTRIES.header(entry(refers_to="3"), HOLDER, change=Change.ENDED, part="paper")
    assert header.event_id == event_id(SOURCE, "paper", "7") != ENTRIES.event_of("7")
    assert header.target_event_id == ENTRIES.event_of("3", "paper")


def test_another_basis_stands_in_place_of_the_entry() -> None:
    basis = Basis(BasisKind.CERTIFICATE, None, "a school")
    assert ENTRIES.header(entry(), HOLDER, basis=basis).basis == basis


def test_an_entry_that_changes_another_and_does_not_say_which_is_refused() -> None:
    told = ("refers_to", "number", "name the entry that this one changes")
    assert refused(ENTRIES.meant, entry()) == told
    assert refused(ENTRIES.header, entry(), HOLDER, change=Change.CORRECTED) == told
    told = ("sets_aside", "number", "name the judgment that this one changes")
    assert refused(JUDGMENTS.meant, judgment()) == told


@pytest.mark.parametrize("cell", ["", "0"])
def test_an_entry_without_a_number_is_refused(cell: str) -> None:
    told = ("entry", "number", "number the entry from 1 on")
    assert refused(ENTRIES.sequence, entry(entry=cell)) == told
    assert refused(ENTRIES.header, entry(entry=cell), HOLDER) == told
    told = ("judgment", "number", "number the judgment from 1 on")
    assert refused(JUDGMENTS.sequence, judgment(judgment=cell)) == told


@pytest.mark.parametrize("cell", ["-1", "07", "7a", str(HIGHEST + 1)])
def test_a_number_that_is_none_is_refused(cell: str) -> None:
    told = ("entry", "number", f"write a whole number from 0 to {HIGHEST}")
    assert refused(ENTRIES.header, entry(entry=cell), HOLDER) == told
    assert ENTRIES.sequence(entry(entry=str(HIGHEST))) == HIGHEST


def test_times_that_mean_nothing_are_refused_in_their_columns() -> None:
    for column in ("registered_at", "date"):
        field, reason, _ = refused(ENTRIES.header, entry(**{column: "soon"}), HOLDER)
        assert (field, reason) == (column, "date")
    for column in ("filed_at", "given_on", "effective"):
        field, reason, _ = refused(JUDGMENTS.header, judgment(**{column: "soon"}), HOLDER)
        assert (field, reason) == (column, "date")


def test_an_entry_cannot_change_itself() -> None:
    with pytest.raises(InvalidEventError):
        ENTRIES.header(entry(refers_to="7"), HOLDER, change=Change.ENDED)


def test_whoever_has_a_number_is_concerned_in_their_role() -> None:
    row = Row(9, {"holder": ANNA})
    assert needed(row, Role.HOLDER, "holder", "cn-rid") == HOLDER
    assert known(row, Role.HOLDER, "holder", "cn-rid") == (HOLDER,)


def test_a_number_that_is_needed_and_missing_is_refused_where_it_is_missing() -> None:
    row = Row(9, {"holder": ""})
    told = ("holder", "id_format", "the number is missing; complete the entry")
    assert refused(needed, row, Role.HOLDER, "holder", "cn-rid") == told
    told = ("holder", "id_format", "the number is missing; complete the notice")
    assert refused(needed, row, Role.HOLDER, "holder", "cn-rid", "notice") == told
    assert known(row, Role.HOLDER, "holder", "cn-rid") == ()


@pytest.mark.parametrize("read", [needed, known])
def test_a_number_that_its_scheme_does_not_allow_is_refused_and_not_repeated(
    read: Callable[..., Any],
) -> None:
    wrong = ANNA[:-1] + "7"
    row = Row(9, {"holder": wrong})
    field, reason, remedy = refused(read, row, Role.HOLDER, "holder", "cn-rid")
    assert (field, reason) == ("holder", "id_format")
    assert wrong not in remedy
