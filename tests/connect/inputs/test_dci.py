"""What a register that speaks the DCI's standard is answered when it notifies births and deaths."""

from __future__ import annotations

import copy
import json
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.connect.inputs.sending import CIVIL, HOLDER, OTHER, TOKEN, Sending, sending

CHILD = "99000019758630001X"
NOTIFY = "/registry/notify"
BIRTH = "spdci-common:RegistryEventType:LiveBirth"
DEATH = "spdci-common:RegistryEventType:Death"


def identifier(value: str, type_: str = "UIN") -> dict[str, str]:
    return {"@type": "Identifier", "identifier_type": type_, "identifier_value": value}


def born(child: str = CHILD, mother: str = HOLDER) -> dict[str, Any]:
    """A record in the manner of the civil registers' page: an identifier is an object."""
    return {
        "@type": "CRVS_Person",
        "identifier": identifier(child),
        "birth_date": "1975-06-30T23:10:00",
        "death_date": "",
        "parent1_identifier": identifier(mother),
    }


def died(person: str = OTHER) -> dict[str, Any]:
    """A record in the manner of the core standard: identifiers are a list."""
    numbers = [identifier("BRN-7", "BRN"), identifier(person)]
    return {"@type": "CRVS_Person", "identifier": numbers, "death_date": "2024-11-28"}


def event(record: Any, reference: str = "ref-1", kind: str = BIRTH) -> dict[str, Any]:
    return {
        "reference_id": reference,
        "timestamp": "2024-11-28T05:40:00.000Z",
        "data": {
            "version": "1.0.0",
            "reg_record_type": "CRVS_Person",
            "reg_event_type": kind,
            "reg_records": record,
        },
        "locale": "eng",
    }


def message(*events: dict[str, Any], message_id: str = "m-1", **header: Any) -> dict[str, Any]:
    events = events or (event(born()), event([died()], "ref-2", DEATH))
    return {
        "signature": 'Signature: namespace="dci", kidId="a|b|ed25519", signature="..."',
        "header": {
            "version": "1.0.0",
            "message_id": message_id,
            "message_ts": "2024-11-28T05:41:00.000Z",
            "action": "notify",
            "status": "succ",
            "total_count": len(events),
            "completed_count": len(events),
            "sender_id": "civil-registry",
            "receiver_id": "civicbus",
            "is_msg_encrypted": False,
            **header,
        },
        "message": {"transaction_id": "t-1", "notify_event": list(events)},
    }


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Sending]:
    async with sending(tmp_path, CIVIL) as found:
        yield found


async def notify(door: Sending, sent: Any, **headers: str) -> httpx.Response:
    return await door.client.post(NOTIFY, json=sent, headers=headers)


