"""The requester: asks the proof API as any office would, and measures how long it takes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from civicbus.domain.answer import iso
from civicbus.domain.identifiers import Identifier

ASK_AGAIN_AFTER = 0.005  # seconds


class UnexpectedAnswerError(RuntimeError):
    """The bus did not answer as it had to; the text says what was asked, expected and answered."""


@dataclass(frozen=True, slots=True)
class Expected:
    """An outcome and its reason."""

    outcome: str
    reason: str

    def __str__(self) -> str:
        return f"{self.outcome}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer, how long it took to get, and when."""

    answer: Mapping[str, Any]
    seconds: float
    known_at: datetime | None

    @property
    def said(self) -> Expected:
        """Its outcome and reason."""
        return Expected(str(self.answer["outcome"]), str(self.answer["reason"]))


class Requester:
    """Understands how to ask a worker about a person."""

    def __init__(self, http: httpx.AsyncClient, api: str) -> None:
        self._http = http
        self._url = f"{api}/v1/proofs"

    async def ask(
        self,
        person: Identifier,
        known_at: datetime | None = None,
        proof: str = "alive",
        claims: Mapping[str, str | int] | None = None,
    ) -> Asked:
        """Ask about a person today, by what was known at a moment.

        Raises:
            UnexpectedAnswerError: if there is no answer.
        """
        body: dict[str, Any] = {"person": str(person)}
        if known_at is not None:
            body["known_at"] = iso(known_at)
        if claims is not None:
            body["claims"] = dict(claims)
        started = time.perf_counter()
        response = await self._http.post(f"{self._url}/{proof}", json=body)
        seconds = time.perf_counter() - started
        if response.status_code != httpx.codes.OK:
            raise UnexpectedAnswerError(
                f"the API answered {response.status_code} in place of an answer: {response.text}"
            )
        return Asked(response.json(), seconds, known_at)

    async def expect(
        self, person: Identifier, expected: Expected, known_at: datetime | None = None
    ) -> Asked:
        """Ask once, and insist on an answer.

        Raises:
            UnexpectedAnswerError: if there is no answer or another one.
        """
        asked = await self.ask(person, known_at)
        if asked.said != expected:
            raise UnexpectedAnswerError(f"expected {expected}, but the answer is {asked.said}")
        return asked

    async def wait_for(
        self,
        person: Identifier,
        expected: Expected,
        within: float,
        proof: str = "alive",
        claims: Mapping[str, str | int] | None = None,
    ) -> Asked:
        """Ask again and again until the answer is the one expected.

        Raises:
            UnexpectedAnswerError: if it is not within so many seconds.
        """
        deadline = time.monotonic() + within
        while True:
            asked = await self.ask(person, None, proof, claims)
            if asked.said == expected:
                return asked
            if time.monotonic() > deadline:
                raise UnexpectedAnswerError(
                    f"expected {expected} within {within:.0f} s, but the answer is {asked.said}"
                )
            await asyncio.sleep(ASK_AGAIN_AFTER)
