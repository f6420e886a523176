"""Sweeps: one question about a whole list, line by line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema_rs import Validator, validator_for
from starlette.types import Message

from civicbus.api import examples
from civicbus.api.lines import LINE_BYTES_MAX, READ_AHEAD_BYTES, Lines, TooIdleError
from civicbus.api.memory import MemoryDossiers
from civicbus.api.sweep_documents import NDJSON
from civicbus.api.sweep_stream import PART_LINES_MAX, PARTS_AT_ONCE
from civicbus.domain.answer import Question
from civicbus.wire.ports import Swept, Unanswered
from tests.api.city import DEAD, LIVING, UNKNOWN, app_over, city, client_of
from tests.patience import tried

SWEEPS = "/v1/sweeps"
ALIVE = {"proof": "alive"}
SCOPE = {
    "type": "http",
    "method": "POST",
    "path": SWEEPS,
    "query_string": b"",
    "scheme": "http",
    "headers": [(b"host", b"bus"), (b"content-type", NDJSON.encode())],
    "http_version": "1.1",
}


def sent(*lines: object) -> bytes:
    """Lines of JSON; what is bytes already is sent as it is."""
    return b"".join(
        (line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines
    )


def about(own_id: str, person: object, **more: object) -> dict[str, object]:
    return {"id": own_id, "person": str(person), **more}


async def post(client: httpx.AsyncClient, body: bytes | AsyncIterator[bytes]) -> httpx.Response:
    return await client.post(SWEEPS, content=body, headers={"Content-Type": NDJSON})


def read(response: httpx.Response) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == NDJSON
    return [json.loads(line) for line in response.text.splitlines()]


async def swept(client: httpx.AsyncClient, *lines: object) -> list[dict[str, Any]]:
    return read(await post(client, sent(*lines)))


def by_id(lines: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {line["id"]: line for line in lines if line.get("id") is not None}


async def test_everybody_on_the_list_is_answered_under_the_askers_own_id(
    client: httpx.AsyncClient,
) -> None:
    lines = await swept(client, ALIVE, about("a", LIVING), about("b", DEAD), about("c", UNKNOWN))
    outcomes = {own: line["answer"]["outcome"] for own, line in by_id(lines).items()}
    assert outcomes == {"a": "yes", "b": "no", "c": "unknown"}


async def test_a_line_is_the_single_answer_without_its_words(client: httpx.AsyncClient) -> None:
    (line,) = by_id(await swept(client, ALIVE, about("a", DEAD))).values()
    single = (await client.post("/v1/proofs/alive", json={"person": str(DEAD)})).json()
    brief = line["answer"]
    assert brief == {name: single[name] for name in brief} | {
        "basis": [evidence["event_id"] for evidence in single["basis"]]
    }
    assert single.keys() - brief.keys() == {"person", "claims", "sentence", "would_change"}


async def test_the_first_line_back_says_how_the_question_was_understood(
    client: httpx.AsyncClient,
) -> None:
    start, *_ = await swept(client, {**ALIVE, "known_at": "2024-03-01"})
    assert start == {
        "sweep": {
            "proof": "alive",
            "valid_at": "2024-03-01",
            "known_at": "2024-03-01T23:59:59.999Z",
        }
    }


async def test_the_last_line_counts_all_that_was_asked(client: httpx.AsyncClient) -> None:
    *_, end = await swept(client, ALIVE, about("a", LIVING), about("b", DEAD), about("c", "x"))
    assert end == {
        "end": {
            "asked": 3,
            "answered": 2,
            "refused": 1,
            "not_ready": 0,
            "outcomes": {"yes": 1, "no": 1, "unknown": 0, "disputed": 0},
        }
    }


async def test_a_list_of_nobody_is_answered_too(client: httpx.AsyncClient) -> None:
    _, end = await swept(client, ALIVE)
    assert end["end"]["asked"] == 0


@pytest.mark.parametrize(
    ("line", "own_id", "kind", "field"),
    [
        (b"not json", None, "invalid-body", None),
        (b'{"id": "1", "id": "2"}', None, "invalid-body", None),
        (b"[]", None, "invalid-body", None),
        (b"x" * (LINE_BYTES_MAX + 1), None, "body-too-large", None),
        ({"id": "x"}, "x", "invalid-field", "person"),
        ({"person": str(LIVING)}, None, "invalid-field", "id"),
        (about("", LIVING), None, "invalid-field", "id"),
        (about("x" * 201, LIVING), None, "invalid-field", "id"),
        (about("x", "nl-bsn:999990638"), "x", "invalid-field", "person"),
        (about("x", LIVING, birth_date="1950-13-01"), "x", "invalid-field", "birth_date"),
        (about("x", LIVING, claims={"age": 3}), "x", "invalid-field", "claims"),
        (about("x", LIVING, known_at="2024-01-01"), "x", "invalid-body", None),
    ],
)
async def test_a_bad_line_is_told_its_fault_and_harms_no_other(
    client: httpx.AsyncClient, line: object, own_id: str | None, kind: str, field: str | None
) -> None:
    lines = await swept(client, ALIVE, about("a", LIVING), line, about("b", DEAD))
    (bad,) = [line for line in lines if "problem" in line]
    assert (bad["id"], bad["line"]) == (own_id, 3)
    assert (bad["problem"]["type"], bad["problem"].get("field")) == (kind, field)
    assert bad["problem"]["remedy"]
    assert {"a", "b"} <= by_id(lines).keys()
    assert lines[-1]["end"]["answered"] == 2


async def test_no_problem_repeats_a_number(client: httpx.AsyncClient) -> None:
    wrong = "nl-bsn:999990638"
    response = await post(client, sent(ALIVE, about("a", wrong), about("b", f"{wrong} ")))
    assert wrong.removeprefix("nl-bsn:") not in response.text


async def test_lines_may_end_as_windows_ends_them_and_be_blank(client: httpx.AsyncClient) -> None:
    body = b'{"proof": "alive"}\r\n\r\n' + sent(about("a", LIVING)).strip()
    assert by_id(read(await post(client, body))).keys() == {"a"}


async def test_claims_may_be_given_for_all_and_for_one(client: httpx.AsyncClient) -> None:
    lines = await swept(
        client,
        {"proof": "age_at_least", "claims": {"years": 18}},
        about("grown", LIVING),
        about("old", LIVING, claims={"years": 100}),
    )
    outcomes = {own: line["answer"]["outcome"] for own, line in by_id(lines).items()}
    assert outcomes == {"grown": "yes", "old": "no"}


@pytest.mark.parametrize(
    ("first", "field"),
    [
        ({}, "proof"),
        ({"proof": "rich"}, "proof"),
        ({"proof": 1}, "proof"),
        ({**ALIVE, "valid_at": "2999-01-01"}, "valid_at"),
        ({**ALIVE, "known_at": "yesterday"}, "known_at"),
        ({**ALIVE, "claims": {"age": 1}}, "claims"),
        ({"proof": "age_at_least", "claims": {"years": -1}}, "claims.years"),
        ({**ALIVE, "person": str(LIVING)}, None),
        (b"alive", None),
        (b"", None),
    ],
)
async def test_a_question_that_cannot_be_put_is_refused_at_once(
    client: httpx.AsyncClient, first: object, field: str | None
) -> None:
    response = await post(client, b"" if first == b"" else sent(first, about("a", LIVING)))
    assert response.status_code == 400
    assert response.json().get("field") == field
    assert response.json()["remedy"]


async def test_only_lines_of_json_are_taken_and_given(client: httpx.AsyncClient) -> None:
    body = sent(ALIVE)
    sent_as_json = await client.post(SWEEPS, content=body, headers={"Content-Type": "text/plain"})
    wanted = {"Content-Type": NDJSON, "Accept": "application/json"}
    assert sent_as_json.status_code == 415
    assert (await client.post(SWEEPS, content=body, headers=wanted)).status_code == 406


async def test_who_cannot_be_answered_now_has_a_line_that_says_so() -> None:
    async with client_of(app_over(MemoryDossiers(not_ready="rebalancing"))) as client:
        lines = await swept(client, ALIVE, about("a", LIVING))
    problem = by_id(lines)["a"]["problem"]
    assert (problem["type"], problem["reason"]) == ("not-ready", "rebalancing")
    assert lines[-1]["end"]["not_ready"] == 1
    assert lines[-1]["end"]["answered"] == 0


@dataclass
class Slow:
    """Sweeps that answer when they are let, and count who waits."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    under_way: int = 0

    async def sweep(self, _: str, questions: Sequence[Question]) -> list[Swept | Unanswered]:
        self.under_way += 1
        await self.gate.wait()
        self.under_way -= 1
        return [Swept("yes", "{}") for _ in questions]