def ack(response: httpx.Response, status: int, ack_status: str) -> dict[str, Any]:
    """The acknowledgement, held to the standard's form."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    (told,) = response.json().values()
    assert set(told) - {"error"} == {"ack_status", "timestamp", "correlation_id"}
    assert datetime.fromisoformat(told["timestamp"]).tzinfo is not None
    assert told["ack_status"] == ack_status
    assert ("error" in told) is (ack_status != "ACK")
    assert not any(number in response.text for number in (HOLDER, OTHER, CHILD))
    found: dict[str, Any] = told
    return found


def code(told: dict[str, Any]) -> str:
    found: str = told["error"]["code"]
    assert told["error"]["message"]
    return found


async def test_births_and_deaths_are_acknowledged_and_each_record_is_one(door: Sending) -> None:
    ack(await notify(door, message()), 200, "ACK")
    birth, death = (record.rows[0] for record in door.taker.batches[-1].records)
    assert birth["dci.event_type"] == BIRTH
    assert birth["dci.identifier.UIN"] == CHILD
    assert birth["dci.parent1_identifier.UIN"] == HOLDER
    assert death["dci.event_type"] == DEATH
    assert death["dci.identifier.UIN"] == OTHER
    assert death["dci.reference_id"] == "ref-2"
    assert death["dci.timestamp"] == "2024-11-28T05:40:00.000Z"
    assert [len(batch.records) for batch in door.taker.batches if batch.records] == [2]


async def test_the_source_is_never_said_to_be_complete(door: Sending) -> None:
    await notify(door, message())
    assert all(batch.complete_through is None for batch in door.taker.batches)


async def test_a_list_of_records_is_a_record_each(door: Sending) -> None:
    sent = message(event([died(), died(HOLDER)], "ref-1", DEATH))
    ack(await notify(door, sent), 200, "ACK")
    assert door.taker.records == 2


async def test_a_refused_record_is_told_without_its_values_and_the_others_go_through(
    door: Sending,
) -> None:
    sent = message(event([died(), died("990000195083040027")], "ref-1", DEATH))
    told = ack(await notify(door, sent), 200, "NACK")
    assert code(told) == "err.request.bad"
    assert "dci.identifier.UIN: id_format" in told["error"]["message"]
    assert "990000195083040027" not in json.dumps(told)
    assert door.taker.records == 2


async def test_two_numbers_of_one_type_are_refused_and_not_chosen_from(door: Sending) -> None:
    record = {**died(), "identifier": [identifier(HOLDER), identifier(OTHER)]}
    told = ack(await notify(door, message(event(record, kind=DEATH))), 200, "NACK")
    assert "dci.identifier" in told["error"]["message"]


async def test_the_same_message_again_is_answered_alike_and_taken_once(door: Sending) -> None:
    first = ack(await notify(door, message()), 200, "ACK")
    later = message(message_ts="2024-11-28T06:00:00Z")  # the retry's own time
    second = ack(await notify(door, later), 200, "ACK")
    assert first["correlation_id"] == second["correlation_id"]
    assert door.taker.records == 2


async def test_another_content_under_the_same_ids_is_a_duplicate(door: Sending) -> None:
    await notify(door, message())
    told = ack(await notify(door, message(event(born(OTHER)))), 409, "ERR")
    assert code(told) == "rjct.message_id.duplicate"
    other = message(event(born(OTHER)), sender_id="another-registry")
    ack(await notify(door, other), 200, "ACK")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ({"version": "2.0.0"}, "rjct.version.invalid"),
        ({"version": 1.0}, "rjct.version.invalid"),
        ({"message_id": ""}, "err.request.bad"),
        ({"message_id": 7}, "err.request.bad"),
        ({"message_id": None}, "err.request.bad"),
        ({"message_ts": "28.11.2024"}, "rjct.message_ts.invalid"),
        ({"message_ts": "2024-02-30T00:00:00Z"}, "rjct.message_ts.invalid"),
        ({"message_ts": None}, "rjct.message_ts.invalid"),
        ({"action": "search"}, "rjct.action.not_supported"),
        ({"action": "on-search"}, "rjct.action.not_supported"),
        ({"action": "dance"}, "rjct.action.invalid"),
        ({"action": None}, "rjct.action.invalid"),
        ({"total_count": 3}, "rjct.total_count.invalid"),
        ({"total_count": -2}, "rjct.total_count.invalid"),
        ({"total_count": True}, "rjct.total_count.invalid"),
        ({"total_count": "two"}, "rjct.total_count.invalid"),
        ({"sender_id": ["civil-registry"]}, "err.sender_id.invalid"),
        ({"is_msg_encrypted": True}, "err.encryption.invalid"),
        ({"is_msg_encrypted": "true"}, "err.encryption.invalid"),
    ],
)
async def test_a_header_that_breaks_a_rule_is_told_by_the_standards_code(
    door: Sending, header: dict[str, Any], expected: str
) -> None:
    assert code(ack(await notify(door, message(**header)), 400, "ERR")) == expected
    assert door.taker.records == 0


@pytest.mark.parametrize("count", [2, "2", "", None])
async def test_the_number_of_events_may_be_a_text_or_not_be_there(
    door: Sending, count: Any
) -> None:
    ack(await notify(door, message(total_count=count)), 200, "ACK")


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("message", "notify_event", 0, "reference_id"), "", "rjct.reference_id.invalid"),
        (("message", "notify_event", 0, "reference_id"), 7, "rjct.reference_id.invalid"),
        (("message", "notify_event", 0, "timestamp"), "now", "rjct.timestamp.invalid"),
        (("message", "notify_event", 0, "data"), None, "err.request.bad"),
        (("message", "notify_event", 0, "data", "reg_records"), None, "err.request.bad"),
        (("message", "notify_event", 0, "data", "reg_records"), [1], "err.request.bad"),
        (("message", "notify_event", 0, "data", "reg_event_type"), 1, "err.request.bad"),
        (("message", "notify_event", 0), [], "err.request.bad"),
        (("message", "notify_event"), {}, "err.request.bad"),
        (("message", "transaction_id"), None, "err.request.bad"),
        (("message",), {"ciphertext": "x", "header": {}}, "err.encryption.invalid"),
        (("message",), [], "err.request.bad"),
        (("header",), None, "err.request.bad"),
    ],
)
async def test_a_message_that_breaks_a_rule_is_not_taken_at_all(
    door: Sending, path: tuple[Any, ...], value: Any, expected: str
) -> None:
    sent: Any = copy.deepcopy(message())
    at = sent
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    assert code(ack(await notify(door, sent), 400, "ERR")) == expected
    assert door.taker.records == 0


async def test_a_message_of_more_than_a_thousand_records_is_too_large(door: Sending) -> None:
    for sent in (
        message(event([{}] * 1_001)),
        message(*[event({}, f"ref-{number}") for number in range(1_001)]),
    ):
        told = ack(await notify(door, sent), 400, "ERR")
        assert code(told) == "rjct.total_count.limit_exceeded"


@pytest.mark.parametrize(
    "sent", [b"", b"[]", b"1", b'{"header": {}, "header": {}}', b'{"header": NaN}', b"[" * 9_999]
)
async def test_a_body_that_is_no_message_is_a_bad_request(door: Sending, sent: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    response = await door.client.post(NOTIFY, content=sent, headers=headers)
    assert code(ack(response, 400, "ERR")) == "err.request.bad"


async def test_another_type_and_a_body_that_is_too_large_are_told_in_the_standards_form(
    door: Sending,
) -> None:
    response = await door.client.post(NOTIFY, content=b"x", headers={"Content-Type": "text/xml"})
    assert code(ack(response, 415, "ERR")) == "err.request.bad"
    large = b" " * (8 * 2**20 + 1)
    headers = {"Content-Type": "application/json; charset=utf-8"}
    response = await door.client.post(NOTIFY, content=large, headers=headers)
    assert code(ack(response, 413, "ERR")) == "err.request.bad"


async def test_who_does_not_know_the_token_is_told_so_whatever_is_signed(tmp_path: Path) -> None:
    async with sending(tmp_path, CIVIL, input_token=TOKEN) as door:
        response = await notify(door, message())
        assert response.status_code == 401
        assert response.headers["www-authenticate"].startswith("Bearer")
        (error,) = response.json()["errors"]
        assert error["code"] == "err.request.unauthorized"
        assert door.taker.records == 0
        ack(await notify(door, message(), Authorization=f"Bearer {TOKEN}"), 200, "ACK")


async def test_while_nobody_takes_it_the_service_is_unavailable(tmp_path: Path) -> None:
    async with sending(tmp_path, CIVIL, takes=False) as door:
        response = await notify(door, message())
        assert code(ack(response, 503, "ERR")) == "err.service.unavailable"
        assert response.headers["retry-after"] == "5"


async def test_the_least_that_the_standard_allows_is_answered_in_its_form(door: Sending) -> None:
    """What the compliance suite of the standard's community sends: a record of nothing."""
    sent = message(event({}))
    del sent["signature"], sent["header"]["sender_id"], sent["header"]["is_msg_encrypted"]
    del sent["message"]["notify_event"][0]["data"]["reg_event_type"]
    ack(await notify(door, sent), 200, "NACK")
