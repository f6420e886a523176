"""What a department's system is answered when it sends CloudEvents, over the door's own routes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from civicbus.connect.inputs import push as module
from civicbus.connect.inputs.intake import BYTES_MAX, Intake
from civicbus.connect.mapping import Row
from civicbus.http import body
from tests.connect.inputs.sending import (
    BATCHED,
    HOLDER,
    LICENCES,
    OTHER,
    STRUCTURED,
    TOKEN,
    Sending,
    granted,
    sending,
    watermark,
)

PROBLEM = "application/problem+json"
BINARY = {
    "Content-Type": "application/json",
    "ce-specversion": "1.0",
    "ce-id": "entry-1",
    "ce-source": "/licences",
    "ce-type": "licence.granted.v1",
}


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Sending]:
    async with sending(tmp_path) as found:
        yield found


def assert_problem(response: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == PROBLEM
    document: dict[str, Any] = response.json()
    assert (document["type"], document["status"]) == (kind, status)
    assert document["remedy"]
    assert HOLDER not in response.text
    return document


def row_of(door: Sending) -> Row:
    (record,) = door.taker.batches[-1].records
    (row,) = record.rows
    return row


async def test_an_event_is_accepted_and_the_mapping_sees_its_data_and_its_attributes(
    door: Sending,
) -> None:
    response = await door.post(granted(1))
    assert response.status_code == 200
    assert response.json() == {"accepted": 1, "events": [{"place": 1, "outcome": "accepted"}]}
    row = row_of(door)
    assert row["ce.type"] == "licence.granted.v1"
    assert row["holder.number"] == HOLDER
    assert row["entry"] == "1"


async def test_what_the_data_says_under_ce_does_not_pass_for_the_events_attributes(
    door: Sending,
) -> None:
    event = granted(1)
    event["data"]["ce"] = {"type": "licence.revoked.v1"}
    assert (await door.post(event)).status_code == 200
    assert row_of(door)["ce.type"] == "licence.granted.v1"


async def test_a_number_is_seen_as_it_is_spelled(door: Sending) -> None:
    sent = json.dumps(granted(1)).replace('"L-1"', "1.50")
    response = await door.client.post("/events", content=sent.encode(), headers=STRUCTURED)
    assert response.status_code == 200
    assert row_of(door)["licence.number"] == "1.50"


async def test_all_three_modes_bring_the_same_record(door: Sending) -> None:
    event = granted(1)
    responses = [await door.post(event)]
    responses.append(await door.client.post("/events", json=event["data"], headers=BINARY))
    responses.append(await door.post_batch([event]))
    assert [response.status_code for response in responses] == [200, 200, 200]
    assert door.taker.records == 1  # the others are the same event, sent again


async def test_attributes_in_headers_are_percent_encoded(door: Sending) -> None:
    headers = BINARY | {"ce-subject": "%E7%89%8C%20%E7%85%A7", "ce-id": "a%22b"}
    response = await door.client.post("/events", json=granted(1)["data"], headers=headers)
    assert response.status_code == 200
    again = await door.post(granted(1, id='a"b', subject="牌 照"))
    assert again.status_code == 200
    assert door.taker.records == 1


async def test_a_refused_row_is_told_by_field_with_a_remedy_and_no_value(door: Sending) -> None:
    event = granted(1, holder="990000195083040027")  # a wrong check digit
    document = assert_problem(await door.post(event), 422, "refused")
    (told,) = document["events"]
    assert told["outcome"] == "refused"
    assert [problem["field"] for problem in told["problems"]] == ["holder.number"]
    assert told["problems"][0]["reason"] == "id_format"
    assert "990000195083040027" not in json.dumps(document)


async def test_of_a_batch_with_one_bad_event_the_others_go_through(door: Sending) -> None:
    bad = granted(2)
    del bad["id"]
    refused = granted(3, holder="1")
    response = await door.post_batch([granted(1), bad, refused, granted(4), []])
    document = assert_problem(response, 422, "refused")
    assert document["accepted"] == 2
    assert [(told["place"], told["outcome"]) for told in document["events"]] == [
        (1, "accepted"),
        (2, "invalid"),
        (3, "refused"),
        (4, "accepted"),
        (5, "invalid"),
    ]
    assert document["events"][1]["problems"][0]["field"] == "id"
    assert door.taker.records == 3


async def test_the_same_event_again_is_answered_alike_and_taken_once(door: Sending) -> None:
    first = await door.post(granted(1))
    second = await door.post(granted(1))
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert door.taker.records == 1


async def test_what_was_sent_is_remembered_by_the_next_process(tmp_path: Path) -> None:
    for _ in range(2):
        async with sending(tmp_path) as door:
            assert (await door.post(granted(1))).status_code == 200
    assert door.taker.records == 0
    async with sending(tmp_path) as door:
        assert_problem(await door.post(granted(1, holder=OTHER)), 409, "conflict")


async def test_nothing_of_an_event_stands_in_the_file_that_remembers(door: Sending) -> None:
    await door.post(granted(1, id=f"notice-{HOLDER}"))
    files = [path for path in door.settings.data.rglob("*") if path.is_file()]
    assert files
    assert not any(HOLDER.encode() in path.read_bytes() for path in files)


async def test_another_content_under_the_same_id_is_a_conflict(door: Sending) -> None:
    await door.post(granted(1))
    assert_problem(await door.post(granted(1, holder=OTHER)), 409, "conflict")
    other_source = granted(1, holder=OTHER, source="/other")
    assert (await door.post(other_source)).status_code == 200


async def test_in_one_batch_too_an_id_has_one_content(door: Sending) -> None:
    response = await door.post_batch([granted(1), granted(1), granted(1, holder=OTHER)])
    document = assert_problem(response, 422, "refused")
    outcomes = [told["outcome"] for told in document["events"]]
    assert outcomes == ["accepted", "accepted", "conflict"]
    assert door.taker.records == 1


async def test_two_who_send_the_same_at_once_are_both_accepted_and_it_is_taken_once(
    door: Sending,
) -> None:
    responses = await asyncio.gather(*(door.post(granted(1)) for _ in range(8)))
    assert [response.status_code for response in responses] == [200] * 8
    assert door.taker.records == 1


async def test_a_refused_event_is_mapped_again_and_answered_alike(door: Sending) -> None:
    bad = granted(1, holder="1")
    first, second = await door.post(bad), await door.post(bad)
    assert first.status_code == second.status_code == 422
    assert first.json() == second.json()
    assert door.taker.records == 2  # else a mapping that was mended would never see it


async def test_a_watermark_is_taken_in_its_place_and_stays_the_sources_word(door: Sending) -> None:
    assert (await door.post(granted(1))).status_code == 200
    assert door.taker.batches[-1].complete_through is None
    response = await door.post_batch([granted(2), watermark("2024-02-01T12:00:00Z")])
    assert response.status_code == 200
    noon = datetime(2024, 2, 1, 12, tzinfo=UTC)
    assert door.taker.batches[-1].complete_through == noon
    await door.post(watermark("2024-02-01T11:00:00Z"))
    assert door.taker.batches[-1].complete_through == noon  # what was said stays said


async def test_a_watermark_behind_an_event_that_was_not_taken_is_withheld(door: Sending) -> None:
    await door.post(granted(1))
    bad = {**granted(2), "specversion": "0.3"}
    word = watermark("2024-02-01T12:00:00Z")
    for lost in (bad, granted(1, holder=OTHER)):
        document = assert_problem(await door.post_batch([lost, word]), 422, "refused")
        assert document["events"][1]["outcome"] == "withheld"
    assert all(batch.complete_through is None for batch in door.taker.batches)


async def test_a_watermark_before_an_event_that_was_not_taken_is_taken(door: Sending) -> None:
    bad = {**granted(2), "specversion": "0.3"}
    batch = [granted(1), watermark("2024-02-01T12:00:00Z"), bad]
    told = assert_problem(await door.post_batch(batch), 422, "refused")["events"]
    assert [one["outcome"] for one in told] == ["accepted", "accepted", "invalid"]
    assert door.taker.batches[-1].complete_through is not None


async def test_a_watermark_behind_a_refused_row_is_taken(door: Sending) -> None:
    """The refusal is on the bus and marks the person, so nothing is missing unmarked."""
    response = await door.post_batch([granted(1, holder="1"), watermark("2024-02-01T12:00:00Z")])
    assert response.json()["events"][1]["outcome"] == "accepted"
    assert door.taker.batches[-1].complete_through is not None


async def test_a_watermark_may_not_lie_in_the_future(door: Sending) -> None:
    ahead = datetime.now(UTC) + timedelta(minutes=2)
    document = assert_problem(await door.post(watermark(ahead.isoformat())), 422, "refused")
    assert document["field"] == "time"
    assert all(batch.complete_through is None for batch in door.taker.batches)


async def test_of_a_clock_that_is_a_little_ahead_our_own_time_is_believed(door: Sending) -> None:
    ahead = datetime.now(UTC) + timedelta(seconds=20)
    assert (await door.post(watermark(ahead.isoformat()))).status_code == 200
    said = door.taker.batches[-1].complete_through
    assert said is not None
    assert said <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"specversion": "0.3"}, "specversion"),
        ({"specversion": 1.0}, "specversion"),
        ({"specversion": None}, "specversion"),
        ({"id": ""}, "id"),
        ({"id": 7}, "id"),
        ({"id": None}, "id"),
        ({"id": "x" * 5_000}, "id"),
        ({"source": ""}, "source"),
        ({"source": ["/a"]}, "source"),
        ({"type": None}, "type"),
        ({"time": "yesterday"}, "time"),
        ({"time": "2024-02-30T00:00:00Z"}, "time"),
        ({"time": "2024-02-01"}, "time"),
        ({"time": "2024-02-01T00:00:00"}, "time"),
        ({"time": 1706745600}, "time"),
        ({"subject": ""}, "subject"),
        ({"subject": {"a": 1}}, "subject"),
        ({"datacontenttype": "text/xml"}, "datacontenttype"),
        ({"990000195083040026": {}}, "extension"),
        ({"Person-990000195083040026": "x"}, "extension"),
        ({"data": None}, "data"),
        ({"data": [1]}, "data"),
        ({"data": "990000195083040026"}, "data"),
        ({"data_base64": "e30="}, "data_base64"),
    ],
)
async def test_an_event_that_is_none_is_told_by_its_attribute(
    door: Sending, change: dict[str, Any], field: str
) -> None:
    response = await door.post({**granted(1), **change})
    assert assert_problem(response, 400, "invalid-event")["field"] == field
    assert door.taker.records == 0


@pytest.mark.parametrize("name", ["specversion", "id", "source", "type"])
async def test_a_missing_attribute_is_never_made_up(door: Sending, name: str) -> None:
    event = granted(1)
    del event[name]
    assert assert_problem(await door.post(event), 400, "invalid-event")["field"] == name
    headers = {key: value for key, value in BINARY.items() if key != f"ce-{name}"}
    response = await door.client.post("/events", json=granted(1)["data"], headers=headers)
    assert assert_problem(response, 400, "invalid-event")["field"] == name


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"990000195083040026 is no JSON",
        b'{"specversion": "1.0", "specversion": "1.0"}',
        json.dumps(granted(1)).encode().replace(b'"entry": 1', b'"entry": NaN'),
        json.dumps(granted(1)).encode().replace(b'"entry": 1', b'"entry": 1e999'),
        json.dumps(granted(1)).encode().replace(b'"entry"', b'"date": "2024-01-01", "entry"'),
        json.dumps(granted(1)).encode("utf-16"),
        b"[" * 5_000,
        b'{"a":' * 100 + b"1" + b"}" * 100,
    ],
)
async def test_what_is_no_strict_json_is_refused(door: Sending, sent: bytes) -> None:
    response = await door.client.post("/events", content=sent, headers=STRUCTURED)
    assert_problem(response, 400, "invalid-body")
    assert door.taker.records == 0


@pytest.mark.parametrize("sent", [b"{}", b"1", json.dumps([granted(1)] * 1_001).encode()])
async def test_a_batch_is_an_array_of_a_thousand_at_most(door: Sending, sent: bytes) -> None:
    response = await door.client.post("/events", content=sent, headers=BATCHED)
    assert_problem(response, 400, "invalid-body")


async def test_a_batch_of_a_thousand_is_taken_and_an_empty_one_is_nothing(door: Sending) -> None:
    response = await door.post_batch([granted(number) for number in range(1, 1_001)])
    assert response.json()["accepted"] == 1_000
    assert (await door.post_batch([])).json() == {"accepted": 0, "events": []}


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/xml"},
        {"Content-Type": "application/cloudevents+json; charset=gbk"},
        {"Content-Type": "application/cloudevents+json", "Content-Encoding": "gzip"},
        {"Content-Type": ""},
    ],
)
async def test_another_content_type_is_refused_with_those_that_are_taken(
    door: Sending, headers: dict[str, str]
) -> None:
    response = await door.client.post("/events", content=b"{}", headers=headers)
    assert_problem(response, 415, "unsupported-media-type")
    assert "application/cloudevents-batch+json" in response.headers["accept-post"]


async def test_a_header_that_comes_twice_or_is_no_utf_8_is_refused(door: Sending) -> None:
    data = json.dumps(granted(1)["data"])
    twice = [*BINARY.items(), ("ce-id", "entry-2")]
    for headers, field in ((twice, "id"), ([*BINARY.items(), ("ce-subject", "%ff")], "subject")):
        response = await door.client.post("/events", content=data, headers=headers)
        assert assert_problem(response, 400, "invalid-event")["field"] == field


@pytest.mark.parametrize(("headers", "most"), [(STRUCTURED, 2**20), (BATCHED, 8 * 2**20)])
@pytest.mark.parametrize("is_declared", [True, False])
async def test_a_body_that_is_too_large_is_refused(
    door: Sending, headers: dict[str, str], most: int, is_declared: bool
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(most // 65_536 + 1):
            yield b" " * 65_536

    content = b" " * (most + 1) if is_declared else chunks()
    response = await door.client.post("/events", content=content, headers=headers)
    assert_problem(response, 413, "body-too-large")


async def test_who_trickles_is_cut_off(door: Sending, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "SECONDS_MAX", 0.1)

    async def trickle() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(5)

    response = await door.client.post("/events", content=trickle(), headers=STRUCTURED)
    assert_problem(response, 408, "body-timeout")


@pytest.mark.parametrize(
    "given",
    [None, "", TOKEN, f"Basic {TOKEN}", "Bearer", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}"],
)
async def test_who_does_not_know_the_token_is_not_heard(tmp_path: Path, given: str | None) -> None:
    async with sending(tmp_path, input_token=TOKEN) as door:
        headers = {} if given is None else {"Authorization": given}
        response = await door.post(granted(1), headers)
        assert_problem(response, 401, "unauthorized")
        assert response.headers["www-authenticate"].startswith("Bearer")
        assert TOKEN not in response.text
        assert door.taker.records == 0
        response = await door.post(granted(1), {"Authorization": f"bearer {TOKEN}"})
        assert response.status_code == 200


async def test_a_token_of_any_letters_is_compared_by_its_bytes(tmp_path: Path) -> None:
    token = "Müller müsste lang"
    async with sending(tmp_path, input_token=token) as door:
        kind = (b"Content-Type", b"application/cloudevents+json")
        headers = [kind, (b"Authorization", f"Bearer {token}".encode())]
        response = await door.client.post("/events", json=granted(1), headers=headers)
        assert response.status_code == 200


async def test_while_nobody_takes_it_whoever_sends_is_told_to_send_again(tmp_path: Path) -> None:
    async with sending(tmp_path, takes=False) as door:
        response = await door.post(granted(1))
        assert_problem(response, 503, "not-ready")
        assert response.headers["retry-after"] == "5"


async def test_what_waits_when_the_taker_fails_is_to_be_sent_again(tmp_path: Path) -> None:
    async with sending(tmp_path, takes=False) as door:
        batches = door.taker.intake.batches()
        first = asyncio.create_task(anext(batches))
        await door.opened()
        in_hand = asyncio.create_task(door.post(granted(1)))
        assert len((await first).records) == 1
        waiting = asyncio.create_task(door.post(granted(2)))
        await asyncio.sleep(0.05)
        await batches.aclose()
        for task in (in_hand, waiting):
            assert_problem(await task, 503, "not-ready")


async def test_more_than_there_is_room_for_is_to_be_sent_again(door: Sending) -> None:
    intake: Intake = door.taker.intake
    with intake.room(BYTES_MAX - 100):
        response = await door.post(granted(1))
        assert_problem(response, 503, "not-ready")
        assert response.headers["retry-after"] == "5"
    assert (await door.post(granted(1))).status_code == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_events_are_posted_and_nothing_else(door: Sending, method: str) -> None:
    assert_problem(await door.client.request(method, "/events"), 405, "method-not-allowed")


@pytest.mark.parametrize("path", ["/", "/events/", "/Events", "/registry/notify", "/docs"])
async def test_another_address_is_no_address(door: Sending, path: str) -> None:
    assert_problem(await door.client.post(path, json=granted(1)), 404, "not-found")


async def test_every_answer_is_counted_by_what_became_of_it(door: Sending) -> None:
    await door.post(granted(1))
    await door.post(granted(1, holder=OTHER))
    await door.post(granted(2, holder="1"))
    await door.post({})
    text = door.meter.text().decode()
    for outcome in ("accepted", "conflict", "refused", "invalid"):
        assert f'requests_total{{outcome="{outcome}",source="starter-register"}} 1.0' in text


def test_the_readme_of_the_starter_sends_what_is_accepted(tmp_path: Path) -> None:
    readme = (LICENCES.folder / "README.md").read_text(encoding="utf-8")
    bodies = [part.partition("\nEND")[0] for part in readme.split("<<'END'\n")[1:]]
    assert len(bodies) == 2
    assert module.PATH in readme

    async def send() -> list[int]:
        async with sending(tmp_path) as door:
            return [(await door.post(json.loads(one))).status_code for one in bodies]

    assert asyncio.run(send()) == [200, 200]
