"""The route of sweeps: one question about a whole list of people, answered line by line.

A sweep that fails in its middle ends without its last line; what has been answered until then
stands, and the rest can be asked about again.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel

from civicbus.api import body
from civicbus.api.examples import SWEEP_RETURNED, SWEEP_SENT
from civicbus.api.lines import Line, Lines, TooIdleError
from civicbus.api.ports import Sweeps
from civicbus.api.problems import ProblemError, internal
from civicbus.api.question import checked, claims_of, invalid_field, times_of
from civicbus.api.responses import REFERENCE, problems
from civicbus.api.sweep_documents import (
    LINES_RETURNED,
    LINES_SENT,
    NDJSON,
    SweepQuestion,
)
from civicbus.api.sweep_stream import Asked, SweepStream, too_long, value_of
from civicbus.domain.proofs import PROOFS
from civicbus.http.body import too_slow

RETRY_AFTER_SECONDS = "5"

DESCRIPTION = f"""\
Both ways go lines of JSON (`{NDJSON}`), each of which is read and answered by itself. The first \
line that is sent says which proof is asked, for which day and by which knowledge; every further \
line names a person, and gives an `id` of the asker's own by which the answer is known again.

What comes back begins with the question as it was understood. Then follows one line for each \
person, in any order: an `answer`, or a `problem` that says what to do; a line that breaks a rule \
harms no other. The last line is the `end`, which counts: a response without it was cut off, and \
those without a line have to be asked about again.

A list may be of any length. Up to 4 MiB of it are read ahead; whoever sends more has to read \
answers while sending.
"""

SENT = "".join(json.dumps(line) + "\n" for line in SWEEP_SENT)
RETURNED = "".join(json.dumps(line) + "\n" for line in SWEEP_RETURNED)


def _lines(models: Iterable[type[BaseModel]], example: str) -> dict[str, Any]:
    """Lines of JSON as content; `x-itemSchema` is what OpenAPI 3.2 calls `itemSchema`."""
    schemas = [{"$ref": REFERENCE.format(model=model.__name__)} for model in models]
    schema = {"type": "string", "description": "One JSON object a line, each as `x-itemSchema`."}
    return {NDJSON: {"schema": schema, "x-itemSchema": {"oneOf": schemas}, "example": example}}


def too_many() -> ProblemError:
    """Other sweeps keep this worker busy."""
    return ProblemError(
        "too-many-sweeps",
        detail="this worker has as many sweeps under way as it takes at once",
        remedy=f"ask again in {RETRY_AFTER_SECONDS} s, or ask another worker",
        headers={"Retry-After": RETRY_AFTER_SECONDS},
    )


POSSIBLE_PROBLEMS = problems(
    invalid_field("proof", "is none that can be asked"),
    body.not_acceptable(NDJSON),
    too_slow(),
    too_long(),
    body.unsupported("the body is compressed", NDJSON),
    too_many(),
    internal(),
)


def sweep_router(
    sweeps: Sweeps, at_once: int, secret: bytes, now: Callable[[], datetime]
) -> APIRouter:
    """The route; `at_once` sweeps may be under way in this worker."""
    router = APIRouter(tags=["sweeps"])
    free = asyncio.Semaphore(at_once)

    @router.post(
        "/v1/sweeps",
        operation_id="sweep",
        summary="One question about a whole list of people",
        description=DESCRIPTION,
        response_class=Response,
        responses={
            200: {
                "description": "One line for each person, in any order",
                "content": _lines(LINES_RETURNED, RETURNED),
            },
            **POSSIBLE_PROBLEMS,
        },
        openapi_extra={"requestBody": {"required": True, "content": _lines(LINES_SENT, SENT)}},
    )
    async def sweep(request: Request) -> Response:
        body.check_media_types(request, NDJSON)
        if free.locked():
            raise too_many()
        async with AsyncExitStack() as held:
            await held.enter_async_context(free)
            lines = await held.enter_async_context(Lines(request.receive))
            asked = _asked(await _first(lines), secret, now())
            return SweepStream(asked, lines, sweeps, held.pop_all())

    return router


async def _first(lines: Lines) -> Line:
    try:
        found = await lines.take(1, 1)
    except TooIdleError:
        raise too_slow() from None
    if not found:
        raise ProblemError(
            "invalid-body",
            detail="the body is empty",
            remedy='begin with the line {"proof": "alive"}',
        )
    return found[0]


def _asked(line: Line, secret: bytes, now: datetime) -> Asked:
    said = checked(SweepQuestion, value_of(line))
    if said.proof not in PROOFS:
        raise invalid_field("proof", "is none that can be asked")
    kind = PROOFS[said.proof]
    times = times_of(said.valid_at, said.known_at, now)
    common = said.claims or {}
    # Each may be left to the lines; one that is wrong would spoil all of them.
    claims_of(tuple(replace(claim, required=False) for claim in kind.claims), common, secret)
    return Asked(kind, times, common, secret)
