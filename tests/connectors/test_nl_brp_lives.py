"""Births, deaths and suspensions of the Dutch register: what an answer is, before and after."""

from __future__ import annotations

import pytest

from civicbus.domain.dates import PartialDate
from civicbus.domain.events import Annulment, Birth, Death, Investigation, Registration
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import AnnulmentReason, Change, RegistrationEnd, Role, Sex
from tests.connectors.person_list import (
    ANR,
    BSN,
    OTHER_ANR,
    OTHER_BSN,
    THIRD_BSN,
    Row,
    Tried,
    abroad,
    birth,
    home,
    kept,
    person_list,
    row,
    simple,
)


def death(on: str = "20200131", recorded: str = "20200203", **more: str) -> Row:
    return row("06", **({"e0810": on, "e8510": on, "e8610": recorded} | more))


def no_death(recorded: str) -> Row:
    return row("06", e8510="20200131", e8610=recorded)


def parent(category: str, link: str = "19500315", recorded: str = "19940930", **more: str) -> Row:
    return row(category, **({"e6210": link, "e8610": recorded} | more))


def test_a_registered_death_counts_from_its_day_and_is_known_from_its_recording() -> None:
    tried = Tried(simple([[death()]], [[kept(e6710="20200131", e6720="O")]]))
    assert tried.alive() == "no death_registered"
    assert tried.alive(valid_at="2020-01-31") == "no death_registered"
    assert tried.alive(valid_at="2020-01-30") == "yes died_later"
    assert tried.alive(known_at="2020-02-02") == "yes no_death_registered"
    assert tried.alive(known_at="2020-02-03") == "no death_registered"


def test_a_death_that_was_removed_is_annulled_from_the_day_of_its_removal() -> None:
    removed = [no_death("20200401"), death(e8410="O")]
    tried = Tried(simple([removed]))
    assert tried.alive(known_at="2020-03-31") == "no death_registered"
    assert tried.alive(known_at="2020-04-01") == "yes no_death_registered"
    assert tried.alive(valid_at="2020-02-01") == "yes no_death_registered"
    (annulment,) = [event for event in tried.events if isinstance(event, Annulment)]
    assert annulment.reason is AnnulmentReason.NEVER_HAPPENED
    assert tried.families[annulment] == "death"


def test_the_removal_of_a_wrong_death_does_not_swallow_the_right_one() -> None:
    rows = [
        death("20250110", "20250112"),
        no_death("20200401"),
        death(e8410="O"),
    ]
    tried = Tried(simple([rows]))
    assert tried.alive(known_at="2020-03-01") == "no death_registered"
    assert tried.alive(known_at="2021-01-01") == "yes no_death_registered"
    assert tried.alive(known_at="2025-02-01") == "no death_registered"
    assert tried.alive(valid_at="2025-01-09") == "yes died_later"


def test_a_corrected_date_of_death_names_the_death_it_corrects() -> None:
    tried = Tried(simple([[death("20200115", "20200301"), death(e8410="O")]]))
    first, second = (event for event in tried.events if isinstance(event, Death))
    assert (first.header.change, second.header.change) == (Change.CREATED, Change.CORRECTED)
    assert second.header.target_event_id == first.header.event_id
    assert tried.alive(valid_at="2020-01-20") == "no death_registered"
    assert tried.alive(valid_at="2020-01-20", known_at="2020-02-10") == "yes died_later"


@pytest.mark.parametrize(
    ("written", "day", "expected"),
    [
        ("20080700", "2008-06-30", "yes died_later"),
        ("20080700", "2008-07-15", "unknown undetermined_date"),
        ("20080700", "2008-08-01", "no death_registered"),
        ("20080000", "2007-12-31", "yes died_later"),
        ("20080000", "2008-06-30", "unknown undetermined_date"),
        ("20080000", "2009-01-01", "no death_registered"),
        ("00000000", "2008-06-30", "unknown undetermined_date"),
        ("00000000", "2009-03-01", "no death_registered"),
    ],
)
def test_an_incomplete_date_of_death_is_never_completed(
    written: str, day: str, expected: str
) -> None:
    tried = Tried(simple([[death(written, "20090210")]]))
    assert tried.alive(valid_at=day) == expected


