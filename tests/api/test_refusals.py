"""Bad requests: each is refused with its status, and nothing of it comes back.

The names B4 to B14 are those of the catalogue of bad input.
"""

from __future__ import annotations

import gzip
import json
from typing import Any

import httpx
import pytest

from civicbus.domain.identifiers import SCHEMES
from civicbus.domain.proofs import PROOFS, Kind
from tests.api.city import LIVING

ALIVE = "/v1/proofs/alive"
JSON = {"Content-Type": "application/json"}
CANARY = "canary"
PERSON = str(LIVING)


def assert_problem(response: httpx.Response, status: int, kind: str, **expected: Any) -> None:
    document = response.json()
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert (document["status"], document["type"]) == (status, kind)
    assert document["title"]
    assert document["detail"]
    assert document["remedy"]
    for name, value in expected.items():
        assert document[name] == value


@pytest.mark.parametrize(
    "number",
    [
        "999990638",  # the check digit
        "1" * 200,
        "canary",
        "٩٩٩٩٩٠٦٣٩",
        "９９９９９０６３９",
        " 999990639",
        "999990639 ",
        "9999 90639",
        "999990639\n",
        "999990639%00",
        "999990639\u0000",
        "../../etc/passwd",
        "' OR 1=1 --",
        "{{7*7}}",
        "",
    ],
)
async def test_b4_a_number_that_cannot_be_is_refused_and_not_repeated(
    client: httpx.AsyncClient, number: str
) -> None:
    response = await client.post(ALIVE, json={"person": f"nl-bsn:{number}"})
    assert_problem(response, 400, "invalid-field", field="person")
    assert len(number.strip()) < 4 or number.strip() not in response.text


@pytest.mark.parametrize("text", ["999990639", "canary:999990639", "NL-BSN:999990639", ":1", ""])
async def test_b4_a_scheme_that_is_not_known_is_refused(
    client: httpx.AsyncClient, text: str
) -> None:
    response = await client.post(ALIVE, json={"person": text})
    assert_problem(response, 400, "invalid-field", field="person")
    assert CANARY not in response.text
    assert "SCHEME:NUMBER" in response.json()["remedy"]


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_b4_no_scheme_repeats_the_number_that_it_refuses(
    client: httpx.AsyncClient, scheme: str
) -> None:
    response = await client.post(ALIVE, json={"person": f"{scheme}:canary/{'7' * 50}"})
    assert_problem(response, 400, "invalid-field", field="person")
    assert CANARY not in response.text
    assert "777" not in response.text


@pytest.mark.parametrize(
    "value", [999990639, 2**53 + 1, 1.5, True, None, [PERSON], {"nl-bsn": "999990639"}]
)
async def test_b5_a_person_that_is_not_a_text_is_refused(
    client: httpx.AsyncClient, value: object
) -> None:
    response = await client.post(ALIVE, json={"person": value})
    assert_problem(response, 400, "invalid-field", field="person")
    assert "999990639," not in response.text


@pytest.mark.parametrize("field", ["valid_at", "known_at"])
@pytest.mark.parametrize("value", [20240301, 1709251200.5, True, ["2024-03-01"]])
async def test_b5_a_time_that_is_not_a_text_is_refused(
    client: httpx.AsyncClient, field: str, value: object
) -> None:
    response = await client.post(ALIVE, json={"person": PERSON, field: value})
    assert_problem(response, 400, "invalid-field", field=field)


@pytest.mark.parametrize(
    "body",
    [
        b"canary",
        b"",
        b"null",
        b"[]",
        b'"canary"',
        b"1",
        json.dumps({"person": PERSON}).encode("utf-16"),
        b"\xef\xbb\xbf" + json.dumps({"person": PERSON}).encode(),
        b"person=canary",
    ],
)
async def test_b6_a_body_that_is_no_json_object_is_refused(
    client: httpx.AsyncClient, body: bytes
) -> None:
    response = await client.post(ALIVE, content=body, headers=JSON)
    assert_problem(response, 400, "invalid-body")
    assert CANARY not in response.text


