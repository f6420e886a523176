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
from collections.abc import Callable, Sequence
from typing import Any

import httpx
from fastapi import APIRouter, Request, Response

from civicbus.domain.families import FAMILIES
from civicbus.domain.person_key import is_person_key
from civicbus.engine.raw import RawDossier
from civicbus.wire.ports import NotReadyError

DOSSIER_PATH = "/peer/v1/dossier"
SNAPSHOT_PATH = "/peer/v1/snapshot"
SIGNATURE = "x-civicbus-peer"
LONGEST_BODY = 4_096
VALID_FOR = 30.0  # seconds; clocks of one deployment are kept together
TIMEOUT = httpx.Timeout(5.0, connect=1.0)

ReadOwn = Callable[[str, Sequence[str]], RawDossier]


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


def peer_router(
    signer: Signer, read_own: ReadOwn, snapshot: Callable[[], dict[str, Any]]
) -> APIRouter:
    """The routes under which other workers ask this one; not part of the public document."""
    router = APIRouter(include_in_schema=False)

    async def signed_body(request: Request) -> bytes | None:
        declared = request.headers.get("content-length", "")
        if not declared.isdecimal() or int(declared) > LONGEST_BODY:
            return None
        body = await request.body()
        header = request.headers.get(SIGNATURE, "")
        return body if signer.accepts(header, request.url.path, body) else None

    @router.post(DOSSIER_PATH)
    async def dossier(request: Request) -> Response:
        body = await signed_body(request)
        if body is None:
            return Response(status_code=403)
        question = json.loads(body)
        person_key, families = str(question["person_key"]), list(question["families"])
        if not is_person_key(person_key.encode()) or not set(families) <= set(FAMILIES):
            return Response(status_code=400)
        try:
            raw = read_own(person_key, families)
        except NotReadyError as error:
            return Response(error.reason, status_code=503)
        return Response(raw.to_json(), media_type="application/json")

    @router.post(SNAPSHOT_PATH)
    async def own_snapshot(request: Request) -> Response:
        if await signed_body(request) is None:
            return Response(status_code=403)
        return Response(json.dumps(snapshot()), media_type="application/json")

    return router


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

    async def snapshot(self, url: str) -> dict[str, Any]:
        """The state of the worker at an address.

        Raises:
            PeerError: as `dossier`.
        """
        answer = await self._post(url, SNAPSHOT_PATH, b"{}")
        snapshot: dict[str, Any] = json.loads(answer)
        return snapshot

    async def _post(self, url: str, path: str, body: bytes) -> bytes:
        headers = {SIGNATURE: self._signer.sign(path, body)}
        try:
            response = await self._client.post(
                url.rstrip("/") + path, content=body, headers=headers
            )
        except httpx.HTTPError as error:
            raise PeerError(f"not reached: {type(error).__name__}") from error
        if response.status_code != 200:
            raise PeerError(f"answered {response.status_code}")
        return response.content
