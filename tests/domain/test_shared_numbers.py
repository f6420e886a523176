"""A number that was given to two people: what shows it, and whose each record is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial

import pytest

from civicbus.domain.dates import Interval, PartialDate
from civicbus.domain.dossier import Dossier, Entry
from civicbus.domain.events import (
    Annulment,
    Birth,
    Concerned,
    Death,
    Dispute,
    Event,
    IdentityLink,
    Parentage,
    Registration,
    SharedNumber,
    event_id,
)
from civicbus.domain.proofs.shared_numbers import Description, records_of, sharing_in
from civicbus.domain.resolve import resolve
from civicbus.domain.vocabulary import Change, Role
from tests import builders
from tests.builders import least

KEY, OTHER = "a" * 26, "b" * 26
KNOWN = datetime(2024, 5, 1, tzinfo=UTC)
HER, HIS, LATE = PartialDate(1950, 8, 30), PartialDate(1985, 1, 1), PartialDate(2020, 1, 1)
entry = partial(builders.entry, on=LATE)


def holder(role: Role, name: str | None = None, born: PartialDate | None = None) -> Concerned:
    """Whoever holds the number, as a record describes them."""
    return Concerned(role, (), KEY, name, born)


def dossier(*events: Event) -> Dossier:
    return Dossier(KEY, tuple(Entry("identity", event, KNOWN) for event in events))


def kept(told: Description, *events: Event) -> list[Event] | None:
    """The events of the one who is told of; `None` if a record may be of either."""
    sharing = sharing_in(resolve(dossier(*events), KNOWN))
    assert sharing is not None
    found = records_of(told, sharing, dossier(*events))
    return None if found is None else [one.event for one in found.entries]


def described(name: str | None = None, born: PartialDate | None = None) -> Description:
    return Description(name, None if born is None else Interval.of(born))


HER_BIRTH = entry(Birth, "her birth", holder(Role.CHILD, "王芳"), on=HER)
HIS_BIRTH = entry(Birth, "his birth", holder(Role.CHILD, "李强"), on=HIS)
SHARED = entry(
    SharedNumber, "shared", holder(Role.PERSON, "王芳", HER), holder(Role.PERSON, "李强", HIS)
)
HER_RECORD = entry(Registration, "her record", holder(Role.PERSON, "王芳"))
HIS_RECORD = entry(Registration, "his record", holder(Role.PERSON, "李强", HIS))


def test_one_birth_or_two_of_one_day_show_no_sharing() -> None:
    again = entry(Birth, "again", holder(Role.CHILD), on=PartialDate(1950, 8))
    elsewhere = entry(Birth, "elsewhere", holder(Role.CHILD), on=HIS, source="another")
    for events in ([HER_BIRTH], [HER_BIRTH, again], [HER_BIRTH, elsewhere], [HER_RECORD]):
        assert sharing_in(resolve(dossier(*events), KNOWN)) is None


def test_two_births_of_one_register_show_it_and_describe_the_two() -> None:
    elsewhere = entry(Birth, "elsewhere", holder(Role.CHILD), on=HIS, source="another")
    sharing = sharing_in(resolve(dossier(HER_BIRTH, HIS_BIRTH, elsewhere), KNOWN))
    assert sharing is not None
    assert set(sharing.evidence) == {HER_BIRTH, HIS_BIRTH}
    assert set(sharing.people) == {described("王芳", HER), described("李强", HIS)}


def test_a_register_that_lists_the_holders_describes_them_itself() -> None:
    sharing = sharing_in(resolve(dossier(SHARED), KNOWN))
    assert sharing is not None
    assert sharing.evidence == (SHARED,)
    assert sharing.people == (described("王芳", HER), described("李强", HIS))


def test_a_list_that_tells_nobody_apart_is_helped_by_the_births() -> None:
    silent = entry(SharedNumber, "silent", holder(Role.PERSON), holder(Role.PERSON))
    sharing = sharing_in(resolve(dossier(silent, HER_BIRTH, HIS_BIRTH), KNOWN))
    assert sharing is not None
    assert set(sharing.evidence) == {silent, HER_BIRTH, HIS_BIRTH}
    assert set(sharing.people) == {described("王芳", HER), described("李强", HIS)}


def test_that_another_number_is_shared_is_nothing_to_whoever_is_named_beside_it() -> None:
    theirs = Concerned(Role.PERSON, (), OTHER, "张伟")
    shared = entry(SharedNumber, "of others", theirs, holder(Role.RIGHTFUL, "王芳", HER))
    assert sharing_in(resolve(dossier(shared, HER_BIRTH), KNOWN)) is None


def test_who_holds_another_number_is_not_described() -> None:
    stranger = Concerned(Role.PERSON, (), OTHER, "张伟", None)
    concerned = (*SHARED.header.concerned, stranger)
    listed = least(SharedNumber, replace(SHARED.header, concerned=concerned))
    sharing = sharing_in(resolve(dossier(listed), KNOWN))
    assert sharing is not None
    assert len(sharing.people) == 2


@pytest.mark.parametrize(
    "told",
    [described("王芳"), described(born=HER), described("王芳", HER)],
)
def test_name_or_birth_date_tells_whose_a_record_is(told: Description) -> None:
    assert kept(told, HER_BIRTH, HIS_BIRTH) == [HER_BIRTH]
    his = Description("李强", None) if told.born is None else described(None, HIS)
    assert kept(his, HER_BIRTH, HIS_BIRTH) == [HIS_BIRTH]


@pytest.mark.parametrize(
    "told",
    [
        described(),
        described("张伟"),  # neither
        described("Wang Fang"),  # perhaps she
        described(born=PartialDate(1950, 8, 31)),
        described("王芳", HIS),  # the name of one, the birth date of the other
    ],
)
def test_who_is_not_certainly_one_of_them_is_told_nothing(told: Description) -> None:
    assert kept(told, HER_BIRTH, HIS_BIRTH) is None


@pytest.mark.parametrize(
    "record",
    [
        entry(Death, "nameless", holder(Role.DECEASED)),
        entry(Death, "of neither", holder(Role.DECEASED, "张伟")),
        entry(Death, "in Latin", holder(Role.DECEASED, "Wang Fang")),
        entry(Death, "of both", holder(Role.DECEASED, "王芳", HIS)),
        entry(Death, "born that year", holder(Role.DECEASED, None, PartialDate(1950))),
    ],
    ids=lambda event: str(event.header.concerned[0].name),
)
def test_one_record_that_may_be_of_either_leaves_everything_open(record: Event) -> None:
    told = described("王芳", HER)
    assert kept(told, HER_BIRTH, HIS_BIRTH, HER_RECORD, HIS_RECORD) == [HER_BIRTH, HER_RECORD]
    assert kept(told, HER_BIRTH, HIS_BIRTH, record) is None


def test_a_name_that_both_have_proves_nothing() -> None:
    namesake = entry(Birth, "namesake", holder(Role.CHILD, "王芳"), on=HIS)
    assert kept(described("王芳", HER), HER_BIRTH, namesake) == [HER_BIRTH]
    assert kept(described("王芳"), HER_BIRTH, namesake) is None
    assert kept(described("王芳", HER), HER_BIRTH, namesake, HER_RECORD) is None


def test_a_birth_says_its_own_date_only_of_the_child() -> None:
    child = Concerned(Role.CHILD, (), OTHER)
    of_her_child = entry(Birth, "child", child, holder(Role.MOTHER, "王芳"))
    assert kept(described("王芳"), HER_BIRTH, HIS_BIRTH, of_her_child) == [HER_BIRTH, of_her_child]
    assert kept(described(born=HER), HER_BIRTH, HIS_BIRTH, of_her_child) is None
    by_her = entry(Birth, "hers", child, holder(Role.MOTHER, "王芳", HER))
    assert kept(described(born=HER), HER_BIRTH, HIS_BIRTH, by_her) == [HER_BIRTH, by_her]
    mother = Concerned(Role.MOTHER, (), OTHER)
    parentage = entry(Parentage, "parentage", holder(Role.CHILD, "王芳", HER), mother)
    assert kept(described(born=HER), HER_BIRTH, HIS_BIRTH, parentage) == [HER_BIRTH, parentage]


def test_what_does_not_tell_them_apart_is_not_looked_at_in_a_record_either() -> None:
    """Whoever was renamed, or whose birth date was mistyped once, is who they were."""
    namesake = entry(Birth, "namesake", holder(Role.CHILD, "王芳"), on=HIS)
    renamed = entry(Registration, "renamed", holder(Role.PERSON, "李芳", HIS))
    assert kept(described("王芳", HER), HER_BIRTH, namesake, renamed) == [HER_BIRTH]
    twins = entry(
        SharedNumber, "twins", holder(Role.PERSON, "王芳", HER), holder(Role.PERSON, "李强", HER)
    )
    mistyped = entry(Registration, "mistyped", holder(Role.PERSON, "李强", HIS))
    assert kept(described("王芳", HER), twins, HER_RECORD, mistyped) == [twins, HER_RECORD]


def test_a_link_that_may_be_of_either_is_left_out_and_leaves_the_rest() -> None:
    link = entry(IdentityLink, "link", holder(Role.PERSON), holder(Role.FORMER))
    assert kept(described("王芳"), HER_BIRTH, HIS_BIRTH, link) == [HER_BIRTH]


def test_what_is_said_about_the_others_records_is_left_out_with_them() -> None:
    nobody = holder(Role.PERSON)
    to_hers = entry(Dispute, "to hers", nobody, about=HER_BIRTH)
    to_his = entry(Dispute, "to his", nobody, about=HIS_BIRTH)
    lifted = entry(Annulment, "lifted", nobody, about=to_his)
    closed = replace(to_his.header, event_id=event_id("registry", "test", "closed"))
    closed = replace(closed, change=Change.ENDED, target_event_id=lifted.header.event_id)
    events = (HER_BIRTH, HIS_BIRTH, to_hers, to_his, lifted, least(Dispute, closed))
    assert kept(described("王芳"), *events) == [HER_BIRTH, to_hers]


def test_two_descriptions_agree_only_where_both_say_something() -> None:
    her = Description("王芳", Interval.on(date(1950, 8, 30)))
    assert her.has_name_of(described("王芳")) is True
    assert her.has_name_of(described("李强")) is False
    assert her.has_name_of(described("Wang Fang")) is None
    assert her.has_name_of(described()) is None
    assert described().has_name_of(her) is None
    assert her.has_birth_date_of(described(born=HER)) is True
    assert her.has_birth_date_of(described(born=HIS)) is False
    assert her.has_birth_date_of(described(born=PartialDate(1950))) is None
    assert her.has_birth_date_of(described()) is None
    assert described().has_birth_date_of(her) is None