@pytest.mark.parametrize(
    "body",
    [
        b'{"person": "nl-bsn:999990639", "person": "nl-bsn:999994669"}',
        b'{"person": NaN}',
        b'{"person": 1e400}',
        b'{"person": "nl-bsn:\\ud800"}',
    ],
)
async def test_b7_json_that_two_readers_read_differently_is_refused(
    client: httpx.AsyncClient, body: bytes
) -> None:
    assert_problem(await client.post(ALIVE, content=body, headers=JSON), 400, "invalid-body")


async def test_b8_deep_nesting_is_refused(client: httpx.AsyncClient) -> None:
    body = b"[" * 30_000
    assert_problem(await client.post(ALIVE, content=body, headers=JSON), 400, "invalid-body")


@pytest.mark.parametrize("size", [64 * 1024 + 1, 10 * 1024 * 1024])
async def test_b8_a_large_body_is_refused_by_its_declared_length(
    client: httpx.AsyncClient, size: int
) -> None:
    response = await client.post(ALIVE, content=b" " * size, headers=JSON)
    assert_problem(response, 413, "body-too-large")
    assert response.headers["connection"] == "close"


async def test_b8_a_large_body_that_comes_in_chunks_is_refused(client: httpx.AsyncClient) -> None:
    async def chunks() -> Any:
        for _ in range(100):
            yield b" " * 1024

    response = await client.post(ALIVE, content=chunks(), headers=JSON)
    assert_problem(response, 413, "body-too-large")


async def test_b8_a_long_text_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.post(ALIVE, json={"person": "nl-bsn:" + "9" * 60_000})
    assert_problem(response, 400, "invalid-field", field="person")


@pytest.mark.parametrize("field", ["stop_permitted", "as_of", "canary", "Person", "person "])
async def test_b9_an_unknown_field_is_refused_and_its_name_not_repeated(
    client: httpx.AsyncClient, field: str
) -> None:
    response = await client.post(ALIVE, json={"person": PERSON, field: CANARY})
    assert_problem(response, 400, "invalid-body")
    assert CANARY not in response.text


async def test_b9_a_question_about_nobody_is_refused(client: httpx.AsyncClient) -> None:
    assert_problem(await client.post(ALIVE, json={}), 400, "invalid-field", field="person")


EMPLOYED = "/v1/proofs/employed"


@pytest.mark.parametrize("field", ["name", "birth_date"])
@pytest.mark.parametrize(
    "value", ["", " ", f"{CANARY}\u202e", CANARY * 100, 20240301, True, [CANARY], {CANARY: 1}]
)
async def test_b5_a_name_or_birth_date_that_cannot_be_is_refused(
    client: httpx.AsyncClient, field: str, value: object
) -> None:
    response = await client.post(ALIVE, json={"person": PERSON, field: value})
    assert_problem(response, 400, "invalid-field", field=field)
    assert CANARY not in response.text


@pytest.mark.parametrize("value", [CANARY, 1, True, [], [CANARY]])
async def test_b5_claims_that_are_no_object_are_refused(
    client: httpx.AsyncClient, value: object
) -> None:
    response = await client.post(EMPLOYED, json={"person": PERSON, "claims": value})
    assert_problem(response, 400, "invalid-field", field="claims")
    assert CANARY not in response.text


@pytest.mark.parametrize(
    "value", ["", " ", 1, True, [CANARY], {CANARY: CANARY}, CANARY * 100, f"{CANARY}\u0000"]
)
async def test_b5_a_claim_that_breaks_its_rule_is_named_with_what_to_write_and_not_repeated(
    client: httpx.AsyncClient, value: object
) -> None:
    response = await client.post(EMPLOYED, json={"person": PERSON, "claims": {"employer": value}})
    assert_problem(response, 400, "invalid-field", field="claims.employer")
    assert "a text of at most 300 characters" in response.json()["remedy"]
    assert CANARY not in response.text


@pytest.mark.parametrize("path", [ALIVE, EMPLOYED])
async def test_b9_an_unknown_claim_is_refused_and_its_name_not_repeated(
    client: httpx.AsyncClient, path: str
) -> None:
    for claims in ({CANARY: "1"}, {CANARY: None}, {"Employer": CANARY}):
        response = await client.post(path, json={"person": PERSON, "claims": claims})
        assert_problem(response, 400, "invalid-field", field="claims")
        assert "GET /v1/proofs" in response.json()["remedy"]
        assert CANARY not in response.text


