"""The AsyncAPI document held to the specification that the AsyncAPI Initiative publishes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft7Validator

from civicbus.registers.asyncapi import ASYNCAPI, asyncapi_text
from civicbus.wire.schemas import schema_folder
from tests import published

Json = dict[str, Any]


@pytest.fixture(scope="module")
def validator() -> Draft7Validator:
    return Draft7Validator(published.asyncapi_schema())


def binding(document: Json) -> Any:
    return document["channels"]["birth"]["bindings"]["kafka"]


def birth(document: Json) -> Any:
    return document["components"]["schemas"]["Birth"]["schema"]


SPOILS: dict[str, Callable[[Json], Any]] = {
    "no version": lambda document: document["info"].pop("version"),
    "no protocol": lambda document: document["servers"]["development"].pop("protocol"),
    "publish": lambda document: document["operations"]["sendBirth"].update(action="publish"),
    "no partitions": lambda document: binding(document).update(partitions=0),
    "another binding": lambda document: binding(document).update(bindingVersion="9.9.9"),
    "policy": lambda document: binding(document)["topicConfiguration"].update(
        {"cleanup.policy": "delete"}
    ),
    "key": lambda document: document["components"]["messageBindings"]["ofPerson"]["kafka"].update(
        key={"pattern": 1}
    ),
    "not avro": lambda document: birth(document)["fields"][0].pop("type"),
    "field": lambda document: document.update(topics={}),
}


@pytest.mark.npm
def test_it_is_valid_asyncapi_3_0(validator: Draft7Validator) -> None:
    document = json.loads((schema_folder() / ASYNCAPI).read_text(encoding="utf-8"))
    assert document["asyncapi"] == "3.0.0"
    assert [error.message for error in validator.iter_errors(document)] == []


@pytest.mark.npm
@pytest.mark.parametrize("spoil", SPOILS.values(), ids=SPOILS)
def test_the_specification_would_refuse_a_mistake(
    spoil: Callable[[Json], Any], validator: Draft7Validator
) -> None:
    document = json.loads(asyncapi_text())
    spoil(document)
    assert not validator.is_valid(document)


def test_a_package_that_is_not_the_pinned_one_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "civicbus").mkdir()
    (tmp_path / "civicbus" / published.TARBALL).write_bytes(b"something else")
    with pytest.raises(published.NotAsPinnedError, match=published.TARBALL):
        published.asyncapi_schema()
