"""Names, former numbers and authority over minors, as the Dutch register holds them."""

from __future__ import annotations

import pytest

from civicbus.domain.dates import PartialDate
from civicbus.domain.events import Annulment, Guardianship, IdentityLink, PersonName
from civicbus.domain.identifiers import Identifier
from civicbus.domain.record_codes import GuardianshipKind
from civicbus.domain.vocabulary import Change, Role
from tests.connectors.person_list import (
    ANR,
    BSN,
    OTHER_ANR,
    OTHER_BSN,
    THIRD_ANR,
    THIRD_BSN,
    Row,
    Tried,
    birth,
    row,
    simple,
)


def names(tried: Tried) -> list[PersonName]:
    return [event for event in tried.events if isinstance(event, PersonName)]


def linked(tried: Tried) -> list[Identifier]:
    return [
        former.identifiers[0]
        for event in tried.events
        if isinstance(event, IdentityLink)
        for former in event.header.in_role(Role.FORMER)
    ]


def test_a_new_name_follows_the_old_one_from_its_day() -> None:
    before = birth(e0210="Anna", e0240="Dam")
    after = birth(recorded="20000105", e0210="Anna", e0230="van", e0240="Berk", e8510="20000101")
    first, second = names(Tried(simple([[after, before]])))
    assert (first.full, second.full) == ("Anna Dam", "Anna van Berk")
    assert (second.given_names, second.family_name) == ("Anna", "van Berk")
    assert second.header.change is Change.CREATED
    assert second.header.occurred == PartialDate(2000, 1, 1)


def test_a_misspelt_name_is_corrected_and_one_that_stays_is_not_told_again() -> None:
    rows = [
        birth(recorded="20100101", e0240="Dam"),
        birth(recorded="20000105", e0240="Dam"),
        birth(e0240="Dan", e8410="O"),
    ]
    first, second = names(Tried(simple([rows])))
    assert second.header.change is Change.CORRECTED
    assert second.header.target_event_id == first.header.event_id


@pytest.mark.parametrize(("given", "full"), [("Anna", "Anna"), ("", None)])
def test_a_full_stop_is_no_name(given: str, full: str | None) -> None:
    found = names(Tried(simple([[birth(e0210=given, e0240=".")]])))
    assert [name.full for name in found] == ([full] if full else [])


def test_whoever_is_asked_about_by_the_a_number_is_the_person() -> None:
    tried = Tried(simple([[birth()]]))
    assert linked(tried) == [Identifier("nl-anr", ANR)]
    assert tried.alive(person=f"nl-anr:{ANR}") == "yes no_death_registered"


def test_a_number_that_the_person_bore_before_still_finds_them() -> None:
    rows = [birth(recorded="20190315", e2010=OTHER_ANR), birth(e0120=OTHER_BSN)]
    tried = Tried(simple([rows]))
    assert set(linked(tried)) == {
        Identifier("nl-anr", ANR),
        Identifier("nl-anr", OTHER_ANR),
        Identifier("nl-bsn", OTHER_BSN),
    }
    for number in (f"nl-anr:{OTHER_ANR}", f"nl-bsn:{OTHER_BSN}"):
        assert tried.alive(person=number) == "yes no_death_registered"


def test_a_list_that_was_superseded_is_of_the_person_with_the_following_number() -> None:
    tried = Tried(simple([[birth(e2020=OTHER_ANR)]]))
    (link,) = (
        event
        for event in tried.events
        if isinstance(event, IdentityLink)
        and event.header.in_role(Role.PERSON)[0].identifiers[0].value == OTHER_ANR
    )
    assert link.header.in_role(Role.FORMER)[0].identifiers[0] == Identifier("nl-bsn", BSN)


