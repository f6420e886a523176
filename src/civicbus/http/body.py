"""The body of a request: of the right type, in time, and within bounds."""

from __future__ import annotations

import asyncio

from starlette.requests import Request

from civicbus.http.problems import ProblemError

SECONDS_MAX = 10.0


async def read_body(request: Request, bytes_max: int, remedy: str) -> bytes:
    """The bytes of a request's body; `remedy` says what to do about one that is too large.

    Raises:
        ProblemError: 408 or 413.
    """
    if declared_length(request, bytes_max) > bytes_max:
        raise too_large(bytes_max, remedy)
    body = bytearray()
    try:
        async with asyncio.timeout(SECONDS_MAX):
            async for chunk in request.stream():
                body += chunk
                if len(body) > bytes_max:
                    raise too_large(bytes_max, remedy)
    except TimeoutError:
        raise too_slow() from None
    return bytes(body)


def declared_length(request: Request, otherwise: int) -> int:
    """How many bytes a request says that its body has; `otherwise` if it does not say."""
    declared = request.headers.get("content-length", "")
    if len(declared) > 12:  # more digits than this would be a number whose parsing costs time
        return int("9" * 12)
    return int(declared) if declared.isdecimal() else otherwise


def check_media_type(request: Request, *media_types: str) -> str:
    """Which of the media types the body has, in UTF-8 and not compressed.

    Raises:
        ProblemError: 415.
    """
    kind, *parameters = (
        part.strip().lower() for part in request.headers.get("content-type", "").split(";")
    )
    charsets = {p.partition("=")[2].strip('" ') for p in parameters if p.startswith("charset")}
    if kind not in media_types or charsets - {"utf-8"}:
        named = " or ".join(media_types)
        raise unsupported(f"the Content-Type is not {named} in UTF-8", *media_types)
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise unsupported("the body is compressed", *media_types)
    return kind


def not_json(rule: str, remedy: str) -> ProblemError:
    """The body breaks a rule of JSON, or of ours."""
    return ProblemError("invalid-body", detail=f"the body {rule}", remedy=remedy)


def too_slow() -> ProblemError:
    """The body trickles in, which would hold a connection for as long as somebody likes."""
    return ProblemError(
        "body-timeout",
        detail=f"the whole body must arrive within {SECONDS_MAX:.0f} s",
        remedy="send it again, in one piece",
    )


def too_large(bytes_max: int, remedy: str) -> ProblemError:
    """The body is larger than any that is meant here."""
    return ProblemError(
        "body-too-large", detail=f"a body may have {bytes_max} bytes", remedy=remedy
    )


def unsupported(detail: str, *media_types: str) -> ProblemError:
    """The body is not of a plain type that is read, by its own headers."""
    return ProblemError(
        "unsupported-media-type",
        detail=detail,
        remedy=f"send Content-Type: {' or '.join(media_types)}, in UTF-8, not compressed",
        headers={"Accept-Post": ", ".join(media_types), "Accept-Encoding": "identity"},
    )