async def until(condition: Callable[[], bool]) -> None:
    """Let others work until something has become true."""
    while not condition():  # noqa: ASYNC110 - there is nothing that would tell
        await asyncio.sleep(0)


async def test_a_worker_takes_so_many_sweeps_at_once_and_tells_others_when_to_come_back() -> None:
    slow = Slow()
    async with client_of(app_over(city(), sweeps=slow)) as client:
        body = sent(ALIVE, about("a", LIVING))
        running = [asyncio.create_task(post(client, body)) for _ in range(4)]
        await until(lambda: slow.under_way == 4)
        refused = await post(client, body)
        slow.gate.set()
        answered = [read(await task)[-1] for task in running]
        again = await post(client, body)
    assert refused.status_code == 429
    assert refused.json()["type"] == "too-many-sweeps"
    assert int(refused.headers["retry-after"]) > 0
    assert all(line["end"]["answered"] == 1 for line in answered)
    assert again.status_code == 200


async def test_only_a_few_parts_of_a_long_list_are_under_way_at_once() -> None:
    slow = Slow()
    people = [about(str(number), LIVING) for number in range(PART_LINES_MAX * 5)]
    async with client_of(app_over(city(), sweeps=slow)) as client:
        running = asyncio.create_task(post(client, sent(ALIVE, *people)))
        await until(lambda: slow.under_way == PARTS_AT_ONCE)
        for _ in range(20):
            await asyncio.sleep(0)
        most = slow.under_way
        slow.gate.set()
        lines = read(await running)
    assert most == PARTS_AT_ONCE
    assert lines[-1]["end"]["answered"] == len(people)


