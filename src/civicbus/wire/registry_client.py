"""Asking a Confluent-compatible schema registry for the ids on the wire.

Where one is configured its ids are written and read, else those of the lock file.
"""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import quote

import httpx

from civicbus.wire.registry import LATEST, MEDIA_TYPE, Json, subjects_of
from civicbus.wire.schemas import Catalogue, LockedSchema, SchemaError, load_catalogue

ANSWERS_WITHIN = 10.0  # seconds


class RegistryError(SchemaError):
    """A registry cannot be asked or refuses a schema; the text names it, why, and the remedy."""


class RegistryClient:
    """Understands the three calls that we need of a Confluent-compatible registry."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def register(self, subject: str, text: str) -> int:
        """The id of a schema under a subject; a schema that it has already keeps its id.

        Raises:
            RegistryError: if the registry cannot be asked or refuses the schema.
        """
        answer = await self._post(f"/subjects/{_quoted(subject)}/versions", text)
        found: int = self._json(answer, subject)["id"]
        return found

    async def schema(self, schema_id: int) -> str:
        """The text of the schema with an id.

        Raises:
            RegistryError: if there is none, or the registry cannot be asked.
        """
        answer = await self._send("GET", f"/schemas/ids/{schema_id}")
        found: str = self._json(answer, f"schema {schema_id}")["schema"]
        return found

    async def compatible(self, subject: str, text: str) -> bool:
        """Whether a schema may follow the latest one of a subject; a first one always may.

        Raises:
            RegistryError: if the registry cannot be asked.
        """
        path = f"/compatibility/subjects/{_quoted(subject)}/versions/{LATEST}"
        answer = await self._post(path, text)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return True
        return bool(self._json(answer, subject)["is_compatible"])

    async def _post(self, path: str, text: str) -> httpx.Response:
        return await self._send("POST", path, content=json.dumps({"schema": text}))

    async def _send(self, method: str, path: str, content: str | None = None) -> httpx.Response:
        headers = {"Content-Type": MEDIA_TYPE, "Accept": MEDIA_TYPE}
        try:
            return await self._http.request(method, path, headers=headers, content=content)
        except httpx.HTTPError as error:
            raise RegistryError(
                f"schema registry {self._http.base_url}: cannot be asked "
                f"({type(error).__name__}); start it, or correct CIVICBUS_REGISTRY"
            ) from error

    def _json(self, answer: httpx.Response, what: str) -> Json:
        try:
            document = answer.json()
            assert isinstance(document, dict)
        except (ValueError, AssertionError):
            raise RegistryError(
                f"schema registry {self._http.base_url}: answers {answer.status_code} without a "
                "JSON object; correct CIVICBUS_REGISTRY"
            ) from None
        if answer.is_success:
            return document
        remedy = "make the change compatible" if answer.status_code == 409 else "see its log"
        raise RegistryError(
            f"schema registry {self._http.base_url}: {what}: "
            f"{document.get('message', answer.status_code)}; {remedy}"
        )


async def register_catalogue(client: RegistryClient, catalogue: Catalogue) -> Catalogue:
    """The catalogue with a registry's ids in place of ours; registers what it does not have yet.

    Raises:
        RegistryError: if it cannot be asked, refuses a schema, or gives one schema two ids.
    """
    found: dict[int, LockedSchema] = {}
    for schema in sorted(catalogue.versions.values(), key=lambda s: (s.record, s.version)):
        # A registry gives a text one id, whatever the subject.
        ids = {await client.register(subject, schema.text) for subject in subjects_of(schema)}
        if len(ids) != 1 or not ids.isdisjoint(found):
            raise RegistryError(f"{schema.record}: the registry gives it the ids {sorted(ids)}")
        (schema_id,) = ids
        found[schema_id] = replace(schema, id=schema_id)
    return Catalogue(found)


def configured_catalogue(registry: str | None) -> Catalogue:
    """The schemas with the ids on the wire: those of the registry at an address, else our own.

    Part of starting: it blocks until the registry has answered.

    Raises:
        SchemaError: if the lock file or the registry is not as it must be.
    """
    catalogue = load_catalogue()
    if registry is None:
        return catalogue
    # A thread has no event loop yet, whether or not the caller has.
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, _registered(registry, catalogue)).result()


async def _registered(registry: str, catalogue: Catalogue) -> Catalogue:
    async with httpx.AsyncClient(base_url=registry, timeout=ANSWERS_WITHIN) as http:
        return await register_catalogue(RegistryClient(http), catalogue)


def _quoted(subject: str) -> str:
    return quote(subject, safe="")
