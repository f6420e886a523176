"""Around every request: what must never happen, whatever the route does.

No error text leaves the process or reaches the log, since it may quote a record; the log gets the
class of the error and its place in the source. No answer is kept by a cache or shown as anything
but what it is.
"""

from __future__ import annotations

import traceback

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from civicbus.http.problems import ProblemError, internal

OVERRIDES = ("x-http-method-override", "x-http-method", "x-method-override")

log = structlog.get_logger()


class ResponseBrokenOffError(RuntimeError):
    """An error met a response that was already under way; the connection ends here."""


class Gate:
    """Refuses ambiguous requests, hides errors, marks responses."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def marked(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers["Cache-Control"] = "no-store"
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        try:
            check_unambiguous(Headers(scope=scope))
            await self._app(scope, receive, marked)
        except ClientDisconnect:
            return  # nobody is left to be told
        except ProblemError as problem:
            await problem.response()(scope, receive, marked)
        except Exception as error:  # noqa: BLE001 - the last place that can hide its text
            name, place = type(error).__name__, place_of(error)
            log.error("request_failed", error=name, place=place)  # noqa: TRY400 - as above
            if started:
                raise ResponseBrokenOffError from None
            await internal().response()(scope, receive, marked)


def check_unambiguous(headers: Headers) -> None:
    """Refuse what two readers could read differently.

    Raises:
        ProblemError: 400 or 405.
    """
    if "content-length" in headers and "transfer-encoding" in headers:
        raise ProblemError(
            "invalid-request",
            detail="the length of the body is given twice",
            remedy="send Content-Length or Transfer-Encoding, not both",
        )
    if len(headers.getlist("host")) != 1:  # RFC 9112, 3.2
        raise ProblemError(
            "invalid-request",
            detail="the host is not given, or more than once",
            remedy="send one Host header",
        )
    if any(name in headers for name in OVERRIDES):
        raise ProblemError(
            "method-not-allowed",
            detail="the method is overridden by a header",
            remedy="send the request with the method that is meant",
        )


def place_of(error: BaseException) -> str:
    """Where in the source an error arose: module and line."""
    frames = list(traceback.walk_tb(error.__traceback__))
    if not frames:
        return "unknown"
    frame, line = frames[-1]
    return f"{frame.f_globals.get('__name__', 'unknown')}:{line}"
