"""Errors as our HTTP servers tell them: RFC 9457, with what to do, never a word of what was sent.

`type` is a relative reference, one for each remedy; a program decides by it. A value out of the
request is never repeated, nor the name of an unknown field: it may be a person's number.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from starlette.exceptions import HTTPException
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its HTTP status and title. `closes` ends the connection with it."""

    status: int
    title: str
    closes: bool = False


# The type of a problem, and what it is: those that any request may meet.
KINDS: Mapping[str, Kind] = {
    "invalid-body": Kind(400, "The body cannot be read"),
    "invalid-field": Kind(400, "A field has a value that is not allowed"),
    "invalid-request": Kind(400, "The request is not well formed", closes=True),
    "not-found": Kind(404, "There is nothing at this address"),
    "method-not-allowed": Kind(405, "The address does not take this method"),
    "not-acceptable": Kind(406, "Answers are JSON"),
    "body-timeout": Kind(408, "The body did not arrive in time", closes=True),
    "body-too-large": Kind(413, "The body is too large", closes=True),
    "unsupported-media-type": Kind(415, "The body is of another type"),
    "internal": Kind(500, "The server failed"),
}


class ProblemError(Exception):
    """A request that ends in a problem document.

    `detail` names the rule, `remedy` what to do, `field` where it lies, `reason` a code for
    programs; `more` are members that only this kind of problem has. A server with kinds of its own
    has a subclass that knows them.
    """

    kinds: ClassVar[Mapping[str, Kind]] = KINDS

    def __init__(
        self,
        kind: str,
        *,
        detail: str,
        remedy: str,
        field: str | None = None,
        reason: str | None = None,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(kind)
        self.kind = kind
        self.detail = detail
        self.remedy = remedy
        self.field = field
        self.reason = reason
        self.headers = dict(headers or {})
        self.more = dict(more or {})

    def document(self) -> dict[str, Any]:
        """The problem as JSON values."""
        kind = self.kinds[self.kind]
        document = {
            "type": self.kind,
            "title": kind.title,
            "status": kind.status,
            "detail": self.detail,
            "field": self.field,
            "reason": self.reason,
            "remedy": self.remedy,
            **self.more,
        }
        return {name: value for name, value in document.items() if value is not None}

    def response(self) -> Response:
        """The problem as a response."""
        kind = self.kinds[self.kind]
        headers = {**self.headers, **({"Connection": "close"} if kind.closes else {})}
        return Response(json.dumps(self.document()), kind.status, headers, MEDIA_TYPE)


def internal() -> ProblemError:
    """The problem that tells nothing but that the fault lies here."""
    return ProblemError(
        "internal",
        detail="the fault is on this side; the log has its place",
        remedy="ask again later; if it stays, tell the operator the time of the request",
    )


def unrouted(error: HTTPException, addresses: str) -> Response:
    """What the router refuses: an unknown address or method; `addresses` says where they stand."""
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        return ProblemError(
            "method-not-allowed",
            detail="this address does not take that method",
            remedy=f"use {allowed}",
            headers=error.headers,
        ).response()
    if error.status_code == 404:
        return ProblemError("not-found", detail="no such address", remedy=addresses).response()
    return Response(status_code=error.status_code, headers=error.headers)
