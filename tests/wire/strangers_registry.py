"""A registry as Confluent documents it, of which we are only a client: in memory, for tests."""

from __future__ import annotations

import json
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

FIRST_ID = 4_711  # unlike any id of ours


def strangers_registry() -> FastAPI:
    """The three calls of ours, on a registry that starts empty and checks BACKWARD."""
    app = FastAPI()
    subjects: dict[str, list[str]] = {}
    ids: dict[str, int] = {}

    @app.post("/subjects/{subject}/versions")
    async def register(subject: str, request: Request) -> JSONResponse:
        text = await _schema(request)
        versions = subjects.setdefault(subject, [])
        if text not in versions:
            if versions and not _can_follow(versions[-1], text):
                refusal = {"error_code": 409, "message": "Incompatible schema"}
                return JSONResponse(refusal, 409)
            versions.append(text)
        return JSONResponse({"id": ids.setdefault(text, FIRST_ID + len(ids))})

    @app.get("/schemas/ids/{number}")
    async def schema(number: int) -> JSONResponse:
        for text, known in ids.items():
            if known == number:
                return JSONResponse({"schema": text})
        return JSONResponse({"error_code": 40403, "message": "Schema not found"}, 404)

    @app.post("/compatibility/subjects/{subject}/versions/latest")
    async def compatible(subject: str, request: Request) -> JSONResponse:
        text = await _schema(request)
        if subject not in subjects:
            return JSONResponse({"error_code": 40401, "message": "Subject not found."}, 404)
        return JSONResponse({"is_compatible": _can_follow(subjects[subject][-1], text)})

    return app


async def _schema(request: Request) -> str:
    assert request.headers["content-type"] == "application/vnd.schemaregistry.v1+json"
    text: str = (await request.json())["schema"]
    return text


def _can_follow(old: str, new: str) -> bool:
    """BACKWARD, of records: a reader with the new schema must know what to put in a new field."""
    known = {field["name"] for field in _fields(old)}
    return all("default" in field for field in _fields(new) if field["name"] not in known)


def _fields(text: str) -> list[dict[str, Any]]:
    fields: list[dict[str, Any]] = json.loads(text)["fields"]
    return fields
