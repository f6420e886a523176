"""Questions that are answered, and what happens when the worker cannot."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import structlog
from fastapi import APIRouter
from starlette.responses import StreamingResponse

from civicbus.api import documents, examples
from civicbus.api.app import create_app
from civicbus.api.memory import MemoryDossiers, MemorySweeps
from civicbus.domain.answer import Outcome
from civicbus.domain.dossier import Dossier
from civicbus.domain.proofs import PROOFS, Kind
from civicbus.domain.proofs.need import Need
from civicbus.http.gate import ResponseBrokenOffError
from tests.api.city import AUTHORITIES, DEAD, LIVING, SETTINGS, UNKNOWN, app_over, city, client_of

ALIVE = "/v1/proofs/alive"


async def test_the_living_are_alive_with_evidence(client: httpx.AsyncClient) -> None:
    response = await client.post(ALIVE, json={"person": str(LIVING)})
    answer = response.json()
    assert response.status_code == 200
    assert (answer["outcome"], answer["reason"]) == ("yes", "no_death_registered")
    assert (answer["person"], answer["proof"]) == (str(LIVING), "alive")
    assert (answer["valid_at"], answer["known_at"]) == ("2024-06-01", "2024-06-01T12:00:00.000Z")
    assert answer["known_through"] == {"civil-registry": "2024-06-01T11:59:00.000Z"}
    assert [evidence["record"] for evidence in answer["basis"]] == ["Birth", "Registration"]
    assert answer["sentence"].keys() == answer["would_change"].keys() == {"en", "zh"}
    assert (answer["claims"], answer["details"], answer["flags"]) == ({}, {}, ["number_warning"])


@pytest.mark.parametrize(
    ("times", "outcome", "reason"),
    [
        ({}, "no", "death_registered"),
        ({"valid_at": "2024-03-01"}, "no", "death_registered"),
        ({"valid_at": "2024-02-29"}, "yes", "died_later"),
        ({"valid_at": None, "known_at": None}, "no", "death_registered"),
        ({"known_at": "2024-03-01"}, "yes", "no_death_registered"),
        ({"known_at": "2024-03-02T00:00:00Z"}, "no", "death_registered"),
        ({"known_at": "2024-03-02T00:00:00+01:00"}, "yes", "no_death_registered"),
        ({"valid_at": "1949-12-31"}, "no", "not_born"),
    ],
)
async def test_both_times_of_the_question_count(
    client: httpx.AsyncClient, times: dict[str, str], outcome: str, reason: str
) -> None:
    answer = (await client.post(ALIVE, json={"person": str(DEAD), **times})).json()
    assert (answer["outcome"], answer["reason"]) == (outcome, reason)


async def test_unknown_is_an_answer_and_not_an_error(client: httpx.AsyncClient) -> None:
    response = await client.post(ALIVE, json={"person": str(UNKNOWN)})
    assert response.status_code == 200
    assert response.json()["reason"] == "no_such_record"


async def test_a_number_is_answered_in_its_canonical_form(client: httpx.AsyncClient) -> None:
    response = await client.post(ALIVE, json={"person": "nl-bsn:9999.90.639"})
    assert response.json()["person"] == str(LIVING)


async def test_an_answer_has_the_form_that_the_document_describes(
    client: httpx.AsyncClient,
) -> None:
    for person in (LIVING, DEAD, UNKNOWN):
        text = (await client.post(ALIVE, json={"person": str(person)})).text
        described = documents.Answer.model_validate_json(text)
        assert set(json.loads(text)) == set(documents.Answer.model_fields)
        assert all(
            set(evidence) == set(documents.Evidence.model_fields)
            for evidence in json.loads(text)["basis"]
        )
        assert described.person == str(person)


async def test_the_example_in_the_document_is_such_an_answer() -> None:
    documents.Answer.model_validate_json(json.dumps(examples.ANSWER))


async def test_nothing_is_kept_by_a_cache_or_sniffed(client: httpx.AsyncClient) -> None:
    for response in (
        await client.post(ALIVE, json={"person": str(LIVING)}),
        await client.post(ALIVE, json={}),
        await client.get("/readyz"),
    ):
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("reason", ["rebuilding", "rebalancing"])
async def test_while_nobody_is_ready_the_caller_is_told_when_to_ask_again(reason: str) -> None:
    async with client_of(app_over(MemoryDossiers(not_ready=reason))) as client:
        response = await client.post(ALIVE, json={"person": str(LIVING)})
    problem = response.json()
    assert response.status_code == 503
    assert response.headers["retry-after"] == "3"
    assert (problem["type"], problem["reason"]) == ("not-ready", reason)
    assert problem["remedy"] == "ask again in 3 s"


async def test_the_process_is_alive_while_it_is_not_ready() -> None:
    async with client_of(app_over(MemoryDossiers(not_ready="rebuilding"))) as client:
        alive, ready = await client.get("/healthz"), await client.get("/readyz")
    assert (alive.status_code, alive.json()) == (200, {"status": "alive"})
    assert (ready.status_code, ready.json()) == (503, {"ready": False, "partitions": {"0": False}})
    assert ready.headers["retry-after"]


async def test_readiness_tells_of_each_partition(client: httpx.AsyncClient) -> None:
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "partitions": {"0": True}})


async def test_the_list_says_of_each_proof_what_it_takes_and_what_it_may_answer(
    client: httpx.AsyncClient,
) -> None:
    response = await client.get("/v1/proofs")
    listed = documents.Proofs.model_validate_json(response.text, strict=True).proofs
    assert [(proof.number, proof.name) for proof in listed] == [
        (kind.number, kind.name) for kind in PROOFS.values()
    ]
    for proof in listed:
        kind = PROOFS[proof.name]
        assert proof.address == f"/v1/proofs/{proof.name}"
        assert [claim.name for claim in proof.claims] == [claim.name for claim in kind.claims]
        assert proof.reasons.keys() == kind.explanations.keys()
        assert set(proof.outcomes) == set(Outcome) - set(kind.never)


@pytest.mark.parametrize("kind", PROOFS.values(), ids=PROOFS)
async def test_every_proof_answers_the_questions_that_are_its_examples(
    client: httpx.AsyncClient, kind: Kind
) -> None:
    for question in examples.questions(kind):
        response = await client.post(f"/v1/proofs/{kind.name}", json=question)
        assert response.status_code == 200, response.text
        answer = response.json()
        documents.Answer.model_validate_json(response.text)
        assert answer["claims"] == question.get("claims", {})
        assert "birth_date" not in answer
        assert question.get("name", "Zhang San") not in response.text


async def test_a_birth_date_that_is_not_the_persons_is_noticed(client: httpx.AsyncClient) -> None:
    question = {"person": str(LIVING), "birth_date": "1950-01-02", "name": None, "claims": None}
    answer = (await client.post(ALIVE, json=question)).json()
    assert (answer["outcome"], answer["reason"]) == ("unknown", "mismatched_person")
    question["birth_date"] = "1950-01-01"
    assert (await client.post(ALIVE, json=question)).json()["outcome"] == "yes"


@dataclass
class BrokenDossiers(MemoryDossiers):
    """A store that fails in a way that nobody foresaw, with a person in its words."""

    async def fetch(self, need: Need) -> Dossier:
        raise LookupError(f"canary {need.person_key} {LIVING}")


async def test_an_unexpected_error_tells_nothing_and_is_logged_by_class_and_place(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with structlog.testing.capture_logs() as logged:
        async with client_of(app_over(BrokenDossiers())) as client:
            response = await client.post(ALIVE, json={"person": str(LIVING)})
    assert response.status_code == 500
    assert response.json()["type"] == "internal"
    assert [(line["event"], line["error"]) for line in logged] == [
        ("request_failed", "LookupError")
    ]
    assert "test_answers" in logged[0]["place"]
    for text in (response.text, repr(logged), caplog.text):
        assert "canary" not in text
        assert str(LIVING) not in text
        assert LIVING.value not in text


async def test_an_error_in_mid_response_hides_its_text_too() -> None:
    router = APIRouter()

    @router.get("/broken")
    async def broken() -> StreamingResponse:
        async def parts() -> Any:
            yield "begun"
            raise LookupError("canary")

        return StreamingResponse(parts())

    async with client_of(app_over(city(), [router])) as client:
        with pytest.raises(ResponseBrokenOffError) as raised:
            await client.get("/broken")
    assert "canary" not in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__


async def test_no_log_names_a_person(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with structlog.testing.capture_logs() as logged:
        async with client_of(app_over(city())) as client:
            for body in ({"person": str(LIVING)}, {"person": f"{LIVING}1"}, {str(LIVING): 1}):
                await client.post(ALIVE, json=body)
    assert LIVING.value not in caplog.text + repr(logged)


async def test_declarations_are_asked_for_at_each_question() -> None:
    in_force = [AUTHORITIES]
    dossiers = city()
    app = create_app(
        dossiers,
        MemorySweeps(dossiers, AUTHORITIES),
        dossiers,
        lambda: in_force[0],
        SETTINGS,
        now=lambda: datetime(2024, 6, 1, 12, tzinfo=UTC),
    )
    async with client_of(app) as client:
        before = (await client.post(ALIVE, json={"person": str(LIVING)})).json()
        in_force[0] = type(AUTHORITIES)()
        after = (await client.post(ALIVE, json={"person": str(LIVING)})).json()
    assert (before["outcome"], after["reason"]) == ("yes", "not_covered")


async def test_routes_of_others_are_served_beside_ours() -> None:
    router = APIRouter(include_in_schema=False)

    @router.post("/peer/v1/dossier")
    async def dossier() -> dict[str, str]:
        return {"from": "a peer"}

    async with client_of(app_over(city(), [router])) as client:
        answer = await client.post("/peer/v1/dossier")
        document = (await client.get("/openapi.json")).json()
    assert answer.json() == {"from": "a peer"}
    assert "/peer/v1/dossier" not in document["paths"]
