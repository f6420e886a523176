"""The routes under which questions are asked: one for each proof, all of one shape."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from civicbus.api import body, runner
from civicbus.api.documents import ANSWER_EXAMPLE, REFERENCE, json_of, problems
from civicbus.api.ports import Dossiers
from civicbus.api.problems import internal, not_ready
from civicbus.api.question import invalid_field, question_of
from civicbus.domain.authority import Authorities
from civicbus.domain.proofs import PROOFS, start
from civicbus.wire.ports import NotReadyError

Endpoint = Callable[[Request], Awaitable[Response]]

POSSIBLE_PROBLEMS = problems(
    body.not_json("has a key twice in one object"),
    invalid_field("person", "not a nl-bsn number: the check digit does not match"),
    body.not_acceptable(),
    body.too_slow(),
    body.too_large(),
    body.unsupported("the body is compressed"),
    internal(),
    not_ready("rebuilding", 3),
)


def proof_router(
    dossiers: Dossiers,
    authorities: Callable[[], Authorities],
    secret: bytes,
    now: Callable[[], datetime],
) -> APIRouter:
    """Routes to ask each proof, and one that lists them."""
    router = APIRouter(tags=["proofs"])

    def endpoint(name: str) -> Endpoint:
        async def ask(request: Request) -> Response:
            question = question_of(await body.read_json(request), secret, now())
            try:
                answer = await runner.run(start(name, question, authorities()), dossiers)
            except NotReadyError as error:
                raise not_ready(error.reason, error.retry_after_seconds) from None
            return JSONResponse(answer.to_json())

        return ask

    for name in PROOFS:
        router.add_api_route(
            address_of(name),
            endpoint(name),
            methods=["POST"],
            operation_id=f"prove_{name}",
            summary=asked_by(name),
            description="The person's number stands in the body, never in the address. An "
            "`unknown` outcome is an answer, with status 200, and says why.",
            response_class=JSONResponse,
            responses={
                200: json_of("Answer", "The answer", ANSWER_EXAMPLE),
                **POSSIBLE_PROBLEMS,
            },
            openapi_extra={
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"$ref": REFERENCE.format(model="Question")}}
                    },
                }
            },
        )

    @router.get(
        "/v1/proofs",
        operation_id="list_proofs",
        summary="The questions that can be asked",
        responses={200: json_of("Proofs", "Each proof with its reasons")},
    )
    async def list_proofs() -> JSONResponse:
        return JSONResponse({"proofs": [described(name) for name in PROOFS]})

    return router


def address_of(name: str) -> str:
    """The path under which a proof is asked."""
    return f"/v1/proofs/{name}"


def asked_by(name: str) -> str:
    """What a proof asks, in words: the first line of its module, after number and name."""
    first = (PROOFS[name].__doc__ or name).partition("\n")[0]
    question = first.partition(": ")[2] or first
    return question[0].upper() + question[1:]


def described(name: str) -> dict[str, Any]:
    """A proof as the list has it."""
    module = PROOFS[name]
    return {
        "name": name,
        "question": asked_by(name),
        "address": address_of(name),
        "families": list(module.FAMILIES),
        "reasons": {
            reason: {language: text.format(day="YYYY-MM-DD") for language, text in texts.items()}
            for reason, texts in module.SENTENCES.items()
        },
    }
