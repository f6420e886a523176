"""The body of a request: the right kind, in time, within bounds, and JSON without traps."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request

from civicbus.api.problems import ProblemError
from civicbus.wire import strict_json

JSON = "application/json"
BYTES_MAX = 64 * 1024
SECONDS_MAX = 10.0


async def read_json(request: Request) -> Any:
    """The JSON value in a request's body.

    Raises:
        ProblemError: 400, 406, 408, 413 or 415.
    """
    check_media_types(request, JSON)
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


def check_media_types(request: Request, media_type: str) -> None:
    """Refuse a body of another type, and a caller who would not take that type.

    Raises:
        ProblemError: 406 or 415.
    """
    _check_acceptable(request.headers.get("accept", "*/*"), media_type)
    _check_media_type(request, media_type)


def _check_acceptable(accept: str, media_type: str) -> None:
    """An answer must not be shown as something else than it is."""
    for part in accept.lower().split(","):
        kind, *parameters = (piece.strip() for piece in part.split(";"))
        refused = any(_is_zero_quality(parameter) for parameter in parameters)
        if kind in ("*/*", "application/*", media_type, "") and not refused:
            return
    raise not_acceptable(media_type)


def _is_zero_quality(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    return name.strip() == "q" and value.strip().rstrip("0") in ("", ".", "0.")


def _check_media_type(request: Request, media_type: str) -> None:
    kind, *parameters = (
        part.strip().lower() for part in request.headers.get("content-type", "").split(";")
    )
    charsets = {p.partition("=")[2].strip('" ') for p in parameters if p.startswith("charset")}
    if kind != media_type or charsets - {"utf-8"}:
        raise unsupported(f"the Content-Type is not {media_type} in UTF-8", media_type)
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise unsupported("the body is compressed", media_type)


def not_json(rule: str) -> ProblemError:
    """The body breaks a rule of JSON, or of ours."""
    return ProblemError(
        "invalid-body",
        detail=f"the body {rule}",
        remedy='send one JSON object, such as {"person": "SCHEME:NUMBER"}',
    )


def not_acceptable(media_type: str = JSON) -> ProblemError:
    """The caller would not take what is answered."""
    return ProblemError(
        "not-acceptable",
        detail=f"the Accept header excludes {media_type}",
        remedy=f"send Accept: {media_type}, or leave the header out",
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


def unsupported(detail: str, media_type: str = JSON) -> ProblemError:
    """The body is not of the plain type that is read, by its own headers."""
    return ProblemError(
        "unsupported-media-type",
        detail=detail,
        remedy=f"send Content-Type: {media_type}, in UTF-8, not compressed",
        headers={"Accept-Post": media_type, "Accept-Encoding": "identity"},
    )