def test_a_death_is_in_doubt_from_the_start_of_the_investigation_until_its_end() -> None:
    doubted = death(e8310="060810", e8320="20200210", e8330="20200601")
    tried = Tried(simple([[doubted]]))
    assert tried.alive(known_at="2020-02-09") == "no death_registered"
    assert tried.alive(known_at="2020-02-10") == "unknown under_investigation"
    assert tried.alive(known_at="2020-05-31") == "unknown under_investigation"
    assert tried.alive() == "no death_registered"
    (found,) = [event for event in tried.events if isinstance(event, Death)]
    assert found.header.under_investigation == (
        Investigation("death.occurred", PartialDate(2020, 2, 10), PartialDate(2020, 6, 1)),
    )


def test_a_whole_category_under_investigation_puts_the_death_in_doubt() -> None:
    tried = Tried(simple([[death(e8310="060000", e8320="20200210")]]))
    assert tried.alive() == "unknown under_investigation"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("O", "no death_registered"),
        ("E", "unknown not_maintained"),
        ("R", "unknown not_maintained"),
        ("M", "unknown not_maintained"),
        ("F", "unknown no_such_record"),
        ("W", "unknown no_such_record"),
    ],
)
def test_a_suspension_decides_from_its_day_on(code: str, expected: str) -> None:
    tried = Tried(simple([[kept(e6710="20150615", e6720=code)]]))
    assert tried.alive() == expected
    assert tried.alive(known_at="2015-06-15") == expected
    assert tried.alive(known_at="2015-06-14") == "yes no_death_registered"


def test_a_departure_is_known_from_the_day_its_address_abroad_was_recorded() -> None:
    left = [abroad("20150801", "20150615"), home()]
    tried = Tried(simple([left], [[kept(e6710="20150615", e6720="E")]]))
    assert tried.alive(known_at="2015-07-31") == "yes no_death_registered"
    assert tried.alive(known_at="2015-08-01") == "unknown not_maintained"
    assert tried.alive(valid_at="2015-06-14") == "yes no_death_registered"
    assert tried.alive(valid_at="2015-06-15") == "unknown not_maintained"


def test_whoever_came_back_was_alive_while_away_but_nobody_knew() -> None:
    away = [home("20180301", "20180225"), abroad("20150801", "20150615"), home()]
    tried = Tried(simple([away]))
    assert tried.alive() == "yes no_death_registered"
    assert tried.alive(known_at="2016-01-01") == "unknown not_maintained"
    assert tried.alive(valid_at="2016-01-01") == "yes no_death_registered"


def test_a_wrong_country_changes_nothing_about_the_departure() -> None:
    rows = [abroad("20160101", "20150615"), abroad("20150801", "20150615", "7006"), home()]
    rows[1] |= row("08", e8410="O")
    tried = Tried(simple([rows], [[kept(e6710="20150615", e6720="E")]]))
    ends = [event for event in tried.events if isinstance(event, Registration) and event.end_reason]
    assert [end.end_reason for end in ends] == [RegistrationEnd.EMIGRATION]
    assert tried.alive(known_at="2015-08-01") == "unknown not_maintained"


def test_an_emigrant_whose_death_was_reported_is_dead() -> None:
    left = [abroad("20150801", "20150615"), home()]
    tried = Tried(simple([left], [[death()]], [[kept(e6710="20200131", e6720="O")]]))
    assert tried.alive(known_at="2019-01-01") == "unknown not_maintained"
    assert tried.alive() == "no death_registered"


def test_a_birth_names_the_child_and_the_parents_by_birth() -> None:
    mother = parent("02", e0110=OTHER_ANR, e0120=OTHER_BSN, e0410="V")
    father = parent("03", e0210="Jan", e0230="van", e0240="Dam", e0310="19200229", e0410="M")
    tried = Tried(simple([[mother]], [[father]]))
    (found,) = [event for event in tried.events if isinstance(event, Birth)]
    child, first, second = found.header.concerned
    assert (found.sex, found.place, found.country) == (Sex.FEMALE, "0518", "6030")
    assert child.identifiers == (Identifier("nl-bsn", BSN), Identifier("nl-anr", ANR))
    assert (first.role, first.identifiers[0]) == (Role.MOTHER, Identifier("nl-bsn", OTHER_BSN))
    assert (second.role, second.person_key, second.name) == (Role.FATHER, None, "Jan van Dam")
    assert second.birth_date == PartialDate(1920, 2, 29)


