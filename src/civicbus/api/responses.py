"""Responses as the OpenAPI document describes them."""

from __future__ import annotations

from typing import Any

from civicbus.api.problems import KINDS
from civicbus.http.problems import MEDIA_TYPE, ProblemError

REFERENCE = "#/components/schemas/{model}"


def json_of(model: str, description: str, example: Any = None) -> dict[str, Any]:
    """An OpenAPI response with a JSON body."""
    content: dict[str, Any] = {"schema": {"$ref": REFERENCE.format(model=model)}}
    if example is not None:
        content["example"] = example
    return {"description": description, "content": {"application/json": content}}


def problems(*examples: ProblemError) -> dict[int | str, dict[str, Any]]:
    """OpenAPI responses for problems, with an example of each kind."""
    found: dict[int | str, dict[str, Any]] = {}
    for problem in examples:
        kind = KINDS[problem.kind]
        response = found.setdefault(
            kind.status,
            {
                "description": kind.title,
                "content": {
                    MEDIA_TYPE: {
                        "schema": {"$ref": REFERENCE.format(model="Problem")},
                        "examples": {},
                    }
                },
            },
        )
        if response["description"] != kind.title:
            response["description"] += f"; or: {kind.title[0].lower()}{kind.title[1:]}"
        response["content"][MEDIA_TYPE]["examples"][problem.kind] = {"value": problem.document()}
        if kind.status in (429, 503):
            response["headers"] = RETRY_AFTER
    return found


RETRY_AFTER = {
    "Retry-After": {
        "description": "Seconds after which asking again is worth while.",
        "schema": {"type": "integer", "minimum": 0},
    }
}
