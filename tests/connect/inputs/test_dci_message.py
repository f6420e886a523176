"""What a mapping sees of the records that OpenCRVS notifies, whose people stand in lists."""

from __future__ import annotations

import json
from typing import Any

from civicbus.connect.inputs.dci_message import Notice, read_message
from civicbus.connect.json_records import paths_of, record_of_object
from civicbus.registers.systems import JsonInput
from tests.connect.inputs.sending import HOLDER, OTHER
from tests.connect.inputs.test_dci import BIRTH, CHILD, event, message

MOTHER = "dci.relations.Mother"


def numbered(value: str, name: str = "NID") -> dict[str, str]:
    """An identifier as OpenCRVS spells one."""
    return {"name": name, "identifier": value}


def born(*relations: Any) -> dict[str, Any]:
    """A birth in the form of OpenCRVS's own API of the DCI."""
    return {
        "identifier": [numbered(CHILD), numbered("2024B7", "BRN")],
        "birthDate": "2024-11-28",
        "givenName": "Ada",
        "birthPlace": {"@type": "Place", "identifier": "L-1", "name": "A clinic"},
        "relations": list(relations),
    }


def parent(kind: str | None, number: str, **more: Any) -> dict[str, Any]:
    told = {"identifier": [numbered(number)], "familyName": "Byron", **more}
    return told if kind is None else {"@type": kind, **told}


def notice(record: Any) -> Notice:
    (found,) = read_message(json.dumps(message(event(record, kind=BIRTH))).encode()).notices
    return found


def cells(found: Notice, *columns: str) -> list[str]:
    paths = paths_of(JsonInput(columns))
    record = record_of_object(found.record, 1, 1, paths, {"dci": found.about})
    assert not record.refused
    return [record.rows[0][column] for column in columns]


def test_people_are_told_by_what_they_are_to_the_person_and_numbers_by_their_type() -> None:
    found = notice(born(parent("spdci:Mother", HOLDER), parent("spdci:Father", OTHER)))
    assert found.twice == ()
    assert cells(
        found,
        "dci.identifier.NID",
        "dci.identifier.BRN",
        f"{MOTHER}.identifier.NID",
        f"{MOTHER}.familyName",
        "dci.relations.Father.identifier.NID",
        "birthDate",
    ) == [CHILD, "2024B7", HOLDER, "Byron", OTHER, "2024-11-28"]


def test_a_spouse_who_is_told_without_a_kind_is_another_person() -> None:
    found = notice(born(parent(None, HOLDER)))
    assert cells(found, "dci.relations.Other.identifier.NID") == [HOLDER]


def test_a_place_with_a_name_is_no_number() -> None:
    assert "birthPlace" not in notice(born()).about


def test_two_mothers_are_not_chosen_from_and_the_same_one_twice_is_one() -> None:
    mother = parent("spdci:Mother", HOLDER)
    assert notice(born(mother, parent("spdci:Mother", OTHER))).twice == ("relations",)
    assert notice(born(mother, mother)).twice == ()
    both = parent("spdci:Mother", HOLDER)
    both["identifier"].append(numbered(OTHER))
    assert notice(born(both)).twice == ("relations",)


def test_relations_of_any_other_form_are_left_as_they_are() -> None:
    others: list[Any] = [None, "a text", {"Mother": 1}, [None, 7, "Mother", []]]
    for relations in others:
        record = {**born(), "relations": relations}
        assert notice(record).about.get("relations", {}) == {}
