"""The API's description: valid, complete, and true."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, settings
from jsonschema_rs import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from civicbus.api import documents
from civicbus.api.problems import KINDS, MEDIA_TYPE, ProblemError
from civicbus.api.question import question_of
from civicbus.api.question_schemas import question_schema
from civicbus.api.sweep_documents import NDJSON
from civicbus.domain.claims import Claim, ClaimKind
from civicbus.domain.identifiers import SCHEMES
from civicbus.domain.proofs import PROOFS, Kind
from tests.api.city import LIVING, NOW, app_over, city
from tests.patience import tried


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return app_over(city())


@pytest.fixture(scope="module")
def document(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def test_it_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_every_operation_says_what_it_is_and_every_response_what_it_means(
    document: dict[str, Any],
) -> None:
    operations = [
        (path, operation) for path, item in document["paths"].items() for operation in item.values()
    ]
    assert {path for path, _ in operations} >= {"/v1/proofs", "/v1/proofs/alive", "/readyz"}
    for path, operation in operations:
        assert operation["operationId"], path
        assert operation["summary"], path
        for status, response in operation["responses"].items():
            assert response["description"], (path, status)
            assert all(media["schema"] for media in response["content"].values()), (path, status)


def test_asking_a_proof_can_end_in_each_of_these(document: dict[str, Any]) -> None:
    responses = document["paths"]["/v1/proofs/alive"]["post"]["responses"]
    assert set(responses) == {"200", "400", "406", "408", "413", "415", "500", "503"}
    assert "Retry-After" in responses["503"]["headers"]
    problems = {status: media for status, media in responses.items() if status != "200"}
    for status, response in problems.items():
        assert list(response["content"]) == [MEDIA_TYPE]
        for kind, example in response["content"][MEDIA_TYPE]["examples"].items():
            documents.Problem.model_validate(example["value"], strict=True)
            assert KINDS[kind].status == int(status)


@pytest.mark.parametrize("kind", PROOFS.values(), ids=PROOFS)
def test_every_proof_has_a_question_of_its_own_with_examples_that_keep_to_it(
    document: dict[str, Any], kind: Kind
) -> None:
    operation = document["paths"][f"/v1/proofs/{kind.name}"]["post"]
    named = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    question = document["components"]["schemas"][named.rpartition("/")[2]]
    assert len(question["examples"]) == 2
    for example in question["examples"]:
        Draft202012Validator(question).validate(example)
        assert example["person"].startswith("nl-bsn:99999")
    assert all(scheme in question["properties"]["person"]["description"] for scheme in SCHEMES)
    described = question["properties"]["claims"]["properties"]
    assert {name: claim["description"] for name, claim in described.items()} == {
        claim.name: claim.means for claim in kind.claims
    }


def test_each_kind_of_claim_is_described_as_it_is_read() -> None:
    claims = (
        Claim("spouse", ClaimKind.PERSON, "The other spouse.", required=True),
        Claim("status", ClaimKind.CODE, "The status.", codes=("single", "married")),
        Claim("title", ClaimKind.TEXT, "The title."),
        Claim("age", ClaimKind.NUMBER, "The age.", required=True, lowest=1, highest=120),
        Claim("since", ClaimKind.DAY, "Since when."),
    )
    kind = replace(PROOFS["alive"], claims=claims)
    schema = question_schema(kind)
    assert schema["required"] == ["person", "claims"]
    assert schema["properties"]["claims"]["required"] == ["spouse", "age"]
    good = {"spouse": str(LIVING), "age": 1}
    for claimed, valid in (
        (good, True),
        ({**good, "status": "single", "title": "x", "since": "2024-02-29"}, True),
        ({**good, "status": None, "title": None, "since": None}, True),
        ({"age": 1}, False),
        ({**good, "age": 0}, False),
        ({**good, "age": 121}, False),
        ({**good, "age": "1"}, False),
        ({**good, "age": None}, False),
        ({**good, "spouse": "999990639"}, False),
        ({**good, "status": "other"}, False),
        ({**good, "title": " "}, False),
        ({**good, "title": "x" * 301}, False),
        ({**good, "since": "2024-2-29"}, False),
        ({**good, "canary": 1}, False),
        ({}, False),
        (None, False),
    ):
        question = {"person": str(LIVING), "claims": claimed}
        assert Draft202012Validator(schema).is_valid(question) is valid, claimed
        assert is_read(question, claims) is valid, claimed


def is_read(question: dict[str, Any], claims: tuple[Claim, ...]) -> bool:
    try:
        question_of(question, claims, b"secret", NOW)
    except ProblemError:
        return False
    return True


@schemathesis.serializer(NDJSON)
def lines(_: Any, value: Any) -> bytes:
    """A body of lines; `test_sweeps` sends better ones."""
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()


# Made here, since the cases are made before any fixture exists.
schema = schemathesis.openapi.from_asgi("/openapi.json", app_over(city()))
quick = settings(tried(30), suppress_health_check=list(HealthCheck))


@schema.parametrize()
@quick
def test_whatever_is_sent_the_response_is_one_that_was_described(
    case: schemathesis.Case[Any],
) -> None:
    case.call_and_validate(
        checks=[
            not_a_server_error,
            status_code_conformance,
            content_type_conformance,
            response_schema_conformance,
            negative_data_rejection,
            unsupported_method,
        ]
    )


@schema.include(path="/v1/proofs/alive").parametrize()
@quick
def test_whatever_is_sent_about_a_known_person_the_response_is_one_that_was_described(
    case: schemathesis.Case[Any],
) -> None:
    if isinstance(case.body, dict):
        case.body = {**case.body, "person": str(LIVING)}
    case.call_and_validate(
        checks=[not_a_server_error, status_code_conformance, response_schema_conformance]
    )
