"""Unions of the Dutch register: starts, ends, withdrawals, and what they say about a life."""

from __future__ import annotations

import pytest

from civicbus.domain.dates import PartialDate
from civicbus.domain.events import Annulment, Event, Union
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import AnnulmentReason, Change, Role, UnionEnd, UnionKind
from tests.connectors.person_list import (
    BSN,
    OTHER_ANR,
    OTHER_BSN,
    Row,
    Tried,
    birth,
    kept,
    person_list,
    row,
    simple,
)

PARTNER = {"e0120": OTHER_BSN, "e0310": "19480101", "e0410": "M", "e1510": "H"}


def married(on: str = "19700501", recorded: str = "19940930", **more: str) -> Row:
    return row("05", **(PARTNER | {"e0610": on, "e8510": on, "e8610": recorded} | more))


def ended(
    why: str = "S", on: str = "19990101", recorded: str = "19990105", **more: str
) -> Row:  # fmt: skip
    elements = {"e0710": on, "e0740": why, "e8510": on, "e8610": recorded}
    return row("05", **(PARTNER | elements | more))


def no_union(recorded: str) -> Row:
    return row("05", e8510="19990101", e8610=recorded)


def unions(tried: Tried) -> list[Event]:
    return [event for event in tried.events if tried.families[event] == "union"]


def test_a_marriage_begins_and_ends_under_both_partners() -> None:
    begun, over = unions(Tried(simple([[ended(), married()]])))
    assert isinstance(begun, Union)
    assert isinstance(over, Union)
    assert (begun.kind, begun.header.change) == (UnionKind.MARRIAGE, Change.CREATED)
    assert (over.end_reason, over.header.change) == (UnionEnd.DISSOLUTION, Change.ENDED)
    assert over.header.target_event_id == begun.header.event_id
    assert len(begun.header.keys()) == len(over.header.keys()) == 2


def test_a_partnership_is_one() -> None:
    (found,) = unions(Tried(simple([[married(e1510="P")]])))
    assert isinstance(found, Union)
    assert found.kind is UnionKind.PARTNERSHIP


def test_two_unions_are_two_stacks() -> None:
    second = married("20010101", "20010102", e0120="999993367")
    found = unions(Tried(simple([[second], [ended(), married()]])))
    assert [event.header.change for event in found] == [
        Change.CREATED,
        Change.ENDED,
        Change.CREATED,
    ]


@pytest.mark.parametrize("why", ["O", "R"])
def test_the_partner_is_the_one_who_died(why: str) -> None:
    tried = Tried(simple([[ended(why), married()]]))
    over = unions(tried)[1]
    roles = {of.identifiers[0].value: of.role for of in over.header.concerned}
    assert roles == {BSN: Role.PARTNER, OTHER_BSN: Role.DECEASED}
    assert tried.alive() == "yes no_death_registered"
    assert tried.alive(person=f"nl-bsn:{OTHER_BSN}") == "unknown notified_only"


def test_the_survivor_of_a_partner_without_a_number_lives() -> None:
    nameless = {"e0120": "", "e0210": "Jan", "e0240": "Dam"}
    tried = Tried(simple([[ended("O", **nameless), married(**nameless)]]))
    assert tried.alive() == "yes no_death_registered"
    assert unions(tried)[0].header.concerned[1].name == "Jan Dam"


def test_a_partner_whose_own_list_shows_no_death_is_not_taken_for_alive() -> None:
    partners_list = person_list(
        [[birth(e0120=OTHER_BSN, e0110=OTHER_ANR)]], [[kept()]], key="partner"
    )
    tried = Tried(simple([[ended("O"), married()]]), partners_list)
    assert tried.alive(person=f"nl-bsn:{OTHER_BSN}") == "unknown notified_only"


def test_a_marriage_shows_both_partners_living_on_its_day() -> None:
    tried = Tried(simple([[married("19700501")]]))
    assert tried.alive(valid_at="1970-04-30") == "yes sign_of_life"


def test_a_null_marriage_never_was() -> None:
    void = ended("N", recorded="20050101")
    created, annulment = unions(Tried(simple([[void, married()]])))
    assert isinstance(annulment, Annulment)
    assert annulment.reason is AnnulmentReason.COURT_RULING
    assert annulment.header.target_event_id == created.header.event_id


def test_a_union_whose_rows_were_emptied_never_was() -> None:
    wrong = married(e8410="O")
    created, annulment = unions(Tried(simple([[no_union("20050101"), wrong]])))
    assert isinstance(annulment, Annulment)
    assert annulment.reason is AnnulmentReason.NEVER_HAPPENED
    assert annulment.header.target_event_id == created.header.event_id
    assert len(annulment.header.keys()) == 2


def test_a_divorce_that_is_taken_back_leaves_the_marriage() -> None:
    rows = [married(recorded="20000601"), ended(e8410="O"), married()]
    found = unions(Tried(simple([rows])))
    kinds = [(type(event), event.header.change) for event in found]
    assert kinds == [
        (Union, Change.CREATED),
        (Union, Change.ENDED),
        (Annulment, Change.CREATED),
    ]
    assert found[2].header.target_event_id == found[1].header.event_id


def test_a_start_put_right_after_the_end_was_recorded_corrects_the_start_alone() -> None:
    rows = [ended(), married("19700601", "20050101"), married(e8410="O")]
    begun, over, right = unions(Tried(simple([rows])))
    assert right.header.change is Change.CORRECTED
    assert right.header.target_event_id == begun.header.event_id
    assert right.header.occurred == PartialDate(1970, 6, 1)
    assert over.header.change is Change.ENDED