def test_a_number_in_a_wrong_row_may_be_somebody_elses() -> None:
    rows = [birth(recorded="20000105"), birth(e0120=OTHER_BSN, e8410="O")]
    tried = Tried(simple([rows]))
    assert linked(tried) == [Identifier("nl-anr", ANR)]
    assert tried.alive(person=f"nl-bsn:{OTHER_BSN}") == "unknown no_such_record"


def test_a_former_number_that_is_none_is_told_and_takes_nothing_away() -> None:
    tried = Tried(simple([[birth(e2010="1234567890")]]))
    (refused,) = tried.refused
    assert (refused.field, refused.reason, refused.families) == ("01.20.10", "id_format", ())
    assert tried.alive() == "yes no_death_registered"


MOTHER = row("02", e0120=OTHER_BSN, e0410="V", e0310="19300101", e6210="19500315", e8610="19940930")
FATHER = row("03", e0120=THIRD_BSN, e0110=THIRD_ANR, e0410="M", e6210="19500315", e8610="19940930")


def authority(code: str, since: str = "19950101", recorded: str = "19950110", **more: str) -> Row:
    return row("11", e3210=code, e8510=since, e8610=recorded, **more)


def guardianships(tried: Tried) -> list[Guardianship]:
    return [event for event in tried.events if isinstance(event, Guardianship)]


@pytest.mark.parametrize(
    ("code", "guardians", "kind"),
    [
        ("1", [OTHER_BSN], GuardianshipKind.PARENTAL_AUTHORITY),
        ("2", [THIRD_BSN], GuardianshipKind.PARENTAL_AUTHORITY),
        ("12", [OTHER_BSN, THIRD_BSN], GuardianshipKind.PARENTAL_AUTHORITY),
        ("1D", [OTHER_BSN, None], GuardianshipKind.PARENTAL_AUTHORITY),
        ("D", [None], GuardianshipKind.GUARDIANSHIP),
    ],
)
def test_a_ruling_names_the_parents_by_their_place_and_a_third_person_not_at_all(
    code: str, guardians: list[str | None], kind: GuardianshipKind
) -> None:
    tried = Tried(simple([[MOTHER]], [[FATHER]], [[authority(code)]]))
    (found,) = guardianships(tried)
    named = found.header.in_role(Role.GUARDIAN)
    assert [c.identifiers[0].value if c.identifiers else None for c in named] == guardians
    assert found.kind is kind


def test_a_ruling_ends_when_its_row_is_emptied() -> None:
    over = row("11", e8510="19980101", e8610="19980105")
    begun, ended = guardianships(Tried(simple([[MOTHER]], [[over, authority("1")]])))
    assert ended.header.change is Change.ENDED
    assert ended.header.target_event_id == begun.header.event_id
    assert ended.header.occurred == PartialDate(1998, 1, 1)


def test_a_ruling_that_was_wrong_is_withdrawn() -> None:
    over = row("11", e8510="19950101", e8610="19980105")
    tried = Tried(simple([[MOTHER]], [[over, authority("1", e8410="O")]]))
    (withdrawn,) = [event for event in tried.events if isinstance(event, Annulment)]
    (ruling,) = guardianships(tried)
    assert withdrawn.header.target_event_id == ruling.header.event_id


def test_a_code_of_authority_that_means_nothing_is_refused() -> None:
    tried = Tried(simple([[MOTHER]], [[authority("1C")]]))
    (refused,) = tried.refused
    assert (refused.field, refused.reason) == ("11.32.10", "code")
    assert refused.families == ("kinship",)
    claims = {"guardian": f"nl-bsn:{OTHER_BSN}"}
    assert tried.says("guardian", **claims) == "unknown quarantined"


def test_authority_is_not_concluded_from_rulings_that_nobody_reported() -> None:
    tried = Tried(simple([[birth("20150101")]], [[MOTHER | row("02", e6210="20150101")]]))
    claims = {"guardian": f"nl-bsn:{OTHER_BSN}"}
    assert tried.says("guardian", **claims).startswith("unknown")
