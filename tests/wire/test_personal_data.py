"""The tags on fields: on each of them, kept by every reader, and no part of what is decoded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import avro.schema
import fastavro
import pytest

from civicbus.wire import native
from civicbus.wire.catalogue_doc import readme_text
from civicbus.wire.codec import FRAME
from civicbus.wire.personal_data import PERSONAL_DATA, TECHNICAL
from civicbus.wire.schemas import Schema, canonical_text, full_name, named_types, read_schemas
from tests.wire.corpus import CONTROL, catalogue, good_records
from tests.wire.makers import KINDS

TAGS = ("personal_data", "legal_basis")


def tagged_fields() -> Iterator[tuple[str, Schema]]:
    for schema in read_schemas().values():
        for name, named in named_types(schema).items():
            for part in named.get("fields", ()):
                yield f"{name.removeprefix('civic.')}.{part['name']}", part


def without_tags(schema: Any) -> Any:
    if isinstance(schema, list):
        return [without_tags(part) for part in schema]
    if isinstance(schema, dict):
        return {key: without_tags(value) for key, value in schema.items() if key not in TAGS}
    return schema


def test_every_field_has_both_tags() -> None:
    for where, part in tagged_fields():
        assert part["personal_data"] in PERSONAL_DATA, where
        assert part["legal_basis"], where


def test_the_laws_are_those_that_a_department_would_name() -> None:
    laws = {where: part["legal_basis"] for where, part in tagged_fields()}
    assert laws["Union.header"] == "CN Civil Code art. 1049"
    assert laws["DivorceFiling.header"] == "CN Civil Code art. 1077"
    assert laws["MissingDeclaration.header"] == "CN Civil Code art. 40"
    assert laws["Death.header"] == "CN Household Registration Regulations art. 8"
    assert laws["Identifier.value"] == "CN Resident Identity Card Law art. 3"
    assert laws["Conviction.sealed_from"] == "CN Criminal Procedure Law art. 286"


def test_what_names_a_person_or_could_harm_one_is_tagged_so() -> None:
    classes = {where: part["personal_data"] for where, part in tagged_fields()}
    assert {where for where, kind in classes.items() if kind == "criminal"} == {
        "Conviction.header", "Conviction.category", "Conviction.sealed_from",
    }  # fmt: skip
    assert {where for where, kind in classes.items() if kind == "pseudonymous"} == {
        "Header.event_id", "Header.target_event_id", "Concerned.person_key",
        "Union.deceased_person_key",
    }  # fmt: skip
    sensitive = {where for where, kind in classes.items() if kind == "sensitive"}
    assert sensitive >= {
        "Identifier.value", "Disability.category", "CapacityRuling.capacity", "Stillbirth.header",
        "UnbornChild.header", "AddressProtection.header", "IdentityAttribute.value",
    }  # fmt: skip
    technical = {where for where, part in tagged_fields() if part["legal_basis"] == TECHNICAL}
    assert {where for where in technical if where.partition(".")[0] not in CONTROL} == {
        "Header.source", "Header.source_sequence", "Header.environment", "Header.change",
        "Header.cause",
    }  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_libraries_of_others_keep_the_tags(kind: str) -> None:
    text = catalogue().latest(kind).text
    expected = [tuple(part[tag] for tag in TAGS) for part in json.loads(text)["fields"]]
    parsed = fastavro.parse_schema(json.loads(text))
    assert isinstance(parsed, dict)
    assert [tuple(part[tag] for tag in TAGS) for part in parsed["fields"]] == expected
    fields = avro.schema.parse(text).fields
    assert [tuple(part.props[tag] for tag in TAGS) for part in fields] == expected


@pytest.mark.parametrize("kind", KINDS)
def test_the_native_decoder_and_the_fingerprint_know_nothing_of_tags(kind: str) -> None:
    text = catalogue().latest(kind).text
    bare = canonical_text(without_tags(json.loads(text)))
    assert bare != text
    bodies = [(record.value or b"")[FRAME.size :] for record in good_records(kind, 20)]
    tagged, untagged = native.columns(bodies, text), native.columns(bodies, bare)
    assert tagged is not None
    assert tagged.equals(untagged)
    assert fastavro.schema.to_parsing_canonical_form(
        json.loads(text)
    ) == fastavro.schema.to_parsing_canonical_form(json.loads(bare))


def test_the_page_explains_every_class() -> None:
    page = readme_text()
    assert all(f"| `{name}` | {meaning} |\n" in page for name, meaning in PERSONAL_DATA.items())


def test_types_are_defined_once_for_all_records() -> None:
    """What a record takes from another one's file is the same in both."""
    found: dict[str, Schema] = {}
    for schema in read_schemas().values():
        for name, named in named_types(schema).items():
            if name != full_name(schema) and named["type"] == "enum":
                assert found.setdefault(name, named) == named
    assert {"civic.AnnulmentReason", "civic.InsuranceKind", "civic.PensionKind"} <= found.keys()