def test_a_corrected_end_names_the_end_it_corrects() -> None:
    rows = [ended(on="19990201", recorded="20000101"), ended(e8410="O"), married()]
    _, over, right = unions(Tried(simple([rows])))
    assert (over.header.change, right.header.change) == (Change.ENDED, Change.CORRECTED)
    assert right.header.target_event_id == over.header.event_id


def test_a_newer_row_with_another_document_corrects_the_basis() -> None:
    rows = [married(recorded="19951001", e8230="PL"), married(e8230="PK")]
    begun, again = unions(Tried(simple([rows])))
    assert again.header.change is Change.CORRECTED
    assert begun.header.occurred == again.header.occurred


def test_a_row_that_counts_from_later_moves_no_wedding_and_no_divorce() -> None:
    """85.10 is that of the row: here the partner's number was entered years after."""
    later = {"recorded": "20040101", "e8510": "20031231"}
    tried = Tried(simple([[ended(**later), ended(e0120=""), married(**later), married(e0120="")]]))
    days = ["1970-04-30", "1970-05-01", "1998-12-31", "1999-01-01"]
    known = [tried.says("marital_status", day).partition(" ")[2] for day in days]
    assert known == ["never_married", "married", "married", "divorced"]


def test_an_end_by_presumed_death_counts_from_when_its_first_row_says() -> None:
    presumed = ended("R", on="20030101", recorded="20071115", e8510="20071112")
    again = ended("R", on="20030101", recorded="20100101", e8510="20091231")
    tried = Tried(simple([[again, presumed, married()]]))
    over = [event for event in unions(tried) if isinstance(event, Union)][1:]
    assert [of.header.effective_from for of in over] == [PartialDate(2007, 11, 12)]


def test_an_end_without_its_start_names_the_start_that_would_have_been() -> None:
    (over,) = unions(Tried(simple([[ended()]])))
    begun, _ = unions(Tried(simple([[ended(), married()]])))
    assert over.header.change is Change.ENDED
    assert over.header.target_event_id == begun.header.event_id


def test_the_partners_number_is_that_of_a_later_row_about_the_same_person() -> None:
    rows = [married(recorded="19951001"), married(e0120="")]
    (begun,) = unions(Tried(simple([rows])))
    assert begun.header.concerned[1].identifiers == (Identifier("nl-bsn", OTHER_BSN),)


def test_a_partnership_that_became_a_marriage_is_one_union() -> None:
    converted = married("20050601", "20050603")
    partnership = married("20000101", "20000105", e1510="P")
    rows = [ended(on="20150101", recorded="20150105"), converted, partnership]
    tried = Tried(simple([rows]))
    assert tried.refused == []
    begun, over, again, parted = (event for event in unions(tried) if isinstance(event, Union))
    assert (begun.kind, begun.header.change) == (UnionKind.PARTNERSHIP, Change.CREATED)
    assert (over.end_reason, over.header.change) == (UnionEnd.CONVERSION, Change.ENDED)
    assert over.header.target_event_id == begun.header.event_id
    assert (again.kind, again.header.change) == (UnionKind.MARRIAGE, Change.CREATED)
    assert parted.header.target_event_id == again.header.event_id
    days = ["1999-12-31", "2005-05-31", "2005-06-01", "2014-12-31", "2015-01-01"]
    assert [tried.says("marital_status", day) for day in days] == [
        "yes never_married",
        "yes in_partnership",
        "yes married",
        "yes married",
        "yes divorced",
    ]


def test_a_null_marriage_never_was_also_if_it_had_been_a_partnership() -> None:
    partnership = married("20000101", "20000105", e1510="P")
    void = ended("N", on="20150101", recorded="20150105")
    tried = Tried(simple([[void, married("20050601", "20050603"), partnership]]))
    assert tried.says("marital_status", "2010-01-01", "2014-12-31") == "yes married"
    assert tried.says("marital_status", "2010-01-01") == "yes never_married"


def test_a_conversion_that_is_taken_back_leaves_the_partnership() -> None:
    partnership = married("20000101", "20000105", e1510="P")
    wrong = married("20050601", "20050603", e8410="O")
    again = married("20000101", "20060101", e1510="P")
    tried = Tried(simple([[again, wrong, partnership]]))
    assert tried.says("marital_status", "2005-12-01", "2005-12-01") == "yes married"
    assert tried.says("marital_status", "2005-12-01") == "yes in_partnership"


@pytest.mark.parametrize(
    ("rows", "field", "reason"),
    [
        ([ended("Z"), married()], "05.07.40", "code"),
        ([married(e1510="X")], "05.15.10", "code"),
        ([married("20000101", "20000105", e1510="P"), married()], "05.15.10", "code"),
        ([married(e0710="19990101")], "05.07.10", "code"),
        ([married("1970")], "05.06.10", "date"),
        ([married("", e0620="0518")], "05.06.10", "date"),
        ([married(recorded="")], "05.86.10", "date"),
        ([married(e0120="999999917")], "05.01.20", "id_format"),
        ([married(e8410="X")], "05.84.10", "code"),
        ([married(e8410="O")], "05.84.10", "marker"),
        ([married(e8310="060000")], "05.83.10", "code"),
        ([married("19700501", "19600101")], "header.occurred", "rule"),
    ],
)
def test_a_union_that_means_nothing_is_refused_and_its_person_marked(
    rows: list[Row], field: str, reason: str
) -> None:
    tried = Tried(simple([rows]))
    (refused,) = tried.refused
    assert (refused.line, refused.field, refused.reason) == (2, field, reason)
    assert refused.families == ("union",)
    assert tried.alive() == "unknown quarantined"
