"""Person lists with something wrong in them: the part is refused, the rest goes through."""

from __future__ import annotations

import pytest

from civicbus.domain.events import Birth, Refusal
from tests.connectors.person_list import (
    ANR,
    OTHER_ANR,
    OTHER_BSN,
    Row,
    Tried,
    birth,
    home,
    kept,
    person_list,
    row,
    simple,
)

OTHER = person_list([[birth(e0120=OTHER_BSN, e0110=OTHER_ANR)]], [[kept()]], key="other")


def death(**elements: str) -> Row:
    return row("06", **({"e0810": "20200131", "e8610": "20200203"} | elements))


@pytest.mark.parametrize(
    ("category", "line", "reason", "family"),
    [
        ([[death(e0810="20200230")]], "06.08.10", "date", "death"),
        ([[death(e0810="2020-01-31")]], "06.08.10", "date", "death"),
        ([[death(e0810="200131")]], "06.08.10", "date", "death"),
        ([[death(e0810="20201331")]], "06.08.10", "date", "death"),
        ([[death(e0810="20200031")]], "06.08.10", "date", "death"),
        ([[death(e0810="00000131")]], "06.08.10", "date", "death"),
        ([[death(e0810="99991231")]], "06.08.10", "date", "death"),
        ([[death(e0810="", e0820="0518")]], "06.08.10", "date", "death"),
        ([[death(e8610="")]], "06.86.10", "date", "death"),
        ([[death(e8610="20200200")]], "06.86.10", "date", "death"),
        ([[death(e8610="20190101")]], "header.occurred", "rule", "death"),
        ([[death(e8610="20300101")]], "Death", "rule", "death"),
        ([[death(e8410="J")]], "06.84.10", "code", "death"),
        ([[death(e8410="O")]], "06.84.10", "marker", "death"),
        ([[death(e8310="banana")]], "06.83.10", "code", "death"),
        ([[row("06", e0810=""), death()]], "06.86.10", "date", "death"),
        ([[death()], [death()]], "06.H", "marker", "death"),
        ([[birth(e0410="F")]], "01.04.10", "code", "birth"),
        ([[birth("19500231")]], "01.03.10", "date", "birth"),
        ([[birth(e0310="")]], "01.03.10", "date", "birth"),
        ([[kept("")]], "07.68.10", "date", "identity"),
        ([[kept(e6710="20200101")]], "07.67.20", "code", "identity"),
        ([[kept(e6720="E")]], "07.67.10", "date", "identity"),
        ([[kept(e6710="20200101", e6720="X")]], "07.67.20", "code", "identity"),
        ([[kept(e6710="20200000", e6720="M")]], "07.67.10", "date", "identity"),
        ([[home("")]], "08.86.10", "date", "identity"),
    ],
)
def test_a_part_that_means_nothing_is_refused_and_its_person_marked(
    category: list[list[Row]], line: str, reason: str, family: str
) -> None:
    tried = Tried(simple(category), OTHER)
    (refused,) = tried.refused
    assert (refused.field, refused.reason, refused.families) == (line, reason, (family,))
    (mark,) = [event for event in tried.events if isinstance(event, Refusal)]
    assert (tried.families[mark], mark.reason) == (family, reason)
    assert tried.alive() == "unknown quarantined"
    assert tried.alive(known_at="2000-01-01") == "unknown quarantined"
    assert tried.alive(person=f"nl-bsn:{OTHER_BSN}") == "yes no_death_registered"


def test_the_remedy_never_repeats_the_value() -> None:
    (refused,) = Tried(simple([[death(e0810="2020-01-31")]])).refused
    assert "2020" not in refused.remedy


def test_a_wrong_number_refuses_the_whole_list_and_marks_whoever_the_other_number_names() -> None:
    tried = Tried(simple([[birth(e0120="999991645")]]), OTHER)
    (refused,) = tried.refused
    assert (refused.line, refused.field, refused.reason) == (2, "01.01.20", "id_format")
    assert set(refused.families) == {"birth", "death", "union", "identity", "kinship"}
    assert tried.alive(person=f"nl-anr:{ANR}") == "unknown quarantined"
    assert tried.alive(person=f"nl-bsn:{OTHER_BSN}") == "yes no_death_registered"


def test_a_list_without_any_number_is_refused_and_nobody_can_be_marked() -> None:
    tried = Tried(simple([[birth(e0120="", e0110="")]]), OTHER)
    (refused,) = tried.refused
    assert (refused.reason, refused.person) == ("id_format", None)
    assert not [event for event in tried.events if isinstance(event, Refusal)]


@pytest.mark.parametrize(
    "number", ["9.99881644E+8", "99881644", " 999991644", "９９９８８１６４４"]
)
def test_a_number_from_a_spreadsheet_is_not_repaired(number: str) -> None:
    (refused,) = Tried(simple([[birth(e0120=number, e0110="")]])).refused
    assert refused.reason == "id_format"


def test_a_row_that_no_marker_announces_is_refused() -> None:
    listed = simple([[death()]])
    listed.append(("", death(e0810="20180101")))
    tried = Tried(listed)
    (refused,) = tried.refused
    assert (refused.line, refused.field, refused.reason) == (3, "06.H", "marker")
    assert tried.alive() == "unknown quarantined"


def test_a_marker_that_is_none_is_refused() -> None:
    listed = simple([[death(), death(e8610="20200202", e8410="O")]])
    listed[0][1]["06.H"] = "57"
    (refused,) = Tried(listed).refused
    assert (refused.line, refused.field, refused.reason) == (2, "06.H", "code")


def test_a_second_stack_that_is_missing_is_refused() -> None:
    union = row("05", e0120=OTHER_BSN, e0610="19700501", e1510="H", e8610="19940930")
    listed = simple([[union]])
    listed[0][1]["05.H"] = "05"
    (refused,) = Tried(listed).refused
    assert (refused.field, refused.reason, refused.families) == ("05.H", "marker", ("union",))


def test_an_older_row_that_is_missing_is_told_and_takes_nothing_away() -> None:
    listed = simple([[death()]])
    listed[0][1]["06.H"] = "56"
    tried = Tried(listed)
    (refused,) = tried.refused
    assert (refused.field, refused.reason, refused.families) == ("06.H", "marker", ())
    assert tried.alive() == "no death_registered"


def test_a_parent_who_cannot_be_read_is_left_out_of_the_birth() -> None:
    mother = row("02", e6210="19500315", e8610="19940930", e0120="999999917", e0410="V")
    tried = Tried(simple([[mother]]))
    (refused,) = tried.refused
    assert (refused.field, refused.reason, refused.families) == ("02.01.20", "id_format", ())
    (found,) = [event for event in tried.events if isinstance(event, Birth)]
    assert len(found.header.concerned) == 1
    assert tried.alive() == "yes no_death_registered"
