"""The HTTP server on a loop of the caller's, and what reaches it over a real connection."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from civicbus.http import body
from civicbus.http import serving as serving_module
from civicbus.http.serving import serve, serving
from tests.api.city import DEAD, LIVING, app_over, city

HOST = "127.0.0.1"
QUESTION = json.dumps({"person": str(LIVING)}).encode()


def slow_app(seconds: float) -> FastAPI:
    router = APIRouter()

    @router.get("/slow")
    async def slow() -> str:
        await asyncio.sleep(seconds)
        return "done"

    return app_over(city(), [router])


async def exchange(port: int, *pieces: bytes) -> bytes:
    """Send raw bytes and read until the server closes."""
    reader, writer = await asyncio.open_connection(HOST, port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
    answer = await asyncio.wait_for(reader.read(), timeout=10)
    writer.close()
    await writer.wait_closed()
    return answer


def head(*lines: str) -> bytes:
    first = ("POST /v1/proofs/alive HTTP/1.1", "Content-Type: application/json")
    return "\r\n".join((*first, *lines, "", "")).encode()


async def test_questions_are_answered_while_it_serves_and_refused_after() -> None:
    async with serving(app_over(city()), HOST, 0) as port:
        url = f"http://{HOST}:{port}/v1/proofs/alive"
        async with httpx.AsyncClient(trust_env=False) as client:
            answers = await asyncio.gather(
                *(client.post(url, json={"person": str(p)}) for p in (LIVING, DEAD) * 20)
            )
    assert [answer.json()["outcome"] for answer in answers] == ["yes", "no"] * 20
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(HOST, port)


async def test_signals_stay_with_the_worker() -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    async with serving(app_over(city()), HOST, 0):
        assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


async def test_no_answer_waits_for_the_acknowledgement_of_its_headers() -> None:
    """Asyncio sends at once (TCP_NODELAY) only where the listening socket names its protocol."""
    listener = serving_module._listener(HOST, 0)
    with listener:
        assert listener.proto == socket.IPPROTO_TCP


async def test_a_question_under_way_is_still_answered() -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        async with serving(slow_app(0.5), HOST, 0) as port:
            asked = asyncio.create_task(client.get(f"http://{HOST}:{port}/slow"))
            await asyncio.sleep(0.2)
        assert (await asked).json() == "done"


async def test_serving_ends_when_its_task_is_cancelled() -> None:
    with socket.create_server((HOST, 0)) as found:
        port = found.getsockname()[1]
    task = asyncio.create_task(serve(app_over(city()), HOST, port))
    async with httpx.AsyncClient(
        trust_env=False, transport=httpx.AsyncHTTPTransport(retries=5)
    ) as client:
        assert (await client.get(f"http://{HOST}:{port}/healthz")).status_code == 200
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(HOST, port)


async def test_an_address_that_is_taken_is_told_with_a_remedy() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=f"cannot serve on {HOST} port {port}: .* choose another"):
            await serve(app_over(city()), HOST, port)


@pytest.mark.parametrize(
    "lines",
    [
        ("Host: bus", f"Content-Length: {len(QUESTION)}", "Transfer-Encoding: chunked"),
        ("Host: bus", "Host: other", f"Content-Length: {len(QUESTION)}"),
        ("Host: bus", "Content-Length: 5", f"Content-Length: {len(QUESTION)}"),
        ("Host: bus", "Content-Length: -1"),
        (f"Content-Length: {len(QUESTION)}",),
    ],
)
async def test_b10_a_request_that_two_servers_read_differently_is_refused(
    lines: tuple[str, ...],
) -> None:
    async with serving(app_over(city()), HOST, 0) as port:
        answer = await exchange(port, head(*lines), QUESTION)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"connection: close" in answer.lower()
    assert LIVING.value.encode() not in answer


async def test_b10_a_chunk_of_the_wrong_size_is_refused() -> None:
    async with serving(app_over(city()), HOST, 0) as port:
        chunks = b"zz\r\n" + QUESTION + b"\r\n0\r\n\r\n"
        answer = await exchange(port, head("Host: bus", "Transfer-Encoding: chunked"), chunks)
    assert answer.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "endless",
    [
        (b"POST /", b"x"),
        (b"POST /v1/proofs/alive HTTP/1.1\r\nHost: bus\r\nX-Long: ", b"x"),
        (b"POST /v1/proofs/alive HTTP/1.1\r\nHost: bus\r\n", b"X-More: x\r\n"),
        (head("Host: bus", "Transfer-Encoding: chunked"), b"1;extension"),
        (head("Host: bus", "Transfer-Encoding: chunked") + b"1\r\n{\r\n0\r\n", b"X-More: x\r\n"),
    ],
    ids=["address", "header", "headers", "chunk", "trailers"],
)
async def test_b8_a_head_or_trailer_that_does_not_end_ends_its_connection(
    endless: tuple[bytes, bytes],
) -> None:
    first, again = endless
    async with serving(app_over(city()), HOST, 0) as port:
        reader, writer = await asyncio.open_connection(HOST, port)
        writer.write(first)
        piece = again * (8_192 // len(again))
        with contextlib.suppress(ConnectionError):
            for _ in range(40):
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0.001)
        with contextlib.suppress(ConnectionError):
            assert (await asyncio.wait_for(reader.read(), timeout=5)).startswith(b"HTTP/1.1 400 ")
        with contextlib.suppress(ConnectionError):
            writer.close()
            await writer.wait_closed()


async def test_many_questions_on_one_connection_are_no_long_head() -> None:
    one = head("Host: bus", f"Content-Length: {len(QUESTION)}", "X-Long: " + "x" * 4_000) + QUESTION
    last = head("Host: bus", f"Content-Length: {len(QUESTION)}", "Connection: close") + QUESTION
    async with serving(app_over(city()), HOST, 0) as port:
        answer = await exchange(port, *[one] * 40, last)
    assert answer.count(b"HTTP/1.1 200 ") == 41


async def test_b8_ten_mebibytes_are_refused_without_being_read() -> None:
    async with serving(app_over(city()), HOST, 0) as port:
        answer = await exchange(port, head("Host: bus", f"Content-Length: {10 * 2**20}"))
    assert answer.startswith(b"HTTP/1.1 413 ")


async def test_b11_a_body_that_trickles_in_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "SECONDS_MAX", 0.3)
    async with serving(app_over(city()), HOST, 0) as port:
        answer = await exchange(port, head("Host: bus", f"Content-Length: {len(QUESTION)}"), b"{")
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"type": "body-timeout"' in answer


async def test_nothing_about_a_request_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    async with (
        serving(app_over(city()), HOST, 0) as port,
        httpx.AsyncClient(trust_env=False, base_url=f"http://{HOST}:{port}") as client,
    ):
        await client.post("/v1/proofs/alive", content=QUESTION)
        await client.get("/canary", params={"person": str(LIVING)})
    assert not any(record.name == "uvicorn.access" for record in caplog.records)
    assert not any(
        LIVING.value in record.getMessage()
        for record in caplog.records
        if record.name.startswith(("uvicorn", "civicbus"))
    )
