"""Whatever is sent, the door answers with a reason, and never with a failure of its own.

Law: each answer has one of the statuses that are written down, in the form that goes with it, and
none repeats a number that was sent. Nothing takes the connector down: the next event is accepted.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from civicbus.connect.connector import Connector
from tests.connect.inputs.sending import CIVIL, HOLDER, LICENCES, OTHER, Sending, granted, sending
from tests.connect.inputs.test_dci import NOTIFY, message

STATUSES = {200, 400, 409, 415, 422}
EXAMPLES = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

texts = st.text(max_size=30) | st.sampled_from([HOLDER, OTHER, "1.0", "", "2024-02-01T00:00:00Z"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)
headers = st.dictionaries(
    st.sampled_from(["ce-id", "ce-source", "ce-type", "ce-specversion", "ce-time", "ce-xyz"]),
    st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=30),
)
types = st.sampled_from(
    [
        "application/cloudevents+json",
        "application/cloudevents-batch+json",
        "application/json",
        "text/plain",
        "application/cloudevents+json; charset=utf-8",
        ";;;",
    ]
)


def changed(draw: st.DrawFn, found: Any) -> Any:
    """The same with something in it replaced, removed or added."""
    if not isinstance(found, dict | list) or not found or draw(st.integers(0, 3)) == 0:
        return draw(values)
    places = sorted(found) if isinstance(found, dict) else range(len(found))
    place = draw(st.sampled_from(list(places)))
    if draw(st.integers(0, 4)) == 0:
        del found[place]
    else:
        found[place] = changed(draw, found[place])
    return found


@st.composite
def nearly_events(draw: st.DrawFn) -> Any:
    event = granted(draw(st.integers(1, 3)))
    found = event if draw(st.booleans()) else [event, granted(4)]
    return changed(draw, found) if draw(st.booleans()) else found


@st.composite
def nearly_messages(draw: st.DrawFn) -> Any:
    return changed(draw, message())


def sent_to(
    data: Path, connector: Connector, path: str, content: bytes, given_headers: dict[str, str]
) -> tuple[httpx.Response, httpx.Response]:
    """The answer to what was sent, and to a good event after it."""

    async def send() -> tuple[httpx.Response, httpx.Response]:
        async with sending(data, connector) as door:
            first = await door.client.post(path, content=content, headers=given_headers)
            return first, await good(door)

    async def good(door: Sending) -> httpx.Response:
        if connector is LICENCES:
            return await door.post(granted(9, source="/another"))
        return await door.client.post(NOTIFY, json=message(sender_id="another"))

    return asyncio.run(send())


def check(response: httpx.Response, after: httpx.Response) -> None:
    assert response.status_code in STATUSES, response.text
    assert response.headers["content-type"] in ("application/json", "application/problem+json")
    assert isinstance(response.json(), dict)
    assert HOLDER not in response.text
    assert OTHER not in response.text
    assert after.status_code == 200, after.text


@EXAMPLES
@given(
    content=st.binary(max_size=200) | values.map(json.dumps).map(str.encode),
    kind=types,
    attributes=headers,
)
def test_anything_at_all(
    tmp_path: Path, content: bytes, kind: str, attributes: dict[str, str]
) -> None:
    given_headers = {"Content-Type": kind, **attributes}
    check(*sent_to(tmp_path, LICENCES, "/events", content, given_headers))


@EXAMPLES
@given(event=nearly_events())
def test_something_that_is_nearly_an_event(tmp_path: Path, event: Any) -> None:
    kind = "cloudevents-batch" if isinstance(event, list) else "cloudevents"
    given_headers = {"Content-Type": f"application/{kind}+json"}
    check(*sent_to(tmp_path, LICENCES, "/events", json.dumps(event).encode(), given_headers))


@EXAMPLES
@given(sent=nearly_messages())
def test_something_that_is_nearly_a_notification(tmp_path: Path, sent: Any) -> None:
    content = json.dumps(sent).encode()
    check(*sent_to(tmp_path, CIVIL, NOTIFY, content, {"Content-Type": "application/json"}))


@pytest.mark.parametrize("connector", [LICENCES, CIVIL])
def test_a_good_one_is_accepted_by_the_same_means(tmp_path: Path, connector: Connector) -> None:
    """Else the laws above would hold of a door that refuses everything."""
    path, kind = (("/events", "cloudevents+json"), (NOTIFY, "json"))[connector is CIVIL]
    content = json.dumps(granted(1) if connector is LICENCES else message()).encode()
    given_headers = {"Content-Type": f"application/{kind}"}
    first, after = sent_to(tmp_path, connector, path, content, given_headers)
    assert first.status_code == after.status_code == 200
