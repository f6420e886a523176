"""Notifications in the form of the Digital Convergence Initiative, by POST to `/registry/notify`.

OpenCRVS, OpenSPP and OpenG2P speak it. Each record that a message notifies is one record of the
mapping: its own values, and under `dci` what the message says about it: `dci.message_id`,
`dci.reference_id`, `dci.event_type`, `dci.record_type`, `dci.timestamp`, `dci.sender_id`, and the
record's identifiers by type, such as `dci.identifier.UIN` or `dci.parent1_identifier.UIN`. Who
stands under `relations`, as OpenCRVS tells of parents and spouses, has a name by kind:
`dci.relations.Mother.identifier.NID`, `dci.relations.Mother.familyName`.

Whoever sends is answered when the broker has acknowledged: `ACK` if all was accepted; `NACK` if the
message was taken and records in it were refused, which are marked on the bus; `ERR` with a code of
the standard's if the message was not taken, as none is that breaks a rule. A message is known by
its `sender_id` and `message_id`: sent again it is answered alike and counts once; another content
under the same ids is `rjct.message_id.duplicate`.

Who may send is told by a token (`CIVICBUS_INPUT_TOKEN`, `Authorization: Bearer ...`), and by that
alone: a `signature` in a message is NOT verified, and an encrypted message is refused. The
connector speaks plain HTTP: TLS is the business of a reverse proxy before it. The standard has no
word for how far a register is complete, so the silence of such a source means nothing.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from civicbus.connect.connector import Connector
from civicbus.connect.inputs.dci_message import InvalidMessageError, Message, Notice, read_message
from civicbus.connect.inputs.intake import Fate, Intake, NotTakenError, Outcome, Sent
from civicbus.connect.inputs.requests import JSON, RETRY_AFTER, check_token
from civicbus.connect.json_records import paths_of, record_of_object
from civicbus.connect.rows import Record, RefusedRow, digest_of
from civicbus.http.body import check_media_type, declared_length, read_body
from civicbus.http.problems import ProblemError
from civicbus.settings import Settings

PATH = "/registry/notify"
BYTES_MAX = 8 * 1024 * 1024
TOLD_MAX = 999  # characters of an error's message
DUPLICATE = "rjct.message_id.duplicate"
CODES: Mapping[str, str] = {  # of what any request may meet
    "body-timeout": "err.request.timeout",
    "unauthorized": "err.request.unauthorized",
}


def dci_route(
    connector: Connector,
    settings: Settings,
    intake: Intake,
    told: Callable[[str], None],
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Route:
    """The route by which notifications come; what became of each request is `told` in a word."""
    receiver = _Receiver(connector, settings, intake, now)

    async def receive(request: Request) -> Response:
        outcome, response = await receiver.answer(request)
        told(outcome)
        return response

    return Route(PATH, receive, methods=["POST"])


class _Receiver:
    """Understands requests that bring notifications."""

    def __init__(
        self,
        connector: Connector,
        settings: Settings,
        intake: Intake,
        now: Callable[[], datetime],
    ) -> None:
        self._paths = paths_of(connector.system.input)
        self._settings = settings
        self._intake = intake
        self._now = now

    async def answer(self, request: Request) -> tuple[str, Response]:
        """Take what a request brings; returns what became of it, in a word and as a response."""
        body = b""
        try:
            check_token(request, self._settings)
            check_media_type(request, JSON)
            with self._intake.room(min(declared_length(request, BYTES_MAX), BYTES_MAX)):
                body = await read_body(request, BYTES_MAX, "send fewer records at once")
                message = await asyncio.to_thread(read_message, body)
                outcome = await self._outcome(message)
        except ProblemError as problem:
            return self._unread(problem)
        except InvalidMessageError as error:
            return "invalid", self._error(
                error.code, error.told, self._intake.name(body.hex()).hex(), 400
            )
        except NotTakenError as error:
            code = "err.service.unavailable"
            told = f"{error}; send the same again in a while"
            response = self._error(code, told, self._name(body.hex()), 503)
            response.headers.update(RETRY_AFTER)
            return "unavailable", response
        return self._answered(message, outcome)

    async def _outcome(self, message: Message) -> Outcome:
        records = [self._record(notice, n) for n, notice in enumerate(message.notices, 1)]
        id_ = self._intake.name(message.sender_id, message.message_id)
        content = self._intake.name(*([one.record, one.about] for one in message.notices))
        (outcome,) = await self._intake.hand_over([Sent(id_, content, records)])
        assert outcome is not None, "it could be read"
        return outcome

    def _record(self, notice: Notice, place: int) -> Record:
        line = self._intake.line()
        record = record_of_object(notice.record, place, line, self._paths, {"dci": notice.about})
        remedy = f"item {place}: two of one type; send the one that holds"
        twice = [RefusedRow(line, f"dci.{_told(name)}", "json", remedy) for name in notice.twice]
        # The same record notified once more is the same row: so a refusal ends once it is mapped.
        said = {name: notice.about[name] for name in ("reference_id", "event_type", "record_type")}
        digest = digest_of(json.dumps([said, notice.record], sort_keys=True).encode())
        return replace(record, refused=(*record.refused, *twice), digest=digest)

    def _answered(self, message: Message, outcome: Outcome) -> tuple[str, Response]:
        name = self._name(message.sender_id, message.message_id)
        if outcome.fate is Fate.CONFLICT:
            told = "header.message_id: another message was sent under it; give each its own"
            return "conflict", self._error(DUPLICATE, told, name, 409)
        if outcome.fate is Fate.REFUSED:
            rows = [f"{row.field}: {row.reason}: {row.remedy}" for row in outcome.refused]
            told = f"{len(rows)} refused; " + "; ".join(rows)
            error = {"code": "err.request.bad", "message": told[:TOLD_MAX]}
            return "refused", JSONResponse(self._ack("NACK", name, error))
        return "accepted", JSONResponse(self._ack("ACK", name))

    def _unread(self, problem: ProblemError) -> tuple[str, Response]:
        """The answer to what was refused before it was read."""
        told = f"{problem.detail}; {problem.remedy}"
        code = CODES.get(problem.kind, "err.request.bad")
        status = problem.document()["status"]
        if problem.kind == "unauthorized":
            document: Any = {"errors": [{"code": code, "message": told}]}
        else:
            document = self._ack("ERR", self._name(), {"code": code, "message": told})
        headers = dict(problem.response().headers)
        kept = {k: v for k, v in headers.items() if not k.startswith("content-")}
        outcome = "unauthorized" if problem.kind == "unauthorized" else "invalid"
        return outcome, JSONResponse(document, status, kept)

    def _error(self, code: str, told: str, name: str, status: int) -> Response:
        return JSONResponse(self._ack("ERR", name, {"code": code, "message": told}), status)

    def _name(self, *values: str) -> str:
        """What an answer calls a message: the same for the same."""
        return self._intake.name(*values).hex()

    def _ack(
        self, status: str, correlation_id: str, error: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        message: dict[str, Any] = {
            "ack_status": status,
            "timestamp": self._now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "correlation_id": correlation_id,
        }
        if error is not None:
            message["error"] = dict(error)
        return {"message": message}


def _told(name: str) -> str:
    """A name out of a record: it may be anything, so only what looks like a name is told."""
    return name if name.isidentifier() and name.isascii() and len(name) <= 64 else "identifier"
