"""The requester insists on the answer that a story needs, and says what it got in its place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from civicbus.demo.requester import Expected, Requester, UnexpectedAnswerError
from civicbus.domain.identifiers import Identifier

PERSON = Identifier.parse("cn-rid:990000194891200011")
YES = Expected("yes", "no_death_registered")
NO = Expected("no", "death_registered")


def answer(said: Expected) -> dict[str, Any]:
    return {"outcome": said.outcome, "reason": said.reason}


@pytest.fixture
async def asked() -> list[bytes]:
    return []


@pytest.fixture
async def requester(asked: list[bytes]) -> AsyncIterator[Requester]:
    """Asks an API that answers yes twice, then no, then nothing."""
    replies = [(200, answer(YES)), (200, answer(YES)), (200, answer(NO)), (503, {"detail": "busy"})]

    def reply(request: httpx.Request) -> httpx.Response:
        asked.append(request.content)
        status, body = replies[min(len(asked), len(replies)) - 1]
        return httpx.Response(status, json=body)

    async with httpx.AsyncClient(transport=httpx.MockTransport(reply)) as http:
        yield Requester(http, "http://api")


async def test_the_expected_answer_is_given_back_with_its_time(
    requester: Requester, asked: list[bytes]
) -> None:
    found = await requester.expect(PERSON, YES, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert found.said == YES
    assert found.seconds > 0
    assert b'"known_at":"2026-01-02T03:04:05.000Z"' in asked[0]


async def test_a_claim_goes_along_with_the_question(
    requester: Requester, asked: list[bytes]
) -> None:
    status = {"status": "married"}
    await requester.wait_for(PERSON, YES, 1, "marital_status", status)
    assert b'"claims":{"status":"married"}' in asked[0]


async def test_another_answer_than_the_expected_one_is_an_error(requester: Requester) -> None:
    with pytest.raises(UnexpectedAnswerError, match=r"expected no: .*, but the answer is yes: "):
        await requester.expect(PERSON, NO)


async def test_an_answer_is_waited_for_until_it_changes(
    requester: Requester, asked: list[bytes]
) -> None:
    assert (await requester.wait_for(PERSON, NO, within=5)).said == NO
    assert len(asked) == 3


async def test_waiting_ends(requester: Requester) -> None:
    with pytest.raises(UnexpectedAnswerError, match="within 0 s, but the answer is yes"):
        await requester.wait_for(PERSON, NO, within=0)


async def test_no_answer_is_an_error(requester: Requester) -> None:
    for _ in range(3):
        await requester.ask(PERSON)
    with pytest.raises(UnexpectedAnswerError, match="answered 503"):
        await requester.ask(PERSON)
