"""The schemas under `/registry`, as a Confluent-compatible registry serves them to be read.

Name `http://HOST:PORT/registry` as the schema registry of any Kafka tool and it decodes our topics.
The addresses and error codes are Confluent's, so they stand in Confluent's documentation and not
in our OpenAPI document.
"""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from civicbus.wire.registry import MEDIA_TYPE, NoSuchEntryError, RegistryView
from civicbus.wire.schemas import Catalogue


def registry_router(catalogue: Catalogue) -> APIRouter:
    """The route for one catalogue."""
    view = RegistryView(catalogue)
    router = APIRouter()

    @router.get("/registry/{path:path}", include_in_schema=False)
    async def read(path: str) -> JSONResponse:
        try:
            return JSONResponse(view.answer(*path.split("/")), media_type=MEDIA_TYPE)
        except NoSuchEntryError as error:
            return JSONResponse(error.document(), error.status, media_type=MEDIA_TYPE)

    return router