def test_two_women_are_parents_because_nobody_wrote_which_of_them_gave_birth() -> None:
    one = parent("02", e0120=OTHER_BSN, e0410="V")
    other = parent("03", e0120=THIRD_BSN, e0410="V")
    tried = Tried(simple([[one]], [[other]]))
    (found,) = [event for event in tried.events if isinstance(event, Birth)]
    assert [concerned.role for concerned in found.header.concerned[1:]] == [Role.PARENT] * 2


def test_an_adoptive_parent_is_none_by_birth_and_lends_no_number_to_the_one_who_is() -> None:
    adoptive = parent("02", "20001010", "20001012", e0120=OTHER_BSN, e0410="V", e0310="19300101")
    natural = parent("02", e0210="Anna", e0240="Berk", e0410="V", e0310="19250505")
    tried = Tried(simple([[adoptive, natural]]))
    births = [event for event in tried.events if isinstance(event, Birth)]
    assert len(births) == 1
    assert births[0].header.concerned[1].identifiers == ()
    assert births[0].header.concerned[1].name == "Anna Berk"


def test_a_parents_number_comes_from_a_row_that_agrees_about_the_parent() -> None:
    later = parent("02", recorded="19990101", e0120=OTHER_BSN, e0410="V", e0310="19250505")
    earlier = parent("02", e0210="Anna", e0240="Berk", e0410="V", e0310="19250505")
    tried = Tried(simple([[later, earlier]]))
    births = [event for event in tried.events if isinstance(event, Birth)]
    assert {of.header.concerned[1].identifiers for of in births} == {
        (Identifier("nl-bsn", OTHER_BSN),)
    }


def test_a_corrected_birth_date_corrects_the_birth_and_a_new_name_does_not() -> None:
    rows = [
        birth(recorded="20100101"),
        birth(recorded="20050101"),
        birth("19510315", e8410="O"),
    ]
    tried = Tried(simple([rows]))
    births = [event for event in tried.events if isinstance(event, Birth)]
    assert [str(of.header.occurred) for of in births] == ["1951-03-15", "1950-03-15"]
    assert births[1].header.target_event_id == births[0].header.event_id
    assert tried.alive("1950-06-01", "2001-01-01") == "no not_born"
    assert tried.alive("1950-06-01") == "yes no_death_registered"


def test_an_older_row_put_right_later_does_not_stand_above_the_newer_one() -> None:
    """The row in the middle was recorded last; what the register holds stands on top."""
    rows = [
        birth(recorded="20000101"),
        birth("19490101", recorded="20100101"),
        birth("19480101", e8410="O"),
    ]
    tried = Tried(simple([rows]))
    births = [event for event in tried.events if isinstance(event, Birth)]
    assert [str(of.header.occurred) for of in births] == ["1948-01-01", "1950-03-15"]


def test_a_birth_dated_after_its_recording_was_not_known_before_it_happened() -> None:
    tried = Tried(simple([[birth("20110501", "20100101")]], [[kept("20100101")]]))
    (found,) = [event for event in tried.events if isinstance(event, Birth)]
    assert f"{found.header.registered_at:%Y-%m-%d}" == "2011-05-01"
    assert tried.alive() == "yes no_death_registered"


def test_whoever_is_older_than_anybody_was_is_not_said_to_live() -> None:
    assert Tried(simple([[birth("19050315")]])).alive() == "unknown implausible_age"


def test_a_person_without_a_citizen_service_number_is_known_by_the_a_number() -> None:
    tried = Tried(simple([[birth(e0120="")]]))
    assert tried.alive(person=f"nl-anr:{ANR}") == "yes no_death_registered"


def test_a_newer_row_leaves_the_ids_of_all_earlier_events_as_they_were() -> None:
    before = Tried(simple([[death()]], [[home()]]))
    after = Tried(
        simple([[no_death("20200401"), death(e8410="O")]], [[home("20210101"), home()]]),
        person_list([[birth(e0110=OTHER_ANR, e0120=OTHER_BSN)]], [[kept()]], key="two"),
    )
    ids = {event.header.event_id for event in before.events}
    assert ids < {event.header.event_id for event in after.events}
