"""Events that a department's system sends: CloudEvents 1.0, by POST to `/events`.

Structured (`application/cloudevents+json`), binary (headers `ce-...`, data as `application/json`),
or up to a thousand in a batch (`application/cloudevents-batch+json`). The mapping sees the event's
`data`, and beside it its attributes under `ce`: `ce.id`, `ce.type`, `ce.time` ...

Whoever sends is answered when the broker has acknowledged: 200 if all was accepted, 422 with the
rows that were refused, 503 if nothing was taken and the same is to be sent again. An event is known
by its `source` and `id`: sent again, it is answered alike and counts once; another content under
the same id is a conflict, 409.

An event of the type `civicbus.watermark.v1` says with its `time`: all that the register recorded up
to then has been sent before this, and answered. Without such a word the register is never said to
be complete. In a batch it is not taken behind an event that was not taken. A sender's clock may be
a minute ahead of ours; a later time is refused.

Who may send is told by a token (`CIVICBUS_INPUT_TOKEN`, `Authorization: Bearer ...`). The connector
speaks plain HTTP: TLS is the business of a reverse proxy before it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from civicbus.connect.connector import Connector
from civicbus.connect.inputs.cloud_events import (
    NotAnEvent,
    NotReadableError,
    Read,
    batched,
    binary,
    structured,
)
from civicbus.connect.inputs.intake import Fate, Intake, NotTakenError, Outcome, Sent
from civicbus.connect.inputs.requests import JSON, ProblemError, check_token, not_taken
from civicbus.connect.json_records import paths_of, record_of_object
from civicbus.connect.rows import RefusedRow, digest_of
from civicbus.http import problems
from civicbus.http.body import check_media_type, declared_length, not_json, read_body
from civicbus.settings import Settings

PATH = "/events"
STRUCTURED = "application/cloudevents+json"
BATCHED = "application/cloudevents-batch+json"
ONE_MAX = 1024 * 1024  # bytes
BATCH_MAX = 8 * 1024 * 1024
WATERMARK = "civicbus.watermark.v1"
CLOCKS_APART = timedelta(minutes=1)  # a sender's and ours, at the most

FATES: Mapping[Fate, str] = {
    Fate.CONFLICT: "an event of this source and id was sent before with another content; give "
    "what is new an id of its own",
    Fate.WITHHELD: "an event before it in the batch was not taken; send the watermark once all "
    "before it has been",
}
OUTCOMES = {200: "accepted", 401: "unauthorized", 409: "conflict", 422: "refused"}


def push_route(
    connector: Connector,
    settings: Settings,
    intake: Intake,
    told: Callable[[str], None],
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Route:
    """The route by which events come; what became of each request is `told` in a word."""
    receiver = _Receiver(connector, settings, intake, now)

    async def receive(request: Request) -> Response:
        try:
            response = await receiver.answer(request)
        except problems.ProblemError as problem:
            response = problem.response()
        outcome = "unavailable" if response.status_code >= 500 else "invalid"
        told(OUTCOMES.get(response.status_code, outcome))
        return response

    return Route(PATH, receive, methods=["POST"])


@dataclass(frozen=True, slots=True)
class _Ahead:
    """A watermark that speaks of the future."""


class _Receiver:
    """Understands requests that bring events."""

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

    async def answer(self, request: Request) -> Response:
        """Take what a request brings, and say what became of it.

        Raises:
            ProblemError: of any kind but 500.
        """
        check_token(request, self._settings)
        kind = check_media_type(request, STRUCTURED, BATCHED, JSON)
        most = BATCH_MAX if kind == BATCHED else ONE_MAX
        try:
            with self._intake.room(min(declared_length(request, most), most)):
                body = await read_body(request, most, "send fewer events at once")
                read = await asyncio.to_thread(_events, kind, request.headers.items(), body)
                sent = [self._sent(one, place) for place, one in enumerate(read, 1)]
                going = [one if isinstance(one, Sent) else None for one in sent]
                outcomes = await self._intake.hand_over(going)
        except NotTakenError as error:
            raise not_taken(str(error)) from None
        fates: list[Outcome | NotAnEvent | _Ahead] = []
        for one, outcome in zip(sent, outcomes, strict=True):
            fate = outcome if isinstance(one, Sent) else one
            assert fate is not None, "what was handed over has an outcome"
            fates.append(fate)
        return _response(fates, is_batch=kind == BATCHED)

    def _sent(self, read: Read, place: int) -> Sent | NotAnEvent | _Ahead:
        if isinstance(read, NotAnEvent):
            return read
        attributes = dict(read.attributes)
        id_ = self._intake.name(attributes["source"], attributes["id"])
        # How the data was sent is no part of what was said.
        said = {name: text for name, text in attributes.items() if name != "datacontenttype"}
        content = self._intake.name(said, read.data)
        if read.type == WATERMARK:
            if read.time is None:
                return NotAnEvent("time", "say up to when all has been sent")
            now = self._now()
            if read.time > now + CLOCKS_APART:
                return _Ahead()
            return Sent(id_, content, complete_through=min(read.time, now))
        if read.data is None:
            return NotAnEvent("data", "send the event's data, an object")
        line = self._intake.line()
        record = record_of_object(read.data, place, line, self._paths, {"ce": attributes})
        digest = digest_of(json.dumps([said, read.data], sort_keys=True).encode())
        return Sent(id_, content, (replace(record, digest=digest),))


def _events(kind: str, headers: Sequence[tuple[str, str]], body: bytes) -> Sequence[Read]:
    try:
        if kind == BATCHED:
            return batched(body)
        return [structured(body) if kind == STRUCTURED else binary(headers, body)]
    except NotReadableError as error:
        raise not_json(str(error), "send one CloudEvent, or an array of them in a batch") from None


def _response(fates: Sequence[Outcome | NotAnEvent | _Ahead], *, is_batch: bool) -> Response:
    told = [_told(fate, place) for place, fate in enumerate(fates, 1)]
    lost = [one for one in told if one["outcome"] != "accepted"]
    if not lost:
        return JSONResponse({"accepted": len(told), "events": told})
    outcome = lost[0]["outcome"]
    kinds = {"invalid": "invalid-event", "conflict": "conflict"}
    kind = "refused" if is_batch else kinds.get(outcome, "refused")
    first = lost[0]["problems"][0]
    accepted = len(told) - len(lost)
    return ProblemError(
        kind,
        detail=f"{len(lost)} of {len(told)} were not accepted, {accepted} were",
        remedy=first["remedy"],
        field=first.get("field"),
        reason=first.get("reason"),
        more={"accepted": accepted, "events": told},
    ).response()


def _told(fate: Outcome | NotAnEvent | _Ahead, place: int) -> dict[str, Any]:
    """What became of one event; `place` counts from 1."""
    if isinstance(fate, NotAnEvent):
        problem = {"field": fate.field, "reason": "event", "remedy": fate.remedy}
        return {"place": place, "outcome": "invalid", "problems": [problem]}
    if isinstance(fate, _Ahead):
        remedy = "the time lies in the future; say up to when all has been sent"
        problem = {"field": "time", "reason": "future", "remedy": remedy}
        return {"place": place, "outcome": "refused", "problems": [problem]}
    if fate.fate is Fate.ACCEPTED:
        return {"place": place, "outcome": "accepted"}
    found = [_row(row) for row in fate.refused]
    if not found:
        found = [{"field": "id", "reason": fate.fate.value, "remedy": FATES[fate.fate]}]
    return {"place": place, "outcome": fate.fate.value, "problems": found}


def _row(row: RefusedRow) -> dict[str, str]:
    return {"field": row.field, "reason": row.reason, "remedy": row.remedy}