async def test_answers_come_while_the_list_is_still_being_sent() -> None:
    # The test's client gives a whole response at once; so the app is called as a server calls it.
    received: asyncio.Queue[Message] = asyncio.Queue()
    answered: asyncio.Queue[bytes] = asyncio.Queue()

    async def send(message: Message) -> None:
        await answered.put(message.get("body", b""))

    def more(*lines: object, last: bool = False) -> None:
        received.put_nowait({"type": "http.request", "body": sent(*lines), "more_body": not last})

    more(ALIVE)
    running = asyncio.create_task(app_over(city())(SCOPE, received.get, send))
    assert await answered.get() == b""
    assert b'"sweep"' in await answered.get()
    more(about("a", LIVING))
    assert b'"id":"a"' in await answered.get()
    more(about("b", DEAD), last=True)
    assert b'"id":"b"' in await answered.get()
    assert b'"end"' in await answered.get()
    await running


async def test_nobody_goes_on_for_a_client_that_has_left() -> None:
    slow = Slow()
    received: asyncio.Queue[Message] = asyncio.Queue()
    written: list[Message] = []

    async def send(message: Message) -> None:
        written.append(message)

    body = sent(ALIVE, about("a", LIVING))
    received.put_nowait({"type": "http.request", "body": body, "more_body": True})
    running = asyncio.create_task(app_over(city(), sweeps=slow)(SCOPE, received.get, send))
    await until(lambda: slow.under_way == 1)
    received.put_nowait({"type": "http.disconnect"})
    await running
    assert not any(b'"end"' in message.get("body", b"") for message in written)


