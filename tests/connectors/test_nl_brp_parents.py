"""Parents and children of the Dutch register: who is one from when, by which deed, who ceased."""

from __future__ import annotations

import pytest

from civicbus.domain.dates import PartialDate, Qualifier
from civicbus.domain.events import Annulment, Parentage
from civicbus.domain.identifiers import Identifier
from civicbus.domain.record_codes import ParentageKind
from civicbus.domain.vocabulary import Change, LegalState, Role
from tests.connectors.person_list import (
    ANR,
    BSN,
    OTHER_ANR,
    OTHER_BSN,
    THIRD_BSN,
    Row,
    Tried,
    birth,
    person_list,
    row,
    simple,
)

MOTHER = {"e0110": OTHER_ANR, "e0120": OTHER_BSN, "e0310": "19300101", "e0410": "V"}
FATHER = {"e0120": THIRD_BSN, "e0310": "19280202", "e0410": "M"}
ANOTHER = {"e0210": "Bo", "e0240": "Berk", "e0310": "19290303", "e0410": "M"}


def parent(
    category: str, link: str, recorded: str = "19940930", deed: str = "", **more: str
) -> Row:
    told = {"e6210": link, "e8510": link, "e8610": recorded}
    return row(category, **(told | ({"e8120": f"1A{deed}0001"} if deed else {}) | more))


def nobody(category: str, since: str, recorded: str, deed: str = "") -> Row:
    told = {"e8510": since, "e8610": recorded}
    return row(category, **(told | ({"e8120": f"1A{deed}0001"} if deed else {})))


def parentages(tried: Tried) -> list[Parentage]:
    return [event for event in tried.events if isinstance(event, Parentage)]


def is_parent(tried: Tried, of: str, day: str, known: str | None = None) -> str:
    return tried.says("kinship", day, known, relation="parent", relative=f"nl-bsn:{of}")


@pytest.mark.parametrize(
    ("deed", "kind"),
    [
        ("B", ParentageKind.RECOGNITION),
        ("C", ParentageKind.RECOGNITION),
        ("J", ParentageKind.RECOGNITION),
        ("Q", ParentageKind.ADOPTION),
        ("V", ParentageKind.COURT_DECLARATION),
        ("A", ParentageKind.UNSPECIFIED),
        ("", ParentageKind.UNSPECIFIED),
    ],
)
def test_the_kind_of_a_later_link_is_that_of_its_deed_and_else_not_told(
    deed: str, kind: ParentageKind
) -> None:
    tried = Tried(simple([[parent("03", "19960601", "19960604", deed, **FATHER)]]))
    (found,) = parentages(tried)
    assert (found.kind, found.header.occurred) == (kind, PartialDate(1996, 6, 1))
    assert is_parent(tried, THIRD_BSN, "1996-05-31") == "no not_related"
    assert is_parent(tried, THIRD_BSN, "1996-06-01") == "yes related"
    assert is_parent(tried, THIRD_BSN, "1996-06-03", "1996-06-03") == "unknown incomplete_record"


def test_a_link_of_an_unknown_day_holds_from_its_recording_and_before_nobody_knows() -> None:
    tried = Tried(simple([[parent("02", "00000000", **MOTHER)]]))
    (found,) = parentages(tried)
    assert found.header.occurred == PartialDate(1950, 3, 15, Qualifier.AFTER)
    assert is_parent(tried, OTHER_BSN, "1994-10-01") == "yes related"
    assert is_parent(tried, OTHER_BSN, "1980-01-01") == "unknown undetermined_date"
    assert is_parent(tried, OTHER_BSN, "1950-03-14") == "no not_related"


def test_a_link_from_before_the_birth_counts_from_the_birth() -> None:
    tried = Tried(simple([[parent("03", "19491201", **FATHER)]]))
    assert is_parent(tried, THIRD_BSN, "1950-03-14") == "no not_related"
    assert is_parent(tried, THIRD_BSN, "1950-03-15") == "yes related"


def test_both_parents_by_one_act_are_two_people_and_leave_no_room_for_a_third() -> None:
    lists = simple([[parent("02", "00000000", **MOTHER)]], [[parent("03", "00000000", **FATHER)]])
    tried = Tried(lists)
    (found,) = parentages(tried)
    assert [c.role for c in found.header.concerned] == [Role.CHILD, Role.MOTHER, Role.FATHER]
    assert is_parent(tried, "999995868", "2020-01-01") == "no not_related"


def test_an_adoption_by_two_leaves_the_parents_by_birth_behind() -> None:
    mother = [parent("02", "20000601", "20000603", "Q", **MOTHER), parent("02", "19500315")]
    mother[1] |= row("02", e0120="999995868", e0410="V", e0310="19250505")
    father = [parent("03", "20000601", "20000603", "Q", **FATHER)]
    tried = Tried(simple([mother], [father]))
    (found,) = parentages(tried)
    assert (found.kind, found.header.change) == (ParentageKind.ADOPTION, Change.CREATED)
    assert is_parent(tried, "999995868", "2000-05-31") == "yes related"
    assert is_parent(tried, "999995868", "2000-06-01") == "no not_related"
    assert is_parent(tried, OTHER_BSN, "2000-06-01") == "yes related"


