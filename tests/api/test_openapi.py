"""The API's description: valid, complete, and true."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import TypeAdapter
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from civicbus.api import documents
from civicbus.api.problems import KINDS, MEDIA_TYPE
from civicbus.domain.identifiers import SCHEMES
from tests.api.city import LIVING, app_over, city


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


def test_the_examples_are_of_persons_that_cannot_be(document: dict[str, Any]) -> None:
    question = document["components"]["schemas"]["Question"]
    assert all(
        TypeAdapter(documents.Question).validate_python(example).person.startswith("nl-bsn:99999")
        for example in question["examples"]
    )
    assert all(scheme in question["properties"]["person"]["description"] for scheme in SCHEMES)


# Made here, since the cases are made before any fixture exists.
schema = schemathesis.openapi.from_asgi("/openapi.json", app_over(city()))
quick = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


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