async def test_a_list_that_stops_in_its_middle_ends_without_a_last_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("civicbus.api.lines.IDLE_SECONDS_MAX", 0.05)

    async def halting() -> AsyncIterator[bytes]:
        yield sent(ALIVE, about("a", LIVING))
        await asyncio.sleep(1)

    async with client_of(app_over(city())) as client:
        lines = read(await post(client, halting()))
    assert "answer" in by_id(lines)["a"]
    assert lines[-1]["problem"]["type"] == "body-timeout"


async def test_only_so_much_is_read_ahead_of_the_answers() -> None:
    chunk = sent(about("a", LIVING)) * 500
    given = 0

    async def endless() -> Message:
        nonlocal given
        await asyncio.sleep(0)
        given += len(chunk)
        return {"type": "http.request", "body": chunk, "more_body": True}

    async with Lines(endless) as lines:
        for _ in range(3 * READ_AHEAD_BYTES // len(chunk)):
            await asyncio.sleep(0)
        before = given
        while given == before:
            assert await lines.take(1_000, 1 << 20)
            await asyncio.sleep(0)
    assert before <= READ_AHEAD_BYTES + len(chunk)


async def test_a_body_that_never_comes_is_not_waited_for_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("civicbus.api.lines.IDLE_SECONDS_MAX", 0.01)

    async def silent() -> Message:
        await asyncio.sleep(60)
        raise AssertionError

    async with Lines(silent) as lines:
        with pytest.raises(TooIdleError):
            await lines.take(1, 1)


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "person", "claims", "x"]), inner, max_size=4)
    ),
    max_leaves=6,
)
PERSON_LINES = st.fixed_dictionaries(
    {},
    optional={
        "id": st.text(max_size=3) | ANY_JSON,
        "person": st.sampled_from([str(LIVING), str(DEAD), "nl-bsn:1", ""]) | ANY_JSON,
        "name": st.text(max_size=3) | ANY_JSON,
        "birth_date": st.sampled_from(["1950-01-01", "1950", None]) | ANY_JSON,
        "claims": ANY_JSON,
    },
)
BODY_LINES = st.lists(
    PERSON_LINES.map(lambda value: json.dumps(value).encode())
    | ANY_JSON.map(lambda value: json.dumps(value).encode())
    | st.binary(max_size=20),
    max_size=6,
)


def items(described: dict[str, Any]) -> Validator:
    """The description of a line in a body of lines."""
    schema = described["content"][NDJSON]["x-itemSchema"]
    return validator_for({**schema, "components": APP.openapi()["components"]})


APP = app_over(city())
OPERATION = APP.openapi()["paths"][SWEEPS]["post"]
LINE = items(OPERATION["responses"]["200"])


@tried(60)
@given(lines=BODY_LINES, cuts=st.lists(st.integers(1, 40), max_size=4))
async def test_whatever_stands_in_the_lines_each_is_answered_as_described(
    lines: list[bytes], cuts: list[int]
) -> None:
    body = sent(ALIVE, *lines)

    async def in_pieces() -> AsyncIterator[bytes]:
        at = 0
        for cut in cuts:
            yield body[at : at + cut]
            at += cut
        yield body[at:]

    async with client_of(APP) as client:
        found = read(await post(client, in_pieces()))
    for line in found:
        LINE.validate(line)
    said = [line for piece in lines for line in piece.split(b"\n") if line.strip()]
    end = found[-1]["end"]
    assert end["asked"] == len(said) == len(found) - 2
    assert end["answered"] + end["refused"] == end["asked"]


def test_the_examples_keep_to_the_description() -> None:
    for line in examples.SWEEP_RETURNED:
        LINE.validate(line)
    for line in examples.SWEEP_SENT:
        items(OPERATION["requestBody"]).validate(line)
