"""The body of a question: JSON without traps, from somebody who takes JSON."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from civicbus.http import body
from civicbus.http.problems import ProblemError
from civicbus.wire import strict_json

JSON = "application/json"
BYTES_MAX = 64 * 1024
ONE_PERSON = "ask about one person at a time"


async def read_json(request: Request) -> Any:
    """The JSON value in a request's body.

    Raises:
        ProblemError: 400, 406, 408, 413 or 415.
    """
    check_media_types(request, JSON)
    sent = await body.read_body(request, BYTES_MAX, ONE_PERSON)
    try:
        return strict_json.parse(sent)
    except strict_json.NotJsonError as error:
        raise not_json(str(error)) from None


def check_media_types(request: Request, media_type: str) -> None:
    """Refuse a body of another type, and a caller who would not take that type.

    Raises:
        ProblemError: 406 or 415.
    """
    _check_acceptable(request.headers.get("accept", "*/*"), media_type)
    body.check_media_type(request, media_type)


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


def not_json(rule: str) -> ProblemError:
    """The body breaks a rule of JSON, or of ours."""
    return body.not_json(rule, 'send one JSON object, such as {"person": "SCHEME:NUMBER"}')


def not_acceptable(media_type: str = JSON) -> ProblemError:
    """The caller would not take what is answered."""
    return ProblemError(
        "not-acceptable",
        detail=f"the Accept header excludes {media_type}",
        remedy=f"send Accept: {media_type}, or leave the header out",
    )


def too_large() -> ProblemError:
    """The body is larger than any question."""
    return body.too_large(BYTES_MAX, ONE_PERSON)


def unsupported(detail: str, media_type: str = JSON) -> ProblemError:
    """The body is not of the plain type that is read, by its own headers."""
    return body.unsupported(detail, media_type)