@pytest.mark.parametrize(
    "kind", [kind for kind in PROOFS.values() if any(claim.required for claim in kind.claims)]
)
async def test_b9_a_question_without_what_its_proof_needs_is_refused(
    client: httpx.AsyncClient, kind: Kind
) -> None:
    first = next(claim.name for claim in kind.claims if claim.required)
    for claims in ({}, None, {first: None}):
        question = {"person": PERSON, "claims": claims}
        response = await client.post(f"/v1/proofs/{kind.name}", json=question)
        assert_problem(response, 400, "invalid-field", field=f"claims.{first}", detail="is missing")


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "PATCH"])
async def test_b12_a_proof_is_asked_by_post_alone(client: httpx.AsyncClient, method: str) -> None:
    response = await client.request(method, ALIVE)
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
async def test_b12_a_method_is_not_overridden_by_a_header(
    client: httpx.AsyncClient, header: str
) -> None:
    response = await client.post(ALIVE, json={"person": PERSON}, headers={header: "DELETE"})
    assert_problem(response, 405, "method-not-allowed")


@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0", "image/*, text/*;q=0.5"])
async def test_b13_an_answer_is_json_or_nothing(client: httpx.AsyncClient, accept: str) -> None:
    response = await client.post(ALIVE, json={"person": PERSON}, headers={"Accept": accept})
    assert_problem(response, 406, "not-acceptable")


@pytest.mark.parametrize(
    "accept", ["*/*", "application/*;q=0.1", "text/html, application/json", ""]
)
async def test_b13_who_also_takes_json_is_answered(client: httpx.AsyncClient, accept: str) -> None:
    response = await client.post(ALIVE, json={"person": PERSON}, headers={"Accept": accept})
    assert response.status_code == 200


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/json; charset=utf-16",
        "application/jsonx",
        "",
    ],
)
async def test_b13_a_body_of_another_media_type_is_refused(
    client: httpx.AsyncClient, kind: str
) -> None:
    body = json.dumps({"person": PERSON}).encode()
    response = await client.post(ALIVE, content=body, headers={"Content-Type": kind})
    assert_problem(response, 415, "unsupported-media-type")


@pytest.mark.parametrize("encoding", ["gzip", "canary"])
async def test_b13_a_compressed_body_is_refused_unread(
    client: httpx.AsyncClient, encoding: str
) -> None:
    body = gzip.compress(b" " * 1_000_000)
    headers = {**JSON, "Content-Encoding": encoding}
    response = await client.post(ALIVE, content=body, headers=headers)
    assert_problem(response, 415, "unsupported-media-type")
    assert CANARY not in response.text


@pytest.mark.parametrize("field", ["valid_at", "known_at"])
@pytest.mark.parametrize(
    "text",
    ["2024-06-02", "0001-01-01", "2024-02-30", "2024-01-01T24:00:00Z", "-1", CANARY],
)
async def test_b14_a_time_that_is_no_time_or_to_come_is_refused(
    client: httpx.AsyncClient, field: str, text: str
) -> None:
    response = await client.post(ALIVE, json={"person": PERSON, field: text})
    assert_problem(response, 400, "invalid-field", field=field)
    assert CANARY not in response.text


async def test_b14_a_zone_that_does_not_exist_is_refused(client: httpx.AsyncClient) -> None:
    question = {"person": PERSON, "known_at": "2024-01-01T12:00:00+26:00"}
    assert_problem(await client.post(ALIVE, json=question), 400, "invalid-field", field="known_at")


@pytest.mark.parametrize("path", ["/", "/v1/proofs/canary", "/v1/proofs/alive/", "/docs", "/redoc"])
async def test_an_unknown_address_is_a_problem_too(client: httpx.AsyncClient, path: str) -> None:
    response = await client.post(path, json={"person": PERSON})
    assert_problem(response, 404, "not-found")
    assert CANARY not in response.text
