"""The routes under which questions are asked: one for each proof, all of one shape."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute

from civicbus.api import body
from civicbus.api.listing import address_of, described
from civicbus.api.ports import Dossiers
from civicbus.api.problems import internal, not_ready
from civicbus.api.question import invalid_field, question_of
from civicbus.api.question_schemas import schema_name
from civicbus.api.responses import REFERENCE, json_of, problems
from civicbus.api.turns import Turns, too_busy
from civicbus.domain.authority import Authorities
from civicbus.domain.proofs import PROOFS, Kind, runner
from civicbus.http.body import too_slow
from civicbus.wire.ports import NotReadyError

Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]

POSSIBLE_PROBLEMS = problems(
    body.not_json("has a key twice in one object"),
    invalid_field("person", "not a nl-bsn number: the check digit does not match"),
    body.not_acceptable(),
    too_slow(),
    body.too_large(),
    body.unsupported("the body is compressed"),
    internal(),
    not_ready("rebuilding", 3),
    too_busy(),
)


class ProofRoute(APIRoute):
    """A route that FastAPI documents and leaves to itself: a question is read by our own rules."""

    def get_route_handler(self) -> Endpoint:
        """What answers a request: the endpoint as it stands."""
        endpoint: Endpoint = self.endpoint
        return endpoint


def proof_router(
    dossiers: Dossiers,
    authorities: Callable[[], Authorities],
    secret: bytes,
    now: Callable[[], datetime],
) -> APIRouter:
    """Routes to ask each proof, and one that lists them."""
    router = APIRouter(tags=["proofs"])
    turns = Turns()

    def endpoint(kind: Kind) -> Endpoint:
        async def ask(request: Request) -> Response:
            asked = await body.read_json(request)
            await turns.take()
            question = question_of(asked, kind.claims, secret, now())
            try:
                answer = await runner.run(kind.prove(question, authorities()), dossiers.fetch)
            except NotReadyError as error:
                raise not_ready(error.reason, error.retry_after_seconds) from None
            return JSONResponse(answer.to_json())

        return ask

    for kind in PROOFS.values():
        schema = {"$ref": REFERENCE.format(model=schema_name(kind))}
        router.add_api_route(
            address_of(kind.name),
            endpoint(kind),
            methods=["POST"],
            operation_id=f"prove_{kind.name}",
            summary=kind.asks["en"],
            description="The person's number stands in the body, never in the address. An "
            "`unknown` outcome is an answer, with status 200, and says why.",
            response_class=JSONResponse,
            route_class_override=ProofRoute,
            responses={200: json_of("Answer", "The answer"), **POSSIBLE_PROBLEMS},
            openapi_extra={
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": schema}},
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
        return JSONResponse({"proofs": [described(kind) for kind in PROOFS.values()]})

    return router