def test_a_recognised_parent_ceases_when_others_adopt_the_child() -> None:
    rows = [
        parent("03", "20000601", "20000603", "Q", e0120="999995868", e0410="M"),
        parent("03", "19960601", "19960604", "C", **FATHER),
    ]
    tried = Tried(simple([[parent("02", "20000601", "20000603", "Q", **MOTHER)]], [rows]))
    assert tried.refused == []
    assert is_parent(tried, THIRD_BSN, "2000-05-31") == "yes related"
    assert is_parent(tried, THIRD_BSN, "2000-06-01") == "no not_related"


def test_whose_parenthood_is_denied_never_was_a_parent() -> None:
    rows = [nobody("03", "19960601", "19960604", "E"), parent("03", "19500315", **FATHER)]
    tried = Tried(simple([rows]))
    (found,) = parentages(tried)
    assert found.kind is ParentageKind.DENIAL
    assert is_parent(tried, THIRD_BSN, "1990-01-01", "1995-01-01") == "yes related"
    assert is_parent(tried, THIRD_BSN, "1990-01-01") == "no not_related"


def test_an_annulled_recognition_never_was_one_and_another_may_follow() -> None:
    rows = [
        parent("03", "20000101", "20000105", "C", **ANOTHER),
        nobody("03", "19980101", "19980105", "N"),
        parent("03", "19960601", "19960604", "C", **FATHER),
    ]
    tried = Tried(simple([rows]))
    (annulled,) = [event for event in tried.events if isinstance(event, Annulment)]
    first, second = parentages(tried)
    assert annulled.header.target_event_id == first.header.event_id
    assert second.header.change is Change.CREATED
    assert is_parent(tried, THIRD_BSN, "1997-01-01", "1997-06-01") == "yes related"
    assert is_parent(tried, THIRD_BSN, "1997-01-01") != "yes related"


def test_a_wrong_row_is_corrected_by_the_one_above_it() -> None:
    wrong = parent("03", "19960601", "19960604", "C", e8410="O", **ANOTHER)
    tried = Tried(simple([[parent("03", "19960601", "19970101", "C", **FATHER), wrong]]))
    first, second = parentages(tried)
    assert second.header.change is Change.CORRECTED
    assert second.header.target_event_id == first.header.event_id
    assert is_parent(tried, THIRD_BSN, "1996-06-01") == "yes related"


def test_a_removed_wrong_row_is_withdrawn() -> None:
    wrong = parent("03", "19960601", "19960604", "C", e8410="O", **FATHER)
    tried = Tried(simple([[nobody("03", "19960601", "19970101"), wrong]]))
    assert is_parent(tried, THIRD_BSN, "1996-12-01", "1996-12-01") == "yes related"
    assert is_parent(tried, THIRD_BSN, "1996-12-01") == "unknown incomplete_record"


@pytest.mark.parametrize("above", [nobody("03", "19960601", "19960604"), None])
def test_how_a_parent_ceased_is_not_guessed(above: Row | None) -> None:
    other = parent("03", "19960601", "19960604", "C", **ANOTHER)
    tried = Tried(simple([[above or other, parent("03", "19500315", **FATHER)]]))
    (refused,) = tried.refused
    assert (refused.field, refused.families) == ("03.81.20", ("kinship",))
    assert is_parent(tried, THIRD_BSN, "2020-01-01") == "unknown quarantined"
    assert tried.alive() == "yes no_death_registered"


def test_a_doubt_about_a_parent_is_none_about_the_birth() -> None:
    doubted = parent("02", "19500315", e8310="020000", e8320="20200101", **MOTHER)
    tried = Tried(simple([[doubted]]))
    assert is_parent(tried, OTHER_BSN, "2020-06-01") == "unknown under_investigation"
    assert tried.says("age_at_least", years=18) == "yes reached"


CHILD = {"e0120": OTHER_BSN, "e0110": OTHER_ANR, "e0210": "Eva", "e0310": "19800101"}


def child(recorded: str = "19940930", **more: str) -> Row:
    return row("09", **({"e8610": recorded} | CHILD | more))


def test_a_child_on_a_parents_list_is_told_of_and_proves_nothing() -> None:
    tried = Tried(simple([[child()]]))
    (found,) = parentages(tried)
    assert found.header.legal_state is LegalState.NOTIFIED
    assert found.header.concerned[0].identifiers[0] == Identifier("nl-bsn", OTHER_BSN)
    claims = {"relation": "child", "relative": f"nl-bsn:{OTHER_BSN}"}
    assert tried.says("kinship", **claims) == "unknown notified_only"
    assert tried.says("children", at_most=0).startswith("unknown")


def test_the_childs_own_list_decides() -> None:
    mother = row(
        "02", e0120=BSN, e0110=ANR, e0410="V", e0310="19500315", e6210="19800101", e8610="19940930"
    )
    own = person_list(
        [[birth("19800101", e0120=OTHER_BSN, e0110=OTHER_ANR)]],
        [[mother]],
        [[row("07", e6810="19940930")]],
        key="child",
    )
    claims = {"relation": "child", "relative": f"nl-bsn:{OTHER_BSN}"}
    assert Tried(simple([[child()]]), own).says("kinship", **claims) == "yes related"


def test_a_child_that_was_taken_off_the_list_is_told_of_no_more() -> None:
    empty = row("09", e8610="20190510")
    created, annulled = Tried(simple([[empty, child(e8410="O")]])).events[-2:]
    assert isinstance(annulled, Annulment)
    assert annulled.header.target_event_id == created.header.event_id
