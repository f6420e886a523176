"""Workers ask one another: the dossier of a person whose partition another worker owns.

The question goes in the body of a POST, signed with a key derived from the deployment's secret, so
that nobody else who reaches the port can read a dossier. A worker answers for its own partitions
only and never passes a question on.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from fastapi import APIRouter, Request, Response

from civicbus.engine.raw import RawDossier
from civicbus.engine.sweep_request import Result, SweepRequest, results_from_lines
from civicbus.wire.ports import NotReadyError

DOSSIER_PATH = "/peer/v1/dossier"
SNAPSHOT_PATH = "/peer/v1/snapshot"
OWNERS_PATH = "/peer/v1/owners"
DIGEST_PATH = "/peer/v1/digest"
SWEEP_PATH = "/peer/v1/sweep"
SIGNATURE = "x-civicbus-peer"
LONGEST_BODY = 4_096
VALID_FOR = 30.0  # seconds; clocks of one deployment are kept together
TIMEOUT = httpx.Timeout(5.0, connect=1.0)
SWEEP_TIMEOUT = httpx.Timeout(60.0, connect=1.0)
DIGEST_TIMEOUT = httpx.Timeout(600.0, connect=1.0)  # a whole partition is read


@dataclass(frozen=True, slots=True)
class Route:
    """What one worker may ask another under a path.

    `answer` is given the question as JSON values and gives the answer, usually as JSON text. It may
    raise `NotReadyError`, and for what is no such question `KeyError`, `TypeError` or `ValueError`.
    """

    path: str
    answer: Callable[[Any], Awaitable[bytes]]
    longest_body: int = LONGEST_BODY
    media_type: str = "application/json"


class PeerError(Exception):
    """Another worker did not give what it was asked for. The text names no person."""


class Signer:
    """Signs and checks what workers send each other."""

    def __init__(self, secret: bytes) -> None:
        self._key = hmac.digest(secret, b"civicbus peers", hashlib.sha256)

    def sign(self, path: str, body: bytes) -> str:
        """The header that goes with a body."""
        now = str(int(time.time()))
        return f"{now}:{self._digest(now, path, body)}"

    def accepts(self, header: str, path: str, body: bytes) -> bool:
        """True if one of us signed this body for this path a moment ago."""
        stamp, _, digest = header.partition(":")
        if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
            return False
        if abs(time.time() - int(stamp)) > VALID_FOR:
            return False
        return hmac.compare_digest(digest.encode(), self._digest(stamp, path, body).encode())

    def _digest(self, stamp: str, path: str, body: bytes) -> str:
        message = f"{stamp}\n{path}\n".encode() + body
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()


def peer_router(signer: Signer, routes: Iterable[Route]) -> APIRouter:
    """The routes under which other workers ask this one; not part of the public document."""
    router = APIRouter(include_in_schema=False)

    def endpoint(route: Route) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            body = await _signed_body(signer, request, route.longest_body)
            if body is None:
                return Response(status_code=403)
            try:
                content = await route.answer(json.loads(body))
            except NotReadyError as error:
                return Response(error.reason, status_code=503)
            except (KeyError, TypeError, ValueError):
                return Response(status_code=400)
            return Response(content, media_type=route.media_type)

        return answer

    for route in routes:
        router.add_api_route(route.path, endpoint(route), methods=["POST"])
    return router


async def _signed_body(signer: Signer, request: Request, longest: int) -> bytes | None:
    """The body of a question that one of us has signed; None of any other."""
    declared = request.headers.get("content-length", "")
    if not declared.isdecimal() or int(declared) > longest:
        return None
    body = await request.body()
    header = request.headers.get(SIGNATURE, "")
    return body if signer.accepts(header, request.url.path, body) else None


class Peers:
    """Asks other workers, over connections that are kept open."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        # Not through a proxy that the environment happens to name: dossiers pass here.
        self._client = httpx.AsyncClient(timeout=TIMEOUT, trust_env=False)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def dossier(self, url: str, person_key: str, families: Sequence[str]) -> RawDossier:
        """A dossier from the worker at an address.

        Raises:
            PeerError: if it cannot be reached, is not ready, or answers nonsense.
        """
        question = {"person_key": person_key, "families": list(families)}
        answer = await self._post(url, DOSSIER_PATH, json.dumps(question).encode())
        try:
            return RawDossier.from_json(answer)
        except ValueError as error:
            raise PeerError("the owner's answer is not a dossier") from error

    async def sweep(self, url: str, request: SweepRequest) -> list[Result]:
        """The results of the worker at an address for each question of a sweep.

        Raises:
            PeerError: as `dossier`; of what it is not ready for, the results say so one by one.
        """
        answer = await self._post(url, SWEEP_PATH, request.to_json(), within=SWEEP_TIMEOUT)
        try:
            return results_from_lines(answer, len(request.questions))
        except ValueError as error:
            raise PeerError("the owner's answer is not one of a sweep") from error

    async def snapshot(self, url: str) -> dict[str, Any]:
        """The state of the worker at an address.

        Raises:
            PeerError: as `dossier`.
        """
        answer = await self._post(url, SNAPSHOT_PATH, b"{}")
        snapshot: dict[str, Any] = json.loads(answer)
        return snapshot

    async def owners(self, url: str) -> Mapping[int, str]:
        """Which worker owns which partition in the group of the worker at an address.

        Raises:
            PeerError: as `dossier`.
        """
        answer = json.loads(await self._post(url, OWNERS_PATH, b"{}"))
        return {int(partition): str(owner) for partition, owner in answer.items()}

    async def digest(self, url: str, partition: int, ends: Mapping[str, int]) -> Any:
        """The digest of a partition at the worker at an address, as JSON values.

        Raises:
            PeerError: as `dossier`.
        """
        question = json.dumps({"partition": partition, "ends": dict(ends)}).encode()
        return json.loads(await self._post(url, DIGEST_PATH, question, within=DIGEST_TIMEOUT))

    async def _post(
        self, url: str, path: str, body: bytes, *, within: httpx.Timeout = TIMEOUT
    ) -> bytes:
        headers = {SIGNATURE: self._signer.sign(path, body)}
        try:
            response = await self._client.post(
                url.rstrip("/") + path, content=body, headers=headers, timeout=within
            )
        except httpx.HTTPError as error:
            raise PeerError(f"not reached: {type(error).__name__}") from error
        if response.status_code != 200:
            raise PeerError(f"answered {response.status_code}")
        return response.content
