"""The HTTP API of a worker, put together in one place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse, Response
from pydantic.json_schema import models_json_schema
from starlette.exceptions import HTTPException

from civicbus import __version__
from civicbus.api.documents import MODELS
from civicbus.api.ports import Dossiers, Health, Sweeps
from civicbus.api.proofs import proof_router
from civicbus.api.question_schemas import question_schema, schema_name
from civicbus.api.responses import REFERENCE, RETRY_AFTER, json_of
from civicbus.api.sweep_documents import LINES_RETURNED, LINES_SENT
from civicbus.api.sweeps import sweep_router
from civicbus.domain.authority import Authorities
from civicbus.domain.proofs import PROOFS
from civicbus.http.gate import Gate
from civicbus.http.problems import ProblemError, unrouted
from civicbus.settings import Settings

NOT_READY_RETRY_SECONDS = "3"

DESCRIPTION = """\
Ask the registers, not the citizen: a proof is answered from what the departments' systems have \
published about a person, with its outcome (`yes`, `no`, `unknown`, `disputed`), the reason, the \
events it rests on and how far each source was known.

Errors are problem documents (RFC 9457). They never repeat what was sent.

The schemas of the topics are under `/registry`, where any Kafka tool can read them as from a \
Confluent-compatible schema registry.
"""


def utc_now() -> datetime:
    """The moment, by this machine's clock."""
    return datetime.now(UTC)


def create_app(
    dossiers: Dossiers,
    sweeps: Sweeps,
    health: Health,
    authorities: Callable[[], Authorities],
    settings: Settings,
    extra_routers: Iterable[APIRouter] = (),
    *,
    now: Callable[[], datetime] = utc_now,
) -> FastAPI:
    """The API over a worker's dossiers.

    `authorities` is called for each question, so that a declaration can change while we run.
    `extra_routers` are routes of others that are served beside these, such as those between
    workers.
    """
    app = FastAPI(
        title="civicbus",
        version=__version__,
        description=DESCRIPTION,
        # The pages that FastAPI offers for reading it load scripts from the internet.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        exception_handlers={ProblemError: _problem, HTTPException: _http_problem},
    )
    app.add_middleware(Gate)
    app.include_router(health_router(health))
    app.include_router(proof_router(dossiers, authorities, settings.secret_bytes(), now))
    app.include_router(sweep_router(sweeps, settings.sweeps, settings.secret_bytes(), now))
    for router in extra_routers:
        app.include_router(router)
    app.openapi = lambda: openapi_of(app)  # type: ignore[method-assign]  # FastAPI's own way
    return app


def health_router(health: Health) -> APIRouter:
    """Whether the process runs, and whether it may be asked."""
    router = APIRouter(tags=["health"])

    @router.get(
        "/healthz",
        operation_id="healthz",
        summary="Does the process run?",
        responses={200: json_of("Alive", "It does", {"status": "alive"})},
    )
    async def healthz() -> JSONResponse:
        return JSONResponse({"status": "alive"})

    example = {"ready": True, "partitions": {"0": True, "1": True}}
    rebuilding = {"ready": False, "partitions": {"0": True, "1": False}}

    @router.get(
        "/readyz",
        operation_id="readyz",
        summary="May it be sent questions?",
        responses={
            200: json_of("Readiness", "Every partition has caught up", example),
            503: json_of("Readiness", "Still rebuilding or rebalancing", rebuilding)
            | {"headers": RETRY_AFTER},
        },
    )
    async def readyz() -> JSONResponse:
        ready = health.ready()
        headers = {} if ready else {"Retry-After": NOT_READY_RETRY_SECONDS}
        content = {**health.detail(), "ready": ready}
        return JSONResponse(content, 200 if ready else 503, headers)

    return router


def openapi_of(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI 3.1 document; made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            license_info=app.license_info,
            routes=app.routes,
        )
        models = [(model, "validation") for model in (*MODELS, *LINES_SENT, *LINES_RETURNED)]
        _, found = models_json_schema(models, ref_template=REFERENCE)  # type: ignore[arg-type]
        questions = {schema_name(kind): question_schema(kind) for kind in PROOFS.values()}
        document.setdefault("components", {})["schemas"] = {**questions, **found["$defs"]}
        app.openapi_schema = document
    return app.openapi_schema


async def _problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)
    return error.response()


async def _http_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return unrouted(error, "see /openapi.json for those that there are")
