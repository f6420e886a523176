"""The body of a request: the right kind, in time, within bounds, and JSON without traps."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request

from civicbus.api.problems import ProblemError
from civicbus.wire import strict_json

BYTES_MAX = 64 * 1024
SECONDS_MAX = 10.0


async def read_json(request: Request) -> Any:
    """The JSON value in a request's body.

    Raises:
        ProblemError: 400, 406, 408, 413 or 415.
    """
    _check_acceptable(request.headers.get("accept", "*/*"))
    _check_media_type(request)
    declared = request.headers.get("content-length", "0")
    # More digits than this would be a number whose parsing costs time.
    if len(declared) > 12 or (declared.isdecimal() and int(declared) > BYTES_MAX):
        raise too_large()
    try:
        async with asyncio.timeout(SECONDS_MAX):
            body = await _read(request)
    except TimeoutError:
        raise too_slow() from None
    try:
        return strict_json.parse(body)
    except strict_json.NotJsonError as error:
        raise not_json(str(error)) from None


async def _read(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BYTES_MAX:
            raise too_large()
    return bytes(body)


def _check_acceptable(accept: str) -> None:
    """Refuse a caller who would not take JSON: an answer must not be shown as something else."""
    for part in accept.lower().split(","):
        kind, *parameters = (piece.strip() for piece in part.split(";"))
        refused = any(_is_zero_quality(parameter) for parameter in parameters)
        if kind in ("*/*", "application/*", "application/json", "") and not refused:
            return
    raise not_acceptable()


def _is_zero_quality(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    return name.strip() == "q" and value.strip().rstrip("0") in ("", ".", "0.")


def _check_media_type(request: Request) -> None:
    kind, *parameters = (
        part.strip().lower() for part in request.headers.get("content-type", "").split(";")
    )
    charsets = {p.partition("=")[2].strip('" ') for p in parameters if p.startswith("charset")}
    if kind != "application/json" or charsets - {"utf-8"}:
        raise unsupported("the Content-Type is not application/json in UTF-8")
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise unsupported("the body is compressed")


def not_json(rule: str) -> ProblemError:
    """The body breaks a rule of JSON, or of ours."""
    return ProblemError(
        "invalid-body",
        detail=f"the body {rule}",
        remedy='send one JSON object, such as {"person": "SCHEME:NUMBER"}',
    )


def not_acceptable() -> ProblemError:
    """The caller would not take JSON."""
    return ProblemError(
        "not-acceptable",
        detail="the Accept header excludes application/json",
        remedy="send Accept: application/json, or leave the header out",
    )


def too_slow() -> ProblemError:
    """The body trickles in, which would hold a connection for as long as somebody likes."""
    return ProblemError(
        "body-timeout",
        detail=f"the whole body must arrive within {SECONDS_MAX:.0f} s",
        remedy="send it again, in one piece",
    )


def too_large() -> ProblemError:
    """The body is larger than any question."""
    return ProblemError(
        "body-too-large",
        detail=f"a body may have {BYTES_MAX} bytes",
        remedy="ask about one person at a time",
    )


def unsupported(detail: str) -> ProblemError:
    """The body is not plain JSON by its own headers."""
    return ProblemError(
        "unsupported-media-type",
        detail=detail,
        remedy="send Content-Type: application/json, in UTF-8, not compressed",
        headers={"Accept-Post": "application/json", "Accept-Encoding": "identity"},
    )
