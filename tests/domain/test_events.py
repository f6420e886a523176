"""Events that are not allowed cannot be built; the refusal names the rule, never the value."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicbus.domain.dates import PartialDate, Qualifier
from civicbus.domain.events import (
    ABOUT_EVENTS,
    EVENT_TYPES,
    MAX_CONCERNED,
    MAX_TEXT,
    Annulment,
    Basis,
    Birth,
    Concerned,
    Dispute,
    Header,
    InvalidEventError,
    Investigation,
    RangeVoid,
    Refusal,
    SourceWatermark,
    event_id,
)
from civicbus.domain.events.rules import MAX_LISTED
from civicbus.domain.families import FAMILIES
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import BasisKind, Change, Role

REGISTERED = datetime(2024, 3, 4, 9, tzinfo=UTC)
PERSON = Identifier.of("nl-bsn", "999990639")
CHILD = Concerned(Role.CHILD, (PERSON,), "a" * 26)
HEADER = Header(
    event_id=event_id("registry", "deed", "1"),
    source="registry",
    concerned=(CHILD,),
    registered_at=REGISTERED,
    occurred=PartialDate(2024, 3, 1),
)
LISTED_BEYOND = replace(CHILD, identifiers=(PERSON,) * (MAX_LISTED + 1))
NIL = "00000000-0000-0000-0000-000000000000"


def header_with(**changes: Any) -> Header:
    changed: Header = replace(HEADER, **changes)
    return changed


@pytest.mark.parametrize(
    ("changes", "reason", "field"),
    [
        ({"event_id": HEADER.event_id.upper()}, "uuid", "event_id"),
        ({"event_id": NIL}, "uuid", "event_id"),
        ({"event_id": "z" * 36}, "uuid", "event_id"),
        ({"event_id": HEADER.event_id + "\n"}, "uuid", "event_id"),
        ({"event_id": ""}, "uuid", "event_id"),
        ({"target_event_id": "z" * 36}, "uuid", "target_event_id"),
        ({"target_event_id": HEADER.event_id}, "rule", "target_event_id"),
        ({"change": Change.CORRECTED}, "rule", "target_event_id"),
        ({"change": Change.ENDED}, "rule", "target_event_id"),
        ({"change": Change.REINSTATED}, "rule", "target_event_id"),
        ({"source": "Registry"}, "text", "source"),
        ({"source": "registry-"}, "text", "source"),
        ({"source": "registry\n"}, "text", "source"),
        ({"source": "r" * 65}, "text", "source"),
        ({"source_sequence": -1}, "range", "source_sequence"),
        ({"concerned": ()}, "collection", "concerned"),
        ({"concerned": (CHILD,) * (MAX_CONCERNED + 1)}, "collection", "concerned"),
        ({"registered_at": REGISTERED.replace(tzinfo=None)}, "range", "registered_at"),
        ({"registered_at": datetime(1849, 12, 31, tzinfo=UTC)}, "range", "registered_at"),
        ({"registered_at": datetime(9999, 1, 1, tzinfo=UTC)}, "range", "registered_at"),
        ({"occurred": PartialDate(2024, 3, 6)}, "rule", "occurred"),
        ({"occurred": PartialDate(2024, 4)}, "rule", "occurred"),
        ({"occurred": PartialDate(2025)}, "rule", "occurred"),
        ({"occurred": PartialDate(2025, qualifier=Qualifier.AFTER)}, "rule", "occurred"),
        ({"effective_from": PartialDate(2025, 3, 5)}, "rule", "header.effective_from"),
        ({"effective_from": PartialDate(2026)}, "rule", "header.effective_from"),
        ({"concerned": (LISTED_BEYOND,)}, "collection", "header.concerned.identifiers"),
        (
            {"under_investigation": (Investigation("birth"),) * (MAX_LISTED + 1)},
            "collection",
            "header.under_investigation",
        ),
        ({"basis": Basis(BasisKind.DEED, number="1\0")}, "text", "basis.number"),
        ({"basis": Basis(BasisKind.DEED, authority="\u202eevil")}, "text", "basis.authority"),
        ({"basis": Basis(BasisKind.DEED, number="9" * (MAX_TEXT + 1))}, "size", "basis.number"),
        ({"concerned": (replace(CHILD, name="\ud800"),)}, "text", "concerned.name"),
        ({"under_investigation": (Investigation("death\x1b[2J"),)}, "text", "element"),
        ({"environment": "test\x07"}, "text", "environment"),
    ],
)
def test_a_header_that_breaks_a_rule_is_refused(
    changes: dict[str, Any], reason: str, field: str
) -> None:
    with pytest.raises(InvalidEventError) as refused:
        header_with(**changes)
    assert refused.value.reason == reason
    assert refused.value.field.endswith(field)


@pytest.mark.parametrize(
    "changes",
    [
        {"occurred": PartialDate(2024, 3, 5)},  # tomorrow somewhere
        {"occurred": PartialDate(2024)},
        {"occurred": PartialDate()},
        {"occurred": PartialDate(2030, qualifier=Qualifier.BEFORE)},
        {"concerned": (replace(CHILD, name="第一行\n\t阿卜杜·热合曼 O'Neil 👩‍👧"),)},
        {"concerned": (CHILD,) * MAX_CONCERNED},
        {"concerned": (replace(CHILD, identifiers=(PERSON,) * MAX_LISTED),)},
        {"under_investigation": (Investigation("birth"),) * MAX_LISTED},
        {"effective_from": PartialDate(2025, 3, 4)},  # in a year
        {"effective_from": PartialDate(2025)},
        {"source": "r" * 64},
        {"registered_at": datetime(1850, 1, 1, tzinfo=UTC), "occurred": PartialDate()},
        {"registered_at": REGISTERED.astimezone(timezone(timedelta(hours=14)))},
        {"basis": Basis(BasisKind.DEED, number="9" * MAX_TEXT)},
        {"change": Change.CORRECTED, "target_event_id": event_id("registry", "deed", "2")},
    ],
)
def test_a_header_at_the_edge_of_a_rule_is_taken(changes: dict[str, Any]) -> None:
    assert header_with(**changes).event_id == HEADER.event_id


@pytest.mark.parametrize(
    ("changes", "reason", "field"),
    [
        ({"source": "Registry"}, "text", "source"),
        ({"sequence": -1}, "range", "sequence"),
        ({"partition_records": -1}, "range", "partition_records"),
        ({"complete_through": REGISTERED.replace(tzinfo=None)}, "range", "complete_through"),
    ],
)
def test_a_watermark_that_breaks_a_rule_is_refused(
    changes: dict[str, Any], reason: str, field: str
) -> None:
    with pytest.raises(InvalidEventError) as refused:
        replace(SourceWatermark("registry", REGISTERED, 0, 0), **changes)
    assert (refused.value.reason, refused.value.field) == (reason, field)


def test_a_refusal_never_repeats_what_it_refuses() -> None:
    with pytest.raises(InvalidEventError) as refused:
        header_with(concerned=(replace(CHILD, name="Zhang San\0"),))
    assert "Zhang" not in str(refused.value)


def test_a_printed_event_shows_no_name_and_no_number() -> None:
    text = repr(Birth(header_with(concerned=(replace(CHILD, name="Zhang San"),))))
    assert "Zhang" not in text
    assert PERSON.value not in text


def test_an_event_is_published_once_under_each_key() -> None:
    mother = Concerned(Role.MOTHER, (), "b" * 26)
    unknown = Concerned(Role.FATHER, name="Li Si")
    header = header_with(concerned=(CHILD, mother, unknown, replace(CHILD, role=Role.PERSON)))
    assert header.keys() == ("a" * 26, "b" * 26)
    child, mother_too, stranger = {"a" * 26}, {"z" * 26, "b" * 26}, {"c" * 26}
    assert header.has_role(child, Role.CHILD)
    assert header.has_role(mother_too, Role.CHILD, Role.MOTHER)
    assert not header.has_role(mother_too, Role.CHILD)
    assert header.concerns(mother_too)
    assert not header.concerns(stranger)
    assert header.stands_under("b" * 26)
    assert not header.stands_under("c" * 26)


def test_whoever_is_wrongly_named_is_told_so_and_not_concerned() -> None:
    wrongly = Concerned(Role.WRONGLY_NAMED, (), "b" * 26)
    header = header_with(concerned=(CHILD, wrongly))
    assert header.keys() == ("a" * 26, "b" * 26)
    assert header.stands_under("b" * 26)
    assert not header.concerns({"b" * 26})
    assert header.concerns({"a" * 26, "b" * 26})


@given(st.lists(st.text(), min_size=1, max_size=3), st.lists(st.text(), min_size=1, max_size=3))
def test_an_entry_of_a_register_has_one_id(one: list[str], other: list[str]) -> None:
    assert event_id(*one) == event_id(*one)
    assert "/".join(one) == "/".join(other) or event_id(*one) != event_id(*other)


# By hand: each number stands in keys on disk, and each type in a topic, for ever.
IDENTITY = (
    "Registration PersonName IdentityAttribute IdentityLink SharedNumber FalseIdentity SignOfLife "
    "Document"
)
FAMILY_TABLE: dict[str, tuple[int, str]] = {
    "birth": (1, "Birth Stillbirth"),
    "death": (2, "Death NoticeDelivered"),
    "union": (3, "Union Separation DivorceFiling RestorationRefusal"),
    "identity": (4, IDENTITY),
    "household": (5, "HouseholdRegistration Residence AddressProtection"),
    "kinship": (6, "Parentage Guardianship UnbornChild"),
    "employment": (7, "Employment Unemployment"),
    "contribution": (8, "Contribution InsuranceTransfer"),
    "pension": (9, "Pension PensionSuspension"),
    "insurance": (10, "Policy PolicyTransfer"),
    "licence": (11, "Licence LicenceSuspension"),
    "court": (12, "MissingDeclaration CapacityRuling"),
    "education": (13, "Education"),
    "disability": (14, "Disability"),
    "business": (15, "Business"),
    "criminal": (16, "Conviction"),
}


def test_no_number_of_a_family_is_given_twice() -> None:
    numbers = [family.number for family in FAMILIES.values()]
    assert len(numbers) == len(set(numbers))
    assert numbers == [number for number, _ in FAMILY_TABLE.values()]


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_carries_its_own_records_and_those_about_events(name: str) -> None:
    family = FAMILIES[name]
    assert family.topic == f"civic.{name}.v1"
    own = [kind.__name__ for kind in family.own_types]
    assert own == FAMILY_TABLE[name][1].split()
    assert family.record_types == (*family.own_types, Annulment, RangeVoid, Dispute, Refusal)


def test_every_type_stands_in_one_topic_or_in_all() -> None:
    own = [kind for family in FAMILIES.values() for kind in family.own_types]
    assert len(own) == len(set(own))
    assert {*own, *ABOUT_EVENTS} == set(EVENT_TYPES)
